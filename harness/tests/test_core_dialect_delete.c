/* DELETE with APIs 1.1 and 1.0. */
#include "tests/core_old.h"

#include <stdio.h>

/* a to d, one after the other, with sortindexes 3, 9, 5 and none. */
static void fill(struct bench *bench)
{
    old_expect(bench, "1.1", "PUT /storage/c/a", "{\"sortindex\":3}", 200, "1000.00");
    old_expect(bench, "1.1", "PUT /storage/c/b", "{\"sortindex\":9}", 200, "1000.01");
    old_expect(bench, "1.1", "PUT /storage/c/c", "{\"sortindex\":5}", 200, "1000.02");
    old_expect(bench, "1.1", "PUT /storage/c/d", "{}", 200, "1000.03");
}

/* What a DELETE leaves; NULL: it is a 400, and leaves everything. */
static const struct {
    const char *query, *left;
} rows[] = {
    { "", "[]" },
    { "?ids=a,c,zz", "[\"b\",\"d\"]" },
    { "?older=1000.02", "[\"c\",\"d\"]" },
    { "?newer=1000.02", "[\"a\",\"b\",\"c\"]" },
    { "?newer=1000.00&older=1000.03", "[\"a\",\"d\"]" },
    { "?limit=1", "[\"b\",\"c\",\"d\"]" },
    { "?limit=1&sort=newest", "[\"a\",\"b\",\"c\"]" },
    { "?limit=1&sort=index", "[\"a\",\"c\",\"d\"]" },
    { "?limit=2&offset=1&sort=oldest", "[\"a\",\"d\"]" },
    { "?ids=a,b,c&limit=1&sort=index", "[\"a\",\"c\",\"d\"]" },
    { "?parentid=p", "[\"a\",\"b\",\"c\",\"d\"]" },
    { "?sort=index", "[]" },
    { "?unknown=1", "[]" },
    { "?older=soon", NULL },
    { "?newer=soon", NULL },
    { "?limit=one", NULL },
    { "?ids=", NULL },
};

static void parameters_choose_what_goes(void **state)
{
    struct bench *bench = *state;
    char line[128];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_free(bench);
        (void)old_set_up(state);
        fill(bench);
        (void)snprintf(line, sizeof(line), "DELETE /storage/c%s", rows[i].query);
        bool bad = rows[i].left == NULL;
        old_expect(bench, i % 2 == 0 ? "1.1" : "1.0", line, NULL, bad ? 400 : 200,
                   bad ? "0" : "1000.04");
        old_expect(bench, "1.1", "GET /storage/c", NULL, 200,
                   bad ? "[\"a\",\"b\",\"c\",\"d\"]" : rows[i].left);
    }
}

static void more_records_go_than_are_swept_at_once(void **state)
{
    struct bench *bench = *state;
    enum { COUNT = 700, LEFT = 10 };
    char line[64];
    for (unsigned i = 0; i < COUNT; i++) {
        (void)snprintf(line, sizeof(line), "PUT /storage/c/%03u", i);
        assert_int_equal(old_ask(bench, "1.1", line, NULL, "{\"payload\":\"x\"}"), 200);
    }
    (void)snprintf(line, sizeof(line), "DELETE /storage/c?limit=%d&offset=%d", COUNT - LEFT,
                   LEFT - 2);
    assert_int_equal(old_ask(bench, "1.1", line, NULL, NULL), 200);
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200,
               "[\"000\",\"001\",\"002\",\"003\",\"004\",\"005\",\"006\",\"007\","
               "\"698\",\"699\"]");
    assert_int_equal(old_ask(bench, "1.1", "DELETE /storage/c?newer=0", NULL, NULL), 200);
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[]");
    old_expect(bench, "1.1", "GET /info/collection_usage", NULL, 200, "{\"c\":0.0}");
}

/* One stamp for all: only the ids tell where a sweep goes on. */
static void records_of_one_time_go_as_counted(void **state)
{
    struct bench *bench = *state;
    enum { COUNT = 400 };
    AUTO(buf_free) struct buf body = buf_bounded((size_t)COUNT * 32);
    bench->config.limits.max_post_records = COUNT;
    bench_restart(bench);
    for (unsigned i = 0; i < COUNT; i++)
        buf_add_format(&body, "%c{\"id\":\"%03u\"}", i == 0 ? '[' : ',', i);
    buf_add_byte(&body, ']');
    assert_int_equal(bench_send(bench, "POST /storage/c", NULL, buf_text(&body)), 200);
    assert_int_equal(old_ask(bench, "1.1", "DELETE /storage/c?limit=1000&offset=2", NULL, NULL),
                     200);
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"000\",\"001\"]");
}

static void a_delete_is_answered_with_its_time(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    old_expect(bench, "1.1", "DELETE /storage/c/a", NULL, 200, "1000.04");
    expect_field(bench, "X-Weave-Timestamp", "1000.04");
    expect_field(bench, "X-Last-Modified", NULL);
    old_expect(bench, "1.1", "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "DELETE /storage/c/b", NULL, 200, "{\"modified\":1000.05}");
}

static void what_is_not_there_can_be_deleted(void **state)
{
    struct bench *bench = *state;
    old_expect(bench, "1.1", "DELETE /storage/c/a", NULL, 200, "1000.00");
    old_expect(bench, "1.1", "DELETE /storage/c", NULL, 200, "1000.00");
    old_expect(bench, "1.1", "DELETE /storage/c?ids=a", NULL, 200, "1000.00");
    bench_expect_untouched(bench);
    old_expect(bench, "1.1", "PUT /storage/c/a", "{}", 200, "1000.00");
    old_expect(bench, "1.1", "DELETE /storage/c/b", NULL, 200, "1000.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench_expect(bench, "DELETE /storage/c/b", NULL, 404, "0");
}

static void everything_goes_only_when_confirmed(void **state)
{
    struct bench *bench = *state;
    fill(bench);
    old_expect(bench, "1.1", "DELETE /storage", NULL, 412, "4");
    old_expect(bench, "1.0", "DELETE /storage/", NULL, 412, "4");
    old_expect(bench, "1.1", "GET /storage/c", NULL, 200, "[\"a\",\"b\",\"c\",\"d\"]");
    assert_int_equal(old_ask(bench, "1.1", "DELETE /storage",
                             "X-Confirm-Delete: 1\nX-If-Unmodified-Since: 1000.02", NULL),
                     412);
    assert_int_equal(old_ask(bench, "1.1", "DELETE /storage",
                             "X-Confirm-Delete: 1\nX-If-Unmodified-Since: 1000.03", NULL),
                     200);
    expect_body(bench, "1000.04");
    old_expect(bench, "1.1", "GET /info/collections", NULL, 200, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OLD_TEST(parameters_choose_what_goes),
        OLD_TEST(more_records_go_than_are_swept_at_once),
        OLD_TEST(records_of_one_time_go_as_counted),
        OLD_TEST(a_delete_is_answered_with_its_time),
        OLD_TEST(what_is_not_there_can_be_deleted),
        OLD_TEST(everything_goes_only_when_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
