#include "core/config.h"

#include "tests/support/support.h"

static void every_row_can_be_set_within_its_range(void **state)
{
    (void)state;
    const struct core_limit_row *row;
    size_t count = 0;
    for (; (row = core_config_limit_row(count)) != NULL; count++) {
        struct core_config config = core_config_default();
        uint64_t was = core_config_limit(&config, row);
        assert_in_range(was, row->least, row->most);
        assert_true(strlen(row->meaning) > 0);
        const char *error = NULL;
        struct slice name = slice_text(row->name);
        assert_true(core_config_set_limit(&config, name, row->least, &error));
        assert_int_equal(core_config_limit(&config, row), row->least);
        assert_true(core_config_set_limit(&config, name, row->most, &error));
        assert_false(core_config_set_limit(&config, name, row->most + 1, &error));
        assert_non_null(error);
        assert_false(core_config_set_limit(&config, name, row->least - 1, &error));
        assert_int_equal(core_config_limit(&config, row), row->most);
        struct core_config rest = core_config_default();
        for (size_t i = 0; core_config_limit_row(i) != NULL; i++) {
            const struct core_limit_row *other = core_config_limit_row(i);
            if (other != row)
                assert_int_equal(core_config_limit(&config, other),
                                 core_config_limit(&rest, other));
        }
    }
    assert_int_equal(count, sizeof(struct core_limits) / sizeof(uint64_t));
}

static void an_unknown_name_is_refused(void **state)
{
    (void)state;
    struct core_config config = core_config_default();
    const char *error = NULL;
    assert_false(core_config_set_limit(&config, SLICE("max_posts"), 5, &error));
    assert_non_null(error);
    assert_false(core_config_set_limit(&config, SLICE(""), 5, &error));
}

static void the_defaults_agree_with_each_other(void **state)
{
    (void)state;
    struct core_limits limits = core_config_default().limits;
    assert_true(limits.max_request_bytes > limits.max_post_bytes);
    assert_true(limits.max_post_bytes >= limits.max_record_payload_bytes);
    assert_true(limits.max_record_payload_bytes >= 256 * 1024);
    assert_true(limits.max_total_bytes >= limits.max_post_bytes);
    assert_true(limits.max_total_records >= limits.max_post_records);
    assert_int_equal(limits.max_post_records, 100);
    assert_int_equal(limits.max_ids, 100);
}

static void a_public_url_is_looked_at(void **state)
{
    (void)state;
    struct core_config config = core_config_default();
    assert_null(core_config_fault(&config));
    config.public_url = SLICE("https://sync.example.com/prefix");
    assert_null(core_config_fault(&config));
    config.public_url = SLICE("sync.example.com");
    assert_non_null(core_config_fault(&config));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_can_be_set_within_its_range),
        cmocka_unit_test(an_unknown_name_is_refused),
        cmocka_unit_test(the_defaults_agree_with_each_other),
        cmocka_unit_test(a_public_url_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
