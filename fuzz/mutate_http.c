/* HTTP messages: their lines are taken away, doubled and moved, fields are put in, values changed,
 * and lengths made right again, so that what stands behind the head is reached. */
#include "fuzz/mutate.h"

static const struct slice line_end = SLICE_INIT("\r\n");

/* Cuts the lines up to the first empty one, each with its end, and returns what stands behind. */
static struct slice cut_head(struct slice input, struct mutate_parts *lines)
{
    while (input.len > 0) {
        struct slice line = slice_head(input, slice_search(input, line_end) + line_end.len);
        if (slice_eq(line, line_end) || !mutate_parts_add(lines, line))
            break;
        input = slice_from(input, line.len);
    }
    return input;
}

static struct slice pick_field(struct rng *rng)
{
    static const char *const fields[] = {
        "Host: h\r\n",
        "Host: [::1]:8000\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: 18446744073709551616\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Connection: close\r\n",
        "Connection: keep-alive, x\r\n",
        "Expect: 100-continue\r\n",
        "Content-Type: application/json\r\n",
        "X-If-Unmodified-Since: 1700000000.00\r\n",
        "Authorization: Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"\r\n",
        " folded\r\n",
        "no colon\r\n",
        ": no name\r\n",
    };
    return MUTATE_PICK(fields, rng);
}

static struct slice pick_start(struct rng *rng)
{
    static const char *const starts[] = {
        "GET / HTTP/1.1\r\n",
        "HEAD /big/100 HTTP/1.1\r\n",
        "PUT /1.5/7/storage/tabs/a HTTP/1.1\r\n",
        "POST /?a=b&c HTTP/1.0\r\n",
        "DELETE /x?ids=a,b HTTP/1.1\r\n",
        "OPTIONS * HTTP/1.1\r\n",
        "GET http://h:8000/p HTTP/1.1\r\n",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 304 Not Modified\r\n",
        "HTTP/1.1 100 Continue\r\n",
    };
    return MUTATE_PICK(starts, rng);
}

/* A length that fits what stands behind the head, in one way or the other. */
static struct slice make_framing(struct slice *body, struct rng *rng, struct buf *line,
                                 struct buf *chunks)
{
    if (rng_below(rng, 2) == 0) {
        (void)buf_add_format(line, "Content-Length: %zu\r\n", body->len);
        return buf_slice(line);
    }
    for (struct slice rest = *body; rest.len > 0 && !chunks->failed;) {
        struct slice piece = slice_head(rest, 1 + rng_below(rng, rest.len));
        (void)buf_add_format(chunks, "%zx\r\n", piece.len);
        buf_add(chunks, piece);
        buf_add(chunks, line_end);
        rest = slice_from(rest, piece.len);
    }
    buf_add_text(chunks, "0\r\n\r\n");
    *body = buf_slice(chunks);
    return SLICE("Transfer-Encoding: chunked\r\n");
}

static void change_line(struct mutate_parts *lines, struct rng *rng, struct buf *changed)
{
    if (lines->count == 0)
        return;
    size_t at = rng_below(rng, lines->count);
    struct slice line = lines->at[at];
    size_t colon = at > 0 ? slice_find(line, ':') : 0;
    buf_add(changed, slice_head(line, colon + (colon > 0)));
    mutate_bytes(slice_from(line, colon + (colon > 0)), rng, changed);
    lines->at[at] = buf_slice(changed);
}

void mutate_input(struct slice input, struct rng *rng, struct buf *out)
{
    struct mutate_parts lines = { .count = 0 };
    static struct buf line = { .ceiling = UINT16_MAX }, chunks = { .ceiling = UINT16_MAX };
    buf_clear(&line);
    buf_clear(&chunks);
    struct slice rest = cut_head(input, &lines);
    struct slice body = slice_from(rest, slice_starts(rest, line_end) ? line_end.len : 0);
    switch (rng_below(rng, 6)) {
    case 0:
        mutate_parts_shuffle(&lines, rng);
        break;
    case 1:
        mutate_parts_insert(&lines, lines.count > 0 ? 1 + rng_below(rng, lines.count) : 0,
                            pick_field(rng));
        break;
    case 2:
        if (lines.count > 0)
            lines.at[0] = pick_start(rng);
        break;
    case 3:
        mutate_parts_insert(&lines, lines.count, make_framing(&body, rng, &line, &chunks));
        break;
    case 4:
        buf_add(out, input); /* once more behind itself */
        break;
    default:
        change_line(&lines, rng, &line);
        break;
    }
    mutate_parts_write(&lines, out);
    buf_add(out, line_end);
    buf_add(out, body);
}
