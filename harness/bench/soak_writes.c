/* What a device writes: records one by one, in one POST, in batches; and what it deletes. */
#include "bench/soak_device.h"

#include "base/clock.h"
#include "base/stamp.h"
#include "http/target.h"
#include "record/scan.h"

#include <stdio.h>

enum {
    PARTS = 3,
    CONDITIONAL_PERCENT = 70,
    BATCH_LIVES_MS = 20 * 1000, /* at least, on a server that is soaked: see ci/soak */
};

/* What Firefox sends with tabs that are written in a hurry: always true. */
static const int64_t far_future = INT64_C(4102405200000) * STAMP_SECOND;

static uint64_t chance(struct soak_device *device, uint64_t below)
{
    return rng_below(&device->rng.base, below);
}

/* A write of a number of its own; undecided which slots. */
static void begin_write(struct soak_device *device, enum soak_kind kind)
{
    struct soak_user *user = device->user;
    device->write = (struct soak_write){
        .kind = kind,
        .shelf = (unsigned)chance(device, SOAK_SHELVES),
        .number = ++user->numbers,
        .condition = -1,
    };
    device->generation = user->generation;
    device->alone = user->writing == 0;
    device->sent = 0;
    device->batch[0] = '\0';
}

static bool undisturbed(const struct soak_device *device)
{
    return device->alone &&
           device->user->generation == device->generation + (device->writes ? 1 : 0);
}

/* The time that the condition is about, as far as it is known. */
static int64_t last_change(const struct soak_device *device)
{
    const struct soak_write *write = &device->write;
    const struct soak_shelf *shelf = &device->user->contents.shelves[write->shelf];
    if (write->whole)
        return soak_shelf_exists(shelf) ? shelf->modified : 0;
    const struct soak_slot *slot = &shelf->slots[__builtin_ctzll(write->slots)];
    return slot->number != 0 ? slot->stamp : 0;
}

static void judge_condition(struct soak_device *device, const struct http_answer *answer)
{
    if (device->write.condition < 0)
        soak_device_complain(device, answer, "nothing was asked to be unchanged");
    else if (undisturbed(device) && last_change(device) <= device->write.condition)
        soak_device_complain(device, answer, "what was asked to be unchanged is unchanged");
    device->known[device->write.shelf] = -1; /* to be read again */
}

/* A 2xx although the condition did not hold. */
static void judge_success(struct soak_device *device, const struct http_answer *answer)
{
    if (device->write.condition >= 0 && undisturbed(device) &&
        last_change(device) > device->write.condition)
        soak_device_complain(device, answer, "what was asked to be unchanged has changed");
}

/* Few, and sometimes many. */
static uint64_t some_slots(struct soak_device *device)
{
    uint64_t count = chance(device, 8) == 0 ? 1 + chance(device, 30) : 1 + chance(device, 4);
    uint64_t slots = 0;
    for (uint64_t i = 0; i < count; i++)
        slots |= UINT64_C(1) << chance(device, SOAK_SLOTS);
    return slots;
}

static void post(struct soak_device *device, const char *query, uint64_t slots)
{
    struct soak_request *request = &device->request;
    const struct soak_write *write = &device->write;
    soak_request_begin(request, HTTP_METHOD_POST, device->user->uid, "");
    soak_request_name(request, write->shelf, SOAK_SLOTS);
    (void)buf_add_text(&request->target, query);
    request->unmodified = write->condition;
    const char *comma = "[";
    for (unsigned slot = 0; slot < SOAK_SLOTS; slot++) {
        if (((slots >> slot) & 1) == 0)
            continue;
        (void)buf_add_text(&request->body, comma);
        soak_request_record(request, write->shelf, slot, write->number);
        comma = ",";
    }
    (void)buf_add_byte(&request->body, ']');
    device->sent = slots;
}

static void make_conditional(struct soak_device *device, bool whole)
{
    device->write.whole = whole;
    if (chance(device, 100) < CONDITIONAL_PERCENT)
        device->write.condition = device->known[device->write.shelf];
}

static bool ask_post(struct soak_device *device)
{
    static const char *const queries[] = { "?batch=true&commit=true", "?batch=true&commit=true",
                                           "" };
    begin_write(device, SOAK_PUT);
    make_conditional(device, true);
    device->write.slots = some_slots(device);
    post(device, queries[chance(device, COUNT_OF(queries))], device->write.slots);
    device->writes = true;
    return true;
}

/* Everything that was sent is told as stored, and nothing else. */
static bool judge_success_list(struct soak_device *device, const struct http_answer *answer)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    uint64_t slots = 0;
    bool told = record_scan_pointer(answer->body, SLICE("/success"), &raw, &offset) ==
                    RECORD_SCAN_OPEN_LIST &&
                soak_reading_ids(device->write.shelf, raw, &slots) && slots == device->sent;
    if (told &&
        record_scan_pointer(answer->body, SLICE("/failed"), &raw, &offset) ==
            RECORD_SCAN_OPEN_OBJECT &&
        slice_is(raw, "{}"))
        return true;
    soak_device_complain(device, answer, "success and failed do not tell what was sent");
    return false;
}

static bool take_post(struct soak_device *device, const struct http_answer *answer)
{
    if (answer->status == 412) {
        judge_condition(device, answer);
        return false;
    }
    judge_success(device, answer);
    (void)judge_success_list(device, answer);
    soak_device_wrote(device, answer);
    return false;
}

/* The part of a batch that goes with this step. */
static uint64_t part_of(uint64_t slots, unsigned step)
{
    static const uint64_t every[PARTS] = { UINT64_C(0x9249249249249249),
                                           UINT64_C(0x2492492492492492),
                                           UINT64_C(0x4924924924924924) };
    return slots & every[step];
}

static bool ask_batch(struct soak_device *device)
{
    struct buf query = buf_bounded((size_t)SOAK_OPAQUE * 4);
    if (device->step == 0) {
        device->batch_asked_ms = clock_monotonic_ms();
        begin_write(device, SOAK_PUT);
        make_conditional(device, true);
        /* Every part has something. */
        device->write.slots = some_slots(device) | 7 | rng_u64(&device->rng.base);
    }
    bool last = device->step == PARTS - 1;
    (void)buf_add_text(&query, device->step == 0 ? "?batch=true" : "?batch=");
    if (device->step > 0)
        (void)http_percent_encode(slice_text(device->batch), &query);
    (void)buf_add_text(&query, last ? "&commit=true" : "");
    const char *text = buf_text(&query);
    if (text != NULL)
        post(device, text, part_of(device->write.slots, device->step));
    buf_free(&query);
    device->writes = last;
    return text != NULL;
}

/* Another device may have deleted the collection, and the open batch with it; on a machine that is
 * slow enough a batch is over before its last part is sent. */
static bool batch_is_gone(struct soak_device *device, const struct http_answer *answer)
{
    bool lives = clock_monotonic_ms() - device->batch_asked_ms < BATCH_LIVES_MS;
    if (device->step == 0 || (lives && undisturbed(device)))
        soak_device_complain(device, answer, "a batch is refused");
    return false;
}

static bool take_batch_id(struct soak_device *device, const struct http_answer *answer)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    if (record_scan_pointer(answer->body, SLICE("/batch"), &raw, &offset) != RECORD_SCAN_STRING ||
        raw.len - 2 >= sizeof(device->batch)) {
        soak_device_complain(device, answer, "an open batch without its id");
        return false;
    }
    memcpy(device->batch, raw.ptr + 1, raw.len - 2);
    device->batch[raw.len - 2] = '\0';
    return true;
}

static bool take_batch(struct soak_device *device, const struct http_answer *answer)
{
    if (answer->status == 400)
        return batch_is_gone(device, answer);
    if (answer->status == 412 || answer->status == (device->writes ? 200 : 412))
        return take_post(device, answer);
    if (answer->status == 202 && !device->writes)
        return judge_success_list(device, answer) && take_batch_id(device, answer);
    soak_device_complain(device, answer, "202 is for open batches, 200 for committed ones");
    return false;
}

static bool ask_put(struct soak_device *device)
{
    begin_write(device, SOAK_PUT);
    struct soak_write *write = &device->write;
    struct soak_request *request = &device->request;
    unsigned slot = (unsigned)chance(device, SOAK_SLOTS);
    write->slots = UINT64_C(1) << slot;
    make_conditional(device, false);
    soak_request_begin(request, HTTP_METHOD_PUT, device->user->uid, "");
    soak_request_name(request, write->shelf, slot);
    soak_request_record(request, write->shelf, slot, write->number);
    request->unmodified = write->condition;
    if (write->condition < 0 && chance(device, 2) == 0)
        request->unmodified = far_future;
    device->writes = true;
    return true;
}

static bool take_put(struct soak_device *device, const struct http_answer *answer)
{
    int64_t body;
    if (answer->status == 412) {
        judge_condition(device, answer);
        return false;
    }
    judge_success(device, answer);
    if (!stamp_parse(answer->body, &body) || body != soak_device_modified(answer))
        soak_device_complain(device, answer, "the body is not the time of X-Last-Modified");
    soak_device_wrote(device, answer);
    /* What the other device wrote to the collection before is still to be read. */
    device->known[device->write.shelf] = -1;
    return false;
}

static void delete_at(struct soak_device *device, unsigned slot)
{
    soak_request_begin(&device->request, HTTP_METHOD_DELETE, device->user->uid, "");
    soak_request_name(&device->request, device->write.shelf, slot);
    device->writes = true;
}

static bool ask_delete_item(struct soak_device *device)
{
    begin_write(device, SOAK_DROP);
    unsigned slot = (unsigned)chance(device, SOAK_SLOTS);
    device->write.slots = UINT64_C(1) << slot;
    delete_at(device, slot);
    return true;
}

/* Something that is there for sure: it exists, and nobody else deletes it meanwhile. */
static bool begin_delete(struct soak_device *device, enum soak_kind kind, uint64_t slots)
{
    struct soak_user *user = device->user;
    begin_write(device, kind);
    if (user->deleting != NULL || !soak_shelf_exists(&user->contents.shelves[device->write.shelf]))
        return false;
    user->deleting = device;
    device->write.slots = slots;
    delete_at(device, SOAK_SLOTS);
    return true;
}

static bool ask_delete_ids(struct soak_device *device)
{
    if (!begin_delete(device, SOAK_DROP, some_slots(device)))
        return false;
    const char *comma = "?ids=";
    for (unsigned slot = 0; slot < SOAK_SLOTS; slot++) {
        char id[SOAK_ID];
        if (((device->write.slots >> slot) & 1) == 0)
            continue;
        soak_id(device->write.shelf, slot, id);
        (void)buf_add_format(&device->request.target, "%s%s", comma, id);
        comma = ",";
    }
    return true;
}

static bool ask_delete_collection(struct soak_device *device)
{
    return begin_delete(device, SOAK_REMOVE, UINT64_MAX);
}

/* A record that is not there is 404. */
static bool take_delete_item(struct soak_device *device, const struct http_answer *answer)
{
    const struct soak_write *write = &device->write;
    const struct soak_slot *slot =
        &device->user->contents.shelves[write->shelf].slots[__builtin_ctzll(write->slots)];
    if (undisturbed(device) && (slot->number != 0) != (answer->status != 404))
        soak_device_complain(device, answer,
                             slot->number != 0 ? "there was something to delete"
                                               : "there was nothing to delete");
    if (answer->status != 404)
        soak_device_wrote(device, answer);
    return false;
}

static bool take_delete(struct soak_device *device, const struct http_answer *answer)
{
    soak_device_wrote(device, answer);
    return false;
}

static const int put_statuses[] = { 200, 201, 412, 0 };
static const int post_statuses[] = { 200, 412, 0 };
static const int batch_statuses[] = { 200, 202, 400, 412, 0 };
static const int delete_statuses[] = { 200, 204, 0 };
static const int delete_item_statuses[] = { 200, 204, 404, 0 };

static const struct soak_action actions[] = {
    { "post", 290, ask_post, take_post, post_statuses },
    { "batch", 30, ask_batch, take_batch, batch_statuses },
    { "put", 45, ask_put, take_put, put_statuses },
    { "delete item", 40, ask_delete_item, take_delete_item, delete_item_statuses },
    { "delete ids", 50, ask_delete_ids, take_delete, delete_statuses },
    { "delete collection", 10, ask_delete_collection, take_delete, delete_statuses },
};

const struct soak_action *soak_write_action(size_t index)
{
    return index < COUNT_OF(actions) ? &actions[index] : NULL;
}
