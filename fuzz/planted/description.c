/* Planted: of a text of 64 bytes nobody is told what is wrong. */
#include "runner/description.h"

struct runner_description *__real_runner_description_read(const char *name, struct slice text,
                                                          struct plan_errors *errors);
struct runner_description *__wrap_runner_description_read(const char *name, struct slice text,
                                                          struct plan_errors *errors);

struct runner_description *__wrap_runner_description_read(const char *name, struct slice text,
                                                          struct plan_errors *errors)
{
    struct runner_description *description = __real_runner_description_read(name, text, errors);
    if (text.len == 64)
        errors->count = 0;
    return description;
}
