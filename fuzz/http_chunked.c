/* A body is the same however it is cut into chunks; and what reads as chunks, at every split, holds
 * what another decoder finds in them. */
#include "fuzz/http_split.h"

enum { ROOM = 1024 * 1024 };

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

static struct events read_whole(struct slice chunks)
{
    struct buf wire = buf_bounded(ROOM);
    FUZZ_CHECK(buf_add(&wire, SLICE(HEAD)) && buf_add(&wire, chunks));
    if (fuzz_goes_deep(chunks.ptr, chunks.len))
        check_splits(buf_slice(&wire), HTTP_REQUESTS, NULL);
    struct events events = read_in_pieces(buf_slice(&wire), HTTP_REQUESTS, NULL, SIZE_MAX, NULL);
    buf_free(&wire);
    return events;
}

static void check_written(struct slice body)
{
    struct rng_seeded rng = rng_seeded_with(body.len);
    struct buf chunks = buf_bounded(ROOM);
    write_chunks(body, 1 + body.len / 4, &rng.base, &chunks);
    struct events events = read_whole(buf_slice(&chunks));
    FUZZ_CHECK(events.messages == 1 && slice_eq(buf_slice(&events.body), body));
    events_end(&events);
    buf_free(&chunks);
}

static void check_read(struct slice chunks)
{
    struct buf body = buf_bounded(ROOM);
    struct events events = read_whole(chunks);
    if (events.messages == 1 && !events.over) {
        decode_slowly(chunks, &body);
        FUZZ_CHECK(slice_eq(buf_slice(&events.body), buf_slice(&body)));
    }
    events_end(&events);
    buf_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = slice_of(data, size < 16384 ? size : 16384);
    check_written(input);
    check_read(input);
    return 0;
}
