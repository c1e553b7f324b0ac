#include "auth/jwks.h"

#include "auth/members.h"
#include "auth/unpadded.h"
#include "base/alloc.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

enum {
    KID_MAX = 128,
    COORDINATE = 32, /* bytes of P-256 */
    EXPONENT_MAX = 8,
};

struct key {
    char kid[KID_MAX];
    size_t kid_len;
    const char *alg;
    EVP_PKEY *pkey;
};

struct auth_jwks {
    struct key keys[AUTH_JWKS_KEYS];
    size_t count;
};

/* One key as the text has it. */
struct jwk {
    struct slice kty, kid, alg, use, n, e, crv, x, y;
};

static const struct auth_member jwk_rows[] = {
    { SLICE_INIT("kty"), AUTH_MEMBER_TEXT, offsetof(struct jwk, kty) },
    { SLICE_INIT("kid"), AUTH_MEMBER_TEXT, offsetof(struct jwk, kid) },
    { SLICE_INIT("alg"), AUTH_MEMBER_TEXT, offsetof(struct jwk, alg) },
    { SLICE_INIT("use"), AUTH_MEMBER_TEXT, offsetof(struct jwk, use) },
    { SLICE_INIT("n"), AUTH_MEMBER_TEXT, offsetof(struct jwk, n) },
    { SLICE_INIT("e"), AUTH_MEMBER_TEXT, offsetof(struct jwk, e) },
    { SLICE_INIT("crv"), AUTH_MEMBER_TEXT, offsetof(struct jwk, crv) },
    { SLICE_INIT("x"), AUTH_MEMBER_TEXT, offsetof(struct jwk, x) },
    { SLICE_INIT("y"), AUTH_MEMBER_TEXT, offsetof(struct jwk, y) },
};
static const struct auth_members jwk_members = { jwk_rows, COUNT_OF(jwk_rows) };

static void free_builder(OSSL_PARAM_BLD **builder)
{
    OSSL_PARAM_BLD_free(*builder);
}

static void free_params(OSSL_PARAM **params)
{
    OSSL_PARAM_free(*params);
}

static void free_context(EVP_PKEY_CTX **context)
{
    EVP_PKEY_CTX_free(*context);
}

static void free_number(BIGNUM **number)
{
    BN_free(*number);
}

/* A public key of what the builder holds, or NULL. */
static EVP_PKEY *build(const char *type, OSSL_PARAM_BLD *builder)
{
    AUTO(free_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    AUTO(free_context) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *pkey = NULL;
    if (params == NULL || context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return pkey;
}

static BIGNUM *number_of(struct slice text, size_t bytes_max)
{
    AUTO(buf_free) struct buf bytes = buf_bounded(bytes_max + AUTH_UNPADDED_ROOM);
    if (!auth_unpadded_decode(text, &bytes) || bytes.len == 0 || bytes.len > bytes_max)
        return NULL;
    return BN_bin2bn(bytes.ptr, (int)bytes.len, NULL);
}

static EVP_PKEY *build_rsa(const struct jwk *jwk)
{
    AUTO(free_number) BIGNUM *n = number_of(jwk->n, AUTH_JWKS_RSA_BITS_MAX / 8);
    AUTO(free_number) BIGNUM *e = number_of(jwk->e, EXPONENT_MAX);
    AUTO(free_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n == NULL || e == NULL || builder == NULL || BN_num_bits(n) < AUTH_JWKS_RSA_BITS_MIN ||
        !BN_is_odd(n) || !BN_is_odd(e) || BN_is_one(e) ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    return build("RSA", builder);
}

/* The point is checked to lie on the curve by OpenSSL. */
static EVP_PKEY *build_p256(const struct jwk *jwk)
{
    AUTO(buf_free) struct buf point = buf_bounded(1 + 2 * COORDINATE + AUTH_UNPADDED_ROOM);
    AUTO(free_builder) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    enum { UNCOMPRESSED = 4 };
    buf_add_byte(&point, UNCOMPRESSED);
    if (builder == NULL || !auth_unpadded_decode(jwk->x, &point) || point.len != 1 + COORDINATE ||
        !auth_unpadded_decode(jwk->y, &point) || point.len != 1 + 2 * COORDINATE ||
        OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len) !=
            1)
        return NULL;
    return build("EC", builder);
}

static const struct family {
    const char *kty, *crv, *alg;
    EVP_PKEY *(*build)(const struct jwk *jwk);
} families[] = {
    { "RSA", "", "RS256", build_rsa },
    { "EC", "P-256", "ES256", build_p256 },
};

/* NULL when the key is not one that we verify with. */
static const struct family *family_of(const struct jwk *jwk)
{
    for (size_t i = 0; i < COUNT_OF(families); i++) {
        const struct family *family = &families[i];
        if (slice_is(jwk->kty, family->kty) && slice_is(jwk->crv, family->crv) &&
            (jwk->alg.len == 0 || slice_is(jwk->alg, family->alg)) &&
            (jwk->use.len == 0 || slice_is(jwk->use, "sig")))
            return family;
    }
    return NULL;
}

/* NULL, or what is wrong. */
static const char *add_key(struct auth_jwks *jwks, const struct jwk *jwk)
{
    const struct family *family = family_of(jwk);
    if (family == NULL)
        return NULL;
    if (jwks->count == AUTH_JWKS_KEYS)
        return "the key set holds too many keys";
    struct key *key = &jwks->keys[jwks->count];
    if (jwk->kid.len > sizeof(key->kid))
        return "the id of a key is too long";
    key->pkey = family->build(jwk);
    if (key->pkey == NULL)
        return "a key of the set is broken, too short or too long";
    key->alg = family->alg;
    key->kid_len = jwk->kid.len;
    if (jwk->kid.len > 0)
        memcpy(key->kid, jwk->kid.ptr, jwk->kid.len);
    jwks->count++;
    return NULL;
}

static const char not_a_set[] = "not a JSON object with a list of keys";

/* The list behind "keys". */
static const char *read_list(struct auth_jwks *jwks, struct slice raw, struct buf *scratch)
{
    struct record_scan scan = record_scan_of(raw);
    enum record_token token;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_LIST)
        return not_a_set;
    while ((token = record_scan_next(&scan)) == RECORD_SCAN_OPEN_OBJECT) {
        struct jwk jwk = { 0 };
        uint32_t seen;
        if (!auth_members_read_open(&scan, &jwk_members, scratch, &jwk, &seen))
            return "a key is not a JSON object of texts";
        const char *error = add_key(jwks, &jwk);
        if (error != NULL)
            return error;
    }
    if (token != RECORD_SCAN_CLOSE_LIST)
        return not_a_set;
    return jwks->count == 0 ? "the key set holds no RSA or P-256 key for signatures" : NULL;
}

static const char *read_set(struct auth_jwks *jwks, struct slice json)
{
    AUTO(buf_free) struct buf scratch = buf_bounded(AUTH_JWKS_TEXT);
    struct slice list;
    size_t at;
    struct record_scan whole = record_scan_of(json);
    if (json.len > AUTH_JWKS_TEXT)
        return "the key set is too large";
    if (!buf_reserve(&scratch, json.len))
        return "out of memory";
    if (!record_scan_drain(&whole) ||
        record_scan_pointer(json, SLICE("/keys"), &list, &at) != RECORD_SCAN_OPEN_LIST)
        return not_a_set;
    return read_list(jwks, list, &scratch);
}

struct auth_jwks *auth_jwks_read(struct slice json, const char **ret_error)
{
    AUTO(auth_jwks_freep) struct auth_jwks *jwks = alloc_new(struct auth_jwks);
    const char *error = jwks == NULL ? "out of memory" : read_set(jwks, json);
    if (error != NULL) {
        *ret_error = error;
        return NULL;
    }
    return STEAL(jwks);
}

static void free_signature(ECDSA_SIG **signature)
{
    ECDSA_SIG_free(*signature);
}

static void free_der(uint8_t **der)
{
    OPENSSL_free(*der);
}

/* JOSE writes an ECDSA signature as r and s one behind the other (RFC 7518, section 3.4), OpenSSL
 * wants DER.  0 when it is not one. */
static size_t der_of(struct slice raw, uint8_t **ret_der)
{
    AUTO(free_signature) ECDSA_SIG *signature = ECDSA_SIG_new();
    if (signature == NULL || raw.len != (size_t)2 * COORDINATE)
        return 0;
    AUTO(free_number) BIGNUM *r = BN_bin2bn(raw.ptr, COORDINATE, NULL);
    AUTO(free_number) BIGNUM *s = BN_bin2bn(raw.ptr + COORDINATE, COORDINATE, NULL);
    if (r == NULL || s == NULL || ECDSA_SIG_set0(signature, r, s) != 1)
        return 0;
    r = NULL; /* the signature's now */
    s = NULL;
    int len = i2d_ECDSA_SIG(signature, ret_der);
    return len > 0 ? (size_t)len : 0;
}

static bool key_signed(const struct key *key, const struct auth_jwks_signed *input)
{
    AUTO(free_der) uint8_t *der = NULL;
    struct slice signature = input->signature;
    if (key->alg[0] == 'E') {
        size_t len = der_of(input->signature, &der);
        signature = slice_of(der, len);
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && signature.len > 0 &&
                EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
                EVP_DigestVerify(context, signature.ptr, signature.len, input->message.ptr,
                                 input->message.len) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

enum auth_jwks_result auth_jwks_verify(const struct auth_jwks *jwks,
                                       const struct auth_jwks_signed *input)
{
    enum auth_jwks_result result = AUTH_JWKS_UNKNOWN;
    for (size_t i = 0; i < jwks->count; i++) {
        const struct key *key = &jwks->keys[i];
        if (!slice_is(input->alg, key->alg) ||
            (input->kid.len > 0 && !slice_eq(input->kid, slice_of(key->kid, key->kid_len))))
            continue;
        if (key_signed(key, input))
            return AUTH_JWKS_OK;
        result = AUTH_JWKS_FORGED;
    }
    return result;
}

void auth_jwks_free(struct auth_jwks *jwks)
{
    if (jwks == NULL)
        return;
    for (size_t i = 0; i < jwks->count; i++)
        EVP_PKEY_free(jwks->keys[i].pkey);
    alloc_release(jwks);
}

void auth_jwks_freep(struct auth_jwks **jwks)
{
    auth_jwks_free(*jwks);
}
