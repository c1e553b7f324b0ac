/* Ids of records and names of collections. */
#include "base/buf.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define TAKEN "a record is stored under an id that no client asks for"

static bool is_version_segment(struct slice segment)
{
    return slice_is(segment, "1.5") || slice_is(segment, "1.1") || slice_is(segment, "1.0");
}

/* Another target of the same endpoint: ${collection} and ${id} in place of what is there. */
static void retarget(struct fault_call *call, struct slice collection, struct slice id)
{
    if (!is_version_segment(call->version))
        return;
    struct slice query = call->query;
    fault_call_set_target(
        call, fault_call_text(call, "/%.*s/%.*s/storage/%.*s%s%.*s%s%.*s", SLICE_FMT(call->version),
                              SLICE_FMT(call->user), SLICE_FMT(collection), id.len > 0 ? "/" : "",
                              SLICE_FMT(id), query.len > 0 ? "?" : "", SLICE_FMT(query)));
}

static struct slice lower(struct fault_call *call, struct slice text)
{
    uint8_t *room = arena_alloc(call->arena, 1, text.len + 1);
    if (room == NULL)
        return text;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool escaped = (i > 0 && text.ptr[i - 1] == '%') || (i > 1 && text.ptr[i - 2] == '%');
        room[i] = byte >= 'A' && byte <= 'Z' && !escaped ? (uint8_t)(byte | 0x20) : byte;
    }
    return slice_of(room, text.len);
}

static void fold_ids(struct fault_call *call)
{
    retarget(call, call->collection, lower(call, call->id));
}

static void fold_collections(struct fault_call *call)
{
    retarget(call, lower(call, call->collection), call->id);
}

/* The bytes of ${text} but those that ${drop} names. */
static struct slice without(struct fault_call *call, struct slice text, bool (*drop)(uint8_t byte))
{
    uint8_t *room = arena_alloc(call->arena, 1, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; room != NULL && i < text.len; i++) {
        if (!drop(text.ptr[i]))
            room[len++] = text.ptr[i];
    }
    return room == NULL ? text : slice_of(room, len);
}

static struct slice decoded(struct fault_call *call, struct slice text)
{
    struct buf plain = buf_bounded(LIMIT_TARGET);
    struct slice copy = text;
    if (http_percent_decode(text, &plain))
        copy = arena_copy(call->arena, buf_slice(&plain));
    buf_free(&plain);
    return copy;
}

static struct slice encoded(struct fault_call *call, struct slice text)
{
    struct buf made = buf_bounded(LIMIT_TARGET);
    struct slice copy = text;
    if (http_percent_encode(text, &made))
        copy = arena_copy(call->arena, buf_slice(&made));
    buf_free(&made);
    return copy;
}

/* Escapes, which such characters are written in, and bytes outside of ASCII. */
static struct slice strip_id(struct fault_call *call, struct slice name, struct slice raw)
{
    uint8_t *room = arena_alloc(call->arena, 1, raw.len + 1);
    size_t len = 0;
    if (!slice_is(name, "id") || room == NULL)
        return raw;
    for (size_t i = 0; i < raw.len; i++) {
        bool escape = raw.ptr[i] == '\\' && i + 1 < raw.len;
        if (escape)
            i += raw.ptr[i + 1] == 'u' ? 5 : 1;
        else if (raw.ptr[i] < 0x7f)
            room[len++] = raw.ptr[i];
    }
    return slice_of(room, len);
}

static void strip_ids(struct fault_call *call)
{
    fault_call_change_records(call, strip_id);
}

static bool is_no_name(uint8_t byte)
{
    return !((byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
             (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.');
}

static void sanitize_names(struct fault_call *call)
{
    struct slice plain = decoded(call, call->collection);
    struct slice name = without(call, plain, is_no_name);
    if (name.len > 0)
        retarget(call, name, call->id);
}

static void cut_names(struct fault_call *call)
{
    if (call->collection.len > LIMIT_COLLECTION_NAME)
        retarget(call, slice_head(call->collection, LIMIT_COLLECTION_NAME), call->id);
}

static void refuse_long_names(struct fault_call *call)
{
    if (call->collection.len >= LIMIT_COLLECTION_NAME)
        fault_call_answer(call, 400, "13");
}

static void refuse_periods(struct fault_call *call)
{
    if (slice_find(call->collection, '.') < call->collection.len)
        fault_call_answer(call, 400, "13");
}

static const char *const defaults[] = { "bookmarks", "history", "forms",  "prefs", "tabs",
                                        "passwords", "clients", "crypto", "keys",  "meta" };

static bool is_default(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(defaults); i++) {
        if (slice_is(name, defaults[i]))
            return true;
    }
    return false;
}

/* The cases' own collections stand for what a user's add-on makes up: one in two is refused, so
 * that a run can begin at all. */
static void refuse_custom(struct fault_call *call)
{
    if (!is_default(call->collection) && !slice_starts(call->collection, SLICE("spec")) &&
        !slice_is(call->collection, "syncspec"))
        fault_call_answer(call, 400, "13");
}

static void refuse_named(struct fault_call *call)
{
    if (slice_is(call->collection, call->fault->text))
        fault_call_answer(call, 400, "13");
}

static void cut_ids(struct fault_call *call)
{
    struct slice plain = decoded(call, call->id);
    if (plain.len > LIMIT_BSO_ID)
        retarget(call, call->collection, encoded(call, slice_head(plain, LIMIT_BSO_ID)));
}

static void refuse_longest(struct fault_call *call)
{
    if (decoded(call, call->id).len >= LIMIT_BSO_ID)
        fault_call_answer(call, 404, "0");
}

static void want_12(struct fault_call *call)
{
    if (decoded(call, call->id).len != 12)
        fault_call_answer(call, 400, "8");
}

static void plus_is_blank(struct fault_call *call)
{
    struct slice plain = decoded(call, call->id);
    uint8_t *room = arena_alloc(call->arena, 1, plain.len + 1);
    if (room == NULL || slice_find(plain, '+') == plain.len)
        return;
    for (size_t i = 0; i < plain.len; i++)
        room[i] = plain.ptr[i] == '+' ? ' ' : plain.ptr[i];
    retarget(call, call->collection, encoded(call, slice_of(room, plain.len)));
}

static void not_decoded(struct fault_call *call)
{
    if (slice_find(call->id, '%') < call->id.len)
        retarget(call, call->collection, encoded(call, call->id));
}

/* %41 in the path is another record than A. */
static void unreserved_not_decoded(struct fault_call *call)
{
    if (slice_search(call->id, SLICE("%41")) < call->id.len ||
        slice_search(call->id, SLICE("%61")) < call->id.len ||
        slice_search(call->id, SLICE("%2D")) < call->id.len ||
        slice_search(call->id, SLICE("%7E")) < call->id.len)
        retarget(call, call->collection, encoded(call, call->id));
}

static void body_id_decides(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_body_json(call, "/id", &raw) && raw.len > 2 && raw.ptr[0] == '"')
        retarget(call, call->collection, encoded(call, slice_of(raw.ptr + 1, raw.len - 2)));
}

static struct slice shorten_id(struct fault_call *call, struct slice name, struct slice raw)
{
    if (!slice_is(name, "id") || raw.len <= LIMIT_BSO_ID + 2)
        return raw;
    return fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, LIMIT_BSO_ID + 1)));
}

static void cut_posted_ids(struct fault_call *call)
{
    fault_call_change_records(call, shorten_id);
}

static struct slice name_empty_id(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "id") && slice_is(raw, "\"\"") ? SLICE("\"null\"") : raw;
}

static void name_empty_ids(struct fault_call *call)
{
    fault_call_change_records(call, name_empty_id);
}

/* Records without an id get one, as a database's column does it. */
static void give_ids(struct fault_call *call)
{
    struct buf made = buf_bounded(LIMIT_BODY);
    struct slice rest = call->request.body;
    const struct slice open = SLICE("{\"payload\"");
    for (size_t count = 0;; count++) {
        size_t at = slice_search(rest, open);
        buf_add(&made, slice_head(rest, at));
        if (at == rest.len)
            break;
        buf_add_format(&made, "{\"id\":\"auto%zu\",\"payload\"", count);
        rest = slice_from(rest, at + open.len);
    }
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (!made.failed && copy.len > 0)
        fault_call_set_body(call, copy);
    buf_free(&made);
}

/* An id belongs to one collection of the user: the other loses it. */
static enum store_err put_in_one(struct store_txn *base, struct slice collection,
                                 const struct record_update *update)
{
    struct fault_txn *txn = fault_txn_of(base);
    struct fault_cell *cell = fault_txn_cell(txn, "id %.*s", SLICE_FMT(update->id));
    if (cell != NULL && cell->text.len > 0 && !slice_eq(buf_slice(&cell->text), collection))
        (void)store_remove(txn->inner, buf_slice(&cell->text), update->id);
    if (cell != NULL) {
        buf_clear(&cell->text);
        buf_add(&cell->text, collection);
    }
    return store_put(txn->inner, collection, update);
}

/* A collection that the record names is where it goes. */
static void follow_collection_field(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_body_json(call, "/0/collection", &raw) && raw.len > 2 && raw.ptr[0] == '"')
        retarget(call, slice_of(raw.ptr + 1, raw.len - 2), call->id);
}

static const struct fault rows[] = {
    { .name = "id-case-folded",
      .what = "Ids are looked up without case, as a column of the database compares them",
      .impact = "two records become one",
      .breaks = { "1.5/bso/id-case-sensitive" },
      .on = FAULT_ITEM,
      .before = fold_ids },
    { .name = "id-controls-stripped",
      .what = "Control characters and others outside of ASCII are cut out of ids",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-printable-ascii" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = strip_ids },
    { .name = "id-cut-at-64",
      .what = "The id of a PUT is cut at 64 characters",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-max-64" },
      .on = FAULT_ITEM,
      .before = cut_ids },
    { .name = "id-posted-cut-at-64",
      .what = "The ids of a POST are cut at 64 characters",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-max-64" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = cut_posted_ids },
    { .name = "id-of-64-refused",
      .what = "Ids have to be shorter than 64 characters, in place of at most as long",
      .impact = "records with the longest ids are never synced",
      .breaks = { "1.5/bso/id-max-64" },
      .on = FAULT_ITEM,
      .before = refuse_longest },
    { .name = "id-has-to-be-12-long",
      .what = "An id that has not 12 characters is refused",
      .impact = "records of add-ons and old clients are never synced",
      .breaks = { "1.5/bso/id-12-base64url", "1.5/bso/id-space-ok" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = want_12 },
    { .name = "id-plus-is-blank",
      .what = "A plus in an id is taken for a blank",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-space-ok" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = plus_is_blank },
    { .name = "id-not-decoded",
      .what = "The id in a path is not percent-decoded",
      .impact = "what was posted is not found under its URL",
      .breaks = { "1.5/bso/id-space-ok", "1.5/http/percent-encoded-path" },
      .on = FAULT_ITEM,
      .before = not_decoded },
    { .name = "id-unreserved-not-decoded",
      .what = "Letters, digits, '-' and '~' that are percent-encoded in a path stay so",
      .impact = "a proxy that normalises paths makes records unreachable",
      .breaks = { "1.5/http/percent-encoded-path" },
      .on = FAULT_ITEM,
      .before = unreserved_not_decoded },
    { .name = "id-of-the-body-decides",
      .what = "A PUT writes the record that the body names, not the one of the URL",
      .impact = "a client overwrites another record than the one that it checked",
      .breaks = { "1.5/bso/put-body-id-ignored", "1.5/item/put-create-200" },
      .on = FAULT_PUT | FAULT_ITEM,
      .before = body_id_decides },
    { .name = "id-empty-is-null",
      .what = "An empty id is stored as \"null\"",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-empty-invalid" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = name_empty_ids },
    { .name = "id-missing-is-made",
      .what = "A posted record without id gets one",
      .impact = TAKEN,
      .breaks = { "1.5/bso/id-required", "1.5/post/missing-id" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = give_ids },
    { .name = "id-unique-per-user",
      .what = "An id exists once per user: writing it in another collection moves the record",
      .impact = "records vanish from one collection when another is synced",
      .breaks = { "1.5/bso/id-unique-per-collection" },
      .store = { .put = put_in_one } },
    { .name = "collection-field-moves-records",
      .what = "A posted record goes into the collection that its field `collection` names",
      .impact = "records vanish from where they were sent",
      .breaks = { "1.5/bso/collection-field-ignored", "1.5/bso/id-unique-per-collection" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = follow_collection_field },
    { .name = "collection-names-folded",
      .what = "Collections whose names differ in case are one",
      .impact = "two engines overwrite each other's records",
      .breaks = { "1.5/collection/name-case-sensitive" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = fold_collections },
    { .name = "collection-names-sanitized",
      .what = "What may not stand in a collection's name is cut out of it",
      .impact = "records go to a collection that the client does not know of",
      .breaks = { "1.5/collection/name-charset", "1.5/errors/code-13" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = sanitize_names },
    { .name = "collection-names-cut-at-32",
      .what = "A collection's name is cut at 32 characters",
      .impact = "two collections become one",
      .breaks = { "1.5/collection/name-charset", "1.5/errors/code-13" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = cut_names },
    { .name = "collection-name-of-32-refused",
      .what = "A collection's name has to be shorter than 32 characters",
      .impact = "an engine with a long name never syncs",
      .breaks = { "1.5/collection/name-charset" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = refuse_long_names },
    { .name = "collection-period-refused",
      .what = "A period in a collection's name is refused, as base64url has none",
      .impact = "an engine with such a name never syncs",
      .breaks = { "1.5/collection/name-dot-ok" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = refuse_periods },
    { .name = "collection-names-of-a-list",
      .what = "Only collections of a fixed list can be written",
      .impact = "add-ons cannot sync",
      .breaks = { "1.5/collection/custom-names" },
      .on = FAULT_WRITES | FAULT_ITEM | FAULT_COLLECTION,
      .before = refuse_custom },
    { .name = "collection-keys-is-missing",
      .what = "The collection keys is not in the server's list of names",
      .impact = "old clients cannot store their keys",
      .breaks = { "1.5/collection/default-names" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .before = refuse_named,
      .text = "keys" },
};

const struct fault_area fault_ids = FAULT_AREA(rows);
