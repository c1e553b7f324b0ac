/* Bearer tokens for a token server, which an accounts double mints: a request before the request of
 * a step. */
#ifndef SYNCSPEC_RUNNER_BEARER_H
#define SYNCSPEC_RUNNER_BEARER_H

#include "runner/request.h"

/* Whether a token has to be minted before the step's request can be made. */
bool runner_bearer_wanted(const struct runner_sending *sending, const struct plan_step *step);

/* The request for it, into ${call}.  False with a message in ${sending}->wrong. */
MUST_USE bool runner_bearer_ask(struct runner_request *request,
                                const struct runner_sending *sending, const struct plan_step *step,
                                struct exchange_call *call);

/* What came: the account's token from now on, or, where the step's `auth` asks for another, one for
 * the step's request alone, left in ${request}->bearer.  False with a message. */
MUST_USE bool runner_bearer_take(struct runner_request *request,
                                 const struct runner_sending *sending, const struct plan_step *step,
                                 const struct exchange_call *call);

#endif
