#include "core/token_server_users.h"

#include "auth/digest.h"
#include "base/alloc.h"
#include "base/buf.h"

enum { BUCKETS = 4096, UID_TRIES = 1000 };

/* Ten decimal digits: what storage servers take in a path. */
#define UID_MAX  UINT64_C(9999999999)
#define UID_INFO "syncspec/token-server/uid"

struct account {
    struct account *next; /* of the bucket */
    struct core_token_record *newest;
    char id[CORE_TOKEN_ACCOUNT];
    size_t id_len;
};

struct core_token_users {
    struct core_token_nodes nodes;
    uint8_t key[AUTH_DIGEST];
    bool new_users;
    size_t records_max, records;
    struct account *accounts[BUCKETS];
    struct core_token_record *uids[BUCKETS];
};

struct core_token_users *core_token_users_new(const struct core_token_users_config *config)
{
    struct core_token_users *users = alloc_new(struct core_token_users);
    if (users == NULL)
        return NULL;
    users->nodes = config->nodes;
    users->new_users = config->new_users;
    users->records_max = config->records > 0 ? config->records : CORE_TOKEN_RECORDS;
    if (!auth_hkdf(config->secret, (struct slice){ 0 }, SLICE(UID_INFO), users->key,
                   sizeof(users->key))) {
        core_token_users_free(users);
        return NULL;
    }
    return users;
}

static void free_records(struct core_token_record *record)
{
    while (record != NULL) {
        struct core_token_record *older = record->older;
        alloc_release(record);
        record = older;
    }
}

static void free_account(struct account *account)
{
    free_records(account->newest);
    alloc_release(account);
}

void core_token_users_free(struct core_token_users *users)
{
    if (users == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (users->accounts[i] != NULL) {
            struct account *account = users->accounts[i];
            users->accounts[i] = account->next;
            free_account(account);
        }
    }
    auth_wipe(users->key, sizeof(users->key));
    alloc_release(users);
}

struct core_token_nodes *core_token_users_nodes(struct core_token_users *users)
{
    return &users->nodes;
}

/* A number that depends on the key and the parts, NULs between them. */
static bool digest(const struct core_token_users *users, struct slice account, struct slice state,
                   unsigned attempt, uint64_t *ret)
{
    enum { ROOM = CORE_TOKEN_ACCOUNT + CORE_TOKEN_STATE + 32 };
    uint8_t bytes[ROOM];
    uint8_t mac[AUTH_DIGEST];
    struct buf text = { .ptr = bytes, .cap = ROOM, .ceiling = ROOM };
    buf_add(&text, account);
    buf_add_byte(&text, 0);
    buf_add(&text, state);
    buf_add_byte(&text, 0);
    buf_add_u64(&text, attempt);
    if (text.failed || !auth_hmac(slice_of(users->key, sizeof(users->key)), buf_slice(&text), mac))
        return false;
    memcpy(ret, mac, sizeof(*ret));
    return true;
}

static struct slice state_of(const struct core_token_record *record)
{
    return slice_of(record->state, record->state_len);
}

static struct account *find_account(const struct core_token_users *users, struct slice id,
                                    uint64_t hash)
{
    struct account *account = users->accounts[hash % BUCKETS];
    while (account != NULL && !slice_eq(slice_of(account->id, account->id_len), id))
        account = account->next;
    return account;
}

static bool uid_taken(const struct core_token_users *users, uint64_t uid)
{
    const struct core_token_record *record = users->uids[uid % BUCKETS];
    while (record != NULL && record->uid != uid)
        record = record->same_uid;
    return record != NULL;
}

/* One that nobody has; 0 when there is no memory, or after many tries. */
static uint64_t choose_uid(const struct core_token_users *users,
                           const struct core_token_claim *claim)
{
    for (unsigned attempt = 0; attempt < UID_TRIES; attempt++) {
        uint64_t number;
        if (!digest(users, claim->account, claim->state, attempt, &number))
            return 0;
        uint64_t uid = number % UID_MAX + 1;
        if (!uid_taken(users, uid))
            return uid;
    }
    return 0;
}

/* Whether a client state that is not the current one may become it. */
static enum core_token_err check_new_state(const struct core_token_record *current,
                                           const struct core_token_claim *claim)
{
    if (claim->generation > 0 && claim->generation <= current->generation)
        return CORE_TOKEN_STATE_GENERATION;
    if (current->keys_changed_at > 0 && claim->keys_changed_at <= current->keys_changed_at)
        return CORE_TOKEN_STATE_KEYS;
    return CORE_TOKEN_OK;
}

/* May the claim follow what is known? */
static enum core_token_err check(const struct core_token_record *current,
                                 const struct core_token_claim *claim)
{
    bool new_state = !slice_eq(state_of(current), claim->state);
    if (new_state && claim->state.len == 0)
        return CORE_TOKEN_STATE_EMPTY;
    const struct core_token_record *old = new_state ? current->older : NULL;
    for (; old != NULL; old = old->older) {
        if (slice_eq(state_of(old), claim->state))
            return CORE_TOKEN_STATE_STALE;
    }
    if (claim->generation > 0 && claim->generation < current->generation)
        return CORE_TOKEN_GENERATION;
    if (new_state)
        TRY(check_new_state(current, claim));
    if (claim->keys_changed_at == 0)
        return current->keys_changed_at > 0 ? CORE_TOKEN_KEYS_MISSING : CORE_TOKEN_OK;
    if (claim->keys_changed_at < current->keys_changed_at)
        return CORE_TOKEN_KEYS_LOWER;
    bool raised = claim->keys_changed_at > current->keys_changed_at;
    if (raised && claim->generation > 0 && claim->keys_changed_at > claim->generation)
        return CORE_TOKEN_KEYS_NEWER;
    return CORE_TOKEN_OK;
}

/* Without a generation, raised keys tell that there is a newer one. */
static void raise_numbers(struct core_token_record *record, const struct core_token_claim *claim)
{
    uint64_t generation = claim->generation > 0 ? claim->generation : claim->keys_changed_at;
    if (generation > record->generation)
        record->generation = generation;
    if (claim->keys_changed_at > record->keys_changed_at)
        record->keys_changed_at = claim->keys_changed_at;
}

static bool is_settled(const struct core_token_users *users,
                       const struct core_token_record *current,
                       const struct core_token_claim *claim)
{
    return !current->replaced && users->nodes.at[current->node].state != CORE_TOKEN_NODE_GONE &&
           slice_eq(state_of(current), claim->state);
}

static bool keeps_node(const struct core_token_users *users,
                       const struct core_token_record *current)
{
    return current != NULL && !current->replaced &&
           users->nodes.at[current->node].state != CORE_TOKEN_NODE_GONE;
}

/* A record that follows ${current}, which may be NULL. */
static enum core_token_err make_record(struct core_token_users *users,
                                       struct core_token_record *current,
                                       const struct core_token_claim *claim,
                                       struct core_token_record **ret_record)
{
    if (users->records >= users->records_max)
        return CORE_TOKEN_FULL;
    struct core_token_record *record = alloc_new(struct core_token_record);
    uint64_t uid = choose_uid(users, claim);
    if (record == NULL || uid == 0) {
        alloc_release(record);
        return CORE_TOKEN_FULL;
    }
    bool keeps = keeps_node(users, current);
    record->node = keeps ? current->node : core_token_nodes_take(&users->nodes);
    if (record->node == users->nodes.count) {
        alloc_release(record);
        return CORE_TOKEN_NO_NODE;
    }
    record->uid = uid;
    record->state_len = claim->state.len;
    if (claim->state.len > 0)
        memcpy(record->state, claim->state.ptr, claim->state.len);
    if (current != NULL) {
        record->generation = current->generation;
        record->keys_changed_at = current->keys_changed_at;
        if (!keeps)
            core_token_nodes_leave(&users->nodes, current->node);
        current->replaced = true;
        record->older = current;
    }
    raise_numbers(record, claim);
    record->same_uid = users->uids[uid % BUCKETS];
    users->uids[uid % BUCKETS] = record;
    users->records++;
    *ret_record = record;
    return CORE_TOKEN_OK;
}

static enum core_token_err add_account(struct core_token_users *users,
                                       const struct core_token_claim *claim, uint64_t hash,
                                       const struct core_token_record **ret_record)
{
    if (!users->new_users)
        return CORE_TOKEN_NO_NEW_USERS;
    struct account *account = alloc_new(struct account);
    if (account == NULL)
        return CORE_TOKEN_FULL;
    enum core_token_err err = make_record(users, NULL, claim, &account->newest);
    if (err != CORE_TOKEN_OK) {
        alloc_release(account);
        return err;
    }
    account->id_len = claim->account.len;
    memcpy(account->id, claim->account.ptr, claim->account.len);
    account->next = users->accounts[hash % BUCKETS];
    users->accounts[hash % BUCKETS] = account;
    *ret_record = account->newest;
    return CORE_TOKEN_OK;
}

enum core_token_err core_token_users_admit(struct core_token_users *users,
                                           const struct core_token_claim *claim,
                                           const struct core_token_record **ret_record)
{
    uint64_t hash;
    if (claim->account.len == 0 || claim->account.len > CORE_TOKEN_ACCOUNT ||
        claim->state.len > CORE_TOKEN_STATE ||
        !digest(users, claim->account, (struct slice){ 0 }, 0, &hash))
        return CORE_TOKEN_FULL;
    struct account *account = find_account(users, claim->account, hash);
    if (account == NULL)
        return add_account(users, claim, hash, ret_record);
    struct core_token_record *current = account->newest;
    TRY(check(current, claim));
    if (is_settled(users, current, claim))
        raise_numbers(current, claim);
    else
        TRY(make_record(users, current, claim, &account->newest));
    *ret_record = account->newest;
    return CORE_TOKEN_OK;
}

bool core_token_users_replace(struct core_token_users *users, struct slice id)
{
    uint64_t hash;
    if (!digest(users, id, (struct slice){ 0 }, 0, &hash))
        return false;
    struct account *account = find_account(users, id, hash);
    if (account == NULL)
        return false;
    account->newest->replaced = true;
    return true;
}
