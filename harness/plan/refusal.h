/* Which statuses an expectation admits, for the rule that every refusal has its twin. */
#ifndef SYNCSPEC_PLAN_REFUSAL_H
#define SYNCSPEC_PLAN_REFUSAL_H

#include <jansson.h>
#include <stdbool.h>

/* Whether the matcher of a status admits nothing but refusals: only 400 and above, and not 404
 * alone, which says that something is absent. */
bool plan_status_refuses(const json_t *matcher);

/* Whether it admits nothing but what a request that was understood gets: below 400, or 404. */
bool plan_status_accepts(const json_t *matcher);

#endif
