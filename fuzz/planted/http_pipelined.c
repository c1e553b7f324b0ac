/* Planted: the byte behind a request is passed over when 64 are left. */
#include "http/parser.h"

enum http_event __real_http_parser_next(struct http_parser *parser, struct slice *input);
enum http_event __wrap_http_parser_next(struct http_parser *parser, struct slice *input);

enum http_event __wrap_http_parser_next(struct http_parser *parser, struct slice *input)
{
    enum http_event event = __real_http_parser_next(parser, input);
    if (event == HTTP_EVENT_END && input->len == 64)
        *input = slice_from(*input, 1);
    return event;
}
