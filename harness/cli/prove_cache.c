#include "cli/prove_cache.h"

#include "base/alloc.h"
#include "base/mac.h"
#include "cli/output.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file: a line with all that its outcomes depend on; "case ID DIGEST" for each case; "fault
 * NAME CELLS" for each fault, with two letters for each case, in the order of the lines above. */
enum {
    DIGEST_TEXT = 2 * MAC_SIZE + 1,
    CACHE_MAX = 16 * 1024 * 1024,
    FILE_MAX = 256 * 1024 * 1024, /* the binary, with its debug information */
};

static const char format[] = "syncspec-prove-1";

struct cli_prove_cache {
    char path[PATH_MAX];
    char world[DIGEST_TEXT];      /* of binary, seed and requirements */
    char (*digests)[DIGEST_TEXT]; /* one for each case */
    size_t count;
};

static void write_hex(const uint8_t bytes[MAC_SIZE], char ret_text[DIGEST_TEXT])
{
    for (size_t i = 0; i < MAC_SIZE; i++)
        (void)snprintf(ret_text + 2 * i, 3, "%02x", bytes[i]);
}

static bool read_file(const char *path, size_t most, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t part[64 * 1024];
    size_t got;
    *out = buf_bounded(most);
    if (file == NULL)
        return false;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && buf_add(out, slice_of(part, got)))
        continue;
    bool good = ferror(file) == 0 && !out->failed;
    (void)fclose(file);
    return good;
}

static bool digest_file(const char *path, uint8_t ret_digest[MAC_SIZE])
{
    struct buf text;
    bool read = read_file(path, FILE_MAX, &text);
    struct slice bytes = buf_slice(&text);
    bool good = read && mac_sha256(&bytes, 1, ret_digest);
    buf_free(&text);
    return good;
}

static bool digest_world(const struct plan *plan, uint64_t seed, char ret_text[DIGEST_TEXT])
{
    uint8_t binary[MAC_SIZE];
    uint8_t digest[MAC_SIZE];
    struct buf text = buf_bounded(FILE_MAX);
    bool good = digest_file("/proc/self/exe", binary) && buf_add(&text, slice_of(binary, MAC_SIZE));
    (void)buf_add_u64(&text, seed);
    for (size_t i = 0; i < plan_requirement_count(plan); i++) {
        const struct verdict_requirement *one = plan_requirement_at(plan, i);
        (void)buf_add_format(&text, "\n%s %d", one->id, (int)one->level);
    }
    struct slice all = buf_slice(&text);
    good = good && !text.failed && mac_sha256(&all, 1, digest);
    if (good)
        write_hex(digest, ret_text);
    buf_free(&text);
    return good;
}

/* Cases of one file stand one behind the other. */
static bool digest_cases(struct cli_prove_cache *cache, const struct plan *plan, const char *folder)
{
    for (size_t i = 0; i < cache->count; i++) {
        char path[PATH_MAX];
        uint8_t digest[MAC_SIZE];
        const char *file = plan_case_at(plan, i)->file;
        if (i > 0 && strcmp(file, plan_case_at(plan, i - 1)->file) == 0) {
            memcpy(cache->digests[i], cache->digests[i - 1], DIGEST_TEXT);
            continue;
        }
        int len = snprintf(path, sizeof(path), "%s/%s", folder, file);
        if (len < 0 || (size_t)len >= sizeof(path) || !digest_file(path, digest))
            return false;
        write_hex(digest, cache->digests[i]);
    }
    return true;
}

/* Makes the folder of the user's caches, too. */
static bool choose_path(const char *file, char ret_path[PATH_MAX])
{
    const char *caches = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char folder[PATH_MAX];
    int len;
    if (file != NULL) {
        len = snprintf(ret_path, PATH_MAX, "%s", file);
        return len >= 0 && len < PATH_MAX;
    }
    if (caches != NULL && caches[0] == '/')
        len = snprintf(folder, sizeof(folder), "%s/syncspec", caches);
    else if (home != NULL && home[0] == '/')
        len = snprintf(folder, sizeof(folder), "%s/.cache/syncspec", home);
    else
        return false;
    if (len < 0 || (size_t)len >= sizeof(folder))
        return false;
    for (char *at = folder + 1; (at = strchr(at, '/')) != NULL; at++) {
        *at = '\0';
        (void)mkdir(folder, S_IRWXU);
        *at = '/';
    }
    (void)mkdir(folder, S_IRWXU);
    len = snprintf(ret_path, PATH_MAX, "%s/prove", folder);
    return len >= 0 && len < PATH_MAX;
}

struct cli_prove_cache *cli_prove_cache_new(const struct plan *plan, const char *folder,
                                            const char *file, uint64_t seed)
{
    struct cli_prove_cache *cache = alloc_new(struct cli_prove_cache);
    if (cache == NULL)
        return NULL;
    cache->count = plan_case_count(plan);
    cache->digests = alloc_zeroed(cache->count, sizeof(*cache->digests));
    if (cache->digests != NULL && choose_path(file, cache->path) &&
        digest_world(plan, seed, cache->world) && digest_cases(cache, plan, folder))
        return cache;
    cli_prove_cache_free(cache);
    return NULL;
}

void cli_prove_cache_free(struct cli_prove_cache *cache)
{
    if (cache == NULL)
        return;
    alloc_release(cache->digests);
    alloc_release(cache);
}

/* Reading: which case of the plan each column of the file is; the count where it is none. */
struct columns {
    size_t *cases;
    size_t count, room;
};

static size_t find_case(const struct cli_prove_cache *cache, const struct plan *plan,
                        struct slice id, struct slice digest)
{
    for (size_t i = 0; i < cache->count; i++) {
        if (slice_is(id, plan_case_at(plan, i)->id))
            return slice_is(digest, cache->digests[i]) ? i : cache->count;
    }
    return cache->count;
}

static bool take_cells(const struct columns *columns, struct cli_prove_row *row, struct slice cells,
                       size_t none)
{
    if (cells.len != 2 * columns->count)
        return false;
    for (size_t i = 0; i < columns->count; i++) {
        unsigned outcome = cells.ptr[2 * i] - (unsigned)'A';
        unsigned kills = cells.ptr[2 * i + 1] - (unsigned)'0';
        if (cells.ptr[2 * i] == '.' || columns->cases[i] == none)
            continue;
        if (outcome >= VERDICT_OUTCOMES || kills >= 1U << FAULT_PARTS)
            return false;
        row->cells[columns->cases[i]].known = true;
        row->cells[columns->cases[i]].outcome = (enum verdict_outcome)outcome;
        row->cells[columns->cases[i]].kills = (uint8_t)kills;
    }
    return true;
}

static struct cli_prove_row *find_row(const struct cli_prove_matrix *matrix, struct slice name)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        if (slice_is(name, matrix->rows[i].fault->name))
            return &matrix->rows[i];
    }
    return NULL;
}

static bool take_line(const struct cli_prove_cache *cache, struct cli_prove_matrix *matrix,
                      struct columns *columns, struct slice line)
{
    struct slice kind, name, rest;
    slice_cut(line, ' ', &kind, &rest);
    slice_cut(rest, ' ', &name, &rest);
    if (slice_is(kind, "case") && columns->count < columns->room) {
        columns->cases[columns->count++] = find_case(cache, matrix->plan, name, rest);
        return true;
    }
    if (!slice_is(kind, "fault"))
        return false;
    struct cli_prove_row *row = find_row(matrix, name);
    return row == NULL || take_cells(columns, row, rest, cache->count);
}

static void forget(struct cli_prove_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        for (size_t j = 0; j < matrix->case_count; j++)
            matrix->rows[i].cells[j].known = false;
    }
}

/* False: the file is not one of ours, or of another world. */
static bool take_text(const struct cli_prove_cache *cache, struct cli_prove_matrix *matrix,
                      struct columns *columns, struct slice text)
{
    struct slice line, first, world;
    slice_cut(text, '\n', &line, &text);
    if (!slice_cut(line, ' ', &first, &world) || !slice_is(first, format) ||
        !slice_is(world, cache->world))
        return false;
    while (text.len > 0) {
        slice_cut(text, '\n', &line, &text);
        if (!take_line(cache, matrix, columns, line))
            return false;
    }
    return true;
}

void cli_prove_cache_load(struct cli_prove_cache *cache, struct cli_prove_matrix *matrix)
{
    enum { COLUMNS_MAX = 100000 };
    struct buf text;
    struct columns columns = {
        .cases = alloc_zeroed(COLUMNS_MAX, sizeof(*columns.cases)),
        .room = COLUMNS_MAX,
    };
    if (read_file(cache->path, CACHE_MAX, &text) && columns.cases != NULL &&
        !take_text(cache, matrix, &columns, buf_slice(&text)))
        forget(matrix);
    alloc_release(columns.cases);
    buf_free(&text);
}

static void add_row(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row,
                    struct buf *out)
{
    (void)buf_add_format(out, "fault %s ", row->fault->name);
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct cli_prove_cell *cell = &row->cells[i];
        (void)buf_add_byte(out, cell->known ? (uint8_t)('A' + (int)cell->outcome) : '.');
        (void)buf_add_byte(out, (uint8_t)('0' + cell->kills));
    }
    (void)buf_add_byte(out, '\n');
}

void cli_prove_cache_save(struct cli_prove_cache *cache, const struct cli_prove_matrix *matrix)
{
    struct buf text = buf_bounded(CACHE_MAX);
    (void)buf_add_format(&text, "%s %s\n", format, cache->world);
    for (size_t i = 0; i < cache->count; i++)
        (void)buf_add_format(&text, "case %s %s\n", plan_case_at(matrix->plan, i)->id,
                             cache->digests[i]);
    for (size_t i = 0; i < matrix->row_count; i++) {
        if (matrix->rows[i].end == CLI_PROVE_RAN)
            add_row(matrix, &matrix->rows[i], &text);
    }
    if (text.failed || !cli_output_replace(cache->path, buf_slice(&text)))
        (void)fprintf(stderr, "syncspec prove: %s cannot be written: nothing is kept\n",
                      cache->path);
    buf_free(&text);
}
