/* The User API at the edges of what it takes, with a store that cannot keep, and without memory. */
#include "auth/basic.h"
#include "base/alloc.h"
#include "tests/reply_text.h"
#include "tests/store_folder.h"
#include "tests/user_bench.h"

#include <stdio.h>

static const char right[] = "Basic YW5uOm9wZW46c2VzYW1l"; /* ann:open:sesame */

static struct core_user *find(struct user_bench *bench, const char *name)
{
    return core_users_find(core_user_api_users(bench->api), slice_text(name));
}

static void an_order_is_looked_at_to_its_edges(void **state)
{
    struct user_bench *bench = *state;
    static const struct {
        const char *order, *code; /* NULL: an account */
    } rows[] = {
        { "{\"password\":\"\\u00011234567\",\"e-mail\":\"a@b\"}", "9" },
        { "{\"password\":\"1234567\\u007f\",\"e-mail\":\"a@b\"}", "9" },
        { "{\"password\":\"1234567\\u001f\",\"e-mail\":\"a@b\"}", "9" },
        { "{\"password\":\"1234567 \",\"e-mail\":\"a@b\"}", NULL },
        { "{\"password\":\"12345678\",\"e-mail\":\"@b\"}", "12" },
        { "{\"password\":\"12345678\",\"e-mail\":\"a@\"}", "12" },
        { "{\"password\":\"12345678\",\"e-mail\":\"a@b\\u0001\"}", "12" },
        { "{\"password\":\"12345678\",\"e-mail\":\"x\",\"email\":\"a@b\"}", "12" },
        { "{\"password\":\"12345678\",\"e-mail\":\"\",\"email\":\"a@b\"}", NULL },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char line[32];
        (void)snprintf(line, sizeof(line), "PUT /user/1.0/u%zu", i);
        bool good = rows[i].code == NULL;
        user_expect(bench, line, NULL, rows[i].order, good ? 200 : 400,
                    good ? strrchr(line, '/') + 1 : rows[i].code);
    }
}

/* Of the filler 'x' so many, with the order around it. */
static int order_of(struct user_bench *bench, const char *line, size_t password, size_t domain)
{
    struct buf body = buf_bounded(1024);
    buf_add_text(&body, "{\"password\":\"");
    for (size_t i = 0; i < password; i++)
        buf_add_byte(&body, 'x');
    buf_add_text(&body, "\",\"e-mail\":\"a@");
    for (size_t i = 0; i < domain; i++)
        buf_add_byte(&body, 'x');
    buf_add_text(&body, "\"}");
    int status = user_send(bench, line, NULL, buf_text(&body));
    buf_free(&body);
    return status;
}

static void password_and_address_have_their_lengths(void **state)
{
    struct user_bench *bench = *state;
    assert_int_equal(order_of(bench, "PUT " USER_ANN, AUTH_PASSWORD_MAX + 1, 1), 400);
    assert_slice(buf_slice(&bench->reply.body), "9");
    assert_int_equal(order_of(bench, "PUT " USER_ANN, 8, CORE_USER_EMAIL - 1), 400);
    assert_slice(buf_slice(&bench->reply.body), "12");
    assert_int_equal(order_of(bench, "PUT " USER_ANN, AUTH_PASSWORD_MAX, CORE_USER_EMAIL - 2), 200);
    assert_int_equal(find(bench, "ann")->email_len, CORE_USER_EMAIL);
}

static void a_body_may_be_as_long_as_it_may(void **state)
{
    struct user_bench *bench = *state;
    static char body[CORE_USER_API_BODY + 1];
    memset(body, 'x', sizeof(body) - 1);
    user_expect(bench, "PUT " USER_ANN, NULL, body, 400, "6");
}

static void node_and_secret_are_the_apis_own(void **state)
{
    struct user_bench *bench = *state;
    char secret[] = "s", node[] = "http://a/";
    bench->config.secret = slice_text(secret);
    bench->config.node = slice_text(node);
    bench->env.hooks.captcha = user_captcha;
    user_start(bench);
    memset(secret, 'x', 1);
    memset(node, 'x', sizeof(node) - 1);
    user_expect(bench, "PUT " USER_ANN, NULL,
                "{\"password\":\"12345678\",\"e-mail\":\"a@b\",\"secret\":\"s\"}", 200, "ann");
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, "http://a/");
    assert_true(core_user_api_set_node(bench->api, SLICE("http://b/")));
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, "http://b/");
    alloc_fail_at(0);
    assert_false(core_user_api_set_node(bench->api, SLICE("http://c/")));
    alloc_fail_at(UINT64_MAX);
    user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, "http://b/");
}

static void no_secret_is_no_way_around_the_captcha(void **state)
{
    struct user_bench *bench = *state;
    bench->config.secret = (struct slice){ 0 };
    bench->env.hooks.captcha = user_captcha;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 400, "2");
}

static void who_was_moved_is_told_where(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    static const char *const nodes[] = { "http://other.example/", "b" };
    for (size_t i = 0; i < COUNT_OF(nodes); i++) {
        assert_true(core_users_set_node(core_user_api_users(bench->api), find(bench, "ann"),
                                        slice_text(nodes[i])));
        user_expect(bench, "GET " USER_ANN "/node/weave", NULL, NULL, 200, nodes[i]);
    }
}

/* Sends both Authorization fields; the status. */
static int send_twice(struct user_bench *bench, const char *first, const char *second)
{
    struct http_field fields[] = { { SLICE("Authorization"), slice_text(first) },
                                   { SLICE("Authorization"), slice_text(second) } };
    struct http_request request = { .method = HTTP_METHOD_DELETE,
                                    .target = SLICE(USER_ANN),
                                    .fields = { fields, second == NULL ? 1 : 2 } };
    core_user_api_handle(bench->api, &request, &bench->reply);
    return bench->reply.status;
}

static void two_passwords_are_none(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    assert_int_equal(send_twice(bench, right, right), 401);
    assert_int_equal(send_twice(bench, right, NULL), 200);
}

static void an_address_stands_for_the_name_that_is_made_of_it(void **state)
{
    struct user_bench *bench = *state;
    char name[RECORD_USERNAME_TEXT], line[64];
    assert_true(record_username_of(SLICE("ann@example.com"), name));
    (void)snprintf(line, sizeof(line), "PUT /user/1.0/%s", name);
    user_expect(bench, line, NULL, USER_ORDER, 200, name);
    (void)snprintf(line, sizeof(line), "DELETE /user/1.0/%s", name);
    user_expect(bench, line, "Ann@example.com:open:sesame", NULL, 200, "0");
}

static void a_path_has_its_root(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "GET /user/1.0/captcha_html", NULL, NULL, 200, "0");
    user_expect(bench, "GET /misc/1.1/captcha_html", NULL, NULL, 404, "");
    user_expect(bench, "GET /misc/1.0/captcha_html/", NULL, NULL, 404, "");
}

static void a_code_lives_six_hours(void **state)
{
    struct user_bench *bench = *state;
    char who[CORE_USER_API_CODE_TEXT + 1];
    bench->env.hooks.mail = user_mail;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 200, "success");
    (void)snprintf(who, sizeof(who), "!%s", bench->code);
    clock_virtual_advance(&bench->clock, INT64_C(100) * CORE_USER_API_RESET - 1);
    user_expect(bench, "POST " USER_ANN "/email", who, "b@c", 200, "b@c");
    user_expect(bench, "POST " USER_ANN "/email", who, "c@d", 400, "10");
}

static void every_digit_of_a_code_is_random(void **state)
{
    struct user_bench *bench = *state;
    enum { CODES = 40 };
    bool high[CORE_USER_API_CODE_TEXT - 1] = { false },
                                        low[CORE_USER_API_CODE_TEXT - 1] = { false };
    bench->env.hooks.mail = user_mail;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    for (int i = 0; i < CODES; i++) {
        user_expect(bench, "GET " USER_ANN "/password_reset", NULL, NULL, 200, "success");
        assert_int_equal(strspn(bench->code, "0123456789abcdef"), COUNT_OF(high));
        for (size_t j = 0; j < COUNT_OF(high); j++) {
            high[j] = high[j] || bench->code[j] >= '8';
            low[j] = low[j] || bench->code[j] < '8';
        }
    }
    for (size_t j = 0; j < COUNT_OF(high); j++)
        assert_true(high[j] && low[j]);
}

static bool mail_fails(void *context, const struct core_user *user, const char *code)
{
    (void)context;
    (void)user;
    (void)code;
    return false;
}

static void expect_unavailable(struct user_bench *bench, const char *line, const char *who,
                               const char *body)
{
    user_expect(bench, line, who, body, 503, "");
    assert_slice(user_field(bench, "Retry-After"), "10");
    assert_slice(user_field(bench, "Content-Type"), "");
}

static void a_code_that_cannot_be_mailed_is_503(void **state)
{
    struct user_bench *bench = *state;
    bench->env.hooks.mail = mail_fails;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    expect_unavailable(bench, "GET " USER_ANN "/password_reset", NULL, NULL);
    assert_non_null(core_users_add(core_user_api_users(bench->api), SLICE("bob"), SLICE("12345678"),
                                   SLICE("")));
    user_expect(bench, "GET /user/1.0/bob/password_reset", NULL, NULL, 400, "12");
}

static bool stays(void *context, uint64_t uid)
{
    (void)context;
    (void)uid;
    return false;
}

static void whose_records_stay_stays(void **state)
{
    struct user_bench *bench = *state;
    bench->env.hooks.gone = stays;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    expect_unavailable(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL);
    user_expect(bench, "GET " USER_ANN, NULL, NULL, 200, "1");
}

/* More rounds than there is memory for. */
static void a_password_that_cannot_be_checked_is_503(void **state)
{
    struct user_bench *bench = *state;
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    find(bench, "ann")->password.cost = AUTH_PASSWORD_COST_MAX + 1;
    expect_unavailable(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL);
    expect_unavailable(bench, "POST " USER_ANN "/email", "ann:open:sesame", "b@c");
    assert_slice(user_field(bench, "WWW-Authenticate"), "");
}

/* With a transaction open the store keeps nothing. */
static void what_cannot_be_kept_is_503(void **state)
{
    struct user_bench *bench = *state;
    struct folder folder;
    folder_make(&folder, NULL);
    struct store *store = folder_open(&folder);
    bench->config.users.store = store;
    bench->env.hooks.mail = user_mail;
    user_start(bench);
    user_expect(bench, "PUT " USER_ANN, NULL, USER_ORDER, 200, "ann");
    struct store_txn *txn;
    assert_int_equal(store_begin(store, 1, STORE_READ, 1, &txn), STORE_OK);
    expect_unavailable(bench, "PUT /user/1.0/bob", NULL, USER_ORDER);
    expect_unavailable(bench, "POST " USER_ANN "/password", "ann:open:sesame", "another one");
    expect_unavailable(bench, "POST " USER_ANN "/email", "ann:open:sesame", "b@c");
    expect_unavailable(bench, "GET " USER_ANN "/password_reset", NULL, NULL);
    expect_unavailable(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL);
    store_rollback(txn);
    user_expect(bench, "DELETE " USER_ANN, "ann:open:sesame", NULL, 200, "0");
    core_user_api_free(bench->api);
    bench->api = NULL;
    store_free(store);
    folder_remove(&folder);
}

struct
try {
    struct user_bench *bench;
    const char *line, *who, *body;
    struct buf wanted, seen;
};

/* A whole answer or 503; the first call fails nothing and tells what is wanted. */
static void try_once(void *context)
{
    struct try *try = context;
    struct user_bench *bench = try->bench;
    buf_clear(&try->seen);
    bench->rng = rng_seeded_with(1);
    bench->api = core_user_api_new(&bench->config, &bench->env);
    bool made = bench->api != NULL && user_send(bench, "PUT " USER_ANN, NULL, USER_ORDER) == 200;
    if (made)
        assert_slice(user_field(bench, "Content-Type"), "text/plain");
    http_reply_free(&bench->reply);
    int status = made ? user_send(bench, try->line, try->who, try->body) : 503;
    if (status != 503) {
        reply_text(&bench->reply, try->wanted.len == 0 ? &try->wanted : &try->seen);
        if (try->seen.len > 0 && !slice_eq(buf_slice(&try->seen), buf_slice(&try->wanted)))
            fail_msg("%s: %.*s", try->line, SLICE_FMT(buf_slice(&try->seen)));
    } else if (made) {
        assert_int_equal(bench->reply.body.len, 0);
        assert_slice(user_field(bench, "Content-Type"), "");
    }
    core_user_api_free(bench->api);
    http_reply_free(&bench->reply);
}

static void without_memory_no_answer_is_half(void **state)
{
    static const struct {
        const char *line, *who, *body;
    } requests[] = {
        { "GET " USER_ANN, NULL, NULL },
        { "GET " USER_ANN "/node/weave", NULL, NULL },
        { "GET /misc/1.0/captcha_html", NULL, NULL },
        { "PUT " USER_ANN, NULL, USER_ORDER },
        { "GET /user/1.0/bob/password_reset", NULL, NULL },
        { "POST " USER_ANN "/email", right, "b@c" },
        { "DELETE " USER_ANN, right, NULL },
    };
    struct user_bench *bench = *state;
    struct core_user_api *kept = bench->api;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct try try = { .bench = bench,
                           .line = requests[i].line,
                           .who = requests[i].who,
                           .body = requests[i].body,
                           .wanted = buf_bounded(REPLY_TEXT),
                           .seen = buf_bounded(REPLY_TEXT) };
        assert_true(buf_reserve(&try.seen, REPLY_TEXT)); /* it is not what shall fail */
        try_once(&try);
        support_sweep_allocations(try_once, &try);
        buf_free(&try.wanted);
        buf_free(&try.seen);
    }
    bench->api = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        USER_TEST(an_order_is_looked_at_to_its_edges),
        USER_TEST(password_and_address_have_their_lengths),
        USER_TEST(a_body_may_be_as_long_as_it_may),
        USER_TEST(node_and_secret_are_the_apis_own),
        USER_TEST(no_secret_is_no_way_around_the_captcha),
        USER_TEST(who_was_moved_is_told_where),
        USER_TEST(two_passwords_are_none),
        USER_TEST(an_address_stands_for_the_name_that_is_made_of_it),
        USER_TEST(a_path_has_its_root),
        USER_TEST(a_code_lives_six_hours),
        USER_TEST(every_digit_of_a_code_is_random),
        USER_TEST(a_code_that_cannot_be_mailed_is_503),
        USER_TEST(whose_records_stay_stays),
        USER_TEST(a_password_that_cannot_be_checked_is_503),
        USER_TEST(what_cannot_be_kept_is_503),
        USER_TEST(without_memory_no_answer_is_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
