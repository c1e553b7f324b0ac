/* A session with a server as bytes: many requests, users and clock steps.  What the fuzz targets of
 * the core read (fuzz/session_code.h) and what `syncspec seeds` writes.
 *
 * The first byte chooses the configuration (a set of enum cli_session_config).  Then come steps.
 * The first byte of a step is its kind, plus 16 times the user (0 to 3), plus 64 times the version
 * of the API (0 and 1: 1.5; 2: 1.1; 3: 1.0).  Then come
 * - CLI_SESSION_CLOCK: hundredths of a second, 24 bits, two's complement, the lowest byte first;
 * the user's bits say how often they count: 1, 100, 10000, 1000000 times;
 * - CLI_SESSION_TEXT: the method (enum http_method), the lengths of target and body, 16 bits each,
 *   the lowest byte first, and these two.  A target that begins with // is from the root, with one
 * of the slashes; any other stands below the user's endpoint.  In it a byte 1 stands for the id of
 * the user's last batch, and 2 for the last offset that the user was given;
 * - CLI_SESSION_FIELD: which field (cli_session_fields), the length of its value, and that; it goes
 *   with the next request;
 * - all others: three bytes that say what is asked for. */
#ifndef SYNCSPEC_CLI_CORPUS_SESSION_H
#define SYNCSPEC_CLI_CORPUS_SESSION_H

#include "base/buf.h"

enum cli_session_step {
    CLI_SESSION_PUT,
    CLI_SESSION_GET,
    CLI_SESSION_DELETE,
    CLI_SESSION_POST,
    CLI_SESSION_LIST,
    CLI_SESSION_CLEAR, /* a collection, or some of its records */
    CLI_SESSION_WIPE,
    CLI_SESSION_INFO,
    CLI_SESSION_BATCH,
    CLI_SESSION_CLOCK,
    CLI_SESSION_TEXT,
    CLI_SESSION_FIELD,
    CLI_SESSION_IF,      /* a condition for the next request */
    CLI_SESSION_NOMEM,   /* an allocation fails in the next request */
    CLI_SESSION_OPERATE, /* maintenance, backoff */
    CLI_SESSION_AUDIT,   /* all that can be read has to agree */
    CLI_SESSION_STEPS
};

enum cli_session_config {
    CLI_SESSION_QUOTA = 1,   /* of 4 KiB */
    CLI_SESSION_CROWDED = 2, /* 1 KiB a collection */
    CLI_SESSION_TIGHT = 4,   /* small limits */
    CLI_SESSION_PLAIN = 8,   /* no batches */
    CLI_SESSION_CORS = 16,
    CLI_SESSION_PREFIX = 32, /* a public URL with a path */
};

enum {
    CLI_SESSION_HEAD = 4,      /* bytes of a step, but for the next two */
    CLI_SESSION_TEXT_HEAD = 6, /* and target and body */
    CLI_SESSION_FIELD_HEAD = 3 /* and the value */
};

enum { CLI_SESSION_BATCH_ID = 1, CLI_SESSION_OFFSET = 2 }; /* bytes of a target */

/* Fields by number. */
static const char *const cli_session_fields[] = {
    "Content-Type",
    "Accept",
    "X-If-Modified-Since",
    "X-If-Unmodified-Since",
    "X-Weave-Records",
    "X-Weave-Bytes",
    "X-Weave-Total-Records",
    "X-Weave-Total-Bytes",
    "X-Confirm-Delete",
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
};

/* When a session begins: 2023-11-14T22:13:20Z, as the built-in core does. */
#define CLI_SESSION_START (INT64_C(1700000000) * 100)

#endif
