#include "cli/corpus_credentials.h"

static bool is_base64(uint8_t byte)
{
    uint8_t letter = byte | 0x20;
    return (byte >= '0' && byte <= '9') || (letter >= 'a' && letter <= 'z') || byte == '+' ||
           byte == '/' || byte == '-' || byte == '_' || byte == '=';
}

size_t cli_corpus_base64(struct slice text)
{
    size_t len = 0;
    while (len < text.len && is_base64(text.ptr[len]))
        len++;
    return len;
}

/* Cuts a run and the dot behind it off the front; false when there is no dot. */
static bool cut_part(struct slice *text)
{
    *text = slice_from(*text, cli_corpus_base64(*text));
    bool dot = slice_starts(*text, SLICE("."));
    *text = slice_from(*text, dot ? 1 : 0);
    return dot;
}

void cli_corpus_blank_signatures(struct buf *text)
{
    static const struct slice brace = SLICE_INIT("eyJ"); /* {" */
    struct slice rest = buf_slice(text);
    for (size_t at; (at = slice_search(rest, brace)) < rest.len;) {
        rest = slice_from(rest, at);
        unsigned parts = 0;
        while (parts < 2 && cut_part(&rest))
            parts++;
        if (parts < 2)
            continue;
        size_t len = cli_corpus_base64(rest);
        memset(text->ptr + (text->len - rest.len), 'A', len);
        rest = slice_from(rest, len);
    }
}
