#include "fuzz/session_code.h"

static size_t read_u16(const uint8_t *at)
{
    return (size_t)at[0] | (size_t)at[1] << 8;
}

static int64_t read_clock(const uint8_t *at, unsigned scale)
{
    static const int64_t times[] = { 1, 100, 10000, 1000000 };
    int32_t value = (int32_t)at[0] | (int32_t)at[1] << 8 | (int32_t)(int8_t)at[2] * 65536;
    return value * times[scale];
}

/* Takes ${len} bytes; false when there are fewer. */
static bool take(struct slice *rest, size_t len, struct slice *ret)
{
    if (rest->len < len)
        return false;
    *ret = slice_head(*rest, len);
    *rest = slice_from(*rest, len);
    return true;
}

bool session_next(struct slice *rest, struct session_step *ret_step)
{
    struct slice head;
    if (rest->len == 0)
        return false;
    uint8_t first = rest->ptr[0];
    struct session_step step = { .kind = first % CLI_SESSION_STEPS,
                                 .who = first / 16 % 4,
                                 .version = first / 64 };
    size_t len = step.kind == CLI_SESSION_TEXT    ? CLI_SESSION_TEXT_HEAD
                 : step.kind == CLI_SESSION_FIELD ? CLI_SESSION_FIELD_HEAD
                                                  : CLI_SESSION_HEAD;
    if (!take(rest, len, &head))
        return false;
    step.what = head.ptr[1];
    step.id = head.ptr[2];
    step.more = head.ptr[len - 1];
    if (step.kind == CLI_SESSION_CLOCK)
        step.clock = read_clock(head.ptr + 1, step.who);
    else if (step.kind == CLI_SESSION_FIELD && !take(rest, head.ptr[2], &step.value))
        return false;
    else if (step.kind == CLI_SESSION_TEXT && (!take(rest, read_u16(head.ptr + 2), &step.target) ||
                                               !take(rest, read_u16(head.ptr + 4), &step.body)))
        return false;
    *ret_step = step;
    return true;
}
