/* The body of a PUT or POST before it is read: its type, its coding, its size; and what every
 * record in it has to keep to. */
#ifndef SYNCSPEC_CORE_BODY_H
#define SYNCSPEC_CORE_BODY_H

#include "core/call.h"
#include "record/list.h"

/* Which format the body has: text/plain is JSON, as Firefox sends it.  A body without a
 * Content-Type gets 415, as from the deployed servers; so do another type and any content coding.
 * Before 1.5 the type does not count: every body is JSON.  False: the reply is an error. */
MUST_USE bool core_body_format(struct core_call *call, enum record_format *ret_format);

/* Answers a body that could not be decoded: ${err} is none of RECORD_OK and RECORD_END. */
void core_body_refuse(struct core_call *call, enum record_err err);

/* Whether a record of collection `crypto` carries the all-zero IV of a broken client (as deployed
 * servers do: clients could not read it, and would lose their keys). */
bool core_body_has_zero_iv(struct slice collection, const struct record_update *update);

#endif
