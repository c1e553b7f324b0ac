#include "auth/basic_scheme.h"

#include "auth/basic.h"
#include "tests/support/support.h"

#include <stdio.h>

/* The users ann and zoe@z.example have the password "open:sesame". */
#define ZOE "qotuhpyoqzcthrienegrnmgv7mto7ouz"
static enum auth_result check_ann(void *context, struct slice user, struct slice password,
                                  struct auth_identity *ret_identity)
{
    ++*(int *)context;
    if ((!slice_is(user, "ann") && !slice_is(user, ZOE)) || !slice_is(password, "open:sesame"))
        return AUTH_BAD_MAC;
    ret_identity->uid = 7;
    return AUTH_OK;
}

static enum auth_result send(struct auth_scheme *scheme, const char *authorization,
                             const char *target, struct auth_identity *identity)
{
    struct http_field field = { SLICE("authorization"), slice_text(authorization) };
    struct http_request request = { .target = slice_text(target),
                                    .fields = { &field, authorization == NULL ? 0 : 1 } };
    struct auth_origin origin = { .target = slice_text(target) };
    return auth_check(scheme, &request, &origin, 0, identity);
}

static void a_user_gets_in_where_the_path_is_theirs(void **state)
{
    (void)state;
    static const struct row {
        const char *prefix, *user, *password, *target;
        enum auth_result result;
    } rows[] = {
        { "", "ann", "open:sesame", "/1.1/ann/info/collections", AUTH_OK },
        { "", "ann", "open:sesame", "/1.1/ann", AUTH_OK },
        { "", "ann", "open:sesame", "/1.1/Ann/info?x=/1.1/bob", AUTH_OK },
        { "", "ann", "open:sesame", "/1.1/%61nn/info", AUTH_OK },
        { "", "ann", "open:sesame", "/1.1/bob/info", AUTH_WRONG_USER },
        { "", "ann", "open:sesame", "/1.1/annx/info", AUTH_WRONG_USER },
        { "", "ann", "open:sesame", "/1.1/an/info", AUTH_WRONG_USER },
        { "", "ann", "open:sesame", "/1.1/%6/info", AUTH_WRONG_USER },
        { "", "ann", "open:sesame", "/1.1/", AUTH_WRONG_USER },
        { "", "ann", "open:sesame", "/1.1", AUTH_WRONG_USER },
        { "/sync", "ann", "open:sesame", "/sync/1.1/ann/info", AUTH_OK },
        { "/sync", "ann", "open:sesame", "/1.1/ann/info", AUTH_WRONG_USER },
        { "/", "ann", "open:sesame", "//1.1/ann/info", AUTH_OK },
        { "", "zoe@z.example", "open:sesame", "/1.1/" ZOE "/info", AUTH_OK },
        { "", "zoe@z.example", "open:sesame", "/1.1/ann/info", AUTH_WRONG_USER },
        { "", "ann", "open", "/1.1/ann/info", AUTH_BAD_MAC },
        { "", "bob", "open:sesame", "/1.1/bob/info", AUTH_BAD_MAC },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int asked = 0;
        char prefix[8] = "";
        (void)snprintf(prefix, sizeof(prefix), "%s", rows[i].prefix);
        const struct auth_basic_config config = { check_ann, &asked, slice_text(prefix), 1 };
        struct auth_scheme *scheme = auth_basic_scheme_new(&config);
        memset(prefix, '?', sizeof(prefix)); /* it was copied */
        struct auth_identity identity = { 0 };
        struct buf header = buf_bounded(1024);
        assert_true(
            auth_basic_sign(slice_text(rows[i].user), slice_text(rows[i].password), &header));
        if (send(scheme, buf_text(&header), rows[i].target, &identity) != rows[i].result)
            fail_msg("%s: not %s", rows[i].target, auth_result_text(rows[i].result));
        assert_int_equal(identity.uid, rows[i].result == AUTH_OK ? 7 : 0);
        assert_int_equal(asked, 1);
        buf_free(&header);
        auth_scheme_free(scheme);
    }
}

static void a_header_that_cannot_be_read_is_no_password(void **state)
{
    (void)state;
    static const struct row {
        const char *header;
        enum auth_result result;
    } rows[] = {
        { NULL, AUTH_MISSING },
        { "", AUTH_MISSING },
        { "Bearer YW5uOm9wZW46c2VzYW1l", AUTH_MISSING },
        { "Basic", AUTH_MALFORMED },
        { "Basic YW5u", AUTH_MALFORMED },
        { "Basic !", AUTH_MALFORMED },
        { "bASIC YW5uOm9wZW46c2VzYW1l", AUTH_OK },
    };
    int asked = 0;
    const struct auth_basic_config config = { check_ann, &asked, { 0 }, 1 };
    struct auth_scheme *scheme = auth_basic_scheme_new(&config);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct auth_identity identity = { 0 };
        if (send(scheme, rows[i].header, "/1.1/ann", &identity) != rows[i].result)
            fail_msg("%s", rows[i].header);
    }
    assert_int_equal(asked, 1);
    assert_string_equal(scheme->ops->name, "Basic");
    auth_scheme_free(scheme);
}

static void check_once(void *context)
{
    const struct auth_basic_config config = { check_ann, context, SLICE("/p"), 1 };
    struct auth_scheme *scheme = auth_basic_scheme_new(&config);
    struct auth_identity identity;
    if (scheme != NULL) {
        enum auth_result result =
            send(scheme, "Basic YW5uOm9wZW46c2VzYW1l", "/p/1.1/ann", &identity);
        assert_true(result == AUTH_OK || result == AUTH_BUSY || result == AUTH_WRONG_USER);
    }
    auth_scheme_free(scheme);
}

static void no_memory_lets_nobody_in(void **state)
{
    (void)state;
    int asked = 0;
    support_sweep_allocations(check_once, &asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_gets_in_where_the_path_is_theirs),
        cmocka_unit_test(a_header_that_cannot_be_read_is_no_password),
        cmocka_unit_test(no_memory_lets_nobody_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
