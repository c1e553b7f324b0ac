/* A plan of a few cases, a matrix of a few faults, and a folder for files. */
#ifndef SYNCSPEC_TESTS_PROVE_BENCH_H
#define SYNCSPEC_TESTS_PROVE_BENCH_H

#include "cli/prove_matrix.h"
#include "tests/support/support.h"

enum { PROVE_PATH = 256 };

struct prove_bench {
    char folder[PROVE_PATH];
    struct plan *plan; /* of items/missing (a must) and items/head (a should), of 1.5 */
    struct cli_prove_matrix matrix;
};

/* The rows are those of the faults whose names are given, one blank between them. */
void prove_bench_init(struct prove_bench *bench, const char *faults);
void prove_bench_free(struct prove_bench *bench);

/* The path of a file in the folder; valid until the next call. */
const char *prove_bench_path(const struct prove_bench *bench, const char *name);
void prove_bench_write(const struct prove_bench *bench, const char *name, struct slice text);
/* The caller buf_free()s. */
struct buf prove_bench_read(const struct prove_bench *bench, const char *name);

/* The row of that fault, and its cell for the case. */
struct cli_prove_row *prove_bench_row(struct prove_bench *bench, const char *fault);
struct cli_prove_cell *prove_bench_cell(struct prove_bench *bench, const char *fault,
                                        const char *id);

#endif
