/* The core behind the real Hawk scheme: what is signed, and what a signature opens. */
#include "tests/core_bench.h"

#include "auth/hawk.h"

#include <stdio.h>

enum { NOW = 1700000000, LIFE = 3600 };

static const struct slice secret = SLICE_INIT("TED KOPPEL IS A ROBOT");

struct signer {
    struct bench bench;
    struct auth_scheme *hawk;
    struct buf token, header;
    char key[AUTH_KEY_TEXT];
};

/* Makes ${token} one of uid, with its key. */
static void mint(struct signer *signer, uint64_t uid, int64_t expires)
{
    struct auth_token token = { .uid = uid,
                                .node = SLICE("https://sync.example.com"),
                                .expires = expires * STAMP_SECOND,
                                .salt = SLICE("a1b2c3") };
    buf_clear(&signer->token);
    assert_true(auth_token_mint(secret, &token, &signer->token));
    assert_true(auth_token_key(secret, buf_slice(&signer->token), token.salt, signer->key));
}

static void start(struct signer *signer, const char *public_url)
{
    *signer = (struct signer){ .token = buf_bounded(4096), .header = buf_bounded(8192) };
    bench_init(&signer->bench);
    signer->bench.clock = clock_virtual_at((int64_t)NOW * STAMP_SECOND);
    struct auth_hawk_config config = { .secrets = { .at = { secret }, .count = 1 },
                                       .skew = 60,
                                       .nonces = 100 };
    signer->hawk = auth_hawk_scheme_new(&config);
    assert_non_null(signer->hawk);
    signer->bench.config.public_url = slice_text(public_url);
    struct core_env env = { .store = signer->bench.store,
                            .auth = signer->hawk,
                            .clock = &signer->bench.clock.base,
                            .rng = &signer->bench.rng.base };
    core_free(signer->bench.core);
    signer->bench.core = core_new(&signer->bench.config, &env);
    assert_non_null(signer->bench.core);
    mint(signer, BENCH_UID, NOW + LIFE);
}

static void stop(struct signer *signer)
{
    bench_free(&signer->bench);
    auth_scheme_free(signer->hawk);
    buf_free(&signer->token);
    buf_free(&signer->header);
}

struct shot {
    enum http_method method;
    const char *signed_target, *sent_target;
    const char *signed_host, *host_field;
    uint16_t port;
    const char *nonce;
};

static int shoot(struct signer *signer, const struct shot *shot)
{
    char ts[24];
    (void)snprintf(ts, sizeof(ts), "%d", NOW);
    struct auth_hawk_input input = { .ts = slice_text(ts),
                                     .nonce = slice_text(shot->nonce),
                                     .method = slice_text(http_method_name(shot->method)),
                                     .target = slice_text(shot->signed_target),
                                     .host = slice_text(shot->signed_host),
                                     .port = shot->port };
    buf_clear(&signer->header);
    assert_true(auth_hawk_sign(buf_slice(&signer->token), slice_text(signer->key), &input,
                               &signer->header));
    struct http_field fields[] = { { SLICE("Host"), slice_text(shot->host_field) },
                                   { SLICE("Authorization"), buf_slice(&signer->header) } };
    struct http_request request = { .method = shot->method,
                                    .method_text = slice_text(http_method_name(shot->method)),
                                    .target = slice_text(shot->sent_target),
                                    .minor = 1,
                                    .fields = { fields, COUNT_OF(fields) } };
    core_handle(signer->bench.core, &request, &signer->bench.reply);
    return signer->bench.reply.status;
}

static struct shot plain(const char *nonce)
{
    return (struct shot){ .method = HTTP_METHOD_GET,
                          .signed_target = "/1.5/7/info/collections?v=1",
                          .sent_target = "/1.5/7/info/collections?v=1",
                          .signed_host = "localhost",
                          .host_field = "LocalHost:8000",
                          .port = 8000,
                          .nonce = nonce };
}

static void a_signed_request_is_answered_once(void **state)
{
    (void)state;
    struct signer signer;
    start(&signer, NULL);
    struct shot shot = plain("n1");
    assert_int_equal(shoot(&signer, &shot), 200);
    assert_slice(buf_slice(&signer.bench.reply.body), "{}");
    assert_int_equal(shoot(&signer, &shot), 401);
    shot.nonce = "n2";
    assert_int_equal(shoot(&signer, &shot), 200);
    stop(&signer);
}

static void what_was_signed_is_what_counts(void **state)
{
    (void)state;
    struct signer signer;
    start(&signer, NULL);
    struct shot other_query = plain("a"), other_path = plain("b"), other_host = plain("c"),
                other_port = plain("d"), recoded = plain("e");
    other_query.sent_target = "/1.5/7/info/collections?v=2";
    other_path.sent_target = "/1.5/7/info/quota?v=1";
    other_host.host_field = "elsewhere:8000";
    other_port.host_field = "localhost";
    recoded.sent_target = "/1.5/7/%69nfo/collections?v=1";
    const struct shot *shots[] = { &other_query, &other_path, &other_host, &other_port, &recoded };
    for (size_t i = 0; i < COUNT_OF(shots); i++) {
        assert_int_equal(shoot(&signer, shots[i]), 401);
        assert_slice(buf_slice(&signer.bench.reply.body), "0");
        expect_field(&signer.bench, "WWW-Authenticate", "Hawk");
    }
    recoded.signed_target = recoded.sent_target;
    assert_int_equal(shoot(&signer, &recoded), 200);
    stop(&signer);
}

static void behind_a_proxy_the_public_url_is_signed(void **state)
{
    (void)state;
    struct signer signer;
    start(&signer, "https://Sync.Example.com/pre");
    struct shot kept = plain("a");
    kept.signed_host = "sync.example.com";
    kept.port = 443;
    kept.signed_target = kept.sent_target = "/pre/1.5/7/info/collections";
    assert_int_equal(shoot(&signer, &kept), 200);
    struct shot stripped = kept;
    stripped.nonce = "b";
    stripped.sent_target = "/1.5/7/info/collections";
    assert_int_equal(shoot(&signer, &stripped), 200);
    struct shot inside = plain("c");
    assert_int_equal(shoot(&signer, &inside), 401);
    stop(&signer);
}

static void a_token_opens_its_own_user_only_and_while_it_lives(void **state)
{
    (void)state;
    struct signer signer;
    start(&signer, NULL);
    struct shot shot = plain("a");
    mint(&signer, BENCH_UID + 1, NOW + LIFE);
    assert_int_equal(shoot(&signer, &shot), 401);
    mint(&signer, BENCH_UID, NOW);
    shot.nonce = "b";
    assert_int_equal(shoot(&signer, &shot), 401);
    mint(&signer, BENCH_UID, NOW + 1);
    shot.nonce = "c";
    assert_int_equal(shoot(&signer, &shot), 200);
    stop(&signer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signed_request_is_answered_once),
        cmocka_unit_test(what_was_signed_is_what_counts),
        cmocka_unit_test(behind_a_proxy_the_public_url_is_signed),
        cmocka_unit_test(a_token_opens_its_own_user_only_and_while_it_lives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
