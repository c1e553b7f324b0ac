#include "tests/go_corpus.h"

static int hex_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The escape behind a backslash, which it cuts off; -1: there is none of that kind. */
static int read_escape(struct slice *text)
{
    static const char names[] = "abfnrtv\\\"", bytes[] = "\a\b\f\n\r\t\v\\\"";
    if (text->len >= 3 && text->ptr[0] == 'x') {
        int high = hex_of(text->ptr[1]), low = hex_of(text->ptr[2]);
        *text = slice_from(*text, 3);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }
    for (size_t i = 0; text->len > 0 && i < sizeof(names) - 1; i++) {
        if (text->ptr[0] == (uint8_t)names[i]) {
            *text = slice_from(*text, 1);
            return (uint8_t)bytes[i];
        }
    }
    return -1;
}

static bool read_string(struct slice text, struct buf *out)
{
    while (text.len > 0) {
        int byte = text.ptr[0];
        text = slice_from(text, 1);
        if (byte == '\\')
            byte = read_escape(&text);
        else if (byte < ' ' || byte > '~' || byte == '"')
            byte = -1;
        if (byte < 0)
            return false;
        buf_add_byte(out, (uint8_t)byte);
    }
    return !out->failed;
}

bool go_corpus_read(struct slice file, struct buf *out)
{
    static const struct slice start = SLICE_INIT("go test fuzz v1\n[]byte(\"");
    static const struct slice end = SLICE_INIT("\")\n");
    buf_clear(out);
    if (file.len < start.len + end.len || !slice_starts(file, start) || !slice_ends(file, end))
        return false;
    return read_string(slice_of(file.ptr + start.len, file.len - start.len - end.len), out);
}
