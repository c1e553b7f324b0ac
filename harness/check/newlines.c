#include "check/kinds.h"

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    struct check_match match = { .report = report, .place = "newlines" };
    check_kind_tree(&match, subject->body, matcher, true);
}

const struct check_kind check_newlines = { .name = "newlines",
                                           .run = run,
                                           .wrong = check_kind_wrong };
