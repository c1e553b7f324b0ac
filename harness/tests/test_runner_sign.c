/* Each recipe of cases/README.md, "Auth", is put before the server's own scheme: a right one is
 * accepted, a wrong one is refused for exactly what it changes. */
#include "auth/basic.h"
#include "auth/hawk.h"
#include "auth/scheme.h"
#include "base/alloc.h"
#include "base/stamp.h"
#include "runner/sign.h"
#include "tests/support/support.h"

static const int64_t now = (int64_t)1700000000 * STAMP_SECOND;
static const char body[] = "{\"payload\":\"x\"}";

static int64_t tell_now(struct exchange *exchange)
{
    (void)exchange;
    return now;
}

static bool skip_time(struct exchange *exchange, int64_t centiseconds)
{
    (void)exchange;
    (void)centiseconds;
    return true;
}

static const struct exchange_ops ops = { .name = "none", .now = tell_now, .skip = skip_time };

/* A user with everything that signing takes, and a server that knows both secrets. */
struct fixture {
    struct exchange exchange;
    struct runner_target target;
    struct runner_options options;
    struct runner_world world;
    struct runner_account accounts[RUNNER_USERS];
    struct rng_seeded rng;
    struct auth_scheme *scheme;
};

static void set_up(struct fixture *fixture, uint64_t seed)
{
    *fixture = (struct fixture){
        .exchange = { .ops = &ops },
        .target = {
            .url = { .host = SLICE("Sync.example.com"), .port = 8000, .path = SLICE("/pre") },
            .secrets = { .at = { SLICE("new secret"), SLICE("old secret") }, .count = 2 },
        },
        .options = runner_options_default(),
        .rng = rng_seeded_with(seed),
    };
    fixture->world = (struct runner_world){
        .target = &fixture->target,
        .options = &fixture->options,
        .exchange = &fixture->exchange,
        .virtual_time = true,
        .uid_base = 1000000000,
        .prefix = "/pre",
        .hostname = "sync.example.com",
        .host = "Sync.example.com:8000",
        .origin = "http://Sync.example.com:8000",
        .node = "http://Sync.example.com:8000/pre",
    };
    for (size_t i = 0; i < RUNNER_USERS; i++) {
        runner_account_init(&fixture->accounts[i], &fixture->world, 7, (enum runner_user)i);
        assert_true(
            runner_account_refresh(&fixture->accounts[i], &fixture->world, &fixture->rng.base));
    }
    const struct auth_hawk_config config = {
        .secrets = fixture->target.secrets,
        .node = SLICE("http://Sync.example.com:8000/pre"),
        .skew = 60,
        .nonces = 100,
    };
    fixture->scheme = auth_hawk_scheme_new(&config);
    assert_non_null(fixture->scheme);
}

static void tear_down(struct fixture *fixture)
{
    for (size_t i = 0; i < RUNNER_USERS; i++)
        runner_account_free(&fixture->accounts[i]);
    auth_scheme_free(fixture->scheme);
}

static const char target[] = "/pre/1.5/1000000021/storage/c/a?full=1";

static const char *sign(struct fixture *fixture, const char *recipe, struct buf *header)
{
    const struct runner_signer signer = {
        .world = &fixture->world,
        .accounts = fixture->accounts,
        .sender = RUNNER_ME,
        .endpoint = SLICE("/pre/1.5/1000000021"),
        .rng = &fixture->rng.base,
    };
    const struct runner_signable what = {
        .method = SLICE("PUT"),
        .target = SLICE(target),
        .content_type = SLICE("application/json; charset=utf-8"),
        .body = SLICE(body),
    };
    json_t *auth = recipe == NULL ? NULL : json_loads(recipe, JSON_DECODE_ANY, NULL);
    assert_true(recipe == NULL || auth != NULL);
    const char *wrong = runner_sign(&signer, auth, &what, header);
    json_decref(auth);
    return wrong;
}

static enum auth_result check(const struct fixture *fixture, struct slice header,
                              struct auth_identity *ret_identity)
{
    const struct http_field fields[] = {
        { SLICE("Content-Type"), SLICE("application/json") },
        { SLICE("Authorization"), header },
    };
    const struct http_request request = {
        .method = HTTP_METHOD_PUT,
        .method_text = SLICE("PUT"),
        .target = SLICE(target),
        .fields = { .at = fields, .count = header.len > 0 ? 2 : 1 },
        .body = SLICE(body),
    };
    const struct auth_origin origin = {
        .host = SLICE("sync.example.com"),
        .port = 8000,
        .target = SLICE(target),
    };
    return auth_check(fixture->scheme, &request, &origin, now, ret_identity);
}

static const struct {
    const char *recipe;
    enum auth_result wanted;
} rows[] = {
    { NULL, AUTH_OK },
    { "{}", AUTH_OK },
    { "\"none\"", AUTH_MISSING },
    { "{\"header\": \"Bearer x\"}", AUTH_MISSING },
    { "{\"hawk\": {\"method\": \"POST\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"method\": \"PUT\"}}", AUTH_OK },
    { "{\"hawk\": {\"path\": \"/storage/c/b?full=1\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"path\": \"/storage/c/a?full=1\"}}", AUTH_OK },
    { "{\"hawk\": {\"path\": \"^/1.5/1000000021/storage/c/a?full=1\"}}", AUTH_OK },
    { "{\"hawk\": {\"host\": \"elsewhere.example\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"port\": 443}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"port\": 8000}}", AUTH_OK },
    { "{\"hawk\": {\"ts_offset\": -600}}", AUTH_SKEWED },
    { "{\"hawk\": {\"ts_offset\": 600}}", AUTH_SKEWED },
    { "{\"hawk\": {\"ts_offset\": \"-5\"}}", AUTH_OK },
    { "{\"hawk\": {\"nonce\": \"abc\"}}", AUTH_OK },
    { "{\"hawk\": {\"mac\": \"flip\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"mac\": \"truncate\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"mac\": \"url-alphabet\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"mac\": \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"hash\": \"right\"}}", AUTH_OK },
    { "{\"hawk\": {\"hash\": \"wrong\"}}", AUTH_BAD_HASH },
    { "{\"hawk\": {\"ext\": \"abc\"}}", AUTH_OK },
    { "{\"hawk\": {\"ext\": \"abc\", \"signed_ext\": \"abd\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"omit\": \"id\"}}", AUTH_MALFORMED },
    { "{\"hawk\": {\"omit\": \"ts\"}}", AUTH_MALFORMED },
    { "{\"hawk\": {\"omit\": \"nonce\"}}", AUTH_MALFORMED },
    { "{\"hawk\": {\"omit\": \"mac\"}}", AUTH_MALFORMED },
    { "{\"hawk\": {\"key\": \"decoded\"}}", AUTH_BAD_MAC },
    { "{\"hawk\": {\"newline\": false}}", AUTH_BAD_MAC },
    { "{\"token\": {\"expires_in\": -10}}", AUTH_EXPIRED },
    { "{\"token\": {\"expires_in\": 10}}", AUTH_OK },
    { "{\"token\": {\"node\": \"https://elsewhere.example\"}}", AUTH_WRONG_NODE },
    { "{\"token\": {\"secret\": \"wrong\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"secret\": \"rotated\"}}", AUTH_OK },
    { "{\"token\": {\"damage\": \"payload\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"damage\": \"signature\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"damage\": \"truncate\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"damage\": \"padding\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"damage\": \"extra\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"payload\": \"{\\\"uid\\\": 1}\"}}", AUTH_BAD_TOKEN },
    { "{\"token\": {\"payload\": \"{\\\"uid\\\": 5, \\\"node\\\": "
      "\\\"http://Sync.example.com:8000/pre\\\", \\\"expires\\\": 1800000000, \\\"salt\\\": "
      "\\\"s\\\"}\"}}",
      AUTH_OK },
    { "{\"token\": {\"salt\": \"another\"}}", AUTH_OK },
};

static void each_recipe_is_answered_for_what_it_changes(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            struct fixture fixture;
            struct auth_identity identity = { 0 };
            struct buf header = buf_bounded(64 * 1024);
            set_up(&fixture, seed);
            const char *wrong = sign(&fixture, rows[i].recipe, &header);
            if (wrong != NULL)
                fail_msg("%s: %s", rows[i].recipe, wrong);
            enum auth_result result = check(&fixture, buf_slice(&header), &identity);
            if (result != rows[i].wanted)
                fail_msg("seed %llu, %s: %s", (unsigned long long)seed,
                         rows[i].recipe == NULL ? "right" : rows[i].recipe,
                         auth_result_text(result));
            buf_free(&header);
            tear_down(&fixture);
        }
    }
}

static void a_token_of_another_user_is_that_users(void **state)
{
    (void)state;
    struct fixture fixture;
    struct auth_identity identity = { 0 };
    struct buf header = buf_bounded(64 * 1024);
    set_up(&fixture, 3);
    assert_null(sign(&fixture, NULL, &header));
    assert_int_equal(check(&fixture, buf_slice(&header), &identity), AUTH_OK);
    assert_int_equal(identity.uid, 1000000021);
    buf_clear(&header);
    assert_null(sign(&fixture, "{\"token\": {\"uid\": \"other\"}}", &header));
    assert_int_equal(check(&fixture, buf_slice(&header), &identity), AUTH_OK);
    assert_int_equal(identity.uid, 1000000022);
    buf_free(&header);
    tear_down(&fixture);
}

static void a_nonce_that_is_given_twice_is_a_replay(void **state)
{
    (void)state;
    static const char recipe[] = "{\"hawk\": {\"nonce\": \"once\"}}";
    struct fixture fixture;
    struct auth_identity identity;
    struct buf header = buf_bounded(64 * 1024);
    set_up(&fixture, 3);
    assert_null(sign(&fixture, recipe, &header));
    assert_int_equal(check(&fixture, buf_slice(&header), &identity), AUTH_OK);
    buf_clear(&header);
    assert_null(sign(&fixture, recipe, &header));
    assert_int_equal(check(&fixture, buf_slice(&header), &identity), AUTH_REPLAYED);
    buf_free(&header);
    tear_down(&fixture);
}

static void the_scheme_is_written_as_asked_for(void **state)
{
    (void)state;
    struct fixture fixture;
    struct buf header = buf_bounded(64 * 1024);
    set_up(&fixture, 3);
    assert_null(sign(&fixture, "{\"hawk\": {\"scheme\": \"hawk\"}}", &header));
    assert_true(slice_starts(buf_slice(&header), SLICE("hawk id=\"")));
    buf_free(&header);
    tear_down(&fixture);
}

/* A server that skips the token's signature must find nothing else wrong: the MAC fits the token as
 * it was sent. */
static void a_damaged_token_comes_with_the_mac_that_fits_it(void **state)
{
    (void)state;
    static const char *const damages[] = { "payload", "signature", "extra", "padding", "truncate" };
    for (size_t i = 0; i < COUNT_OF(damages); i++) {
        struct fixture fixture;
        struct auth_hawk hawk;
        struct buf header = buf_bounded(64 * 1024);
        char recipe[128];
        char mac[AUTH_MAC_TEXT];
        bool fits = false;
        set_up(&fixture, i);
        (void)snprintf(recipe, sizeof(recipe),
                       "{\"token\": {\"damage\": \"%s\", \"salt\": \"%s\"}}", damages[i], "abcdef");
        assert_null(sign(&fixture, recipe, &header));
        assert_true(auth_hawk_parse(buf_slice(&header), &hawk));
        /* The padding damage may have shortened the salt. */
        for (size_t len = 6; len > 0 && !fits; len--) {
            char key[AUTH_KEY_TEXT];
            const struct auth_hawk_input input = {
                .ts = hawk.ts,
                .nonce = hawk.nonce,
                .method = SLICE("PUT"),
                .target = SLICE(target),
                .host = SLICE("sync.example.com"),
                .port = 8000,
            };
            assert_true(auth_token_key(SLICE("new secret"), hawk.id, slice_of("abcdef", len), key));
            assert_true(auth_hawk_mac(slice_text(key), &input, mac));
            fits = slice_is(hawk.mac, mac);
        }
        assert_true(fits);
        buf_free(&header);
        tear_down(&fixture);
    }
}

static void what_cannot_be_signed_is_said(void **state)
{
    (void)state;
    static const char *const recipes[] = {
        "\"all\"",
        "{\"hawk\": {\"ts_offset\": \"soon\"}}",
        "{\"hawk\": {\"port\": 70000}}",
        "{\"token\": {\"uid\": \"nobody\"}}",
        "{\"token\": {\"damage\": \"beyond repair\"}}",
        "{\"token\": {\"expires_in\": 99999999999}}",
    };
    struct fixture fixture;
    set_up(&fixture, 1);
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        struct buf header = buf_bounded(64 * 1024);
        assert_non_null(sign(&fixture, recipes[i], &header));
        buf_free(&header);
    }
    fixture.target.secrets.count = 1;
    struct buf header = buf_bounded(64 * 1024);
    assert_non_null(sign(&fixture, "{\"token\": {\"secret\": \"rotated\"}}", &header));
    fixture.target.auth = RUNNER_AUTH_HAWK;
    assert_non_null(sign(&fixture, "{\"token\": {\"expires_in\": 1}}", &header));
    buf_free(&header);
    tear_down(&fixture);
}

static void users_with_names_sign_by_name_and_password(void **state)
{
    (void)state;
    static const struct {
        enum runner_auth auth;
        const char *user, *endpoint;
    } kinds[] = {
        { RUNNER_AUTH_BASIC, "ann", "/pre/1.1/ann" },
        { RUNNER_AUTH_NAMES, "syncspec-1000000021", "/pre/1.1/syncspec-1000000021" },
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct fixture fixture;
        set_up(&fixture, i);
        fixture.options.api = "1.1";
        fixture.target.auth = kinds[i].auth;
        fixture.target.user = SLICE("ann");
        fixture.target.password = SLICE("pass:word");
        struct runner_account *account = &fixture.accounts[RUNNER_ME];
        account->expires = 0;
        assert_true(runner_account_refresh(account, &fixture.world, &fixture.rng.base));
        const struct runner_signer signer = { .world = &fixture.world,
                                              .accounts = fixture.accounts,
                                              .sender = RUNNER_ME,
                                              .rng = &fixture.rng.base };
        const struct runner_signable what = { .method = SLICE("GET"), .target = SLICE("/x") };
        AUTO(buf_free) struct buf header = buf_bounded(1024);
        AUTO(buf_free) struct buf text = buf_bounded(1024);
        struct slice user, password;
        assert_null(runner_sign(&signer, NULL, &what, &header));
        assert_true(buf_reserve(&text, header.len));
        assert_true(auth_basic_parse(buf_slice(&header), &text, &user, &password));
        assert_slice(user, kinds[i].user);
        assert_slice(password, "pass:word");
        AUTO(buf_free) struct buf endpoint = buf_bounded(256);
        assert_true(runner_account_endpoint(account, &fixture.world, &endpoint));
        assert_slice(buf_slice(&endpoint), kinds[i].endpoint);
        json_t *recipe = json_object();
        assert_non_null(runner_sign(&signer, recipe, &what, &header));
        json_decref(recipe);
        tear_down(&fixture);
    }
}

static void sign_with_failures(void *context)
{
    struct fixture *fixture = context;
    struct buf header = buf_bounded(64 * 1024);
    static const char *const recipes[] = {
        NULL,
        "{\"hawk\": {\"mac\": \"url-alphabet\", \"hash\": \"right\", \"path\": \"/x\"}}",
        "{\"token\": {\"damage\": \"payload\"}}",
        "{\"token\": {\"secret\": \"wrong\"}}",
    };
    const struct runner_signer signer = {
        .world = &fixture->world,
        .accounts = fixture->accounts,
        .endpoint = SLICE("/pre/1.5/1"),
        .rng = &fixture->rng.base,
    };
    const struct runner_signable what = { .method = SLICE("GET"), .target = SLICE("/") };
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        json_t *auth = recipes[i] == NULL ? NULL : json_loads(recipes[i], 0, NULL);
        const char *wrong = runner_sign(&signer, auth, &what, &header);
        assert_true(wrong == NULL || alloc_has_failed());
        json_decref(auth);
        buf_clear(&header);
    }
    buf_free(&header);
}

static void a_failed_allocation_while_signing_is_said_and_leaks_nothing(void **state)
{
    (void)state;
    struct fixture fixture;
    set_up(&fixture, 1);
    support_sweep_allocations(sign_with_failures, &fixture);
    tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_recipe_is_answered_for_what_it_changes),
        cmocka_unit_test(a_token_of_another_user_is_that_users),
        cmocka_unit_test(a_nonce_that_is_given_twice_is_a_replay),
        cmocka_unit_test(the_scheme_is_written_as_asked_for),
        cmocka_unit_test(a_damaged_token_comes_with_the_mac_that_fits_it),
        cmocka_unit_test(what_cannot_be_signed_is_said),
        cmocka_unit_test(users_with_names_sign_by_name_and_password),
        cmocka_unit_test(a_failed_allocation_while_signing_is_said_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
