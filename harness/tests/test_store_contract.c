/* The promises of store/store.h, held against every backend: add a backend by a row of backends[],
 * a promise by a row of its table in store_promises_*.c. */
#include "base/alloc.h"
#include "tests/store_bench.h"
#include "tests/store_folder.h"

#include <stdio.h>

static struct store *open_memory(void)
{
    const char *error = NULL;
    return store_open("memory", &error);
}

static struct folder folder;

static struct store *open_sqlite(void)
{
    const char *error = NULL;
    folder_next(&folder);
    return folder_try(&folder, &error);
}

static struct store *reopen_sqlite(void)
{
    return folder_open(&folder);
}

static const struct backend backends[] = {
    { "memory", open_memory, NULL },
    { "sqlite", open_sqlite, reopen_sqlite },
};

static const struct promise *const tables[] = { promises_data,   promises_time,  promises_list,
                                                promises_atomic, promises_batch, promises_kept };

enum { PAIRS = 400 };

struct pair {
    const struct backend *backend;
    const struct promise *promise;
    char name[128];
};

static void keep_promise(void **state)
{
    const struct pair *pair = *state;
    int64_t live = alloc_live();
    struct bench bench = { .backend = pair->backend, .now = T0 };
    bench.store = pair->backend->open();
    assert_non_null(bench.store);
    pair->promise->check(&bench);
    store_free(bench.store);
    assert_int_equal(alloc_live(), live);
}

static struct CMUnitTest test_of(struct pair *pair)
{
    (void)snprintf(pair->name, sizeof(pair->name), "%s/%s", pair->backend->name,
                   pair->promise->name);
    return (
        struct CMUnitTest){ .name = pair->name, .test_func = keep_promise, .initial_state = pair };
}

static int make_folder(void **state)
{
    (void)state;
    folder_make(&folder, NULL);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    folder_remove(&folder);
    return 0;
}

int main(void)
{
    static struct pair pairs[PAIRS];
    static struct CMUnitTest tests[PAIRS];
    size_t count = 0;
    for (size_t backend = 0; backend < COUNT_OF(backends); backend++) {
        for (size_t table = 0; table < COUNT_OF(tables); table++) {
            for (const struct promise *row = tables[table]; row->name != NULL; row++) {
                if (count == PAIRS)
                    return 1; /* PAIRS is too small: no promise goes unchecked in silence */
                pairs[count] = (struct pair){ .backend = &backends[backend], .promise = row };
                tests[count] = test_of(&pairs[count]);
                count++;
            }
        }
    }
    return _cmocka_run_group_tests("store", tests, count, make_folder, remove_folder);
}
