/* What differs from the core and is allowed: none of it may be held against a server. */
#include "fault/area.h"
#include "fault/hooks.h"

static void without_batches(const struct fault *fault, struct core_config *config)
{
    (void)fault;
    config->batches = false;
}

static void space_out(struct fault_call *call)
{
    fault_call_replace(call, SLICE(",\""), SLICE(", \n \""));
}

static const struct fault rows[] = {
    { .name = "allowed-no-batches",
      .what = "There are no batch uploads: POST ?batch=true stores at once",
      .conformant = true,
      .configure = without_batches },
    { .name = "allowed-json-white-space",
      .what = "JSON bodies have blanks and line breaks between members",
      .conformant = true,
      .on = FAULT_INFO | FAULT_ITEM,
      .status = 2,
      .after = space_out },
    { .name = "allowed-no-weave-records",
      .what = "X-Weave-Records is never sent on collections",
      .conformant = true,
      .on = FAULT_COLLECTION,
      .after = fault_unset,
      .text = "X-Weave-Records" },
};

const struct fault_area fault_allowed = FAULT_AREA(rows);
