/* Requests that stand one behind another read as each of them does alone. */
#include "fuzz/http_split.h"

/* The length of the first request of ${wire}, or all of it when that does not end. */
static size_t first_length(struct slice wire, const struct http_bounds *bounds)
{
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, bounds);
    FUZZ_CHECK(parser != NULL);
    struct slice rest = wire;
    enum http_event event = HTTP_EVENT_HEAD;
    while (event == HTTP_EVENT_HEAD || event == HTTP_EVENT_BODY)
        event = http_parser_next(parser, &rest);
    http_parser_free(parser);
    return event == HTTP_EVENT_END ? wire.len - rest.len : wire.len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct http_bounds bounds = { LIMIT_TARGET, LIMIT_HEAD, LIMIT_FIELD_COUNT, 4096 };
    struct slice wire = slice_of(data, size);
    if (!fuzz_goes_deep(check_walk(wire, HTTP_REQUESTS, &bounds)))
        return 0;
    struct events whole = read_in_pieces(wire, HTTP_REQUESTS, &bounds, SIZE_MAX, NULL);
    struct slice log = buf_slice(&whole.log);
    while (wire.len > 0) {
        size_t length = first_length(wire, &bounds);
        struct events one =
            read_in_pieces(slice_head(wire, length), HTTP_REQUESTS, &bounds, SIZE_MAX, NULL);
        /* Before a fault stands the body of the message before it, too. */
        FUZZ_CHECK(one.over ? slice_ends(log, buf_slice(&one.log))
                            : slice_starts(log, buf_slice(&one.log)));
        log = slice_from(log, one.over ? log.len : one.log.len);
        wire = one.over ? slice_from(wire, wire.len) : slice_from(wire, length);
        events_end(&one);
    }
    FUZZ_CHECK(log.len == 0);
    events_end(&whole);
    return fuzz_surface();
}
