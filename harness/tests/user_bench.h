/* A User API with accounts in memory: what its tests share. */
#ifndef SYNCSPEC_TESTS_USER_BENCH_H
#define SYNCSPEC_TESTS_USER_BENCH_H

#include "core/user_api.h"
#include "tests/support/support.h"

#define USER_T0    INT64_C(170000000000)
#define USER_ORDER "{\"password\":\"open:sesame\",\"e-mail\":\"ann@example.com\"}"
#define USER_ANN   "/user/1.0/ann"

struct user_bench {
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core_user_api_config config;
    struct core_user_api_env env;
    struct core_user_api *api;
    struct http_reply reply;
    char code[CORE_USER_API_CODE_TEXT]; /* mailed last */
    uint64_t gone;
};

/* The bench's API anew, after a change of config or hooks. */
void user_start(struct user_bench *bench);

int user_set_up(void **state);
int user_tear_down(void **state);
#define USER_TEST(name) cmocka_unit_test_setup_teardown(name, user_set_up, user_tear_down)

/* Hooks of which ${context} is the bench: what is mailed to ann is kept in bench->code; 2+2 is 4;
 * who is gone is kept in bench->gone. */
bool user_mail(void *context, const struct core_user *user, const char *code);
bool user_captcha(void *context, struct slice challenge, struct slice response);
bool user_gone(void *context, uint64_t uid);

/* Sends ${line}, "GET /user/1.0/ann"; ${who}: "name:password" or "Basic ..." for Basic, "!code" for
 * a reset code, NULL for nobody.  The reply's status. */
int user_send(struct user_bench *bench, const char *line, const char *who, const char *body);

/* The same; status and whole body have to be as given. */
void user_expect(struct user_bench *bench, const char *line, const char *who, const char *body,
                 int status, const char *reply);

/* A field of the reply; empty when there is none. */
struct slice user_field(const struct user_bench *bench, const char *name);

#endif
