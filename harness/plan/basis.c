/* Cases that others build on: what a case sends and keeps says which. */
#include "plan/builder.h"
#include "plan/refusal.h"

#include <fnmatch.h>
#include <stdio.h>

enum { WORDS_MAX = 1024 };

/* Whether the step's request is meant to succeed as it is made. */
static bool is_ordinary(const struct plan_step *step)
{
    if (step->kind != PLAN_SEND || step->auth != NULL || step->from_root)
        return false;
    for (size_t i = 0; i < step->expect.count; i++) {
        if (strcmp(step->expect.at[i].kind, "status") == 0 &&
            plan_status_refuses(step->expect.at[i].matcher))
            return false;
    }
    return true;
}

static bool matches(const char *pattern, const char *first, const char *second)
{
    char words[WORDS_MAX];
    int len = snprintf(words, sizeof(words), "%s %s", first, second);
    return len > 0 && (size_t)len < sizeof(words) && fnmatch(pattern, words, FNM_PATHNAME) == 0;
}

static bool keeps(const struct plan_step *step, const char *pattern)
{
    for (size_t i = 0; i < step->keep_count; i++) {
        if (matches(pattern, step->keep[i].from, step->keep[i].what))
            return true;
    }
    return false;
}

static bool builds_on(const struct plan_step *steps, size_t count, const char *pattern)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *step = &steps[i];
        if ((is_ordinary(step) && matches(pattern, step->method, step->target)) ||
            keeps(step, pattern) || builds_on(step->steps, step->step_count, pattern))
            return true;
        for (size_t j = 0; j < step->branch_count; j++) {
            if (builds_on(step->branches[j].steps, step->branches[j].step_count, pattern))
                return true;
        }
    }
    return false;
}

/* A basis whose capabilities the case does not need may be skipped where the case is not. */
static bool needs_no_more(const struct plan_case *basis, const struct plan_case *plan_case)
{
    for (size_t i = 0; i < basis->need_count; i++) {
        size_t j = 0;
        while (j < plan_case->need_count && strcmp(plan_case->needs[j], basis->needs[i]) != 0)
            j++;
        if (j == plan_case->need_count)
            return false;
    }
    return true;
}

/* Whether the case builds on the basis and does not say so itself. */
static bool is_missing(const struct plan_case *plan_case, const struct plan_case *basis)
{
    for (size_t i = 0; i < plan_case->dependency_count; i++) {
        if (strcmp(plan_case->depends_on[i], basis->id) == 0)
            return false;
    }
    if (strcmp(plan_case->api, basis->api) != 0 || !needs_no_more(basis, plan_case))
        return false;
    for (size_t i = 0; i < basis->basis_count; i++) {
        if (builds_on(plan_case->steps, plan_case->step_count, basis->basis[i]))
            return true;
    }
    return false;
}

/* Bases build on those before them only, so that there are no circles. */
static bool add_bases(struct plan_builder *builder, struct plan_case *plan_case, size_t index)
{
    size_t end = plan_case->basis_count > 0 ? index : plan_case_count(builder->plan);
    size_t room = plan_case->dependency_count;
    for (size_t i = 0; i < end; i++)
        room += plan_case_at(builder->plan, i)->basis_count > 0;
    const char **list = arena_alloc(builder->ledger.arena, room + 1, sizeof(*list));
    if (list == NULL)
        return false;
    for (size_t i = 0; i < plan_case->dependency_count; i++)
        list[i] = plan_case->depends_on[i];
    plan_case->depends_on = list;
    for (size_t i = 0; i < end; i++) {
        const struct plan_case *basis = plan_case_at(builder->plan, i);
        if (i != index && basis->basis_count > 0 && is_missing(plan_case, basis))
            list[plan_case->dependency_count++] = basis->id;
    }
    return true;
}

void plan_bases_add(struct plan_builder *builder)
{
    for (size_t i = 0; i < plan_case_count(builder->plan); i++) {
        if (!add_bases(builder, plan_builder_case_at(builder, i), i)) {
            builder->ledger.nomem = true;
            return;
        }
    }
}
