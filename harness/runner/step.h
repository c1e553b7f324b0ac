/* What a step's response means for its case. */
#ifndef SYNCSPEC_RUNNER_STEP_H
#define SYNCSPEC_RUNNER_STEP_H

#include "check/check.h"
#include "runner/case.h"

/* "step 3, round 2": where the strand stands, for people. */
void runner_step_title(const struct runner_strand *strand, const struct plan_step *step,
                       char *ret_text, size_t size);

/* A finding about ${step} of the case; ${where} may be "". */
void runner_step_find(struct runner_strand *strand, const struct plan_step *step,
                      const struct verdict_finding *finding);

/* The harness cannot go on with the case: an error, with ${message}. */
void runner_step_break(struct runner_strand *strand, const struct plan_step *step,
                       const char *message);

/* How bad it is when a requirement of this level is not met. */
enum verdict_outcome runner_step_severity(enum verdict_level level);

/* Looks at the answer of ${step} in the strand's call: expectations, then captures.  Ends the case
 * when an expectation is not met.  True when the server asked to be tried again, and nothing was
 * judged. */
MUST_USE bool runner_step_judge(struct runner_strand *strand, const struct plan_step *step);

/* The call of ${step} ended without an answer: an error, or a failure when what came is not HTTP,
 * and the end of the case.  A step that lets the server close is content. */
void runner_step_unanswered(struct runner_strand *strand, const struct plan_step *step);

/* A `check` step: the same for a value of captures. */
void runner_step_check(struct runner_strand *strand, const struct plan_step *step);

/* Whether the last response meets ${expectations}, without finding anything.  What is amiss first
 * goes to ${seen}. */
MUST_USE bool runner_step_holds(struct runner_strand *strand, const struct plan_step *step,
                                const struct plan_expectations *expectations, struct buf *seen);

#endif
