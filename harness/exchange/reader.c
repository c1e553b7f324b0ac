#include "exchange/reader.h"

#include "exchange/call.h"

enum { FAULT_EXCERPT = 512 }; /* bytes of a broken head that are kept to be shown */

struct http_parser *exchange_reader_parser(void)
{
    const struct http_bounds bounds = {
        .target = LIMIT_TARGET,
        .head = LIMIT_ANSWER_HEAD,
        .fields = LIMIT_FIELD_COUNT,
        .body = LIMIT_ANSWER_BODY,
    };
    return http_parser_new(HTTP_ANSWERS, &bounds);
}

struct exchange_reader exchange_reader_of(struct exchange_call *call, struct http_parser *parser)
{
    if (exchange_call_is_head(call))
        http_parser_expect_no_body(parser);
    return (struct exchange_reader){ .call = call, .parser = parser };
}

static enum exchange_read fail_memory(struct exchange_call *call)
{
    exchange_call_end(call, EXCHANGE_BROKEN, "out of memory for the response");
    return EXCHANGE_READ_FAILED;
}

/* ${buf} refused ${more} bytes: because of its ceiling, or of memory? */
static enum exchange_read fail_append(struct exchange_call *call, const struct buf *buf,
                                      size_t more, const char *part)
{
    if (more <= buf->ceiling - buf->len)
        return fail_memory(call);
    exchange_call_end(call, EXCHANGE_TOO_LARGE, "the response's %s is longer than %zu bytes", part,
                      buf->ceiling);
    return EXCHANGE_READ_FAILED;
}

static enum exchange_read fail_rule(struct exchange_reader *reader, struct slice rest)
{
    struct exchange_call *call = reader->call;
    const struct http_fault *fault = http_parser_fault(reader->parser);
    bool too_large = fault->status == 413 || fault->status == 431;
    if (!reader->in_body)
        (void)buf_add(&call->text, slice_head(rest, FAULT_EXCERPT));
    exchange_call_end(call, too_large ? EXCHANGE_TOO_LARGE : EXCHANGE_GARBAGE, "byte %zu: %s",
                      fault->offset, fault->rule);
    return EXCHANGE_READ_FAILED;
}

/* The parser has found call->text to be a head: its fields stand where they do in any head. */
static void point_into_text(struct exchange_call *call, size_t count)
{
    struct slice line, rest = buf_slice(&call->text);
    (void)slice_cut(rest, '\n', &line, &rest);
    struct slice reason = slice_from(line, strlen("HTTP/1.1 200 "));
    call->answer.reason = slice_head(reason, reason.len > 0 ? reason.len - 1 : 0);
    for (size_t i = 0; i < count; i++) {
        struct http_field *field = &call->answer_fields[i];
        (void)slice_cut(rest, '\n', &line, &rest);
        (void)slice_cut(line, ':', &field->name, &field->value);
        size_t value = field->value.len > 0 ? field->value.len - 1 : 0;
        field->value = slice_trim(slice_head(field->value, value));
    }
    call->answer.fields = (struct http_fields){ call->answer_fields, count };
}

static enum exchange_read finish_head(struct exchange_reader *reader)
{
    struct exchange_call *call = reader->call;
    const struct http_answer *answer = http_parser_answer(reader->parser);
    if (answer->status == 101) {
        exchange_call_end(call, EXCHANGE_GARBAGE,
                          "101 Switching Protocols, which nobody had asked for");
        return EXCHANGE_READ_FAILED;
    }
    if (answer->status < 200) {
        reader->interim += call->text.len;
        buf_clear(&call->text);
        return EXCHANGE_READ_MORE;
    }
    reader->in_body = true;
    call->answer = *answer;
    point_into_text(call, answer->fields.count);
    return EXCHANGE_READ_MORE;
}

/* Keeps what the parser has just consumed of a head. */
static enum exchange_read keep_head(struct exchange_reader *reader, struct slice taken)
{
    struct exchange_call *call = reader->call;
    if (reader->interim + call->text.len + taken.len > LIMIT_ANSWER_HEAD) {
        exchange_call_end(call, EXCHANGE_TOO_LARGE,
                          "the response's heads, interim ones included, are longer than %d bytes",
                          LIMIT_ANSWER_HEAD);
        return EXCHANGE_READ_FAILED;
    }
    return buf_add(&call->text, taken) ? EXCHANGE_READ_MORE : fail_memory(call);
}

static enum exchange_read keep_piece(struct exchange_reader *reader)
{
    struct exchange_call *call = reader->call;
    struct slice piece = http_parser_piece(reader->parser);
    if (!buf_add(&call->body, piece))
        return fail_append(call, &call->body, piece.len, "body");
    return EXCHANGE_READ_MORE;
}

static enum exchange_read step(struct exchange_reader *reader, struct slice *bytes,
                               enum http_event *ret_event)
{
    struct slice before = *bytes;
    *ret_event = http_parser_next(reader->parser, bytes);
    struct slice taken = slice_head(before, before.len - bytes->len);
    switch (*ret_event) {
    case HTTP_EVENT_HEAD:
        TRY(keep_head(reader, taken));
        return finish_head(reader);
    case HTTP_EVENT_MORE:
        return reader->in_body ? EXCHANGE_READ_MORE : keep_head(reader, taken);
    case HTTP_EVENT_BODY:
        return keep_piece(reader);
    case HTTP_EVENT_END:
        reader->call->answer.body = buf_slice(&reader->call->body);
        return reader->in_body ? EXCHANGE_READ_DONE : EXCHANGE_READ_MORE;
    case HTTP_EVENT_FAULT:
        return fail_rule(reader, *bytes);
    default:
        return fail_memory(reader->call);
    }
}

enum exchange_read exchange_reader_feed(struct exchange_reader *reader, struct slice *bytes)
{
    enum http_event event = HTTP_EVENT_HEAD;
    while (event != HTTP_EVENT_MORE)
        TRY(step(reader, bytes, &event));
    return EXCHANGE_READ_MORE;
}

enum exchange_read exchange_reader_close(struct exchange_reader *reader)
{
    struct exchange_call *call = reader->call;
    enum http_event event = http_parser_close(reader->parser);
    call->answer.body = buf_slice(&call->body);
    if (event == HTTP_EVENT_END && reader->in_body)
        return EXCHANGE_READ_DONE;
    if (event == HTTP_EVENT_NOMEM)
        return fail_memory(call);
    if (reader->in_body)
        exchange_call_end(call, EXCHANGE_CLOSED, "closed after %zu bytes of the body",
                          call->body.len);
    else
        exchange_call_end(call, EXCHANGE_CLOSED, "closed after %zu bytes of a head",
                          call->text.len);
    return EXCHANGE_READ_FAILED;
}
