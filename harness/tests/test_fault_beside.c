/* Faults around what stands beside API 1.5: the token server, the User API, APIs 1.1 and 1.0, and
 * what they keep. */
#include "auth/basic_scheme.h"
#include "auth/unpadded.h"
#include "base/alloc.h"
#include "cli/disk.h"
#include "core/token_server.h"
#include "core/user_api.h"
#include "fault/call.h"
#include "fault/judging.h"
#include "fault/keeping.h"
#include "fault/stack.h"
#include "fault/vouching.h"
#include "store/memory.h"
#include "tests/support/support.h"

#include <stdio.h>

enum { CEILING = 64 * 1024 * 1024, T0 = 100000, COST = 4, TEXT = 512 };

struct bench {
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct fault_stack *stack;
    struct store *disk, *store; /* the second is the first with the faults around it */
    struct auth_bearer bearer;  /* believes what a token says that is not "forged" */
    struct core_token_server *tokens;
    struct core_user_api *users;
    struct auth_scheme *named;
    struct core *core;
    struct http_handler handler;
    struct http_reply reply;
};

static enum auth_bearer_err believe(struct auth_bearer *bearer, struct slice token, int64_t now,
                                    struct buf *scratch, struct auth_account *ret_account)
{
    (void)bearer;
    (void)now;
    if (slice_ends(token, SLICE(".forged")))
        return AUTH_BEARER_FORGED;
    *ret_account = (struct auth_account){ .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    return fault_vouching_read(token, scratch, ret_account) ? AUTH_BEARER_OK
                                                            : AUTH_BEARER_MALFORMED;
}

static const struct auth_bearer_ops believing = { .check = believe };

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct bench *bench = context;
    if (slice_starts(request->target, SLICE("/1.0/sync/")))
        core_token_handle(bench->tokens, request, reply);
    else if (slice_starts(request->target, SLICE("/user/")))
        core_user_api_handle(bench->users, request, reply);
    else
        core_handle(bench->core, request, reply);
}

/* What is in memory is made anew.  False when out of memory. */
static bool start(struct bench *bench)
{
    struct core_token_config tokens = {
        .users = { .secret = SLICE("a secret"), .new_users = true, .store = bench->store },
        .duration = CORE_TOKEN_DURATION,
    };
    const struct core_token_env token_env = { fault_stack_bearer(bench->stack, &bench->bearer),
                                              &bench->clock.base, &bench->rng.base };
    const struct core_user_api_config users = {
        .users = { .rng = &bench->rng.base, .cost = COST, .store = bench->store },
        .node = SLICE("http://node/"),
    };
    const struct core_user_api_env user_env = { .clock = &bench->clock.base };
    core_token_server_free(bench->tokens);
    core_user_api_free(bench->users);
    assert_null(core_token_nodes_add(&tokens.users.nodes, SLICE("http://node"), 1000));
    bench->tokens = core_token_server_new(&tokens, &token_env);
    bench->users = core_user_api_new(&users, &user_env);
    return bench->tokens != NULL && bench->users != NULL;
}

static enum auth_result check(void *context, struct slice user, struct slice password,
                              struct auth_identity *ret_identity)
{
    const struct bench *bench = context;
    return core_users_check(core_user_api_users(bench->users), user, password, ret_identity);
}

static void begin(struct bench *bench, const struct fault *fault)
{
    const struct fault_set set = { .at = { fault }, .count = 1 };
    const struct auth_basic_config basic = { .check = check, .context = bench, .path_segments = 1 };
    const struct core_config config = core_config_default();
    *bench = (struct bench){
        .clock = clock_virtual_at(T0),
        .rng = rng_seeded_with(1),
        .stack = fault_stack_new(&set),
        .disk = cli_disk_new(store_memory_new(CEILING)),
        .bearer.ops = &believing,
    };
    http_reply_init(&bench->reply);
    if (bench->stack == NULL || bench->disk == NULL)
        return;
    bench->store = fault_stack_store(bench->stack, bench->disk);
    bench->named = auth_basic_scheme_new(&basic);
    struct core_env env = {
        .store = bench->store,
        .named = bench->named,
        .clock = &bench->clock.base,
        .rng = &bench->rng.base,
    };
    fault_stack_wrap(bench->stack, &env);
    bench->core = bench->named == NULL ? NULL : core_new(&config, &env);
    if (bench->core == NULL || !start(bench))
        return;
    const struct http_handler all = { handle, bench };
    bench->handler = fault_stack_around(bench->stack, &all);
}

static void end(struct bench *bench)
{
    core_free(bench->core);
    core_token_server_free(bench->tokens);
    core_user_api_free(bench->users);
    fault_stack_free(bench->stack);
    auth_scheme_free(bench->named);
    store_free(bench->disk);
    http_reply_free(&bench->reply);
}

static void restart(struct bench *bench)
{
    fault_stack_restart(bench->stack);
    assert_true(start(bench));
}

static enum http_method method_of(struct slice name)
{
    enum http_method method = HTTP_METHOD_GET;
    while (method < HTTP_METHOD_OTHER && !slice_is(name, http_method_name(method)))
        method++;
    return method;
}

/* Sends "PUT /user/1.0/alice" with up to two fields, NULL where there is none.  The status. */
static int send(struct bench *bench, const char *line, const char *const fields[2],
                const char *body)
{
    struct http_field sent[2];
    size_t count = 0;
    struct slice method, target;
    slice_cut(slice_text(line), ' ', &method, &target);
    for (size_t i = 0; i < COUNT_OF(sent) && fields[i] != NULL; i++) {
        slice_cut(slice_text(fields[i]), ':', &sent[i].name, &sent[i].value);
        sent[i].value = slice_trim(sent[i].value);
        count++;
    }
    const struct http_request request = {
        .method = method_of(method),
        .method_text = method,
        .target = target,
        .minor = 1,
        .fields = { sent, count },
        .body = slice_text(body),
        .keep_alive = true,
    };
    http_handle(&bench->handler, &request, &bench->reply);
    return bench->reply.status;
}

#define ALICE   "Authorization: Basic YWxpY2U6c2VjcmV0LXNlY3JldA==" /* secret-secret */
#define MISTAKE "Authorization: Basic YWxpY2U6d3Jvbmctc2VjcmV0"     /* wrong-secret */
#define ACCOUNT "{\"password\":\"secret-secret\",\"e-mail\":\"a@b.example\"}"

static const char *const none[2] = { NULL }, *const alice[2] = { ALICE },
                         *const mistake[2] = { MISTAKE };

/* A request for a token. */
static int ask(struct bench *bench, const char *claims, const char *signature, const char *key_id)
{
    char bearer[TEXT], keys[TEXT];
    struct buf text = buf_bounded(TEXT);
    assert_true(auth_unpadded_encode(slice_text(claims), &text));
    (void)snprintf(bearer, sizeof(bearer), "Authorization: Bearer head.%.*s.%s",
                   SLICE_FMT(buf_slice(&text)), signature);
    (void)snprintf(keys, sizeof(keys), "X-KeyID: %s", key_id);
    buf_free(&text);
    const char *const fields[2] = { bearer, keys };
    return send(bench, "GET /1.0/sync/1.5", fields, NULL);
}

#define STATE_A "qqqqqqqqqqqqqqqqqqqqqg"

static void let_in(struct fault_vouching *vouching)
{
    fault_vouching_let_in(vouching);
}

static void a_bearer_token_may_be_let_in_as_what_it_says(void **state)
{
    (void)state;
    static const struct fault idle = { .name = "f", .what = "w" };
    static const struct fault trusting = { .name = "f", .what = "w", .vouch = let_in };
    static const struct fault elsewhere = {
        .name = "f", .what = "w", .vouch = let_in, .on = FAULT_ACCOUNT
    };
    struct bench bench;
    begin(&bench, &idle);
    assert_int_equal(ask(&bench, "{\"sub\":\"abc\"}", "good", "1-" STATE_A), 200);
    assert_int_equal(ask(&bench, "{\"sub\":\"abc\"}", "forged", "1-" STATE_A), 401);
    end(&bench);
    begin(&bench, &trusting);
    assert_int_equal(ask(&bench, "{\"sub\":\"abc\"}", "forged", "1-" STATE_A), 200);
    assert_int_equal(ask(&bench, "no claims", "forged", "1-" STATE_A), 401);
    end(&bench);
    begin(&bench, &elsewhere);
    assert_int_equal(ask(&bench, "{\"sub\":\"abc\"}", "forged", "1-" STATE_A), 401);
    end(&bench);
}

static void only(struct fault_call *call)
{
    (void)http_reply_set_text(call->reply, "X-Seen", "yes");
}

static void hooks_see_tokens_and_accounts_as_resources(void **state)
{
    (void)state;
    static const struct {
        unsigned on;
        const char *info, *line;
        bool seen;
    } rows[] = {
        { FAULT_TOKEN, NULL, "GET /1.0/sync/1.5", true },
        { FAULT_TOKEN, NULL, "GET /1.0/sync/9?duration=1", true },
        { FAULT_TOKEN, NULL, "GET /1.0/alice/info/quota", false },
        { FAULT_TOKEN, NULL, "GET /1.1/sync/info/quota", false },
        { FAULT_INFO, "quota", "GET /1.0/alice/info/quota", true },
        { FAULT_ACCOUNT, NULL, "PUT /user/1.0/alice", true },
        { FAULT_ACCOUNT, "node", "GET /user/1.0/alice/node/weave", true },
        { FAULT_ACCOUNT, "node", "GET /user/1.0/alice", false },
        { FAULT_ACCOUNT, NULL, "GET /1.0/user/info/quota", false },
        { FAULT_ELSEWHERE, NULL, "GET /user/2.0/alice", true },
        { FAULT_ITEM, NULL, "GET /1.1/alice/storage/c/a", true },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct fault fault = {
            .name = "f", .what = "w", .on = rows[i].on, .info = rows[i].info, .after = only
        };
        struct bench bench;
        struct slice value;
        begin(&bench, &fault);
        (void)send(&bench, rows[i].line, none, NULL);
        if (http_reply_get(&bench.reply, "X-Seen", &value) != rows[i].seen)
            fail_msg("row %zu: %s", i, rows[i].line);
        end(&bench);
    }
}

/* What services keep. */

static bool refuse(struct fault_keeping *keeping)
{
    return !slice_is(keeping->row.kind, "user");
}

static void what_is_to_be_kept_may_be_lost(void **state)
{
    (void)state;
    static const struct fault idle = { .name = "f", .what = "w" };
    static const struct fault losing = { .name = "f", .what = "w", .keep = refuse };
    static const struct fault hiding = { .name = "f", .what = "w", .recall = refuse };
    static const struct fault sticking = { .name = "f", .what = "w", .forget = refuse };
    static const struct {
        const struct fault *fault;
        bool deletes;
        const char *exists; /* after a restart */
    } rows[] = {
        { &idle, false, "1" },   { &idle, true, "0" },     { &losing, false, "0" },
        { &hiding, false, "0" }, { &sticking, true, "1" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct bench bench;
        begin(&bench, rows[i].fault);
        assert_int_equal(send(&bench, "PUT /user/1.0/alice", none, ACCOUNT), 200);
        if (rows[i].deletes)
            assert_int_equal(send(&bench, "DELETE /user/1.0/alice", alice, NULL), 200);
        restart(&bench);
        assert_int_equal(send(&bench, "GET /user/1.0/alice", none, NULL), 200);
        if (!slice_is(buf_slice(&bench.reply.body), rows[i].exists))
            fail_msg("row %zu", i);
        end(&bench);
    }
}

static bool set_second(struct fault_keeping *keeping)
{
    fault_keeping_set_word(keeping, 1, SLICE("two"));
    return true;
}

static bool read_words(void *context, const struct store_kept *row)
{
    struct fault_keeping keeping = { .row = *row };
    (void)context;
    assert_slice(row->value, "1 two  4");
    assert_slice(fault_keeping_word(&keeping, 0), "1");
    assert_slice(fault_keeping_word(&keeping, 1), "two");
    assert_slice(fault_keeping_word(&keeping, 2), "");
    assert_slice(fault_keeping_word(&keeping, 3), "4");
    assert_slice(fault_keeping_word(&keeping, 9), "");
    return true;
}

static void words_of_a_row_may_be_changed_on_the_way_in_and_out(void **state)
{
    (void)state;
    static const struct fault in = { .name = "f", .what = "w", .keep = set_second };
    static const struct fault out = { .name = "f", .what = "w", .recall = set_second };
    const struct store_kept row = { SLICE("k"), SLICE("a"), SLICE("1 2  4") };
    struct bench bench;
    begin(&bench, &in);
    assert_int_equal(store_keep(bench.store, &row), STORE_OK);
    assert_int_equal(store_kept(bench.disk, SLICE("k"), read_words, NULL), STORE_OK);
    end(&bench);
    begin(&bench, &out);
    assert_int_equal(store_keep(bench.store, &row), STORE_OK);
    assert_int_equal(store_kept(bench.store, SLICE("k"), read_words, NULL), STORE_OK);
    end(&bench);
}

static void a_store_that_keeps_nothing_keeps_nothing_with_a_fault(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .keep = refuse };
    const struct fault_set set = { .at = { &fault }, .count = 1 };
    struct fault_stack *stack = fault_stack_new(&set);
    struct store *memory = store_memory_new(CEILING);
    const struct store *store = fault_stack_store(stack, memory);
    assert_null(store->ops->keep);
    assert_null(store->ops->forget);
    assert_null(store->ops->kept);
    store_free(memory);
    fault_stack_free(stack);
}

/* A restart. */

static void tell_start(struct fault_call *call)
{
    char text[TEXT];
    (void)snprintf(text, sizeof(text), "%lld %lld", (long long)call->started,
                   (long long)fault_call_count(call, "all"));
    (void)http_reply_set_text(call->reply, "X-Started", text);
}

static void assert_start(struct bench *bench, const char *text)
{
    struct slice value;
    (void)send(bench, "GET /user/1.0/alice", none, NULL);
    assert_true(http_reply_get(&bench->reply, "X-Started", &value));
    assert_slice(value, text);
}

static void a_restart_takes_the_memory_of_a_fault_and_tells_when_it_was(void **state)
{
    (void)state;
    static const struct fault fault = { .name = "f", .what = "w", .after = tell_start };
    struct bench bench;
    begin(&bench, &fault);
    assert_start(&bench, "0 1");
    assert_start(&bench, "0 2");
    clock_virtual_advance(&bench.clock, 50);
    restart(&bench);
    clock_virtual_advance(&bench.clock, 50);
    assert_start(&bench, "100050 1");
    end(&bench);
}

/* Names. */

static void a_name_has_a_number_once_it_was_let_in(void **state)
{
    (void)state;
    static const struct fault fault = {
        .name = "f", .what = "w", .judge = fault_judging_forgive, .number = AUTH_BAD_MAC
    };
    struct bench bench;
    begin(&bench, &fault);
    assert_int_equal(send(&bench, "PUT /user/1.0/alice", none, ACCOUNT), 200);
    assert_int_equal(send(&bench, "PUT /1.1/alice/storage/c/a", mistake, "{}"), 401);
    assert_int_equal(send(&bench, "PUT /1.1/alice/storage/c/a", alice, "{}"), 200);
    assert_int_equal(send(&bench, "GET /1.1/alice/storage/c/a", mistake, NULL), 200);
    assert_int_equal(send(&bench, "GET /1.0/alice/storage/c/a", mistake, NULL), 200);
    assert_int_equal(send(&bench, "GET /1.1/alice/storage/c/a", none, NULL), 401);
    end(&bench);
}

/* All rows. */

static void run_session(void *context)
{
    static const char *const lines[][2] = {
        { "GET /user/1.0/alice", NULL },
        { "PUT /user/1.0/alice", "{\"password\":" },
        { "PUT /user/1.0/alice", ACCOUNT },
        { "PUT /user/1.0/alice", ACCOUNT },
        { "GET /user/1.0/alice/node/weave", NULL },
        { "PUT /1.1/alice/storage/c/a", "{\"payload\":\"one\",\"sortindex\":3,\"ttl\":60}" },
        { "PUT /1.1/alice/storage/c/b", "{\"payload\":1}" },
        { "POST /1.1/alice/storage/c", "[{\"id\":\"b\",\"parentid\":\"a\"},{\"id\":1}]" },
        { "POST /1.0/alice/storage/c?batch=true", "{\"id\":\"d\"}" },
        { "GET /1.1/alice/storage/c?full=1&index_above=1&limit=1&offset=0&ids=a,b", NULL },
        { "GET /1.0/alice/storage/c/a", NULL },
        { "GET /1.1/alice/info/collections", NULL },
        { "GET /1.1/alice/info/quota", NULL },
        { "DELETE /1.1/alice/storage/c?ids=a", NULL },
        { "DELETE /1.1/alice/storage", NULL },
        { "POST /user/1.0/alice/email", "" },
        { "POST /user/1.0/alice/password", "secret-secret" },
        { "DELETE /user/1.0/alice", NULL },
    };
    struct bench bench;
    begin(&bench, context);
    bool alive = bench.handler.handle != NULL;
    for (size_t i = 0; alive && i < COUNT_OF(lines); i++)
        (void)send(&bench, lines[i][0], i % 5 == 4 ? none : alice, lines[i][1]);
    if (alive && start(&bench)) {
        (void)send(&bench, "GET /user/1.0/alice", alice, NULL);
        (void)send(&bench, "GET /1.0/sync/1.5?duration=60", alice, NULL);
    }
    end(&bench);
}

static void ask_session(void *context)
{
    struct bench bench;
    begin(&bench, context);
    for (int i = 0; bench.handler.handle != NULL && i < 3; i++) {
        (void)ask(&bench, "{\"sub\":\"abc\",\"fxa-generation\":5}", "good", "5-" STATE_A);
        (void)ask(&bench, "{\"sub\":\"abc\"}", "forged", "5-");
        (void)ask(&bench, "{\"sub\":\"abcd\"}", "good", "x-" STATE_A);
        (void)ask(&bench, "{}", "good", "none");
        fault_stack_restart(bench.stack);
        if (!start(&bench))
            break;
    }
    end(&bench);
}

static void every_fault_bears_every_request(void **state)
{
    (void)state;
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        if (fault_at(i)->parts[0] != NULL || strcmp(fault_api(fault_at(i)), "1.5") == 0)
            continue;
        run_session((void *)(uintptr_t)fault_at(i));
        ask_session((void *)(uintptr_t)fault_at(i));
        assert_int_equal(alloc_live(), 0);
    }
}

static void memory_that_runs_out_is_borne(void **state)
{
    (void)state;
    static const char *const accounts[] = { "account-delete-without-password",
                                            "former-guard-looks-at-the-record",
                                            "restart-brings-back-passwords" };
    for (size_t i = 0; i < COUNT_OF(accounts); i++)
        support_sweep_allocations(run_session,
                                  (void *)(uintptr_t)fault_find(slice_text(accounts[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bearer_token_may_be_let_in_as_what_it_says),
        cmocka_unit_test(hooks_see_tokens_and_accounts_as_resources),
        cmocka_unit_test(what_is_to_be_kept_may_be_lost),
        cmocka_unit_test(words_of_a_row_may_be_changed_on_the_way_in_and_out),
        cmocka_unit_test(a_store_that_keeps_nothing_keeps_nothing_with_a_fault),
        cmocka_unit_test(a_restart_takes_the_memory_of_a_fault_and_tells_when_it_was),
        cmocka_unit_test(a_name_has_a_number_once_it_was_let_in),
        cmocka_unit_test(every_fault_bears_every_request),
        cmocka_unit_test(memory_that_runs_out_is_borne),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
