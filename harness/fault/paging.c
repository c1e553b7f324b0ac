/* Reading collections: filters, order, pages. */
#include "fault/area.h"
#include "fault/hooks.h"

static void drop_on_later_pages(struct fault_call *call)
{
    struct slice offset;
    if (fault_call_parameter(call, "offset", &offset))
        fault_drop_parameter(call);
}

static const struct fault rows[] = {
    { .name = "paging-newer-dropped-on-page-two",
      .what = "newer is looked at for the first page only",
      .impact = "a client downloads records that it has, as if they were new",
      .breaks = { "1.5/get/offset-resume", "1.5/get/offset-params-constant" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = drop_on_later_pages,
      .text = "newer" },
    { .name = "newer-is-inclusive",
      .what = "newer is compared with >= in place of >",
      .impact = "a client gets the last change again at each sync",
      .breaks = { "1.5/get/newer", "1.5/get/polling-newer" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_shift_parameter,
      .text = "newer",
      .number = -1 },
    { .name = "older-is-inclusive",
      .what = "older is compared with <= in place of <",
      .impact = "a client that walks backwards gets records twice",
      .breaks = { "1.5/get/older" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_shift_parameter,
      .text = "older",
      .number = 1 },
    { .name = "limit-is-ignored",
      .what = "limit is not looked at",
      .impact = "a small device gets more than it can hold",
      .breaks = { "1.5/get/limit", "1.5/get/next-offset-present" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter,
      .text = "limit" },
    { .name = "paging-no-next-offset",
      .what = "X-Weave-Next-Offset is never sent",
      .impact = "a client believes that the first page is all that there is",
      .breaks = { "1.5/get/next-offset-present", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = fault_unset,
      .text = "X-Weave-Next-Offset" },
};

const struct fault_area fault_paging = FAULT_AREA(rows);
