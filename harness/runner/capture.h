/* What a step keeps of a response. */
#ifndef SYNCSPEC_RUNNER_CAPTURE_H
#define SYNCSPEC_RUNNER_CAPTURE_H

#include "http/message.h"
#include "plan/plan.h"
#include "plan/scope.h"

enum runner_capture {
    RUNNER_CAPTURED,
    RUNNER_CAPTURE_LACKS, /* the response has no such thing: a finding */
    RUNNER_CAPTURE_NOMEM, /* or `what` cannot be expanded */
};

/* Keeps what ${keep} names, of which `what` is a template ("/{coll}").  A number is kept as it was
 * written, a string as what it says, anything else as JSON text. */
MUST_USE enum runner_capture runner_capture(const struct plan_keep *keep,
                                            const struct http_answer *answer,
                                            struct plan_scope *scope);

#endif
