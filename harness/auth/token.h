/* Tokens of the token server (tokenlib): the Hawk id, and the key that is derived from it. */
#ifndef SYNCSPEC_AUTH_TOKEN_H
#define SYNCSPEC_AUTH_TOKEN_H

#include "base/buf.h"
#include "base/limits.h"

/* What a token says.  Slices borrow from what was opened, or from the caller when minting. */
struct auth_token {
    uint64_t uid;
    struct slice node;
    int64_t expires; /* stamp: seconds in the token may have a fraction */
    struct slice salt;
    struct slice fxa_uid, fxa_kid, hashed_fxa_uid, hashed_device_id; /* empty when absent */
};

/* base64url of 32 bytes, with NUL. */
enum { AUTH_KEY_TEXT = 45 };

/* Token secrets, the current one first: the first mints, all of them open (rotation). */
struct auth_secrets {
    struct slice at[LIMIT_SECRETS];
    size_t count;
};

enum auth_token_err {
    AUTH_TOKEN_OK = 0,
    AUTH_TOKEN_MALFORMED, /* not base64url with padding, too short, too long, or a payload that is
                             not as it must be */
    AUTH_TOKEN_FORGED,    /* no secret gives its signature */
    AUTH_TOKEN_EXPIRED,   /* expires <= now; what it says is written all the same */
    AUTH_TOKEN_NOMEM,
};

/* Appends the token text (base64url, padded). */
MUST_USE bool auth_token_mint(struct slice secret, const struct auth_token *token, struct buf *out);

/* Appends a token of exactly this payload text, whatever it says: for vectors and for the suite's
 * forgeries. */
MUST_USE bool auth_token_mint_payload(struct slice secret, struct slice payload, struct buf *out);

/* A token of ours and the Hawk key that belongs to it. */
struct auth_token_opened {
    struct auth_token token;
    char key[AUTH_KEY_TEXT];
};

/* Checks signature, then payload, then expiry, and derives the key.  The token borrows from
 * ${scratch}, to which the payload is appended.  Written on AUTH_TOKEN_OK and AUTH_TOKEN_EXPIRED;
 * the caller wipes the key. */
MUST_USE enum auth_token_err auth_token_open(const struct auth_secrets *secrets, struct slice text,
                                             int64_t now, struct buf *scratch,
                                             struct auth_token_opened *ret_opened);

/* The Hawk key of a token: base64url text, itself the key.  False when out of memory. */
MUST_USE bool auth_token_key(struct slice secret, struct slice token_text, struct slice salt,
                             char ret_key[AUTH_KEY_TEXT]);

/* Reads a file of secrets, one a line, the current one first; blank lines and lines that start with
 * '#' do not count. The secrets borrow from ${content}.  NULL on success, else static text. */
MUST_USE const char *auth_secrets_read(struct slice content, struct auth_secrets *ret_secrets);

#endif
