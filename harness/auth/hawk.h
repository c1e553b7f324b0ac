/* Hawk request authentication, server and client side (https://github.com/mozilla/hawk, header
 * version 1). */
#ifndef SYNCSPEC_AUTH_HAWK_H
#define SYNCSPEC_AUTH_HAWK_H

#include "auth/digest.h"
#include "base/buf.h"
#include "base/limits.h"

/* The attributes of an Authorization header, borrowed from it. */
struct auth_hawk {
    struct slice id, ts, nonce, mac, hash, ext;
    bool has_hash, has_ext;
};

/* Reads `Hawk id="...", ts="...", ...`; the scheme's name in any case.  False when the scheme is
 * another, an attribute is repeated, unknown (as app and dlg, which Sync does not use, are here),
 * unquoted, too long or holds a byte that Hawk does not allow, or one of id, ts, nonce, mac is
 * missing or empty, or ts is not decimal. */
MUST_USE bool auth_hawk_parse(struct slice header, struct auth_hawk *ret_hawk);

/* What a Hawk MAC covers. */
struct auth_hawk_input {
    struct slice ts, nonce;
    struct slice method; /* written in upper case */
    struct slice target; /* path and query exactly as on the request line */
    struct slice host;   /* written in lower case */
    uint16_t port;
    struct slice hash, ext; /* empty when absent */
};

/* base64 of 32 bytes, with NUL. */
enum { AUTH_MAC_TEXT = 45 };

/* The normalised string, each line ended by LF including the last.  For tests and for mutations by
 * the suite. */
bool auth_hawk_normalise(const struct auth_hawk_input *input, struct buf *out);

/* The MAC, standard base64; ${key} is used as the bytes that it is (a token's derived key is ASCII
 * text and is not decoded).  False when out of memory. */
MUST_USE bool auth_hawk_mac(struct slice key, const struct auth_hawk_input *input,
                            char ret_mac[AUTH_MAC_TEXT]);

/* The payload hash; ${content_type} may carry parameters, which do not count.  False when out of
 * memory. */
MUST_USE bool auth_hawk_payload_hash(struct slice content_type, struct slice body,
                                     char ret_hash[AUTH_MAC_TEXT]);

/* Appends the value of an Authorization header for ${input}, signed with ${key}.  False when out of
 * room, or when an attribute holds a byte that cannot stand in the header. */
MUST_USE bool auth_hawk_sign(struct slice id, struct slice key, const struct auth_hawk_input *input,
                             struct buf *out);

#endif
