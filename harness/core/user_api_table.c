#include "core/user_api_table.h"

#include "base/alloc.h"
#include "core/user_api_row.h"

enum { BUCKETS = 1024, UID_BITS = 53, UID_TRIES = 8 };

struct core_users {
    struct core_users_config config;
    size_t count;
    uint64_t seed;
    struct auth_password nobodys; /* is checked for names that nobody has */
    uint8_t key[AUTH_DIGEST];     /* of what is known of right passwords */
    struct core_user *buckets[BUCKETS];
};

static void free_user(struct core_user *user)
{
    auth_wipe(&user->password, sizeof(user->password));
    auth_wipe(&user->known, sizeof(user->known));
    alloc_release(user);
}

void core_users_free(struct core_users *users)
{
    if (users == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (users->buckets[i] != NULL) {
            struct core_user *user = users->buckets[i];
            users->buckets[i] = user->next;
            free_user(user);
        }
    }
    alloc_release(users);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

/* FNV-1a of the name in lower case, from a seed that nobody outside knows. */
static size_t bucket_of(const struct core_users *users, struct slice name)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ users->seed;
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ lower(name.ptr[i])) * UINT64_C(1099511628211);
    return (size_t)((hash ^ hash >> 32) % BUCKETS);
}

struct core_user *core_users_find(const struct core_users *users, struct slice name)
{
    struct core_user *user = users->buckets[bucket_of(users, name)];
    while (user != NULL && !slice_eq_nocase(slice_of(user->name, user->name_len), name))
        user = user->next;
    return user;
}

static bool uid_taken(const struct core_users *users, uint64_t uid)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const struct core_user *user = users->buckets[i]; user != NULL; user = user->next) {
            if (user->uid == uid)
                return true;
        }
    }
    return false;
}

/* 0 when luck has left us. */
static uint64_t choose_uid(const struct core_users *users)
{
    const uint64_t first = UINT64_C(1) << (UID_BITS - 1);
    for (int i = 0; i < UID_TRIES; i++) {
        uint64_t uid = first | rng_u64(users->config.rng) >> (64 - UID_BITS);
        if (!uid_taken(users, uid))
            return uid;
    }
    return 0;
}

/* An account that is not linked yet.  NULL when out of memory. */
static struct core_user *new_user(struct slice name)
{
    struct core_user *user = alloc_zeroed(1, sizeof(*user) + name.len);
    if (user == NULL)
        return NULL;
    user->name_len = name.len;
    for (size_t i = 0; i < name.len; i++)
        user->name[i] = (char)lower(name.ptr[i]);
    return user;
}

static struct slice name_of(const struct core_user *user)
{
    return slice_of(user->name, user->name_len);
}

static void link_user(struct core_users *users, struct core_user *user)
{
    struct core_user **bucket = &users->buckets[bucket_of(users, name_of(user))];
    user->next = *bucket;
    *bucket = user;
    users->count++;
}

static bool hash_password(const struct core_users *users, struct slice password,
                          struct auth_password *ret)
{
    return auth_password_set(password, users->config.cost, users->config.rng, ret);
}

static void put_email(struct core_user *user, struct slice email)
{
    memcpy(user->email, email.ptr, email.len);
    user->email_len = email.len;
}

struct core_user *core_users_add(struct core_users *users, struct slice name, struct slice password,
                                 struct slice email)
{
    if (users->count >= users->config.users)
        return NULL;
    struct core_user *user = new_user(name);
    if (user == NULL)
        return NULL;
    user->uid = choose_uid(users);
    put_email(user, email);
    if (user->uid == 0 || !hash_password(users, password, &user->password) ||
        core_user_row_keep(users->config.store, user) != STORE_OK) {
        free_user(user);
        return NULL;
    }
    link_user(users, user);
    return user;
}

/* Keeps the user, who has changed, or makes of him what he was. */
static bool settle(struct core_users *users, struct core_user *user, struct core_user *before)
{
    bool kept = core_user_row_keep(users->config.store, user) == STORE_OK;
    if (!kept)
        *user = *before;
    auth_wipe(before, sizeof(*before));
    return kept;
}

bool core_users_set_password(struct core_users *users, struct core_user *user,
                             struct slice password)
{
    struct core_user before = *user;
    if (!hash_password(users, password, &user->password))
        return false;
    user->known = (struct auth_password_known){ 0 };
    user->reset_until = 0;
    return settle(users, user, &before);
}

bool core_users_set_email(struct core_users *users, struct core_user *user, struct slice email)
{
    struct core_user before = *user;
    put_email(user, email);
    user->reset_until = 0;
    return settle(users, user, &before);
}

bool core_users_set_reset(struct core_users *users, struct core_user *user,
                          const uint8_t digest[AUTH_DIGEST], int64_t until)
{
    struct core_user before = *user;
    memcpy(user->reset, digest, AUTH_DIGEST);
    user->reset_until = until;
    return settle(users, user, &before);
}

bool core_users_set_node(struct core_users *users, struct core_user *user, struct slice node)
{
    struct core_user before = *user;
    if (node.len > 0)
        memcpy(user->node, node.ptr, node.len);
    user->node_len = node.len;
    return settle(users, user, &before);
}

bool core_users_remove(struct core_users *users, struct core_user *user)
{
    struct core_user **place = &users->buckets[bucket_of(users, name_of(user))];
    if (core_user_row_forget(users->config.store, user) != STORE_OK)
        return false;
    while (*place != user)
        place = &(*place)->next;
    *place = user->next;
    users->count--;
    free_user(user);
    return true;
}

enum auth_result core_users_check(void *context, struct slice name, struct slice password,
                                  struct auth_identity *ret_identity)
{
    struct core_users *users = context;
    struct core_user *user = core_users_find(users, name);
    enum auth_password_result result =
        user == NULL
            ? auth_password_check(&users->nobodys, password)
            : auth_password_check_known(&user->password, password, users->key, &user->known);
    if (result == AUTH_PASSWORD_NOMEM)
        return AUTH_BUSY;
    if (user == NULL || result != AUTH_PASSWORD_RIGHT)
        return AUTH_BAD_MAC;
    ret_identity->uid = user->uid;
    return AUTH_OK;
}

enum auth_result core_users_check_here(void *context, struct slice name, struct slice password,
                                       struct auth_identity *ret_identity)
{
    enum auth_result result = core_users_check(context, name, password, ret_identity);
    if (result == AUTH_OK && core_users_find(context, name)->node_len > 0)
        return AUTH_WRONG_NODE;
    return result;
}

struct reading {
    struct core_users *users;
    bool failed;
};

static bool read_user(void *context, const struct store_kept *row)
{
    struct reading *reading = context;
    struct core_user *user = new_user(row->key);
    reading->failed = user == NULL || !core_user_row_read(row, user);
    if (!reading->failed)
        link_user(reading->users, user);
    else if (user != NULL)
        free_user(user);
    return !reading->failed;
}

struct core_users *core_users_new(const struct core_users_config *config)
{
    struct core_users *users = alloc_new(struct core_users);
    if (users == NULL)
        return NULL;
    struct reading reading = { .users = users };
    users->config = *config;
    users->seed = rng_u64(config->rng);
    rng_fill(config->rng, users->key, sizeof(users->key));
    if (users->config.users == 0)
        users->config.users = CORE_USERS_MAX;
    if (!auth_password_set(SLICE("nobody"), config->cost, config->rng, &users->nobodys) ||
        store_kept(config->store, CORE_USER_KIND, read_user, &reading) != STORE_OK ||
        reading.failed) {
        core_users_free(users);
        return NULL;
    }
    return users;
}
