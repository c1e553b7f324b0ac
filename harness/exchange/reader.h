/* Reads the one final answer of a call out of bytes as they come, by the rules of our own parser,
 * whatever carried them.  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_READER_H
#define SYNCSPEC_EXCHANGE_READER_H

#include "exchange/exchange.h"
#include "http/parser.h"

struct exchange_reader {
    struct exchange_call *call;
    struct http_parser *parser;
    size_t interim; /* bytes of interim heads (1xx), which count against LIMIT_ANSWER_HEAD */
    bool in_body;   /* the final head is complete */
};

enum exchange_read {
    EXCHANGE_READ_MORE,
    EXCHANGE_READ_DONE,   /* the answer is whole; the call's outcome is still pending */
    EXCHANGE_READ_FAILED, /* the call has ended: its outcome and detail say why */
};

/* A parser for answers with the bounds of a target's response.  NULL when out of memory. */
MUST_USE struct http_parser *exchange_reader_parser(void);

/* Both are borrowed until the answer is whole or has failed.  ${parser} is one from
 * exchange_reader_parser that is not inside a message; after EXCHANGE_READ_FAILED it is of no
 * further use. */
struct exchange_reader exchange_reader_of(struct exchange_call *call, struct http_parser *parser);

/* Consumes the start of ${bytes}; after EXCHANGE_READ_DONE what is left stood behind the answer. */
enum exchange_read exchange_reader_feed(struct exchange_reader *reader, struct slice *bytes);

/* The server has closed: DONE or FAILED. */
enum exchange_read exchange_reader_close(struct exchange_reader *reader);

#endif
