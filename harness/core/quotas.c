#include "core/quotas.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "store/tree.h"

#define KIND SLICE("quota")

enum { TEXT = 64 };

struct core_quotas {
    struct store *store;
    struct rng *rng;
    struct store_tree users;
};

struct allowance {
    struct store_node node; /* keyed by uid */
    struct core_quota quota;
};

static struct store_key key_of(uint64_t uid)
{
    return (struct store_key){ .number = (int64_t)uid };
}

static struct allowance *find(const struct core_quotas *quotas, uint64_t uid)
{
    struct store_node *node = store_tree_find(&quotas->users, key_of(uid));
    return node == NULL ? NULL : CONTAINER_OF(node, struct allowance, node);
}

struct core_quota core_quotas_of(const struct core_quotas *quotas, uint64_t uid,
                                 struct core_quota usual)
{
    const struct allowance *own = quotas == NULL ? NULL : find(quotas, uid);
    return own == NULL ? usual : own->quota;
}

/* NULL when out of memory. */
static struct allowance *find_or_add(struct core_quotas *quotas, uint64_t uid)
{
    struct allowance *own = find(quotas, uid);
    if (own != NULL)
        return own;
    own = alloc_new(struct allowance);
    if (own != NULL)
        store_tree_insert(&quotas->users, &own->node, key_of(uid), rng_u64(quotas->rng));
    return own;
}

static void drop(struct core_quotas *quotas, struct allowance *own)
{
    store_tree_remove(&quotas->users, &own->node);
    alloc_release(own);
}

static enum store_err keep(struct core_quotas *quotas, uint64_t uid, const struct core_quota *quota)
{
    AUTO(buf_free) struct buf key = buf_bounded(TEXT);
    AUTO(buf_free) struct buf value = buf_bounded(TEXT);
    buf_add_u64(&key, uid);
    if (key.failed)
        return STORE_NOMEM;
    if (quota == NULL)
        return store_forget(quotas->store, KIND, buf_slice(&key));
    buf_add_u64(&value, quota->user);
    buf_add_byte(&value, ' ');
    buf_add_u64(&value, quota->collection);
    const struct store_kept row = { KIND, buf_slice(&key), buf_slice(&value) };
    return value.failed ? STORE_NOMEM : store_keep(quotas->store, &row);
}

bool core_quotas_set(struct core_quotas *quotas, uint64_t uid, const struct core_quota *quota)
{
    bool known = find(quotas, uid) != NULL;
    struct allowance *own = quota == NULL ? find(quotas, uid) : find_or_add(quotas, uid);
    if (quota != NULL && own == NULL)
        return false;
    if (keep(quotas, uid, quota) != STORE_OK) {
        if (own != NULL && !known)
            drop(quotas, own);
        return false;
    }
    if (quota != NULL)
        own->quota = *quota;
    else if (own != NULL)
        drop(quotas, own);
    return true;
}

struct reading {
    struct core_quotas *quotas;
    bool failed;
};

static bool read_row(void *context, const struct store_kept *row)
{
    struct reading *reading = context;
    struct slice user, collection;
    struct core_quota quota;
    uint64_t uid;
    slice_cut(row->value, ' ', &user, &collection);
    bool good = slice_to_u64(row->key, &uid) && slice_to_u64(user, &quota.user) &&
                slice_to_u64(collection, &quota.collection);
    struct allowance *own = good ? find_or_add(reading->quotas, uid) : NULL;
    if (own != NULL)
        own->quota = quota;
    reading->failed = own == NULL;
    return !reading->failed;
}

struct core_quotas *core_quotas_new(struct store *store, struct rng *rng)
{
    struct core_quotas *quotas = alloc_new(struct core_quotas);
    if (quotas == NULL)
        return NULL;
    struct reading reading = { .quotas = quotas };
    quotas->store = store;
    quotas->rng = rng;
    if (store_kept(store, KIND, read_row, &reading) == STORE_OK && !reading.failed)
        return quotas;
    core_quotas_free(quotas);
    return NULL;
}

void core_quotas_free(struct core_quotas *quotas)
{
    if (quotas == NULL)
        return;
    while (quotas->users.root != NULL)
        drop(quotas, CONTAINER_OF(quotas->users.root, struct allowance, node));
    alloc_release(quotas);
}
