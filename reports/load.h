/* A run, read back from what `--report json` wrote: reports/schema.json is the format. */
#ifndef SYNCSPEC_REPORTS_LOAD_H
#define SYNCSPEC_REPORTS_LOAD_H

#include "base/buf.h"
#include "verdict/verdict.h"

/* The most bytes of a file that is read. */
enum { REPORT_FILE_MAX = 512 * 1024 * 1024 };

/* Reads the text; all memory of the run is its arena's, to be freed by whoever gets it.  Trusts
 * nothing: keys that are missing or unknown, wrong types, references that lead nowhere, and totals
 * or an exit code that do not follow from the verdicts are mistakes.  NULL when something is wrong,
 * or out of memory: ${wrong} says what, and where (line and column, or a JSON pointer). */
MUST_USE struct verdict_run *report_load(struct slice text, struct buf *wrong);

#endif
