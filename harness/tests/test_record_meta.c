#include "record/meta.h"

#include "tests/support/support.h"

enum { ROOM = 256 * 1024 };

/* As Firefox writes it. */
static const char usual[] = "{\"syncID\":\"7vO3Zcdu6V4I\",\"storageVersion\":5,\"engines\":{"
                            "\"clients\":{\"version\":1,\"syncID\":\"Re1DKzUQE2jt\"},"
                            "\"bookmarks\":{\"version\":2,\"syncID\":\"ApPN6v8VY42s\"}},"
                            "\"declined\":[\"passwords\",\"bookmarks\"]}";

static void meta_global_is_read(void **state)
{
    (void)state;
    struct arena *arena = arena_new(ROOM);
    struct record_meta meta;
    struct support_edge edge = support_edge_of(slice_text(usual));
    assert_null(record_meta_read(edge.bytes, arena, &meta));
    assert_slice(meta.sync_id, "7vO3Zcdu6V4I");
    assert_int_equal(meta.storage_version, 5);
    assert_int_equal(meta.engine_count, 2);
    assert_slice(meta.engines->name, "clients");
    assert_slice(meta.engines->sync_id, "Re1DKzUQE2jt");
    assert_int_equal(meta.engines->version, 1);
    assert_slice(meta.engines->next->name, "bookmarks");
    assert_int_equal(meta.engines->next->version, 2);
    assert_null(meta.engines->next->next);
    assert_int_equal(meta.declined_count, 2);
    assert_slice(meta.declined->name, "passwords");
    support_edge_free(&edge);
    arena_free(arena);
}

static void an_engine_in_both_lists_is_enabled(void **state)
{
    (void)state;
    struct arena *arena = arena_new(ROOM);
    struct record_meta meta;
    assert_null(record_meta_read(slice_text(usual), arena, &meta));
    assert_int_equal(record_meta_engine_of(&meta, SLICE("bookmarks")), RECORD_ENGINE_ENABLED);
    assert_int_equal(record_meta_engine_of(&meta, SLICE("passwords")), RECORD_ENGINE_DECLINED);
    assert_int_equal(record_meta_engine_of(&meta, SLICE("addons")), RECORD_ENGINE_UNDECIDED);
    arena_free(arena);
}

static void only_the_present_version_is_written(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        enum record_meta_use use;
    } rows[] = {
        { "{\"syncID\":\"a\",\"storageVersion\":5}", RECORD_META_READ_WRITE },
        { "{\"syncID\":\"a\",\"storageVersion\":4}", RECORD_META_READ },
        { "{\"syncID\":\"a\",\"storageVersion\":0}", RECORD_META_READ },
        { "{\"syncID\":\"a\",\"storageVersion\":6}", RECORD_META_HANDS_OFF },
        { "{\"syncID\":\"a\",\"storageVersion\":18446744073709551615}", RECORD_META_HANDS_OFF },
    };
    struct arena *arena = arena_new(ROOM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct record_meta meta;
        assert_null(record_meta_read(slice_text(rows[i].payload), arena, &meta));
        assert_int_equal(record_meta_use_of(&meta), rows[i].use);
        assert_int_equal(meta.engine_count + meta.declined_count, 0);
    }
    arena_free(arena);
}

static void escapes_are_decoded_and_unknown_keys_passed(void **state)
{
    (void)state;
    struct arena *arena = arena_new(ROOM);
    struct record_meta meta;
    assert_null(record_meta_read(
        SLICE("{\"x\":[{}],\"s\\u0079ncID\":\"\\u0061\\/\",\"storageVersion\":5,\"engines\":{"
              "\"\\u0074abs\":{\"x\":{\"version\":\"1\"},\"syncID\":\"\\u0062\",\"version\":1}},"
              "\"declined\":[\"\\u0063\"]}"),
        arena, &meta));
    assert_slice(meta.sync_id, "a/");
    assert_slice(meta.engines->name, "tabs");
    assert_slice(meta.engines->sync_id, "b");
    assert_slice(meta.declined->name, "c");
    arena_free(arena);
}

#define WITH(members) "{\"syncID\":\"a\",\"storageVersion\":5," members "}"

static const char *const wrong[] = {
    "",
    "[]",
    "{}",
    "{\"syncID\":\"a\"}",
    "{\"storageVersion\":5}",
    "{\"syncID\":\"\",\"storageVersion\":5}",
    "{\"syncID\":5,\"storageVersion\":5}",
    "{\"syncID\":\"\\ud800\",\"storageVersion\":5}",
    "{\"syncID\":\"a\",\"storageVersion\":\"5\"}",
    "{\"syncID\":\"a\",\"storageVersion\":5.0}",
    "{\"syncID\":\"a\",\"storageVersion\":-5}",
    "{\"syncID\":\"a\",\"storageVersion\":18446744073709551616}",
    "{\"syncID\":\"a\",\"syncID\":\"a\",\"storageVersion\":5}",
    WITH("\"engines\":[]"),
    WITH("\"engines\":{\"tabs\":1}"),
    WITH("\"engines\":{\"tabs\":{}}"),
    WITH("\"engines\":{\"tabs\":{\"version\":1}}"),
    WITH("\"engines\":{\"tabs\":{\"syncID\":\"a\"}}"),
    WITH("\"engines\":{\"tabs\":{\"version\":\"1\",\"syncID\":\"a\"}}"),
    WITH("\"engines\":{\"tabs\":{\"version\":1,\"syncID\":null}}"),
    WITH("\"engines\":{\"tabs\":{\"version\":1,\"version\":1,\"syncID\":\"a\"}}"),
    WITH("\"engines\":{\"a\":{\"version\":1,\"syncID\":\"a\"},"
         "\"\\u0061\":{\"version\":1,\"syncID\":\"a\"}}"),
    WITH("\"engines\":{\"tabs\":{\"version\":1,\"syncID\":\"a\"}"),
    WITH("\"declined\":{}"),
    WITH("\"declined\":[1]"),
    WITH("\"declined\":[\"a\",]"),
    WITH("\"x\":{]"),
    WITH("\"x\":1") "2",
};

static void what_is_no_meta_global_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct arena *arena = arena_new(ROOM);
        struct record_meta meta = { .storage_version = 77 };
        struct support_edge edge = support_edge_of(slice_text(wrong[i]));
        if (record_meta_read(edge.bytes, arena, &meta) == NULL)
            fail_msg("%s was taken", wrong[i]);
        assert_int_equal(meta.storage_version, 77);
        support_edge_free(&edge);
        arena_free(arena);
    }
}

static void text_that_ends_early_is_told_from_a_wrong_element(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *rule;
    } rows[] = {
        { WITH("\"declined\":[1]"), "declined is a list of at most 256 texts" },
        { WITH("\"declined\":[\"a\",]"), "the payload is one JSON object" },
    };
    struct arena *arena = arena_new(ROOM);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct record_meta meta;
        assert_string_equal(record_meta_read(slice_text(rows[i].payload), arena, &meta),
                            rows[i].rule);
    }
    arena_free(arena);
}

static void lists_are_bounded(void **state)
{
    (void)state;
    for (size_t count = RECORD_META_ENGINES; count <= RECORD_META_ENGINES + 1; count++) {
        struct buf text = buf_bounded(ROOM);
        struct arena *arena = arena_new(ROOM);
        struct record_meta meta;
        buf_add_text(&text, "{\"syncID\":\"a\",\"storageVersion\":5,\"engines\":{");
        for (size_t i = 0; i < count; i++)
            (void)buf_add_format(&text, "%s\"e%zu\":{\"version\":1,\"syncID\":\"a\"}",
                                 i == 0 ? "" : ",", i);
        buf_add_text(&text, "}}");
        assert_false(text.failed);
        bool taken = record_meta_read(buf_slice(&text), arena, &meta) == NULL;
        assert_int_equal(taken, count == RECORD_META_ENGINES);
        arena_free(arena);
        buf_free(&text);
    }
}

static void read_once(void *context)
{
    (void)context;
    struct record_meta meta;
    struct arena *arena = arena_new(ROOM);
    if (arena != NULL)
        (void)!record_meta_read(slice_text(usual), arena, &meta);
    arena_free(arena);
}

static void reading_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(read_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta_global_is_read),
        cmocka_unit_test(an_engine_in_both_lists_is_enabled),
        cmocka_unit_test(only_the_present_version_is_written),
        cmocka_unit_test(escapes_are_decoded_and_unknown_keys_passed),
        cmocka_unit_test(what_is_no_meta_global_is_refused),
        cmocka_unit_test(text_that_ends_early_is_told_from_a_wrong_element),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(reading_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
