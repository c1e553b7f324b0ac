/* The list of requirements in cases/requirements/. */
#ifndef SYNCSPEC_PLAN_REQUIREMENT_H
#define SYNCSPEC_PLAN_REQUIREMENT_H

#include "plan/source.h"

/* Whether the text is a slug path: words of lower case letters and digits, joined by '-' and '/';
 * in the ids of requirements also '.', '_' and capitals. */
bool plan_id_valid(struct slice id);
bool plan_requirement_id_valid(struct slice id);

/* Reads a file of requirements and hands each to ${add}, which says whether it could be kept. */
void plan_requirements_load(struct plan_source *source,
                            bool (*add)(void *context, struct verdict_requirement *requirement,
                                        const struct plan_node *node),
                            void *context);

#endif
