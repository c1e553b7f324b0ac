#include "cli/corpus_alike.h"

#include "base/mac.h"
#include "cli/corpus_credentials.h"

enum {
    SHAPE_ROOM = 8 * 1024 * 1024,
    SEEN_ROOM = 4 * 1024 * 1024,
    CREDENTIAL_MIN = 16, /* letters of base64 or hex in a row; names of attributes are shorter */
};

struct cli_corpus_alike cli_corpus_alike_of(bool exact)
{
    return (struct cli_corpus_alike){ .exact = exact,
                                      .shape = buf_bounded(SHAPE_ROOM),
                                      .seen = buf_bounded(SEEN_ROOM) };
}

void cli_corpus_alike_free(struct cli_corpus_alike *alike)
{
    buf_free(&alike->shape);
    buf_free(&alike->seen);
}

static void add_byte(uint8_t byte, struct buf *out)
{
    buf_add_byte(out, byte >= '0' && byte <= '9' ? '0' : byte);
}

static void add_text(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++)
        add_byte(text.ptr[i], out);
}

static void add_credentials(struct slice text, struct buf *out)
{
    for (size_t at = 0; at < text.len;) {
        const uint8_t *run = text.ptr + at;
        size_t len = cli_corpus_base64(slice_of(run, text.len - at));
        if (len >= CREDENTIAL_MIN)
            buf_add_byte(out, '*');
        else
            add_text(slice_of(run, len), out);
        at += len;
        if (at < text.len)
            add_byte(text.ptr[at++], out); /* what ended it */
    }
}

/* Line by line; what a line of a body looks like is no matter. */
static void add_requests(struct slice text, struct buf *out)
{
    static const struct slice field = SLICE_INIT("Authorization:");
    struct slice line;
    for (bool more = true; more;) {
        more = slice_cut(text, '\n', &line, &text);
        if (slice_eq_nocase(slice_head(line, field.len), field))
            add_credentials(line, out);
        else
            add_text(line, out);
        if (more)
            buf_add_byte(out, '\n');
    }
}

static void add_shape(enum cli_corpus_kind kind, struct slice input, struct buf *out)
{
    if (kind == CLI_CORPUS_HAWK)
        add_credentials(input, out);
    else if (kind == CLI_CORPUS_REQUEST || kind == CLI_CORPUS_SESSION)
        add_requests(input, out);
    else
        add_text(input, out);
}

static bool was_seen(const struct buf *seen, const uint8_t digest[MAC_SIZE])
{
    for (size_t at = 0; at < seen->len; at += MAC_SIZE) {
        if (memcmp(seen->ptr + at, digest, MAC_SIZE) == 0)
            return true;
    }
    return false;
}

bool cli_corpus_alike_first(struct cli_corpus_alike *alike, enum cli_corpus_kind kind,
                            struct slice input)
{
    uint8_t digest[MAC_SIZE];
    buf_clear(&alike->shape);
    if (!alike->exact)
        add_shape(kind, input, &alike->shape);
    struct slice shape = alike->exact ? input : buf_slice(&alike->shape);
    if (alike->shape.failed || !mac_sha256(&shape, 1, digest)) {
        alike->seen.failed = true;
        return false;
    }
    return !was_seen(&alike->seen, digest) &&
           buf_add(&alike->seen, slice_of(digest, sizeof(digest)));
}
