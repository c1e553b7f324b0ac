/* A plan while it is loaded. */
#ifndef SYNCSPEC_PLAN_BUILDER_H
#define SYNCSPEC_PLAN_BUILDER_H

#include "plan/source.h"

/* A depends_on, checked when all cases are known. */
struct plan_dependency {
    struct plan_dependency *next;
    const struct plan_case *from;
    const char *id;
    struct plan_place place;
};

struct plan_builder {
    struct plan *plan;
    const struct plan_vocabulary *vocabulary;
    struct plan_ledger ledger;
    struct plan_dependency *dependencies, **last; /* in the order of the files */
};

/* False, and noted in the ledger, when out of memory. */
MUST_USE bool plan_builder_add_case(struct plan_builder *builder, struct plan_case *added);
MUST_USE bool plan_builder_add_requirement(struct plan_builder *builder,
                                           struct verdict_requirement *added);

/* The position of the case in the plan.  False when there is none of that id. */
bool plan_case_index(const struct plan *plan, struct slice id, size_t *ret_index);

/* The case at that position, while it may still be changed. */
struct plan_case *plan_builder_case_at(const struct plan_builder *builder, size_t index);

/* Lets each case depend on those whose `basis` it builds on. */
void plan_bases_add(struct plan_builder *builder);

/* Reads a file of cases into the plan. */
void plan_cases_load(struct plan_builder *builder, struct plan_source *source);

/* Says which depends_on name no case, and which go round in a circle. */
void plan_dependencies_check(struct plan_builder *builder);

/* Hands the content of each *.json file below ${folder}, in byte order of their names, to ${take}
 * with its name relative to it.  Says which cannot be read. */
void plan_files_read(struct plan_ledger *ledger, const char *folder,
                     void (*take)(void *context, const char *name, struct slice text),
                     void *context);

#endif
