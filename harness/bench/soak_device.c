#include "bench/soak_device.h"

#include "base/clock.h"
#include "base/stamp.h"

#include <inttypes.h>

enum { RETRY_SECONDS_MAX = 3600 };

bool soak_device_init(struct soak_device *device, struct soak_user *user, uint64_t seed)
{
    *device = (struct soak_device){
        .user = user,
        .rng = rng_seeded_with(seed),
        .request = soak_request_empty(),
        .scratch = buf_bounded(SOAK_SCRATCH),
    };
    for (size_t i = 0; i < SOAK_SHELVES; i++)
        device->known[i] = -1;
    return buf_reserve(&device->scratch, SOAK_SCRATCH / 2);
}

void soak_device_free(struct soak_device *device)
{
    soak_request_free(&device->request);
    buf_free(&device->scratch);
}

int64_t soak_device_modified(const struct http_answer *answer)
{
    const struct slice *value = http_fields_get(&answer->fields, "X-Last-Modified");
    int64_t stamp;
    return value != NULL && stamp_parse(*value, &stamp) ? stamp : -1;
}

void soak_device_complain(struct soak_device *device, const struct http_answer *answer,
                          const char *what)
{
    soak_tally_violation(device->user->tally, "%s %.*s: status %d: %s",
                         http_method_name(device->request.method),
                         SLICE_FMT(buf_slice(&device->request.target)), answer->status, what);
}

void soak_device_wrote(struct soak_device *device, const struct http_answer *answer)
{
    int64_t stamp = soak_device_modified(answer);
    if (stamp < 0) {
        soak_device_complain(device, answer, "a write without X-Last-Modified");
        return;
    }
    device->writes = false;
    soak_user_acknowledged(device->user, &device->write, stamp, device->floor);
    device->known[device->write.shelf] = device->write.kind == SOAK_PUT ? stamp : -1;
}

bool soak_device_undisturbed(const struct soak_device *device)
{
    return device->alone && device->generation == device->user->generation;
}

void soak_device_begin_list(struct soak_device *device, unsigned shelf)
{
    device->reading = soak_reading_of(shelf);
    device->list_floor = device->user->floor;
    device->list_modified = -1;
    device->newer = -1;
    device->generation = device->user->generation;
    device->alone = device->user->writing == 0;
    device->offset[0] = '\0';
}

/* Whether some device is about to write that number. */
static bool may_have_written(const struct soak_device *device, uint64_t number)
{
    return number > 0 && number <= device->user->numbers;
}

/* A record that was read against what is known of it now. */
static const char *judge_slot(const struct soak_device *device, unsigned slot)
{
    const struct soak_slot *is = &device->reading.slots[slot];
    const struct soak_slot *must =
        &device->user->contents.shelves[device->reading.shelf].slots[slot];
    if (is->stamp <= device->newer)
        return "a record is not newer than what was asked for";
    if (is->stamp == must->stamp)
        return is->number == must->number ? NULL : "a record is not the one written at its time";
    if (is->stamp < must->stamp && must->stamp <= device->list_floor)
        return must->number == 0 ? "a record that was deleted is back"
                                 : "a record is older than the write that was acknowledged";
    if (is->stamp > must->stamp &&
        (!may_have_written(device, is->number) || soak_device_undisturbed(device)))
        return "a record is newer than anything that was written";
    return NULL;
}

bool soak_device_read(struct soak_device *device, const struct http_answer *answer)
{
    struct soak_reading *reading = &device->reading;
    uint64_t before = reading->here;
    const char *wrong = answer->body.len > 0 && answer->body.ptr[0] == '{'
                            ? soak_reading_add_one(reading, answer->body, &device->scratch)
                            : soak_reading_add(reading, answer->body, &device->scratch);
    for (unsigned slot = 0; wrong == NULL && slot < SOAK_SLOTS; slot++) {
        if (((reading->here & ~before) >> slot & 1) == 0)
            continue;
        device->user->tally->records_read++;
        if (!reading->ids_only)
            wrong = judge_slot(device, slot);
    }
    if (wrong != NULL)
        soak_device_complain(device, answer, wrong);
    return wrong == NULL;
}

/* Half of what is asked for is read, as in recorded syncs; within each half by weight. */
static const struct soak_action *choose(struct soak_device *device)
{
    const struct soak_action *(*const tables[])(size_t) = { soak_read_action, soak_write_action };
    const struct soak_action *action;
    uint64_t total = 0;
    for (size_t table = 0; table < COUNT_OF(tables); table++) {
        for (size_t i = 0; (action = tables[table](i)) != NULL; i++)
            total += action->weight;
    }
    uint64_t at = rng_below(&device->rng.base, total + soak_audit.weight + soak_wipe.weight);
    for (size_t table = 0; table < COUNT_OF(tables); table++) {
        for (size_t i = 0; (action = tables[table](i)) != NULL; i++) {
            if (at < action->weight)
                return action;
            at -= action->weight;
        }
    }
    return at < soak_audit.weight ? &soak_audit : &soak_wipe;
}

static void begin_action(struct soak_device *device, bool last)
{
    struct soak_user *user = device->user;
    device->step = 0;
    if (user->wants_wipe)
        device->action = &soak_wipe;
    else if (user->wants_audit)
        device->action = &soak_audit;
    else
        device->action = last ? NULL : choose(device);
    if (device->action == &soak_wipe || device->action == &soak_audit)
        user->only = device;
}

static void end_action(struct soak_device *device)
{
    device->action = NULL;
    if (device->user->only == device)
        device->user->only = NULL;
}

bool soak_device_ask(struct soak_device *device, bool last)
{
    struct soak_user *user = device->user;
    if (device->asking || device->wait_until_ms > clock_monotonic_ms() ||
        (user->only != NULL && user->only != device))
        return false;
    if (device->action == NULL)
        begin_action(device, last);
    if (device->action == NULL || (user->only == device && user->under_way > 0))
        return false;
    device->writes = false;
    if (!device->action->ask(device)) {
        end_action(device);
        return false;
    }
    device->asking = true;
    device->floor = user->floor;
    user->under_way++;
    if (device->writes)
        soak_user_sends(user);
    return true;
}

static bool is_listed(const int *statuses, int status)
{
    while (*statuses != 0 && *statuses != status)
        statuses++;
    return *statuses != 0;
}

/* The server asks to come again: it has done nothing. */
static void come_again(struct soak_device *device, const struct http_answer *answer)
{
    const struct slice *value = http_fields_get(&answer->fields, "Retry-After");
    uint64_t seconds;
    if (value == NULL || !slice_to_u64(*value, &seconds) || seconds > RETRY_SECONDS_MAX) {
        soak_device_complain(device, answer, "no Retry-After");
        seconds = 1;
    }
    device->wait_until_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
}

static bool judge(struct soak_device *device, const struct http_answer *answer)
{
    if (answer->status == 503 || answer->status == 409) {
        come_again(device, answer);
        return false;
    }
    if (!is_listed(device->action->statuses, answer->status)) {
        soak_device_complain(device, answer, "nothing explains it");
        return false;
    }
    if (http_fields_count(&answer->fields, "X-Weave-Timestamp") != 1)
        soak_device_complain(device, answer, "no X-Weave-Timestamp");
    return device->action->take(device, answer);
}

static void stop_deleting(struct soak_device *device)
{
    if (device->user->deleting == device)
        device->user->deleting = NULL;
}

void soak_device_answer(struct soak_device *device, const struct http_answer *answer)
{
    device->asking = false;
    device->user->under_way--;
    stop_deleting(device);
    bool goes_on = judge(device, answer);
    if (device->writes)
        soak_user_refused(device->user);
    device->writes = false;
    device->step++;
    if (!goes_on)
        end_action(device);
}

void soak_device_lose(struct soak_device *device)
{
    if (device->asking)
        device->user->under_way--;
    if (device->asking && device->writes)
        soak_user_lost(device->user, &device->write);
    device->asking = false;
    device->writes = false;
    device->wait_until_ms = 0;
    stop_deleting(device);
    for (size_t i = 0; i < SOAK_SHELVES; i++)
        device->known[i] = -1;
    end_action(device);
}
