#include "record/decode.h"

/* One object on its way into an update. */
struct decoding {
    struct record_scan *scan;
    const struct record_bounds *bounds;
    struct buf *scratch;
    struct record_update update;
    struct record_fault fault; /* the first one; rule is NULL as long as there is none */
    unsigned seen;             /* a bit per row of `fields` */
    bool no_room;
};

static const char no_room[] = "there is memory for the decoded text";
static const char not_text[] = "a string has no half of a surrogate pair";

/* The decoded text of the string just read.  NULL on success, else the rule. */
static const char *decode_text(struct decoding *decoding, struct slice *ret_text)
{
    const struct record_scan *scan = decoding->scan;
    struct buf *scratch = decoding->scratch;
    if (scan->unpaired)
        return not_text;
    if (!scan->escaped) {
        *ret_text = scan->raw;
        return NULL;
    }
    if (scratch->failed || scratch->cap - scratch->len < scan->raw.len) {
        decoding->no_room = true;
        return no_room;
    }
    size_t from = scratch->len;
    if (!record_scan_unescape(scan->raw, scratch))
        return not_text;
    *ret_text = slice_of(scratch->ptr + from, scratch->len - from);
    return NULL;
}

static const char *read_id(struct decoding *decoding, enum record_token token)
{
    struct record_update *update = &decoding->update;
    if (token != RECORD_SCAN_STRING)
        return "id is a string";
    const char *rule = decode_text(decoding, &update->id);
    if (rule != NULL)
        return rule;
    update->has_id = true;
    if (record_id_valid_for(decoding->bounds->kind, update->id))
        return NULL;
    return record_id_valid(update->id) ? "id has no comma"
                                       : "id is 1 to 64 printable ASCII characters";
}

static const char *read_payload(struct decoding *decoding, enum record_token token)
{
    struct record_update *update = &decoding->update;
    if (token == RECORD_SCAN_NULL) {
        update->payload_is = RECORD_NULL;
        return NULL;
    }
    if (token != RECORD_SCAN_STRING)
        return "payload is a string";
    struct slice payload;
    const char *rule = decode_text(decoding, &payload);
    if (rule != NULL)
        return rule;
    if (payload.len > decoding->bounds->payload_bytes) {
        decoding->fault.too_large = decoding->fault.rule == NULL;
        return "payload is at most max_record_payload_bytes long";
    }
    update->payload = payload;
    update->payload_is = RECORD_VALUE;
    return NULL;
}

static const char *read_sortindex(struct decoding *decoding, enum record_token token)
{
    struct record_update *update = &decoding->update;
    if (token == RECORD_SCAN_NULL) {
        update->sortindex_is = RECORD_NULL;
        return NULL;
    }
    struct slice digits = decoding->scan->raw;
    bool negative = slice_starts(digits, SLICE("-"));
    uint64_t value;
    if (token != RECORD_SCAN_NUMBER || !slice_to_u64(slice_from(digits, negative), &value) ||
        value > LIMIT_SORTINDEX)
        return "sortindex is an integer, -999999999 to 999999999";
    update->sortindex = negative ? -(int32_t)value : (int32_t)value;
    update->sortindex_is = RECORD_VALUE;
    return NULL;
}

static const char *read_ttl(struct decoding *decoding, enum record_token token)
{
    struct record_update *update = &decoding->update;
    if (token == RECORD_SCAN_NULL) {
        update->ttl_is = RECORD_NULL;
        return NULL;
    }
    uint64_t value;
    if (token != RECORD_SCAN_NUMBER || !slice_to_u64(decoding->scan->raw, &value) ||
        value > LIMIT_TTL)
        return "ttl is an integer of seconds, 0 to 999999999";
    update->ttl = (int64_t)value;
    update->ttl_is = RECORD_VALUE;
    return NULL;
}

/* Ignored, but not whatever it is. */
static const char *pass_modified(struct decoding *decoding, enum record_token token)
{
    if (token != RECORD_SCAN_NUMBER && token != RECORD_SCAN_STRING && token != RECORD_SCAN_NULL)
        return "modified is a number";
    return decoding->scan->unpaired ? not_text : NULL;
}

/* The id of another record, which need not exist. */
static bool read_relation(struct decoding *decoding, enum record_token token,
                          enum record_relation which)
{
    struct record_update *update = &decoding->update;
    struct slice id = { 0 };
    update->relation_is[which] = RECORD_NULL;
    if (token == RECORD_SCAN_NULL)
        return true;
    if (token != RECORD_SCAN_STRING || decode_text(decoding, &id) != NULL || id.len > LIMIT_BSO_ID)
        return false;
    update->relation_is[which] = RECORD_VALUE;
    update->relations[which] = id;
    return true;
}

static const char *read_parent(struct decoding *decoding, enum record_token token)
{
    return read_relation(decoding, token, RECORD_PARENT) ? NULL
                                                         : "parentid is at most 64 bytes of text";
}

static const char *read_predecessor(struct decoding *decoding, enum record_token token)
{
    return read_relation(decoding, token, RECORD_PREDECESSOR)
               ? NULL
               : "predecessorid is at most 64 bytes of text";
}

static const char *pass_collection(struct decoding *decoding, enum record_token token)
{
    if (token != RECORD_SCAN_STRING && token != RECORD_SCAN_NULL)
        return "collection is a string";
    return decoding->scan->unpaired ? not_text : NULL;
}

#define KIND(kind) (1U << (kind))
enum { WBOS = KIND(RECORD_WBO) | KIND(RECORD_OLD_WBO), ALL = WBOS | KIND(RECORD_BSO) };

/* Each reads the value just begun, and returns NULL or the rule that it breaks. */
static const struct field {
    struct slice key;
    const char *(*read)(struct decoding *decoding, enum record_token token);
    unsigned kinds; /* of records that have it */
} fields[] = {
    { SLICE_INIT("id"), read_id, ALL },
    { SLICE_INIT("payload"), read_payload, ALL },
    { SLICE_INIT("sortindex"), read_sortindex, ALL },
    { SLICE_INIT("ttl"), read_ttl, KIND(RECORD_BSO) | KIND(RECORD_WBO) },
    { SLICE_INIT("modified"), pass_modified, ALL },
    { SLICE_INIT("collection"), pass_collection, KIND(RECORD_BSO) },
    { SLICE_INIT("parentid"), read_parent, WBOS },
    { SLICE_INIT("predecessorid"), read_predecessor, WBOS },
};

/* The row of the key just read, or COUNT_OF(fields). */
static size_t find_field(const struct decoding *decoding)
{
    const struct record_scan *scan = decoding->scan;
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if ((fields[i].kinds & KIND(decoding->bounds->kind)) == 0)
            continue;
        if (scan->escaped ? record_scan_reads(scan->raw, fields[i].key)
                          : slice_eq(scan->raw, fields[i].key))
            return i;
    }
    return COUNT_OF(fields);
}

static void note_fault(struct decoding *decoding, const char *rule, size_t offset)
{
    if (rule == NULL || decoding->fault.rule != NULL)
        return;
    decoding->fault.rule = rule;
    decoding->fault.offset = offset;
}

/* Decodes the member whose key was just read.  False when the text is not JSON. */
static bool decode_member(struct decoding *decoding)
{
    struct record_scan *scan = decoding->scan;
    size_t key_at = scan->start;
    size_t row = find_field(decoding);
    bool known = row < COUNT_OF(fields);
    bool repeated = known && (decoding->seen >> row & 1) != 0;
    enum record_token token = record_scan_next(scan);
    if (token == RECORD_SCAN_BAD)
        return false;
    if (repeated)
        note_fault(decoding, "a key stands once in a record", key_at);
    else if (known)
        note_fault(decoding, fields[row].read(decoding, token), scan->start);
    else if (decoding->bounds->kind == RECORD_BSO)
        note_fault(decoding, "a record has no keys but those of the protocol", key_at);
    if (known)
        decoding->seen |= 1U << row;
    return record_scan_skip(scan, token);
}

enum record_err record_decode_bad(const struct record_scan *scan, struct record_fault *ret_fault)
{
    *ret_fault = (struct record_fault){ .rule = scan->rule, .offset = scan->at };
    return RECORD_MALFORMED;
}

enum record_err record_decode_shape(struct record_scan *scan, const char *rule,
                                    struct record_fault *ret_fault)
{
    size_t start = scan->start;
    if (!record_scan_drain(scan))
        return record_decode_bad(scan, ret_fault);
    *ret_fault = (struct record_fault){ .rule = rule, .offset = start };
    return RECORD_SHAPE;
}

enum record_err record_decode_open(struct record_scan *scan, const struct record_bounds *bounds,
                                   struct buf *scratch, struct record_update *ret_update,
                                   struct record_fault *ret_fault)
{
    struct decoding decoding = { .scan = scan, .bounds = bounds, .scratch = scratch };
    for (;;) {
        enum record_token token = record_scan_next(scan);
        if (token == RECORD_SCAN_CLOSE_OBJECT)
            break;
        if (token == RECORD_SCAN_BAD || !decode_member(&decoding))
            return record_decode_bad(scan, ret_fault);
        if (decoding.no_room) {
            *ret_fault = (struct record_fault){ .rule = no_room, .offset = scan->start };
            return RECORD_NOMEM;
        }
    }
    *ret_update = decoding.update;
    if (decoding.fault.rule == NULL)
        return RECORD_OK;
    *ret_fault = decoding.fault;
    return RECORD_INVALID;
}

enum record_err record_decode(struct slice json, const struct record_bounds *bounds,
                              struct buf *scratch, struct record_update *ret_update,
                              struct record_fault *ret_fault)
{
    struct record_scan scan = record_scan_of(json);
    enum record_token token = record_scan_next(&scan);
    if (token == RECORD_SCAN_BAD)
        return record_decode_bad(&scan, ret_fault);
    if (token != RECORD_SCAN_OPEN_OBJECT)
        return record_decode_shape(&scan, "a record is a JSON object", ret_fault);
    struct record_update update;
    struct record_fault fault = { 0 };
    enum record_err err = record_decode_open(&scan, bounds, scratch, &update, &fault);
    if ((err == RECORD_OK || err == RECORD_INVALID) && record_scan_next(&scan) != RECORD_SCAN_END)
        err = record_decode_bad(&scan, &fault);
    if (err == RECORD_OK || err == RECORD_INVALID)
        *ret_update = update;
    if (err != RECORD_OK)
        *ret_fault = fault;
    return err;
}
