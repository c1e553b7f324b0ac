#include "check/kinds.h"

#include "base/limits.h"

enum { PLACE_MAX = 300 };

/* The value of the field; those of several of that name joined by commas (RFC 9110, 5.3). */
static struct check_value find(const struct http_fields *fields, const char *name,
                               struct buf *joined)
{
    struct check_value value = { .kind = CHECK_ABSENT };
    for (size_t i = 0; i < fields->count; i++) {
        if (!slice_eq_nocase(fields->at[i].name, slice_text(name)))
            continue;
        if (value.kind == CHECK_TEXT)
            buf_add_text(joined, ", ");
        buf_add(joined, fields->at[i].value);
        value.kind = CHECK_TEXT;
    }
    value.raw = buf_slice(joined);
    return value;
}

static void run_field(const struct http_fields *fields, const char *name, const json_t *matcher,
                      struct check_report *report)
{
    const struct plan_where root = { 0 };
    AUTO(buf_free) struct buf joined = buf_bounded(LIMIT_ANSWER_HEAD);
    AUTO(buf_free) struct buf place = buf_bounded(PLACE_MAX);
    buf_add_format(&place, "header %.256s", name);
    struct check_match match = { .report = report, .place = buf_text(&place) };
    const struct check_value value = find(fields, name, &joined);
    if (match.place == NULL || joined.failed) {
        report->nomem = true;
        return;
    }
    (void)check_matches(&match, &value, matcher, &root);
}

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    static const struct http_fields none = { 0 };
    const struct http_fields *fields = subject->answer == NULL ? &none : &subject->answer->fields;
    const char *name;
    json_t *expected;
    json_object_foreach((json_t *)matcher, name, expected)
        run_field(fields, name, expected, report);
}

static const char *wrong(const json_t *matcher, struct arena *arena, const char **ret_pointer)
{
    const struct plan_where root = { 0 };
    const char *name;
    json_t *expected;
    if (json_object_size(matcher) == 0)
        return "no headers; expected an object of names and matchers";
    json_object_foreach((json_t *)matcher, name, expected)
    {
        const struct plan_where here = { .up = &root, .key = name };
        if (name[0] == '$')
            return check_wrong_at(&here, arena, ret_pointer,
                                  "a matcher of all headers; expected names of headers");
        TRY(check_matcher_wrong(expected, &here, arena, ret_pointer));
    }
    return NULL;
}

const struct check_kind check_headers = { .name = "headers", .run = run, .wrong = wrong };
