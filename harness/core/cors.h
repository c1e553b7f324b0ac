/* What browsers want to see before they let a page talk to the server (Fetch, "CORS protocol"). */
#ifndef SYNCSPEC_CORE_CORS_H
#define SYNCSPEC_CORE_CORS_H

#include "core/call.h"

/* Opens the reply to pages of any origin: authorization is by Hawk, never by cookies. */
void core_cors_open(struct core_call *call);

/* Answers a preflight: any OPTIONS request. */
void core_cors_preflight(struct core_call *call);

#endif
