/* The transports. */
#ifndef SYNCSPEC_EXCHANGE_VIA_H
#define SYNCSPEC_EXCHANGE_VIA_H

#include "base/clock.h"
#include "exchange/exchange.h"
#include "http/handler.h"
#include "http/target.h"

/* In process: the request is written as bytes, read by our parser, answered by ${handler}, and its
 * reply read back, so that the same code runs as over a socket.  ${clock} is the handler's and
 * moves by one centisecond with every exchange.  Raw calls get what serve would answer; half a
 * request lets the time limit pass, the server's (10 seconds: 408) or the call's.  Of several
 * requests in one raw call the first is answered.  What goes elsewhere comes to ${handler}, too.
 * Copies ${handler}, borrows its context and
 * ${clock}.  NULL when out of memory. */
MUST_USE struct exchange *exchange_via_core(const struct http_handler *handler,
                                            struct clock_virtual *clock);

/* Whoever hears other bytes than those of a raw call: a front end that is wrong on purpose. */
struct exchange_ear {
    /* Writes to ${out} what is understood instead of call->raw; false: just that. */
    bool (*hear)(void *context, const struct exchange_call *call, struct buf *out);
    void *context; /* borrowed */
};

/* Puts the ear before a transport of exchange_via_core. */
void exchange_via_core_hear(struct exchange *exchange, const struct exchange_ear *ear);

struct exchange_curl_config {
    struct http_url url; /* scheme, host and port; the path is the caller's business.  Borrowed */
    const char *ca_file; /* trust these certificates instead of the system's; NULL: the system's */
    int connect_ms;      /* time limit for a connection */
    size_t connections;  /* kept at once */
};

/* A real client on libcurl: keep-alive, no redirects, no proxy, no cookies, no decompression,
 * request target exactly as given, certificates always verified.  Of the calls at most
 * config->connections are under way at once; the time limit of the others begins with their turn. A
 * safe request (GET, HEAD, OPTIONS) whose kept connection the server closed without an answer is
 * sent once more, any other never.  Raw calls go over via_raw.  NULL and a message when it cannot
 * be made. */
MUST_USE struct exchange *exchange_via_curl(const struct exchange_curl_config *config,
                                            const char **ret_error);

/* Plain sockets (http only): sends each call's raw bytes on a connection of its own, reads one
 * answer with our own parser.  NULL when out of memory. */
MUST_USE struct exchange *exchange_via_raw(const struct exchange_curl_config *config,
                                           const char **ret_error);

#endif
