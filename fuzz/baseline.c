/* A baseline reads, or is told what is wrong with it; what reads is written as one that reads and
 * is written the same. */
#include "runner/baseline.h"

#include "fuzz/check.h"

enum { ROOM = 16 * 1024 * 1024 };

static struct runner_baseline *read_text(struct slice text)
{
    struct buf said = buf_bounded(ROOM);
    struct plan_errors errors = { .text = &said };
    struct runner_baseline *baseline = runner_baseline_read("the input", text, &errors);
    FUZZ_CHECK((baseline == NULL) == (errors.count > 0));
    buf_free(&said);
    return baseline;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = buf_bounded(ROOM), twice = buf_bounded(ROOM);
    struct runner_baseline *first = read_text(slice_of(data, size));
    if (first != NULL) {
        FUZZ_CHECK(runner_baseline_write(first, &once));
        struct runner_baseline *again = read_text(buf_slice(&once));
        FUZZ_CHECK(again != NULL && again->count == first->count);
        FUZZ_CHECK(runner_baseline_write(again, &twice));
        FUZZ_CHECK(slice_eq(buf_slice(&once), buf_slice(&twice)));
        runner_baseline_free(again);
    }
    runner_baseline_free(first);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
