/* Planted: a tab that comes alone is passed over. */
#include "http/parser.h"

enum http_event __real_http_parser_next(struct http_parser *parser, struct slice *input);
enum http_event __wrap_http_parser_next(struct http_parser *parser, struct slice *input);

enum http_event __wrap_http_parser_next(struct http_parser *parser, struct slice *input)
{
    if (input->len == 1 && input->ptr[0] == '\t') {
        *input = slice_from(*input, 1);
        return HTTP_EVENT_MORE;
    }
    return __real_http_parser_next(parser, input);
}
