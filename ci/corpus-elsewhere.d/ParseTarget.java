/** A target for Jazzer: counts the words of each line. */
public class ParseTarget {
    private static int words;

    public static void fuzzerTestOneInput(byte[] data) {
        for (String line : new String(data, java.nio.charset.StandardCharsets.ISO_8859_1).split("\n", -1)) {
            words += line.split(" ", -1).length;
        }
    }
}
