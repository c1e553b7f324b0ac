/* A description of a target reads, or is told what is wrong with it, at a place that exists; what
 * it declares is what a target then has. */
#include "runner/description.h"

#include "fuzz/check.h"

enum { ROOM = 256 * 1024 };

/* Each error is a line FILE:LINE:COLUMN: TEXT, and that line is one of the file. */
static void check_errors(struct slice said, size_t lines)
{
    struct slice line, name, number;
    uint64_t at;
    while (slice_cut(said, '\n', &line, &said)) {
        FUZZ_CHECK(slice_cut(line, ':', &name, &line) && slice_cut(line, ':', &number, &line));
        FUZZ_CHECK(slice_to_u64(number, &at) && at >= 1 && at <= lines);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf said = buf_bounded(ROOM);
    struct plan_errors errors = { .text = &said };
    struct runner_target target = { 0 };
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    struct runner_description *description =
        runner_description_read("input", slice_of(data, size), &errors);
    FUZZ_CHECK((description == NULL) == (errors.count > 0));
    check_errors(buf_slice(&said), lines);
    if (description != NULL) {
        runner_description_apply(description, &target);
        FUZZ_CHECK(target.quota == description->quota);
        FUZZ_CHECK(description->api_count > 0 || runner_description_has_api(description, "1.5"));
    }
    runner_description_free(description);
    buf_free(&said);
    return 0;
}
