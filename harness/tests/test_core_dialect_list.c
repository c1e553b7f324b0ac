/* Reading collections with APIs 1.1 and 1.0: parameters and formats. */
#include "tests/core_old.h"

#include <stdio.h>

/* Records by time of change: a (1), b (34), c (12), d (no sortindex). */
static void fill(struct bench *bench)
{
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"sortindex\":1}", 200, "1000.00");
    old_expect(bench, "1.1", "PUT /storage/c/b", "{\"sortindex\":34}", 200, "1000.01");
    old_expect(bench, "1.1", "PUT /storage/c/c", "{\"sortindex\":12}", 200, "1000.02");
    old_expect(bench, "1.1", "PUT /storage/c/d", "{}", 200, "1000.03");
}

/* What a query gives: for the parameters, the ids in their order; NULL is a 400. */
static const struct {
    const char *query, *ids;
} rows[] = {
    { "", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "sort=newest", "[\"d\",\"c\",\"b\",\"a\"]" },
    { "sort=oldest", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "sort=index", "[\"b\",\"c\",\"a\",\"d\"]" },
    { "sort=sideways", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "ids=c,a,zz", "[\"a\",\"c\"]" },
    { "ids=", NULL },
    { "newer=1000.01", "[\"c\",\"d\"]" },
    { "older=1000.01", "[\"a\"]" },
    { "newer=1000.00&older=1000.03", "[\"b\",\"c\"]" },
    { "newer=soon", NULL },
    { "older=soon", NULL },
    { "index_above=10", "[\"b\",\"c\"]" },
    { "index_above=12", "[\"b\"]" },
    { "index_below=12", "[\"a\"]" },
    { "index_below=-1", "[]" },
    { "index_above=-1", "[\"a\",\"b\",\"c\"]" },
    { "index_above=1&index_below=34", "[\"c\"]" },
    { "index_above=99999999999999", "[]" },
    { "index_above=high", NULL },
    { "index_below=", NULL },
    { "index_below=1.5", NULL },
    { "index_above=9223372036854775807", "[]" },
    { "index_above=9223372036854775808", NULL },
    { "limit=2", "[\"a\",\"b\"]" },
    { "limit=2&offset=1", "[\"b\",\"c\"]" },
    { "offset=3&limit=2", "[\"d\"]" },
    { "limit=2&offset=4", "[]" },
    { "limit=2&offset=1&sort=index", "[\"c\",\"a\"]" },
    { "index_above=1&limit=1", "[\"b\"]" },
    { "index_above=1&limit=1&offset=1", "[\"c\"]" },
    { "offset=2", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "limit=many", NULL },
    { "limit=1&offset=far", NULL },
    { "limit=1&offset=-1", NULL },
    { "parentid=p", "[]" },
    { "predecessorid=p", "[]" },
    { "blabla=1", "[\"a\",\"b\",\"c\",\"d\"]" },
};

static void parameters_choose_records(void **state)
{
    struct bench *bench = *state;
    char line[128];
    fill(bench);
    for (int old = 0; old < 2; old++) {
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            (void)snprintf(line, sizeof(line), "GET /storage/c?%s", rows[i].query);
            bool bad = rows[i].ids == NULL;
            old_expect(bench, old ? "1.0" : "1.1", line, NULL, bad ? 400 : 200,
                       bad ? "0" : rows[i].ids);
            expect_field(bench, "X-Weave-Next-Offset", NULL);
        }
    }
}

static void relations_are_kept_shown_and_chosen_by(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"parentid\":\"papa\"}", 200, "1000.00");
    old_expect(bench, "1.0", "PUT /storage/c/b", "{\"parentid\":\"papa\",\"predecessorid\":\"a\"}",
               200, "1000.01");
    old_expect(bench, "1.1", "PUT /storage/c/d", "{}", 200, "1000.02");
    old_expect(bench, "1.1", "GET /storage/c?parentid=papa", NULL, 200, "[\"a\",\"b\"]");
    old_expect(bench, "1.0", "GET /storage/c?predecessorid=a", NULL, 200, "[\"b\"]");
    old_expect(bench, "1.1", "GET /storage/c?parentid=papa&predecessorid=b", NULL, 200, "[]");
    old_expect(bench, "1.1", "GET /storage/c?parentid=papa&limit=1&offset=1", NULL, 200, "[\"b\"]");
    old_expect(bench, "1.1", "GET /storage/c?full=1&ids=b", NULL, 200,
               "[{\"id\":\"b\",\"modified\":1000.01,\"parentid\":\"papa\","
               "\"predecessorid\":\"a\",\"payload\":\"\"}]");
    old_expect(bench, "1.1", "GET /storage/c/a", NULL, 200,
               "{\"id\":\"a\",\"modified\":1000.00,\"parentid\":\"papa\",\"payload\":\"\"}");
    old_expect(bench, "1.1", "PUT /storage/c/b", "{\"predecessorid\":null}", 200, "1000.03");
    old_expect(bench, "1.1", "GET /storage/c?parentid=papa", NULL, 200, "[\"a\",\"b\"]");
    old_expect(bench, "1.1", "GET /storage/c?predecessorid=a", NULL, 200, "[]");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"x\"}", 200, "1000.04");
    bench_expect(bench, "GET /storage/c/a", NULL, 200,
                 "{\"id\":\"a\",\"modified\":1000.04,\"payload\":\"x\"}");
    bench_expect(bench, "GET /storage/c?full=1&ids=a", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.04,\"payload\":\"x\"}]");
    old_expect(bench, "1.1", "GET /storage/c?parentid=papa&sort=newest", NULL, 200,
               "[\"a\",\"b\"]");
    old_expect(bench, "1.1", "DELETE /storage/c?parentid=papa", NULL, 200, "1000.05");
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"d\"]");
}

static void version_1_5_has_none_of_the_old_parameters(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    bench_expect(bench, "GET /storage/c?index_above=10&parentid=p", NULL, 200,
                 "[\"a\",\"b\",\"c\",\"d\"]");
    bench_expect(bench, "GET /storage/c?limit=2&offset=1", NULL, 400, "0");
    bench_expect(bench, "GET /storage/c?sort=sideways", NULL, 400, "0");
}

static void full_gives_records(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    old_expect(bench, "1.1", "GET /storage/c?full=1&index_below=2", NULL, 200,
               "[{\"id\":\"a\",\"modified\":1000.00,\"sortindex\":1,\"payload\":\"\"}]");
    expect_field(bench, "X-Weave-Records", "1");
    old_expect(bench, "1.1", "GET /storage/nothing", NULL, 200, "[]");
}

static void as_many_ids_as_the_target_holds(void **state)
{
    struct bench *bench = *state;
    AUTO(buf_free) struct buf line = buf_bounded(LIMIT_TARGET);
    fill(bench);
    buf_add_text(&line, "GET /storage/c?ids=");
    for (unsigned i = 0; i < 1000; i++)
        buf_add_format(&line, "x%u,", i);
    buf_add_text(&line, "b");
    old_expect(bench, "1.1", buf_text(&line), NULL, 200, "[\"b\"]");
}

static const struct {
    const char *accept, *type;
} accepts[] = {
    { "Accept: application/json", "application/json" },
    { "Accept: */*", "application/json" },
    { "Accept: application/*", "application/json" },
    { "Accept: application/xxx", "application/json" },
    { "Accept: text/html;q=1", "application/json" },
    { "X-Other: none", "application/json" },
    { "Accept: application/newlines", "application/newlines" },
    { "Accept: application/whoisi", "application/whoisi" },
    { "Accept: application/newlines, application/whoisi", "application/whoisi" },
    { "Accept: application/whoisi, application/newlines", "application/whoisi" },
    { "Accept: application/newlines, application/whoisi;q=0.5", "application/newlines" },
};

static void the_format_is_negotiated_and_never_refused(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    for (size_t i = 0; i < COUNT_OF(accepts); i++) {
        assert_int_equal(old_ask(bench, "1.1", "GET /storage/c", accepts[i].accept, NULL), 200);
        expect_field(bench, "Content-Type", accepts[i].type);
        assert_int_equal(old_ask(bench, "1.0", "GET /storage/c", accepts[i].accept, NULL), 200);
        expect_field(bench, "Content-Type", accepts[i].type);
    }
    assert_int_equal(bench_send(bench, "GET /storage/c", "Accept: application/whoisi", NULL), 406);
}

static void whoisi_puts_the_length_before_each_value(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"payload\":\"\xc3\xa9\"}", 200, "1000.00");
    old_expect(bench, "1.1", "PUT /storage/c/b", "{}", 200, "1000.01");
    assert_int_equal(
        old_ask(bench, "1.1", "GET /storage/c?full=1&limit=1", "Accept: application/whoisi", NULL),
        200);
    assert_true(slice_eq(buf_slice(&bench->reply.body),
                         SLICE("\0\0\0\x2c{\"id\":\"a\",\"modified\":1000.00,"
                               "\"payload\":\"\xc3\xa9\"}")));
    assert_int_equal(old_ask(bench, "1.1", "GET /storage/c", "Accept: application/whoisi", NULL),
                     200);
    assert_true(slice_eq(buf_slice(&bench->reply.body), SLICE("\0\0\0\3\"a\"\0\0\0\3\"b\"")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OLD_TEST(parameters_choose_records),
        OLD_TEST(relations_are_kept_shown_and_chosen_by),
        OLD_TEST(version_1_5_has_none_of_the_old_parameters),
        OLD_TEST(full_gives_records),
        OLD_TEST(as_many_ids_as_the_target_holds),
        OLD_TEST(the_format_is_negotiated_and_never_refused),
        OLD_TEST(whoisi_puts_the_length_before_each_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
