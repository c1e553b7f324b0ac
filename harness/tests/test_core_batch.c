#include "core/batch.h"

#include "base/alloc.h"
#include "tests/core_bench.h"

#include <stdio.h>

enum { ID = 11 };

/* Sends "POST /storage/${rest}", in which %s is the id. */
static int post(struct bench *bench, const char *rest, const char *id, const char *fields,
                const char *body)
{
    char line[256] = "POST /storage/";
    size_t len = strlen(line);
    for (const char *from = rest; *from != 0; from++) {
        bool is_id = from[0] == '%' && from[1] == 's';
        int wrote = is_id ? snprintf(line + len, sizeof(line) - len, "%s", id)
                          : snprintf(line + len, sizeof(line) - len, "%c", *from);
        assert_in_range(wrote, 0, sizeof(line) - len - 1);
        len += (size_t)wrote;
        from += is_id;
    }
    return bench_send(bench, line, fields, body);
}

static void expect_post(struct bench *bench, const char *rest, const char *id, const char *body,
                        int status)
{
    int seen = post(bench, rest, id, NULL, body);
    if (seen != status)
        fail_msg("%s with %s: %d is not %d", rest, body, seen, status);
}

/* A 202: {"batch":"...","failed":{},"success":[...]}. */
static void expect_pending(struct bench *bench, const char *id, const char *ids)
{
    char text[512];
    (void)snprintf(text, sizeof(text), "{\"batch\":\"%s\",\"failed\":{},\"success\":[%s]}", id,
                   ids);
    expect_body(bench, text);
}

static void take_id(struct bench *bench, char ret_id[ID + 1])
{
    static const char before[] = "{\"batch\":\"";
    struct slice body = buf_slice(&bench->reply.body);
    assert_true(slice_starts(body, SLICE(before)));
    assert_true(body.len > sizeof(before) + ID);
    memcpy(ret_id, body.ptr + sizeof(before) - 1, ID);
    ret_id[ID] = 0;
    assert_int_equal(strspn(ret_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                    "-_"),
                     ID);
}

static void open_batch(struct bench *bench, const char *body, char ret_id[ID + 1])
{
    bench_expect(bench, "GET /info/configuration", NULL, 200,
                 "{\"max_request_bytes\":2625536,\"max_post_records\":100,"
                 "\"max_post_bytes\":2621440,\"max_total_records\":10000,"
                 "\"max_total_bytes\":4194304,\"max_record_payload_bytes\":2621440}");
    expect_post(bench, "c?batch=true", "", body, 202);
    take_id(bench, ret_id);
}

static void a_batch_is_stored_by_its_commit_with_one_stamp(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\",\"payload\":\"1\"}]", id);
    expect_pending(bench, id, "\"a\"");
    expect_field(bench, "Content-Type", "application/json");
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"b\"},{\"id\":\"c\",\"sortindex\":3}]", 202);
    expect_pending(bench, id, "\"b\",\"c\"");
    clock_virtual_advance(&bench->clock, 5 * STAMP_SECOND);
    expect_post(bench, "c?batch=%s&commit=true", id, "[{\"id\":\"d\"}]", 200);
    expect_body(bench, "{\"modified\":1005.00,\"failed\":{},\"success\":[\"d\"]}");
    expect_field(bench, "X-Last-Modified", "1005.00");
    expect_field(bench, "X-Weave-Timestamp", "1005.00");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1005.00,\"payload\":\"1\"},"
                 "{\"id\":\"b\",\"modified\":1005.00,\"payload\":\"\"},"
                 "{\"id\":\"c\",\"modified\":1005.00,\"sortindex\":3,\"payload\":\"\"},"
                 "{\"id\":\"d\",\"modified\":1005.00,\"payload\":\"\"}]");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1005.00}");
}

static void nothing_of_it_is_seen_before_the_commit(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\",\"payload\":\"1\"}]", id);
    expect_field(bench, "X-Last-Modified", "0.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench_expect_untouched(bench);
    bench_expect(bench, "GET /info/collection_counts", NULL, 200, "{}");
    bench_expect(bench, "GET /info/quota", NULL, 200, "[0.0,8192.0]");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
    bench_expect(bench, "GET /storage/c/a", NULL, 404, "0");
    bench_expect(bench, "PUT /storage/c/a", "{\"payload\":\"old\",\"sortindex\":7}", 200,
                 "1000.00");
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"b\"}]", 202);
    expect_field(bench, "X-Last-Modified", "1000.00");
    expect_field(bench, "X-Weave-Timestamp", "1000.00");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.00,\"sortindex\":7,\"payload\":\"old\"}]");
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    expect_body(bench, "{\"modified\":1000.01,\"failed\":{},\"success\":[]}");
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.01,\"sortindex\":7,\"payload\":\"1\"},"
                 "{\"id\":\"b\",\"modified\":1000.01,\"payload\":\"\"}]");
}

static void one_request_may_open_and_commit(void **state)
{
    struct bench *bench = *state;
    expect_post(bench, "c?batch=true&commit=true", "", "[{\"id\":\"a\"}]", 200);
    expect_body(bench, "{\"modified\":1000.00,\"failed\":{},\"success\":[\"a\"]}");
    expect_post(bench, "c?commit=true&batch=TRUE", "", "[{\"id\":\"b\"}]", 200);
    expect_body(bench, "{\"modified\":1000.01,\"failed\":{},\"success\":[\"b\"]}");
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\"]");
}

static void an_empty_commit_has_a_body_of_no_records(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *type, *body;
        int status;
    } rows[] = {
        { "Content-Type: application/json", "[]", 200 },
        { "Content-Type: application/newlines", "", 200 },
        { "Content-Type: text/plain", "[]", 200 },
        { "Content-Type: application/json", "", 400 },
        { "Content-Type: application/json", "{}", 400 },
        { "Content-Type: application/newlines", "[]", 400 },
        { "Content-Type: application/newlines", "{}", 400 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char id[ID + 1];
        open_batch(bench, "[{\"id\":\"a\"}]", id);
        int status = post(bench, "c?batch=%s&commit=true", id, rows[i].type, rows[i].body);
        if (status != rows[i].status)
            fail_msg("%s %s: %d", rows[i].type, rows[i].body, status);
        bench_expect(bench, "GET /storage/c", NULL, 200, status == 200 ? "[\"a\"]" : "[]");
        /* What was refused left the batch as it was. */
        expect_post(bench, "c?batch=%s&commit=true", id, "[]", status == 200 ? 400 : 200);
        assert_int_equal(bench_send(bench, "DELETE /storage/c", NULL, NULL), 200);
    }
}

static void newlines_are_taken_at_every_step(void **state)
{
    struct bench *bench = *state;
    static const char type[] = "Content-Type: application/newlines";
    char id[ID + 1];
    assert_int_equal(post(bench, "c?batch=true", "", type, "{\"id\":\"a\"}\n"), 202);
    take_id(bench, id);
    assert_int_equal(post(bench, "c?batch=%s", id, type, "{\"id\":\"b\"}\n{\"id\":\"c\"}"), 202);
    expect_pending(bench, id, "\"b\",\"c\"");
    assert_int_equal(post(bench, "c?batch=%s&commit=true", id, type, "{\"id\":\"d\"}\n"), 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\",\"c\",\"d\"]");
}

static void an_id_sent_again_changes_that_record_alone(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\",\"payload\":\"1\"},{\"id\":\"b\",\"payload\":\"1\"}]", id);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"a\",\"payload\":\"2\",\"sortindex\":1}]", 202);
    expect_post(bench, "c?batch=%s&commit=true", id, "[{\"id\":\"a\",\"sortindex\":2}]", 200);
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1000.00,\"sortindex\":2,\"payload\":\"2\"},"
                 "{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"1\"}]");
}

static void failed_records_are_not_part_of_it(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    expect_post(bench, "c?batch=true", "", "[{\"id\":\"a\"},{\"id\":\"bad\",\"ttl\":\"x\"}]", 202);
    take_id(bench, id);
    assert_true(slice_ends(buf_slice(&bench->reply.body), SLICE("\"},\"success\":[\"a\"]}")));
    assert_true(slice_search(buf_slice(&bench->reply.body), SLICE("\"failed\":{\"bad\":\"")) <
                bench->reply.body.len);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"bad\",\"payload\":7}]", 202);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void a_ttl_counts_from_the_commit(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    bench_expect(bench, "PUT /storage/c/old", "{\"payload\":\"kept\"}", 200, "1000.00");
    open_batch(bench, "[{\"id\":\"a\",\"ttl\":10},{\"id\":\"old\",\"ttl\":10}]", id);
    clock_virtual_advance(&bench->clock, 60 * STAMP_SECOND);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    clock_virtual_advance(&bench->clock, 9 * STAMP_SECOND);
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"a\",\"modified\":1060.00,\"payload\":\"\"},"
                 "{\"id\":\"old\",\"modified\":1060.00,\"payload\":\"kept\"}]");
    clock_virtual_advance(&bench->clock, 1 * STAMP_SECOND);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[]");
}

static void an_open_batch_expires(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    bench->config.batch_lifetime = 100 * STAMP_SECOND;
    bench_restart(bench);
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    clock_virtual_advance(&bench->clock, 100 * STAMP_SECOND - 1);
    expect_post(bench, "c?batch=%s", id, "[]", 202);
    clock_virtual_advance(&bench->clock, 1);
    expect_post(bench, "c?batch=%s", id, "[]", 400);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 400);
    bench_expect_untouched(bench);
    assert_int_equal(core_config_default().batch_lifetime, 7200 * STAMP_SECOND);
}

static const char *const not_ids[] = {
    "sammich", "AAAAAAAAAAA", /* well-formed, and unknown */
    "%s%3D",   "%sA",         "A%s", "+%s",   "%00",
    "%20",     "true%20",     "0",   "false", "AAAAAAAAAAB", /* bits behind the last byte */
};

static void what_is_no_open_batch_is_refused(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    for (size_t i = 0; i < COUNT_OF(not_ids); i++) {
        char rest[64];
        (void)snprintf(rest, sizeof(rest), "c?batch=%s", not_ids[i]);
        expect_post(bench, rest, id, "[{\"id\":\"b\"}]", 400);
        expect_body(bench, "0");
        (void)snprintf(rest, sizeof(rest), "c?batch=%s&commit=true", not_ids[i]);
        expect_post(bench, rest, id, "[{\"id\":\"b\"}]", 400);
    }
    bench_expect_untouched(bench);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"b\"}]", 400);
    expect_post(bench, "c?batch=%s&commit=true", id, "[{\"id\":\"b\"}]", 400);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void fill_with_zeros(struct rng *rng, uint8_t *bytes, size_t len)
{
    (void)rng;
    memset(bytes, 0, len);
}

/* The number of a batch may be any, and nothing but its id stands for it. */
static void what_cannot_be_read_is_no_number(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    bench->rng.base.fill = fill_with_zeros;
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    assert_string_equal(id, "AAAAAAAAAAA");
    static const char *const others[] = { "c?batch=sammich", "c?batch=%s%3D", "c?batch=AAAAAAAAAAB",
                                          "c?batch=AAAAA.AAAAA" };
    for (size_t i = 0; i < COUNT_OF(others); i++)
        expect_post(bench, others[i], id, "[]", 400);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
}

static void a_batch_belongs_to_one_user_and_one_collection(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    char line[64];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    expect_post(bench, "d?batch=%s", id, "[{\"id\":\"x\"}]", 400);
    expect_post(bench, "d?batch=%s&commit=true", id, "[{\"id\":\"x\"}]", 400);
    for (int commit = 0; commit < 2; commit++) {
        (void)snprintf(line, sizeof(line), "POST //1.5/8/storage/c?batch=%s%s", id,
                       commit != 0 ? "&commit=true" : "");
        assert_int_equal(bench_send(bench, line, "X-Test-Uid: 8", "[{\"id\":\"x\"}]"), 400);
    }
    assert_int_equal(bench_send(bench, "GET //1.5/8/info/collections", "X-Test-Uid: 8", NULL), 200);
    expect_body(bench, "{}");
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
    bench_expect(bench, "GET /info/collections", NULL, 200, "{\"c\":1000.00}");
}

static void several_batches_are_open_at_once(void **state)
{
    struct bench *bench = *state;
    char first[ID + 1], second[ID + 1];
    open_batch(bench, "[{\"id\":\"a\",\"payload\":\"1\"}]", first);
    open_batch(bench, "[{\"id\":\"a\",\"payload\":\"2\"},{\"id\":\"b\"}]", second);
    assert_string_not_equal(first, second);
    expect_post(bench, "c?batch=%s&commit=true", second, "[]", 200);
    expect_post(bench, "c", "", "[{\"id\":\"c\"}]", 200);
    expect_post(bench, "c?batch=%s&commit=true", first, "[]", 200);
    bench_expect(bench, "GET /storage/c?full=1", NULL, 200,
                 "[{\"id\":\"b\",\"modified\":1000.00,\"payload\":\"\"},"
                 "{\"id\":\"c\",\"modified\":1000.01,\"payload\":\"\"},"
                 "{\"id\":\"a\",\"modified\":1000.02,\"payload\":\"1\"}]");
}

static void deletion_takes_open_batches_along(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "DELETE /storage/c", "DELETE /storage", "DELETE " };
    for (size_t i = 0; i < 2 * COUNT_OF(lines); i++) {
        char id[ID + 1];
        open_batch(bench, "[{\"id\":\"a\"}]", id);
        if (i % 2 == 0)
            assert_int_equal(bench_send(bench, "PUT /storage/c/x", NULL, "{}"), 200);
        assert_int_equal(bench_send(bench, lines[i / 2], NULL, NULL), 200);
        expect_post(bench, "c?batch=%s&commit=true", id, "[]", 400);
        bench_expect(bench, "GET /info/collections", NULL, 200, "{}");
    }
}

static void other_deletions_leave_open_batches(void **state)
{
    struct bench *bench = *state;
    static const char *const lines[] = { "DELETE /storage/d", "DELETE /storage/c/x",
                                         "DELETE /storage/c?ids=a,y" };
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    expect_post(bench, "c", "", "[{\"id\":\"x\"},{\"id\":\"y\"}]", 200);
    expect_post(bench, "d", "", "[]", 200);
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        assert_int_equal(bench_send(bench, lines[i], NULL, NULL), 200);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void deleting_what_is_not_there_raises_no_time(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    bench_expect(bench, "DELETE /storage/c?ids=a", NULL, 200, "{\"modified\":0.00}");
    expect_post(bench, "c?batch=%s", id, "[]", 202);
    bench_expect(bench, "DELETE /storage/c", NULL, 200, "{\"modified\":0.00}");
    expect_post(bench, "c?batch=%s", id, "[]", 400);
    bench_expect_untouched(bench);
}

static void a_condition_is_looked_at_in_every_step(void **state)
{
    struct bench *bench = *state;
    static const char unmodified[] = "X-If-Unmodified-Since: 1000.00\nContent-Type: text/plain";
    char id[ID + 1];
    bench_expect(bench, "PUT /storage/c/x", "{}", 200, "1000.00");
    assert_int_equal(post(bench, "c?batch=true", "", unmodified, "[{\"id\":\"a\"}]"), 202);
    take_id(bench, id);
    assert_int_equal(post(bench, "c?batch=%s", id, unmodified, "[{\"id\":\"b\"}]"), 202);
    bench_expect(bench, "PUT /storage/c/x", "{}", 200, "1000.01");
    assert_int_equal(post(bench, "c?batch=%s", id, unmodified, "[{\"id\":\"c\"}]"), 412);
    expect_field(bench, "X-Last-Modified", "1000.01");
    assert_int_equal(post(bench, "c?batch=%s&commit=true", id, unmodified, "[]"), 412);
    assert_int_equal(post(bench, "c?batch=true", "", unmodified, "[]"), 412);
    assert_int_equal(post(bench, "c?batch=true&commit=true", "", unmodified, "[]"), 412);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"x\"]");
    /* The batch is as it was before the refused append. */
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"x\",\"a\",\"b\"]");
}

static void a_commit_that_is_malformed_commits_nothing(void **state)
{
    struct bench *bench = *state;
    static const char *const queries[] = {
        "c?batch=%s&commit=false",   "c?batch=%s&commit=1",
        "c?batch=%s&commit=True",    "c?batch=%s&commit",
        "c?batch=%s&commit=",        "c?batch=%s&commit=true&commit=true",
        "c?batch=%s&batch=%s",       "c?commit=true",
        "c?batch=true&commit=yes",   "c?batch=true&batch=%s",
        "c?batch=%s&commit=true%2",  "c?commit=yes&batch=%s",
        "c?batch=%s&commit=true%00", "c?%2=x",
    };
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    for (size_t i = 0; i < COUNT_OF(queries); i++)
        expect_post(bench, queries[i], id, "[{\"id\":\"b\"}]", 400);
    bench_expect_untouched(bench);
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\"]");
}

static void a_batch_past_its_limits_is_17_and_stays_as_it_was(void **state)
{
    struct bench *bench = *state;
    bench->config.limits.max_total_records = 3;
    bench->config.limits.max_total_bytes = 6;
    bench_restart(bench);
    char id[ID + 1];
    expect_post(bench, "c?batch=true", "", "[{\"id\":\"a\",\"payload\":\"12345\"},{\"id\":\"b\"}]",
                202);
    take_id(bench, id);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"c\",\"payload\":\"12\"}]", 400);
    expect_body(bench, "17");
    expect_post(bench, "c?batch=%s&commit=true", id, "[{\"id\":\"c\"},{\"id\":\"d\"}]", 400);
    expect_body(bench, "17");
    bench_expect_untouched(bench);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"c\",\"payload\":\"1\"}]", 202);
    expect_post(bench, "c?batch=%s", id, "[{\"id\":\"a\",\"sortindex\":1}]", 400);
    expect_body(bench, "17");
    expect_post(bench, "c?batch=%s&commit=true", id, "[]", 200);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\",\"c\"]");
    static const char four[] = "[{\"id\":\"e\"},{\"id\":\"f\"},{\"id\":\"g\"},{\"id\":\"h\"}]";
    expect_post(bench, "c?batch=true", "", four, 400);
    expect_body(bench, "17");
    expect_post(bench, "c?batch=true&commit=true", "", four, 400);
    expect_body(bench, "17");
    expect_post(bench, "c", "", four, 200); /* no batch, no limit of batches */
}

static void a_user_has_a_bounded_number_of_open_batches(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    for (int i = 0; i < STORE_BATCHES; i++)
        expect_post(bench, i % 2 == 0 ? "c?batch=true" : "d?batch=true", "", "[]", 202);
    take_id(bench, id);
    expect_post(bench, "e?batch=true", "", "[]", 503);
    expect_field(bench, "Retry-After", "10");
    bench_expect_untouched(bench);
    expect_post(bench, "d?batch=%s&commit=true", id, "[]", 200);
    expect_post(bench, "e?batch=true", "", "[]", 202);
    assert_int_equal(bench_send(bench, "POST //1.5/8/storage/c?batch=true", "X-Test-Uid: 8", "[]"),
                     202);
}

static void out_of_memory_leaves_the_batch_as_it_was(void **state)
{
    struct bench *bench = *state;
    char id[ID + 1];
    open_batch(bench, "[{\"id\":\"a\"}]", id);
    int status = 503;
    uint64_t nth = 0;
    for (; status == 503; nth++) {
        alloc_fail_at(nth);
        status = post(bench, "c?batch=%s", id, NULL, "[{\"id\":\"b\"},{\"id\":\"c\"}]");
        bool failed = alloc_has_failed();
        alloc_fail_at(UINT64_MAX);
        assert_true(failed == (status == 503));
    }
    assert_int_equal(status, 202);
    assert_true(nth > 2);
    for (status = 503, nth = 0; status == 503; nth++) {
        alloc_fail_at(nth);
        status = post(bench, "c?batch=%s&commit=true", id, NULL, "[{\"id\":\"d\"}]");
        alloc_fail_at(UINT64_MAX);
        if (status == 503)
            bench_expect_untouched(bench);
    }
    assert_true(nth > 2);
    bench_expect(bench, "GET /storage/c", NULL, 200, "[\"a\",\"b\",\"c\",\"d\"]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(a_batch_is_stored_by_its_commit_with_one_stamp),
        BENCH_TEST(nothing_of_it_is_seen_before_the_commit),
        BENCH_TEST(one_request_may_open_and_commit),
        BENCH_TEST(an_empty_commit_has_a_body_of_no_records),
        BENCH_TEST(newlines_are_taken_at_every_step),
        BENCH_TEST(an_id_sent_again_changes_that_record_alone),
        BENCH_TEST(failed_records_are_not_part_of_it),
        BENCH_TEST(a_ttl_counts_from_the_commit),
        BENCH_TEST(an_open_batch_expires),
        BENCH_TEST(what_is_no_open_batch_is_refused),
        BENCH_TEST(what_cannot_be_read_is_no_number),
        BENCH_TEST(a_batch_belongs_to_one_user_and_one_collection),
        BENCH_TEST(several_batches_are_open_at_once),
        BENCH_TEST(deletion_takes_open_batches_along),
        BENCH_TEST(other_deletions_leave_open_batches),
        BENCH_TEST(deleting_what_is_not_there_raises_no_time),
        BENCH_TEST(a_condition_is_looked_at_in_every_step),
        BENCH_TEST(a_commit_that_is_malformed_commits_nothing),
        BENCH_TEST(a_batch_past_its_limits_is_17_and_stays_as_it_was),
        BENCH_TEST(a_user_has_a_bounded_number_of_open_batches),
        BENCH_TEST(out_of_memory_leaves_the_batch_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
