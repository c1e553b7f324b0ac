#include "runner/capture.h"

#include "record/scan.h"

#include <stdio.h>

enum { WHAT_MAX = 4096 };

static enum runner_capture set(struct plan_scope *scope, const struct plan_keep *keep,
                               struct slice value)
{
    return plan_scope_set(scope, keep->name, value) ? RUNNER_CAPTURED : RUNNER_CAPTURE_NOMEM;
}

/* Takes ${value}; NULL: the response has nothing that JSON can hold. */
static enum runner_capture append(struct plan_scope *scope, const struct plan_keep *keep,
                                  json_t *value)
{
    enum runner_capture result = RUNNER_CAPTURE_LACKS;
    if (value != NULL)
        result =
            plan_scope_append(scope, keep->name, value) ? RUNNER_CAPTURED : RUNNER_CAPTURE_NOMEM;
    json_decref(value);
    return result;
}

static enum runner_capture keep_header(const struct plan_keep *keep,
                                       const struct http_answer *answer, struct plan_scope *scope)
{
    const struct slice *value = http_fields_get(&answer->fields, keep->what);
    if (value == NULL)
        return RUNNER_CAPTURE_LACKS;
    if (!keep->appends)
        return set(scope, keep, *value);
    return append(scope, keep, json_stringn((const char *)value->ptr, value->len));
}

static enum runner_capture keep_body(const struct plan_keep *keep, const struct http_answer *answer,
                                     struct plan_scope *scope)
{
    return set(scope, keep, answer->body);
}

static enum runner_capture keep_status(const struct plan_keep *keep,
                                       const struct http_answer *answer, struct plan_scope *scope)
{
    char text[16];
    if (keep->appends)
        return append(scope, keep, json_integer(answer->status));
    (void)snprintf(text, sizeof(text), "%d", answer->status);
    return set(scope, keep, slice_text(text));
}

static enum runner_capture keep_string(const struct plan_keep *keep, struct slice raw,
                                       struct plan_scope *scope)
{
    struct buf text = buf_bounded(LIMIT_ANSWER_BODY);
    enum runner_capture result = RUNNER_CAPTURE_NOMEM;
    if (raw.len >= 2 && record_scan_unescape(slice_of(raw.ptr + 1, raw.len - 2), &text))
        result = set(scope, keep, buf_slice(&text));
    buf_free(&text);
    return result;
}

static bool append_all(struct plan_scope *scope, const char *name, const json_t *list)
{
    size_t index = 0;
    const json_t *value = NULL;
    if (!plan_scope_begin_list(scope, name))
        return false;
    json_array_foreach(list, index, value)
    {
        if (!plan_scope_append(scope, name, value))
            return false;
    }
    return true;
}

/* The raw text, decoded, with each element appended to the capture. */
static enum runner_capture append_list(const struct plan_keep *keep, struct slice raw,
                                       struct plan_scope *scope)
{
    json_t *list = json_loadb((const char *)raw.ptr, raw.len, JSON_ALLOW_NUL, NULL);
    enum runner_capture result = RUNNER_CAPTURE_LACKS;
    if (json_is_array(list))
        result = append_all(scope, keep->name, list) ? RUNNER_CAPTURED : RUNNER_CAPTURE_NOMEM;
    json_decref(list);
    return result;
}

static enum runner_capture keep_json(const struct plan_keep *keep, const struct http_answer *answer,
                                     struct plan_scope *scope)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    enum record_token kind =
        record_scan_pointer(answer->body, slice_text(keep->what), &raw, &offset);
    if (kind == RECORD_SCAN_BAD || kind == RECORD_SCAN_END)
        return RUNNER_CAPTURE_LACKS;
    if (keep->appends)
        return append_list(keep, raw, scope);
    return kind == RECORD_SCAN_STRING ? keep_string(keep, raw, scope) : set(scope, keep, raw);
}

/* One element, whatever it is. */
static enum runner_capture keep_value(const struct plan_keep *keep,
                                      const struct http_answer *answer, struct plan_scope *scope)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    enum record_token kind =
        record_scan_pointer(answer->body, slice_text(keep->what), &raw, &offset);
    if (kind == RECORD_SCAN_BAD || kind == RECORD_SCAN_END)
        return RUNNER_CAPTURE_LACKS;
    return append(
        scope, keep,
        json_loadb((const char *)raw.ptr, raw.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL));
}

/* The lines as one JSON list. */
static enum runner_capture keep_newlines(const struct plan_keep *keep,
                                         const struct http_answer *answer, struct plan_scope *scope)
{
    struct buf list = buf_bounded(LIMIT_ANSWER_BODY + (size_t)2);
    struct slice rest = answer->body;
    struct slice line;
    (void)buf_add_byte(&list, '[');
    while (slice_cut(rest, '\n', &line, &rest)) {
        if (list.len > 1)
            (void)buf_add_byte(&list, ',');
        (void)buf_add(&list, line);
    }
    (void)buf_add_byte(&list, ']');
    enum runner_capture result = RUNNER_CAPTURE_NOMEM;
    if (!list.failed && line.len > 0)
        result = RUNNER_CAPTURE_LACKS; /* what is left: a line without an end */
    else if (!list.failed)
        result = keep->appends ? append_list(keep, buf_slice(&list), scope)
                               : set(scope, keep, buf_slice(&list));
    buf_free(&list);
    return result;
}

static const struct {
    const char *from;
    enum runner_capture (*keep)(const struct plan_keep *keep, const struct http_answer *answer,
                                struct plan_scope *scope);
} sources[] = {
    { "header", keep_header },     { "json", keep_json },     { "body", keep_body },
    { "newlines", keep_newlines }, { "status", keep_status }, { "value", keep_value },
};

static enum runner_capture capture(const struct plan_keep *keep, const struct http_answer *answer,
                                   struct plan_scope *scope)
{
    for (size_t i = 0; i < COUNT_OF(sources); i++) {
        if (strcmp(sources[i].from, keep->from) == 0)
            return sources[i].keep(keep, answer, scope);
    }
    return RUNNER_CAPTURE_LACKS;
}

enum runner_capture runner_capture(const struct plan_keep *keep, const struct http_answer *answer,
                                   struct plan_scope *scope)
{
    struct buf what = buf_bounded(WHAT_MAX);
    struct plan_keep expanded = *keep;
    enum runner_capture result = RUNNER_CAPTURE_NOMEM;
    if (plan_expand_text(scope, keep->what, PLAN_AS_IS, &what) == NULL)
        expanded.what = buf_text(&what);
    else
        expanded.what = NULL;
    if (expanded.what != NULL)
        result = capture(&expanded, answer, scope);
    buf_free(&what);
    return result;
}
