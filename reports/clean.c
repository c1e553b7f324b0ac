#include "reports/clean.h"

#include "base/utf8.h"

static const struct {
    uint32_t first, last;
} hidden[] = {
    { 0x7F, 0x9F },     /* DEL and the C1 controls */
    { 0x61C, 0x61C },   /* Arabic letter mark */
    { 0x200B, 0x200F }, /* widthless spaces and direction marks */
    { 0x2028, 0x202E }, /* line separators and directional overrides */
    { 0x2060, 0x206F }, /* joiners and isolates */
    { 0xFEFF, 0xFEFF }, /* byte order mark */
    { 0xFFF9, 0xFFFF }, /* annotations and non-characters */
};

static bool is_hidden(uint32_t scalar)
{
    for (size_t i = 0; i < COUNT_OF(hidden); i++) {
        if (scalar >= hidden[i].first && scalar <= hidden[i].last)
            return true;
    }
    return false;
}

/* The scalar at the front of valid UTF-8, and the length of its encoding. */
static uint32_t decode(struct slice text, size_t *ret_len)
{
    uint8_t lead = text.ptr[0];
    size_t len = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    static const uint8_t masks[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    uint32_t scalar = lead & masks[len];
    for (size_t i = 1; i < len; i++)
        scalar = scalar << 6 | (text.ptr[i] & 0x3FU);
    *ret_len = len;
    return scalar;
}

static void add_control(uint8_t byte, enum report_clean how, struct buf *out)
{
    if (how == REPORT_LINES && (byte == '\n' || byte == '\t'))
        (void)buf_add_byte(out, byte);
    else if (byte == '\n')
        (void)buf_add_text(out, "\\n");
    else if (byte == '\t')
        (void)buf_add_text(out, "\\t");
    else if (byte == '\r')
        (void)buf_add_text(out, "\\r");
    else
        (void)buf_add_format(out, "\\x%02x", byte);
}

static void add_valid(struct slice text, enum report_clean how, struct buf *out)
{
    if (how == REPORT_UTF8) {
        (void)buf_add(out, text);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        size_t len = 0;
        uint32_t scalar = decode(slice_from(text, at), &len);
        if (scalar < 0x20)
            add_control((uint8_t)scalar, how, out);
        else if (is_hidden(scalar))
            (void)buf_add_format(out, "\\u%04x", scalar);
        else
            (void)buf_add(out, slice_of(text.ptr + at, len));
        at += len;
    }
}

bool report_add_clean(const char *text, enum report_clean how, struct buf *out)
{
    struct slice rest = slice_text(text);
    while (rest.len > 0) {
        size_t valid = utf8_valid_length(rest);
        add_valid(slice_head(rest, valid), how, out);
        rest = slice_from(rest, valid);
        if (rest.len > 0) {
            (void)buf_add_format(out, "\\x%02x", rest.ptr[0]);
            rest = slice_from(rest, 1);
        }
    }
    return !out->failed;
}

bool report_add_indented(const char *text, size_t indent, struct buf *out)
{
    struct buf clean = buf_bounded(out->ceiling);
    (void)report_add_clean(text, REPORT_LINES, &clean);
    struct slice rest = buf_slice(&clean);
    struct slice line;
    bool more = true;
    for (bool first = true; more; first = false) {
        more = slice_cut(rest, '\n', &line, &rest);
        if (!more && line.len == 0 && !first)
            break; /* the text ended with its own LF */
        if (!first)
            (void)buf_add_format(out, "%*s", (int)indent, "");
        (void)buf_add(out, line);
        (void)buf_add_byte(out, '\n');
    }
    bool fits = !clean.failed;
    buf_free(&clean);
    return fits && !out->failed;
}
