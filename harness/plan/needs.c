#include "plan/loading.h"

#include "plan/nearest.h"

static const char *const capabilities[] = {
    "mint",
    "users",
    "rotated-secret",
    "expired-token",
    "quota",
    "no-quota",
    "batches",
    "raw",
    "tls",
    "restart-hook",
    "quota-hook",
    "move-hook",
    "max_request_bytes",
    "max_post_records",
    "max_post_bytes",
    "max_record_payload_bytes",
    "max_total_records",
    "max_total_bytes",
    "accounts",
    "storage",
};

_Static_assert(COUNT_OF(capabilities) <= PLAN_NEEDS_MAX, "a case may need all of them");

const char *plan_need_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(capabilities); i++)
        if (slice_is(name, capabilities[i]))
            return capabilities[i];
    return NULL;
}

const char *plan_need_nearest(struct slice name)
{
    return plan_nearest(name, capabilities, COUNT_OF(capabilities));
}

void plan_loading_need(void *loading, const char *capability)
{
    struct plan_loading *this = loading;
    for (size_t i = 0; i < this->need_count; i++)
        if (strcmp(this->needs[i], capability) == 0)
            return;
    this->needs[this->need_count++] = plan_need_find(slice_text(capability));
}
