#include "fuzz/peer.h"

#include <http_parser.h>

struct reading {
    struct buf *log;
    struct buf value; /* of the field under way */
    size_t begun, ended;
    bool in_target, in_value, in_body;
    bool misled; /* it errs about such requests */
};

static const char *reason = "";

const char *peer_reason(void)
{
    return reason;
}

/* http-parser leaves the blanks behind a value, and then does not know "chunked" with a HTAB. */
static void end_value(struct reading *reading)
{
    struct slice value = buf_slice(&reading->value);
    if (!reading->in_value)
        return;
    reading->misled |= slice_ends(value, SLICE("\t"));
    buf_add(reading->log, slice_trim(value));
    buf_add_text(reading->log, "\n");
    buf_clear(&reading->value);
    reading->in_value = false;
}

/* http-parser takes "Transfer-Encodings" for a Transfer-Encoding that is not chunked, and lets a
 * trailer say how long the body is. */
static bool misleads(struct slice name, bool trailer)
{
    struct slice coding = SLICE("Transfer-Encoding"), length = SLICE("Content-Length");
    bool begins_so = slice_eq_nocase(slice_head(name, coding.len), coding);
    return trailer ? begins_so || slice_eq_nocase(name, length)
                   : begins_so && name.len > coding.len;
}

static int on_begin(http_parser *parser)
{
    struct reading *reading = parser->data;
    reading->begun++;
    return 0;
}

static int on_target(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    struct slice target = slice_of(at, len);
    bool absolute = !slice_starts(target, SLICE("/"));
    if (absolute)
        target = slice_from(target, slice_search(target, SLICE("//")) + 2);
    buf_add(reading->log, target);
    if (absolute && slice_find(target, '/') == target.len)
        buf_add_text(reading->log, "/");
    reading->in_target = true;
    return 0;
}

static int on_name(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    reading->misled |= misleads(slice_of(at, len), reading->in_body);
    if (reading->in_body)
        return 0; /* a trailer */
    if (reading->in_target)
        buf_add_text(reading->log, "\n");
    reading->in_target = false;
    end_value(reading);
    buf_add(reading->log, slice_of(at, len));
    return 0;
}

static int on_value(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    if (reading->in_body)
        return 0;
    if (!reading->in_value)
        buf_add_text(reading->log, "=");
    reading->in_value = true;
    buf_add(&reading->value, slice_of(at, len));
    return 0;
}

static int on_head(http_parser *parser)
{
    struct reading *reading = parser->data;
    if (reading->in_target)
        buf_add_text(reading->log, "\n");
    end_value(reading);
    reading->in_body = true;
    return 0;
}

static int on_body(http_parser *parser, const char *at, size_t len)
{
    struct reading *reading = parser->data;
    buf_add(reading->log, slice_of(at, len));
    return 0;
}

static int on_end(http_parser *parser)
{
    struct reading *reading = parser->data;
    reading->ended++;
    return 0;
}

/* http-parser allows blanks behind a Content-Length or a chunk's size, but no HTAB. */
static bool errs_at_tab(enum http_errno error, struct slice wire, size_t at)
{
    bool blank_may_follow = error == HPE_INVALID_CONTENT_LENGTH || error == HPE_INVALID_CHUNK_SIZE;
    return blank_may_follow && at < wire.len && wire.ptr[at] == '\t';
}

enum peer_verdict peer_read(struct slice wire, struct buf *log)
{
    static const http_parser_settings settings = {
        .on_message_begin = on_begin,
        .on_url = on_target,
        .on_header_field = on_name,
        .on_header_value = on_value,
        .on_headers_complete = on_head,
        .on_body = on_body,
        .on_message_complete = on_end,
    };
    struct reading reading = { .log = log, .value = buf_bounded(log->ceiling) };
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    parser.data = &reading;
    size_t done = http_parser_execute(&parser, &settings, (const char *)wire.ptr, wire.len);
    buf_free(&reading.value);
    enum http_errno error = HTTP_PARSER_ERRNO(&parser);
    reason = http_errno_description(error);
    if (error == HPE_INVALID_METHOD || parser.upgrade || reading.misled ||
        errs_at_tab(error, wire, done))
        return PEER_UNABLE;
    bool one = reading.begun == 1 && reading.ended == 1;
    return error == HPE_OK && one && done == wire.len ? PEER_READ : PEER_REFUSED;
}
