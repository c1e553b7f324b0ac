#include "tests/support/support.h"

#include "fault/fault.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>

static bool is_slug(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (!((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at == '-'))
            return false;
    }
    return text[0] != '\0';
}

static void names_are_slugs_and_no_two_are_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        const char *name = fault_at(i)->name;
        if (!is_slug(name))
            fail_msg("%s is no slug", name);
        if (fault_find(slice_text(name)) != fault_at(i))
            fail_msg("%s is there twice", name);
    }
    assert_null(fault_find(SLICE("no-such-fault")));
}

static bool has_hook(const struct fault *fault)
{
    static const struct store_ops none;
    return fault->before != NULL || fault->after != NULL || fault->hear != NULL ||
           fault->now != NULL || fault->judge != NULL || fault->configure != NULL ||
           fault->bend != NULL || fault->show != NULL || fault->tell != NULL ||
           fault->whose != NULL || fault->sees != NULL || fault->guard != NULL ||
           fault->vouch != NULL || fault->keep != NULL || fault->recall != NULL ||
           fault->forget != NULL || memcmp(&fault->store, &none, sizeof(none)) != 0;
}

/* A row is complete: what it breaks, what comes of it, and something that it does. */
static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        const struct fault *fault = fault_at(i);
        bool made_of_others = fault->parts[0] != NULL;
        if (fault->what == NULL || fault->what[strlen(fault->what) - 1] == '.')
            fail_msg("%s: `what` is a sentence without a full stop", fault->name);
        if (fault->conformant != (fault->breaks[0] == NULL) && !made_of_others)
            fail_msg("%s: what breaks nothing is conformant, and only that", fault->name);
        if (fault->conformant != (fault->impact == NULL))
            fail_msg("%s: a fault has an impact, and only a fault", fault->name);
        if (made_of_others == has_hook(fault))
            fail_msg("%s: either hooks or parts", fault->name);
    }
}

static bool add_requirements(json_t *all, const char *folder, const char *name)
{
    char path[512];
    json_t *one;
    size_t at;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    json_t *file = json_load_file(path, 0, NULL);
    json_array_foreach(json_object_get(file, "requirements"), at, one)(void)
        json_object_set(all, json_string_value(json_object_get(one, "id")), one);
    json_decref(file);
    return file != NULL;
}

static json_t *read_requirements(void)
{
    static const char folder[] = SYNCSPEC_ROOT "/cases/requirements";
    json_t *all = json_object();
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.')
            assert_true(add_requirements(all, folder, entry->d_name));
    }
    (void)closedir(stream);
    return all;
}

static void what_is_broken_is_a_requirement(void **state)
{
    (void)state;
    json_t *all = read_requirements();
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        const struct fault *fault = fault_at(i);
        for (size_t j = 0; j < FAULT_BREAKS && fault->breaks[j] != NULL; j++) {
            if (json_object_get(all, fault->breaks[j]) == NULL)
                fail_msg("%s: %s is no requirement", fault->name, fault->breaks[j]);
        }
    }
    json_decref(all);
}

static void a_set_takes_what_there_is_and_has_a_bound(void **state)
{
    (void)state;
    struct fault_set set = { 0 };
    assert_non_null(fault_set_add(&set, SLICE("no-such-fault")));
    assert_int_equal(set.count, 0);
    for (size_t i = 0; i < FAULT_SET_MAX; i++)
        assert_null(fault_set_add(&set, SLICE("newer-is-inclusive")));
    assert_non_null(fault_set_add(&set, SLICE("newer-is-inclusive")));
    assert_int_equal(set.count, FAULT_SET_MAX);
    for (size_t i = 0; fault_at(i) != NULL; i++) {
        set.count = 0;
        assert_null(fault_set_add(&set, slice_text(fault_at(i)->name)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_slugs_and_no_two_are_the_same),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(what_is_broken_is_a_requirement),
        cmocka_unit_test(a_set_takes_what_there_is_and_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
