/* Quotas of single users: what is set counts, outlives the process, and can be taken back. */
#include "core/quotas.h"

#include "tests/core_bench.h"
#include "tests/store_folder.h"

static const struct core_quota usual = { 100, 10 };

static void expect_quota(const struct core_quotas *quotas, uint64_t uid, uint64_t user,
                         uint64_t collection)
{
    struct core_quota quota = core_quotas_of(quotas, uid, usual);
    assert_int_equal(quota.user, user);
    assert_int_equal(quota.collection, collection);
}

static void what_is_set_outlives_the_process(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder, NULL);
    struct store *store = folder_open(&folder);
    struct core_quotas *quotas = core_quotas_new(store, rng_system());
    assert_non_null(quotas);
    expect_quota(quotas, 7, 100, 10);
    assert_true(core_quotas_set(quotas, 7, &(struct core_quota){ 5, 0 }));
    assert_true(core_quotas_set(quotas, 8, &(struct core_quota){ 0, 0 }));
    assert_true(core_quotas_set(quotas, UINT64_MAX, &(struct core_quota){ 1, 1 }));
    assert_true(core_quotas_set(quotas, 7, &(struct core_quota){ 6, 0 }));
    core_quotas_free(quotas);
    store_free(store);
    store = folder_open(&folder);
    quotas = core_quotas_new(store, rng_system());
    expect_quota(quotas, 7, 6, 0);
    expect_quota(quotas, 8, 0, 0);
    expect_quota(quotas, UINT64_MAX, 1, 1);
    expect_quota(quotas, 9, 100, 10);
    assert_true(core_quotas_set(quotas, 7, NULL));
    assert_true(core_quotas_set(quotas, 9, NULL));
    expect_quota(quotas, 7, 100, 10);
    core_quotas_free(quotas);
    quotas = core_quotas_new(store, rng_system());
    expect_quota(quotas, 7, 100, 10);
    core_quotas_free(quotas);
    store_free(store);
    folder_remove(&folder);
}

/* With a transaction open the store keeps nothing. */
static void what_cannot_be_kept_has_not_happened(void **state)
{
    (void)state;
    struct folder folder;
    folder_make(&folder, NULL);
    struct store *store = folder_open(&folder);
    struct core_quotas *quotas = core_quotas_new(store, rng_system());
    assert_true(core_quotas_set(quotas, 7, &(struct core_quota){ 5, 5 }));
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 1, STORE_READ, 1, &txn), STORE_OK);
    assert_false(core_quotas_set(quotas, 7, &(struct core_quota){ 6, 6 }));
    assert_false(core_quotas_set(quotas, 7, NULL));
    assert_false(core_quotas_set(quotas, 8, &(struct core_quota){ 6, 6 }));
    store_rollback(txn);
    expect_quota(quotas, 7, 5, 5);
    expect_quota(quotas, 8, 100, 10);
    core_quotas_free(quotas);
    const struct store_kept bad = { SLICE("quota"), SLICE("7"), SLICE("much") };
    assert_int_equal(store_keep(store, &bad), STORE_OK);
    assert_null(core_quotas_new(store, rng_system()));
    store_free(store);
    folder_remove(&folder);
}

static void set_once(void *context)
{
    (void)context;
    struct rng_seeded rng = rng_seeded_with(1);
    struct core_quotas *quotas = core_quotas_new(NULL, &rng.base);
    if (quotas == NULL)
        return;
    bool set = core_quotas_set(quotas, 7, &(struct core_quota){ 5, 6 });
    expect_quota(quotas, 7, set ? 5 : 100, set ? 6 : 10);
    core_quotas_free(quotas);
}

static void a_quota_that_there_is_no_memory_for_is_not_set(void **state)
{
    (void)state;
    support_sweep_allocations(set_once, NULL);
}

static bool is_moved(void *context, uint64_t uid)
{
    return uid == *(const uint64_t *)context;
}

static void the_core_asks_whose_quota_and_who_was_moved(void **state)
{
    struct bench *bench = *state;
    uint64_t moved = 0;
    struct core_quotas *quotas = core_quotas_new(NULL, &bench->rng.base);
    bench->config.quota = 1024;
    bench->config.quota_per_collection = 0;
    const struct core_env env = { .store = bench->store,
                                  .auth = &bench->auth,
                                  .clock = &bench->clock.base,
                                  .rng = &bench->rng.base,
                                  .quotas = quotas,
                                  .moved = is_moved,
                                  .moved_context = &moved };
    core_free(bench->core);
    bench->core = core_new(&bench->config, &env);
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"123456\"}", 200, "1000.00");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.005859375,1.0]");
    assert_true(core_quotas_set(quotas, BENCH_UID, &(struct core_quota){ 0, 5 }));
    bench_expect(bench, "PUT /storage/d/a", "{\"payload\":\"123456\"}", 400, "14");
    bench_expect(bench, "PUT /storage/d/a", "{\"payload\":\"12345\"}", 200, "1000.01");
    expect_field(bench, "X-Weave-Quota-Remaining", "0.00");
    assert_true(core_quotas_set(quotas, BENCH_UID, &(struct core_quota){ 0, 0 }));
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0107421875,null]");
    moved = BENCH_UID;
    bench_expect(bench, "GET /storage/c/a", NULL, 401, "0");
    moved = 0;
    assert_int_equal(bench_send(bench, "GET /storage/c/a", NULL, NULL), 200);
    assert_int_equal(core_tally_of(bench->core)->auth[AUTH_WRONG_NODE], 1);
    core_quotas_free(quotas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_set_outlives_the_process),
        cmocka_unit_test(what_cannot_be_kept_has_not_happened),
        cmocka_unit_test(a_quota_that_there_is_no_memory_for_is_not_set),
        BENCH_TEST(the_core_asks_whose_quota_and_who_was_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
