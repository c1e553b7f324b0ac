/* Promises of the store: queries, orders and pages. */
#include "tests/store_bench.h"

#include "store/order.h"

#include <stdio.h>

static void put_indexed(struct bench *bench, const char *id, bool has, int32_t sortindex)
{
    struct record_update update = update_of(id, "x");
    update.sortindex_is = has ? RECORD_VALUE : RECORD_ABSENT;
    update.sortindex = sortindex;
    write_as(bench, ALICE, "c", &update);
}

/* b and c share a stamp; a and d share an index; n has none. */
static void make_five(struct bench *bench)
{
    put_indexed(bench, "n", false, 0);
    put_indexed(bench, "d", true, -5);
    struct store_txn *txn = begin(bench, STORE_WRITE);
    struct record_update update = update_of("c", "x");
    update.sortindex_is = RECORD_VALUE;
    update.sortindex = LIMIT_SORTINDEX;
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    update.id = SLICE("b");
    update.sortindex = 0;
    assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    assert_int_equal(store_commit(txn), STORE_OK);
    put_indexed(bench, "a", true, -5);
}

static const struct {
    enum store_order order;
    const char *ids;
} orders[] = {
    { STORE_BY_ID, "a b c d n" },
    { STORE_OLDEST, "n d b c a" },
    { STORE_NEWEST, "a b c d n" },
    { STORE_BY_INDEX, "c b a d n" },
};

static void orders_are_total(struct bench *bench)
{
    make_five(bench);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        expect_list(bench, "c", &query, orders[i].ids);
    }
}

static void time_bounds_are_open(struct bench *bench)
{
    make_five(bench); /* n T0, d T0+1, b and c T0+2, a T0+3 */
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.newer = T0 + 1;
        query.older = T0 + 3;
        expect_list(bench, "c", &query, orders[i].order == STORE_BY_INDEX ? "c b" : "b c");
        query.older = INT64_MAX;
        query.newer = T0 + 2;
        expect_list(bench, "c", &query, "a");
        query.newer = INT64_MIN;
        query.older = T0 + 1;
        expect_list(bench, "c", &query, "n");
        query.older = 0;
        expect_list(bench, "c", &query, "");
        query.newer = INT64_MAX;
        expect_list(bench, "c", &query, "");
    }
}

static void named_records_in_every_order(struct bench *bench)
{
    make_five(bench);
    struct slice wanted[] = { SLICE("n"), SLICE("c"), SLICE("zz"), SLICE("n"), SLICE("a") };
    static const char *const expected[] = { "a c n", "n c a", "a c n", "c a n" };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.ids = wanted;
        query.id_count = COUNT_OF(wanted);
        expect_list(bench, "c", &query, expected[i]);
        query.newer = T0;
        query.limit = 1;
        expect_list(bench, "c", &query, expected[i][0] == 'c' || i == 1 ? "c +" : "a +");
        query.limit = 2;
        expect_list(bench, "c", &query, i == 1 || i == 3 ? "c a" : "a c");
    }
}

static void no_ids_named_is_no_record(struct bench *bench)
{
    make_five(bench);
    struct slice none = SLICE("");
    struct store_query query = query_all();
    query.ids = &none;
    query.id_count = 0;
    expect_list(bench, "c", &query, "");
}

static void more_is_said_only_when_more_follows(struct bench *bench)
{
    make_five(bench);
    struct store_query query = query_all();
    query.limit = 4;
    expect_list(bench, "c", &query, "a b c d +");
    query.limit = 5;
    expect_list(bench, "c", &query, "a b c d n");
    query.limit = 2;
    query.newer = T0 + 1;
    query.order = STORE_NEWEST;
    expect_list(bench, "c", &query, "a b +");
    query.limit = 3;
    expect_list(bench, "c", &query, "a b c");
}

static void page_on(struct store_query *query, const struct record_bso *last, struct slice id)
{
    query->has_after = true;
    query->after_key = last->modified;
    if (query->order == STORE_BY_INDEX)
        query->after_key = last->has_sortindex ? last->sortindex : INT64_MIN;
    query->after_id = id;
}

struct page {
    struct buf all;
    struct record_bso last;
    uint8_t id[LIMIT_BSO_ID];
};

static bool take_page(void *context, const struct record_bso *bso)
{
    struct page *page = context;
    page->last = *bso;
    memcpy(page->id, bso->id.ptr, bso->id.len);
    page->last.id = slice_of(page->id, bso->id.len);
    buf_add(&page->all, bso->id);
    return buf_add_byte(&page->all, ' ');
}

/* Reads all pages; between two of them ${between} writes. */
static void expect_pages(struct bench *bench, struct store_query query,
                         void (*between)(struct bench *bench, unsigned round), const char *ids)
{
    struct page page = { .all = buf_bounded(64 * 1024) };
    struct store_sink sink = { .visit = take_page, .context = &page };
    for (unsigned round = 0; round < 1000; round++) {
        struct store_txn *txn = begin(bench, STORE_READ);
        assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_OK);
        store_rollback(txn);
        if (!sink.more)
            break;
        page_on(&query, &page.last, page.last.id);
        if (between != NULL)
            between(bench, round);
    }
    assert_false(sink.more);
    if (page.all.len > 0)
        buf_truncate(&page.all, page.all.len - 1);
    assert_slice(buf_slice(&page.all), ids);
    buf_free(&page.all);
}

static void pages_have_neither_gap_nor_repetition(struct bench *bench)
{
    make_five(bench);
    struct slice wanted[] = { SLICE("a"), SLICE("b"), SLICE("c"), SLICE("d"), SLICE("n") };
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        for (size_t limit = 1; limit <= 6; limit++) {
            struct store_query query = query_all();
            query.order = orders[i].order;
            query.limit = limit;
            expect_pages(bench, query, NULL, orders[i].ids);
            query.ids = wanted;
            query.id_count = COUNT_OF(wanted);
            expect_pages(bench, query, NULL, orders[i].ids);
        }
    }
}

/* Writes records 0 to ${count} - 1 at once, in sevens of one sortindex where they have any. */
static void put_many(struct bench *bench, unsigned count, bool indexed)
{
    struct store_txn *txn = begin(bench, STORE_WRITE);
    for (unsigned i = 0; i < count; i++) {
        char id[16];
        (void)snprintf(id, sizeof(id), "%06u", i);
        struct record_update update = update_of(id, "x");
        update.sortindex_is = indexed ? RECORD_VALUE : RECORD_ABSENT;
        update.sortindex = (int32_t)(i % 7);
        assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    }
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void pages_of_what_was_written_at_once_without_an_index(struct bench *bench)
{
    put_many(bench, 50, false);
    struct buf ids = buf_bounded(1024);
    for (unsigned i = 0; i < 50; i++)
        buf_add_format(&ids, "%s%06u", i == 0 ? "" : " ", i);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.limit = 7;
        expect_pages(bench, query, NULL, buf_text(&ids));
        query.newer = T0 - 1;
        query.older = T0 + 1;
        expect_pages(bench, query, NULL, buf_text(&ids));
    }
    buf_free(&ids);
}

/* A backend may sort few hits, and walk to many. */
static void few_and_many_hits_of_a_time_range_come_in_the_same_order(struct bench *bench)
{
    put_many(bench, 3, true);
    struct store_query query = query_all();
    query.order = STORE_BY_INDEX;
    query.newer = T0;
    expect_list(bench, "c", &query, "");
    put_many(bench, STORE_ORDER_FEW, true); /* replaces the three */
    struct buf ids = buf_bounded(64 * 1024);
    for (unsigned sortindex = 7; sortindex-- > 0;) {
        for (unsigned i = sortindex; i < STORE_ORDER_FEW; i += 7)
            buf_add_format(&ids, "%s%06u", ids.len == 0 ? "" : " ", i);
    }
    for (int round = 0; round < 2; round++) {
        for (query.limit = 300; query.limit <= 1200; query.limit += 900)
            expect_pages(bench, query, NULL, buf_text(&ids));
        put_indexed(bench, "last", false, 0); /* and one more is many */
        buf_add_text(&ids, " last");
    }
    buf_free(&ids);
}

static void remove_what_was_delivered(struct bench *bench, unsigned round)
{
    static const char *const delivered[] = { "n", "d", "b", "c" };
    struct store_txn *txn = begin(bench, STORE_WRITE);
    assert_int_equal(store_remove(txn, SLICE("c"), slice_text(delivered[round])), STORE_OK);
    put(txn, "other", "x", "x");
    assert_int_equal(store_commit(txn), STORE_OK);
}

static void pages_stay_right_while_others_remove(struct bench *bench)
{
    make_five(bench);
    struct store_query query = query_all();
    query.order = STORE_OLDEST;
    query.limit = 1;
    expect_pages(bench, query, remove_what_was_delivered, "n d b c a");
}

static void add_in_front(struct bench *bench, unsigned round)
{
    char id[] = "0x";
    id[1] = (char)('a' + round);
    if (round < 4)
        put_indexed(bench, id, true, LIMIT_SORTINDEX);
}

static void pages_stay_right_while_others_add(struct bench *bench)
{
    make_five(bench);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        if (orders[i].order == STORE_OLDEST)
            continue; /* what is new stands behind, and is rightly delivered */
        struct store_query query = query_all();
        query.order = orders[i].order;
        query.older = bench->now + 4;
        query.limit = 1;
        expect_pages(bench, query, add_in_front, orders[i].ids);
    }
}

static bool stop_at_second(void *context, const struct record_bso *bso)
{
    (void)bso;
    return ++*(int *)context < 2;
}

static void a_visitor_can_stop(struct bench *bench)
{
    make_five(bench);
    int seen = 0;
    struct store_query query = query_all();
    struct store_sink sink = { .visit = stop_at_second, .context = &seen };
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_list(txn, SLICE("c"), &query, &sink), STORE_OK);
    store_rollback(txn);
    assert_int_equal(seen, 2);
    assert_false(sink.more);
}

struct rows {
    size_t count, with_payload;
};

static bool note_row(void *context, const struct record_bso *bso)
{
    struct rows *rows = context;
    rows->count++;
    rows->with_payload += bso->payload.len > 0;
    assert_slice(bso->relations[RECORD_PARENT], "papa");
    assert_true(bso->has_sortindex);
    return true;
}

static void expect_rows(struct bench *bench, const struct store_query *query, size_t count)
{
    struct rows rows = { 0 };
    struct store_sink sink = { .visit = note_row, .context = &rows };
    struct store_txn *txn = begin(bench, STORE_READ);
    assert_int_equal(store_list(txn, SLICE("c"), query, &sink), STORE_OK);
    store_rollback(txn);
    assert_int_equal(rows.count, count);
    assert_int_equal(rows.with_payload, query->bare ? 0 : count);
}

/* Named or not, from the beginning or behind a place. */
static void rows_come_with_payloads_only_when_wanted(struct bench *bench)
{
    static const struct slice ids[] = { SLICE_INIT("b"), SLICE_INIT("a"), SLICE_INIT("none") };
    struct store_txn *txn = begin(bench, STORE_WRITE);
    for (char id[] = "a"; id[0] <= 'c'; id[0]++) {
        struct record_update update = update_of(id, "payload");
        update.sortindex_is = update.relation_is[RECORD_PARENT] = RECORD_VALUE;
        update.relations[RECORD_PARENT] = SLICE("papa");
        assert_int_equal(store_put(txn, SLICE("c"), &update), STORE_OK);
    }
    assert_int_equal(store_commit(txn), STORE_OK);
    for (int bare = 0; bare < 2; bare++) {
        for (size_t i = 0; i < COUNT_OF(orders); i++) {
            struct store_query query = query_all();
            query.order = orders[i].order;
            query.bare = bare != 0;
            expect_rows(bench, &query, 3);
            query.has_after = true;
            query.after_key = orders[i].order == STORE_BY_INDEX ? 0 : T0;
            query.after_id = SLICE("a");
            expect_rows(bench, &query, 2);
            query.ids = ids;
            query.id_count = COUNT_OF(ids);
            expect_rows(bench, &query, 1);
        }
    }
}

const struct promise promises_list[] = {
    PROMISE(orders_are_total),
    PROMISE(time_bounds_are_open),
    PROMISE(named_records_in_every_order),
    PROMISE(no_ids_named_is_no_record),
    PROMISE(more_is_said_only_when_more_follows),
    PROMISE(pages_have_neither_gap_nor_repetition),
    PROMISE(pages_of_what_was_written_at_once_without_an_index),
    PROMISE(few_and_many_hits_of_a_time_range_come_in_the_same_order),
    PROMISE(pages_stay_right_while_others_remove),
    PROMISE(pages_stay_right_while_others_add),
    PROMISE(a_visitor_can_stop),
    PROMISE(rows_come_with_payloads_only_when_wanted),
    { NULL, NULL },
};
