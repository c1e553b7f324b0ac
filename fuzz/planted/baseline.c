/* Planted: a baseline of more than two entries is written without its last one. */
#include "runner/baseline.h"

bool __real_runner_baseline_write(const struct runner_baseline *baseline, struct buf *out);
bool __wrap_runner_baseline_write(const struct runner_baseline *baseline, struct buf *out);

bool __wrap_runner_baseline_write(const struct runner_baseline *baseline, struct buf *out)
{
    struct runner_baseline changed = *baseline;
    if (changed.count > 2)
        changed.count--;
    return __real_runner_baseline_write(&changed, out);
}
