/* Alone with a user: reads all of its data back and compares, or deletes it all. */
#include "bench/soak_device.h"

#include "base/stamp.h"
#include "http/target.h"
#include "record/scan.h"

#include <inttypes.h>
#include <stdio.h>

enum { WHY = 2048 };

/* The number that info tells of a collection; false when it does not name it. */
static bool told(const struct http_answer *answer, unsigned shelf, struct slice *ret_raw)
{
    char pointer[SOAK_ID];
    size_t offset = 0;
    (void)snprintf(pointer, sizeof(pointer), "/%s", soak_shelf_rows[shelf].name);
    return record_scan_pointer(answer->body, slice_text(pointer), ret_raw, &offset) ==
           RECORD_SCAN_NUMBER;
}

static unsigned count_members(struct slice object)
{
    struct record_scan scan = record_scan_of(object);
    enum record_token token;
    unsigned count = 0;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return UINT32_MAX;
    while ((token = record_scan_next(&scan)) == RECORD_SCAN_KEY) {
        token = record_scan_next(&scan);
        if (!record_scan_skip(&scan, token))
            break;
        count++;
    }
    return token == RECORD_SCAN_CLOSE_OBJECT ? count : UINT32_MAX;
}

static bool take_times(struct soak_device *device, const struct http_answer *answer)
{
    unsigned named = 0;
    device->seen = (struct soak_contents){ 0 };
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        struct slice raw;
        if (!told(answer, i, &raw))
            continue;
        named++;
        if (!stamp_parse(raw, &device->seen.shelves[i].modified))
            soak_device_complain(device, answer, "a time that cannot be read");
    }
    if (count_members(answer->body) != named)
        soak_device_complain(device, answer, "collections that nobody wrote");
    device->shelf = 0;
    return true;
}

/* The next collection that exists, from device->shelf on. */
static bool find_shelf(struct soak_device *device)
{
    while (device->shelf < SOAK_SHELVES && !soak_shelf_exists(&device->seen.shelves[device->shelf]))
        device->shelf++;
    return device->shelf < SOAK_SHELVES;
}

static bool take_page(struct soak_device *device, const struct http_answer *answer)
{
    const struct slice *next = http_fields_get(&answer->fields, "X-Weave-Next-Offset");
    struct soak_shelf *shelf = &device->seen.shelves[device->shelf];
    struct soak_reading *reading = &device->reading;
    const char *wrong = soak_reading_add(reading, answer->body, &device->scratch);
    if (wrong != NULL || soak_device_modified(answer) != shelf->modified) {
        soak_device_complain(device, answer,
                             wrong != NULL ? wrong : "another time than in info/collections");
        return false;
    }
    if (next != NULL && next->len < sizeof(device->offset)) {
        memcpy(device->offset, next->ptr, next->len);
        device->offset[next->len] = '\0';
        return true;
    }
    for (unsigned slot = 0; slot < SOAK_SLOTS; slot++) {
        shelf->slots[slot] = reading->slots[slot];
        device->user->tally->records_read += reading->slots[slot].number != 0;
    }
    device->offset[0] = '\0';
    device->shelf++;
    return true;
}

/* Whether the counts are those of what was read. */
static void judge_counts(struct soak_device *device, const struct http_answer *answer)
{
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        const struct soak_shelf *shelf = &device->seen.shelves[i];
        struct slice raw;
        uint64_t count;
        bool named = told(answer, i, &raw) && slice_to_u64(raw, &count);
        unsigned is = soak_shelf_count(shelf);
        if ((named ? count : 0) != is || (named && !soak_shelf_exists(shelf)))
            soak_device_complain(device, answer, "a count is not that of the records");
    }
}

static bool take_counts(struct soak_device *device, const struct http_answer *answer)
{
    struct soak_user *user = device->user;
    struct buf why = buf_bounded(WHY);
    judge_counts(device, answer);
    user->doubt.floor = user->floor;
    if (!soak_contents_explain(&user->contents, &device->seen, &user->doubt, &why))
        soak_tally_violation(user->tally, "user %" PRIu64 ":%.*s", user->uid,
                             SLICE_FMT(buf_slice(&why)));
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        if (device->seen.shelves[i].modified > user->floor)
            user->floor = device->seen.shelves[i].modified;
    }
    buf_free(&why);
    user->doubt.count = 0;
    user->wants_audit = false;
    user->tally->audits++;
    return false;
}

static bool ask_audit(struct soak_device *device)
{
    struct soak_request *request = &device->request;
    uint64_t uid = device->user->uid;
    if (device->step == 0) {
        soak_request_begin(request, HTTP_METHOD_GET, uid, "/info/collections");
        return true;
    }
    if (!find_shelf(device)) {
        soak_request_begin(request, HTTP_METHOD_GET, uid, "/info/collection_counts");
        return true;
    }
    soak_request_begin(request, HTTP_METHOD_GET, uid, "");
    soak_request_name(request, device->shelf, SOAK_SLOTS);
    (void)buf_add_text(&request->target, "?full=1&limit=30");
    if (device->step == 1 || device->offset[0] == '\0') {
        device->reading = soak_reading_of(device->shelf);
        device->offset[0] = '\0';
    } else {
        (void)buf_add_text(&request->target, "&offset=");
        (void)http_percent_encode(slice_text(device->offset), &request->target);
    }
    return true;
}

static bool take_audit(struct soak_device *device, const struct http_answer *answer)
{
    if (device->step == 0)
        return take_times(device, answer);
    return device->shelf < SOAK_SHELVES ? take_page(device, answer) : take_counts(device, answer);
}

/* First everything, then, as Firefox does it, a collection that is not there. */
static bool ask_wipe(struct soak_device *device)
{
    struct soak_request *request = &device->request;
    bool all = device->step == 0;
    soak_request_begin(request, HTTP_METHOD_DELETE, device->user->uid, all ? "/storage" : "");
    if (!all)
        soak_request_name(request, 0, SOAK_SLOTS);
    request->wipes = all;
    device->write = (struct soak_write){ .kind = SOAK_WIPE, .condition = -1, .slots = UINT64_MAX };
    device->writes = all;
    return true;
}

static bool take_wipe(struct soak_device *device, const struct http_answer *answer)
{
    device->user->wants_wipe = false;
    if (device->step > 0) {
        if (soak_device_modified(answer) > device->user->floor)
            soak_device_complain(device, answer, "a new time although nothing was deleted");
        return false;
    }
    if (answer->status != 404)
        soak_device_wrote(device, answer);
    return true;
}

static const int always[] = { 200, 0 };
static const int deleted[] = { 200, 204, 404, 0 };

const struct soak_action soak_audit = { "audit", 3, ask_audit, take_audit, always };
const struct soak_action soak_wipe = { "wipe", 1, ask_wipe, take_wipe, deleted };
