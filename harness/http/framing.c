#include "http/framing.h"

#include "http/authority.h"
#include "http/scan.h"

typedef struct http_breach note(struct http_framing *framing, const struct http_field *field);

static const struct http_breach none = { 0 };

static struct http_breach breach(const char *rule, int status, const uint8_t *at)
{
    return (struct http_breach){ rule, status, at };
}

static struct http_breach note_host(struct http_framing *framing, const struct http_field *field)
{
    if (framing->has_host)
        return breach("Host stands once", 400, field->name.ptr);
    framing->has_host = true;
    struct http_authority authority;
    const char *wrong = http_authority_parse(field->value, &authority);
    return wrong == NULL ? none : breach(wrong, 400, field->value.ptr);
}

static struct http_breach note_length(struct http_framing *framing, const struct http_field *field)
{
    struct slice value = field->value;
    if (framing->has_length)
        return breach("Content-Length stands once", 400, field->name.ptr);
    if (framing->chunked)
        return breach("Content-Length never stands beside Transfer-Encoding", 400, field->name.ptr);
    const uint8_t *end = value.ptr + value.len;
    const uint8_t *other = http_scan_kind(value.ptr, end, HTTP_BYTE_DIGIT);
    if (value.len == 0 || other < end)
        return breach("Content-Length is one decimal number", 400, other);
    framing->has_length = true;
    framing->length_at = value.ptr;
    framing->too_long = !slice_to_u64(value, &framing->content_length);
    return none;
}

/* The last of a list's elements. */
static struct slice last_element(struct slice list)
{
    struct slice element = list;
    while (slice_cut(list, ',', &element, &list))
        continue;
    return slice_trim(element);
}

static struct http_breach note_coding(struct http_framing *framing, const struct http_field *field)
{
    if (framing->has_length)
        return breach("Content-Length never stands beside Transfer-Encoding", 400, field->name.ptr);
    if (framing->chunked)
        return breach("Transfer-Encoding stands once", 400, field->name.ptr);
    framing->chunked = true;
    if (slice_eq_nocase(field->value, SLICE("chunked")))
        return none;
    struct slice first, rest;
    slice_cut(field->value, ',', &first, &rest);
    if (!slice_eq_nocase(last_element(field->value), SLICE("chunked")))
        return breach("the last transfer coding is chunked", 400, field->value.ptr);
    if (slice_eq_nocase(slice_trim(first), SLICE("chunked")))
        return breach("chunked is applied once", 400, field->value.ptr);
    return breach("no transfer coding but chunked is understood", 501, field->value.ptr);
}

static struct http_breach note_connection(struct http_framing *framing,
                                          const struct http_field *field)
{
    struct slice option, rest = field->value;
    while (rest.len > 0) {
        slice_cut(rest, ',', &option, &rest);
        option = slice_trim(option);
        framing->close |= slice_eq_nocase(option, SLICE("close"));
        framing->keep_alive |= slice_eq_nocase(option, SLICE("keep-alive"));
    }
    return none;
}

static struct http_breach note_expect(struct http_framing *framing, const struct http_field *field)
{
    framing->expect_continue |= slice_eq_nocase(field->value, SLICE("100-continue"));
    return none;
}

struct http_breach http_framing_note(struct http_framing *framing, const struct http_field *field)
{
    static const struct {
        struct slice name;
        note *note;
    } rows[] = {
        { SLICE_INIT("host"), note_host },
        { SLICE_INIT("content-length"), note_length },
        { SLICE_INIT("transfer-encoding"), note_coding },
        { SLICE_INIT("connection"), note_connection },
        { SLICE_INIT("expect"), note_expect },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (field->name.len == rows[i].name.len && slice_eq_nocase(field->name, rows[i].name))
            return rows[i].note(framing, field);
    }
    return none;
}

struct http_breach http_framing_finish(const struct http_framing *framing, enum http_role role,
                                       int minor, uint64_t body_bound, bool no_body)
{
    if (framing->chunked && minor == 0)
        return breach("HTTP/1.0 has no Transfer-Encoding", 400, NULL);
    if (role == HTTP_REQUESTS && minor == 1 && !framing->has_host)
        return breach("a request has a Host", 400, NULL);
    bool long_body = framing->too_long || framing->content_length > body_bound;
    if (framing->has_length && !no_body && long_body)
        return breach("the body is longer than its bound", 413, framing->length_at);
    return none;
}
