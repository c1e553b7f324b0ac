/* A case file loads or is told what is wrong with it, at a place that exists; what loads is the
 * same when it is loaded again. */
#include "check/check.h"
#include "plan/plan.h"

#include "fuzz/check.h"

#include <stdio.h>

enum { ERRORS_ROOM = 256 * 1024 };

static const struct slice requirements = SLICE_INIT(
    "{\"title\": \"Two rules\", \"document\": \"d\", \"requirements\": ["
    "{\"id\": \"1.5/x/first\", \"level\": \"must\", \"statement\": \"s\", \"source\": \"h\"},"
    "{\"id\": \"1.5/x/second\", \"level\": \"should\", \"statement\": \"s\", "
    "\"source\": \"h\"}]}");

static struct plan *load(struct slice text, struct plan_errors *errors)
{
    return plan_load_text(text, "case.json", requirements, check_vocabulary(), errors);
}

/* Each error is a line FILE:LINE:COLUMN: TEXT, and that line is one of the file. */
static void check_errors(struct slice said, size_t lines)
{
    struct slice line, name, number;
    uint64_t at;
    while (slice_cut(said, '\n', &line, &said)) {
        FUZZ_CHECK(slice_cut(line, ':', &name, &line) && slice_cut(line, ':', &number, &line));
        FUZZ_CHECK(slice_is(name, "case.json") && slice_to_u64(number, &at));
        FUZZ_CHECK(at >= 1 && at <= lines);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of(data, size);
    struct buf said = buf_bounded(ERRORS_ROOM), again = buf_bounded(ERRORS_ROOM);
    struct plan_errors errors = { .text = &said }, same = { .text = &again };
    struct plan *plan = load(text, &errors), *copy = load(text, &same);
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    FUZZ_CHECK((plan == NULL) == (errors.count > 0) && (plan == NULL) == (copy == NULL));
    FUZZ_CHECK(slice_eq(buf_slice(&said), buf_slice(&again)));
    if (plan == NULL)
        check_errors(buf_slice(&said), lines);
    else
        FUZZ_CHECK(plan_case_count(plan) == plan_case_count(copy));
    plan_free(plan);
    plan_free(copy);
    buf_free(&said);
    buf_free(&again);
    return 0;
}
