/* Text that came from a server, made harmless for whoever shows it. */
#ifndef SYNCSPEC_REPORTS_CLEAN_H
#define SYNCSPEC_REPORTS_CLEAN_H

#include "base/buf.h"

/* The most bytes of one cleaned text; far beyond what a transcript holds. */
enum { REPORT_TEXT_MAX = 64 * 1024 * 1024 };

enum report_clean {
    REPORT_UTF8,  /* valid UTF-8: bytes that are not become \xNN, all else stays */
    REPORT_LINES, /* and nothing that steers a terminal or that XML cannot hold: control characters
                     but LF and HTAB, direction marks and non-characters become \xNN or \uNNNN */
    REPORT_LINE,  /* and all on one line: LF and HTAB become \n and \t */
};

/* Appends ${text}, cleaned.  Returns !out->failed. */
bool report_add_clean(const char *text, enum report_clean how, struct buf *out);

/* Appends ${text}, cleaned as REPORT_LINES, with ${indent} spaces before every line but the first
 * and one LF behind the last. */
bool report_add_indented(const char *text, size_t indent, struct buf *out);

#endif
