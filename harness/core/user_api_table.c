#include "core/user_api_table.h"

#include "base/alloc.h"

enum { BUCKETS = 1024, UID_BITS = 53, UID_TRIES = 8 };

struct core_users {
    struct core_users_config config;
    size_t count;
    uint64_t seed;
    struct auth_password nobodys; /* is checked for names that nobody has */
    struct core_user *buckets[BUCKETS];
};

struct core_users *core_users_new(const struct core_users_config *config)
{
    struct core_users *users = alloc_new(struct core_users);
    if (users == NULL)
        return NULL;
    users->config = *config;
    users->seed = rng_u64(config->rng);
    if (users->config.users == 0)
        users->config.users = CORE_USERS_MAX;
    if (!auth_password_set(SLICE("nobody"), config->cost, config->rng, &users->nobodys)) {
        alloc_release(users);
        return NULL;
    }
    return users;
}

static void free_user(struct core_user *user)
{
    auth_wipe(&user->password, sizeof(user->password));
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
    for (int i = 0; i < UID_TRIES; i++) {
        uint64_t uid = rng_u64(users->config.rng) >> (64 - UID_BITS);
        if (uid != 0 && !uid_taken(users, uid))
            return uid;
    }
    return 0;
}

struct core_user *core_users_add(struct core_users *users, struct slice name, struct slice password)
{
    if (users->count >= users->config.users)
        return NULL;
    struct core_user *user = alloc_zeroed(1, sizeof(*user) + name.len);
    if (user == NULL)
        return NULL;
    user->uid = choose_uid(users);
    user->name_len = name.len;
    for (size_t i = 0; i < name.len; i++)
        user->name[i] = (char)lower(name.ptr[i]);
    if (user->uid == 0 || !core_users_set_password(users, user, password)) {
        free_user(user);
        return NULL;
    }
    size_t bucket = bucket_of(users, name);
    user->next = users->buckets[bucket];
    users->buckets[bucket] = user;
    users->count++;
    return user;
}

bool core_users_set_password(struct core_users *users, struct core_user *user,
                             struct slice password)
{
    if (!auth_password_set(password, users->config.cost, users->config.rng, &user->password))
        return false;
    user->reset_until = 0;
    return true;
}

void core_users_remove(struct core_users *users, struct core_user *user)
{
    struct core_user **place =
        &users->buckets[bucket_of(users, slice_of(user->name, user->name_len))];
    while (*place != user)
        place = &(*place)->next;
    *place = user->next;
    users->count--;
    free_user(user);
}

enum auth_result core_users_check(void *context, struct slice name, struct slice password,
                                  struct auth_identity *ret_identity)
{
    struct core_users *users = context;
    const struct core_user *user = core_users_find(users, name);
    enum auth_password_result result =
        auth_password_check(user == NULL ? &users->nobodys : &user->password, password);
    if (result == AUTH_PASSWORD_NOMEM)
        return AUTH_BUSY;
    if (user == NULL || result != AUTH_PASSWORD_RIGHT)
        return AUTH_BAD_MAC;
    ret_identity->uid = user->uid;
    return AUTH_OK;
}
