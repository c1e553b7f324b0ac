#include "runner/declared.h"

#include <stdio.h>

/* "target/NAME": one failure, of the description's file. */
static bool add(struct runner_world *world, const char *name, const char *expected,
                const char *seen)
{
    const struct runner_options *options = world->options;
    struct verdict_finding *finding = arena_new_object(world->arena, struct verdict_finding);
    if (finding == NULL || expected == NULL || seen == NULL)
        return false;
    *finding = (struct verdict_finding){
        .severity = VERDICT_FAIL,
        .where = "the first look at the target",
        .expected = expected,
        .seen = seen,
        .exchange = SIZE_MAX,
    };
    struct verdict *verdict = &world->missing[world->missing_count++];
    *verdict = (struct verdict){
        .id = arena_format(world->arena, "target/%s", name),
        .title =
            arena_format(world->arena, "The target has what its description declares: %s", name),
        .file = world->target->description == NULL ? "" : world->target->description,
        .outcome = VERDICT_FAIL,
        .reason = "",
        .findings = finding,
        .finding_count = 1,
        .checks = 1,
        .replay = options->replay == NULL ? "syncspec run" : options->replay,
    };
    runner_baseline_judge(options->baseline, world->run->started, verdict);
    return verdict->id != NULL && verdict->title != NULL;
}

static bool check_limit(struct runner_world *world, size_t index)
{
    const struct runner_limit *declared = &world->target->limits[index];
    struct runner_limit *reported = &world->limits[index];
    if (!declared->known || (reported->known && reported->value == declared->value))
        return true;
    if (!reported->known) {
        *reported = *declared;
        return true;
    }
    return add(world, runner_limit_rows[index].name,
               arena_format(world->arena, "%llu, as declared", (unsigned long long)declared->value),
               arena_format(world->arena, "%llu in /info/configuration",
                            (unsigned long long)reported->value));
}

bool runner_declared_check(struct runner_world *world)
{
    const struct runner_target *target = world->target;
    size_t most = target->declared_count + RUNNER_LIMITS;
    world->missing = arena_alloc(world->arena, most, sizeof(struct verdict));
    bool kept = world->missing != NULL;
    for (size_t i = 0; kept && i < RUNNER_LIMITS; i++)
        kept = check_limit(world, i);
    for (size_t i = 0; kept && i < target->declared_count; i++) {
        const char *lacks = runner_world_lacks(world, target->declared[i]);
        if (lacks != NULL)
            kept = add(world, target->declared[i], "the capability, as declared", lacks);
    }
    return kept;
}

const struct verdict *runner_declared_missing(const struct runner_world *world, const char *need)
{
    static const char head[] = "target/";
    for (size_t i = 0; i < world->missing_count; i++) {
        if (strcmp(world->missing[i].id + sizeof(head) - 1, need) == 0)
            return &world->missing[i];
    }
    return NULL;
}
