#include "tests/fault_bench.h"

#include "base/alloc.h"
#include "fault/call.h"
#include "fault/txn.h"

#include <stdio.h>

static struct fault_set set_of(const struct fault *fault)
{
    return (struct fault_set){ .at = { fault }, .count = 1 };
}

static void without_faults_everything_is_left_as_it_is(void **state)
{
    (void)state;
    const struct fault_set none = { 0 };
    struct fault_stack *stack = fault_stack_new(&none);
    struct core_config config = core_config_default();
    const struct core_config before = config;
    struct clock_virtual clock = clock_virtual_at(1);
    struct store store = { 0 };
    struct core_env env = { .clock = &clock.base };
    const struct http_handler inner = { NULL, &config };
    fault_stack_configure(stack, &config);
    fault_stack_wrap(stack, &env);
    const struct http_handler outer = fault_stack_around(stack, &inner);
    assert_memory_equal(&config, &before, sizeof(config));
    assert_ptr_equal(fault_stack_store(stack, &store), &store);
    assert_null(fault_stack_bearer(stack, NULL));
    assert_ptr_equal(env.clock, &clock.base);
    assert_null(env.auth);
    assert_ptr_equal(outer.handle, inner.handle);
    assert_ptr_equal(outer.context, inner.context);
    fault_stack_free(stack);
}

static const char *const session[][3] = {
    { "PUT /1.5/7/storage/c/a", NULL, "{\"payload\":\"one\",\"sortindex\":3}" },
    { "PUT /1.5/7/storage/c/a", "X-If-Unmodified-Since: 5", "{\"payload\":\"two\"}" },
    { "POST /1.5/7/storage/c", NULL, "[{\"id\":\"b\"},{\"id\":\"c\",\"ttl\":1},{\"id\":1}]" },
    { "POST /1.5/7/storage/c?batch=true", NULL, "[{\"id\":\"d\"}]" },
    { "GET /1.5/7/storage/c?full=1&limit=1&sort=newest", NULL, NULL },
    { "GET /1.5/7/storage/c", "Accept: application/newlines", NULL },
    { "GET /1.5/7/storage/c/a", "X-If-Modified-Since: 1000.00", NULL },
    { "GET /1.5/7/info/collections", NULL, NULL },
    { "GET /1.5/7/info/quota", NULL, NULL },
    { "GET /1.5/8/info/collection_usage", NULL, NULL },
    { "DELETE /1.5/7/storage/c/b", NULL, NULL },
    { "DELETE /1.5/7/storage/c?ids=a,x", NULL, NULL },
    { "GET /1.5/7/nowhere", NULL, NULL },
    { "GET /__heartbeat__", NULL, NULL },
    { "DELETE /1.5/7", NULL, NULL },
};

static void assert_same_reply(const struct http_reply *one, const struct http_reply *other)
{
    assert_int_equal(one->status, other->status);
    assert_true(slice_eq(buf_slice(&one->body), buf_slice(&other->body)));
    assert_int_equal(one->count, other->count);
    for (size_t i = 0; i < one->count; i++) {
        struct http_field first = http_reply_field(one, i);
        struct http_field second = http_reply_field(other, i);
        assert_true(slice_eq(first.name, second.name) && slice_eq(first.value, second.value));
    }
}

static void nothing(struct fault_call *call)
{
    (void)call;
}

/* All that a fault can stand before, and nothing that it does. */
static void a_fault_that_does_nothing_changes_no_byte(void **state)
{
    (void)state;
    static const struct fault idle = {
        .name = "idle", .what = "Nothing", .before = nothing, .after = nothing
    };
    const struct fault_set none = { 0 };
    const struct fault_set one = set_of(&idle);
    struct fault_bench plain, wrapped;
    fault_bench_init(&plain, &none);
    fault_bench_init(&wrapped, &one);
    for (size_t i = 0; i < COUNT_OF(session); i++) {
        (void)fault_bench_send(&plain, session[i][0], session[i][1], session[i][2]);
        (void)fault_bench_send(&wrapped, session[i][0], session[i][1], session[i][2]);
        assert_same_reply(&plain.reply, &wrapped.reply);
        clock_virtual_advance(&plain.clock, 1);
        clock_virtual_advance(&wrapped.clock, 1);
    }
    fault_bench_free(&plain);
    fault_bench_free(&wrapped);
}

static void elsewhere(struct fault_call *call)
{
    fault_call_set_target(call, SLICE("/1.5/7/storage/c/b"));
}

static void credentials_are_checked_for_the_request_as_it_came(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .before = elsewhere };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/7/storage/c/a", NULL, "{}"), 200);
    assert_string_equal(bench.asked, "/1.5/7/storage/c/a");
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/forged", NULL, NULL), 401);
    fault_bench_free(&bench);
}

static void ask_for_another(struct fault_call *call)
{
    struct http_reply reply;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_PUT, SLICE("/1.5/8/storage/c/forged"), SLICE("{}"), &reply);
    assert_int_equal(reply.status, 200);
    http_reply_free(&reply);
}

static void a_request_of_its_own_needs_no_credentials(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .before = ask_for_another };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/info/collections", NULL, NULL), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/forged", NULL, NULL), 401);
    fault_bench_free(&bench);
}

static void only(struct fault_call *call)
{
    (void)http_reply_set_text(call->reply, "X-Seen", "yes");
}

static void hooks_see_what_the_row_says(void **state)
{
    (void)state;
    static const struct {
        unsigned on;
        int status;
        const char *line;
        bool seen;
    } rows[] = {
        { 0, 0, "GET /1.5/7/storage/c", true },
        { FAULT_PUT, 0, "GET /1.5/7/storage/c", false },
        { FAULT_GET | FAULT_ITEM, 0, "GET /1.5/7/storage/c", false },
        { FAULT_GET | FAULT_ITEM, 404, "GET /1.5/7/storage/c/a", true },
        { FAULT_COLLECTION | FAULT_ITEM, 2, "GET /1.5/7/storage/c/a", false },
        { FAULT_COLLECTION | FAULT_ITEM, 2, "GET /1.5/7/storage/c?limit=1", true },
        { FAULT_EVERYTHING, 2, "DELETE /1.5/7", true },
        { FAULT_EVERYTHING, 2, "DELETE /1.5/7/storage", true },
        { FAULT_INFO, 200, "GET /1.5/7/info/quota", true },
        { FAULT_ELSEWHERE, 0, "GET /__heartbeat__", true },
        { FAULT_ELSEWHERE, 0, "GET /1.5/7/storage/c/a/b", true },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct fault fault = {
            .name = "f", .what = "w", .on = rows[i].on, .status = rows[i].status, .after = only
        };
        const struct fault_set set = set_of(&fault);
        struct fault_bench bench;
        struct slice value;
        fault_bench_init(&bench, &set);
        (void)fault_bench_send(&bench, rows[i].line, NULL, NULL);
        if (http_reply_get(&bench.reply, "X-Seen", &value) != rows[i].seen)
            fail_msg("%s", rows[i].line);
        fault_bench_free(&bench);
    }
}

static bool is_about_b(struct fault_call *call)
{
    return slice_is(call->collection, "b");
}

static void expect_seen(const struct fault *fault, const char *line, bool seen)
{
    const struct fault_set set = set_of(fault);
    struct fault_bench bench;
    struct slice value;
    fault_bench_init(&bench, &set);
    (void)fault_bench_send(&bench, line, NULL, NULL);
    if (http_reply_get(&bench.reply, "X-Seen", &value) != seen)
        fail_msg("%s", line);
    fault_bench_free(&bench);
}

static void hooks_see_the_resource_the_parameter_and_what_the_row_asks_for(void **state)
{
    (void)state;
    static const struct fault info = { .name = "f", .what = "w", .info = "quota", .after = only };
    static const struct fault given = { .name = "f", .what = "w", .given = "full", .after = only };
    static const struct fault when = {
        .name = "f", .what = "w", .when = is_about_b, .after = only
    };
    expect_seen(&info, "GET /1.5/7/info/quota", true);
    expect_seen(&info, "GET /1.5/7/info/collections", false);
    expect_seen(&given, "GET /1.5/7/storage/c?limit=1&full", true);
    expect_seen(&given, "GET /1.5/7/storage/c?limit=1", false);
    expect_seen(&when, "GET /1.5/7/storage/b", true);
    expect_seen(&when, "GET /1.5/7/storage/c", false);
}

static void hooks_see_each_third_request_of_a_user(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .every = 3, .after = only };
    static const int users[] = { 7, 7, 8, 7, 7, 8, 8 };
    static const bool seen[] = { false, false, false, true, false, false, true };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    struct slice value;
    fault_bench_init(&bench, &set);
    for (size_t i = 0; i < COUNT_OF(users); i++) {
        char line[64];
        (void)snprintf(line, sizeof(line), "GET /1.5/%d/info/quota", users[i]);
        (void)fault_bench_send(&bench, line, NULL, NULL);
        assert_int_equal(http_reply_get(&bench.reply, "X-Seen", &value), seen[i]);
    }
    fault_bench_free(&bench);
}

static uint64_t seven(struct fault_txn *txn)
{
    return txn->uid == 8 ? 7 : txn->uid;
}

static void a_user_may_be_given_the_data_of_another(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .on = FAULT_GET, .whose = seven };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/7/storage/c/a", NULL, "{}"), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/8/storage/c/a", NULL, NULL), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/9/storage/c/a", NULL, NULL), 404);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/8/storage/c/b", NULL, "{}"), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/b", NULL, NULL), 404);
    fault_bench_free(&bench);
}

static void fetch(struct fault_call *call)
{
    struct slice body;
    int64_t modified;
    assert_int_equal(fault_call_fetch(call, fault_call_collection(call), &body, &modified), 200);
    assert_slice(body, "[\"a\"]");
    assert_int_equal(modified, FAULT_BENCH_T0);
    assert_int_equal(fault_call_fetch(call, fault_call_below(call, "nowhere"), NULL, NULL), 404);
    only(call);
}

static void a_fault_may_look_at_what_is_stored(void **state)
{
    (void)state;
    static const struct fault fault = {
        .name = "f", .what = "w", .on = FAULT_GET | FAULT_ITEM, .after = fetch
    };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    struct slice value;
    fault_bench_init(&bench, &set);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/7/storage/c/a", NULL, "{}"), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/a", NULL, NULL), 200);
    assert_true(http_reply_get(&bench.reply, "X-Seen", &value));
    fault_bench_free(&bench);
}

static void count_up(struct fault_call *call)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%lld",
                   (long long)fault_call_count(call, "%.*s", SLICE_FMT(call->user)));
    (void)http_reply_set_text(call->reply, "X-Count", text);
}

static void expect_count(struct fault_bench *bench, const char *line, const char *count)
{
    struct slice value;
    (void)fault_bench_send(bench, line, NULL, NULL);
    assert_true(http_reply_get(&bench->reply, "X-Count", &value));
    assert_slice(value, count);
}

static void a_fault_remembers_until_it_is_told_to_forget(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .after = count_up };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    expect_count(&bench, "GET /1.5/7/info/quota", "1");
    expect_count(&bench, "GET /1.5/7/info/quota", "2");
    expect_count(&bench, "GET /1.5/8/info/quota", "1");
    fault_stack_forget(bench.stack);
    expect_count(&bench, "GET /1.5/7/info/quota", "1");
    fault_bench_free(&bench);
}

static int64_t one_later(const struct fault *fault, int64_t now)
{
    return now + fault->number;
}

static enum store_err lose(struct store_txn *txn, struct slice collection,
                           const struct record_update *update)
{
    (void)update;
    return fault_txn_count(fault_txn_of(txn), "put") == 1
               ? STORE_OK
               : store_put(fault_txn_of(txn)->inner, collection, update);
}

static void forty_two(const struct fault *fault, struct core_config *config)
{
    config->limits.max_post_records = (uint64_t)fault->number;
}

static void clock_store_and_configuration_are_decorated(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f",
                                        .what = "w",
                                        .now = one_later,
                                        .store = { .put = lose },
                                        .configure = forty_two,
                                        .number = 4200 };
    const struct fault_set set = set_of(&fault);
    struct fault_bench bench;
    struct slice value;
    fault_bench_init(&bench, &set);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/7/storage/c/a", NULL, "{}"), 200);
    assert_true(http_reply_get(&bench.reply, "X-Weave-Timestamp", &value));
    assert_slice(value, "1042.00");
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/a", NULL, NULL), 404);
    assert_int_equal(fault_bench_send(&bench, "PUT /1.5/7/storage/c/a", NULL, "{}"), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/storage/c/a", NULL, NULL), 200);
    assert_int_equal(fault_bench_send(&bench, "GET /1.5/7/info/configuration", NULL, NULL), 200);
    struct slice body = buf_slice(&bench.reply.body);
    assert_true(slice_search(body, SLICE("\"max_post_records\":4200")) < body.len);
    fault_bench_free(&bench);
}

static void add_one(struct fault_call *call)
{
    (void)http_reply_set_text(call->reply, call->fault->text, "yes");
}

static void several_are_in_force_together(void **state)
{
    (void)state;
    static const struct fault first = { .name = "f", .what = "w", .after = add_one, .text = "A" };
    static const struct fault second = { .name = "g", .what = "w", .after = add_one, .text = "B" };
    const struct fault_set set = { .at = { &first, &second }, .count = 2 };
    struct fault_bench bench;
    struct slice value;
    fault_bench_init(&bench, &set);
    (void)fault_bench_send(&bench, "GET /1.5/7/info/quota", NULL, NULL);
    assert_true(http_reply_get(&bench.reply, "A", &value));
    assert_true(http_reply_get(&bench.reply, "B", &value));
    fault_bench_free(&bench);
}

/* Every fault, on every request of a session, while memory runs out. */
static void run_session(void *context)
{
    const struct fault_set set = set_of(context);
    struct fault_bench bench;
    fault_bench_init(&bench, &set);
    for (size_t i = 0; bench.handler.handle != NULL && i < COUNT_OF(session); i++)
        (void)fault_bench_send(&bench, session[i][0], session[i][1], session[i][2]);
    fault_bench_free(&bench);
}

static void every_fault_bears_every_request(void **state)
{
    (void)state;
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        if (fault_at(i)->parts[0] == NULL)
            run_session((void *)(uintptr_t)fault_at(i));
        assert_int_equal(alloc_live(), 0);
    }
}

static void memory_that_runs_out_is_borne(void **state)
{
    (void)state;
    static const char *const names[] = { "unmodified-item-against-collection",
                                         "stamp-float-noise",
                                         "modified-304-is-cached",
                                         "cache-info-misses-put",
                                         "sort-index-as-text",
                                         "batch-every-third-record-lost" };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        support_sweep_allocations(run_session, (void *)(uintptr_t)fault_find(slice_text(names[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_faults_everything_is_left_as_it_is),
        cmocka_unit_test(a_fault_that_does_nothing_changes_no_byte),
        cmocka_unit_test(credentials_are_checked_for_the_request_as_it_came),
        cmocka_unit_test(a_request_of_its_own_needs_no_credentials),
        cmocka_unit_test(hooks_see_what_the_row_says),
        cmocka_unit_test(hooks_see_the_resource_the_parameter_and_what_the_row_asks_for),
        cmocka_unit_test(hooks_see_each_third_request_of_a_user),
        cmocka_unit_test(a_user_may_be_given_the_data_of_another),
        cmocka_unit_test(a_fault_may_look_at_what_is_stored),
        cmocka_unit_test(a_fault_remembers_until_it_is_told_to_forget),
        cmocka_unit_test(clock_store_and_configuration_are_decorated),
        cmocka_unit_test(several_are_in_force_together),
        cmocka_unit_test(every_fault_bears_every_request),
        cmocka_unit_test(memory_that_runs_out_is_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
