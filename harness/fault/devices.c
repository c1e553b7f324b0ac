/* What only users with two devices suffer: state that hangs on the token of a request. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/device.h"
#include "fault/hooks.h"

#define UNSEEN     "what one device writes the others never see"
#define LOST       "a device overwrites what another one has just changed, and nobody notices"

#define UNMODIFIED "X-If-Unmodified-Since"

/* A session keeps the answer that its device was given last, and only its own writes end it. */
static struct fault_cell *session(struct fault_call *call)
{
    struct slice device = fault_device(call);
    struct slice id = device.len > 64 ? slice_from(device, device.len - 64) : device;
    return fault_call_cell(call, "session %.*s %.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(id),
                           SLICE_FMT(slice_head(call->request.target, 256)));
}

static bool is_plain_read(struct fault_call *call)
{
    return call->method == FAULT_GET && fault_call_field(call, UNMODIFIED) == NULL &&
           fault_call_field(call, "X-If-Modified-Since") == NULL;
}

static void answer_from_session(struct fault_call *call)
{
    if (is_plain_read(call))
        fault_call_answer_kept(call, session(call));
}

static void fill_session(struct fault_call *call)
{
    if (is_plain_read(call) && call->reply->status == 200)
        fault_call_keep_reply(call, session(call));
}

/* Whether the write is of another device than the one that wrote last. */
static bool is_turn(struct fault_call *call)
{
    struct fault_cell *last = fault_call_cell(call, "writer of %.*s", SLICE_FMT(call->user));
    struct slice device = fault_device(call);
    if (last == NULL || device.len == 0)
        return false;
    bool turn = last->text.len > 0 && !slice_eq(buf_slice(&last->text), device);
    buf_clear(&last->text);
    buf_add(&last->text, device);
    return turn;
}

static const struct fault rows[] = {
    { .name = "devices-have-sessions",
      .what = "A device is shown what it was shown before, until another session begins",
      .impact = UNSEEN,
      .breaks = { "1.5/concurrency/poll-no-skip", "1.5/timestamps/store-updated-on-any-change" },
      .on = FAULT_INFO,
      .info = "collections",
      .before = answer_from_session,
      .after = fill_session },
    { .name = "devices-guard-only-themselves",
      .what = "X-If-Unmodified-Since is not looked at when another device wrote last",
      .impact = LOST,
      .breaks = { "1.5/concurrency/lost-update-prevented" },
      .on = FAULT_PUT | FAULT_ITEM,
      .when = is_turn,
      .before = fault_drop_field,
      .text = UNMODIFIED },
    { .name = "devices-second-one-writes-nothing",
      .what = "What a second device of a user writes is answered with success, and dropped",
      .impact = UNSEEN,
      .breaks = { "1.5/item/put-create-200", "1.5/concurrency/lost-update-prevented" },
      .on = FAULT_PUT | FAULT_ITEM,
      .when = fault_device_is_second,
      .before = fault_answer,
      .number = 200,
      .text = "0.00" },
    { .name = "devices-second-one-sees-nothing",
      .what = "To a second device of a user every collection is empty",
      .impact = "a new device gets nothing, and uploads what it has over the rest",
      .breaks = { "1.5/item/put-create-200", "1.5/concurrency/poll-no-skip" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .when = fault_device_is_second,
      .status = 200,
      .after = fault_body,
      .text = "[]" },
    { .name = "devices-second-one-is-500",
      .what = "A second token of a user meets a key that was to be unique: 500",
      .impact = "a user can sync one device only",
      .breaks = { "1.5/item/put-create-200", "1.5/auth/token-reuse" },
      .when = fault_device_is_second,
      .before = fault_answer,
      .number = 500,
      .text = "0" },
};

const struct fault_area fault_devices = FAULT_AREA(rows);
