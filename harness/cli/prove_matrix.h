/* What `syncspec prove` knows: a row for each fault, a cell for each case. */
#ifndef SYNCSPEC_CLI_PROVE_MATRIX_H
#define SYNCSPEC_CLI_PROVE_MATRIX_H

#include "fault/fault.h"
#include "plan/plan.h"

#include <jansson.h>

struct cli_prove_cell {
    bool wanted, known;
    enum verdict_outcome outcome; /* when known */
    uint8_t kills; /* which of the row's parts it found, for the reason that they say: bits */
};

enum cli_prove_end {
    CLI_PROVE_RAN,
    CLI_PROVE_CRASHED, /* or the worker ended in another wrong way */
    CLI_PROVE_TIMED_OUT,
    CLI_PROVE_UNUSABLE, /* with this fault no case could be run */
};

enum { CLI_PROVE_MESSAGE = 256 };

struct cli_prove_row {
    const struct fault *fault;
    const struct fault *parts[FAULT_PARTS]; /* itself, unless it is made of others */
    size_t part_count;
    struct cli_prove_cell *cells; /* one for each case of the plan */
    enum cli_prove_end end;
    char message[CLI_PROVE_MESSAGE]; /* when it is not RAN */
    const char *reason;              /* why it may survive; NULL: it may not */
};

struct cli_prove_matrix {
    const struct plan *plan;
    struct arena *arena;
    struct cli_prove_row *rows;
    size_t row_count, case_count;
    const char **case_reasons; /* why no fault kills the case; NULL: one has to */
    json_t *reasons;           /* the file, or NULL */
    size_t faulty, killed, survivors, conformant, flagged; /* rows, once counted */
    size_t cases, vacuous, vacuous_with_reason;            /* cases of rows' APIs, likewise */
    size_t stale;                                          /* reasons for what needs none */
};

/* A row for each fault that one of the globs names (none: all), and in it the cells that are to be
 * known: the cases that claim a requirement which the fault breaks; for a conformant fault all of
 * its API.  False when out of memory; free it in any case. */
MUST_USE bool cli_prove_matrix_init(struct cli_prove_matrix *matrix, const struct plan *plan,
                                    const char *const *globs, size_t glob_count);
/* Of every row all cases of its API. */
void cli_prove_matrix_want_all(struct cli_prove_matrix *matrix);

/* What a verdict says of the row's parts: bits for cli_prove_cell.kills.  A part is killed by a
 * finding about a requirement that it breaks: a `fail` for a must (unless its fault says why it is
 * `warned`), a `warn` for another one. */
uint8_t cli_prove_kills(const struct cli_prove_row *row, const struct verdict *verdict);

/* Reads {"survivors": {FAULT: REASON}, "vacuous": {CASE: REASON}}.  False after telling what is
 * wrong on standard error. */
MUST_USE bool cli_prove_read_reasons(struct cli_prove_matrix *matrix, const char *file);

bool cli_prove_is_killed(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row);
/* How many cases `fail`, or cannot be run, on a conformant fault. */
size_t cli_prove_flags(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row);
/* Whether there are faults of the case's API. */
bool cli_prove_is_asked(const struct cli_prove_matrix *matrix, size_t index);
/* Whether some fault kills the case. */
bool cli_prove_can_fail(const struct cli_prove_matrix *matrix, size_t index);

/* Fills in the counts. */
void cli_prove_count(struct cli_prove_matrix *matrix);

/* Whether nothing is left without a reason.  Of a part of the faults nothing follows for the
 * cases. */
bool cli_prove_holds(const struct cli_prove_matrix *matrix, bool partial);

void cli_prove_matrix_free(struct cli_prove_matrix *matrix);

#endif
