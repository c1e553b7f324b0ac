/* How fast a run may send. */
#include "runner/throttle.h"
#include "tests/support/support.h"

static struct http_field fields[2];

static struct http_answer answer_of(int status, const char *name, const char *value)
{
    fields[0] = (struct http_field){ SLICE("Content-Type"), SLICE("application/json") };
    fields[1] = (struct http_field){ slice_text(name), slice_text(value) };
    return (struct http_answer){ .status = status, .fields = { .at = fields, .count = 2 } };
}

static void without_a_rate_nothing_waits(void **state)
{
    (void)state;
    struct runner_throttle throttle = runner_throttle_of(0);
    char text[256];
    for (int i = 0; i < 1000; i++)
        assert_int_equal(runner_throttle_wait(&throttle, 5), 0);
    runner_throttle_tell(&throttle, text, sizeof(text));
    assert_string_equal(text, "");
}

static void no_second_has_more_requests_than_the_rate(void **state)
{
    (void)state;
    static const unsigned rates[] = { 1, 3, 7, 100, 1000 };
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct runner_throttle throttle = runner_throttle_of(rates[i]);
        unsigned sent = 0;
        for (int64_t now = 5000; now < 6000; now++)
            sent += runner_throttle_wait(&throttle, now) == 0;
        assert_true(sent <= rates[i] && sent > 0);
    }
    struct runner_throttle throttle = runner_throttle_of(4);
    assert_int_equal(runner_throttle_wait(&throttle, 100), 0);
    assert_int_equal(runner_throttle_wait(&throttle, 100), 250);
    assert_int_equal(runner_throttle_wait(&throttle, 349), 1);
    assert_int_equal(runner_throttle_wait(&throttle, 350), 0);
}

static void retry_after_stops_all_requests_within_bounds(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *name, *value;
        int64_t wait_ms;
    } rows[] = {
        { 503, "Retry-After", "2", 2000 },
        { 429, "retry-after", "1", 1000 },
        { 503, "Retry-After", "3600", 5000 },
        { 503, "Retry-After", "99999999999999999999", 0 },
        { 503, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT", 0 },
        { 503, "Retry-After", "-1", 0 },
        { 503, "Retry-After", "0", 0 },
        { 409, "Retry-After", "2", 0 },
        { 200, "Retry-After", "2", 0 },
        { 503, "X-Other", "2", 0 },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct runner_throttle throttle = runner_throttle_of(0);
        const struct http_answer answer = answer_of(rows[i].status, rows[i].name, rows[i].value);
        runner_throttle_note(&throttle, &answer, 100);
        assert_int_equal(runner_throttle_wait(&throttle, 100), rows[i].wait_ms);
        assert_int_equal(runner_throttle_wait(&throttle, 100 + rows[i].wait_ms), 0);
    }
}

static void a_backoff_slows_down_for_its_time(void **state)
{
    (void)state;
    static const char *const names[] = { "X-Weave-Backoff", "X-Backoff" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct runner_throttle throttle = runner_throttle_of(0);
        const struct http_answer answer = answer_of(200, names[i], "1.5");
        runner_throttle_note(&throttle, &answer, 1000);
        int sent = 0;
        for (int64_t now = 1000; now < 2000; now++)
            sent += runner_throttle_wait(&throttle, now) == 0;
        assert_int_equal(sent, 10);
        assert_int_equal(runner_throttle_wait(&throttle, 2000), 0);
        assert_int_equal(runner_throttle_wait(&throttle, 2000), 0);
    }
}

static void what_a_server_asks_for_is_bounded_in_all_and_told(void **state)
{
    (void)state;
    struct runner_throttle throttle = runner_throttle_of(0);
    const struct http_answer answer = answer_of(503, "Retry-After", "1000000");
    int64_t now = 0;
    char text[256];
    for (int i = 0; i < 100; i++) {
        runner_throttle_note(&throttle, &answer, now);
        now += runner_throttle_wait(&throttle, now);
    }
    assert_int_equal(now, 60000);
    runner_throttle_tell(&throttle, text, sizeof(text));
    assert_string_equal(text, "the target asked for less, and the run slowed down: 100 responses "
                              "with Retry-After, 0 with X-Weave-Backoff, 60.0 s of waiting; it "
                              "asked 88 times more after 60 s of that, which was not obeyed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_rate_nothing_waits),
        cmocka_unit_test(no_second_has_more_requests_than_the_rate),
        cmocka_unit_test(retry_after_stops_all_requests_within_bounds),
        cmocka_unit_test(a_backoff_slows_down_for_its_time),
        cmocka_unit_test(what_a_server_asks_for_is_bounded_in_all_and_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
