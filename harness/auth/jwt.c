#include "auth/jwt.h"

#include "auth/members.h"
#include "auth/unpadded.h"

struct header {
    struct slice alg, kid, typ;
};

static const struct auth_member header_rows[] = {
    { SLICE_INIT("alg"), AUTH_MEMBER_TEXT, offsetof(struct header, alg) },
    { SLICE_INIT("kid"), AUTH_MEMBER_TEXT, offsetof(struct header, kid) },
    { SLICE_INIT("typ"), AUTH_MEMBER_TEXT, offsetof(struct header, typ) },
    { SLICE_INIT("crit"), AUTH_MEMBER_ANY, 0 },
};
static const struct auth_members header_members = { header_rows, COUNT_OF(header_rows) };
enum { SEEN_CRIT = 1 << 3 };

struct claims {
    struct auth_account account;
    int64_t not_before;
};

static const struct auth_member claim_rows[] = {
    { SLICE_INIT("sub"), AUTH_MEMBER_TEXT, offsetof(struct claims, account.id) },
    { SLICE_INIT("scope"), AUTH_MEMBER_WORDS, offsetof(struct claims, account.scope) },
    { SLICE_INIT("exp"), AUTH_MEMBER_SECONDS, offsetof(struct claims, account.expires) },
    { SLICE_INIT("fxa-generation"), AUTH_MEMBER_COUNT,
      offsetof(struct claims, account.generation) },
    { SLICE_INIT("client_id"), AUTH_MEMBER_TEXT, offsetof(struct claims, account.client) },
    { SLICE_INIT("iss"), AUTH_MEMBER_TEXT, offsetof(struct claims, account.issuer) },
    { SLICE_INIT("nbf"), AUTH_MEMBER_SECONDS, offsetof(struct claims, not_before) },
};
static const struct auth_members claim_members = { claim_rows, COUNT_OF(claim_rows) };
enum { CLAIMS_NEEDED = 1 << 0 | 1 << 1 | 1 << 2 };

/* Decodes one part; ${scratch} has the room. */
static bool decode(struct slice part, struct buf *scratch, struct slice *ret_bytes)
{
    size_t from = scratch->len;
    if (part.len == 0 || !auth_unpadded_decode(part, scratch))
        return false;
    *ret_bytes = slice_from(buf_slice(scratch), from);
    return true;
}

static bool read_header(struct slice part, struct buf *scratch, struct header *header)
{
    struct slice json;
    uint32_t seen;
    return decode(part, scratch, &json) &&
           auth_members_read(json, &header_members, scratch, header, &seen) &&
           (seen & SEEN_CRIT) == 0 &&
           (slice_eq_nocase(header->typ, SLICE("at+jwt")) ||
            slice_eq_nocase(header->typ, SLICE("application/at+jwt")));
}

static enum auth_bearer_err read_claims(struct slice part, int64_t now, struct buf *scratch,
                                        struct auth_account *ret_account)
{
    struct slice json;
    uint32_t seen;
    struct claims claims = { .not_before = INT64_MIN };
    if (!decode(part, scratch, &json) ||
        !auth_members_read(json, &claim_members, scratch, &claims, &seen) ||
        (seen & CLAIMS_NEEDED) != CLAIMS_NEEDED)
        return AUTH_BEARER_MALFORMED;
    if (claims.not_before > now)
        return AUTH_BEARER_EXPIRED;
    *ret_account = claims.account;
    return AUTH_BEARER_OK;
}

enum auth_bearer_err auth_jwt_open(const struct auth_jwks *jwks, struct slice text, int64_t now,
                                   struct buf *scratch, struct auth_account *ret_account)
{
    struct slice head, rest, claims, signature;
    struct header header = { 0 };
    if (text.len > AUTH_JWT_MAX || !slice_cut(text, '.', &head, &rest) ||
        !slice_cut(rest, '.', &claims, &signature))
        return AUTH_BEARER_MALFORMED;
    /* The parts decoded, and the texts in them unescaped: nothing may move. */
    if (!buf_reserve(scratch, 2 * text.len))
        return AUTH_BEARER_BUSY;
    if (!read_header(head, scratch, &header))
        return AUTH_BEARER_MALFORMED;
    struct auth_jwks_signed input = { .alg = header.alg, .kid = header.kid };
    input.message = slice_head(text, head.len + 1 + claims.len);
    if (!decode(signature, scratch, &input.signature))
        return AUTH_BEARER_MALFORMED;
    if (auth_jwks_verify(jwks, &input) != AUTH_JWKS_OK)
        return AUTH_BEARER_FORGED;
    return read_claims(claims, now, scratch, ret_account);
}
