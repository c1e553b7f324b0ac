#include "store/store.h"

#include "store/memory.h"
#include "store/sqlite.h"

/* One row per backend: the word before the colon of its spec, and how it is opened. */
static struct store *open_memory(struct slice rest, const char **ret_error);
static struct store *open_sqlite(struct slice rest, const char **ret_error);

static const struct backend {
    const char *name;
    struct store *(*open)(struct slice rest, const char **ret_error);
} backends[] = {
    { "memory", open_memory },
    { "sqlite", open_sqlite },
};

/* Of the memory backend: all that it keeps. */
static const uint64_t memory_ceiling = (uint64_t)1 << 30;

static struct store *open_memory(struct slice rest, const char **ret_error)
{
    if (rest.len > 0) {
        *ret_error = "the memory store takes no argument";
        return NULL;
    }
    struct store *store = store_memory_new(memory_ceiling);
    if (store == NULL)
        *ret_error = "out of memory";
    return store;
}

static struct store *open_sqlite(struct slice rest, const char **ret_error)
{
    if (rest.len == 0) {
        *ret_error = "the sqlite store takes a file: sqlite:FILE";
        return NULL;
    }
    return store_sqlite_open(rest, 0, ret_error);
}

struct store *store_open(const char *spec, const char **ret_error)
{
    struct slice name, rest;
    slice_cut(slice_text(spec), ':', &name, &rest);
    for (size_t i = 0; i < COUNT_OF(backends); i++) {
        if (slice_is(name, backends[i].name))
            return backends[i].open(rest, ret_error);
    }
    *ret_error = "there is no store of that name; known: memory, sqlite:FILE";
    return NULL;
}

void store_free(struct store *store)
{
    if (store != NULL)
        store->ops->free(store);
}
