#include "runner/account.h"

#include "auth/unpadded.h"
#include "base/stamp.h"

#include <stdio.h>

enum {
    TOKEN_LIFE = 3600 * STAMP_SECOND,
    TOKEN_RENEW = 600 * STAMP_SECOND, /* a token that has less than this left is not used again */
    ACCOUNT_TEXTS = 4096,
};

enum runner_user runner_user_of(const char *name)
{
    static const char *const names[RUNNER_USERS] = { "me", "other", "third" };
    int user = 0;
    while (user < RUNNER_USERS && strcmp(names[user], name) != 0)
        user++;
    return (enum runner_user)user;
}

void runner_account_init(struct runner_account *account, const struct runner_world *world,
                         size_t index, enum runner_user user)
{
    bool one = runner_target_has_one(world->target);
    *account = (struct runner_account){
        .uid = one ? world->target->uid : world->uid_base + 3 * index + (uint64_t)user,
        .token = buf_bounded(LIMIT_TOKEN),
        .key = buf_bounded(LIMIT_TOKEN),
    };
}

/* Texts do not move: ${texts} has its room from the start. */
static struct slice add_text(struct buf *texts, const char *format, uint64_t value)
{
    size_t from = texts->len;
    (void)buf_add_format(texts, format, (unsigned long long)value);
    return texts->failed ? (struct slice){ 0 } : slice_from(buf_slice(texts), from);
}

struct auth_token runner_account_token(const struct runner_world *world, uint64_t uid,
                                       struct rng *rng, struct buf *texts)
{
    (void)buf_reserve(texts, ACCOUNT_TEXTS);
    return (struct auth_token){
        .uid = uid,
        .node = slice_text(world->node),
        .expires = (runner_world_now(world) + TOKEN_LIFE) / STAMP_SECOND * STAMP_SECOND,
        .salt = add_text(texts, "%06llx", rng_u64(rng) & 0xFFFFFF),
        .fxa_uid = add_text(texts, "%032llx", uid),
        .fxa_kid = add_text(texts, "%013llu-c3luY3NwZWM", 1),
        .hashed_fxa_uid = add_text(texts, "f%031llx", uid),
        .hashed_device_id = add_text(texts, "d%031llx", uid),
    };
}

static bool add_name(const struct runner_account *account, const struct runner_target *target,
                     struct buf *out)
{
    if (target->auth == RUNNER_AUTH_BASIC)
        return buf_add(out, target->user);
    return buf_add_format(out, RUNNER_NAME "%llu", (unsigned long long)account->uid);
}

void runner_account_id(const struct runner_account *account, char ret_text[RUNNER_ACCOUNT_ID])
{
    (void)snprintf(ret_text, RUNNER_ACCOUNT_ID, "5ec%029llx", (unsigned long long)account->uid);
}

bool runner_account_wants_bearer(const struct runner_account *account,
                                 const struct runner_world *world)
{
    return account->token.len == 0 || runner_world_now(world) >= account->expires - TOKEN_RENEW;
}

bool runner_account_take_bearer(struct runner_account *account, const struct runner_world *world,
                                struct slice bearer)
{
    account->expires = runner_world_now(world) + TOKEN_LIFE;
    buf_clear(&account->token);
    return buf_add(&account->token, bearer);
}

/* X-KeyID: when the keys changed, and a client state that is the account's own. */
static bool refresh_key_id(struct runner_account *account, const struct runner_target *target)
{
    uint8_t state[16];
    uint64_t rest = account->uid;
    if (account->key.len > 0)
        return true;
    if (target->auth == RUNNER_AUTH_BEARER)
        return buf_add(&account->key, target->key_id) && buf_add(&account->token, target->bearer);
    for (size_t i = 0; i < sizeof(state); i++) {
        state[i] = (uint8_t)(rest & 0xFF);
        rest = rest >> 8 | (rest & 0xFF) << 56;
    }
    return buf_add_text(&account->key, "1-") &&
           auth_unpadded_encode(slice_of(state, sizeof(state)), &account->key);
}

bool runner_account_refresh(struct runner_account *account, const struct runner_world *world,
                            struct rng *rng)
{
    const struct runner_target *target = world->target;
    if (runner_target_grants(target))
        return refresh_key_id(account, target);
    if (account->expires > 0 && runner_world_now(world) < account->expires - TOKEN_RENEW)
        return true;
    buf_clear(&account->token);
    buf_clear(&account->key);
    if (target->auth == RUNNER_AUTH_HAWK) {
        account->expires = INT64_MAX;
        return buf_add(&account->token, target->hawk_id) &&
               buf_add(&account->key, target->hawk_key);
    }
    if (runner_target_has_names(target)) {
        account->expires = INT64_MAX;
        return add_name(account, target, &account->token) &&
               buf_add(&account->key, target->password);
    }
    struct buf texts = buf_bounded(ACCOUNT_TEXTS);
    struct auth_token token = runner_account_token(world, account->uid, rng, &texts);
    char key[AUTH_KEY_TEXT];
    bool made = !texts.failed && auth_token_mint(target->secrets.at[0], &token, &account->token) &&
                auth_token_key(target->secrets.at[0], buf_slice(&account->token), token.salt, key);
    buf_free(&texts);
    account->expires = made ? token.expires : 0;
    return made && buf_add_text(&account->key, key);
}

bool runner_account_endpoint(const struct runner_account *account, const struct runner_world *world,
                             struct buf *out)
{
    (void)buf_add_format(out, "%s/%s/", world->prefix, world->options->api);
    return runner_target_has_names(world->target) ? add_name(account, world->target, out)
                                                  : buf_add_u64(out, account->uid);
}

void runner_account_free(struct runner_account *account)
{
    buf_free(&account->token);
    buf_free(&account->key);
}
