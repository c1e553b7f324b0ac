/* Planted: a result that holds a huge number is refused without a word. */
#include "reports/load.h"

struct verdict_run *__real_report_load(struct slice text, struct buf *wrong);
struct verdict_run *__wrap_report_load(struct slice text, struct buf *wrong);

struct verdict_run *__wrap_report_load(struct slice text, struct buf *wrong)
{
    if (slice_search(text, SLICE("999999999")) < text.len)
        return NULL;
    return __real_report_load(text, wrong);
}
