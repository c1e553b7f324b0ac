/* Does what came back meet what a step expects? */
#ifndef SYNCSPEC_RUNNER_JUDGE_H
#define SYNCSPEC_RUNNER_JUDGE_H

#include "check/check.h"
#include "plan/scope.h"

/* Evaluates every expectation with the captures of ${scope}; mismatches and the count of checks go
 * to ${report}.  NULL, or text valid until the next call on ${scope} that says why an expectation
 * could not be evaluated. */
MUST_USE const char *runner_judge(const struct plan_expectations *expectations,
                                  struct plan_scope *scope, const struct check_subject *subject,
                                  struct check_report *report);

#endif
