/* Answers read the same at every split, also those that have no body because of their request. */
#include "fuzz/http_split.h"

static const struct http_bounds wide = { LIMIT_TARGET, LIMIT_ANSWER_HEAD, LIMIT_FIELD_COUNT,
                                         LIMIT_BODY };
static const struct http_bounds tight = { 0, 160, 5, 16 };

/* The answer to a HEAD request: its body would be the next answer's start. */
static void check_no_body(struct slice wire)
{
    struct events events;
    FUZZ_CHECK(events_begin(&events, HTTP_ANSWERS, &wide));
    http_parser_expect_no_body(events.parser);
    enum http_event event = HTTP_EVENT_MORE;
    do {
        event = http_parser_next(events.parser, &wire);
        FUZZ_CHECK(event != HTTP_EVENT_BODY);
    } while (event == HTTP_EVENT_HEAD ||
             (event == HTTP_EVENT_END && http_parser_answer(events.parser)->status < 200));
    events_end(&events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice wire = slice_of(data, size);
    if (!fuzz_goes_deep(check_walk(wire, HTTP_ANSWERS, &wide)))
        return 0;
    check_splits(wire, HTTP_ANSWERS, &wide);
    check_splits(wire, HTTP_ANSWERS, &tight);
    check_no_body(wire);
    return fuzz_surface();
}
