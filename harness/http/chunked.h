/* The chunked transfer coding (RFC 9112, section 7.1), taken off as the bytes come.  Extensions are
 * bounded and ignored; trailer fields are bounded, checked and dropped.  Private to this folder. */
#ifndef SYNCSPEC_HTTP_CHUNKED_H
#define SYNCSPEC_HTTP_CHUNKED_H

#include "http/framing.h"

struct http_chunked {
    unsigned state;    /* enum state of chunked.c; 0 at the start */
    uint64_t left;     /* of the chunk under way */
    uint64_t allowed;  /* how much more data the body may have */
    size_t line_len;   /* of the chunk-size line, or of the name or value under way */
    size_t trailers;   /* trailer fields begun */
    size_t tail;       /* bytes of the trailer section */
    size_t tail_bound; /* and how many it may have */
};

/* Ready for a body of at most ${body_bound} bytes, with at most ${tail_bound} bytes of trailers. */
struct http_chunked http_chunked_start(uint64_t body_bound, size_t tail_bound);

/* Consumes the start of ${input} up to the next event: HTTP_EVENT_BODY with the piece,
 * HTTP_EVENT_END behind the trailers, HTTP_EVENT_MORE, or HTTP_EVENT_FAULT with the breach. */
enum http_event http_chunked_next(struct http_chunked *chunked, struct slice *input,
                                  struct slice *ret_piece, struct http_breach *ret_breach);

#endif
