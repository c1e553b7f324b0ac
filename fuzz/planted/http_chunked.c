/* Planted: a piece of 101 bytes loses its last one. */
#include "http/parser.h"

struct slice __real_http_parser_piece(const struct http_parser *parser);
struct slice __wrap_http_parser_piece(const struct http_parser *parser);

struct slice __wrap_http_parser_piece(const struct http_parser *parser)
{
    struct slice piece = __real_http_parser_piece(parser);
    return slice_head(piece, piece.len == 101 ? 100 : piece.len);
}
