#include "http/parser.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "http/chunked.h"
#include "http/head.h"

enum state {
    HEAD,
    BODY_COUNTED,
    BODY_CHUNKED,
    BODY_TO_CLOSE,
    ENDED, /* the message may still be looked at */
    FAULTED,
    EXHAUSTED,
};

enum { HEAD_CEILING = 1024 * 1024 }; /* of bounds.head, whatever is asked for */

struct http_parser {
    enum state state;
    size_t offset;   /* bytes of the message that were consumed */
    uint64_t left;   /* of the body, in BODY_COUNTED and BODY_TO_CLOSE */
    struct buf kept; /* the head's bytes, once they cannot stay in the input */
    struct slice piece;
    struct http_fault fault;
    struct http_chunked chunked;
    struct http_request request;
    struct http_answer answer;
    struct http_head head;
};

struct http_bounds http_bounds_default(void)
{
    return (struct http_bounds){
        .target = LIMIT_TARGET,
        .head = LIMIT_HEAD,
        .fields = LIMIT_FIELD_COUNT,
        .body = LIMIT_BODY,
    };
}

struct http_parser *http_parser_new(enum http_role role, const struct http_bounds *bounds)
{
    struct http_parser *parser = alloc_new(struct http_parser);
    if (parser == NULL)
        return NULL;
    parser->head.role = role;
    parser->head.bounds = bounds != NULL ? *bounds : http_bounds_default();
    if (parser->head.bounds.fields > LIMIT_FIELD_COUNT)
        parser->head.bounds.fields = LIMIT_FIELD_COUNT;
    if (parser->head.bounds.head > HEAD_CEILING)
        parser->head.bounds.head = HEAD_CEILING;
    /* One byte more than a head may have, to see that there is one. */
    parser->kept = buf_bounded(parser->head.bounds.head + 1);
    return parser;
}

static enum http_event fail(struct http_parser *parser, const char *rule, size_t offset, int status)
{
    parser->fault = (struct http_fault){ .rule = rule, .offset = offset, .status = status };
    parser->state = FAULTED;
    return HTTP_EVENT_FAULT;
}

static enum http_event exhaust(struct http_parser *parser)
{
    parser->state = EXHAUSTED;
    return HTTP_EVENT_NOMEM;
}

/* Forgets the message that ended. */
static void begin(struct http_parser *parser)
{
    if (parser->kept.cap > 0)
        buf_free(&parser->kept);
    http_head_clear(&parser->head);
    parser->offset = 0;
    parser->piece = (struct slice){ 0 };
    parser->state = HEAD;
}

static bool keeps_alive(const struct http_head *head)
{
    const struct http_framing *framing = &head->framing;
    return !framing->close && (head->minor == 1 || framing->keep_alive);
}

static struct http_fields fields_of(const struct http_head *head)
{
    return (struct http_fields){ head->fields, head->count };
}

static struct slice target_of(const struct http_head *head)
{
    return head->target.len > 0 ? head->target : SLICE("/");
}

/* The request that the head says, and the state in which its body is read. */
static enum state frame_request(struct http_parser *parser)
{
    const struct http_head *head = &parser->head;
    const struct http_framing *framing = &head->framing;
    bool has_body = framing->chunked || framing->content_length > 0;
    parser->request = (struct http_request){
        .method = head->method,
        .method_text = head->method_text,
        .target = target_of(head),
        .authority = head->authority,
        .tls = head->authority.len > 0 && head->tls,
        .minor = head->minor,
        .fields = fields_of(head),
        .content_length = framing->content_length,
        .has_length = framing->has_length,
        .chunked = framing->chunked,
        .keep_alive = keeps_alive(head),
        .expect_continue = framing->expect_continue && head->minor == 1 && has_body,
    };
    parser->left = framing->content_length;
    return framing->chunked ? BODY_CHUNKED : BODY_COUNTED;
}

static enum state frame_answer(struct http_parser *parser)
{
    struct http_head *head = &parser->head;
    const struct http_framing *framing = &head->framing;
    bool to_close = !head->bodiless && !framing->chunked && !framing->has_length;
    parser->answer = (struct http_answer){
        .status = head->status,
        .reason = head->reason,
        .minor = head->minor,
        .fields = fields_of(head),
        .content_length = framing->content_length,
        .has_length = framing->has_length,
        .chunked = framing->chunked,
        .keep_alive = keeps_alive(head) && !to_close,
    };
    if (head->status >= 200)
        head->no_body = false; /* it was meant for this answer, not for the next */
    parser->left = framing->content_length;
    if (head->bodiless)
        parser->left = 0;
    if (to_close)
        parser->left = head->bounds.body;
    if (to_close)
        return BODY_TO_CLOSE;
    return framing->chunked && !head->bodiless ? BODY_CHUNKED : BODY_COUNTED;
}

static enum http_event finish_head(struct http_parser *parser)
{
    const struct http_head *head = &parser->head;
    parser->offset = head->line;
    parser->state = head->role == HTTP_REQUESTS ? frame_request(parser) : frame_answer(parser);
    if (parser->state == BODY_CHUNKED)
        parser->chunked = http_chunked_start(head->bounds.body, head->bounds.head);
    return HTTP_EVENT_HEAD;
}

static enum http_event fail_head(struct http_parser *parser)
{
    const struct http_fault *fault = &parser->head.fault;
    return fail(parser, fault->rule, fault->offset, fault->status);
}

/* Copies more of the head's bytes behind those that are kept; the slices follow. */
static bool keep(struct http_parser *parser, struct slice bytes)
{
    if (!buf_reserve(&parser->kept, bytes.len))
        return false;
    if (parser->head.base != parser->kept.ptr)
        http_head_move(&parser->head, parser->kept.ptr);
    return buf_add(&parser->kept, bytes);
}

/* The head began in an earlier piece of the input. */
static enum http_event continue_head(struct http_parser *parser, struct slice *input)
{
    size_t had = parser->kept.len;
    struct slice part = slice_head(*input, parser->kept.ceiling - had);
    if (!keep(parser, part))
        return exhaust(parser);
    switch (http_head_scan(&parser->head, buf_slice(&parser->kept))) {
    case HTTP_STEP_DONE:
        *input = slice_from(*input, parser->head.line - had);
        buf_truncate(&parser->kept, parser->head.line);
        return finish_head(parser);
    case HTTP_STEP_MORE:
        *input = slice_from(*input, part.len);
        return HTTP_EVENT_MORE;
    default:
        return fail_head(parser);
    }
}

static enum http_event read_head(struct http_parser *parser, struct slice *input)
{
    if (input->len == 0)
        return HTTP_EVENT_MORE;
    if (parser->kept.len > 0)
        return continue_head(parser, input);
    switch (http_head_scan(&parser->head, *input)) {
    case HTTP_STEP_DONE:
        *input = slice_from(*input, parser->head.line);
        return finish_head(parser);
    case HTTP_STEP_MORE:
        if (!keep(parser, *input))
            return exhaust(parser);
        *input = slice_from(*input, input->len);
        return HTTP_EVENT_MORE;
    default:
        return fail_head(parser);
    }
}

/* The next piece of at most parser->left bytes. */
static enum http_event take_piece(struct http_parser *parser, struct slice *input)
{
    size_t len = parser->left < input->len ? (size_t)parser->left : input->len;
    parser->piece = slice_head(*input, len);
    *input = slice_from(*input, len);
    parser->left -= len;
    parser->offset += len;
    return HTTP_EVENT_BODY;
}

static enum http_event read_counted(struct http_parser *parser, struct slice *input)
{
    if (parser->left == 0) {
        parser->state = ENDED;
        return HTTP_EVENT_END;
    }
    return input->len == 0 ? HTTP_EVENT_MORE : take_piece(parser, input);
}

static enum http_event read_to_close(struct http_parser *parser, struct slice *input)
{
    if (input->len == 0)
        return HTTP_EVENT_MORE;
    if (parser->left == 0)
        return fail(parser, "the body is longer than its bound", parser->offset, 413);
    return take_piece(parser, input);
}

static enum http_event read_chunked(struct http_parser *parser, struct slice *input)
{
    const uint8_t *start = input->ptr;
    struct http_breach breach;
    enum http_event event = http_chunked_next(&parser->chunked, input, &parser->piece, &breach);
    if (input->ptr != start)
        parser->offset += (size_t)(input->ptr - start);
    if (event == HTTP_EVENT_END)
        parser->state = ENDED;
    if (event == HTTP_EVENT_FAULT)
        return fail(parser, breach.rule, parser->offset, breach.status);
    return event;
}

enum http_event http_parser_next(struct http_parser *parser, struct slice *input)
{
    if (parser->state == ENDED)
        begin(parser);
    switch (parser->state) {
    case HEAD:
        return read_head(parser, input);
    case BODY_COUNTED:
        return read_counted(parser, input);
    case BODY_CHUNKED:
        return read_chunked(parser, input);
    case BODY_TO_CLOSE:
        return read_to_close(parser, input);
    case EXHAUSTED:
        return HTTP_EVENT_NOMEM;
    default:
        return HTTP_EVENT_FAULT;
    }
}

/* Nothing of a message has come, but perhaps the empty line that may stand before a request. */
static bool before_message(const struct http_parser *parser)
{
    if (parser->kept.len == 0)
        return true;
    return parser->head.role == HTTP_REQUESTS && slice_is(buf_slice(&parser->kept), "\r\n");
}

enum http_event http_parser_close(struct http_parser *parser)
{
    struct slice nothing = { 0 };
    enum http_event event = http_parser_next(parser, &nothing);
    if (event != HTTP_EVENT_MORE)
        return event;
    if (parser->state == BODY_TO_CLOSE) {
        parser->state = ENDED;
        return HTTP_EVENT_END;
    }
    if (parser->state == HEAD && before_message(parser))
        return HTTP_EVENT_MORE;
    size_t end = parser->state == HEAD ? parser->kept.len : parser->offset;
    return fail(parser, "the input ends before the message does", end, 400);
}

const struct http_request *http_parser_request(const struct http_parser *parser)
{
    return &parser->request;
}

const struct http_answer *http_parser_answer(const struct http_parser *parser)
{
    return &parser->answer;
}

struct slice http_parser_piece(const struct http_parser *parser)
{
    return parser->piece;
}

const struct http_fault *http_parser_fault(const struct http_parser *parser)
{
    return &parser->fault;
}

bool http_parser_hold(struct http_parser *parser)
{
    struct http_head *head = &parser->head;
    bool borrows = parser->state >= BODY_COUNTED && parser->state <= ENDED;
    if (!borrows || parser->kept.len > 0)
        return true;
    if (!buf_add(&parser->kept, slice_of(head->base, head->line))) {
        buf_clear(&parser->kept);
        return false;
    }
    http_head_move(head, parser->kept.ptr);
    parser->request.method_text = head->method_text;
    parser->request.target = target_of(head);
    parser->request.authority = head->authority;
    parser->answer.reason = head->reason;
    return true;
}

void http_parser_expect_no_body(struct http_parser *parser)
{
    parser->head.no_body = true;
}

size_t http_parser_held(const struct http_parser *parser)
{
    return parser->kept.cap;
}

void http_parser_free(struct http_parser *parser)
{
    if (parser == NULL)
        return;
    buf_free(&parser->kept);
    alloc_release(parser);
}

void http_parser_freep(struct http_parser **parser)
{
    http_parser_free(*parser);
}
