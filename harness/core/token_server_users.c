#include "core/token_server_users.h"

#include "auth/digest.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "core/token_server_row.h"

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
    struct store *store;
    uint8_t key[AUTH_DIGEST];
    bool new_users;
    size_t records_max, records;
    struct account *accounts[BUCKETS];
    struct core_token_record *uids[BUCKETS];
};

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

/* NULL when nobody was ever given that uid. */
static struct core_token_record *find_uid(const struct core_token_users *users, uint64_t uid)
{
    struct core_token_record *record = users->uids[uid % BUCKETS];
    while (record != NULL && record->uid != uid)
        record = record->same_uid;
    return record;
}

static void add_uid(struct core_token_users *users, struct core_token_record *record)
{
    struct core_token_record **bucket = &users->uids[record->uid % BUCKETS];
    record->same_uid = *bucket;
    *bucket = record;
    users->records++;
}

/* Not linked yet.  NULL when out of memory. */
static struct account *new_account(struct slice id)
{
    struct account *account = alloc_new(struct account);
    if (account == NULL)
        return NULL;
    account->id_len = id.len;
    memcpy(account->id, id.ptr, id.len);
    return account;
}

static void link_account(struct core_token_users *users, struct account *account, uint64_t hash)
{
    account->next = users->accounts[hash % BUCKETS];
    users->accounts[hash % BUCKETS] = account;
}

static bool keep(const struct core_token_users *users, const struct core_token_record *record,
                 struct slice account)
{
    struct core_token_row row = { .record = *record, .account = account };
    if (record->node < users->nodes.count)
        row.node = core_token_node_url(&users->nodes.at[record->node]);
    return core_token_row_keep(users->store, &row) == STORE_OK;
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
        if (find_uid(users, uid) == NULL)
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

/* Whether the account, if it is one, stays where it is. */
static bool keeps_node(const struct core_token_users *users,
                       const struct core_token_record *current)
{
    return current != NULL && !current->replaced && current->node < users->nodes.count &&
           users->nodes.at[current->node].state != CORE_TOKEN_NODE_GONE;
}

static bool is_settled(const struct core_token_users *users,
                       const struct core_token_record *current,
                       const struct core_token_claim *claim)
{
    return keeps_node(users, current) && slice_eq(state_of(current), claim->state);
}

static size_t choose_node(struct core_token_users *users, const struct core_token_record *current)
{
    if (current == NULL)
        return core_token_nodes_take(&users->nodes, users->nodes.count);
    if (keeps_node(users, current))
        return current->node;
    return core_token_nodes_take(&users->nodes,
                                 current->moved ? current->node : users->nodes.count);
}

static enum core_token_err fill_record(struct core_token_users *users,
                                       const struct core_token_record *current,
                                       const struct core_token_claim *claim,
                                       struct core_token_record *record)
{
    *record = (struct core_token_record){ .uid = choose_uid(users, claim),
                                          .number = 1,
                                          .state_len = claim->state.len };
    if (record->uid == 0)
        return CORE_TOKEN_FULL;
    if (claim->state.len > 0)
        memcpy(record->state, claim->state.ptr, claim->state.len);
    if (current != NULL) {
        record->number = current->number + 1;
        record->generation = current->generation;
        record->keys_changed_at = current->keys_changed_at;
    }
    raise_numbers(record, claim);
    record->node = choose_node(users, current);
    if (record->node == users->nodes.count)
        return CORE_TOKEN_NO_NODE;
    if (keep(users, record, claim->account))
        return CORE_TOKEN_OK;
    if (!keeps_node(users, current))
        core_token_nodes_leave(&users->nodes, record->node);
    return CORE_TOKEN_FULL;
}

/* Puts the record in front of those of its account. */
static void link_record(struct core_token_users *users, struct account *account,
                        struct core_token_record *record)
{
    struct core_token_record *current = account->newest;
    if (current != NULL && !keeps_node(users, current))
        core_token_nodes_leave(&users->nodes, current->node);
    if (current != NULL)
        current->replaced = true;
    record->older = current;
    account->newest = record;
    add_uid(users, record);
}

/* A record that follows ${current}, which may be NULL; kept, but not yet linked. */
static enum core_token_err make_record(struct core_token_users *users,
                                       const struct core_token_record *current,
                                       const struct core_token_claim *claim,
                                       struct core_token_record **ret_record)
{
    if (users->records >= users->records_max)
        return CORE_TOKEN_FULL;
    struct core_token_record *record = alloc_new(struct core_token_record);
    if (record == NULL)
        return CORE_TOKEN_FULL;
    enum core_token_err err = fill_record(users, current, claim, record);
    if (err != CORE_TOKEN_OK) {
        alloc_release(record);
        return err;
    }
    *ret_record = record;
    return CORE_TOKEN_OK;
}

static enum core_token_err add_account(struct core_token_users *users,
                                       const struct core_token_claim *claim, uint64_t hash,
                                       const struct core_token_record **ret_record)
{
    struct core_token_record *record;
    if (!users->new_users)
        return CORE_TOKEN_NO_NEW_USERS;
    /* The record is kept in the store last: what was kept has come true. */
    struct account *account = new_account(claim->account);
    if (account == NULL)
        return CORE_TOKEN_FULL;
    enum core_token_err err = make_record(users, NULL, claim, &record);
    if (err != CORE_TOKEN_OK) {
        alloc_release(account);
        return err;
    }
    link_account(users, account, hash);
    link_record(users, account, record);
    *ret_record = record;
    return CORE_TOKEN_OK;
}

static enum core_token_err raise(struct core_token_users *users, struct core_token_record *current,
                                 const struct core_token_claim *claim)
{
    struct core_token_record raised = *current;
    raise_numbers(&raised, claim);
    bool same = raised.generation == current->generation &&
                raised.keys_changed_at == current->keys_changed_at;
    if (!same && !keep(users, &raised, claim->account))
        return CORE_TOKEN_FULL;
    *current = raised;
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
    struct core_token_record *record = account->newest;
    TRY(check(record, claim));
    if (is_settled(users, record, claim)) {
        TRY(raise(users, record, claim));
    } else {
        TRY(make_record(users, record, claim, &record));
        link_record(users, account, record);
    }
    *ret_record = account->newest;
    return CORE_TOKEN_OK;
}

static struct account *known_account(const struct core_token_users *users, struct slice id)
{
    uint64_t hash;
    bool hashed = id.len <= CORE_TOKEN_ACCOUNT && digest(users, id, (struct slice){ 0 }, 0, &hash);
    return hashed ? find_account(users, id, hash) : NULL;
}

enum core_token_move core_token_users_move(struct core_token_users *users, struct slice id)
{
    struct account *account = known_account(users, id);
    if (account == NULL)
        return CORE_TOKEN_UNKNOWN;
    struct core_token_record moved = *account->newest;
    moved.replaced = moved.moved = true;
    if (!keep(users, &moved, id))
        return CORE_TOKEN_NOT_KEPT;
    *account->newest = moved;
    return CORE_TOKEN_MOVED;
}

bool core_token_users_moved(const struct core_token_users *users, uint64_t uid)
{
    const struct core_token_record *record = find_uid(users, uid);
    return record != NULL && record->moved;
}

uint64_t core_token_users_uid(const struct core_token_users *users, struct slice id)
{
    const struct account *account = known_account(users, id);
    return account == NULL ? 0 : account->newest->uid;
}

enum core_token_move core_token_users_set_node(struct core_token_users *users, struct slice url,
                                               enum core_token_node_state state)
{
    size_t index = core_token_nodes_find(&users->nodes, url);
    if (index == users->nodes.count)
        return CORE_TOKEN_UNKNOWN;
    const struct store_kept row = { CORE_TOKEN_KIND_NODE, url, core_token_node_state_text(state) };
    if (store_keep(users->store, &row) != STORE_OK)
        return CORE_TOKEN_NOT_KEPT;
    users->nodes.at[index].state = state;
    return CORE_TOKEN_MOVED;
}

/* Reading what the store keeps. */
struct reading {
    struct core_token_users *users;
    bool failed;
};

static bool read_node(void *context, const struct store_kept *row)
{
    struct reading *reading = context;
    struct core_token_nodes *nodes = &reading->users->nodes;
    size_t index = core_token_nodes_find(nodes, row->key);
    enum core_token_node_state state;
    if (!core_token_node_state_read(row->value, &state))
        reading->failed = true;
    else if (index < nodes->count)
        nodes->at[index].state = state;
    return !reading->failed;
}

/* Rows come by uid: each record goes to its place among those of its account. */
static bool add_row(struct core_token_users *users, const struct core_token_row *row)
{
    uint64_t hash;
    if (!digest(users, row->account, (struct slice){ 0 }, 0, &hash))
        return false;
    struct account *account = find_account(users, row->account, hash);
    struct core_token_record *record = alloc_new(struct core_token_record);
    if (account == NULL && record != NULL) {
        account = new_account(row->account);
        if (account != NULL)
            link_account(users, account, hash);
    }
    if (account == NULL || record == NULL) {
        alloc_release(record);
        return false;
    }
    *record = row->record;
    record->node = core_token_nodes_find(&users->nodes, row->node);
    struct core_token_record **place = &account->newest;
    while (*place != NULL && (*place)->number > record->number)
        place = &(*place)->older;
    record->older = *place;
    *place = record;
    add_uid(users, record);
    return true;
}

static bool read_record(void *context, const struct store_kept *kept)
{
    struct reading *reading = context;
    struct core_token_row row;
    reading->failed = !core_token_row_read(kept, &row) || !add_row(reading->users, &row);
    return !reading->failed;
}

/* Each node bears the accounts whose newest record names it. */
static void count_loads(struct core_token_users *users)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct account *account = users->accounts[i]; account != NULL;
             account = account->next) {
            if (account->newest->node < users->nodes.count)
                users->nodes.at[account->newest->node].load++;
        }
    }
}

static bool read_all(struct core_token_users *users)
{
    struct reading reading = { .users = users };
    if (store_kept(users->store, CORE_TOKEN_KIND_NODE, read_node, &reading) != STORE_OK ||
        reading.failed ||
        store_kept(users->store, CORE_TOKEN_KIND_RECORD, read_record, &reading) != STORE_OK ||
        reading.failed)
        return false;
    count_loads(users);
    return true;
}

struct core_token_users *core_token_users_new(const struct core_token_users_config *config)
{
    struct core_token_users *users = alloc_new(struct core_token_users);
    if (users == NULL)
        return NULL;
    users->nodes = config->nodes;
    users->store = config->store;
    users->new_users = config->new_users;
    users->records_max = config->records > 0 ? config->records : CORE_TOKEN_RECORDS;
    if (!auth_hkdf(config->secret, (struct slice){ 0 }, SLICE(UID_INFO), users->key,
                   sizeof(users->key)) ||
        !read_all(users)) {
        core_token_users_free(users);
        return NULL;
    }
    return users;
}
