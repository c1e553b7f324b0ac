#include "check/kinds.h"

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    /* In a `check` step captures are looked at, which are texts also when they are numbers. */
    struct check_match match = { .report = report,
                                 .place = "json",
                                 .strings_count = subject->answer == NULL };
    check_kind_tree(&match, subject->body, matcher, false);
}

const struct check_kind check_json = { .name = "json", .run = run, .wrong = check_kind_wrong };
