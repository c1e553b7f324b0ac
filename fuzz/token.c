/* A token's payload that opens is opened as the same one minted again, with the secret that signed
 * it among others, and never with another one; text that nobody signed never opens. */
#include "auth/token.h"

#include "fuzz/check.h"

enum { ROOM = 64 * 1024, NOW = 100 };

static const struct auth_secrets rotated = { .at = { SLICE_INIT("new"), SLICE_INIT("secret") },
                                             .count = 2 };
static const struct auth_secrets others = { .at = { SLICE_INIT("new") }, .count = 1 };

static bool same_texts(const struct auth_token *a, const struct auth_token *b)
{
    return slice_eq(a->node, b->node) && slice_eq(a->salt, b->salt) &&
           slice_eq(a->fxa_uid, b->fxa_uid) && slice_eq(a->fxa_kid, b->fxa_kid) &&
           slice_eq(a->hashed_fxa_uid, b->hashed_fxa_uid) &&
           slice_eq(a->hashed_device_id, b->hashed_device_id);
}

/* What was opened, with ${err}, says the same when it is minted anew. */
static void check_minted(const struct auth_token_opened *first, enum auth_token_err err)
{
    struct auth_token_opened again;
    struct buf text = buf_bounded(ROOM), scratch = buf_bounded(ROOM);
    if (auth_token_mint(rotated.at[0], &first->token, &text) && text.len <= LIMIT_TOKEN) {
        FUZZ_CHECK(auth_token_open(&rotated, buf_slice(&text), NOW, &scratch, &again) == err);
        FUZZ_CHECK(first->token.uid == again.token.uid);
        FUZZ_CHECK(first->token.expires == again.token.expires);
        FUZZ_CHECK(same_texts(&first->token, &again.token));
    }
    buf_free(&text);
    buf_free(&scratch);
}

static void check_payload(struct slice payload)
{
    struct auth_token_opened opened;
    struct buf text = buf_bounded(ROOM), scratch = buf_bounded(ROOM);
    FUZZ_CHECK(auth_token_mint_payload(rotated.at[1], payload, &text));
    enum auth_token_err err = auth_token_open(&rotated, buf_slice(&text), NOW, &scratch, &opened);
    FUZZ_CHECK(err != AUTH_TOKEN_NOMEM && (err != AUTH_TOKEN_FORGED || payload.len == 0));
    if (err == AUTH_TOKEN_OK || err == AUTH_TOKEN_EXPIRED) {
        FUZZ_CHECK((err == AUTH_TOKEN_OK) == (opened.token.expires > NOW));
        check_minted(&opened, err);
        FUZZ_CHECK(auth_token_open(&others, buf_slice(&text), NOW, &scratch, &opened) ==
                   AUTH_TOKEN_FORGED);
    }
    buf_free(&text);
    buf_free(&scratch);
}

/* A file of secrets: lines that are neither empty nor comments, as many as there may be. */
static void check_secrets(struct slice text)
{
    struct auth_secrets secrets;
    if (auth_secrets_read(text, &secrets) != NULL)
        return;
    FUZZ_CHECK(secrets.count > 0 && secrets.count <= LIMIT_SECRETS);
    for (size_t i = 0; i < secrets.count; i++) {
        struct slice secret = secrets.at[i];
        FUZZ_CHECK(secret.len > 0 && secret.ptr[0] != '#');
        FUZZ_CHECK(slice_eq(slice_trim(secret), secret));
        FUZZ_CHECK(slice_find(secret, '\n') == secret.len);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct auth_token_opened opened;
    struct buf scratch = buf_bounded(ROOM);
    struct slice text = slice_of(data, size < 5000 ? size : 5000);
    check_payload(text);
    check_secrets(text);
    enum auth_token_err err = auth_token_open(&rotated, text, NOW, &scratch, &opened);
    FUZZ_CHECK(err == AUTH_TOKEN_MALFORMED || err == AUTH_TOKEN_FORGED);
    buf_free(&scratch);
    return 0;
}
