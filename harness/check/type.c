#include "check/kinds.h"

#include "base/limits.h"
#include "http/media.h"

/* Media types are compared without regard to case: in lower case. */
static void lower(struct slice type, struct buf *out)
{
    for (size_t i = 0; i < type.len; i++) {
        uint8_t c = type.ptr[i];
        buf_add_byte(out, c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c);
    }
}

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    const struct plan_where root = { 0 };
    struct check_match match = { .report = report, .place = "type" };
    AUTO(buf_free) struct buf type = buf_bounded(LIMIT_ANSWER_HEAD);
    const struct slice *field =
        subject->answer == NULL ? NULL : http_fields_get(&subject->answer->fields, "content-type");
    if (field != NULL)
        lower(http_media_type(*field), &type);
    const struct check_value value = { .kind = field == NULL ? CHECK_ABSENT : CHECK_TEXT,
                                       .raw = buf_slice(&type) };
    report->nomem = report->nomem || type.failed;
    (void)check_matches(&match, &value, matcher, &root);
}

static const char *wrong(const json_t *matcher, struct arena *arena, const char **ret_pointer)
{
    const struct plan_where root = { 0 };
    return check_matcher_wrong(matcher, &root, arena, ret_pointer);
}

const struct check_kind check_type = { .name = "type", .run = run, .wrong = wrong };
