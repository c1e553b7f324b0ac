/* Whatever the store cannot do, and whenever: the client is asked to come again, nothing has
 * changed, and it is counted. */
#include "tests/core_old.h"

#include <stdio.h>

/* The store of the bench, of which one call fails. */
static struct {
    const struct store_ops *real;
    struct store_ops failing;
    uint64_t left; /* calls until it happens */
    bool failed;
} trouble;

static bool fails_now(void)
{
    bool now = !trouble.failed && trouble.left-- == 0;
    trouble.failed = trouble.failed || now;
    return now;
}

static enum store_err fail_begin(struct store *store, uint64_t uid, enum store_access access,
                                 int64_t now, struct store_txn **ret_txn)
{
    return fails_now() ? STORE_BUSY : trouble.real->begin(store, uid, access, now, ret_txn);
}

static enum store_err fail_commit(struct store_txn *txn)
{
    if (!fails_now())
        return trouble.real->commit(txn);
    trouble.real->rollback(txn);
    return STORE_FULL;
}

static enum store_err fail_collections(struct store_txn *txn, store_visit_collection *visit,
                                       void *context)
{
    return fails_now() ? STORE_BROKEN : trouble.real->collections(txn, visit, context);
}

static enum store_err fail_collection(struct store_txn *txn, struct slice name,
                                      struct store_collection *ret_collection)
{
    return fails_now() ? STORE_BROKEN : trouble.real->collection(txn, name, ret_collection);
}

static enum store_err fail_get(struct store_txn *txn, struct slice collection, struct slice id,
                               struct record_bso *ret_bso)
{
    return fails_now() ? STORE_BROKEN : trouble.real->get(txn, collection, id, ret_bso);
}

static enum store_err fail_list(struct store_txn *txn, struct slice collection,
                                const struct store_query *query, struct store_sink *sink)
{
    return fails_now() ? STORE_BROKEN : trouble.real->list(txn, collection, query, sink);
}

static enum store_err fail_touch(struct store_txn *txn, struct slice collection)
{
    return fails_now() ? STORE_BROKEN : trouble.real->touch(txn, collection);
}

static enum store_err fail_put(struct store_txn *txn, struct slice collection,
                               const struct record_update *update)
{
    return fails_now() ? STORE_NOMEM : trouble.real->put(txn, collection, update);
}

static enum store_err fail_remove(struct store_txn *txn, struct slice collection, struct slice id)
{
    return fails_now() ? STORE_BROKEN : trouble.real->remove(txn, collection, id);
}

static enum store_err fail_remove_collection(struct store_txn *txn, struct slice collection)
{
    return fails_now() ? STORE_BROKEN : trouble.real->remove_collection(txn, collection);
}

static enum store_err fail_remove_all(struct store_txn *txn)
{
    return fails_now() ? STORE_BROKEN : trouble.real->remove_all(txn);
}

static enum store_err fail_batch_open(struct store_txn *txn, struct slice collection, uint64_t id,
                                      int64_t expires)
{
    return fails_now() ? STORE_FULL : trouble.real->batch_open(txn, collection, id, expires);
}

static enum store_err fail_batch_append(struct store_txn *txn, struct slice collection, uint64_t id,
                                        const struct record_update *update)
{
    return fails_now() ? STORE_NOMEM : trouble.real->batch_append(txn, collection, id, update);
}

static enum store_err fail_batch_info(struct store_txn *txn, struct slice collection, uint64_t id,
                                      struct store_batch *ret_batch)
{
    return fails_now() ? STORE_BROKEN : trouble.real->batch_info(txn, collection, id, ret_batch);
}

static enum store_err fail_batch_bytes(struct store_txn *txn, uint64_t *ret_bytes)
{
    return fails_now() ? STORE_BROKEN : trouble.real->batch_bytes(txn, ret_bytes);
}

static enum store_err fail_batch_commit(struct store_txn *txn, struct slice collection, uint64_t id)
{
    return fails_now() ? STORE_BROKEN : trouble.real->batch_commit(txn, collection, id);
}

static struct store_ops failing_ops(const struct store_ops *real)
{
    struct store_ops ops = *real;
    ops.begin = fail_begin;
    ops.commit = fail_commit;
    ops.collections = fail_collections;
    ops.collection = fail_collection;
    ops.get = fail_get;
    ops.list = fail_list;
    ops.touch = fail_touch;
    ops.put = fail_put;
    ops.remove = fail_remove;
    ops.remove_collection = fail_remove_collection;
    ops.remove_all = fail_remove_all;
    ops.batch_open = fail_batch_open;
    ops.batch_append = fail_batch_append;
    ops.batch_info = fail_batch_info;
    ops.batch_bytes = fail_batch_bytes;
    ops.batch_commit = fail_batch_commit;
    return ops;
}

/* From now on the nth call fails, until the bench is healed. */
static void trouble_bench(struct bench *bench, uint64_t nth)
{
    trouble.real = bench->store->ops;
    trouble.failing = failing_ops(trouble.real);
    trouble.left = nth;
    trouble.failed = false;
    bench->store->ops = &trouble.failing;
}

static void heal(struct bench *bench)
{
    bench->store->ops = trouble.real;
}

struct step {
    const char *old, *line, *body; /* the version before 1.5; NULL: 1.5 */
    int status;
};

static void fill(struct bench *bench)
{
    bench_expect(bench, "POST /storage/c", "[{\"id\":\"a\",\"payload\":\"1\"},{\"id\":\"b\"}]", 200,
                 "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\",\"b\"]}");
}

/* "%s" in the line is the batch that the bench has opened. */
static int ask(struct bench *bench, const struct step *step, struct slice batch)
{
    char line[128];
    struct slice left, right;
    bool named = slice_cut(slice_text(step->line), '%', &left, &right);
    (void)snprintf(line, sizeof(line), "%.*s%.*s%.*s", SLICE_FMT(left),
                   SLICE_FMT(slice_head(batch, named ? batch.len : 0)),
                   SLICE_FMT(slice_from(right, 1)));
    return step->old == NULL ? bench_send(bench, line, NULL, step->body)
                             : old_ask(bench, step->old, line, NULL, step->body);
}

static struct slice open_batch(struct bench *bench, char room[16])
{
    static const char before[] = "{\"batch\":\"";
    assert_int_equal(bench_send(bench, "POST /storage/c?batch=true", NULL, "[{\"id\":\"n\"}]"),
                     202);
    struct slice text = slice_from(buf_slice(&bench->reply.body), sizeof(before) - 1);
    assert_true(text.len > 11);
    memcpy(room, text.ptr, 11);
    return slice_of(room, 11);
}

/* The nth call of the store fails; false when there was none so late. */
static bool fail_nth(void **state, const struct step *step, uint64_t nth)
{
    struct bench *bench = *state;
    char room[16];
    bench_free(bench);
    (void)old_set_up(state);
    fill(bench);
    struct slice batch = open_batch(bench, room);
    trouble_bench(bench, nth);
    int status = ask(bench, step, batch);
    heal(bench);
    int wanted = trouble.failed ? 503 : step->status;
    if (status != wanted)
        fail_msg("%s, call %u: %d", step->line, (unsigned)nth, status);
    assert_int_equal(core_tally_of(bench->core)->store_errors, trouble.failed);
    if (!trouble.failed)
        return false;
    expect_body(bench, "0");
    expect_field(bench, "Content-Type", "application/json");
    expect_field(bench, "Retry-After", "10");
    expect_field(bench, "X-Last-Modified", NULL);
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.00,\"payload\":\"1\"},"
                 "{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"\"}]");
    const struct step commit = { NULL, "POST /storage/c?batch=%s&commit=true", "[]", 200 };
    assert_int_equal(ask(bench, &commit, batch), 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\",\"n\"]");
    return true;
}

static void a_call_of_the_store_that_fails_is_503_and_changes_nothing(void **state)
{
    static const struct step steps[] = {
        { NULL, "GET /info/collections", NULL, 200 },
        { NULL, "GET /info/collection_counts", NULL, 200 },
        { NULL, "GET /info/collection_usage", NULL, 200 },
        { NULL, "GET /storage/c", NULL, 200 },
        { NULL, "GET /storage/none?full=1", NULL, 200 },
        { NULL, "GET /storage/c/a", NULL, 200 },
        { NULL, "GET /storage/c/none", NULL, 404 },
        { NULL, "PUT /storage/c/a", "{\"payload\":\"2\"}", 200 },
        { NULL, "PUT /storage/d/a", "{\"payload\":\"2\"}", 200 },
        { NULL, "POST /storage/c", "[{\"id\":\"a\",\"payload\":\"2\"},{\"id\":\"d\"}]", 200 },
        { NULL, "POST /storage/c?batch=true", "[{\"id\":\"e\"}]", 202 },
        { NULL, "POST /storage/c?batch=true&commit=true", "[{\"id\":\"e\"}]", 200 },
        { NULL, "POST /storage/c?batch=%s", "[{\"id\":\"e\"}]", 202 },
        { NULL, "POST /storage/c?batch=%s&commit=true", "[{\"id\":\"e\"}]", 200 },
        { NULL, "DELETE /storage/c/a", NULL, 200 },
        { NULL, "DELETE /storage/c?ids=a,none", NULL, 200 },
        { NULL, "DELETE /storage/c", NULL, 200 },
        { NULL, "DELETE /storage/none", NULL, 200 },
        { NULL, "DELETE /storage/none?ids=a", NULL, 200 },
        { NULL, "DELETE /storage", NULL, 200 },
        { "1.1", "POST /storage/c", "{\"id\":\"a\",\"payload\":\"2\"}", 200 },
        { "1.1", "DELETE /storage/c?limit=1", NULL, 200 },
        { "1.1", "DELETE /storage/c/none", NULL, 200 },
    };
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        uint64_t nth = 0;
        while (fail_nth(state, &steps[i], nth))
            nth++;
        assert_in_range(nth, 1, 20);
    }
}

/* Before 1.5 a write is guarded by the collection, which has to be asked. */
static void a_guard_that_cannot_be_looked_at_is_503(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    trouble_bench(bench, 2); /* after begin and the record */
    assert_int_equal(
        old_ask(bench, "1.1", "DELETE /storage/c/a", "X-If-Unmodified-Since: 1000.00", NULL), 503);
    bench->store->ops = trouble.real;
    assert_true(trouble.failed);
    expect_body(bench, "0");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OLD_TEST(a_call_of_the_store_that_fails_is_503_and_changes_nothing),
        OLD_TEST(a_guard_that_cannot_be_looked_at_is_503),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
