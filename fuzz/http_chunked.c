/* A body is the same however it is cut into chunks; and what reads as chunks, at every split, holds
 * what another decoder finds in them. */
#include "fuzz/http_split.h"

enum { ROOM = 1024 * 1024, EVENTS_NOTED = 6 };

#define HEAD "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

/* Writes the body in chunks of 1 to ${most} bytes, some with an extension. */
static void write_chunks(struct slice body, size_t most, struct rng *rng, struct buf *out)
{
    for (; body.len > 0; buf_add_text(out, "\r\n")) {
        struct slice piece = slice_head(body, 1 + (size_t)rng_below(rng, most));
        buf_add_format(out, rng_below(rng, 4) == 0 ? "%zX;a=\"b\"\r\n" : "%zx\r\n", piece.len);
        buf_add(out, piece);
        body = slice_from(body, piece.len);
    }
    FUZZ_CHECK(buf_add_text(out, "0\r\nTrailer: t\r\n\r\n"));
}

/* The other decoder, of chunks that ours has read: sizes up to the line's end, data, to the 0. */
static void decode_slowly(struct slice chunks, struct buf *out)
{
    struct slice line;
    size_t len;
    do {
        char size[32] = "";
        slice_cut(chunks, '\n', &line, &chunks);
        for (size_t i = 0, k = 0; i < line.len && k + 1 < sizeof(size); i++) {
            if (line.ptr[i] == ';' || line.ptr[i] == '\r')
                break;
            if (line.ptr[i] != '0' || k > 0)
                size[k++] = (char)line.ptr[i];
        }
        len = (size_t)strtoull(size, NULL, 16);
        buf_add(out, slice_head(chunks, len));
        chunks = slice_from(chunks, len + 2);
    } while (len > 0);
}

/* Behind a head that announces them. */
static struct slice behind_head(struct slice chunks)
{
    FUZZ_BUF(wire, ROOM);
    buf_clear(&wire);
    FUZZ_CHECK(buf_add(&wire, SLICE(HEAD)) && buf_add(&wire, chunks));
    return buf_slice(&wire);
}

static void check_written(struct slice body)
{
    struct rng_seeded rng = rng_seeded_with(body.len);
    struct buf chunks = buf_bounded(ROOM);
    write_chunks(body, 1 + body.len / 4, &rng.base, &chunks);
    struct slice wire = behind_head(buf_slice(&chunks));
    check_splits(wire, HTTP_REQUESTS, NULL);
    struct events events = read_in_pieces(wire, HTTP_REQUESTS, NULL, SIZE_MAX, NULL);
    FUZZ_CHECK(events.messages == 1 && slice_eq(buf_slice(&events.body), body));
    events_end(&events);
    buf_free(&chunks);
}

/* The first message's body is what the other decoder finds, when it ends. */
static uint64_t check_read(struct slice chunks)
{
    FUZZ_BUF(body, ROOM);
    FUZZ_BUF(other, ROOM);
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    struct slice rest = behind_head(chunks);
    enum http_event event = HTTP_EVENT_HEAD;
    uint64_t outcome = 0;
    unsigned count = 0;
    FUZZ_CHECK(parser != NULL);
    buf_clear(&body);
    buf_clear(&other);
    while (event == HTTP_EVENT_HEAD || event == HTTP_EVENT_BODY) {
        event = http_parser_next(parser, &rest);
        if (count++ < EVENTS_NOTED || event == HTTP_EVENT_END)
            fuzz_note(&outcome, event);
        if (event == HTTP_EVENT_BODY)
            FUZZ_CHECK(buf_add(&body, http_parser_piece(parser)));
    }
    if (event == HTTP_EVENT_FAULT)
        fuzz_note(&outcome, (uintptr_t)http_parser_fault(parser)->rule);
    if (event == HTTP_EVENT_END) {
        decode_slowly(chunks, &other);
        FUZZ_CHECK(slice_eq(buf_slice(&body), buf_slice(&other)));
    }
    http_parser_free(parser);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size < 16384 ? size : 16384);
    if (!fuzz_goes_deep(check_read(input)))
        return 0;
    check_splits(behind_head(input), HTTP_REQUESTS, NULL);
    check_written(input);
    return fuzz_surface();
}
