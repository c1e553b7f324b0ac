/* What our client signs, our server accepts, once where it looks; and it accepts nothing whose
 * method, target, body, host, time or header is not what was signed.  The input has the target, the
 * body, ext and a line of two bytes: what is changed, and how the server is set up. */
#include "auth/hawk.h"
#include "auth/scheme.h"

#include "fuzz/check.h"
#include "http/target.h"

enum { ROOM = 64 * 1024, PARTS = 4, TS = 1700000000, SKEW = 60 };

static const int64_t now = (int64_t)TS * 100;

#define SECRETS                                                                                    \
    {                                                                                              \
        .at = { SLICE_INIT("secret") }, .count = 1                                                 \
    }

static const struct setup {
    struct auth_hawk_config config;
    enum auth_result first, again;
} setups[] = {
    { { .secrets = SECRETS, .skew = SKEW, .nonces = 4 }, AUTH_OK, AUTH_REPLAYED },
    { { .secrets = SECRETS, .nonces = 4 }, AUTH_OK, AUTH_REPLAYED },
    { { .secrets = SECRETS, .skew = SKEW }, AUTH_OK, AUTH_OK },
    { { .secrets = SECRETS, .node = SLICE_INIT("http://other"), .skew = SKEW },
      AUTH_WRONG_NODE,
      AUTH_WRONG_NODE },
    { { .secrets = SECRETS, .node = SLICE_INIT("http://other"), .nonces = 4 },
      AUTH_WRONG_NODE,
      AUTH_REPLAYED },
};

/* What is sent: a request, and where it went to. */
struct sent {
    struct http_request request;
    struct http_field fields[2];
    struct auth_origin origin;
};

static enum auth_result check(struct auth_scheme *scheme, struct sent *sent)
{
    struct auth_identity identity = { 0 };
    sent->origin.target = sent->request.target;
    sent->request.fields = (struct http_fields){ sent->fields, COUNT_OF(sent->fields) };
    enum auth_result result = auth_check(scheme, &sent->request, &sent->origin, now, &identity);
    FUZZ_CHECK(result != AUTH_OK || identity.uid == 7);
    return result;
}

/* A token of user 7 and its key. */
static void mint(struct buf *token, char key[AUTH_KEY_TEXT])
{
    const struct auth_token claims = { .uid = 7, .expires = now + 100, .salt = SLICE("salt") };
    FUZZ_CHECK(auth_token_mint(SLICE("secret"), &claims, token));
    FUZZ_CHECK(auth_token_key(SLICE("secret"), buf_slice(token), claims.salt, key));
}

static bool sign(const struct sent *sent, struct slice ext, struct buf *out)
{
    char key[AUTH_KEY_TEXT], hash[AUTH_MAC_TEXT];
    struct buf token = buf_bounded(ROOM);
    mint(&token, key);
    FUZZ_CHECK(auth_hawk_payload_hash(SLICE("text/plain"), sent->request.body, hash));
    const struct auth_hawk_input input = { .ts = SLICE("1700000000"),
                                           .nonce = SLICE("nonce"),
                                           .method = SLICE("PUT"),
                                           .target = sent->request.target,
                                           .host = SLICE("Example.COM"),
                                           .port = 8000,
                                           .hash = slice_text(hash),
                                           .ext = ext };
    bool made = auth_hawk_sign(buf_slice(&token), slice_text(key), &input, out);
    buf_free(&token);
    return made;
}

/* Changes one thing that the signature covers. */
static void tamper(struct sent *sent, struct slice how, struct buf *header)
{
    uint8_t which = how.len > 0 ? how.ptr[0] % 5 : 0;
    if (which == 0)
        header->ptr[(how.len * 31) % header->len] ^= 1;
    else if (which == 1)
        sent->request.method_text = SLICE("PUTS");
    else if (which == 2)
        sent->request.target = slice_from(sent->request.target, 1);
    else if (which == 3)
        sent->origin.port++;
    else
        sent->request.body = SLICE("another body");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice parts[PARTS], rest = slice_head(slice_of(data, size), 4000);
    for (size_t i = 0; i < PARTS; i++)
        slice_cut(rest, '\n', &parts[i], &rest);
    const struct setup *setup = &setups[parts[3].len > 1 ? parts[3].ptr[1] % COUNT_OF(setups) : 0];
    struct auth_scheme *scheme = auth_hawk_scheme_new(&setup->config);
    struct buf header = buf_bounded(ROOM);
    struct sent sent = { .request = { .method = HTTP_METHOD_PUT,
                                      .method_text = SLICE("PUT"),
                                      .target = parts[0],
                                      .body = parts[1] },
                         .fields = { { SLICE("Content-Type"), SLICE("Text/Plain; a=b") } },
                         .origin = { .host = SLICE("example.com"), .port = 8000 } };
    FUZZ_CHECK(scheme != NULL);
    if (parts[0].len > 0 && sign(&sent, parts[2], &header)) {
        sent.fields[1] = (struct http_field){ SLICE("Authorization"), buf_slice(&header) };
        FUZZ_CHECK(check(scheme, &sent) == setup->first);
        FUZZ_CHECK(check(scheme, &sent) == setup->again);
        tamper(&sent, parts[3], &header);
        enum auth_result result = check(scheme, &sent);
        FUZZ_CHECK(result != AUTH_OK && result != AUTH_BUSY);
        FUZZ_CHECK(result != AUTH_REPLAYED || slice_eq(sent.request.body, SLICE("another body")) ||
                   parts[3].len == 0 || parts[3].ptr[0] % 5 == 0);
    }
    buf_free(&header);
    auth_scheme_free(scheme);
    return 0;
}
