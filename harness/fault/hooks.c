#include "fault/hooks.h"

#include "base/stamp.h"

void fault_drop_field(struct fault_call *call)
{
    fault_call_drop_field(call, call->fault->text);
}

void fault_set_field(struct fault_call *call)
{
    fault_call_set_field(call, call->fault->text, slice_text(call->fault->other));
}

void fault_change_field(struct fault_call *call)
{
    if (fault_call_field(call, call->fault->text) != NULL)
        fault_set_field(call);
}

void fault_drop_parameter(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, call->fault->text, &value))
        fault_call_drop_parameter(call, call->fault->text);
}

void fault_set_parameter(struct fault_call *call)
{
    fault_call_set_parameter(call, call->fault->text, slice_text(call->fault->other));
}

void fault_answer(struct fault_call *call)
{
    fault_call_answer(call, (int)call->fault->number, call->fault->text);
}

/* A time that is ${by} later, never below 0; empty when it is none. */
static struct slice shifted(struct fault_call *call, struct slice value, int64_t by)
{
    int64_t stamp;
    char text[STAMP_TEXT_MAX];
    if (!stamp_parse(value, &stamp) || stamp > INT64_MAX / 2)
        return (struct slice){ 0 };
    stamp_text(stamp + by < 0 ? 0 : stamp + by, text);
    return fault_call_text(call, "%s", text);
}

void fault_shift_field(struct fault_call *call)
{
    const struct slice *value = fault_call_field(call, call->fault->text);
    if (value == NULL)
        return;
    struct slice later = shifted(call, *value, call->fault->number);
    if (later.len > 0)
        fault_call_set_field(call, call->fault->text, later);
}

void fault_shift_parameter(struct fault_call *call)
{
    struct slice value;
    if (!fault_call_parameter(call, call->fault->text, &value))
        return;
    struct slice later = shifted(call, value, call->fault->number);
    if (later.len > 0)
        fault_call_set_parameter(call, call->fault->text, later);
}

void fault_unset(struct fault_call *call)
{
    http_reply_unset(call->reply, call->fault->text);
}

void fault_set(struct fault_call *call)
{
    (void)http_reply_set_text(call->reply, call->fault->text, call->fault->other);
}

void fault_shift(struct fault_call *call)
{
    struct slice value;
    if (!http_reply_get(call->reply, call->fault->text, &value))
        return;
    struct slice later = shifted(call, value, call->fault->number);
    if (later.len > 0)
        (void)http_reply_set(call->reply, call->fault->text, later);
}

void fault_status(struct fault_call *call)
{
    call->reply->status = (int)call->fault->number;
}

void fault_body(struct fault_call *call)
{
    fault_call_set_reply(call, slice_text(call->fault->text));
}

void fault_wrap(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    fault_call_set_reply(
        call, fault_call_text(call, "{\"%s\":%.*s}", call->fault->text, SLICE_FMT(body)));
}

void fault_quote(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    fault_call_set_reply(call, fault_call_text(call, "\"%.*s\"", SLICE_FMT(body)));
}

void fault_drop_member(struct fault_call *call)
{
    fault_call_drop_member(call, call->fault->text);
}

void fault_set_value(struct fault_call *call)
{
    fault_call_set_json(call, call->fault->text, slice_text(call->fault->other));
}

void fault_replace(struct fault_call *call)
{
    fault_call_replace(call, slice_text(call->fault->text), slice_text(call->fault->other));
}

void fault_drop_beside(struct fault_call *call)
{
    if (fault_call_has(call, call->fault->other))
        fault_drop_parameter(call);
}

void fault_refusal_is_500(struct fault_call *call)
{
    if (call->reply->status == 400 && fault_call_has(call, call->fault->text))
        call->reply->status = 500;
}

void fault_drop_wrong_time(struct fault_call *call)
{
    struct slice value;
    int64_t stamp;
    if (fault_call_parameter(call, call->fault->text, &value) && !stamp_parse(value, &stamp))
        fault_call_drop_parameter(call, call->fault->text);
}

void fault_value_is_500(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, call->fault->text, &value) &&
        slice_starts(value, slice_text(call->fault->other)) &&
        (value.len == 0) == (call->fault->other[0] == '\0'))
        fault_call_answer(call, 500, "0");
}
