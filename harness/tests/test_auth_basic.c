#include "auth/basic.h"

#include "tests/support/support.h"
#include "tests/vectors.h"

static void headers_give_the_known_answers(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/basic.json");
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "headers"), index, vector)
    {
        struct buf header = buf_bounded(1024);
        struct buf scratch = buf_bounded(1024);
        struct slice user;
        struct slice password;
        assert_true(auth_basic_sign(vectors_text(vector, "user"), vectors_text(vector, "password"),
                                    &header));
        assert_true(slice_eq(buf_slice(&header), vectors_text(vector, "header")));
        assert_true(auth_basic_parse(buf_slice(&header), &scratch, &user, &password));
        assert_true(slice_eq(user, vectors_text(vector, "user")));
        assert_true(slice_eq(password, vectors_text(vector, "password")));
        buf_free(&header);
        buf_free(&scratch);
    }
    assert_int_equal(index, 3);
    json_decref(file);
}

static void headers_are_read_strictly(void **state)
{
    (void)state;
    static const struct row {
        const char *header;
        bool ok;
    } rows[] = {
        { "Basic dXNlcjE6cGFzcw==", true },
        { "basic  dXNlcjE6cGFzcw==", true },
        { "Basic Og==", true }, /* both empty */
        { "Basic dXNlcjE6cGFzcw", false },
        { "Basic dXNlcjE6cGFzcw== x", false },
        { "Basic dXNlcjE=", false }, /* no colon */
        { "Basic", false },
        { "Basic ", false },
        { "Bearer dXNlcjE6cGFzcw==", false },
        { "Basic dToK", false },     /* a line end in the password */
        { "Basic AXU6cA==", false }, /* it begins with a control character */
        { "Basic dTpwfw==", false }, /* DEL */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge header = support_edge_of(slice_text(rows[i].header));
        struct buf scratch = buf_bounded(1024);
        struct slice user;
        struct slice password;
        if (auth_basic_parse(header.bytes, &scratch, &user, &password) != rows[i].ok)
            fail_msg("%s", rows[i].header);
        if (!rows[i].ok)
            assert_int_equal(scratch.len, 0);
        buf_free(&scratch);
        support_edge_free(&header);
    }
}

static void users_with_a_colon_cannot_be_signed(void **state)
{
    (void)state;
    struct buf header = buf_bounded(1024);
    assert_false(auth_basic_sign(SLICE("a:b"), SLICE("p"), &header));
    assert_false(auth_basic_sign(SLICE("a"), SLICE("p\n"), &header));
    assert_false(auth_basic_sign(SLICE("\na"), SLICE("p"), &header));
    assert_false(auth_basic_sign(SLICE("a"), SLICE("\x7f"), &header));
    assert_int_equal(header.len, 0);
    assert_true(auth_basic_sign(SLICE("a"), SLICE("p:q"), &header));
    buf_free(&header);
}

static void an_address_stands_for_the_name_made_of_it(void **state)
{
    (void)state;
    char room[RECORD_USERNAME_TEXT];
    assert_slice(auth_basic_name(SLICE("johndoe@example.com"), room),
                 "v64aw4knp6ittxnarcpmoi7smokoazsr");
    assert_slice(auth_basic_name(SLICE("JohnDoe@Example.com"), room),
                 "v64aw4knp6ittxnarcpmoi7smokoazsr");
    assert_slice(auth_basic_name(SLICE("JohnDoe"), room), "JohnDoe");
    assert_slice(auth_basic_name(SLICE(""), room), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_give_the_known_answers),
        cmocka_unit_test(headers_are_read_strictly),
        cmocka_unit_test(an_address_stands_for_the_name_made_of_it),
        cmocka_unit_test(users_with_a_colon_cannot_be_signed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
