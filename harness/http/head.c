#include "http/head.h"

#include "http/authority.h"
#include "http/scan.h"

struct cursor {
    const uint8_t *at;
    const uint8_t *end;
};

/* "HTTP/1.1" */
enum { VERSION_LEN = 8, VERSION_MAJOR_AT = 5, VERSION_MINOR_AT = 7 };

static enum http_step refuse(struct http_head *head, const uint8_t *at, int status,
                             const char *rule)
{
    head->fault =
        (struct http_fault){ .rule = rule, .offset = (size_t)(at - head->base), .status = status };
    return HTTP_STEP_FAULT;
}

/* What is wrong with a byte that ends a run too early. */
static enum http_step refuse_byte(struct http_head *head, const uint8_t *at, const char *rule)
{
    return refuse(head, at, 400, *at == '\n' ? "a line ends with CRLF, not with a bare LF" : rule);
}

/* CRLF; ${rule} is what a byte other than CR and LF breaks. */
static inline enum http_step take_crlf(struct http_head *head, struct cursor *c, const char *rule)
{
    if (c->at == c->end)
        return HTTP_STEP_MORE;
    if (*c->at != '\r')
        return refuse_byte(head, c->at, rule);
    if (c->end - c->at < 2)
        return HTTP_STEP_MORE;
    if (c->at[1] != '\n')
        return refuse(head, c->at + 1, 400, "a CR is followed by LF");
    c->at += 2;
    return HTTP_STEP_DONE;
}

/* The run that begins where the cursor is, as an earlier call left it, or as a new one. */
static inline struct http_run resume(const struct http_head *head, const struct cursor *c)
{
    size_t from = (size_t)(c->at - head->base);
    return head->run.from == from ? head->run : (struct http_run){ from, from, from };
}

/* The run was looked at up to ${stop}: when that is all there is, the next call goes on there. */
static inline void pause_at(struct http_head *head, const struct cursor *c, struct http_run run,
                            const uint8_t *stop)
{
    if (stop < c->end)
        return;
    run.seen = (size_t)(stop - head->base);
    head->run = run;
}

static enum http_method method_of(struct slice text)
{
    for (enum http_method method = HTTP_METHOD_GET; method < HTTP_METHOD_OTHER; method++) {
        if (slice_is(text, http_method_name(method)))
            return method;
    }
    return HTTP_METHOD_OTHER;
}

static enum http_step take_method(struct http_head *head, struct cursor *c)
{
    const uint8_t *stop = http_scan_kind(c->at, c->end, HTTP_BYTE_TOKEN);
    size_t len = (size_t)(stop - c->at);
    if (len > LIMIT_METHOD)
        return refuse(head, c->at + LIMIT_METHOD, 501, "a method has at most 32 characters");
    if (stop == c->end)
        return HTTP_STEP_MORE;
    if (*stop != ' ' || len == 0)
        return refuse_byte(head, stop, "a method is a token and is followed by one space");
    head->method_text = slice_of(c->at, len);
    head->method = method_of(head->method_text);
    c->at = stop + 1;
    return HTTP_STEP_DONE;
}

/* The target is a URL, which begins with a scheme of that length: cuts off what is not path and
 * query. */
static enum http_step cut_url(struct http_head *head, size_t scheme)
{
    struct slice rest = slice_from(head->target, scheme);
    size_t path = slice_find(rest, '/'), query = slice_find(rest, '?');
    struct http_authority authority;
    head->authority = slice_head(rest, path < query ? path : query);
    head->target = slice_from(rest, head->authority.len);
    const char *wrong = http_authority_parse(head->authority, &authority);
    if (wrong != NULL)
        return refuse(head, rest.ptr, 400, wrong);
    if (query < path)
        return refuse(head, head->target.ptr, 400, "a query stands behind a path");
    return HTTP_STEP_DONE;
}

/* What precedes the authority of a target in absolute-form; of length 0 in origin-form. */
static enum http_step see_scheme(struct http_head *head, const struct cursor *c, size_t *ret_len)
{
    *ret_len = 0;
    if (c->at == c->end)
        return HTTP_STEP_MORE;
    if (*c->at == '/')
        return HTTP_STEP_DONE;
    *ret_len = http_authority_scheme(slice_of(c->at, (size_t)(c->end - c->at)), &head->tls);
    if (*ret_len == 0)
        return refuse_byte(head, c->at, "a target begins with '/', http:// or https://");
    return *ret_len == SIZE_MAX ? HTTP_STEP_MORE : HTTP_STEP_DONE;
}

static enum http_step take_target(struct http_head *head, struct cursor *c)
{
    size_t scheme;
    TRY(see_scheme(head, c, &scheme));
    struct http_run run = resume(head, c);
    const uint8_t *stop = http_scan_target(head->base + run.seen, c->end);
    size_t len = (size_t)(stop - c->at);
    pause_at(head, c, run, stop);
    if (len > head->bounds.target)
        return refuse(head, c->at + head->bounds.target, 414,
                      "the target is longer than its bound");
    if (stop == c->end)
        return HTTP_STEP_MORE;
    if (*stop != ' ')
        return refuse_byte(head, stop, "a target is visible ASCII and is followed by one space");
    head->target = slice_of(c->at, len);
    head->authority = slice_of(NULL, 0);
    c->at = stop + 1;
    return scheme == 0 ? HTTP_STEP_DONE : cut_url(head, scheme);
}

static enum http_step take_version(struct http_head *head, struct cursor *c)
{
    static const uint8_t form[] = "HTTP/d.d";
    size_t have = (size_t)(c->end - c->at);
    if (have >= VERSION_LEN && memcmp(c->at, "HTTP/1.1", VERSION_LEN) == 0) {
        head->minor = 1;
        c->at += VERSION_LEN;
        return HTTP_STEP_DONE;
    }
    for (size_t i = 0; i < VERSION_LEN; i++) {
        if (i == have)
            return HTTP_STEP_MORE;
        bool fits = form[i] == 'd' ? http_byte_is(c->at[i], HTTP_BYTE_DIGIT) : c->at[i] == form[i];
        if (!fits)
            return refuse_byte(head, c->at + i, "a version is HTTP/ and two digits with a point");
    }
    if (c->at[VERSION_MAJOR_AT] != '1')
        return refuse(head, c->at + VERSION_MAJOR_AT, 505, "the version is HTTP/1.0 or HTTP/1.1");
    if (c->at[VERSION_MINOR_AT] > '1')
        return refuse(head, c->at + VERSION_MINOR_AT, 505, "the version is HTTP/1.0 or HTTP/1.1");
    head->minor = c->at[VERSION_MINOR_AT] - '0';
    c->at += VERSION_LEN;
    return HTTP_STEP_DONE;
}

static enum http_step request_line(struct http_head *head, struct cursor *c)
{
    /* One empty line before a request is borne (RFC 9112, section 2.2); it counts for offsets. */
    if (c->at < c->end && *c->at == '\r')
        TRY(take_crlf(head, c, ""));
    TRY(take_method(head, c));
    TRY(take_target(head, c));
    TRY(take_version(head, c));
    return take_crlf(head, c, "a version is followed by CRLF");
}

static enum http_step take_status(struct http_head *head, struct cursor *c)
{
    static const char rule[] = "a status is three digits from 100 to 599 between two spaces";
    static const uint8_t form[] = " ddd ";
    for (size_t i = 0; i < sizeof(form) - 1; i++) {
        if (c->at + i == c->end)
            return HTTP_STEP_MORE;
        uint8_t byte = c->at[i];
        bool fits = form[i] == 'd' ? http_byte_is(byte, HTTP_BYTE_DIGIT) : byte == ' ';
        if (!fits || (i == 1 && (byte < '1' || byte > '5')))
            return refuse_byte(head, c->at + i, rule);
    }
    head->status = (c->at[1] - '0') * 100 + (c->at[2] - '0') * 10 + (c->at[3] - '0');
    c->at += sizeof(form) - 1;
    return HTTP_STEP_DONE;
}

static enum http_step status_line(struct http_head *head, struct cursor *c)
{
    TRY(take_version(head, c));
    TRY(take_status(head, c));
    const uint8_t *stop = http_scan_value(c->at, c->end);
    size_t len = (size_t)(stop - c->at);
    if (len > LIMIT_REASON)
        return refuse(head, c->at + LIMIT_REASON, 431, "the reason is longer than its bound");
    head->reason = slice_of(c->at, len);
    c->at = stop;
    return take_crlf(head, c, "a reason holds no control bytes");
}

static enum http_step take_name(struct http_head *head, struct cursor *c, struct slice *ret_name)
{
    const uint8_t *stop = http_scan_name(c->at, c->end);
    size_t len = (size_t)(stop - c->at);
    if (len > LIMIT_FIELD_NAME)
        return refuse(head, c->at + LIMIT_FIELD_NAME, 431,
                      "the field name is longer than its bound");
    if (stop == c->end)
        return HTTP_STEP_MORE;
    if (*stop != ':' || len == 0) {
        bool blank = *stop == ' ' || *stop == '\t';
        if (blank && len == 0)
            return refuse(head, stop, 400, "a field is not folded onto a second line");
        if (blank)
            return refuse(head, stop, 400, "no blank stands before the colon");
        return refuse_byte(head, stop, "a field name is a token and is followed by a colon");
    }
    *ret_name = slice_of(c->at, len);
    c->at = stop + 1;
    return HTTP_STEP_DONE;
}

static enum http_step take_value(struct http_head *head, struct cursor *c, struct slice *ret_value)
{
    struct http_run run = resume(head, c);
    const uint8_t *start = head->base + run.text;
    while (start < c->end && (*start == ' ' || *start == '\t'))
        start++;
    run.text = (size_t)(start - head->base);
    const uint8_t *seen = head->base + run.seen;
    const uint8_t *stop = http_scan_value(seen > start ? seen : start, c->end);
    pause_at(head, c, run, stop);
    if (stop - start > LIMIT_FIELD_VALUE)
        return refuse(head, start + LIMIT_FIELD_VALUE, 431,
                      "the field value is longer than its bound");
    c->at = stop;
    TRY(take_crlf(head, c, "a field value holds no control bytes"));
    while (stop > start && (stop[-1] == ' ' || stop[-1] == '\t'))
        stop--;
    *ret_value = slice_of(start, (size_t)(stop - start));
    return HTTP_STEP_DONE;
}

/* The names that framing looks at, by length and first letter: a filter that lets few others by. */
static inline bool may_frame(struct slice name)
{
    uint8_t first = name.ptr[0] | 0x20;
    switch (name.len) {
    case 4:
        return first == 'h';
    case 6:
        return first == 'e';
    case 10:
    case 14:
        return first == 'c';
    case 17:
        return first == 't';
    default:
        return false;
    }
}

static enum http_step take_field(struct http_head *head, struct cursor *c)
{
    struct http_field *field = &head->fields[head->count];
    if (head->count == head->bounds.fields)
        return refuse(head, c->at, 431, "the fields are more than their bound");
    TRY(take_name(head, c, &field->name));
    TRY(take_value(head, c, &field->value));
    head->count++;
    if (!may_frame(field->name))
        return HTTP_STEP_DONE;
    struct http_breach breach = http_framing_note(&head->framing, field);
    if (breach.rule == NULL)
        return HTTP_STEP_DONE;
    return refuse(head, breach.at, breach.status, breach.rule);
}

static enum http_step take_lines(struct http_head *head, struct cursor *c)
{
    if (!head->started) {
        TRY(head->role == HTTP_REQUESTS ? request_line(head, c) : status_line(head, c));
        head->started = true;
        head->line = (size_t)(c->at - head->base);
    }
    while (c->at < c->end && *c->at != '\r') {
        TRY(take_field(head, c));
        head->line = (size_t)(c->at - head->base);
    }
    TRY(take_crlf(head, c, ""));
    return HTTP_STEP_DONE;
}

/* Whether an answer has no body whatever its fields say. */
static bool bodiless(const struct http_head *head)
{
    int status = head->status;
    return head->no_body || (status >= 100 && status < 200) || status == 204 || status == 304;
}

enum http_step http_head_scan(struct http_head *head, struct slice bytes)
{
    head->base = bytes.ptr;
    struct slice window = slice_head(bytes, head->bounds.head);
    struct cursor c = { window.ptr + head->line, window.ptr + window.len };
    enum http_step step = take_lines(head, &c);
    if (step == HTTP_STEP_MORE && bytes.len > head->bounds.head)
        return refuse(head, head->base + head->bounds.head, 431,
                      "the head is longer than its bound");
    if (step != HTTP_STEP_DONE)
        return step;
    head->bodiless = head->role == HTTP_ANSWERS && bodiless(head);
    struct http_breach breach = http_framing_finish(&head->framing, head->role, head->minor,
                                                    head->bounds.body, head->bodiless);
    if (breach.rule != NULL) {
        const uint8_t *at = breach.at != NULL ? breach.at : head->base + head->line;
        return refuse(head, at, breach.status, breach.rule);
    }
    head->line = (size_t)(c.at - head->base);
    return HTTP_STEP_DONE;
}

void http_head_clear(struct http_head *head)
{
    head->base = NULL;
    head->line = 0;
    head->run = (struct http_run){ 0 };
    head->started = false;
    head->framing = (struct http_framing){ 0 };
    head->count = 0;
}

static void move(const struct http_head *head, const uint8_t *to, struct slice *slice)
{
    if (slice->ptr != NULL)
        slice->ptr = to + (slice->ptr - head->base);
}

void http_head_move(struct http_head *head, const uint8_t *to)
{
    if (head->started) {
        move(head, to, &head->method_text);
        move(head, to, &head->target);
        move(head, to, &head->authority);
        move(head, to, &head->reason);
    }
    for (size_t i = 0; i < head->count; i++) {
        move(head, to, &head->fields[i].name);
        move(head, to, &head->fields[i].value);
    }
    if (head->framing.has_length)
        head->framing.length_at = to + (head->framing.length_at - head->base);
    head->base = to;
}
