/* One line of the access log. */
#include "serve/access_log.h"

#include <time.h>

enum {
    PATH_SHOWN = 512, /* bytes, before they are escaped: a line fits a pipe's buffer */
    NAME_SHOWN = 24,  /* a longer name in a query may be a secret without a name */
    NAMES_SHOWN = 16,
    NS_PER_US = 1000,
    MS_PER_SECOND = 1000,
    TIME_TEXT = 32,
};

static void add_escaped(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (c > ' ' && c < 0x7F && c != '"' && c != '\\')
            buf_add_byte(out, c);
        else
            buf_add_format(out, "\\x%02X", c);
    }
}

static void add_shortened(struct slice text, size_t most, struct buf *out)
{
    add_escaped(slice_head(text, most), out);
    if (text.len > most)
        buf_add_text(out, "...");
}

/* "full&newer=": the names of the parameters. */
static void add_names(struct slice query, struct buf *out)
{
    for (size_t i = 0; query.len > 0 && i < NAMES_SHOWN; i++) {
        struct slice part, name, value;
        (void)slice_cut(query, '&', &part, &query);
        bool has_value = slice_cut(part, '=', &name, &value);
        buf_add_byte(out, i == 0 ? '?' : '&');
        if (name.len > NAME_SHOWN)
            buf_add_byte(out, '*');
        else
            add_escaped(name, out);
        buf_add_text(out, has_value ? "=" : "");
    }
    buf_add_text(out, query.len > 0 ? "&..." : "");
}

static void add_target(struct slice target, struct buf *out)
{
    struct slice path, query;
    (void)slice_cut(target, '?', &path, &query);
    add_shortened(path, PATH_SHOWN, out);
    add_names(query, out);
}

static void add_time(int64_t at_ms, struct buf *out)
{
    const time_t second = (time_t)(at_ms / MS_PER_SECOND);
    struct tm t = { 0 };
    char text[TIME_TEXT];
    if (gmtime_r(&second, &t) == NULL || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &t) == 0)
        text[0] = '\0';
    buf_add_format(out, "%s.%03dZ", text, (int)(at_ms % MS_PER_SECOND));
}

bool serve_access_log_write(const struct serve_access *access, struct buf *out)
{
    const struct http_request *request = access->request;
    uint64_t us = access->nanoseconds / NS_PER_US;
    add_time(access->at_ms, out);
    buf_add_format(out, " %s ", access->peer);
    if (request != NULL) {
        add_shortened(request->method_text, NAME_SHOWN, out);
        buf_add_byte(out, ' ');
        add_target(request->target, out);
    } else {
        buf_add_text(out, "- -");
    }
    return buf_add_format(out, " %d %llu %llu.%03llu\n", access->status,
                          (unsigned long long)access->bytes, (unsigned long long)(us / 1000),
                          (unsigned long long)(us % 1000));
}
