#include "exchange/show.h"

#include "base/utf8.h"

static uint32_t scalar_of(struct slice bytes, size_t len)
{
    static const uint8_t first_mask[5] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
    uint32_t scalar = bytes.ptr[0] & first_mask[len];
    for (size_t i = 1; i < len; i++)
        scalar = scalar << 6 | (bytes.ptr[i] & 0x3f);
    return scalar;
}

/* Controls of both kinds, and what reorders, hides or separates text. */
static bool is_printable(uint32_t scalar)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },
        { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
        { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
    };
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        if (scalar >= hidden[i].first && scalar <= hidden[i].last)
            return false;
    }
    return true;
}

static size_t sequence_length(uint8_t first)
{
    if (first < 0x80)
        return 1;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The length of the printable character that the bytes begin with; 0 when it is none. */
static size_t printable_length(struct slice bytes)
{
    size_t len = sequence_length(bytes.ptr[0]);
    if (len > bytes.len || utf8_valid_length(slice_head(bytes, len)) != len)
        return 0;
    return is_printable(scalar_of(bytes, len)) ? len : 0;
}

/* Appends a line's end, when the bytes begin with one, and returns its length. */
static size_t show_line_end(struct slice bytes, enum exchange_lines lines, struct buf *out)
{
    bool crlf = slice_starts(bytes, SLICE("\r\n"));
    bool lf = bytes.ptr[0] == '\n';
    if (crlf && lines == EXCHANGE_LINES_HTTP) {
        buf_add(out, SLICE("\n"));
        return 2;
    }
    if (!lf)
        return 0;
    buf_add_text(out, lines == EXCHANGE_LINES_HTTP ? "\\x0a\n" : "\n");
    return 1;
}

bool exchange_show(struct slice bytes, enum exchange_lines lines, struct buf *out)
{
    while (bytes.len > 0 && !out->failed) {
        size_t len = show_line_end(bytes, lines, out);
        if (len == 0) {
            len = bytes.ptr[0] == '\t' ? 1 : printable_length(bytes);
            buf_add(out, slice_head(bytes, len));
        }
        if (len == 0) {
            (void)buf_add_format(out, "\\x%02x", bytes.ptr[0]);
            len = 1;
        }
        bytes = slice_from(bytes, len);
    }
    return !out->failed;
}

bool exchange_is_plain(struct slice bytes)
{
    while (bytes.len > 0) {
        size_t len = printable_length(bytes);
        if (len == 0)
            return false;
        bytes = slice_from(bytes, len);
    }
    return true;
}

bool exchange_printf_format(struct slice bytes, struct buf *out)
{
    static const struct {
        uint8_t byte;
        const char *text;
    } rows[] = { { '\r', "\\r" },  { '\n', "\\n" }, { '\t', "\\t" },
                 { '\\', "\\\\" }, { '%', "%%" },   { '\'', "'\\''" } };
    for (size_t first = 0; bytes.len > 0 && !out->failed; first = 1) {
        size_t len = printable_length(bytes);
        const char *text = NULL;
        for (size_t i = 0; i < COUNT_OF(rows); i++)
            text = rows[i].byte == bytes.ptr[0] ? rows[i].text : text;
        /* A '-' in front would make it an option. */
        bool octal = text == NULL && (len == 0 || (first == 0 && bytes.ptr[0] == '-'));
        if (octal)
            (void)buf_add_format(out, "\\%03o", bytes.ptr[0]);
        else if (text != NULL)
            buf_add_text(out, text);
        else
            buf_add(out, slice_head(bytes, len));
        bytes = slice_from(bytes, octal || text != NULL ? 1 : len);
    }
    return !out->failed;
}

bool exchange_quote_printf(struct slice bytes, struct buf *out)
{
    buf_add_text(out, "printf '");
    (void)exchange_printf_format(bytes, out);
    return buf_add_text(out, "'");
}

bool exchange_quote(struct slice bytes, struct buf *out)
{
    if (!exchange_is_plain(bytes)) {
        buf_add_text(out, "\"$(");
        (void)exchange_quote_printf(bytes, out);
        return buf_add_text(out, ")\"");
    }
    struct slice part, rest = bytes;
    buf_add_text(out, "'");
    for (bool more = true; more;) {
        more = slice_cut(rest, '\'', &part, &rest);
        buf_add(out, part);
        if (more)
            buf_add_text(out, "'\\''");
    }
    return buf_add_text(out, "'");
}
