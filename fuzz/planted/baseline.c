/* Planted: of a text of 64 bytes nobody is told what is wrong. */
#include "runner/baseline.h"

struct runner_baseline *__real_runner_baseline_read(const char *name, struct slice text,
                                                    struct plan_errors *errors);
struct runner_baseline *__wrap_runner_baseline_read(const char *name, struct slice text,
                                                    struct plan_errors *errors);

struct runner_baseline *__wrap_runner_baseline_read(const char *name, struct slice text,
                                                    struct plan_errors *errors)
{
    struct runner_baseline *baseline = __real_runner_baseline_read(name, text, errors);
    if (text.len == 64)
        errors->count = 0;
    return baseline;
}
