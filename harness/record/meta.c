#include "record/meta.h"

#include "record/member.h"

struct reading {
    struct record_scan scan;
    struct arena *arena;
    struct record_meta meta;
    struct record_engine **engine_end; /* where the next one is hung */
    struct record_declined **declined_end;
};

static const char not_json[] = "the payload is one JSON object";
static const char no_room[] = "there is memory for it";
static const char repeated[] = "a key stands once";

/* The decoded text of what stood between quotes.  NULL, or the rule. */
static const char *decode(struct reading *reading, struct slice raw, struct slice *ret_text)
{
    *ret_text = raw;
    if (slice_find(raw, '\\') == raw.len)
        return NULL;
    uint8_t *room = arena_alloc(reading->arena, raw.len, 1);
    if (room == NULL)
        return no_room;
    struct buf text = { .ptr = room, .cap = raw.len, .ceiling = raw.len };
    if (!record_scan_unescape(raw, &text))
        return "a string has no half of a surrogate pair";
    *ret_text = buf_slice(&text);
    return NULL;
}

static const char *read_storage_version(struct reading *reading, enum record_token token)
{
    bool whole = token == RECORD_SCAN_NUMBER &&
                 slice_to_u64(reading->scan.raw, &reading->meta.storage_version);
    return whole ? NULL : "storageVersion is an integer";
}

static const char *read_sync_id(struct reading *reading, enum record_token token)
{
    if (token != RECORD_SCAN_STRING || reading->scan.raw.len == 0)
        return "syncID is a text that is not empty";
    return decode(reading, reading->scan.raw, &reading->meta.sync_id);
}

/* The members of one engine. */
static const char *read_engine_members(struct reading *reading, struct record_engine *engine)
{
    static const char shape[] =
        "an engine is an object with an integer version and a text syncID, each once";
    struct slice key = { 0 };
    enum record_token token;
    bool has_version = false;
    bool has_sync_id = false;
    while ((token = record_member_next(&reading->scan, &key)) != RECORD_SCAN_CLOSE_OBJECT) {
        const char *rule = NULL;
        if (token == RECORD_SCAN_BAD)
            return not_json;
        if (record_scan_reads(key, SLICE("version"))) {
            if (has_version || token != RECORD_SCAN_NUMBER ||
                !slice_to_u64(reading->scan.raw, &engine->version))
                return shape;
            has_version = true;
        } else if (record_scan_reads(key, SLICE("syncID"))) {
            if (has_sync_id || token != RECORD_SCAN_STRING)
                return shape;
            has_sync_id = true;
            rule = decode(reading, reading->scan.raw, &engine->sync_id);
        }
        if (rule != NULL)
            return rule;
        if (!record_scan_skip(&reading->scan, token))
            return not_json;
    }
    return has_version && has_sync_id ? NULL : shape;
}

static const struct record_engine *find_engine(const struct record_meta *meta, struct slice name)
{
    const struct record_engine *engine = meta->engines;
    while (engine != NULL && !slice_eq(engine->name, name))
        engine = engine->next;
    return engine;
}

static const char *read_engine(struct reading *reading, struct slice raw, enum record_token token)
{
    struct slice name;
    if (token != RECORD_SCAN_OPEN_OBJECT)
        return "engines is an object of objects by engine name";
    if (reading->meta.engine_count == RECORD_META_ENGINES)
        return "there are at most 256 engines";
    const char *rule = decode(reading, raw, &name);
    if (rule != NULL)
        return rule;
    if (find_engine(&reading->meta, name) != NULL)
        return repeated;
    struct record_engine *engine = arena_new_object(reading->arena, struct record_engine);
    if (engine == NULL)
        return no_room;
    engine->name = name;
    *reading->engine_end = engine;
    reading->engine_end = &engine->next;
    reading->meta.engine_count++;
    return read_engine_members(reading, engine);
}

static const char *read_engines(struct reading *reading, enum record_token token)
{
    struct slice name = { 0 };
    if (token != RECORD_SCAN_OPEN_OBJECT)
        return "engines is an object of objects by engine name";
    while ((token = record_member_next(&reading->scan, &name)) != RECORD_SCAN_CLOSE_OBJECT) {
        const char *rule = token == RECORD_SCAN_BAD ? not_json : read_engine(reading, name, token);
        if (rule != NULL)
            return rule;
    }
    return NULL;
}

static const char *read_declined(struct reading *reading, enum record_token token)
{
    static const char shape[] = "declined is a list of at most 256 texts";
    if (token != RECORD_SCAN_OPEN_LIST)
        return shape;
    while ((token = record_scan_next(&reading->scan)) != RECORD_SCAN_CLOSE_LIST) {
        if (token != RECORD_SCAN_STRING || reading->meta.declined_count == RECORD_META_ENGINES)
            return token == RECORD_SCAN_BAD ? not_json : shape;
        struct record_declined *declined = arena_new_object(reading->arena, struct record_declined);
        if (declined == NULL)
            return no_room;
        const char *rule = decode(reading, reading->scan.raw, &declined->name);
        if (rule != NULL)
            return rule;
        *reading->declined_end = declined;
        reading->declined_end = &declined->next;
        reading->meta.declined_count++;
    }
    return NULL;
}

/* Each reads the value just begun, and returns NULL or the rule that it breaks. */
static const struct field {
    struct slice key;
    const char *(*read)(struct reading *reading, enum record_token token);
} fields[] = {
    { SLICE_INIT("storageVersion"), read_storage_version },
    { SLICE_INIT("syncID"), read_sync_id },
    { SLICE_INIT("engines"), read_engines },
    { SLICE_INIT("declined"), read_declined },
};

enum { NEEDED = 3 }; /* the rows of storageVersion and syncID */

static const char *read_member(struct reading *reading, struct slice key, enum record_token token,
                               unsigned *seen)
{
    size_t row = 0;
    while (row < COUNT_OF(fields) && !record_scan_reads(key, fields[row].key))
        row++;
    if (row == COUNT_OF(fields))
        return record_scan_skip(&reading->scan, token) ? NULL : not_json;
    if ((*seen >> row & 1) != 0)
        return repeated;
    *seen |= 1U << row;
    return fields[row].read(reading, token);
}

static const char *read_all(struct reading *reading)
{
    struct slice key = { 0 };
    enum record_token token;
    unsigned seen = 0; /* a bit per row */
    if (record_scan_next(&reading->scan) != RECORD_SCAN_OPEN_OBJECT)
        return not_json;
    while ((token = record_member_next(&reading->scan, &key)) != RECORD_SCAN_CLOSE_OBJECT) {
        const char *rule =
            token == RECORD_SCAN_BAD ? not_json : read_member(reading, key, token, &seen);
        if (rule != NULL)
            return rule;
    }
    if (record_scan_next(&reading->scan) != RECORD_SCAN_END)
        return not_json;
    return (seen & NEEDED) == NEEDED ? NULL : "there are storageVersion and syncID";
}

const char *record_meta_read(struct slice payload, struct arena *arena,
                             struct record_meta *ret_meta)
{
    struct reading reading = { .scan = record_scan_of(payload), .arena = arena };
    reading.engine_end = &reading.meta.engines;
    reading.declined_end = &reading.meta.declined;
    const char *rule = read_all(&reading);
    if (rule == NULL)
        *ret_meta = reading.meta;
    return rule;
}

enum record_meta_use record_meta_use_of(const struct record_meta *meta)
{
    if (meta->storage_version == RECORD_META_VERSION)
        return RECORD_META_READ_WRITE;
    return meta->storage_version < RECORD_META_VERSION ? RECORD_META_READ : RECORD_META_HANDS_OFF;
}

enum record_meta_engine record_meta_engine_of(const struct record_meta *meta, struct slice name)
{
    if (find_engine(meta, name) != NULL)
        return RECORD_ENGINE_ENABLED;
    const struct record_declined *declined = meta->declined;
    while (declined != NULL && !slice_eq(declined->name, name))
        declined = declined->next;
    return declined == NULL ? RECORD_ENGINE_UNDECIDED : RECORD_ENGINE_DECLINED;
}
