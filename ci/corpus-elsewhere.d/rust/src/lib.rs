/// Counts the words of each line.
pub fn parse(data: &[u8]) -> usize {
    data.split(|byte| *byte == b'\n')
        .map(|line| line.split(|byte| *byte == b' ').count())
        .sum()
}
