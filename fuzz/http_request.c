/* Requests read the same at every split, and what reads as a request reads the same written again.
 */
#include "fuzz/http_split.h"
#include "http/writer.h"

/* The limits of the product, and tight ones that short inputs reach.  One field less than the
 * parser's own bound, so that the writer has room for its Content-Length. */
static const struct http_bounds wide = { LIMIT_TARGET, LIMIT_HEAD, LIMIT_FIELD_COUNT - 1,
                                         LIMIT_BODY };
static const struct http_bounds tight = { 24, 160, 5, 16 };
static const struct http_bounds again = { LIMIT_TARGET, (size_t)2 * LIMIT_HEAD, LIMIT_FIELD_COUNT,
                                          LIMIT_BODY };

static bool is_framing(struct slice name)
{
    return slice_eq_nocase(name, SLICE("Content-Length")) ||
           slice_eq_nocase(name, SLICE("Transfer-Encoding"));
}

/* The index of the next field at or behind ${at} that the writer copies. */
static size_t next_copied(const struct http_fields *fields, size_t at)
{
    while (at < fields->count && is_framing(fields->at[at].name))
        at++;
    return at;
}

static void check_equal(const struct http_request *a, const struct http_request *b)
{
    FUZZ_CHECK(slice_eq(a->method_text, b->method_text) && a->method == b->method);
    FUZZ_CHECK(slice_eq(a->target, b->target) && a->minor == b->minor);
    FUZZ_CHECK(slice_eq(a->body, b->body) && a->keep_alive == b->keep_alive);
    size_t i = next_copied(&a->fields, 0), k = next_copied(&b->fields, 0);
    for (; i < a->fields.count && k < b->fields.count;
         i = next_copied(&a->fields, i + 1), k = next_copied(&b->fields, k + 1)) {
        FUZZ_CHECK(slice_eq(a->fields.at[i].name, b->fields.at[k].name));
        FUZZ_CHECK(slice_eq(a->fields.at[i].value, b->fields.at[k].value));
    }
    FUZZ_CHECK(i == a->fields.count && k == b->fields.count);
}

/* The first request of the input with its body, which is collected in ${body}; false when there is
 * none. */
static bool read_request(struct http_parser *parser, struct slice wire, struct buf *body,
                         struct http_request *ret_request)
{
    for (;;) {
        switch (http_parser_next(parser, &wire)) {
        case HTTP_EVENT_HEAD:
            break;
        case HTTP_EVENT_BODY:
            FUZZ_CHECK(buf_add(body, http_parser_piece(parser)));
            break;
        case HTTP_EVENT_END:
            *ret_request = *http_parser_request(parser);
            ret_request->body = buf_slice(body);
            return true;
        default:
            return false;
        }
    }
}

static void check_rewrite(struct slice wire)
{
    struct http_parser *first = http_parser_new(HTTP_REQUESTS, &wide);
    struct http_parser *second = http_parser_new(HTTP_REQUESTS, &again);
    FUZZ_CHECK(first != NULL && second != NULL);
    struct buf body = buf_bounded(LIMIT_BODY), copy = buf_bounded(LIMIT_BODY);
    struct buf written = buf_bounded(LIMIT_BODY + 2 * LIMIT_HEAD);
    struct http_request request, reread;
    if (read_request(first, wire, &body, &request)) {
        FUZZ_CHECK(http_write_request(&request, &written));
        FUZZ_CHECK(read_request(second, buf_slice(&written), &copy, &reread));
        check_equal(&request, &reread);
    }
    buf_free(&written);
    buf_free(&copy);
    buf_free(&body);
    http_parser_free(second);
    http_parser_free(first);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice wire = slice_of(data, size);
    if (!fuzz_goes_deep(check_walk(wire, HTTP_REQUESTS, &wide)))
        return 0;
    check_splits(wire, HTTP_REQUESTS, &wide);
    check_splits(wire, HTTP_REQUESTS, &tight);
    check_rewrite(wire);
    return fuzz_surface();
}
