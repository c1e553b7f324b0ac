#include "check/kinds.h"

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    const struct plan_where root = { 0 };
    struct check_match match = { .report = report, .place = "body" };
    const struct check_value value = { .kind = CHECK_TEXT, .raw = subject->body };
    (void)check_matches(&match, &value, matcher, &root);
}

const struct check_kind check_body = { .name = "body", .run = run, .wrong = check_kind_wrong };
