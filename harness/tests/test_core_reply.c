#include "core/reply.h"

#include "tests/support/support.h"

#include <stdlib.h>

static void expect_kb(uint64_t bytes, const char *text)
{
    struct buf out = buf_bounded(64);
    assert_true(core_reply_add_kb(bytes, &out));
    assert_slice(buf_slice(&out), text);
    buf_free(&out);
}

static void kilobytes_are_exact(void **state)
{
    (void)state;
    expect_kb(0, "0.0");
    expect_kb(1, "0.0009765625");
    expect_kb(500, "0.48828125");
    expect_kb(512, "0.5");
    expect_kb(1023, "0.9990234375");
    expect_kb(1024, "1.0");
    expect_kb(1536, "1.5");
    expect_kb((uint64_t)3 * 1024 * 1024 * 1024 + 1, "3145728.0009765625");
    expect_kb(UINT64_MAX, "18014398509481983.9990234375");
}

static void kilobytes_read_back_as_the_same_double(void **state)
{
    (void)state;
    for (uint64_t bytes = 0; bytes < 5000; bytes++) {
        struct buf out = buf_bounded(64);
        assert_true(core_reply_add_kb(bytes, &out));
        assert_true(strtod(buf_text(&out), NULL) * 1024 == (double)bytes);
        buf_free(&out);
    }
}

static void unavailable_drops_what_was_there(void **state)
{
    (void)state;
    struct http_reply reply;
    http_reply_init(&reply);
    assert_true(http_reply_set_text(&reply, "X-Last-Modified", "5.00"));
    assert_true(buf_add_text(&reply.body, "half"));
    core_reply_unavailable(&reply, 12345);
    struct slice value;
    assert_int_equal(reply.status, 503);
    assert_slice(buf_slice(&reply.body), "0");
    assert_false(http_reply_get(&reply, "X-Last-Modified", &value));
    assert_true(http_reply_get(&reply, "Retry-After", &value));
    assert_slice(value, "10");
    assert_true(http_reply_get(&reply, "X-Weave-Timestamp", &value));
    assert_slice(value, "123.45");
    http_reply_free(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kilobytes_are_exact),
        cmocka_unit_test(kilobytes_read_back_as_the_same_double),
        cmocka_unit_test(unavailable_drops_what_was_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
