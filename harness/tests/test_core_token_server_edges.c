/* A token server at the edges of what it takes, and without memory. */
#include "auth/token.h"
#include "tests/reply_text.h"
#include "tests/token_bench.h"

#include <stdio.h>

enum { ROOM = 64 * 1024, STATE_BYTES = CORE_TOKEN_STATE / 2 };

#define GOOD "Authorization: Bearer ann.10\nX-KeyID: 5-qqo\n"

/* 401: it is one, but not that of X-KeyID. */
static void a_client_state_is_of_letters_digits_and_three_signs(void **state)
{
    struct token_bench *bench = *state;
    static const struct {
        const char *value;
        int status;
    } rows[] = {
        { "azAZ09._-", 401 },
        { "01234567890123456789012345678901", 401 },
        { "012345678901234567890123456789012", 400 },
        { "!aa", 400 },
        { "`", 400 },
        { "{", 400 },
        { "@", 400 },
        { "[", 400 },
        { "/", 400 },
        { ":", 400 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char fields[128];
        (void)snprintf(fields, sizeof(fields), GOOD "X-Client-State: %s", rows[i].value);
        if (token_get(bench, fields) != rows[i].status)
            fail_msg("%s: %d", rows[i].value, bench->reply.status);
    }
}

/* What the token that was given says. */
static struct auth_token_opened open_token(const struct token_bench *bench, struct buf *scratch)
{
    struct auth_secrets secrets = { { SLICE(TOKEN_SECRET) }, 1 };
    struct auth_token_opened opened;
    struct slice id = token_member(bench, "/id");
    assert_true(id.len > 2);
    buf_clear(scratch);
    assert_int_equal(
        auth_token_open(&secrets, slice_of(id.ptr + 1, id.len - 2), TOKEN_T0, scratch, &opened),
        AUTH_TOKEN_OK);
    return opened;
}

static void a_key_id_comes_back_in_the_token(void **state)
{
    struct token_bench *bench = *state;
    static const struct {
        const char *token, *sent, *given;
    } rows[] = {
        { "a.10", "5-qqo", "0000000000005-qqo" },
        { "b.10", "1-qqo", "0000000000001-qqo" },
        { "c.10", "0-qqo", "0000000000010-qqo" }, /* the generation in its place */
        { "d.10", "9223372036854775807-qqo", "9223372036854775807-qqo" },
        { "e.10", "5-AAECAwQFBgcICQoLDA0ODw", "0000000000005-AAECAwQFBgcICQoLDA0ODw" },
        { "f.10", "5-EBkgKTA5QElQWWBpcHmAiQ", "0000000000005-EBkgKTA5QElQWWBpcHmAiQ" },
        { "g.10", "5-kJmgqbC5wMnQ2eDp8PmZ_w", "0000000000005-kJmgqbC5wMnQ2eDp8PmZ_w" },
        { "h.10", "5-", "0000000000005-" },
    };
    struct buf scratch = buf_bounded(ROOM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char fields[128];
        (void)snprintf(fields, sizeof(fields), "Authorization: Bearer %s\nX-KeyID: %s",
                       rows[i].token, rows[i].sent);
        assert_int_equal(token_get(bench, fields), 200);
        assert_slice(open_token(bench, &scratch).token.fxa_kid, rows[i].given);
    }
    buf_free(&scratch);
}

static void a_token_lasts_whole_seconds_and_no_fewer_than_were_promised(void **state)
{
    struct token_bench *bench = *state;
    static const struct {
        int64_t now, expires;
    } rows[] = {
        { INT64_C(170000000000), INT64_C(170000000100) },
        { INT64_C(170000000001), INT64_C(170000000200) },
        { INT64_C(170000000099), INT64_C(170000000200) },
    };
    struct buf scratch = buf_bounded(ROOM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench->clock = clock_virtual_at(rows[i].now);
        assert_int_equal(token_handle(bench, "GET", TOKEN_RESOURCE "?duration=1", GOOD), 200);
        assert_slice(token_member(bench, "/duration"), "1");
        assert_true(open_token(bench, &scratch).token.expires == rows[i].expires);
    }
    buf_free(&scratch);
}

static void before_1970_it_is_the_second_0(void **state)
{
    struct token_bench *bench = *state;
    bench->clock = clock_virtual_at(-500);
    assert_int_equal(token_handle(bench, "GET", "/", ""), 404);
    assert_slice(token_field(bench, "X-Timestamp"), "0");
}

static void secret_and_metrics_key_are_the_servers_own(void **state)
{
    struct token_bench *bench = *state;
    char secret[] = TOKEN_SECRET, key[] = "secret";
    struct buf scratch = buf_bounded(ROOM);
    bench->config.users.secret = slice_text(secret);
    bench->config.metrics_key = slice_text(key);
    token_start(bench);
    memset(secret, 'x', sizeof(secret));
    memset(key, 'x', sizeof(key));
    assert_int_equal(token_get(bench, "Authorization: Bearer 0123456789abcdef0123456789abcdef\n"
                                      "X-KeyID: 1234-qqo"),
                     200);
    assert_slice(open_token(bench, &scratch).token.hashed_fxa_uid,
                 "4048002ec5ff2ec0ea0d5a8cc577d554");
    buf_free(&scratch);
}

static void the_longest_node_and_account_have_their_room(void **state)
{
    struct token_bench *bench = *state;
    char url[CORE_TOKEN_NODE_URL];
    memset(url, 'n', sizeof(url));
    memcpy(url, "http://", 7);
    bench->config.users.nodes.count = 0;
    bench->config.node_type = NULL;
    assert_null(core_token_nodes_add(&bench->config.users.nodes, slice_of(url, sizeof(url)), 1));
    token_start(bench);
    assert_int_equal(
        token_get(bench, "Authorization: Bearer "
                         "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd.10\n"
                         "X-KeyID: 9223372036854775807-AAECAwQFBgcICQoLDA0ODw"),
        200);
    assert_slice(token_member(bench, "/node_type"), "null");
    assert_true(slice_starts(slice_from(token_member(bench, "/api_endpoint"), 1),
                             slice_of(url, sizeof(url))));
}

/* The hashed id with that metrics key. */
static void hash_with(struct token_bench *bench, struct slice key, char ret[64])
{
    bench->config.metrics_key = key;
    token_start(bench);
    assert_int_equal(token_get(bench, GOOD), 200);
    struct slice hashed = token_member(bench, "/hashed_fxa_uid");
    assert_int_equal(hashed.len, 34);
    memcpy(ret, hashed.ptr, hashed.len);
    ret[hashed.len] = '\0';
}

static void without_a_metrics_key_it_is_the_secret(void **state)
{
    struct token_bench *bench = *state;
    char none[64], secret[64], letter[64], longer[64];
    hash_with(bench, (struct slice){ 0 }, none);
    hash_with(bench, SLICE(TOKEN_SECRET), secret);
    hash_with(bench, SLICE("k"), letter);
    hash_with(bench, SLICE(TOKEN_SECRET TOKEN_SECRET), longer);
    assert_string_equal(none, secret);
    assert_string_not_equal(letter, secret);
    assert_string_not_equal(longer, secret);
}

static void what_is_refused_is_named_if_that_is_text(void **state)
{
    struct token_bench *bench = *state;
    static const struct {
        const char *target, *name;
    } rows[] = {
        { "/1.0/sync/!", "\"!\"" },
        { "/1.0/sync/~", "\"~\"" },
        { "/1.0/sync/a b", "\"\"" },
        { "/1.0/sync/a\x7F", "\"\"" },
        { "/1.0/sync/a\x80", "\"\"" },
        { "/1.0/sync/\x01"
          "a",
          "\"\"" },
        { "/1.0/sync/aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddx",
          "\"aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd\"" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(token_handle(bench, "GET", rows[i].target, ""), 404);
        assert_slice(token_member(bench, "/errors/0/name"), rows[i].name);
    }
}

struct
try {
    struct token_bench *bench;
    const char *method, *fields;
    struct buf *wanted;
};

/* A whole answer, that the server is busy, or nothing: but nothing that is called JSON and is not.
 * The first call fails nothing and tells what is wanted. */
static void try_once(void *context)
{
    static const char busy[] = "{\"status\":\"error\",\"errors\":[{\"location\":\"body\","
                               "\"name\":\"\",\"description\":\"Service Unavailable\"}]}";
    struct try *try = context;
    struct token_bench *bench = try->bench;
    bench->rng = rng_seeded_with(1);
    bench->server = token_server(bench);
    if (bench->server != NULL) {
        int status = token_handle(bench, try->method, TOKEN_RESOURCE, try->fields);
        if (try->wanted->len == 0)
            reply_text(&bench->reply, try->wanted);
        struct slice body = buf_slice(&bench->reply.body);
        assert_slice(token_field(bench, "Content-Type"), body.len > 0 ? "application/json" : "");
        if (status == 503 && body.len > 0)
            assert_slice(body, busy);
        else if (body.len > 0)
            assert_true(slice_ends(buf_slice(try->wanted), body));
    }
    core_token_server_free(bench->server);
    http_reply_free(&bench->reply);
}

static void without_memory_no_answer_is_half(void **state)
{
    static const struct {
        const char *method, *fields;
    } requests[] = {
        { "GET", GOOD },
        { "GET", "" },
        { "POST", "" },
        { "GET", GOOD "X-Client-State: !" },
    };
    struct token_bench *bench = *state;
    struct core_token_server *kept = bench->server;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct buf wanted = buf_bounded(REPLY_TEXT);
        struct try try = { bench, requests[i].method, requests[i].fields, &wanted };
        http_reply_free(&bench->reply);
        try_once(&try);
        support_sweep_allocations(try_once, &try);
        buf_free(&wanted);
    }
    bench->server = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOKEN_TEST(a_client_state_is_of_letters_digits_and_three_signs),
        TOKEN_TEST(a_key_id_comes_back_in_the_token),
        TOKEN_TEST(a_token_lasts_whole_seconds_and_no_fewer_than_were_promised),
        TOKEN_TEST(before_1970_it_is_the_second_0),
        TOKEN_TEST(secret_and_metrics_key_are_the_servers_own),
        TOKEN_TEST(without_a_metrics_key_it_is_the_secret),
        TOKEN_TEST(the_longest_node_and_account_have_their_room),
        TOKEN_TEST(what_is_refused_is_named_if_that_is_text),
        TOKEN_TEST(without_memory_no_answer_is_half),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
