/* What reads as a request to us reads to an independent parser as the same one, of the same length.
 */
#include "fuzz/check.h"
#include "fuzz/peer.h"
#include "http/parser.h"

enum { LOG_CEILING = 64 * 1024 * 1024 };

/* Our reading of the first request, in the form of peer_read; its length, or 0 for none. */
static size_t read_first(struct slice wire, struct buf *log)
{
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    FUZZ_CHECK(parser != NULL);
    struct slice rest = wire;
    enum http_event event = HTTP_EVENT_HEAD;
    while (event == HTTP_EVENT_HEAD || event == HTTP_EVENT_BODY) {
        event = http_parser_next(parser, &rest);
        const struct http_request *request = http_parser_request(parser);
        if (event == HTTP_EVENT_BODY)
            buf_add(log, http_parser_piece(parser));
        if (event != HTTP_EVENT_HEAD)
            continue;
        buf_add(log, request->authority);
        buf_add(log, request->target);
        buf_add_text(log, "\n");
        for (size_t i = 0; i < request->fields.count; i++) {
            buf_add(log, request->fields.at[i].name);
            buf_add_text(log, "=");
            buf_add(log, request->fields.at[i].value);
            buf_add_text(log, "\n");
        }
    }
    http_parser_free(parser);
    return event == HTTP_EVENT_END ? wire.len - rest.len : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice wire = slice_of(data, size);
    FUZZ_BUF(ours, LOG_CEILING);
    FUZZ_BUF(theirs, LOG_CEILING);
    buf_clear(&ours);
    buf_clear(&theirs);
    size_t len = read_first(wire, &ours);
    enum peer_verdict verdict = len > 0 ? peer_read(slice_head(wire, len), &theirs) : PEER_UNABLE;
    if (verdict == PEER_REFUSED)
        (void)fprintf(stderr, "the peer: %s\n", peer_reason());
    FUZZ_CHECK(verdict != PEER_REFUSED);
    FUZZ_CHECK(verdict == PEER_UNABLE || slice_eq(buf_slice(&ours), buf_slice(&theirs)));
    return 0;
}
