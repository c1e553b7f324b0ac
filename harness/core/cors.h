/* What browsers want to see before they let a page talk to the server (Fetch, "CORS protocol"). */
#ifndef SYNCSPEC_CORE_CORS_H
#define SYNCSPEC_CORE_CORS_H

#include "http/reply.h"

/* Opens the reply to pages of any origin: authorization is by a header, never by cookies.  False
 * when it does not fit. */
bool core_cors_open(struct http_reply *reply);

/* Answers a preflight: any OPTIONS request.  The reply was cleared.  False when it does not fit. */
bool core_cors_preflight(struct http_reply *reply);

#endif
