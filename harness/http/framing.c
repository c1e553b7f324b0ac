#include "http/framing.h"

#include "http/authority.h"
#include "http/scan.h"

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

typedef struct http_breach note(struct http_framing *framing, const struct http_field *field);

#define ROW(name, note) [sizeof(name) - 1] = { name, note }

/* By the length of the name, which no two of them share. */
static const struct {
    const char *name;
    note *note;
} rows[] = {
    ROW("host", note_host),
    ROW("expect", note_expect),
    ROW("connection", note_connection),
    ROW("content-length", note_length),
    ROW("transfer-encoding", note_coding),
};

struct http_breach http_framing_note(struct http_framing *framing, const struct http_field *field)
{
    size_t len = field->name.len;
    if (len >= COUNT_OF(rows) || rows[len].note == NULL)
        return none;
    /* Among the bytes of a token only a letter becomes a letter, and only '-' becomes '-'. */
    for (size_t i = 0; i < len; i++) {
        if ((field->name.ptr[i] | 0x20) != rows[len].name[i])
            return none;
    }
    return rows[len].note(framing, field);
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
