/* Raw calls under way at once: plain non-blocking sockets, one connection for each call.  Driven by
 * whoever polls.  Private to this folder. */
#ifndef SYNCSPEC_EXCHANGE_RAW_H
#define SYNCSPEC_EXCHANGE_RAW_H

#include "exchange/via.h"

#include <poll.h>

struct exchange_raw;

/* At most config->connections calls run at once, the others wait for their turn; their time limit
 * begins with it.  Copies what it needs.  NULL when out of memory. */
MUST_USE struct exchange_raw *exchange_raw_new(const struct exchange_curl_config *config);

/* Begins a call whose `raw` is sent in as many writes as its splits ask for.  The name is looked up
 * with the first call, which may block. */
void exchange_raw_start(struct exchange_raw *raw, struct exchange_call *call);

/* Moves every call on as far as it goes without waiting. */
void exchange_raw_work(struct exchange_raw *raw);

/* A call that has ended, or NULL. */
struct exchange_call *exchange_raw_ended(struct exchange_raw *raw);

/* What to poll for before the next exchange_raw_work: borrowed, valid until then. */
struct pollfd *exchange_raw_polls(struct exchange_raw *raw, size_t *ret_count);

/* ${timeout_ms}, or less when a call's time limit comes first. */
int exchange_raw_patience(const struct exchange_raw *raw, int timeout_ms);

/* Closes what is open.  Calls under way are let go, not ended. */
void exchange_raw_free(struct exchange_raw *raw);

#endif
