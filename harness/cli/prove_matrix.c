#include "cli/prove_matrix.h"

#include <fnmatch.h>
#include <stdio.h>

static const size_t memory = (size_t)256 * 1024 * 1024;

static bool claims(const struct plan_case *plan_case, const struct fault *fault)
{
    for (size_t i = 0; i < plan_case->requirement_count; i++) {
        for (size_t j = 0; j < FAULT_BREAKS && fault->breaks[j] != NULL; j++) {
            if (strcmp(plan_case->requirements[i]->id, fault->breaks[j]) == 0)
                return true;
        }
    }
    return false;
}

static bool is_of_row(const struct cli_prove_row *row, const struct plan_case *plan_case)
{
    return strcmp(plan_case->api, fault_api(row->fault)) == 0;
}

static bool init_row(struct cli_prove_matrix *matrix, const struct fault *fault)
{
    struct cli_prove_row *row = &matrix->rows[matrix->row_count++];
    *row = (struct cli_prove_row){ .fault = fault, .parts = { fault }, .part_count = 1 };
    row->cells = arena_alloc(matrix->arena, matrix->case_count, sizeof(*row->cells));
    if (row->cells == NULL)
        return false;
    if (fault->parts[0] != NULL) {
        row->part_count = 0;
        for (size_t i = 0; i < FAULT_PARTS && fault->parts[i] != NULL; i++)
            row->parts[row->part_count++] = fault_find(slice_text(fault->parts[i]));
    }
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct plan_case *plan_case = plan_case_at(matrix->plan, i);
        bool wanted = fault->conformant;
        for (size_t part = 0; part < row->part_count && !wanted; part++)
            wanted = claims(plan_case, row->parts[part]);
        row->cells[i].wanted = wanted && is_of_row(row, plan_case);
    }
    return true;
}

static bool is_selected(const struct fault *fault, const char *const *globs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], fault->name, 0) == 0)
            return true;
    }
    return count == 0;
}

bool cli_prove_matrix_init(struct cli_prove_matrix *matrix, const struct plan *plan,
                           const char *const *globs, size_t glob_count)
{
    size_t faults = 0;
    *matrix = (struct cli_prove_matrix){
        .plan = plan,
        .arena = arena_new(memory),
        .case_count = plan_case_count(plan),
    };
    while (fault_at(faults) != NULL)
        faults++;
    if (matrix->arena == NULL)
        return false;
    matrix->rows = arena_alloc(matrix->arena, faults, sizeof(*matrix->rows));
    matrix->case_reasons =
        arena_alloc(matrix->arena, matrix->case_count, sizeof(*matrix->case_reasons));
    bool made = matrix->rows != NULL && matrix->case_reasons != NULL;
    for (size_t i = 0; made && i < faults; i++) {
        if (is_selected(fault_at(i), globs, glob_count))
            made = init_row(matrix, fault_at(i));
    }
    return made;
}

void cli_prove_matrix_want_all(struct cli_prove_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        struct cli_prove_row *row = &matrix->rows[i];
        for (size_t j = 0; j < matrix->case_count; j++)
            row->cells[j].wanted = is_of_row(row, plan_case_at(matrix->plan, j));
    }
}

static bool breaks(const struct fault *fault, const char *id)
{
    for (size_t i = 0; i < FAULT_BREAKS && fault->breaks[i] != NULL; i++) {
        if (strcmp(fault->breaks[i], id) == 0)
            return true;
    }
    return false;
}

uint8_t cli_prove_kills(const struct cli_prove_row *row, const struct verdict *verdict)
{
    unsigned kills = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct verdict_finding *finding = &verdict->findings[i];
        if (finding->requirement == NULL || finding->severity == VERDICT_ERROR)
            continue;
        bool mild =
            finding->requirement->level == VERDICT_MUST && finding->severity != VERDICT_FAIL;
        for (size_t part = 0; part < row->part_count; part++) {
            const struct fault *fault = row->parts[part];
            if (breaks(fault, finding->requirement->id) && (!mild || fault->warned != NULL))
                kills |= 1U << part;
        }
    }
    return (uint8_t)kills;
}

static const char *reason_of(const struct cli_prove_matrix *matrix, const char *kind,
                             const char *name)
{
    return json_string_value(json_object_get(json_object_get(matrix->reasons, kind), name));
}

bool cli_prove_read_reasons(struct cli_prove_matrix *matrix, const char *file)
{
    json_error_t error;
    matrix->reasons = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (matrix->reasons == NULL) {
        (void)fprintf(stderr, "syncspec prove: %s:%d:%d: %s\n", file, error.line, error.column,
                      error.text);
        return false;
    }
    for (size_t i = 0; i < matrix->row_count; i++)
        matrix->rows[i].reason = reason_of(matrix, "survivors", matrix->rows[i].fault->name);
    for (size_t i = 0; i < matrix->case_count; i++)
        matrix->case_reasons[i] = reason_of(matrix, "vacuous", plan_case_at(matrix->plan, i)->id);
    return true;
}

/* All parts of the row that some case kills. */
static unsigned killed_parts(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    unsigned kills = 0;
    for (size_t i = 0; i < matrix->case_count; i++)
        kills |= row->cells[i].known ? row->cells[i].kills : 0U;
    return kills;
}

bool cli_prove_is_killed(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    return row->end == CLI_PROVE_RAN && killed_parts(matrix, row) == (1U << row->part_count) - 1;
}

size_t cli_prove_flags(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    size_t count = 0;
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct cli_prove_cell *cell = &row->cells[i];
        count += cell->known && (cell->outcome == VERDICT_FAIL || cell->outcome == VERDICT_ERROR);
    }
    return count;
}

bool cli_prove_is_asked(const struct cli_prove_matrix *matrix, size_t index)
{
    const struct plan_case *plan_case = plan_case_at(matrix->plan, index);
    for (size_t i = 0; i < matrix->row_count; i++) {
        if (is_of_row(&matrix->rows[i], plan_case))
            return true;
    }
    return false;
}

bool cli_prove_can_fail(const struct cli_prove_matrix *matrix, size_t index)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        const struct cli_prove_cell *cell = &matrix->rows[i].cells[index];
        if (cell->known && cell->kills != 0)
            return true;
    }
    return false;
}

static void count_row(struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    if (row->fault->conformant) {
        bool flagged = row->end != CLI_PROVE_RAN || cli_prove_flags(matrix, row) > 0;
        matrix->conformant++;
        matrix->flagged += flagged;
        return;
    }
    bool killed = cli_prove_is_killed(matrix, row);
    matrix->faulty++;
    matrix->killed += killed;
    matrix->survivors += !killed && row->reason == NULL;
    matrix->stale += killed && row->reason != NULL;
}

void cli_prove_count(struct cli_prove_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++)
        count_row(matrix, &matrix->rows[i]);
    for (size_t i = 0; i < matrix->case_count; i++) {
        if (!cli_prove_is_asked(matrix, i))
            continue;
        bool can_fail = cli_prove_can_fail(matrix, i);
        bool excused = matrix->case_reasons[i] != NULL;
        matrix->cases++;
        matrix->vacuous += !can_fail && !excused;
        matrix->vacuous_with_reason += !can_fail && excused;
        matrix->stale += can_fail && excused;
    }
}

bool cli_prove_holds(const struct cli_prove_matrix *matrix, bool partial)
{
    return matrix->survivors == 0 && matrix->flagged == 0 &&
           (partial || (matrix->vacuous == 0 && matrix->stale == 0));
}

void cli_prove_matrix_free(struct cli_prove_matrix *matrix)
{
    json_decref(matrix->reasons);
    arena_free(matrix->arena);
}
