#include "runner/forge.h"

#include "base/base64.h"
#include "base/stamp.h"
#include "record/scan.h"
#include "runner/values.h"

enum { SIGNATURE = 32, FORGE_TEXTS = 4096, UNKNOWN_SECRET = 64 };

static const char nomem[] = "out of memory";

/* What a damage works on: tokens of the same user, minted with the same secret. */
struct damage_input {
    struct slice secret;
    struct auth_token token;
};

struct runner_credentials runner_credentials_empty(void)
{
    /* Room for a token that is far too long, too. */
    return (struct runner_credentials){
        .token = buf_bounded(16 * (size_t)LIMIT_TOKEN),
        .key = buf_bounded(LIMIT_TOKEN),
    };
}

void runner_credentials_free(struct runner_credentials *credentials)
{
    buf_free(&credentials->token);
    buf_free(&credentials->key);
}

/* Decodes ${token}, lets ${change} alter the bytes, and encodes them again in its place. */
static bool change_bytes(struct buf *token, void (*change)(struct buf *bytes))
{
    struct buf bytes = buf_bounded(LIMIT_TOKEN);
    bool done = base64_decode(buf_slice(token), BASE64_URL, &bytes) && bytes.len > SIGNATURE;
    if (done) {
        change(&bytes);
        buf_clear(token);
        done = base64_encode(buf_slice(&bytes), BASE64_URL, token);
    }
    buf_free(&bytes);
    return done;
}

static void flip_signature(struct buf *bytes)
{
    bytes->ptr[bytes->len - 1] ^= 1;
}

static void drop_end(struct buf *bytes)
{
    buf_truncate(bytes, bytes->len - SIGNATURE / 2);
}

static void add_end(struct buf *bytes)
{
    (void)buf_add_byte(bytes, 'x');
}

static bool damage_signature(const struct damage_input *input, struct buf *token)
{
    (void)input;
    return change_bytes(token, flip_signature);
}

static bool damage_truncate(const struct damage_input *input, struct buf *token)
{
    (void)input;
    return change_bytes(token, drop_end);
}

static bool damage_extra(const struct damage_input *input, struct buf *token)
{
    (void)input;
    return change_bytes(token, add_end);
}

/* The payload of a token that lives a minute longer, with the signature of the right one: all that
 * a server reads is fine, but for the signature. */
static bool damage_payload(const struct damage_input *input, struct buf *token)
{
    struct auth_token longer = input->token;
    longer.expires += (int64_t)60 * STAMP_SECOND;
    struct buf other = buf_bounded(LIMIT_TOKEN);
    struct buf right_bytes = buf_bounded(LIMIT_TOKEN);
    struct buf other_bytes = buf_bounded(LIMIT_TOKEN);
    bool done = auth_token_mint(input->secret, &longer, &other) &&
                base64_decode(buf_slice(token), BASE64_URL, &right_bytes) &&
                base64_decode(buf_slice(&other), BASE64_URL, &other_bytes) &&
                right_bytes.len > SIGNATURE && other_bytes.len > SIGNATURE;
    if (done) {
        buf_truncate(&other_bytes, other_bytes.len - SIGNATURE);
        buf_clear(token);
        done = buf_add(&other_bytes,
                       slice_from(buf_slice(&right_bytes), right_bytes.len - SIGNATURE)) &&
               base64_encode(buf_slice(&other_bytes), BASE64_URL, token);
    }
    buf_free(&other);
    buf_free(&right_bytes);
    buf_free(&other_bytes);
    return done;
}

/* Without the '=' at the end.  A salt that is longer or shorter makes a token that has some. */
static bool damage_padding(const struct damage_input *input, struct buf *token)
{
    struct auth_token padded = input->token;
    while (padded.salt.len > 1 && !slice_ends(buf_slice(token), SLICE("="))) {
        padded.salt.len--;
        buf_clear(token);
        if (!auth_token_mint(input->secret, &padded, token))
            return false;
    }
    size_t len = token->len;
    while (len > 0 && token->ptr[len - 1] == '=')
        len--;
    bool shorter = len < token->len;
    buf_truncate(token, len);
    return shorter;
}

static const struct {
    const char *name;
    bool (*damage)(const struct damage_input *input, struct buf *token);
} damages[] = {
    { "payload", damage_payload },   { "signature", damage_signature },
    { "truncate", damage_truncate }, { "padding", damage_padding },
    { "extra", damage_extra },
};

static bool damage(const char *how, const struct damage_input *input, struct buf *token)
{
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        if (strcmp(damages[i].name, how) == 0)
            return damages[i].damage(input, token);
    }
    return false;
}

/* The salt that a token carries as it stands, which the key is derived with; input->salt when the
 * token cannot be read. */
static bool read_salt(struct slice token, struct slice otherwise, struct buf *salt)
{
    struct buf bytes = buf_bounded(16 * (size_t)LIMIT_TOKEN);
    struct slice raw = { 0 };
    size_t offset = 0;
    bool found = false;
    if (base64_decode(token, BASE64_URL, &bytes) && bytes.len > SIGNATURE) {
        struct slice payload = slice_head(buf_slice(&bytes), bytes.len - SIGNATURE);
        found = record_scan_pointer(payload, SLICE("/salt"), &raw, &offset) == RECORD_SCAN_STRING &&
                raw.len >= 2 && record_scan_unescape(slice_of(raw.ptr + 1, raw.len - 2), salt);
    }
    buf_free(&bytes);
    return found || buf_add(salt, otherwise);
}

/* The secret that the recipe names; a secret that the server does not have is put into ${made}. */
static const char *choose_secret(const struct runner_world *world, const json_t *recipe,
                                 struct rng *rng, struct buf *made, struct slice *ret_secret)
{
    const struct auth_secrets *secrets = &world->target->secrets;
    const char *which = json_string_value(json_object_get(recipe, "secret"));
    *ret_secret = secrets->at[0];
    if (which == NULL)
        return NULL;
    if (strcmp(which, "rotated") == 0) {
        if (secrets->count < 2)
            return "only one secret of the server is known";
        *ret_secret = secrets->at[1];
        return NULL;
    }
    (void)buf_add_format(made, "syncspec-no-such-secret-%016llx", (unsigned long long)rng_u64(rng));
    *ret_secret = buf_slice(made);
    return made->failed ? nomem : NULL;
}

/* The right token of the sender, altered in what it says. */
static const char *describe(const struct runner_world *world, const struct runner_account *accounts,
                            const json_t *recipe, struct auth_token *token)
{
    const json_t *expires_in = json_object_get(recipe, "expires_in");
    int64_t seconds = 0;
    if (expires_in != NULL) {
        if (!runner_value_integer(expires_in, &seconds) || llabs(seconds) > INT32_MAX)
            return "expires_in is a number of seconds";
        int64_t now = runner_world_now(world) / STAMP_SECOND * STAMP_SECOND;
        token->expires = now + seconds * STAMP_SECOND;
    }
    const json_t *uid = json_object_get(recipe, "uid");
    if (uid != NULL) {
        enum runner_user user = runner_user_of(json_is_string(uid) ? json_string_value(uid) : "");
        if (user == RUNNER_USERS)
            return "uid is \"me\", \"other\" or \"third\"";
        token->uid = accounts[user].uid;
    }
    struct slice text;
    if (runner_value_text(json_object_get(recipe, "node"), &text))
        token->node = text;
    if (runner_value_text(json_object_get(recipe, "salt"), &text))
        token->salt = text;
    return NULL;
}

static const char *mint(const json_t *recipe, const struct damage_input *input,
                        struct runner_credentials *ret)
{
    struct slice payload;
    bool minted = runner_value_text(json_object_get(recipe, "payload"), &payload)
                      ? auth_token_mint_payload(input->secret, payload, &ret->token)
                      : auth_token_mint(input->secret, &input->token, &ret->token);
    if (!minted)
        return "the token cannot be minted: too long, or out of memory";
    const char *how = json_string_value(json_object_get(recipe, "damage"));
    if (how != NULL && !damage(how, input, &ret->token))
        return "the token cannot be damaged like this";
    struct buf salt = buf_bounded(LIMIT_TOKEN);
    char key[AUTH_KEY_TEXT];
    bool derived = read_salt(buf_slice(&ret->token), input->token.salt, &salt) &&
                   auth_token_key(input->secret, buf_slice(&ret->token), buf_slice(&salt), key) &&
                   buf_add_text(&ret->key, key);
    buf_free(&salt);
    return derived ? NULL : nomem;
}

const char *runner_forge_token(const struct runner_signer *signer, const json_t *recipe,
                               struct runner_credentials *ret)
{
    const struct runner_world *world = signer->world;
    const struct runner_account *account = &signer->accounts[signer->sender];
    if (recipe == NULL) {
        return buf_add(&ret->token, buf_slice(&account->token)) &&
                       buf_add(&ret->key, buf_slice(&account->key))
                   ? NULL
                   : nomem;
    }
    if (world->target->auth != RUNNER_AUTH_SECRET)
        return "tokens cannot be minted with one account";
    struct buf texts = buf_bounded(FORGE_TEXTS);
    struct buf made = buf_bounded(UNKNOWN_SECRET);
    struct damage_input input = {
        .token = runner_account_token(world, account->uid, signer->rng, &texts),
    };
    const char *wrong = texts.failed ? nomem : NULL;
    if (wrong == NULL)
        wrong = choose_secret(world, recipe, signer->rng, &made, &input.secret);
    if (wrong == NULL)
        wrong = describe(world, signer->accounts, recipe, &input.token);
    if (wrong == NULL)
        wrong = mint(recipe, &input, ret);
    buf_free(&texts);
    buf_free(&made);
    return wrong;
}
