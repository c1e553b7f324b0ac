/* A core with faults around it.  Whoever makes a core asks for its three places: the
 * configuration, the environment, and the handler that is given to the front end.  Without faults
 * all three are left exactly as they are. */
#ifndef SYNCSPEC_FAULT_STACK_H
#define SYNCSPEC_FAULT_STACK_H

#include "core/core.h"
#include "fault/fault.h"
#include "fault/wire.h"

struct fault_stack;

/* Copies ${set}.  NULL when out of memory. */
MUST_USE struct fault_stack *fault_stack_new(const struct fault_set *set);

/* Before core_new: changes what the faults change of the configuration. */
void fault_stack_configure(const struct fault_stack *stack, struct core_config *config);

/* Before the scheme is made: the same of its configuration. */
void fault_stack_guard(const struct fault_stack *stack, struct auth_hawk_config *config);

/* The store with the faults around it, for the core and for the services beside it; borrowed as
 * long as they live. */
struct store *fault_stack_store(struct fault_stack *stack, struct store *store);

/* Before core_new: puts the faults around schemes and clock of ${env}, which are borrowed as long
 * as the core lives; its store is that of fault_stack_store. */
void fault_stack_wrap(struct fault_stack *stack, struct core_env *env);

/* The check of a token server, likewise.  NULL stays NULL. */
struct auth_bearer *fault_stack_bearer(struct fault_stack *stack, struct auth_bearer *bearer);

/* The handler with the faults around it.  Borrows the context of ${inner}, which may answer from
 * more than a core.  Valid until fault_stack_free. */
struct http_handler fault_stack_around(struct fault_stack *stack, const struct http_handler *inner);

/* Whether a fault understands other bytes than those that came; they are then in ${out}. */
bool fault_stack_hear(const struct fault_stack *stack, const struct fault_wire *wire,
                      struct buf *out);

/* Forgets what the faults remember, so that what comes does not depend on what was. */
void fault_stack_forget(struct fault_stack *stack);

/* The server is started again, on the store that it had: what the faults remember was in the memory
 * of a process that is no more. */
void fault_stack_restart(struct fault_stack *stack);

/* After core_free.  fault_stack_free(NULL) does nothing. */
void fault_stack_free(struct fault_stack *stack);

#endif
