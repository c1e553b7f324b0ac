/* A token server with one node, and an accounts service that believes tokens as they are: what the
 * tests of the token server share. */
#ifndef SYNCSPEC_TESTS_TOKEN_BENCH_H
#define SYNCSPEC_TESTS_TOKEN_BENCH_H

#include "core/token_server.h"
#include "tests/support/support.h"

#define TOKEN_T0       INT64_C(170000000050)
#define TOKEN_SECRET   "TED KOPPEL IS A ROBOT"
#define TOKEN_NODE     "http://127.0.0.1:8000"
#define TOKEN_RESOURCE "/1.0/sync/1.5"

struct token_bench {
    struct auth_bearer bearer;
    struct core_token_config config;
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_token_server *server;
    struct http_reply reply;
};

/* A server of the bench's config; NULL when out of memory. */
struct core_token_server *token_server(struct token_bench *bench);

/* The bench's server anew, after a change of config. */
void token_start(struct token_bench *bench);

int token_set_up(void **state);
int token_tear_down(void **state);
#define TOKEN_TEST(name) cmocka_unit_test_setup_teardown(name, token_set_up, token_tear_down)

/* Sends ${fields}, "Name: value\nName: value"; the reply's status. */
int token_handle(struct token_bench *bench, const char *method, const char *target,
                 const char *fields);
int token_get(struct token_bench *bench, const char *fields);

/* A request of ${account} with these numbers and this state (base64url). */
int token_ask(struct token_bench *bench, const char *account, int generation, int keys,
              const char *state);

/* A field of the reply, empty when there is none; a member, as raw JSON; the number given. */
struct slice token_field(const struct token_bench *bench, const char *name);
struct slice token_member(const struct token_bench *bench, const char *pointer);
uint64_t token_uid(const struct token_bench *bench);

#endif
