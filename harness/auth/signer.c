#include "auth/signer.h"

#include "auth/unpadded.h"
#include "base/alloc.h"
#include "record/bso.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

enum { PRIMES = 3, SIGNATURE_MAX = AUTH_JWKS_RSA_BITS_MAX / 8, HEADER_MAX = 1024 };

struct auth_signer {
    EVP_PKEY *pkey;
    size_t kid_len;
    uint8_t kid[];
};

/* Of three primes (RFC 8017, section 3): what it signs looks no different, and it is made in a
 * third of the time that two take. */
static EVP_PKEY *make_key(void)
{
    unsigned bits = AUTH_JWKS_RSA_BITS_MIN, primes = PRIMES;
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_BITS, &bits),
        OSSL_PARAM_construct_uint(OSSL_PKEY_PARAM_RSA_PRIMES, &primes),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    bool ready = context != NULL && EVP_PKEY_keygen_init(context) == 1 &&
                 EVP_PKEY_CTX_set_params(context, params) == 1;
    if (ready && EVP_PKEY_generate(context, &pkey) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(context);
    return pkey;
}

struct auth_signer *auth_signer_new(struct slice kid)
{
    struct auth_signer *signer = alloc_zeroed(1, sizeof(*signer) + kid.len);
    if (signer == NULL)
        return NULL;
    signer->kid_len = kid.len;
    if (kid.len > 0)
        memcpy(signer->kid, kid.ptr, kid.len);
    signer->pkey = make_key();
    if (signer->pkey == NULL) {
        auth_signer_free(signer);
        return NULL;
    }
    return signer;
}

void auth_signer_free(struct auth_signer *signer)
{
    if (signer == NULL)
        return;
    EVP_PKEY_free(signer->pkey);
    alloc_release(signer);
}

static struct slice kid_of(const struct auth_signer *signer)
{
    return slice_of(signer->kid, signer->kid_len);
}

/* ,"name":"<base64url of the number>" */
static bool add_number(const struct auth_signer *signer, const char *name, const char *parameter,
                       struct buf *out)
{
    uint8_t bytes[SIGNATURE_MAX];
    BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(signer->pkey, parameter, &number) != 1)
        return false;
    int len = BN_num_bytes(number) <= SIGNATURE_MAX ? BN_bn2bin(number, bytes) : 0;
    BN_free(number);
    return buf_add_format(out, ",\"%s\":\"", name) &&
           auth_unpadded_encode(slice_of(bytes, (size_t)len), out) && buf_add_byte(out, '"');
}

bool auth_signer_jwks(const struct auth_signer *signer, struct buf *out)
{
    return buf_add_text(out, "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\","
                             "\"kid\":") &&
           record_encode_string(kid_of(signer), out) &&
           add_number(signer, "n", OSSL_PKEY_PARAM_RSA_N, out) &&
           add_number(signer, "e", OSSL_PKEY_PARAM_RSA_E, out) && buf_add_text(out, "}]}");
}

bool auth_signer_sign_as(const struct auth_signer *signer, struct slice header, struct slice claims,
                         struct buf *out)
{
    uint8_t signature[SIGNATURE_MAX];
    size_t len = sizeof(signature);
    size_t from = out->len;
    if (!auth_unpadded_encode(header, out) || !buf_add_byte(out, '.') ||
        !auth_unpadded_encode(claims, out))
        return false;
    struct slice message = slice_from(buf_slice(out), from);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, signer->pkey) == 1 &&
                EVP_DigestSign(context, signature, &len, message.ptr, message.len) == 1;
    EVP_MD_CTX_free(context);
    return made && buf_add_byte(out, '.') && auth_unpadded_encode(slice_of(signature, len), out);
}

bool auth_signer_sign(const struct auth_signer *signer, struct slice claims, struct buf *out)
{
    AUTO(buf_free) struct buf header = buf_bounded(HEADER_MAX);
    buf_add_text(&header, "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":");
    record_encode_string(kid_of(signer), &header);
    buf_add_byte(&header, '}');
    return !header.failed && auth_signer_sign_as(signer, buf_slice(&header), claims, out);
}
