/* A core with a store, a clock that stands still and users who are believed: what the tests of the
 * core share. */
#ifndef SYNCSPEC_TESTS_CORE_BENCH_H
#define SYNCSPEC_TESTS_CORE_BENCH_H

#include "core/core.h"
#include "tests/support/support.h"

enum { BENCH_T0 = 100000, BENCH_UID = 7 };

struct bench {
    struct core_config config;
    struct store *store;
    struct auth_scheme auth;   /* believes the field X-Test-Uid */
    struct auth_scheme *named; /* of APIs 1.1 and 1.0; NULL unless a test sets it */
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct core *core;
    struct http_reply reply;
    char text[8192]; /* of the last bench_field or target */
};

/* With the defaults of core_config_default; bench_start again after a change of config. */
void bench_init(struct bench *bench);
void bench_restart(struct bench *bench);
void bench_free(struct bench *bench);

/* A test whose state is a bench of its own. */
int bench_set_up(void **state);
int bench_tear_down(void **state);
#define BENCH_TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

/* Sends ${line}, "GET /storage/c" (below the endpoint of BENCH_UID) or "GET //__version__" (one '/'
 * is dropped, nothing is put in front); ${fields} as "Name: value\nName: value", may be NULL.  The
 * reply's status. */
int bench_send(struct bench *bench, const char *line, const char *fields, const char *body);
int bench_send_bytes(struct bench *bench, const char *line, const char *fields, struct slice body);

/* The value of a reply field as text, valid until the next call; NULL when there is none. */
const char *bench_field(struct bench *bench, const char *name);

/* Sends without fields; the status and the whole body have to be as given. */
void bench_expect(struct bench *bench, const char *line, const char *body, int status,
                  const char *reply);

/* The last reply: its body; a field (NULL: it must not be there). */
#define expect_body(bench, text) assert_slice(buf_slice(&(bench)->reply.body), (text))
#define expect_field(bench, name, text)                                                            \
    do {                                                                                           \
        const char *value_ = bench_field((bench), (name));                                         \
        const char *wanted_ = (text);                                                              \
        if (wanted_ == NULL)                                                                       \
            assert_null(value_);                                                                   \
        else if (value_ == NULL)                                                                   \
            fail_msg("no field %s", (name));                                                       \
        else                                                                                       \
            assert_string_equal(value_, wanted_);                                                  \
    } while (0)

/* Whether the user has no data at all and never wrote. */
void bench_expect_untouched(struct bench *bench);

#endif
