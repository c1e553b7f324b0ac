/* The rows of the registry in report.c.  Each stands in the file of its name. */
#ifndef SYNCSPEC_REPORTS_FORMATS_H
#define SYNCSPEC_REPORTS_FORMATS_H

#include "reports/report.h"

/* For people, on a terminal. */
extern const struct report_format report_text;

/* Everything that the run record holds, as reports/schema.json describes it. */
extern const struct report_format report_json;

/* JUnit XML as CI servers read it: a suite per case file. */
extern const struct report_format report_junit;

/* Test Anything Protocol, version 14, with YAML diagnostics. */
extern const struct report_format report_tap;

/* One HTML page, for people, offline. */
extern const struct report_format report_html;

/* Static Analysis Results Interchange Format 2.1.0: a rule per requirement. */
extern const struct report_format report_sarif;

/* Markdown, as GitHub shows it on the page of a workflow. */
extern const struct report_format report_github;

#endif
