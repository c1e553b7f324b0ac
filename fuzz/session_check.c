#include "fuzz/session_check.h"

#include "fuzz/check.h"
#include "record/scan.h"

#include <jansson.h>
#include <math.h>

enum { COLLECTIONS_MAX = 256, PATH_ROOM = 128 };

/* One walk through a user's data. */
struct walk {
    struct store_txn *txn;
    uint64_t digest;
    uint64_t count, bytes; /* of the collection under way */
    int64_t newest;
};

/* FNV-1a, eight bytes at a time where there are as many.  It is meant to wrap. */
static void mix_word(uint64_t *digest, uint64_t word)
{
    uint64_t mixed = *digest ^ word;
    (void)__builtin_mul_overflow(mixed, UINT64_C(0x100000001b3), &mixed);
    *digest = mixed ^ mixed >> 29;
}

static void mix(uint64_t *digest, struct slice bytes)
{
    for (; bytes.len >= sizeof(uint64_t); bytes = slice_from(bytes, sizeof(uint64_t))) {
        uint64_t word;
        memcpy(&word, bytes.ptr, sizeof(word));
        mix_word(digest, word);
    }
    for (size_t i = 0; i < bytes.len; i++)
        mix_word(digest, bytes.ptr[i]);
}

static void mix_number(uint64_t *digest, int64_t number)
{
    mix(digest, slice_of(&number, sizeof(number)));
}

static bool see_record(void *context, const struct record_bso *bso)
{
    struct walk *walk = context;
    walk->count++;
    walk->bytes += bso->payload.len;
    walk->newest = bso->modified > walk->newest ? bso->modified : walk->newest;
    mix(&walk->digest, bso->id);
    mix(&walk->digest, bso->payload);
    mix_number(&walk->digest, bso->modified);
    mix_number(&walk->digest, bso->expires);
    mix_number(&walk->digest, bso->has_sortindex ? bso->sortindex : INT64_MIN);
    return true;
}

/* The names and sums first: a backend need not list inside of a listing. */
struct sums {
    struct store_collection at[COLLECTIONS_MAX];
    uint8_t names[COLLECTIONS_MAX][LIMIT_COLLECTION_NAME];
    size_t count;
};

static bool see_collection(void *context, const struct store_collection *collection)
{
    struct sums *sums = context;
    if (sums->count == COLLECTIONS_MAX)
        return false;
    FUZZ_CHECK(collection->name.len <= LIMIT_COLLECTION_NAME);
    uint8_t *name = sums->names[sums->count];
    memcpy(name, collection->name.ptr, collection->name.len);
    sums->at[sums->count] = *collection;
    sums->at[sums->count++].name = slice_of(name, collection->name.len);
    return true;
}

static void walk_collection(struct walk *walk, const struct store_collection *collection)
{
    const struct store_query all = {
        .newer = INT64_MIN, .older = INT64_MAX, .order = STORE_BY_ID, .limit = SIZE_MAX
    };
    struct store_sink sink = { .visit = see_record, .context = walk };
    walk->count = walk->bytes = 0;
    walk->newest = 0;
    mix(&walk->digest, collection->name);
    mix_number(&walk->digest, collection->modified);
    FUZZ_CHECK(store_list(walk->txn, collection->name, &all, &sink) == STORE_OK && !sink.more);
    FUZZ_CHECK(walk->count == collection->count && walk->bytes == collection->bytes);
    FUZZ_CHECK(walk->newest <= collection->modified);
}

struct session_state session_state_of(struct session_world *world, unsigned who)
{
    struct walk walk = { .digest = UINT64_C(0xcbf29ce484222325) };
    static struct sums sums;
    struct session_state state = { 0 };
    uint64_t bytes = 0;
    sums.count = 0;
    FUZZ_CHECK(store_begin(world->store, session_world_uid(world, who), STORE_READ,
                           clock_now(&world->clock.base), &walk.txn) == STORE_OK);
    FUZZ_CHECK(store_collections(walk.txn, see_collection, &sums) == STORE_OK);
    state.modified = store_modified(walk.txn);
    for (size_t i = 0; i < sums.count; i++) {
        walk_collection(&walk, &sums.at[i]);
        FUZZ_CHECK(sums.at[i].modified <= state.modified);
        bytes += sums.at[i].bytes;
    }
    FUZZ_CHECK(sums.count == COLLECTIONS_MAX || bytes == store_bytes(walk.txn));
    FUZZ_CHECK(store_batch_bytes(walk.txn, &state.batch_bytes) == STORE_OK);
    store_rollback(walk.txn);
    state.digest = walk.digest;
    return state;
}

static bool same_data(const struct session_state *a, const struct session_state *b)
{
    return a->digest == b->digest && a->modified == b->modified;
}

static bool same(const struct session_state *a, const struct session_state *b)
{
    return same_data(a, b) && a->batch_bytes == b->batch_bytes;
}

/* The time of that field; -1: none, and the field is well-formed when it is there. */
static int64_t time_of(const struct session_world *world, const char *name)
{
    struct slice value;
    char text[STAMP_TEXT_MAX];
    int64_t stamp;
    if (!http_reply_get(&world->reply, name, &value))
        return -1;
    FUZZ_CHECK(stamp_parse(value, &stamp));
    stamp_text(stamp, text);
    FUZZ_CHECK(slice_is(value, text));
    return stamp;
}

static bool may_change(const struct http_request *request)
{
    return request->method == HTTP_METHOD_PUT || request->method == HTTP_METHOD_POST ||
           request->method == HTTP_METHOD_DELETE;
}

void session_check_reply(const struct session_world *world,
                         const struct session_state before[SESSION_USERS],
                         const struct session_state after[SESSION_USERS])
{
    unsigned who = world->asker;
    const struct session_state *old = &before[who], *new = &after[who];
    int status = world->reply.status;
    int64_t modified = time_of(world, "X-Last-Modified");
    FUZZ_CHECK(status >= 200 && status <= 599);
    FUZZ_CHECK(time_of(world, "X-Weave-Timestamp") >= 0);
    if (!may_change(&world->request) || status >= 400)
        FUZZ_CHECK(same(old, new));
    else if (!same_data(old, new)) {
        FUZZ_CHECK(new->modified > old->modified);
        FUZZ_CHECK(modified == -1 || modified == new->modified);
        FUZZ_CHECK(time_of(world, "X-Weave-Timestamp") >= new->modified);
    }
    for (unsigned other = 0; other < SESSION_USERS; other++)
        FUZZ_CHECK(other == who || same(&before[other], &after[other]));
}

/* The body of the reply, which has to be JSON. */
static json_t *body_of(const struct session_world *world)
{
    json_t *json = json_loadb((const char *)world->reply.body.ptr, world->reply.body.len,
                              JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json != NULL);
    return json;
}

static json_t *get(struct session_world *world, unsigned who, const char *path)
{
    session_world_get(world, who, path);
    FUZZ_CHECK(world->reply.status == 200);
    return body_of(world);
}

static bool is_kib(double kib, size_t bytes)
{
    return fabs(kib * 1024 - (double)bytes) < 0.001;
}

/* What one collection lists; the bytes of its payloads. */
static size_t audit_collection(struct session_world *world, unsigned who, const char *name,
                               size_t count)
{
    char path[PATH_ROOM];
    size_t bytes = 0, i;
    json_t *record;
    struct slice records;
    uint64_t told;
    (void)snprintf(path, sizeof(path), "/storage/%s?full=1", name);
    json_t *list = get(world, who, path);
    FUZZ_CHECK(json_is_array(list) && json_array_size(list) == count);
    FUZZ_CHECK(http_reply_get(&world->reply, "X-Weave-Records", &records));
    FUZZ_CHECK(slice_to_u64(records, &told) && told == count);
    json_array_foreach(list, i, record) bytes +=
        json_string_length(json_object_get(record, "payload"));
    json_decref(list);
    return bytes;
}

void session_audit(struct session_world *world, unsigned who)
{
    if (!FUZZ_FOREIGN)
        return;
    struct core_operations *operations = core_operations_of(world->core);
    struct core_operations kept = *operations;
    *operations = (struct core_operations){ 0 };
    json_t *times = get(world, who, "/info/collections");
    json_t *counts = get(world, who, "/info/collection_counts");
    json_t *usage = get(world, who, "/info/collection_usage");
    json_t *quota = get(world, who, "/info/quota");
    FUZZ_CHECK(json_object_size(times) == json_object_size(counts));
    FUZZ_CHECK(json_object_size(times) == json_object_size(usage));
    const char *name;
    json_t *count;
    size_t all = 0;
    json_object_foreach(counts, name, count)
    {
        size_t bytes = audit_collection(world, who, name, (size_t)json_integer_value(count));
        FUZZ_CHECK(is_kib(json_number_value(json_object_get(usage, name)), bytes));
        FUZZ_CHECK(fabs(json_number_value(json_object_get(times, name)) * 100 -
                        (double)time_of(world, "X-Last-Modified")) < 0.5);
        all += bytes;
    }
    FUZZ_CHECK(is_kib(json_number_value(json_array_get(quota, 0)), all));
    json_decref(times);
    json_decref(counts);
    json_decref(usage);
    json_decref(quota);
    *operations = kept;
}
