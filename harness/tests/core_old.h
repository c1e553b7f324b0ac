/* What the tests of APIs 1.1 and 1.0 share: a core that serves them beside 1.5, to one user. */
#ifndef SYNCSPEC_TESTS_CORE_OLD_H
#define SYNCSPEC_TESTS_CORE_OLD_H

#include "tests/core_bench.h"

/* As bench_set_up. */
int old_set_up(void **state);
#define OLD_TEST(name) cmocka_unit_test_setup_teardown(name, old_set_up, bench_tear_down)

/* As bench_send_bytes, but ${line} is below the endpoint of ${version} ("1.1"), and ${body} is text
 * that may be NULL. */
int old_ask(struct bench *bench, const char *version, const char *line, const char *fields,
            const char *body);

/* Asks without fields; the status and the whole body have to be as given. */
#define old_expect(bench, version, line, body, status, reply)                                      \
    do {                                                                                           \
        int seen_ = old_ask((bench), (version), (line), NULL, (body));                             \
        if (seen_ != (status))                                                                     \
            fail_msg("%s %s: %d is not %d", (version), (line), seen_, (status));                   \
        expect_body((bench), (reply));                                                             \
    } while (0)

#endif
