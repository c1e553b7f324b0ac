#include "cli/corpus_alike.h"
#include "tests/support/support.h"

#define TOKEN "eyJ1aWQiOiAxNzU5NjA0ODQwfQ=="
#define OTHER "eyJub2RlIjogImh0dHA6Ly9oIn1_PZfn-JCLqZSgGs"

static bool alike(enum cli_corpus_kind kind, const char *one, const char *other, bool exact)
{
    struct cli_corpus_alike all = cli_corpus_alike_of(exact);
    assert_true(cli_corpus_alike_first(&all, kind, slice_text(one)));
    assert_false(cli_corpus_alike_first(&all, kind, slice_text(one)));
    bool first = cli_corpus_alike_first(&all, kind, slice_text(other));
    assert_false(all.seen.failed);
    cli_corpus_alike_free(&all);
    return !first;
}

static void digits_and_credentials_make_no_difference(void **state)
{
    (void)state;
    static const struct {
        enum cli_corpus_kind kind;
        const char *one, *other;
    } rows[] = {
        { CLI_CORPUS_HAWK, "Hawk id=\"" TOKEN "\", ts=\"17\"", "Hawk id=\"" OTHER "\", ts=\"21\"" },
        { CLI_CORPUS_HAWK, "Basic " TOKEN, "Basic " OTHER },
        { CLI_CORPUS_RECORD, "{\"id\":\"a\",\"ttl\":60}", "{\"id\":\"a\",\"ttl\":99}" },
        { CLI_CORPUS_REQUEST, "GET /1.5/7 HTTP/1.1\r\nauthorization: Hawk id=\"" TOKEN "\"\r\n\r\n",
          "GET /1.5/8 HTTP/1.1\r\nauthorization: Hawk id=\"" OTHER "\"\r\n\r\n" },
        { CLI_CORPUS_SESSION, "GET /\r\nAuthorization: " TOKEN "\r\n\r\nGET /\r\n\r\n",
          "GET /\r\nAuthorization: " OTHER "\r\n\r\nGET /\r\n\r\n" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (!alike(rows[i].kind, rows[i].one, rows[i].other, false))
            fail_msg("%s is another one", rows[i].one);
        if (alike(rows[i].kind, rows[i].one, rows[i].other, true))
            fail_msg("%s is the same bytes", rows[i].one);
    }
}

static void all_else_makes_a_difference(void **state)
{
    (void)state;
    static const struct {
        enum cli_corpus_kind kind;
        const char *one, *other;
    } rows[] = {
        { CLI_CORPUS_HAWK, "Hawk id=\"" TOKEN "\"", "Hawk id=\"" TOKEN },
        { CLI_CORPUS_HAWK, "Hawk id=\"" TOKEN "\"", "Hawk id=\"x\"" },
        { CLI_CORPUS_HAWK, "Hawk id=\"x\"", "Hawk id=\"y\"" },
        { CLI_CORPUS_HAWK, "Basic YTpi", "Basic YTpj" },
        { CLI_CORPUS_RECORD, "{\"ttl\":60}", "{\"ttl\":600}" },
        { CLI_CORPUS_RECORD, "{\"payload\":\"" TOKEN "\"}", "{\"payload\":\"" OTHER "\"}" },
        { CLI_CORPUS_REQUEST, "GET /" TOKEN " HTTP/1.1\r\n\r\n",
          "GET /" OTHER " HTTP/1.1\r\n\r\n" },
        { CLI_CORPUS_REQUEST, "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\n\n" },
        { CLI_CORPUS_REQUEST, "GET /\r\n\r\n", "GET /\r\n\r" },
        { CLI_CORPUS_REQUEST, "A: b\r\nAuthorization: " TOKEN, "Authorization: " TOKEN "\r\nA: b" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (alike(rows[i].kind, rows[i].one, rows[i].other, false))
            fail_msg("%s is the same", rows[i].one);
    }
}

static void try_two(void *context)
{
    (void)context;
    struct cli_corpus_alike all = cli_corpus_alike_of(false);
    bool one = cli_corpus_alike_first(&all, CLI_CORPUS_HAWK, SLICE("Hawk"));
    bool other = cli_corpus_alike_first(&all, CLI_CORPUS_HAWK, SLICE("Basic"));
    assert_true((one && other) || all.seen.failed);
    cli_corpus_alike_free(&all);
}

static void without_memory_it_is_told(void **state)
{
    (void)state;
    support_sweep_allocations(try_two, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_and_credentials_make_no_difference),
        cmocka_unit_test(all_else_makes_a_difference),
        cmocka_unit_test(without_memory_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
