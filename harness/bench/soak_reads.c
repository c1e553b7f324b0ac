/* What a device reads: names and times of collections, records, lists in pages. */
#include "bench/soak_device.h"

#include "base/stamp.h"
#include "http/target.h"
#include "record/scan.h"

#include <inttypes.h>
#include <stdio.h>

static unsigned any_shelf(struct soak_device *device)
{
    return (unsigned)rng_below(&device->rng.base, SOAK_SHELVES);
}

static bool ask_path(struct soak_device *device, const char *path)
{
    soak_request_begin(&device->request, HTTP_METHOD_GET, device->user->uid, path);
    device->generation = device->user->generation;
    device->alone = device->user->writing == 0;
    return true;
}

static bool ask_collections(struct soak_device *device)
{
    return ask_path(device, "/info/collections");
}

static bool ask_daily_collections(struct soak_device *device)
{
    return ask_path(device, "/info/collections?v=1.155.0");
}

static bool ask_configuration(struct soak_device *device)
{
    return ask_path(device, "/info/configuration");
}

static bool ask_counts(struct soak_device *device)
{
    return ask_path(device, "/info/collection_counts");
}

static bool ask_usage(struct soak_device *device)
{
    return ask_path(device, "/info/collection_usage");
}

static bool ask_quota(struct soak_device *device)
{
    return ask_path(device, "/info/quota");
}

/* The body is JSON; what it says is looked at by audits. */
static bool take_json(struct soak_device *device, const struct http_answer *answer)
{
    struct record_scan scan = record_scan_of(answer->body);
    enum record_token token = record_scan_next(&scan);
    if ((token != RECORD_SCAN_OPEN_OBJECT && token != RECORD_SCAN_OPEN_LIST) ||
        !record_scan_skip(&scan, token) || record_scan_next(&scan) != RECORD_SCAN_END)
        soak_device_complain(device, answer, "the body is not the JSON that it has to be");
    return false;
}

/* Every collection's time is one that it had since the request was sent. */
static bool take_collections(struct soak_device *device, const struct http_answer *answer)
{
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        char pointer[SOAK_ID];
        struct slice raw = { 0 };
        size_t offset = 0;
        int64_t stamp = 0;
        const struct soak_shelf *shelf = &device->user->contents.shelves[i];
        (void)snprintf(pointer, sizeof(pointer), "/%s", soak_shelf_rows[i].name);
        bool named = record_scan_pointer(answer->body, slice_text(pointer), &raw, &offset) ==
                         RECORD_SCAN_NUMBER &&
                     stamp_parse(raw, &stamp);
        if (soak_device_undisturbed(device) &&
            (named != soak_shelf_exists(shelf) || (named && stamp != shelf->modified)))
            soak_device_complain(device, answer,
                                 "a collection's time is not that of its last write");
        if (named && shelf->modified <= device->floor && stamp < shelf->modified)
            soak_device_complain(device, answer, "a collection's time is before a write to it");
        if (named)
            device->known[i] = device->known[i] > stamp ? device->known[i] : stamp;
    }
    return take_json(device, answer);
}

static bool ask_if_modified(struct soak_device *device)
{
    unsigned shelf = any_shelf(device);
    if (device->known[shelf] < 0)
        return false;
    (void)ask_path(device, "");
    soak_device_begin_list(device, shelf);
    soak_request_name(&device->request, shelf, SOAK_SLOTS);
    (void)buf_add_text(&device->request.target, "?limit=1");
    device->request.modified = device->known[shelf];
    return true;
}

static bool take_if_modified(struct soak_device *device, const struct http_answer *answer)
{
    const struct soak_shelf *shelf = &device->user->contents.shelves[device->reading.shelf];
    bool changed = soak_shelf_exists(shelf) && shelf->modified > device->request.modified;
    if (soak_device_undisturbed(device) && changed != (answer->status == 200) &&
        soak_shelf_exists(shelf))
        soak_device_complain(device, answer,
                             changed ? "there is something new" : "there is nothing new");
    return false;
}

static bool ask_item(struct soak_device *device)
{
    unsigned shelf = any_shelf(device);
    (void)ask_path(device, "");
    soak_device_begin_list(device, shelf);
    device->write.slots = rng_below(&device->rng.base, SOAK_SLOTS);
    soak_request_name(&device->request, shelf, (unsigned)device->write.slots);
    return true;
}

static bool take_item(struct soak_device *device, const struct http_answer *answer)
{
    unsigned slot = (unsigned)device->write.slots;
    const struct soak_slot *must =
        &device->user->contents.shelves[device->reading.shelf].slots[slot];
    if (answer->status == 404) {
        if (soak_device_undisturbed(device) && must->number != 0)
            soak_device_complain(device, answer, "a record that was written is not there");
        return false;
    }
    if (soak_device_read(device, answer) && device->reading.here != UINT64_C(1) << slot)
        soak_device_complain(device, answer, "another record than the one asked for");
    return false;
}

/* As Firefox asks; `limit` is small, so that there are pages. */
static const struct {
    const char *query;
    bool newer, ids_only;
    enum soak_order order;
} lists[] = {
    { "full=1&limit=1000", false, false, SOAK_ANY_ORDER },
    { "full=1&limit=1000", true, false, SOAK_ANY_ORDER },
    { "full=1&limit=1000", true, false, SOAK_ANY_ORDER },
    { "full=1&sort=oldest&limit=10", true, false, SOAK_OLDEST },
    { "full=1&sort=newest&limit=7", true, false, SOAK_NEWEST },
    { "full=1&sort=index&limit=12", false, false, SOAK_ANY_ORDER },
    { "full=1&limit=16", false, false, SOAK_ANY_ORDER },
    { "limit=25", true, true, SOAK_ANY_ORDER },
};

static void choose_list(struct soak_device *device)
{
    size_t row = (size_t)rng_below(&device->rng.base, COUNT_OF(lists));
    soak_device_begin_list(device, any_shelf(device));
    device->reading.ids_only = lists[row].ids_only;
    device->reading.order = lists[row].order;
    int64_t known = device->known[device->reading.shelf];
    char newer[STAMP_TEXT_MAX];
    (void)snprintf(device->query, sizeof(device->query), "?%s", lists[row].query);
    if (!lists[row].newer || known < 0)
        return;
    stamp_text(known, newer);
    device->newer = known;
    (void)snprintf(device->query, sizeof(device->query), "?newer=%s&%s", newer, lists[row].query);
}

static bool ask_list(struct soak_device *device)
{
    if (device->step == 0)
        choose_list(device);
    struct soak_request *request = &device->request;
    soak_request_begin(request, HTTP_METHOD_GET, device->user->uid, "");
    soak_request_name(request, device->reading.shelf, SOAK_SLOTS);
    (void)buf_add_text(&request->target, device->query);
    if (device->offset[0] != '\0') {
        (void)buf_add_text(&request->target, "&offset=");
        (void)http_percent_encode(slice_text(device->offset), &request->target);
        request->unmodified = device->list_modified;
    }
    return true;
}

/* The whole list against what must be there. */
static void judge_list(struct soak_device *device, const struct http_answer *answer)
{
    const struct soak_shelf *shelf = &device->user->contents.shelves[device->reading.shelf];
    for (unsigned slot = 0; soak_device_undisturbed(device) && slot < SOAK_SLOTS; slot++) {
        const struct soak_slot *must = &shelf->slots[slot];
        bool belongs = must->number != 0 && must->stamp > device->newer;
        if (belongs != (((device->reading.here >> slot) & 1) != 0)) {
            soak_device_complain(device, answer,
                                 belongs ? "a record that was written is not in the list"
                                         : "a record is in the list that has no place there");
            return;
        }
    }
}

static bool take_list(struct soak_device *device, const struct http_answer *answer)
{
    const struct slice *next = http_fields_get(&answer->fields, "X-Weave-Next-Offset");
    int64_t modified = soak_device_modified(answer);
    if (answer->status == 412 || answer->status == 404) {
        if (answer->status == 412 && soak_device_undisturbed(device))
            soak_device_complain(device, answer, "nothing was changed between two pages");
        return false;
    }
    if (device->step > 0 && modified != device->list_modified && soak_device_undisturbed(device))
        soak_device_complain(device, answer, "X-Last-Modified differs between pages");
    device->list_modified = modified;
    if (!soak_device_read(device, answer))
        return false;
    if (next != NULL && next->len < sizeof(device->offset)) {
        memcpy(device->offset, next->ptr, next->len);
        device->offset[next->len] = '\0';
        return true;
    }
    judge_list(device, answer);
    device->known[device->reading.shelf] = modified > 0 ? modified : -1;
    return false;
}

static bool ask_ids(struct soak_device *device)
{
    unsigned shelf = any_shelf(device);
    uint64_t wanted = rng_u64(&device->rng.base);
    wanted &= rng_u64(&device->rng.base); /* a quarter of them */
    (void)ask_path(device, "");
    soak_device_begin_list(device, shelf);
    soak_request_name(&device->request, shelf, SOAK_SLOTS);
    (void)buf_add_text(&device->request.target, "?full=1&sort=newest&ids=");
    const char *comma = "";
    for (unsigned slot = 0; slot < SOAK_SLOTS; slot++) {
        char id[SOAK_ID];
        if (((wanted >> slot) & 1) == 0)
            continue;
        soak_id(shelf, slot, id);
        (void)buf_add_format(&device->request.target, "%s%s", comma, id);
        comma = ",";
    }
    (void)buf_add_text(&device->request.target, "&limit=1000");
    device->reading.order = SOAK_NEWEST;
    return wanted != 0;
}

static bool take_ids(struct soak_device *device, const struct http_answer *answer)
{
    if (answer->status == 200)
        (void)soak_device_read(device, answer);
    return false;
}

static const int always[] = { 200, 0 };
static const int if_there[] = { 200, 404, 0 };
static const int if_unchanged[] = { 200, 404, 412, 0 };
static const int if_new[] = { 200, 304, 404, 0 };

static const struct soak_action actions[] = {
    { "collections", 120, ask_collections, take_collections, always },
    { "daily collections", 4, ask_daily_collections, take_collections, always },
    { "configuration", 80, ask_configuration, take_json, always },
    { "counts", 4, ask_counts, take_json, always },
    { "usage", 2, ask_usage, take_json, always },
    { "quota", 4, ask_quota, take_json, always },
    { "if modified", 20, ask_if_modified, take_if_modified, if_new },
    { "item", 80, ask_item, take_item, if_there },
    { "list", 110, ask_list, take_list, if_unchanged },
    { "ids", 16, ask_ids, take_ids, if_there },
};

const struct soak_action *soak_read_action(size_t index)
{
    return index < COUNT_OF(actions) ? &actions[index] : NULL;
}
