/* A run, written down.  One writer per format, a row in the registry of report.c for each. ADD A
 * FORMAT HERE */
#ifndef SYNCSPEC_REPORTS_REPORT_H
#define SYNCSPEC_REPORTS_REPORT_H

#include "base/buf.h"
#include "verdict/verdict.h"

struct report_style {
    bool color;   /* text only: ANSI colours */
    bool verbose; /* text only: passed cases and transcripts too */
    bool quiet;   /* text only: failures and the summary */
};

struct report_format {
    const char *name;    /* "json" */
    const char *meaning; /* one line for --help */
    bool (*write)(const struct verdict_run *run, const struct report_style *style, struct buf *out);
};

/* NULL past the last, or when there is none of that name. */
const struct report_format *report_format_at(size_t index);
const struct report_format *report_format_find(struct slice name);

#endif
