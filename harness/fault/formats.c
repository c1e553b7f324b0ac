/* What bodies are written in. */
#include "base/utf8.h"
#include "fault/area.h"
#include "fault/hooks.h"

#define MISREAD "clients cannot read the answer"
#define REFUSED "clients that send what the protocol allows are refused"

static bool is_newlines(struct fault_call *call)
{
    struct slice type;
    return http_reply_get(call->reply, "Content-Type", &type) &&
           slice_starts(type, SLICE("application/newlines"));
}

static void cut_last_line_end(struct fault_call *call)
{
    struct buf *body = &call->reply->body;
    if (is_newlines(call) && body->len > 0 && body->ptr[body->len - 1] == '\n')
        buf_truncate(body, body->len - 1);
}

static void raw_line_ends(struct fault_call *call)
{
    if (is_newlines(call))
        fault_call_replace(call, SLICE("\\n"), SLICE("\n"));
}

static void label_lines_as_json(struct fault_call *call)
{
    if (is_newlines(call))
        (void)http_reply_set_text(call->reply, "Content-Type", "application/json");
}

static void empty_lines_are_a_list(struct fault_call *call)
{
    if (is_newlines(call) && call->reply->body.len == 0)
        fault_call_set_reply(call, SLICE("[]\n"));
}

static void accept_first(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    if (accept != NULL && slice_search(*accept, SLICE("newlines")) < accept->len &&
        slice_search(*accept, SLICE("q=")) == accept->len)
        fault_call_set_field(call, "Accept", SLICE("application/newlines"));
}

static void accept_newlines_by_default(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    if (accept == NULL || slice_is(*accept, "*/*"))
        fault_call_set_field(call, "Accept", SLICE("application/newlines"));
}

static void want_known_accept(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    if (accept != NULL && slice_starts(*accept, SLICE("application/*")))
        fault_call_answer(call, 406, "0");
}

static void unknown_accept_is_500(struct fault_call *call)
{
    if (call->reply->status == 406)
        call->reply->status = 500;
}

static void quality_is_415(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    if (accept != NULL && slice_search(*accept, SLICE("q=")) < accept->len)
        fault_call_answer(call, 500, "0");
}

/* What the request's body is labelled. */

static void refuse_type(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    if (type != NULL && slice_search(*type, slice_text(call->fault->text)) < type->len)
        fault_call_answer(call, 415, "0");
}

static void want_lower_case(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    for (size_t i = 0; type != NULL && i < type->len && type->ptr[i] != ';'; i++) {
        if (type->ptr[i] >= 'A' && type->ptr[i] <= 'Z' && !call->answered)
            fault_call_answer(call, 415, "0");
    }
}

static void any_type_is_json(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    if (type != NULL && slice_search(*type, SLICE("json")) == type->len &&
        slice_search(*type, SLICE("newlines")) == type->len)
        fault_call_set_field(call, "Content-Type", SLICE("application/json"));
}

static void missing_type_is_500(struct fault_call *call)
{
    if (fault_call_field(call, "Content-Type") == NULL)
        fault_call_answer(call, 500, "0");
}

/* Lines are read to the last line end; what is behind it is lost. */
static void lose_unended_line(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    struct slice body = call->request.body;
    if (type == NULL || !slice_starts(*type, SLICE("application/newlines")))
        return;
    while (body.len > 0 && body.ptr[body.len - 1] != '\n')
        body.len--;
    fault_call_set_body(call, body);
}

static void lose_last_line(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    struct slice body = call->request.body;
    if (type == NULL || !slice_starts(*type, SLICE("application/newlines")) || body.len < 2)
        return;
    body.len--;
    while (body.len > 0 && body.ptr[body.len - 1] != '\n')
        body.len--;
    fault_call_set_body(call, body);
}

static void refuse_trailing_line_end(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    if (type != NULL && slice_starts(*type, SLICE("application/newlines")) &&
        slice_ends(call->request.body, SLICE("\n")))
        fault_call_answer(call, 400, "6");
}

static void lines_on_put_are_stored(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    if (type == NULL || !slice_starts(*type, SLICE("application/newlines")))
        return;
    fault_call_set_field(call, "Content-Type", SLICE("application/json"));
    fault_call_set_body(call, SLICE("{\"payload\":\"lines\"}"));
}

/* Bytes that are no UTF-8 become question marks. */
static void replace_invalid(struct fault_call *call)
{
    struct slice body = call->request.body;
    uint8_t *room = arena_alloc(call->arena, 1, body.len + 1);
    if (room == NULL || utf8_valid_length(body) == body.len)
        return;
    for (size_t i = 0; i < body.len; i++)
        room[i] = body.ptr[i] < 0x80 ? body.ptr[i] : (uint8_t)'?';
    fault_call_set_body(call, slice_of(room, body.len));
}

static void refuse_mark(struct fault_call *call)
{
    if (slice_starts(call->request.body, SLICE("\xef\xbb\xbf")))
        fault_call_answer(call, 500, "0");
}

static void escaped_cr_is_lost(struct fault_call *call)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    if (type != NULL && slice_starts(*type, SLICE("application/newlines")) &&
        slice_search(call->request.body, SLICE("\r\n")) < call->request.body.len)
        lose_last_line(call);
}

/* Lone surrogates break the writer of JSON: the whole list cannot be read any more. */
static void surrogate_breaks_lists(struct fault_call *call)
{
    struct slice body = call->request.body;
    bool has = slice_search(body, SLICE("\\ud8")) < body.len ||
               slice_search(body, SLICE("\\uD8")) < body.len ||
               slice_search(body, SLICE("\\udc")) < body.len ||
               slice_search(body, SLICE("\\uDC")) < body.len;
    if (has && call->reply->status >= 400 && slice_search(body, SLICE("\\u")) < body.len)
        call->reply->status = 500;
}

static const struct fault rows[] = {
    { .name = "newlines-last-one-not-ended",
      .what = "The last line of application/newlines has no line end",
      .impact = "a client that reads up to line ends loses the last record",
      .breaks = { "1.5/formats/accept-newlines" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = cut_last_line_end },
    { .name = "newlines-not-escaped",
      .what = "Line ends within values are not escaped in application/newlines",
      .impact = "a client reads two broken records in place of one",
      .breaks = { "1.5/formats/newlines-escaped", "format5/server/opaque",
                  "1.5/bso/payload-utf8-wire" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = raw_line_ends },
    { .name = "newlines-labelled-json",
      .what = "application/newlines is labelled application/json",
      .impact = MISREAD,
      .breaks = { "1.5/formats/accept-newlines" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = label_lines_as_json },
    { .name = "newlines-empty-is-a-list",
      .what = "An empty result in application/newlines is []",
      .impact = "a client takes [] for a record",
      .breaks = { "1.5/formats/newlines-empty" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = empty_lines_are_a_list },
    { .name = "newlines-are-preferred",
      .what = "Of two formats in Accept newlines is chosen",
      .impact = "a client that would rather have JSON has to read lines",
      .breaks = { "1.5/formats/accept-precedence" },
      .warned = "a deployed server takes the first one that is named",
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = accept_first },
    { .name = "newlines-are-the-default",
      .what = "Without Accept, lists are written in newlines",
      .impact = MISREAD,
      .breaks = { "1.5/formats/default-json", "1.5/get/full", "1.5/get/ids-default" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = accept_newlines_by_default },
    { .name = "newlines-are-not-known",
      .what = "Accept is not looked at: lists are always JSON",
      .impact = "a client that reads lines while they come gets one that never ends",
      .breaks = { "1.5/formats/accept-newlines", "1.5/formats/newlines-empty" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_field,
      .text = "Accept" },
    { .name = "accept-wildcard-is-406",
      .what = "Accept: application/* is answered with 406",
      .impact = REFUSED,
      .breaks = { "1.5/formats/accept-wildcard-subtype" },
      .on = FAULT_GET,
      .before = want_known_accept },
    { .name = "accept-unknown-is-500",
      .what = "An Accept that the server does not know ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/formats/accept-406" },
      .on = FAULT_GET,
      .after = unknown_accept_is_500 },
    { .name = "accept-quality-is-500",
      .what = "A quality in Accept ends in a 500",
      .impact = REFUSED,
      .breaks = { "1.5/formats/accept-q" },
      .on = FAULT_GET,
      .before = quality_is_415 },
    { .name = "json-list-content-type-missing",
      .what = "Lists have no Content-Type",
      .impact = MISREAD,
      .breaks = { "1.5/formats/accept-json", "1.5/formats/default-json" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = fault_unset,
      .text = "Content-Type" },
    { .name = "json-list-content-type-is-text",
      .what = "Lists are labelled text/plain",
      .impact = MISREAD,
      .breaks = { "1.5/formats/accept-json", "1.5/formats/default-json" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = fault_set,
      .text = "Content-Type",
      .other = "text/plain" },
    { .name = "json-item-content-type-is-html",
      .what = "Items are labelled text/html",
      .impact = MISREAD,
      .breaks = { "1.5/formats/item-get-json-only" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 200,
      .after = fault_set,
      .text = "Content-Type",
      .other = "text/html; charset=utf-8" },
    { .name = "type-text-plain-refused-on-post",
      .what = "A POST labelled text/plain is refused",
      .impact = "Firefox, which labels uploads so, cannot sync",
      .breaks = { "1.5/formats/post-text-plain" },
      .on = FAULT_POST,
      .before = refuse_type,
      .text = "text/plain" },
    { .name = "type-text-plain-refused-on-put",
      .what = "A PUT labelled text/plain is refused",
      .impact = "Firefox, which labels records so, cannot sync",
      .breaks = { "1.5/formats/put-text-plain" },
      .on = FAULT_PUT,
      .before = refuse_type,
      .text = "text/plain" },
    { .name = "type-newlines-refused",
      .what = "A POST of application/newlines is refused",
      .impact = REFUSED,
      .breaks = { "1.5/formats/post-newlines", "1.5/formats/post-newlines-trailing-lf" },
      .on = FAULT_POST,
      .before = refuse_type,
      .text = "newlines" },
    { .name = "type-json-refused",
      .what = "A POST of application/json is refused",
      .impact = REFUSED,
      .breaks = { "1.5/formats/post-json" },
      .on = FAULT_POST,
      .before = refuse_type,
      .text = "application/json" },
    { .name = "type-parameters-refused",
      .what = "A Content-Type with a charset is refused",
      .impact = REFUSED,
      .breaks = { "1.5/formats/content-type-params" },
      .on = FAULT_PUT | FAULT_POST,
      .before = refuse_type,
      .text = "charset" },
    { .name = "type-compared-with-case",
      .what = "A Content-Type in capitals is refused",
      .impact = REFUSED,
      .breaks = { "1.5/formats/content-type-case" },
      .on = FAULT_PUT | FAULT_POST,
      .before = want_lower_case },
    { .name = "type-unknown-is-json",
      .what = "Any Content-Type is taken for JSON",
      .impact = "a form of a web page can write records",
      .breaks = { "1.5/formats/unsupported-415" },
      .on = FAULT_PUT | FAULT_POST,
      .before = any_type_is_json },
    { .name = "type-missing-is-500",
      .what = "A body without Content-Type ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/formats/missing-content-type", "1.5/errors/no-5xx-on-bad-input" },
      .on = FAULT_PUT | FAULT_POST,
      .before = missing_type_is_500 },
    { .name = "lines-last-one-needs-its-end",
      .what = "A posted line that is not ended is lost",
      .impact = "the last record of every upload is missing",
      .breaks = { "1.5/formats/post-newlines" },
      .on = FAULT_POST,
      .before = lose_unended_line },
    { .name = "lines-last-one-is-lost",
      .what = "The last posted line is lost",
      .impact = "the last record of every upload is missing",
      .breaks = { "1.5/formats/post-newlines", "1.5/formats/post-newlines-trailing-lf" },
      .on = FAULT_POST,
      .before = lose_last_line },
    { .name = "lines-ended-last-one-refused",
      .what = "Posted lines of which the last is ended are refused",
      .impact = REFUSED,
      .breaks = { "1.5/formats/post-newlines-trailing-lf" },
      .on = FAULT_POST,
      .before = refuse_trailing_line_end },
    { .name = "lines-with-crlf-lose-the-last",
      .what = "Of posted lines that end in CR LF the last one is lost",
      .impact = "the last record of every upload is missing",
      .breaks = { "1.5/formats/post-newlines-crlf" },
      .on = FAULT_POST,
      .before = escaped_cr_is_lost },
    { .name = "lines-on-put-are-garbled",
      .what = "A PUT of application/newlines stores something else",
      .impact = "data come back other than they were sent",
      .breaks = { "1.5/formats/put-newlines" },
      .on = FAULT_PUT,
      .before = lines_on_put_are_stored },
    { .name = "utf8-invalid-is-replaced",
      .what = "Bytes that are no UTF-8 are replaced and stored",
      .impact = "data come back other than they were sent",
      .breaks = { "1.5/formats/invalid-utf8" },
      .on = FAULT_PUT | FAULT_POST,
      .before = replace_invalid },
    { .name = "utf8-mark-is-500",
      .what = "A byte order mark before JSON ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/formats/json-utf8-bom" },
      .on = FAULT_PUT | FAULT_POST,
      .before = refuse_mark },
    { .name = "utf8-lone-surrogate-is-500",
      .what = "Half a surrogate pair ends in a 500",
      .impact = "one record keeps a client from syncing",
      .warned = "deployed servers do so",
      .breaks = { "1.5/errors/no-5xx-on-bad-input", "1.5/bso/payload-opaque-unicode" },
      .on = FAULT_PUT | FAULT_POST,
      .after = surrogate_breaks_lists },
};

const struct fault_area fault_formats = FAULT_AREA(rows);
