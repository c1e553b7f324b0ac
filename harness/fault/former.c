/* APIs 1.1 and 1.0: records, and who asks for them. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "fault/txn.h"
#include "record/scan.h"

#define LOST    "data come back other than they were stored, and other devices cannot read them"
#define MISREAD "clients cannot read the answer"
#define MISSED  "a device that polls does not hear of the change, for good"
#define AGAIN   "a client takes the server for broken, and tries again without an end"
#define ANYBODY "anybody reads and changes the user's data"
#define LOCKED  "a client with good credentials cannot sync"
#define BELIEVE "a client takes for stored what was not"
#define REFUSED "a client cannot store what every other server takes"

#define FORMER  .api = "1.1"

/* The values of records in a request. */

static bool is_text(struct slice raw)
{
    return raw.len > 0 && raw.ptr[0] == '"';
}

static struct slice cut_id(struct fault_call *call, struct slice name, struct slice raw)
{
    return slice_is(name, "id") && is_text(raw) && raw.len > 66
               ? fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, 65)))
               : raw;
}

static struct slice cut_relation(struct fault_call *call, struct slice name, struct slice raw)
{
    bool relation = slice_is(name, "parentid") || slice_is(name, "predecessorid");
    return relation && is_text(raw) && raw.len > 66
               ? fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, 65)))
               : raw;
}

static struct slice any_sortindex(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "sortindex") && is_text(raw) ? SLICE("0") : raw;
}

static struct slice any_payload(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "payload") && !is_text(raw) ? SLICE("\"[object]\"") : raw;
}

static struct slice any_ttl(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    return slice_is(name, "ttl") && is_text(raw) ? SLICE("0") : raw;
}

static struct slice cut_payload(struct fault_call *call, struct slice name, struct slice raw)
{
    enum { MOST = 64 * 1024 };
    return slice_is(name, "payload") && raw.len > MOST
               ? fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, MOST)))
               : raw;
}

/* A payload that is one byte too long loses it. */
static struct slice cut_last_byte(struct fault_call *call, struct slice name, struct slice raw)
{
    enum { MOST = 256 * 1024 + 2 };
    return slice_is(name, "payload") && raw.len == MOST + 1
               ? fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(raw, MOST - 1)))
               : raw;
}

static void with_cut_id(struct fault_call *call)
{
    fault_call_change_records(call, cut_id);
}

static void with_cut_relation(struct fault_call *call)
{
    fault_call_change_records(call, cut_relation);
}

static void with_any_sortindex(struct fault_call *call)
{
    fault_call_change_records(call, any_sortindex);
}

static void with_any_payload(struct fault_call *call)
{
    fault_call_change_records(call, any_payload);
}

static void with_any_ttl(struct fault_call *call)
{
    fault_call_change_records(call, any_ttl);
}

static void with_cut_payload(struct fault_call *call)
{
    fault_call_change_records(call, cut_payload);
}

static void with_cut_last_byte(struct fault_call *call)
{
    fault_call_change_records(call, cut_last_byte);
}

static void refuse_unknown(struct fault_call *call)
{
    if (slice_search(call->request.body, SLICE("\"foo\"")) < call->request.body.len)
        fault_call_answer(call, 400, "8");
}

/* What a client says of `modified` is shown. */
static void note_modified(struct fault_call *call)
{
    struct slice raw;
    struct fault_cell *cell = fault_call_cell(call, "modified %.*s", SLICE_FMT(call->id));
    if (cell != NULL && fault_call_body_json(call, "/modified", &raw) &&
        !stamp_parse(raw, &cell->number))
        cell->number = 0;
}

static bool show_noted(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    AUTO(buf_free) struct buf key = buf_bounded(FAULT_MEMORY_KEY);
    (void)collection;
    buf_add_text(&key, "modified ");
    buf_add(&key, bso->id);
    const struct fault_cell *cell =
        key.failed ? NULL : fault_memory_find(txn->memory, buf_slice(&key));
    if (cell != NULL && cell->number != 0)
        bso->modified = cell->number;
    return true;
}

/* A record keeps the time of its first write. */
static bool show_first_time(struct fault_txn *txn, struct slice collection, struct record_bso *bso)
{
    struct fault_cell *cell =
        fault_txn_cell(txn, "first %.*s %.*s", SLICE_FMT(collection), SLICE_FMT(bso->id));
    if (cell == NULL)
        return true;
    if (cell->number == 0)
        cell->number = bso->modified;
    bso->modified = cell->number;
    return true;
}

static void bend_unsigned(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->sortindex < 0)
        update->sortindex = 0;
}

static void bend_no_ttl(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    update->ttl_is = RECORD_ABSENT;
}

/* A new row takes the place of the old one. */
static void bend_replace(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    if (update->payload_is == RECORD_ABSENT)
        update->payload_is = RECORD_NULL;
    if (update->sortindex_is == RECORD_ABSENT)
        update->sortindex_is = RECORD_NULL;
}

static bool show_own_relation(struct fault_txn *txn, struct slice collection,
                              struct record_bso *bso)
{
    (void)collection;
    size_t relation = (size_t)txn->fault->number;
    if (bso->relations[relation].len > 0)
        bso->relations[relation] = bso->id;
    return true;
}

/* Characters beyond the first plane are not in the table's alphabet. */
static void drop_wide_characters(struct fault_call *call)
{
    struct slice body = arena_copy(call->arena, buf_slice(&call->reply->body));
    buf_clear(&call->reply->body);
    for (size_t i = 0; i < body.len; i++) {
        bool wide = body.ptr[i] >= 0xF0;
        (void)buf_add_byte(&call->reply->body, wide ? '?' : body.ptr[i]);
        i += wide ? 3 : 0;
    }
}

/* sortindex is a column of texts. */
static struct slice quote_sortindex(struct fault_call *call, struct slice element)
{
    struct slice raw;
    size_t offset;
    if (record_scan_pointer(element, SLICE("/sortindex"), &raw, &offset) != RECORD_SCAN_NUMBER)
        return element;
    return fault_call_text(call, "%.*s\"%.*s\"%.*s", SLICE_FMT(slice_head(element, offset)),
                           SLICE_FMT(raw), SLICE_FMT(slice_from(element, offset + raw.len)));
}

static void text_sortindex(struct fault_call *call)
{
    if (call->resource == FAULT_COLLECTION)
        fault_call_each(call, quote_sortindex);
    else
        fault_call_set_reply(call, quote_sortindex(call, buf_slice(&call->reply->body)));
}

/* A text that is a number with a fraction is kept as that. */
static void take_fraction(struct fault_call *call)
{
    struct slice raw;
    struct fault_cell *cell = fault_call_cell(call, "fraction of %.*s", SLICE_FMT(call->user));
    if (cell == NULL || !fault_call_body_json(call, "/sortindex", &raw) || !is_text(raw) ||
        slice_find(raw, '.') == raw.len)
        return;
    cell->number = 1;
    fault_call_change_records(call, any_sortindex);
}

static void tell_fraction(struct fault_call *call)
{
    const struct fault_cell *cell =
        fault_call_cell(call, "fraction of %.*s", SLICE_FMT(call->user));
    if (call->method == FAULT_GET && cell != NULL && cell->number != 0)
        fault_call_replace(call, SLICE("\"sortindex\":0"), SLICE("\"sortindex\":2.6"));
}

/* All records are in the collection that came first. */
static void look_in_first_collection(struct fault_call *call)
{
    struct fault_cell *first = fault_call_cell(call, "first of %.*s", SLICE_FMT(call->user));
    struct slice storage = fault_call_below(call, "storage/");
    if (first == NULL)
        return;
    if (first->text.len == 0)
        buf_add(&first->text, call->collection);
    fault_call_set_target(call,
                          fault_call_text(call, "%.*s%.*s/%.*s", SLICE_FMT(storage),
                                          SLICE_FMT(buf_slice(&first->text)), SLICE_FMT(call->id)));
}

/* Who is asking. */

static uint64_t everybody(struct fault_txn *txn)
{
    (void)txn;
    return 1;
}

static void broken_is_busy(struct fault_judging *judging)
{
    if (judging->result == AUTH_MALFORMED)
        judging->result = AUTH_BUSY;
}

static bool has_letters(struct fault_call *call)
{
    return call->collection.len > 0 && call->user.len > 0 && call->user.ptr[0] > '9' &&
           fault_call_count(call, "all") > 1; /* the first one asks whether it is alive */
}

static bool ends_in_slash(struct fault_call *call)
{
    return slice_ends(http_target_split(call->request.target).path, SLICE("/"));
}

static bool has_period(struct fault_call *call)
{
    return slice_find(call->collection, '.') < call->collection.len;
}

static void blank_is_underscore(struct fault_call *call)
{
    if (slice_search(call->collection, SLICE("%20")) < call->collection.len)
        fault_call_set_target(call, fault_call_below(call, "storage/a_b/x"));
}

static bool is_keys(struct fault_call *call)
{
    return slice_is(call->collection, "keys");
}

static const struct fault rows[] = {
    { FORMER, .name = "former-id-cut-at-64", .what = "An id that is too long is cut",
      .impact = LOST, .breaks = { "1.1/wbo/id" }, .on = FAULT_POST, .before = with_cut_id },
    { FORMER, .name = "former-relation-cut-at-64", .what = "A parentid that is too long is cut",
      .impact = LOST, .breaks = { "1.1/wbo/parentid-length" }, .on = FAULT_POST | FAULT_PUT,
      .before = with_cut_relation },
    { FORMER, .name = "former-ids-are-of-all-collections",
      .what = "A record is found by its id alone, whatever collection it is in", .impact = LOST,
      .breaks = { "1.1/item/get", "1.1/wbo/id" }, .on = FAULT_ITEM,
      .before = look_in_first_collection },
    { FORMER, .name = "former-modified-is-the-clients",
      .what = "`modified` is what the client says", .impact = MISSED,
      .breaks = { "1.1/wbo/modified" }, .on = FAULT_PUT | FAULT_GET, .before = note_modified,
      .show = show_noted },
    { FORMER, .name = "former-modified-is-of-the-first-write",
      .what = "A record keeps the time of its first write", .impact = MISSED,
      .breaks = { "1.1/wbo/modified", "1.1/put/store" }, .show = show_first_time },
    { FORMER, .name = "former-sortindex-is-unsigned", .what = "A negative sortindex becomes 0",
      .impact = LOST, .breaks = { "1.1/wbo/sortindex", "1.1/get/sort" }, .bend = bend_unsigned },
    { FORMER, .name = "former-sortindex-of-any-type", .what = "A sortindex that is a text is 0",
      .impact = BELIEVE, .breaks = { "1.1/wbo/sortindex", "1.1/put/bad-wbo", "1.1/post/partial" },
      .on = FAULT_PUT | FAULT_POST, .before = with_any_sortindex },
    { FORMER, .name = "former-sortindex-is-a-text", .what = "sortindex comes back as a text",
      .impact = MISREAD, .breaks = { "1.1/wbo/sortindex", "1.1/get/full", "1.1/put/metadata-only" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION, .status = 200, .after = text_sortindex },
    { FORMER, .name = "former-sortindex-has-fractions", .what = "A sortindex may have a fraction",
      .impact = MISREAD, .breaks = { "1.1/wbo/sortindex" },
      .on = FAULT_PUT | FAULT_GET | FAULT_ITEM | FAULT_COLLECTION, .before = take_fraction,
      .status = 2, .after = tell_fraction },
    { FORMER, .name = "former-payload-of-any-type", .what = "A payload that is no text becomes one",
      .impact = LOST,
      .breaks = { "1.1/wbo/payload", "1.1/put/bad-wbo", "1.1/post/partial", "1.1/post/shape" },
      .on = FAULT_PUT | FAULT_POST, .before = with_any_payload },
    { FORMER, .name = "former-payload-cut-at-64k",
      .what = "Payloads are cut at 64 KiB, without a word", .impact = LOST,
      .breaks = { "1.1/wbo/payload" }, .on = FAULT_PUT | FAULT_POST, .before = with_cut_payload },
    { FORMER, .name = "former-payload-loses-a-byte",
      .what = "A payload that is a byte too long loses it", .impact = LOST,
      .breaks = { "1.1/wbo/payload" }, .on = FAULT_PUT | FAULT_POST, .before = with_cut_last_byte },
    { FORMER, .name = "former-ttl-not-known", .what = "ttl is not looked at",
      .impact = "tabs and devices that are gone never go away", .breaks = { "1.1/wbo/ttl" },
      .bend = bend_no_ttl },
    { FORMER, .name = "former-ttl-of-any-type", .what = "A ttl that is a text is 0",
      .impact = BELIEVE, .breaks = { "1.1/wbo/ttl" }, .on = FAULT_PUT | FAULT_POST,
      .before = with_any_ttl },
    { FORMER, .name = "former-parentid-is-the-id",
      .what = "parentid comes back as the record's own id", .impact = "bookmarks are in themselves",
      .breaks = { "1.1/wbo/parentid" }, .show = show_own_relation, .number = RECORD_PARENT },
    { FORMER, .name = "former-predecessorid-is-the-id",
      .what = "predecessorid comes back as the record's own id",
      .impact = "bookmarks follow themselves", .breaks = { "1.1/wbo/predecessorid" },
      .show = show_own_relation, .number = RECORD_PREDECESSOR },
    { FORMER, .name = "former-unknown-keys-are-refused",
      .what = "A key that is not known is refused", .impact = REFUSED,
      .breaks = { "1.1/wbo/unknown-ignored" }, .on = FAULT_PUT | FAULT_POST,
      .before = refuse_unknown },
    { FORMER, .name = "former-characters-of-three-bytes",
      .what = "A character of four bytes becomes a '?'", .impact = LOST,
      .breaks = { "1.1/wbo/utf8", "1.1/formats/whoisi" }, .on = FAULT_GET, .status = 200,
      .after = drop_wide_characters },
    { FORMER, .name = "former-updates-replace", .what = "A write takes away what it does not name",
      .impact = "a change of the order of records empties them", .bend = bend_replace,
      .breaks = { "1.1/put/metadata-only", "1.1/post/store" } },

    { FORMER, .name = "former-period-in-names-refused",
      .what = "A collection's name may have no period", .impact = REFUSED,
      .breaks = { "1.1/collection/charset" }, .when = has_period, .before = fault_answer,
      .number = 400, .text = "0" },
    { FORMER, .name = "former-blanks-in-names-are-replaced",
      .what = "A blank in a collection's name becomes another character", .impact = LOST,
      .breaks = { "1.1/collection/charset" }, .before = blank_is_underscore },
    { FORMER, .name = "former-keys-is-no-collection", .what = "There is no collection called keys",
      .impact = "the account cannot be set up", .breaks = { "1.1/collection/defaults" },
      .when = is_keys, .before = fault_answer, .number = 404, .text = "0" },
    { FORMER, .name = "former-users-are-numbers",
      .what = "The path has to have the user's number, as in 1.5", .impact = LOCKED,
      .breaks = { "1.1/url/layout" }, .when = has_letters, .before = fault_answer, .number = 404,
      .text = "0" },
    { FORMER, .name = "former-slash-at-the-end-is-404",
      .what = "A slash at the end of a path is another path", .impact = LOCKED,
      .breaks = { "1.1/url/trailing-slash" }, .when = ends_in_slash, .before = fault_answer,
      .number = 404, .text = "0" },

    { FORMER, .name = "former-auth-not-needed", .what = "A request without credentials is let in",
      .impact = ANYBODY, .breaks = { "1.1/auth/basic" }, .judge = fault_judging_forgive,
      .number = AUTH_MISSING },
    { FORMER, .name = "former-auth-broken-is-503",
      .what = "Credentials that cannot be read end in a 503", .impact = AGAIN,
      .breaks = { "1.1/auth/basic" }, .judge = broken_is_busy },
    { FORMER, .name = "former-auth-any-password", .what = "Any name and any password are right",
      .impact = ANYBODY, .breaks = { "1.1/auth/401-meaning" }, .judge = fault_judging_forgive,
      .number = AUTH_BAD_MAC },
    { FORMER, .name = "former-auth-path-not-compared",
      .what = "Who has an account reads the path of any other", .impact = ANYBODY,
      .breaks = { "1.1/auth/path-mismatch" }, .judge = fault_judging_forgive,
      .number = AUTH_WRONG_USER },
    { FORMER, .name = "former-auth-401-is-404",
      .what = "Credentials that are wrong are answered with 404",
      .impact = "the client does not look for its new node, and asks for no new password",
      .breaks = { "1.1/auth/basic", "1.1/auth/401-meaning", "1.1/auth/path-mismatch" },
      .status = 401, .after = fault_status, .number = 404 },
    { FORMER, .name = "former-users-share-a-store", .what = "All users have one store",
      .impact = "a user reads, or loses, what belongs to somebody else",
      .breaks = { "1.1/auth/user-isolation" }, .whose = everybody },
};

const struct fault_area fault_former = FAULT_AREA(rows);
