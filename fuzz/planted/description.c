/* Planted: a description with an odd quota is one with none. */
#include "runner/description.h"

void __real_runner_description_apply(const struct runner_description *description,
                                     struct runner_target *target);
void __wrap_runner_description_apply(const struct runner_description *description,
                                     struct runner_target *target);

void __wrap_runner_description_apply(const struct runner_description *description,
                                     struct runner_target *target)
{
    __real_runner_description_apply(description, target);
    if (target->quota % 2 == 1)
        target->quota = 0;
}
