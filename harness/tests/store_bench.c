#include "tests/store_bench.h"

struct store_txn *begin_as(struct bench *bench, uint64_t uid, enum store_access access)
{
    struct store_txn *txn = NULL;
    assert_int_equal(store_begin(bench->store, uid, access, bench->now, &txn), STORE_OK);
    assert_non_null(txn);
    return txn;
}

struct store_txn *begin(struct bench *bench, enum store_access access)
{
    return begin_as(bench, ALICE, access);
}

struct record_update update_of(const char *id, const char *payload)
{
    return (struct record_update){ .id = slice_text(id),
                                   .has_id = true,
                                   .payload_is = payload == NULL ? RECORD_ABSENT : RECORD_VALUE,
                                   .payload = slice_text(payload) };
}

void put(struct store_txn *txn, const char *collection, const char *id, const char *payload)
{
    struct record_update update = update_of(id, payload);
    assert_int_equal(store_put(txn, slice_text(collection), &update), STORE_OK);
}

int64_t write_as(struct bench *bench, uint64_t uid, const char *collection,
                 const struct record_update *update)
{
    struct store_txn *txn = begin_as(bench, uid, STORE_WRITE);
    assert_int_equal(store_put(txn, slice_text(collection), update), STORE_OK);
    int64_t stamp = store_stamp(txn);
    assert_int_equal(store_commit(txn), STORE_OK);
    return stamp;
}

int64_t write_text(struct bench *bench, const char *collection, const char *id, const char *payload)
{
    struct record_update update = update_of(id, payload);
    return write_as(bench, ALICE, collection, &update);
}

static bool note_id(void *context, const struct record_bso *bso)
{
    struct buf *out = context;
    if (out->len > 0)
        buf_add_byte(out, ' ');
    return buf_add(out, bso->id);
}

struct store_query query_all(void)
{
    return (struct store_query){
        .newer = INT64_MIN, .older = INT64_MAX, .order = STORE_BY_ID, .limit = SIZE_MAX
    };
}

void expect_list_as(struct bench *bench, uint64_t uid, const char *collection,
                    const struct store_query *query, const char *ids)
{
    struct buf out = buf_bounded(64 * 1024);
    struct store_sink sink = { .visit = note_id, .context = &out };
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    enum store_err err = store_list(txn, slice_text(collection), query, &sink);
    store_rollback(txn);
    assert_int_equal(err, STORE_OK);
    if (sink.more)
        buf_add_text(&out, " +");
    assert_false(out.failed);
    assert_slice(buf_slice(&out), ids);
    buf_free(&out);
}

void expect_list(struct bench *bench, const char *collection, const struct store_query *query,
                 const char *ids)
{
    expect_list_as(bench, ALICE, collection, query, ids);
}

void expect_all(struct bench *bench, const char *collection, const char *ids)
{
    struct store_query query = query_all();
    expect_list(bench, collection, &query, ids);
}

void expect_payload(struct bench *bench, const char *collection, const char *id,
                    const char *payload)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct record_bso bso;
    enum store_err err = store_get(txn, slice_text(collection), slice_text(id), &bso);
    assert_int_equal(err, payload == NULL ? STORE_ABSENT : STORE_OK);
    if (payload != NULL) {
        assert_slice(bso.id, id);
        assert_slice(bso.payload, payload);
    }
    store_rollback(txn);
}

struct user_sums sums(struct bench *bench, uint64_t uid)
{
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    struct user_sums sums = { store_modified(txn), store_bytes(txn) };
    store_rollback(txn);
    return sums;
}

void expect_collection(struct bench *bench, const char *name, int64_t modified, uint64_t count,
                       uint64_t bytes)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct store_collection collection;
    assert_int_equal(store_collection(txn, slice_text(name), &collection), STORE_OK);
    assert_slice(collection.name, name);
    assert_int_equal(collection.modified, modified);
    assert_int_equal(collection.count, count);
    assert_int_equal(collection.bytes, bytes);
    store_rollback(txn);
}

void expect_no_collection(struct bench *bench, const char *name)
{
    struct store_txn *txn = begin(bench, STORE_READ);
    struct store_collection collection;
    assert_int_equal(store_collection(txn, slice_text(name), &collection), STORE_ABSENT);
    store_rollback(txn);
}

static bool note_name(void *context, const struct store_collection *collection)
{
    struct buf *out = context;
    buf_add(out, collection->name);
    buf_add_format(out, "=%d/%d/%d ", (int)collection->modified, (int)collection->count,
                   (int)collection->bytes);
    return !out->failed;
}

void expect_collections(struct bench *bench, uint64_t uid, const char *text)
{
    struct buf out = buf_bounded(4096);
    struct store_txn *txn = begin_as(bench, uid, STORE_READ);
    assert_int_equal(store_collections(txn, note_name, &out), STORE_OK);
    store_rollback(txn);
    assert_slice(buf_slice(&out), text);
    buf_free(&out);
}
