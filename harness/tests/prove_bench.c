#include "tests/prove_bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { GLOBS = 16, TEXT = 64 * 1024, FILE_ROOM = 1024 * 1024 };

static const char requirements[] =
    "{\"title\": \"t\", \"document\": \"d\", \"requirements\": ["
    "{\"id\": \"1.5/item/get-404\", \"level\": \"must\", \"statement\": \"s\", \"source\": \"s\", "
    "\"impact\": \"i\"},"
    "{\"id\": \"1.5/item/head\", \"level\": \"should\", \"statement\": \"s\", \"source\": \"s\", "
    "\"impact\": \"i\"},"
    "{\"id\": \"token/response/nosniff\", \"level\": \"de-facto\", \"statement\": \"s\", "
    "\"source\": \"s\", \"impact\": \"i\"}]}";

#define CASE(id, requirement, step)                                                                \
    "{\"id\": \"" id "\", \"title\": \"t\", \"requires\": [\"" requirement                         \
    "\"], \"no_twin\": \"A test.\", \"steps\": [{\"send\": \"" step                                \
    "\", \"expect\": {\"status\": 404}}]}"

static const char storage[] =
    "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", \"cases\": "
    "[" CASE("items/missing", "1.5/item/get-404", "GET /storage/{coll}/a") "," CASE(
        "items/head", "1.5/item/head", "HEAD /storage/{coll}/a") "]}";

static const char *wrong_never(const char *kind, const json_t *matcher, struct arena *arena,
                               const char **ret_pointer)
{
    (void)kind;
    (void)matcher;
    (void)arena;
    (void)ret_pointer;
    return NULL;
}

void prove_bench_init(struct prove_bench *bench, const char *faults)
{
    const struct plan_vocabulary vocabulary = { wrong_never };
    struct buf text = buf_bounded(TEXT);
    struct plan_errors errors = { .text = &text };
    char names[TEXT / 16];
    const char *globs[GLOBS];
    size_t count = 0;
    *bench = (struct prove_bench){ .folder = "/tmp/syncspec-prove-XXXXXX" };
    assert_non_null(mkdtemp(bench->folder));
    prove_bench_write(bench, "cases.json", slice_text(storage));
    bench->plan = plan_load_text(slice_text(storage), "cases.json", slice_text(requirements),
                                 &vocabulary, &errors);
    if (bench->plan == NULL)
        fail_msg("%.*s", SLICE_FMT(buf_slice(&text)));
    buf_free(&text);
    assert_true(snprintf(names, sizeof(names), "%s", faults) < (int)sizeof(names));
    char *rest = names;
    for (char *name; (name = strtok_r(rest, " ", &rest)) != NULL;) {
        assert_true(count < GLOBS);
        globs[count++] = name;
    }
    assert_true(cli_prove_matrix_init(&bench->matrix, bench->plan, globs, count));
}

void prove_bench_free(struct prove_bench *bench)
{
    DIR *stream = opendir(bench->folder);
    assert_non_null(stream);
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.')
            assert_int_equal(unlink(prove_bench_path(bench, entry->d_name)), 0);
    }
    assert_int_equal(closedir(stream), 0);
    assert_int_equal(rmdir(bench->folder), 0);
    cli_prove_matrix_free(&bench->matrix);
    plan_free(bench->plan);
}

const char *prove_bench_path(const struct prove_bench *bench, const char *name)
{
    static char path[2 * PROVE_PATH];
    assert_true(snprintf(path, sizeof(path), "%s/%s", bench->folder, name) < (int)sizeof(path));
    return path;
}

void prove_bench_write(const struct prove_bench *bench, const char *name, struct slice text)
{
    FILE *file = fopen(prove_bench_path(bench, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
}

struct buf prove_bench_read(const struct prove_bench *bench, const char *name)
{
    struct buf text = buf_bounded(FILE_ROOM);
    FILE *file = fopen(prove_bench_path(bench, name), "rb");
    uint8_t part[4096];
    size_t got;
    assert_non_null(file);
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        assert_true(buf_add(&text, slice_of(part, got)));
    assert_int_equal(fclose(file), 0);
    return text;
}

struct cli_prove_row *prove_bench_row(struct prove_bench *bench, const char *fault)
{
    for (size_t i = 0; i < bench->matrix.row_count; i++) {
        if (strcmp(bench->matrix.rows[i].fault->name, fault) == 0)
            return &bench->matrix.rows[i];
    }
    fail_msg("there is no row of %s", fault);
    return NULL;
}

struct cli_prove_cell *prove_bench_cell(struct prove_bench *bench, const char *fault,
                                        const char *id)
{
    for (size_t i = 0; i < bench->matrix.case_count; i++) {
        if (strcmp(plan_case_at(bench->plan, i)->id, id) == 0)
            return &prove_bench_row(bench, fault)->cells[i];
    }
    fail_msg("there is no case %s", id);
    return NULL;
}
