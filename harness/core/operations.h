/* What an operator tells clients, whatever they asked for: come back later, come less often, read
 * this, this server is no more.  It may change between requests. */
#ifndef SYNCSPEC_CORE_OPERATIONS_H
#define SYNCSPEC_CORE_OPERATIONS_H

#include "base/slice.h"

struct core_call;

enum { CORE_WAIT_MAX = 366 * 24 * 3600, CORE_ALERT_MAX = 1024 };

struct core_operations {
    uint32_t maintenance; /* seconds: storage requests get 503 with this Retry-After; 0: served */
    uint32_t backoff;     /* seconds: X-Weave-Backoff on every reply; 0: none */
    struct slice alert;   /* X-Weave-Alert on every reply, at most CORE_ALERT_MAX bytes of visible
                             ASCII and blanks: a text, or a JSON object with code, message and url;
                             empty: none.  Borrowed as long as the core lives */
    bool decommissioned;  /* storage requests get 513; ${alert} is then a "hard-eol" object */
};

/* What is wrong with them (static text), or NULL. */
const char *core_operations_fault(const struct core_operations *operations);

/* Puts X-Weave-Backoff and X-Weave-Alert on the reply. */
void core_operations_mark(struct core_call *call, const struct core_operations *operations);

/* Whether storage is not served now; the reply is then a 513 or a 503.  API 1.0 clients do not know
 * Retry-After: they are told by X-Weave-Backoff, if that would not ask for more already. */
bool core_operations_refuse(struct core_call *call, const struct core_operations *operations);

#endif
