/* A Hawk or Basic header that reads is read the same written again; a token payload that reads is
 * read the same minted again. */
#include "auth/basic.h"
#include "auth/hawk.h"
#include "auth/token.h"

#include "fuzz/check.h"

enum { ROOM = 64 * 1024 };

static const struct auth_secrets secrets = { .at = { SLICE_INIT("secret") }, .count = 1 };

static void check_hawk(struct slice header)
{
    struct auth_hawk first;
    struct auth_hawk again;
    struct buf out = buf_bounded(ROOM);
    if (!auth_hawk_parse(header, &first))
        return;
    const struct auth_hawk_input input = {
        .ts = first.ts, .nonce = first.nonce, .hash = first.hash, .ext = first.ext
    };
    FUZZ_CHECK(auth_hawk_sign(first.id, SLICE("key"), &input, &out));
    FUZZ_CHECK(auth_hawk_parse(buf_slice(&out), &again));
    FUZZ_CHECK(slice_eq(first.id, again.id) && slice_eq(first.ts, again.ts));
    FUZZ_CHECK(slice_eq(first.nonce, again.nonce) && slice_eq(first.hash, again.hash));
    FUZZ_CHECK(slice_eq(first.ext, again.ext));
    buf_free(&out);
}

static void check_basic(struct slice header)
{
    struct slice user, password, same_user, same_password;
    struct buf scratch = buf_bounded(ROOM);
    struct buf again = buf_bounded(ROOM);
    struct buf out = buf_bounded(ROOM);
    if (auth_basic_parse(header, &scratch, &user, &password)) {
        FUZZ_CHECK(auth_basic_sign(user, password, &out));
        FUZZ_CHECK(auth_basic_parse(buf_slice(&out), &again, &same_user, &same_password));
        FUZZ_CHECK(slice_eq(user, same_user) && slice_eq(password, same_password));
    }
    buf_free(&scratch);
    buf_free(&again);
    buf_free(&out);
}

static bool same_texts(const struct auth_token *a, const struct auth_token *b)
{
    return slice_eq(a->node, b->node) && slice_eq(a->salt, b->salt) &&
           slice_eq(a->fxa_uid, b->fxa_uid) && slice_eq(a->fxa_kid, b->fxa_kid) &&
           slice_eq(a->hashed_fxa_uid, b->hashed_fxa_uid) &&
           slice_eq(a->hashed_device_id, b->hashed_device_id);
}

static void check_payload(struct slice payload)
{
    struct auth_token_opened first;
    struct auth_token_opened again;
    struct buf text = buf_bounded(ROOM);
    struct buf minted = buf_bounded(ROOM);
    struct buf scratch = buf_bounded(ROOM);
    struct buf more = buf_bounded(ROOM);
    FUZZ_CHECK(auth_token_mint_payload(secrets.at[0], payload, &text));
    enum auth_token_err err = auth_token_open(&secrets, buf_slice(&text), 0, &scratch, &first);
    FUZZ_CHECK(err != AUTH_TOKEN_FORGED || payload.len == 0);
    if ((err == AUTH_TOKEN_OK || err == AUTH_TOKEN_EXPIRED) &&
        auth_token_mint(secrets.at[0], &first.token, &minted) && minted.len <= LIMIT_TOKEN) {
        FUZZ_CHECK(auth_token_open(&secrets, buf_slice(&minted), 0, &more, &again) == err);
        FUZZ_CHECK(first.token.uid == again.token.uid);
        FUZZ_CHECK(first.token.expires == again.token.expires);
        FUZZ_CHECK(same_texts(&first.token, &again.token));
    }
    buf_free(&text);
    buf_free(&minted);
    buf_free(&scratch);
    buf_free(&more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    struct slice text = slice_of(data, size < 3000 ? size : 3000);
    check_hawk(text);
    check_basic(text);
    check_payload(text);
    FUZZ_CHECK(auth_token_open(&secrets, text, 0, &scratch, &opened) != AUTH_TOKEN_NOMEM);
    buf_free(&scratch);
    return 0;
}
