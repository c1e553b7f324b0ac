/* What an administrator asks of serve: what is taken, what is refused, and what it changes. */
#include "cli/serve_admin.h"

#include "cli/command.h"
#include "cli/credentials.h"
#include "cli/serve_monitor.h"
#include "tests/support/support.h"

/* What the files under test ask of their neighbours. */
const struct cli_command cli_serve = { .name = "serve" };

bool cli_serve_is_loopback(const char *host)
{
    return host != NULL;
}

bool cli_read_file(const struct cli_command *command, const char *path, struct buf *out)
{
    return command == &cli_serve && buf_add_text(out, path);
}

void cli_serve_monitor_text(struct http_reply *reply, int status, const char *text)
{
    buf_clear(&reply->body);
    reply->status = status;
    buf_add_text(&reply->body, text);
}

static struct cli_services services;
static struct http_reply reply;
static const struct core_quota usual = { 1000, 100 };

static int set_up(void **state)
{
    (void)state;
    struct cli_serve_options options = { .accounts = true,
                                         .token_server = true,
                                         .user_api = true,
                                         .secrets = { { SLICE("s") }, 1 },
                                         .token_duration = 3600,
                                         .password_cost = AUTH_PASSWORD_COST_MIN };
    services = (struct cli_services){ 0 };
    assert_null(cli_services_open(&services, &options, NULL));
    assert_null(cli_services_start(&services, &options, SLICE("http://127.0.0.1:1")));
    http_reply_init(&reply);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    http_reply_free(&reply);
    cli_services_free(&services);
    return 0;
}

static uint64_t admit(const char *account)
{
    const struct core_token_claim claim = { slice_text(account), SLICE("aa"), 1, 1 };
    const struct core_token_record *record;
    assert_int_equal(
        core_token_users_admit(core_token_server_users(services.tokens), &claim, &record),
        CORE_TOKEN_OK);
    return record->uid;
}

static void a_move_is_of_an_account_or_of_a_named_user(void **state)
{
    (void)state;
    static const struct row {
        const char *body;
        int status;
    } rows[] = {
        { "", 400 },
        { "[]", 400 },
        { "{}", 400 },
        { "{\"account\":7}", 400 },
        { "{\"account\":\"ann\",\"node\":\"http://b\"}", 400 },
        { "{\"account\":\"ann\"", 400 },
        { "{\"account\":\"nobody\"}", 404 },
        { "{\"user\":\"ann\"}", 400 },
        { "{\"user\":\"nobody\",\"node\":\"http://b/\"}", 404 },
        { "{\"user\":\"ann\",\"node\":\"b\"}", 400 },
        { "{\"user\":\"ann\",\"node\":\"http://b/ c\"}", 400 },
        { "{\"user\":\"ann\",\"node\":\"http://b/\"}", 200 },
        { "{\"user\":\"ann\",\"node\":\"\"}", 200 },
        { "{\"account\":\"ann\"}", 200 },
    };
    struct core_users *users = core_user_api_users(services.users);
    struct core_user *ann = core_users_add(users, SLICE("ann"), SLICE("open:sesame"), SLICE("a@b"));
    assert_non_null(ann);
    uint64_t uid = admit("ann");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        http_reply_clear(&reply);
        assert_false(cli_services_moved(&services, uid));
        cli_serve_admin_move(&services, slice_text(rows[i].body), &reply);
        if (reply.status != rows[i].status)
            fail_msg("%s: %d", rows[i].body, reply.status);
    }
    assert_true(cli_services_moved(&services, uid));
    assert_int_equal(ann->node_len, 0);
    assert_true(admit("ann") != uid);
}

static void a_quota_is_a_number_none_or_the_usual_one(void **state)
{
    (void)state;
    static const struct row {
        const char *body;
        int status;
        struct core_quota quota;
    } rows[] = {
        { "{\"uid\":7}", 400, { 1000, 100 } },
        { "{\"quota\":5}", 400, { 1000, 100 } },
        { "{\"uid\":0,\"quota\":5}", 400, { 1000, 100 } },
        { "{\"uid\":7,\"quota\":-1}", 400, { 1000, 100 } },
        { "{\"uid\":7,\"quota\":\"much\"}", 400, { 1000, 100 } },
        { "{\"uid\":7,\"quota\":5,\"other\":1}", 400, { 1000, 100 } },
        { "{\"uid\":7,\"user\":\"ann\",\"quota\":5}", 400, { 1000, 100 } },
        { "{\"user\":\"nobody\",\"quota\":5}", 404, { 1000, 100 } },
        { "{\"account\":\"nobody\",\"quota\":5}", 404, { 1000, 100 } },
        { "{\"uid\":7,\"quota\":5}", 200, { 5, 100 } },
        { "{\"uid\":7,\"quota\":\"none\",\"quota_per_collection\":6}", 200, { 0, 6 } },
        { "{\"uid\":7,\"quota\":0}", 200, { 0, 100 } },
        { "{\"uid\":7,\"quota\":null,\"quota_per_collection\":\"none\"}", 200, { 1000, 0 } },
        { "{\"uid\":7,\"quota\":null}", 200, { 1000, 100 } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        http_reply_clear(&reply);
        cli_serve_admin_quota(&services, usual, slice_text(rows[i].body), &reply);
        if (reply.status != rows[i].status)
            fail_msg("%s: %d", rows[i].body, reply.status);
        struct core_quota quota = core_quotas_of(services.quotas, 7, usual);
        assert_int_equal(quota.user, rows[i].quota.user);
        assert_int_equal(quota.collection, rows[i].quota.collection);
    }
}

static void a_node_has_one_of_four_states(void **state)
{
    (void)state;
    static const struct row {
        const char *body;
        int status;
        enum core_token_node_state state;
    } rows[] = {
        { "{\"node\":\"http://127.0.0.1:1\",\"state\":\"gone\"}", 200, CORE_TOKEN_NODE_GONE },
        { "{\"node\":\"http://127.0.0.1:1\",\"state\":\"lost\"}", 400, CORE_TOKEN_NODE_GONE },
        { "{\"node\":\"http://127.0.0.1:2\",\"state\":\"up\"}", 404, CORE_TOKEN_NODE_GONE },
        { "{\"node\":\"http://127.0.0.1:1\",\"state\":\"down\"}", 200, CORE_TOKEN_NODE_DOWN },
        { "{\"node\":\"http://127.0.0.1:1\",\"state\":\"backoff\"}", 200, CORE_TOKEN_NODE_BACKOFF },
        { "{\"node\":\"http://127.0.0.1:1\",\"state\":\"up\"}", 200, CORE_TOKEN_NODE_UP },
        { "{\"state\":\"down\"}", 400, CORE_TOKEN_NODE_UP },
    };
    const struct core_token_nodes *nodes =
        core_token_users_nodes(core_token_server_users(services.tokens));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        http_reply_clear(&reply);
        cli_serve_admin_node(&services, slice_text(rows[i].body), &reply);
        if (reply.status != rows[i].status)
            fail_msg("%s: %d", rows[i].body, reply.status);
        assert_int_equal(nodes->at[0].state, rows[i].state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_move_is_of_an_account_or_of_a_named_user, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_quota_is_a_number_none_or_the_usual_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_node_has_one_of_four_states, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
