#include "auth/jwt.h"

#include "auth/signer.h"
#include "auth/unpadded.h"
#include "tests/support/support.h"

#define NOW INT64_C(170000000000)
enum { ROOM = 64 * 1024 };

/* RFC 7515, appendices A.2 and A.3. */
#define RFC_PAYLOAD                                                                                \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define RFC_RSA_N                                                                                  \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4" \
    "d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re" \
    "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxX" \
    "FvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
#define RFC_RSA_SIGNATURE                                                                          \
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5" \
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb" \
    "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO" \
    "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
#define RFC_EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define RFC_EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define RFC_EC_SIGNATURE                                                                           \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define RFC_SET                                                                                    \
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"r\",\"n\":\"" RFC_RSA_N "\",\"e\":\"AQAB\"},"           \
    "{\"kty\":\"oct\",\"k\":\"AA\"},"                                                              \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":\"" RFC_EC_X "\",\"y\":\"" RFC_EC_Y     \
    "\"}]}"

static struct auth_signer *signer;
static struct auth_signer *stranger;

static int set_up(void **state)
{
    (void)state;
    signer = auth_signer_new(SLICE("key-1"));
    stranger = auth_signer_new(SLICE("key-1"));
    return signer == NULL || stranger == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    auth_signer_free(signer);
    auth_signer_free(stranger);
    return 0;
}

static struct auth_jwks *jwks_of(struct slice json)
{
    const char *error = NULL;
    struct auth_jwks *jwks = auth_jwks_read(json, &error);
    if (jwks == NULL)
        fail_msg("%s", error);
    return jwks;
}

static struct auth_jwks *own_jwks(void)
{
    struct buf json = buf_bounded(ROOM);
    assert_true(auth_signer_jwks(signer, &json));
    struct auth_jwks *jwks = jwks_of(buf_slice(&json));
    buf_free(&json);
    return jwks;
}

static enum auth_jwks_result verify(const struct auth_jwks *jwks, const char *alg, const char *kid,
                                    const char *message, struct slice signature_text)
{
    struct buf signature = buf_bounded(ROOM);
    assert_true(auth_unpadded_decode(signature_text, &signature));
    struct auth_jwks_signed input = { slice_text(alg), slice_text(kid), slice_text(message),
                                      buf_slice(&signature) };
    enum auth_jwks_result result = auth_jwks_verify(jwks, &input);
    buf_free(&signature);
    return result;
}

static void the_signatures_of_rfc_7515_are_verified(void **state)
{
    (void)state;
    static const struct row {
        const char *alg, *kid, *message, *signature;
        enum auth_jwks_result result;
    } rows[] = {
        { "RS256", "r", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_OK },
        { "RS256", "", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_OK },
        { "RS256", "r", "eyJhbGciOiJSUzI1NiJ8." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_FORGED },
        { "RS256", "e", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_UNKNOWN },
        { "RS384", "r", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_UNKNOWN },
        { "none", "", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, "", AUTH_JWKS_UNKNOWN },
        { "RS256", "r", "eyJhbGciOiJSUzI1NiJ9." RFC_PAYLOAD, "", AUTH_JWKS_FORGED },
        { "ES256", "e", "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD, RFC_EC_SIGNATURE, AUTH_JWKS_OK },
        { "ES256", "", "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD, RFC_EC_SIGNATURE, AUTH_JWKS_OK },
        { "ES256", "e", "eyJhbGciOiJFUzI1NiJ8." RFC_PAYLOAD, RFC_EC_SIGNATURE, AUTH_JWKS_FORGED },
        { "ES256", "e", "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD, "", AUTH_JWKS_FORGED },
        { "ES256", "e", "eyJhbGciOiJFUzI1NiJ9." RFC_PAYLOAD, RFC_RSA_SIGNATURE, AUTH_JWKS_FORGED },
    };
    struct auth_jwks *jwks = jwks_of(SLICE(RFC_SET));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (verify(jwks, rows[i].alg, rows[i].kid, rows[i].message,
                   slice_text(rows[i].signature)) != rows[i].result)
            fail_msg("row %zu", i);
    }
    auth_jwks_free(jwks);
}

static void a_broken_key_set_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "{}",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[1]}",
        "{\"keys\":[{\"kty\":\"oct\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\"}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",           /* short */
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RFC_RSA_N "\",\"e\":\"AQ\"}]}",    /* e = 1 */
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RFC_RSA_N "=\",\"e\":\"AQAB\"}]}", /* padded */
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RFC_RSA_N "\",\"e\":\"AQAB\"}]} {}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RFC_RSA_N RFC_RSA_N RFC_RSA_N
        "\",\"e\":\"AQAB\"}]}", /* more than 4096 bits */
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" RFC_EC_X "\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" RFC_EC_X "\",\"y\":\"" RFC_EC_X
        "\"}]}", /* not on the curve */
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" RFC_EC_X "\",\"y\":\"" RFC_EC_Y
        "\"}]}",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const char *error = NULL;
        struct support_edge edge = support_edge_of(slice_text(texts[i]));
        struct auth_jwks *jwks = auth_jwks_read(edge.bytes, &error);
        if (jwks != NULL || error == NULL)
            fail_msg("%s", texts[i]);
        support_edge_free(&edge);
    }
}

/* ${n} bytes of 0xff, and whether a key of them is taken. */
static bool takes_rsa_of(size_t n)
{
    static uint8_t bytes[1024];
    struct buf json = buf_bounded(ROOM);
    const char *error = NULL;
    memset(bytes, 0xff, sizeof(bytes));
    buf_add_text(&json, "{\"keys\":[{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"");
    assert_true(auth_unpadded_encode(slice_of(bytes, n), &json));
    buf_add_text(&json, "\"}]}");
    struct auth_jwks *jwks = auth_jwks_read(buf_slice(&json), &error);
    bool taken = jwks != NULL;
    auth_jwks_free(jwks);
    buf_free(&json);
    return taken;
}

static void rsa_keys_are_bounded(void **state)
{
    (void)state;
    enum { LEAST = AUTH_JWKS_RSA_BITS_MIN / 8, MOST = AUTH_JWKS_RSA_BITS_MAX / 8 };
    assert_false(takes_rsa_of(LEAST - 1));
    assert_true(takes_rsa_of(LEAST));
    assert_true(takes_rsa_of(MOST));
    assert_false(takes_rsa_of(MOST + 1));
}

/* The bytes are those of a point, but not 32 and 32 of them. */
static void coordinates_are_cut_where_they_belong(void **state)
{
    (void)state;
    struct buf point = buf_bounded(128);
    struct buf json = buf_bounded(ROOM);
    const char *error = NULL;
    assert_true(auth_unpadded_decode(SLICE(RFC_EC_X), &point));
    assert_true(auth_unpadded_decode(SLICE(RFC_EC_Y), &point));
    buf_add_text(&json, "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"");
    assert_true(auth_unpadded_encode(slice_head(buf_slice(&point), 31), &json));
    buf_add_text(&json, "\",\"y\":\"");
    assert_true(auth_unpadded_encode(slice_from(buf_slice(&point), 31), &json));
    buf_add_text(&json, "\"}]}");
    assert_null(auth_jwks_read(buf_slice(&json), &error));
    assert_non_null(error);
    buf_free(&json);
    buf_free(&point);
}

static void names_of_keys_are_bounded(void **state)
{
    (void)state;
    enum { MOST = 128 };
    for (size_t len = MOST; len <= MOST + 1; len++) {
        struct buf json = buf_bounded(ROOM);
        const char *error = NULL;
        buf_add_text(&json, "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"" RFC_RSA_N
                            "\",\"e\":\"AQAB\",\"kid\":\"");
        for (size_t i = 0; i < len; i++)
            buf_add_byte(&json, 'k');
        buf_add_text(&json, "\"}]}");
        struct auth_jwks *jwks = auth_jwks_read(buf_slice(&json), &error);
        assert_int_equal(jwks != NULL, len == MOST);
        auth_jwks_free(jwks);
        buf_free(&json);
    }
}

static void key_sets_are_bounded(void **state)
{
    (void)state;
    for (size_t len = AUTH_JWKS_TEXT; len <= (size_t)AUTH_JWKS_TEXT + 1; len++) {
        struct buf json = buf_bounded((size_t)2 * AUTH_JWKS_TEXT);
        const char *error = NULL;
        buf_add_text(&json, RFC_SET);
        while (json.len < len)
            buf_add_byte(&json, ' ');
        struct auth_jwks *jwks = auth_jwks_read(buf_slice(&json), &error);
        assert_int_equal(jwks != NULL, len == AUTH_JWKS_TEXT);
        auth_jwks_free(jwks);
        buf_free(&json);
    }
}

/* Signs with ${by} and opens with the key set of `signer`. */
static enum auth_bearer_err open_signed(const struct auth_signer *by, const char *header,
                                        const char *claims, struct buf *scratch,
                                        struct auth_account *account)
{
    struct buf token = buf_bounded(ROOM);
    bool made = header == NULL
                    ? auth_signer_sign(by, slice_text(claims), &token)
                    : auth_signer_sign_as(by, slice_text(header), slice_text(claims), &token);
    assert_true(made);
    struct auth_jwks *jwks = own_jwks();
    struct support_edge edge = support_edge_of(buf_slice(&token));
    enum auth_bearer_err err = auth_jwt_open(jwks, edge.bytes, NOW, scratch, account);
    support_edge_free(&edge);
    auth_jwks_free(jwks);
    buf_free(&token);
    return err;
}

#define CLAIMS "{\"sub\":\"0123abcd\",\"scope\":\"profile\",\"exp\":1700000001}"
#define HEADER "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":\"key-1\"}"

static void a_signed_token_says_what_was_signed(void **state)
{
    (void)state;
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    assert_int_equal(
        open_signed(signer, NULL,
                    "{\"sub\":\"0123\\u0061bcd\",\"scope\":\"profile x\",\"exp\":1700000001.5,"
                    "\"fxa-generation\":1234,\"client_id\":\"c\",\"iss\":\"https://i\","
                    "\"nbf\":1700000000,\"aud\":[\"a\",\"b\"]}",
                    &scratch, &account),
        AUTH_BEARER_OK);
    assert_slice(account.id, "0123abcd");
    assert_slice(account.scope, "profile x");
    assert_slice(account.client, "c");
    assert_slice(account.issuer, "https://i");
    assert_true(account.generation == 1234);
    assert_true(account.expires == 170000000150);
    buf_free(&scratch);
}

static void tokens_that_are_not_access_tokens_of_ours_are_refused(void **state)
{
    (void)state;
    static const struct row {
        const char *header, *claims;
        enum auth_bearer_err err;
    } rows[] = {
        { HEADER, CLAIMS, AUTH_BEARER_OK },
        { "{\"typ\":\"AT+JWT\",\"alg\":\"RS256\"}", CLAIMS, AUTH_BEARER_OK },
        { "{\"alg\":\"RS256\",\"kid\":\"key-1\"}", CLAIMS, AUTH_BEARER_MALFORMED },
        { "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"kid\":\"key-1\"}", CLAIMS, AUTH_BEARER_MALFORMED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"crit\":[\"x\"]}", CLAIMS,
          AUTH_BEARER_MALFORMED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"none\"}", CLAIMS, AUTH_BEARER_FORGED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"HS256\"}", CLAIMS, AUTH_BEARER_FORGED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"ES256\"}", CLAIMS, AUTH_BEARER_FORGED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":\"key-2\"}", CLAIMS, AUTH_BEARER_FORGED },
        { "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"alg\":\"RS256\"}", CLAIMS,
          AUTH_BEARER_MALFORMED },
        { "at+jwt", CLAIMS, AUTH_BEARER_MALFORMED },
        { HEADER, "{\"sub\":\"a\",\"scope\":\"x\"}", AUTH_BEARER_MALFORMED },
        { HEADER, "{\"sub\":\"a\",\"exp\":1800000000}", AUTH_BEARER_MALFORMED },
        { HEADER, "{\"scope\":\"x\",\"exp\":1800000000}", AUTH_BEARER_MALFORMED },
        { HEADER, "{\"sub\":7,\"scope\":\"x\",\"exp\":1800000000}", AUTH_BEARER_MALFORMED },
        { HEADER, "{\"sub\":\"a\",\"scope\":\"x\",\"exp\":1800000000,\"fxa-generation\":-1}",
          AUTH_BEARER_MALFORMED },
        { HEADER, "{\"sub\":\"a\",\"scope\":\"x\",\"exp\":1800000000,\"nbf\":1700000001}",
          AUTH_BEARER_EXPIRED },
        { HEADER, "[]", AUTH_BEARER_MALFORMED },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        enum auth_bearer_err err =
            open_signed(signer, rows[i].header, rows[i].claims, &scratch, &account);
        if (err != rows[i].err)
            fail_msg("%s %s: %d", rows[i].header, rows[i].claims, err);
        buf_free(&scratch);
    }
}

static void another_key_of_the_same_name_does_not_open_it(void **state)
{
    (void)state;
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    assert_int_equal(open_signed(stranger, NULL, CLAIMS, &scratch, &account), AUTH_BEARER_FORGED);
    buf_free(&scratch);
}

/* Whatever one byte is changed to, and wherever the text ends. */
static void a_changed_or_shortened_token_is_refused(void **state)
{
    (void)state;
    struct buf token = buf_bounded(ROOM);
    assert_true(auth_signer_sign(signer, SLICE(CLAIMS), &token));
    struct auth_jwks *jwks = own_jwks();
    struct auth_account account;
    for (size_t i = 0; i < token.len; i++) {
        uint8_t was = token.ptr[i];
        struct buf scratch = buf_bounded(ROOM);
        struct support_edge edge = support_edge_of(slice_head(buf_slice(&token), i));
        assert_int_not_equal(auth_jwt_open(jwks, edge.bytes, NOW, &scratch, &account),
                             AUTH_BEARER_OK);
        support_edge_free(&edge);
        token.ptr[i] = was == 'A' ? 'B' : 'A';
        assert_int_not_equal(auth_jwt_open(jwks, buf_slice(&token), NOW, &scratch, &account),
                             AUTH_BEARER_OK);
        token.ptr[i] = was;
        buf_free(&scratch);
    }
    auth_jwks_free(jwks);
    buf_free(&token);
}

static void a_part_that_is_not_there_or_no_base64_is_malformed(void **state)
{
    (void)state;
    static const char *const signatures[] = { "", "!", "Y" };
    struct buf token = buf_bounded(ROOM);
    struct auth_jwks *jwks = own_jwks();
    assert_true(auth_signer_sign(signer, SLICE(CLAIMS), &token));
    size_t first = slice_find(buf_slice(&token), '.') + 1;
    size_t second = first + slice_find(slice_from(buf_slice(&token), first), '.') + 1;
    for (size_t i = 0; i < COUNT_OF(signatures); i++) {
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        buf_truncate(&token, second);
        buf_add_text(&token, signatures[i]);
        assert_int_equal(auth_jwt_open(jwks, buf_slice(&token), NOW, &scratch, &account),
                         AUTH_BEARER_MALFORMED);
        buf_free(&scratch);
    }
    auth_jwks_free(jwks);
    buf_free(&token);
}

/* A signed token of that many characters; blanks fill it, and those of the header make up for the
 * lengths that base64 does not have. */
static bool sign_of_length(size_t wanted, struct buf *token)
{
    for (size_t blanks = 0; blanks < 4; blanks++) {
        struct buf header = buf_bounded(256);
        struct buf claims = buf_bounded(ROOM);
        buf_add_text(&header, HEADER);
        for (size_t i = 0; i < blanks; i++)
            buf_add_byte(&header, ' ');
        buf_add_text(&claims, CLAIMS);
        for (buf_clear(token); token->len < wanted; buf_add_byte(&claims, ' ')) {
            buf_clear(token);
            if (claims.len == sizeof(CLAIMS) - 1) {
                while (claims.len < wanted / 4 * 3 - 512)
                    buf_add_byte(&claims, ' ');
            }
            assert_true(auth_signer_sign_as(signer, buf_slice(&header), buf_slice(&claims), token));
        }
        buf_free(&header);
        buf_free(&claims);
        if (token->len == wanted)
            return true;
    }
    return false;
}

static void tokens_are_bounded(void **state)
{
    (void)state;
    struct buf token = buf_bounded(ROOM);
    struct auth_jwks *jwks = own_jwks();
    for (size_t len = AUTH_JWT_MAX; len <= (size_t)AUTH_JWT_MAX + 1; len++) {
        struct buf scratch = buf_bounded(ROOM);
        struct auth_account account;
        assert_true(sign_of_length(len, &token));
        assert_int_equal(auth_jwt_open(jwks, buf_slice(&token), NOW, &scratch, &account),
                         len == AUTH_JWT_MAX ? AUTH_BEARER_OK : AUTH_BEARER_MALFORMED);
        buf_free(&scratch);
    }
    auth_jwks_free(jwks);
    buf_free(&token);
}

static void a_full_buffer_takes_no_token(void **state)
{
    (void)state;
    struct buf token = buf_bounded(ROOM);
    assert_true(auth_signer_sign(signer, SLICE(CLAIMS), &token));
    for (size_t ceiling = 0; ceiling < token.len; ceiling++) {
        struct buf out = buf_bounded(ceiling);
        assert_false(auth_signer_sign(signer, SLICE(CLAIMS), &out));
        buf_free(&out);
    }
    buf_free(&token);
}

static void unpadded_text_is_read_strictly(void **state)
{
    (void)state;
    static const struct row {
        const char *text, *bytes;
    } rows[] = { { "", "" },        { "YQ", "a" },         { "YWI", "ab" },
                 { "YWJj", "abc" }, { "_-8", "\xff\xef" }, { "YQ==", NULL },
                 { "YR", NULL },    { "Y", NULL },         { "YWJjY", NULL },
                 { "Y Q", NULL },   { "+/8", NULL },       { "YWJjYR", NULL },
                 { "!!!!YQ", NULL } };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buf out = buf_bounded(16);
        bool good = auth_unpadded_decode(slice_text(rows[i].text), &out);
        assert_int_equal(good, rows[i].bytes != NULL);
        assert_slice(buf_slice(&out), rows[i].bytes == NULL ? "" : rows[i].bytes);
        if (good) {
            struct buf again = buf_bounded(16);
            assert_true(auth_unpadded_encode(buf_slice(&out), &again));
            assert_slice(buf_slice(&again), rows[i].text);
            buf_free(&again);
        }
        buf_free(&out);
    }
    struct buf full = buf_bounded(3);
    assert_false(auth_unpadded_encode(SLICE("abc"), &full));
    buf_free(&full);
}

static void open_once(void *context)
{
    struct slice json = SLICE(RFC_SET);
    const char *error = NULL;
    struct auth_jwks *jwks = auth_jwks_read(json, &error);
    struct buf scratch = buf_bounded(ROOM);
    struct auth_account account;
    if (jwks != NULL) {
        enum auth_bearer_err err =
            auth_jwt_open(jwks, *(struct slice *)context, NOW, &scratch, &account);
        assert_true(err == AUTH_BEARER_BUSY || err == AUTH_BEARER_FORGED);
    }
    buf_free(&scratch);
    auth_jwks_free(jwks);
}

static void no_memory_is_survived(void **state)
{
    (void)state;
    struct buf token = buf_bounded(ROOM);
    assert_true(auth_signer_sign_as(signer, SLICE("{\"typ\":\"at+jwt\",\"alg\":\"RS256\"}"),
                                    SLICE(CLAIMS), &token));
    struct slice text = buf_slice(&token);
    support_sweep_allocations(open_once, &text);
    buf_free(&token);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_signatures_of_rfc_7515_are_verified),
        cmocka_unit_test(a_broken_key_set_is_refused),
        cmocka_unit_test(rsa_keys_are_bounded),
        cmocka_unit_test(coordinates_are_cut_where_they_belong),
        cmocka_unit_test(names_of_keys_are_bounded),
        cmocka_unit_test(key_sets_are_bounded),
        cmocka_unit_test(a_signed_token_says_what_was_signed),
        cmocka_unit_test(tokens_that_are_not_access_tokens_of_ours_are_refused),
        cmocka_unit_test(another_key_of_the_same_name_does_not_open_it),
        cmocka_unit_test(a_changed_or_shortened_token_is_refused),
        cmocka_unit_test(a_part_that_is_not_there_or_no_base64_is_malformed),
        cmocka_unit_test(tokens_are_bounded),
        cmocka_unit_test(a_full_buffer_takes_no_token),
        cmocka_unit_test(unpadded_text_is_read_strictly),
        cmocka_unit_test(no_memory_is_survived),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
