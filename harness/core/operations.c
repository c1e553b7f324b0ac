#include "core/operations.h"

#include "core/reply.h"

/* A JSON object is told from a text by its first byte (API 1.5, "X-Weave-Alert"). */
static bool is_object(struct slice alert)
{
    return slice_starts(alert, SLICE("{"));
}

const char *core_operations_fault(const struct core_operations *operations)
{
    struct slice alert = operations->alert;
    if (operations->maintenance > CORE_WAIT_MAX || operations->backoff > CORE_WAIT_MAX)
        return "seconds, at most a year";
    if (alert.len > CORE_ALERT_MAX)
        return "an alert has at most 1024 bytes";
    for (size_t i = 0; i < alert.len; i++) {
        if (alert.ptr[i] < ' ' || alert.ptr[i] > '~')
            return "an alert is of visible ASCII";
    }
    if (slice_starts(alert, SLICE(" ")) || slice_ends(alert, SLICE(" ")))
        return "an alert neither begins nor ends with a blank";
    if (operations->decommissioned && !is_object(alert))
        return "a server that is no more says so in a JSON alert";
    return NULL;
}

void core_operations_mark(struct core_call *call, const struct core_operations *operations)
{
    if (operations->backoff > 0)
        core_reply_count(call, "X-Weave-Backoff", operations->backoff);
    if (operations->alert.len > 0)
        core_reply_field(call, "X-Weave-Alert", operations->alert);
}

bool core_operations_refuse(struct core_call *call, const struct core_operations *operations)
{
    if (operations->decommissioned) {
        core_reply_error(call, 513, CORE_CODE_UNKNOWN);
        return true;
    }
    if (operations->maintenance == 0)
        return false;
    core_reply_error(call, 503, CORE_CODE_UNKNOWN);
    core_reply_count(call, "Retry-After", operations->maintenance);
    if (call->dialect->version == CORE_1_0 && operations->maintenance > operations->backoff)
        core_reply_count(call, "X-Weave-Backoff", operations->maintenance);
    return true;
}
