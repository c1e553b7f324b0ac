#include "cli/prove_cache.h"
#include "tests/prove_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FAULTS "item-get-404-is-200 method-head-is-500 allowed-no-quota"
#define FAULT  "item-get-404-is-200"

enum { SEED = 7 };

static struct cli_prove_cache *open_cache(struct prove_bench *bench, uint64_t seed)
{
    char path[2 * PROVE_PATH];
    (void)snprintf(path, sizeof(path), "%s", prove_bench_path(bench, "cache"));
    struct cli_prove_cache *cache = cli_prove_cache_new(bench->plan, bench->folder, path, seed);
    assert_non_null(cache);
    return cache;
}

static void save(struct prove_bench *bench)
{
    struct cli_prove_cache *cache = open_cache(bench, SEED);
    cli_prove_cache_save(cache, &bench->matrix);
    cli_prove_cache_free(cache);
}

/* How many cells are known by the file. */
static size_t load(struct prove_bench *bench, uint64_t seed)
{
    size_t known = 0;
    struct cli_prove_cache *cache = open_cache(bench, seed);
    for (size_t i = 0; i < bench->matrix.row_count; i++)
        memset(bench->matrix.rows[i].cells, 0,
               bench->matrix.case_count * sizeof(*bench->matrix.rows[i].cells));
    cli_prove_cache_load(cache, &bench->matrix);
    cli_prove_cache_free(cache);
    for (size_t i = 0; i < bench->matrix.row_count; i++) {
        for (size_t j = 0; j < bench->matrix.case_count; j++)
            known += bench->matrix.rows[i].cells[j].known;
    }
    return known;
}

/* A file that says of two cells what was found. */
static void begin(struct prove_bench *bench)
{
    prove_bench_init(bench, FAULTS);
    *prove_bench_cell(bench, FAULT, "items/missing") =
        (struct cli_prove_cell){ .known = true, .outcome = VERDICT_FAIL, .kills = 1 };
    *prove_bench_cell(bench, "method-head-is-500", "items/head") =
        (struct cli_prove_cell){ .known = true, .outcome = VERDICT_WARN, .kills = 0 };
    save(bench);
}

static void what_is_saved_is_loaded_again(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    assert_int_equal(load(&bench, SEED), 2);
    const struct cli_prove_cell *cell = prove_bench_cell(&bench, FAULT, "items/missing");
    assert_true(cell->known);
    assert_int_equal(cell->outcome, VERDICT_FAIL);
    assert_int_equal(cell->kills, 1);
    cell = prove_bench_cell(&bench, "method-head-is-500", "items/head");
    assert_true(cell->known);
    assert_int_equal(cell->outcome, VERDICT_WARN);
    assert_int_equal(cell->kills, 0);
    prove_bench_free(&bench);
}

static void another_seed_or_a_changed_case_is_another_world(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    assert_int_equal(load(&bench, SEED + 1), 0);
    struct buf text = prove_bench_read(&bench, "cases.json");
    assert_true(buf_add_text(&text, " "));
    prove_bench_write(&bench, "cases.json", buf_slice(&text));
    assert_int_equal(load(&bench, SEED), 0);
    buf_free(&text);
    prove_bench_free(&bench);
}

static void a_row_that_did_not_run_is_not_kept(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    assert_int_equal(load(&bench, SEED), 2);
    prove_bench_row(&bench, FAULT)->end = CLI_PROVE_CRASHED;
    save(&bench);
    assert_int_equal(load(&bench, SEED), 1);
    prove_bench_free(&bench);
}

static void without_a_file_nothing_is_known(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    assert_int_equal(unlink(prove_bench_path(&bench, "cache")), 0);
    assert_int_equal(load(&bench, SEED), 0);
    /* One that cannot be written is told, and no more. */
    assert_int_equal(mkdir(prove_bench_path(&bench, "cache"), S_IRWXU), 0);
    save(&bench);
    assert_int_equal(load(&bench, SEED), 0);
    assert_int_equal(rmdir(prove_bench_path(&bench, "cache")), 0);
    prove_bench_free(&bench);
}

/* Whatever is left of the file: what is loaded of it is what was saved. */
static void expect_nothing_wrong(struct prove_bench *bench)
{
    (void)load(bench, SEED);
    for (size_t i = 0; i < bench->matrix.row_count; i++) {
        const struct cli_prove_row *row = &bench->matrix.rows[i];
        for (size_t j = 0; j < bench->matrix.case_count; j++) {
            const struct cli_prove_cell *cell = &row->cells[j];
            bool missing = strcmp(plan_case_at(bench->plan, j)->id, "items/missing") == 0;
            bool killed = strcmp(row->fault->name, FAULT) == 0 && missing;
            if (cell->known)
                assert_int_equal(cell->kills, killed ? 1 : 0);
        }
    }
}

static void a_file_cut_anywhere_tells_nothing_wrong(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    struct buf text = prove_bench_read(&bench, "cache");
    for (size_t len = 0; len < text.len; len++) {
        prove_bench_write(&bench, "cache", slice_head(buf_slice(&text), len));
        expect_nothing_wrong(&bench);
    }
    buf_free(&text);
    prove_bench_free(&bench);
}

/* The text with ${from}, which stands in it once, replaced. */
static void rewrite(struct prove_bench *bench, struct slice text, const char *from, const char *to)
{
    size_t at = slice_search(text, slice_text(from));
    AUTO(buf_free) struct buf made = buf_bounded(text.len + strlen(to));
    assert_true(at < text.len);
    buf_add(&made, slice_head(text, at));
    buf_add_text(&made, to);
    buf_add(&made, slice_from(text, at + strlen(from)));
    assert_false(made.failed);
    prove_bench_write(bench, "cache", buf_slice(&made));
}

static void what_save_did_not_write_counts_as_none(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } rows[] = {
        { "syncspec-prove-1 ", "syncspec-prove-2 " }, /* another version */
        { "syncspec-prove-1 ", "" },
        { "syncspec-prove-1 ", "syncspec-prove-1  " },
        { "\ncase items/missing ", "\nwhatever items/missing " },
        { "\nfault " FAULT " ", "\nfault " FAULT " B1" }, /* one cell too many */
        { "\nfault " FAULT " ", "\nfault " FAULT "  " },
        { "\nfault " FAULT " ", "\nfault " FAULT " Z0\nfault x " }, /* no such outcome */
        { "\nfault " FAULT " ", "\n\nfault " FAULT " " },
        { "\ncase items/head ", "\ncase items/head x\ncase items/head " }, /* a column too many */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct prove_bench bench;
        begin(&bench);
        struct buf text = prove_bench_read(&bench, "cache");
        rewrite(&bench, buf_slice(&text), rows[i].from, rows[i].to);
        if (load(&bench, SEED) != 0)
            fail_msg("row %zu: something is known", i);
        buf_free(&text);
        prove_bench_free(&bench);
    }
}

static void outcomes_and_kills_out_of_range_are_refused(void **state)
{
    (void)state;
    static const char letters[] = "@GZ[a~\x01\xff ";
    struct prove_bench bench;
    begin(&bench);
    struct buf text = prove_bench_read(&bench, "cache");
    size_t at = slice_search(buf_slice(&text), SLICE("\nfault " FAULT " "));
    at += strlen("\nfault " FAULT " ");
    for (size_t i = 0; i < sizeof(letters) - 1; i++) {
        for (size_t place = 0; place < 2; place++) {
            uint8_t before = text.ptr[at + place];
            text.ptr[at + place] = (uint8_t)letters[i];
            prove_bench_write(&bench, "cache", buf_slice(&text));
            size_t known = load(&bench, SEED);
            /* Eight parts have bits of their own: every byte from '0' on is some of them. */
            assert_true(known == 0 || place == 1);
            text.ptr[at + place] = before;
        }
    }
    buf_free(&text);
    prove_bench_free(&bench);
}

static void garbage_is_none_of_ours(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    prove_bench_write(&bench, "cache", SLICE("\0\xff\n\n\n   \nfault\nfault a\ncase\n"));
    assert_int_equal(load(&bench, SEED), 0);
    struct buf long_line = buf_bounded(1024 * 1024);
    for (size_t i = 0; i < 1000000; i++)
        assert_true(buf_add_byte(&long_line, i % 7 == 0 ? ' ' : 'A'));
    prove_bench_write(&bench, "cache", buf_slice(&long_line));
    assert_int_equal(load(&bench, SEED), 0);
    buf_free(&long_line);
    prove_bench_free(&bench);
}

static void a_case_that_is_gone_is_passed_over(void **state)
{
    (void)state;
    struct prove_bench bench;
    begin(&bench);
    struct buf text = prove_bench_read(&bench, "cache");
    rewrite(&bench, buf_slice(&text), "\ncase items/head ", "\ncase items/gone ");
    assert_int_equal(load(&bench, SEED), 1);
    assert_true(prove_bench_cell(&bench, FAULT, "items/missing")->known);
    rewrite(&bench, buf_slice(&text), "\nfault " FAULT " ", "\nfault no-such-fault ");
    assert_int_equal(load(&bench, SEED), 1);
    assert_false(prove_bench_cell(&bench, FAULT, "items/missing")->known);
    buf_free(&text);
    prove_bench_free(&bench);
}

static void the_file_is_among_the_users_caches_unless_said(void **state)
{
    (void)state;
    struct prove_bench bench;
    prove_bench_init(&bench, FAULTS);
    assert_int_equal(setenv("XDG_CACHE_HOME", bench.folder, 1), 0);
    struct cli_prove_cache *cache = cli_prove_cache_new(bench.plan, bench.folder, NULL, SEED);
    assert_non_null(cache);
    cli_prove_cache_save(cache, &bench.matrix);
    cli_prove_cache_free(cache);
    assert_int_equal(unlink(prove_bench_path(&bench, "syncspec/prove")), 0);
    assert_int_equal(rmdir(prove_bench_path(&bench, "syncspec")), 0);
    /* Nowhere to keep it, or cases that cannot be read: nothing is kept. */
    assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    assert_null(cli_prove_cache_new(bench.plan, bench.folder, NULL, SEED));
    assert_null(cli_prove_cache_new(bench.plan, "/no/such/folder", "x", SEED));
    cli_prove_cache_free(NULL);
    prove_bench_free(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_is_loaded_again),
        cmocka_unit_test(another_seed_or_a_changed_case_is_another_world),
        cmocka_unit_test(a_row_that_did_not_run_is_not_kept),
        cmocka_unit_test(without_a_file_nothing_is_known),
        cmocka_unit_test(a_file_cut_anywhere_tells_nothing_wrong),
        cmocka_unit_test(what_save_did_not_write_counts_as_none),
        cmocka_unit_test(outcomes_and_kills_out_of_range_are_refused),
        cmocka_unit_test(garbage_is_none_of_ours),
        cmocka_unit_test(a_case_that_is_gone_is_passed_over),
        cmocka_unit_test(the_file_is_among_the_users_caches_unless_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
