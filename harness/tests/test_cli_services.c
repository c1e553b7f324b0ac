#include "cli/services.h"

#include "cli/command.h"
#include "cli/credentials.h"
#include "tests/support/support.h"

/* What services.c asks of its neighbours. */
const struct cli_command cli_serve = { .name = "serve" };

bool cli_serve_is_loopback(const char *host)
{
    return strcmp(host, "127.0.0.1") == 0;
}

bool cli_read_file(const struct cli_command *command, const char *path, struct buf *out)
{
    assert_ptr_equal(command, &cli_serve);
    return buf_add_text(out, path); /* the path is the content */
}

static struct cli_serve_options options_of(const char *host)
{
    struct cli_serve_options options = { .secrets = { { SLICE("s") }, 1 },
                                         .token_duration = 3600,
                                         .password_cost = AUTH_PASSWORD_COST_MIN };
    memcpy(options.host, host, strlen(host));
    return options;
}

/* Which service answers a GET: its status, or 0 when the storage is to answer. */
static int route(struct cli_services *services, const char *target)
{
    struct http_reply reply;
    struct http_request request = { .method = HTTP_METHOD_GET,
                                    .method_text = SLICE("GET"),
                                    .target = slice_text(target) };
    http_reply_init(&reply);
    const struct core_operations none = { 0 };
    const struct core_operations maintenance = { .maintenance = 9 };
    bool refused = cli_services_answer(services, &maintenance, &request, &reply);
    int maintained = reply.status;
    http_reply_clear(&reply);
    bool answered = cli_services_answer(services, &none, &request, &reply);
    assert_int_equal(refused, answered);
    /* The accounts are a double of another service: they stay. */
    bool ours = answered && !slice_starts(request.target, SLICE("/v1/")) &&
                slice_search(request.target, SLICE("/accounts-double/")) == request.target.len;
    if (ours)
        assert_int_equal(maintained, 503);
    int status = answered ? reply.status : 0;
    http_reply_free(&reply);
    return status;
}

static void each_request_goes_to_its_service(void **state)
{
    (void)state;
    static const struct row {
        const char *prefix;
        bool accounts, tokens, users;
        const char *target;
        int status;
    } rows[] = {
        { "", false, false, false, "/1.0/sync/1.5", 0 },
        { "", false, false, false, "/user/1.0/ann", 0 },
        { "", false, false, false, "/v1/jwks", 0 },
        { "", true, true, true, "/1.0/sync/1.5", 401 },
        { "", true, true, true, "/1.0/ann/info/collections", 0 }, /* storage API 1.0 */
        { "", true, true, false, "/1.0/ann/info/collections", 404 },
        { "", true, true, false, "/1.0/other/1.5", 404 },
        { "", true, false, false, "/1.0/sync/1.5", 0 },
        { "", true, true, true, "/user/1.0/ann", 200 },
        { "", true, true, true, "/misc/1.0/captcha_html", 200 },
        { "", true, true, false, "/user/1.0/ann", 0 },
        { "", true, false, false, "/v1/jwks", 200 },
        { "", true, false, false, "/accounts-double/token", 405 },
        { "", true, true, true, "/1.5/7/info/collections", 0 },
        { "", true, true, true, "/", 0 },
        { "/sync", true, true, true, "/sync/1.0/sync/1.5", 401 },
        { "/sync", true, true, true, "/1.0/sync/1.5", 401 }, /* the proxy took it away */
        { "/sync", true, true, true, "/sync/user/1.0/ann", 200 },
        { "/sync", true, true, true, "/syncuser/1.0/ann", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct cli_serve_options options = options_of("127.0.0.1");
        struct cli_services services = { 0 };
        struct buf url = buf_bounded(64);
        assert_true(buf_add_format(&url, "http://here%s", rows[i].prefix));
        options.core.public_url = buf_slice(&url);
        options.accounts = rows[i].accounts;
        options.token_server = rows[i].tokens;
        options.user_api = rows[i].users;
        assert_null(cli_services_open(&services, &options, NULL));
        assert_null(cli_services_start(&services, &options, options.core.public_url));
        assert_true((services.named != NULL) == rows[i].users);
        int status = route(&services, rows[i].target);
        if (status != rows[i].status)
            fail_msg("row %zu, %s: %d", i, rows[i].target, status);
        cli_services_free(&services);
        buf_free(&url);
    }
}

static void what_cannot_be_offered_is_refused(void **state)
{
    (void)state;
    struct cli_services services = { 0 };
    struct cli_serve_options open_to_all = options_of("0.0.0.0");
    open_to_all.accounts = true;
    assert_non_null(cli_services_open(&services, &open_to_all, NULL));
    struct cli_serve_options no_keys = options_of("127.0.0.1");
    no_keys.token_server = true;
    assert_non_null(cli_services_open(&services, &no_keys, NULL));
    struct cli_serve_options both = options_of("127.0.0.1");
    both.accounts = true;
    both.jwks = "{}";
    assert_non_null(cli_services_open(&services, &both, NULL));
    struct cli_serve_options bad_keys = options_of("0.0.0.0");
    bad_keys.token_server = true;
    bad_keys.jwks = "{\"keys\":[]}";
    assert_null(cli_services_open(&services, &bad_keys, NULL));
    assert_non_null(cli_services_start(&services, &bad_keys, SLICE("http://here")));
    cli_services_free(&services);
}

static void nodes_are_read_with_their_sizes(void **state)
{
    (void)state;
    struct core_token_nodes nodes;
    assert_null(cli_services_take_nodes(&nodes, "http://a=5,https://b:1/c"));
    assert_int_equal(nodes.count, 2);
    assert_slice(core_token_node_url(&nodes.at[0]), "http://a");
    assert_int_equal(nodes.at[0].capacity, 5);
    assert_slice(core_token_node_url(&nodes.at[1]), "https://b:1/c");
    assert_non_null(cli_services_take_nodes(&nodes, "http://a=0"));
    assert_non_null(cli_services_take_nodes(&nodes, "http://a=x"));
    assert_non_null(cli_services_take_nodes(&nodes, "http://a,,http://b"));
    assert_non_null(cli_services_take_nodes(&nodes, "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_goes_to_its_service),
        cmocka_unit_test(what_cannot_be_offered_is_refused),
        cmocka_unit_test(nodes_are_read_with_their_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
