/* Of signatures over the message of RFC 7515 only the RFC's own is good, and its twin; a set of
 * keys reads, or is told what is wrong with it.  The input has the algorithm, the key's id and a
 * signature a line, or is a set of keys. */
#include "auth/jwks.h"
#include "auth/unpadded.h"

#include "fuzz/check.h"

enum { ROOM = 64 * 1024, PARTS = 3 };

/* RFC 7515, appendices A.2 and A.3. */
#define PAYLOAD                                                                                    \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_SIGNATURE                                                                               \
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
#define SET                                                                                        \
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\",\"x\":\"" EC_X "\",\"y\":\"" EC_Y  \
    "\"}]}"

static const struct slice message = SLICE_INIT("eyJhbGciOiJFUzI1NiJ9." PAYLOAD);

static bool decode(const char *text, struct buf *out)
{
    buf_clear(out);
    return auth_unpadded_decode(slice_text(text), out);
}

static void check_signature(const struct auth_jwks *jwks, const struct slice parts[PARTS])
{
    FUZZ_BUF(given, ROOM);
    FUZZ_BUF(right, ROOM);
    buf_clear(&given);
    if (!auth_unpadded_decode(parts[2], &given))
        return;
    const struct auth_jwks_signed input = {
        .alg = parts[0], .kid = parts[1], .message = message, .signature = buf_slice(&given)
    };
    enum auth_jwks_result result = auth_jwks_verify(jwks, &input);
    FUZZ_CHECK(decode(EC_SIGNATURE, &right));
    bool ours = slice_is(parts[0], "ES256") && (parts[1].len == 0 || slice_is(parts[1], "e"));
    /* An ECDSA signature has a twin with the same first half. */
    bool twin = given.len == right.len && memcmp(given.ptr, right.ptr, right.len / 2) == 0;
    bool same = slice_eq(buf_slice(&given), buf_slice(&right));
    FUZZ_CHECK((result == AUTH_JWKS_UNKNOWN) == !ours);
    FUZZ_CHECK(!ours || !same || result == AUTH_JWKS_OK);
    FUZZ_CHECK(result != AUTH_JWKS_OK || twin);
}

static void check_set(struct slice text)
{
    const char *error = NULL;
    struct auth_jwks *jwks = auth_jwks_read(text, &error);
    FUZZ_CHECK((jwks == NULL) == (error != NULL));
    auth_jwks_free(jwks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct auth_jwks *jwks;
    struct slice parts[PARTS], rest = slice_of(data, size);
    const char *error = NULL;
    if (jwks == NULL)
        jwks = auth_jwks_read(SLICE(SET), &error);
    FUZZ_CHECK(jwks != NULL);
    if (size > 0 && data[0] == '{') {
        check_set(rest);
        return 0;
    }
    for (size_t i = 0; i < PARTS; i++)
        slice_cut(rest, '\n', &parts[i], &rest);
    check_signature(jwks, parts);
    return 0;
}
