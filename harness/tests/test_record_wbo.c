/* What the records of APIs 1.1 and 1.0 have that those of 1.5 have not, and the other way round. */
#include "record/list.h"

#include "tests/support/support.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16

/* How each kind takes a record: '+' or '-', for 1.5, 1.1 and 1.0. */
static const struct {
    const char *json, *taken;
} rows[] = {
    { "{\"id\":\"a\",\"payload\":\"x\",\"sortindex\":3,\"modified\":1.5}", "+++" },
    { "{\"id\":\"a\",\"foo\":1}", "-++" },
    { "{\"id\":\"a\",\"foo\":{\"id\":[\"b\"]},\"foo\":2}", "-++" },
    { "{\"id\":\"a\",\"parentid\":\"p\",\"predecessorid\":\"q\"}", "-++" },
    { "{\"id\":\"a\",\"parentid\":null,\"predecessorid\":null}", "-++" },
    { "{\"id\":\"a\",\"parentid\":\"" A64 "\"}", "-++" },
    { "{\"id\":\"a\",\"parentid\":\"" A64 "a\"}", "---" },
    { "{\"id\":\"a\",\"predecessorid\":\"" A64 "a\"}", "---" },
    { "{\"id\":\"a\",\"predecessorid\":\"\\u0061" A64 "\"}", "---" },
    { "{\"id\":\"a\",\"parentid\":1}", "---" },
    { "{\"id\":\"a\",\"parentid\":\"\\ud800\"}", "---" },
    { "{\"id\":\"a\",\"parentid\":\"p\",\"parentid\":\"p\"}", "---" },
    { "{\"id\":\"a\",\"ttl\":10}", "+++" },
    { "{\"id\":\"a\",\"ttl\":\"soon\"}", "--+" },
    { "{\"id\":\"a\",\"collection\":\"c\"}", "+++" },
    { "{\"id\":\"a\",\"collection\":3}", "-++" },
    { "{\"id\":\"a,b\"}", "++-" },
    { "{\"id\":\"a\\u002cb\"}", "++-" },
    { "{\"id\":\"" A64 "\"}", "+++" },
    { "{\"id\":\"" A64 "a\"}", "---" },
    { "{\"id\":\"a\",\"payload\":\"12345678\"}", "+++" },
    { "{\"id\":\"a\",\"payload\":\"123456789\"}", "---" },
    { "{\"id\":\"a\",\"payload\":{}}", "---" },
    { "{\"id\":\"a\",\"sortindex\":\"abc\"}", "---" },
};

static void each_kind_has_its_own_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (int kind = 0; kind < RECORD_KINDS; kind++) {
            const struct record_bounds bounds = { .payload_bytes = 8,
                                                  .kind = (enum record_kind)kind };
            AUTO(buf_free) struct buf scratch = buf_bounded(4096);
            struct support_edge edge = support_edge_of(slice_text(rows[i].json));
            struct record_update update;
            struct record_fault fault;
            assert_true(buf_reserve(&scratch, edge.bytes.len));
            enum record_err err = record_decode(edge.bytes, &bounds, &scratch, &update, &fault);
            if (err != (rows[i].taken[kind] == '+' ? RECORD_OK : RECORD_INVALID))
                fail_msg("%s: kind %d gives %d", rows[i].json, kind, err);
            assert_true(update.has_id);
            support_edge_free(&edge);
        }
    }
}

static void what_is_ignored_leaves_no_trace(void **state)
{
    (void)state;
    const struct slice json = SLICE("{\"id\":\"a\",\"ttl\":10,\"x\":\"\\u0041\"}");
    for (int kind = RECORD_WBO; kind < RECORD_KINDS; kind++) {
        const struct record_bounds bounds = { .payload_bytes = 8, .kind = (enum record_kind)kind };
        AUTO(buf_free) struct buf scratch = buf_bounded(4096);
        struct record_update update;
        struct record_fault fault;
        assert_true(buf_reserve(&scratch, json.len));
        assert_int_equal(record_decode(json, &bounds, &scratch, &update, &fault), RECORD_OK);
        assert_int_equal(update.ttl_is, kind == RECORD_WBO ? RECORD_VALUE : RECORD_ABSENT);
        assert_int_equal(update.payload_is, RECORD_ABSENT);
        assert_int_equal(update.sortindex_is, RECORD_ABSENT);
        assert_int_equal(scratch.len, 0);
    }
}

static void relations_are_read_and_written(void **state)
{
    (void)state;
    const struct slice json =
        SLICE("{\"id\":\"a\",\"parentid\":\"p\\u0022\",\"predecessorid\":null}");
    const struct record_bounds bounds = { .payload_bytes = 8, .kind = RECORD_WBO };
    AUTO(buf_free) struct buf scratch = buf_bounded(4096);
    AUTO(buf_free) struct buf out = buf_bounded(4096);
    struct record_update update;
    struct record_fault fault;
    assert_true(buf_reserve(&scratch, json.len));
    assert_int_equal(record_decode(json, &bounds, &scratch, &update, &fault), RECORD_OK);
    assert_int_equal(update.relation_is[RECORD_PARENT], RECORD_VALUE);
    assert_slice(update.relations[RECORD_PARENT], "p\"");
    assert_int_equal(update.relation_is[RECORD_PREDECESSOR], RECORD_NULL);
    struct record_bso bso = { .id = SLICE("a"), .relations = { update.relations[RECORD_PARENT] } };
    assert_true(record_encode(RECORD_WBO, &bso, &out));
    assert_slice(buf_slice(&out),
                 "{\"id\":\"a\",\"modified\":0.00,\"parentid\":\"p\\\"\",\"payload\":\"\"}");
    buf_clear(&out);
    bso.relations[RECORD_PREDECESSOR] = SLICE("q");
    assert_true(record_encode(RECORD_OLD_WBO, &bso, &out));
    assert_slice(buf_slice(&out), "{\"id\":\"a\",\"modified\":0.00,\"parentid\":\"p\\\"\","
                                  "\"predecessorid\":\"q\",\"payload\":\"\"}");
    buf_clear(&out);
    assert_true(record_encode(RECORD_BSO, &bso, &out));
    assert_slice(buf_slice(&out), "{\"id\":\"a\",\"modified\":0.00,\"payload\":\"\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_own_keys),
        cmocka_unit_test(what_is_ignored_leaves_no_trace),
        cmocka_unit_test(relations_are_read_and_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
