#include "fault/device.h"

#include "auth/hawk.h"

struct slice fault_device(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    struct auth_hawk hawk;
    return header != NULL && auth_hawk_parse(*header, &hawk) ? hawk.id : (struct slice){ 0 };
}

bool fault_device_is_second(struct fault_call *call)
{
    struct fault_cell *first = fault_call_cell(call, "first device of %.*s", SLICE_FMT(call->user));
    struct slice device = fault_device(call);
    if (first == NULL || device.len == 0)
        return false;
    if (first->text.len == 0)
        buf_add(&first->text, device);
    return !slice_eq(buf_slice(&first->text), device);
}
