#include "check/kinds.h"

#include <stdio.h>

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    const struct plan_where root = { 0 };
    struct check_match match = { .report = report, .place = "status" };
    char text[16] = "";
    int wrote =
        subject->answer == NULL ? 0 : snprintf(text, sizeof(text), "%d", subject->answer->status);
    const struct check_value value = { .kind = wrote > 0 ? CHECK_NUMBER : CHECK_ABSENT,
                                       .raw = slice_text(text) };
    (void)check_matches(&match, &value, matcher, &root);
}

/* A status is a number, so nothing else can match it. */
static const char *wrong(const json_t *matcher, struct arena *arena, const char **ret_pointer)
{
    if (!json_is_integer(matcher) && !json_is_object(matcher))
        return "a status that is no number; expected one, or a matcher";
    return check_kind_wrong(matcher, arena, ret_pointer);
}

const struct check_kind check_status = { .name = "status", .run = run, .wrong = wrong };
