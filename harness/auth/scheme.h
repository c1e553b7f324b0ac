/* How a server finds out who is asking.  A scheme is a file of its own that fills in the ops. */
#ifndef SYNCSPEC_AUTH_SCHEME_H
#define SYNCSPEC_AUTH_SCHEME_H

#include "auth/token.h"
#include "http/message.h"

enum auth_result {
    AUTH_OK = 0,
    AUTH_MISSING,   /* no Authorization header, or another scheme */
    AUTH_MALFORMED, /* the header cannot be read */
    AUTH_BAD_TOKEN, /* not ours, forged or unreadable */
    AUTH_EXPIRED,   /* a token of ours whose time is over; everything else was right */
    AUTH_BAD_MAC,
    AUTH_BAD_HASH,   /* the payload hash is not that of the body */
    AUTH_SKEWED,     /* ts too far from the server's clock */
    AUTH_REPLAYED,   /* nonce seen before */
    AUTH_WRONG_NODE, /* a token for another node */
    AUTH_WRONG_USER, /* good credentials, but the path names another user */
    AUTH_BUSY,       /* out of memory or nonce room: 503 */
    AUTH_RESULTS,    /* how many there are */
};

/* Static text for logs: "the MAC does not match". */
const char *auth_result_text(enum auth_result result);

/* Where the request was sent to, as the client signed it. */
struct auth_origin {
    struct slice host; /* lower or mixed case, without port */
    uint16_t port;
    struct slice target; /* path and query as the client sent them, public prefix included */
};

struct auth_identity {
    uint64_t uid;
};

struct auth_scheme {
    const struct auth_scheme_ops *ops;
};

struct auth_scheme_ops {
    const char *name; /* also the WWW-Authenticate challenge: "Hawk", "Basic" */
    /* Who sent ${request} (body filled in) at ${now} (stamp)?  ${ret_identity} is written on
     * AUTH_OK and AUTH_EXPIRED. */
    enum auth_result (*check)(struct auth_scheme *scheme, const struct http_request *request,
                              const struct auth_origin *origin, int64_t now,
                              struct auth_identity *ret_identity);
    void (*free)(struct auth_scheme *scheme);
};

static inline enum auth_result auth_check(struct auth_scheme *scheme,
                                          const struct http_request *request,
                                          const struct auth_origin *origin, int64_t now,
                                          struct auth_identity *ret_identity)
{
    return scheme->ops->check(scheme, request, origin, now, ret_identity);
}

struct auth_hawk_config {
    struct auth_secrets secrets; /* the bytes are copied */
    struct slice node;           /* refused when a token names another one; empty: not compared */
    uint32_t skew;               /* seconds that ts may differ; 0: not checked */
    size_t nonces;               /* size of the replay cache; 0: replays are accepted */
};

/* Hawk with token-server tokens.  Checks in this order: the header is readable, the token is one of
 * ours, the MAC, the payload hash when one was sent, ts, the nonce (noted only now, so that nobody
 * without the key fills the cache), the node, the expiry.  Without a skew a nonce is kept as long
 * as its token lives.  NULL when out of memory. */
MUST_USE struct auth_scheme *auth_hawk_scheme_new(const struct auth_hawk_config *config);

/* auth_scheme_free(NULL) does nothing. */
void auth_scheme_free(struct auth_scheme *scheme);

#endif
