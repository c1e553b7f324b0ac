/* Whatever reads as a result is written as one that reads as the same, and every format can write
 * it. */
#include "fuzz/check.h"
#include "reports/load.h"
#include "reports/report.h"

enum { ROOM = 64 * 1024 * 1024 };

static void write(const struct verdict_run *run, const char *format, struct buf *out)
{
    const struct report_style style = { .verbose = true };
    FUZZ_CHECK(report_format_find(slice_text(format))->write(run, &style, out));
}

static void check_formats(const struct verdict_run *run)
{
    for (size_t i = 0; report_format_at(i) != NULL; i++) {
        struct buf out = buf_bounded(ROOM);
        write(run, report_format_at(i)->name, &out);
        buf_free(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf wrong = buf_bounded(4096);
    struct buf first = buf_bounded(ROOM);
    struct buf second = buf_bounded(ROOM);
    struct verdict_run *run = report_load(slice_of(data, size), &wrong);
    FUZZ_CHECK((run == NULL) == (wrong.len > 0));
    if (run != NULL) {
        write(run, "json", &first);
        check_formats(run);
        struct verdict_run *again = report_load(buf_slice(&first), &wrong);
        FUZZ_CHECK(again != NULL);
        write(again, "json", &second);
        FUZZ_CHECK(slice_eq(buf_slice(&first), buf_slice(&second)));
        arena_free(again->arena);
        arena_free(run->arena);
    }
    buf_free(&wrong);
    buf_free(&first);
    buf_free(&second);
    return 0;
}
