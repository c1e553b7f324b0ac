#include "http/chunked.h"

#include "http/scan.h"

enum state {
    SIZE_FIRST, /* the first digit of a chunk size */
    SIZE,
    BLANK, /* blanks between the size and an extension */
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILER, /* the first byte of a trailer line */
    NAME,
    VALUE,
    VALUE_LF,
    LAST_LF,
    DONE,
};

/* One byte: NULL when it keeps the rules. */
typedef const char *eat(struct http_chunked *chunked, uint8_t byte, int *ret_status);

static const char lone_lf[] = "a line ends with CRLF, not with a bare LF";
static const char lone_cr[] = "a CR is followed by LF";

/* Goes on to the state; NULL, as an eater returns it. */
static const char *go(struct http_chunked *chunked, enum state state)
{
    chunked->state = state;
    chunked->line_len = 0;
    return NULL;
}

static const char *wrong(uint8_t byte, const char *rule)
{
    return byte == '\n' ? lone_lf : rule;
}

/* Counts one more byte of the chunk-size line. */
static const char *lengthen(struct http_chunked *chunked)
{
    if (chunked->line_len == LIMIT_CHUNK_LINE)
        return "a chunk-size line is longer than its bound";
    chunked->line_len++;
    return NULL;
}

static const char *eat_size(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    bool first = chunked->state == SIZE_FIRST;
    if (!http_byte_is(byte, HTTP_BYTE_HEX)) {
        if (first)
            return wrong(byte, "a chunk size is a hexadecimal number");
        if (byte == '\r')
            return go(chunked, SIZE_LF);
        chunked->state = byte == ';' ? EXTENSION : BLANK;
        if (byte != ';' && byte != ' ' && byte != '\t')
            return wrong(byte, "a chunk size is followed by an extension or CRLF");
        return lengthen(chunked);
    }
    chunked->state = SIZE;
    uint64_t digit = http_byte_hex(byte);
    chunked->left = first ? 0 : chunked->left;
    if (chunked->left > (UINT64_MAX - digit) / 16 ||
        chunked->left * 16 + digit > chunked->allowed) {
        *ret_status = 413;
        return "the body is longer than its bound";
    }
    chunked->left = chunked->left * 16 + digit;
    return lengthen(chunked);
}

static const char *eat_blank(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    if (byte == ';')
        chunked->state = EXTENSION;
    else if (byte != ' ' && byte != '\t')
        return wrong(byte, "blanks behind a chunk size are followed by an extension");
    return lengthen(chunked);
}

static const char *eat_extension(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    if (byte == '\r')
        return go(chunked, SIZE_LF);
    if (!http_byte_is(byte, HTTP_BYTE_VALUE))
        return wrong(byte, "a chunk extension holds no control bytes");
    return lengthen(chunked);
}

static const char *eat_size_lf(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    if (byte != '\n')
        return lone_cr;
    chunked->allowed -= chunked->left;
    return go(chunked, chunked->left > 0 ? DATA : TRAILER);
}

static const char *eat_data_cr(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    if (byte != '\r')
        return wrong(byte, "a chunk is as long as its size says");
    return go(chunked, DATA_LF);
}

static const char *eat_data_lf(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    return byte == '\n' ? go(chunked, SIZE_FIRST) : lone_cr;
}

static const char *eat_trailer(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    if (byte == '\r')
        return go(chunked, LAST_LF);
    if (byte == ' ' || byte == '\t')
        return "a field is not folded onto a second line";
    if (!http_byte_is(byte, HTTP_BYTE_TOKEN))
        return wrong(byte, "a field name is a token and is followed by a colon");
    if (chunked->trailers == LIMIT_TRAILER_COUNT) {
        *ret_status = 431;
        return "the trailer fields are more than their bound";
    }
    chunked->trailers++;
    go(chunked, NAME);
    chunked->line_len = 1;
    return NULL;
}

static const char *eat_name(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    if (byte == ':')
        return go(chunked, VALUE);
    if (byte == ' ' || byte == '\t')
        return "no blank stands before the colon";
    if (!http_byte_is(byte, HTTP_BYTE_TOKEN))
        return wrong(byte, "a field name is a token and is followed by a colon");
    if (chunked->line_len == LIMIT_FIELD_NAME) {
        *ret_status = 431;
        return "the field name is longer than its bound";
    }
    chunked->line_len++;
    return NULL;
}

static const char *eat_value(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    if (byte == '\r')
        return go(chunked, VALUE_LF);
    if (!http_byte_is(byte, HTTP_BYTE_VALUE))
        return wrong(byte, "a field value holds no control bytes");
    if (chunked->line_len == 0 && (byte == ' ' || byte == '\t'))
        return NULL;
    if (chunked->line_len == LIMIT_FIELD_VALUE) {
        *ret_status = 431;
        return "the field value is longer than its bound";
    }
    chunked->line_len++;
    return NULL;
}

static const char *eat_value_lf(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    return byte == '\n' ? go(chunked, TRAILER) : lone_cr;
}

static const char *eat_last_lf(struct http_chunked *chunked, uint8_t byte, int *ret_status)
{
    (void)ret_status;
    return byte == '\n' ? go(chunked, DONE) : lone_cr;
}

static eat *const eaters[DONE] = {
    [SIZE_FIRST] = eat_size,     [SIZE] = eat_size,         [BLANK] = eat_blank,
    [EXTENSION] = eat_extension, [SIZE_LF] = eat_size_lf,   [DATA_CR] = eat_data_cr,
    [DATA_LF] = eat_data_lf,     [TRAILER] = eat_trailer,   [NAME] = eat_name,
    [VALUE] = eat_value,         [VALUE_LF] = eat_value_lf, [LAST_LF] = eat_last_lf,
};

struct http_chunked http_chunked_start(uint64_t body_bound, size_t tail_bound)
{
    return (struct http_chunked){ .allowed = body_bound, .tail_bound = tail_bound };
}

static enum http_event take_data(struct http_chunked *chunked, struct slice *input,
                                 struct slice *ret_piece)
{
    uint64_t len = chunked->left < input->len ? chunked->left : input->len;
    *ret_piece = slice_head(*input, (size_t)len);
    *input = slice_from(*input, (size_t)len);
    chunked->left -= len;
    if (chunked->left == 0)
        go(chunked, DATA_CR);
    return HTTP_EVENT_BODY;
}

enum http_event http_chunked_next(struct http_chunked *chunked, struct slice *input,
                                  struct slice *ret_piece, struct http_breach *ret_breach)
{
    while (chunked->state != DONE) {
        if (input->len == 0)
            return HTTP_EVENT_MORE;
        if (chunked->state == DATA)
            return take_data(chunked, input, ret_piece);
        int status = 400;
        const char *rule = NULL;
        if (chunked->state >= TRAILER && chunked->tail++ == chunked->tail_bound) {
            rule = "the trailer section is longer than its bound";
            status = 431;
        } else {
            rule = eaters[chunked->state](chunked, *input->ptr, &status);
        }
        if (rule != NULL) {
            *ret_breach = (struct http_breach){ rule, status, input->ptr };
            return HTTP_EVENT_FAULT;
        }
        *input = slice_from(*input, 1);
    }
    return HTTP_EVENT_END;
}
