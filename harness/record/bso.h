/* A Basic Storage Object (SyncStorage API 1.5, "Basic Storage Object"): decoding what clients send,
 * encoding what they get. */
#ifndef SYNCSPEC_RECORD_BSO_H
#define SYNCSPEC_RECORD_BSO_H

#include "base/buf.h"
#include "base/limits.h"

/* A field that is absent, one that is null and one with a value are three things: absent keeps what
 * is stored, null resets it to its default, a value replaces it. */
enum record_presence { RECORD_ABSENT, RECORD_NULL, RECORD_VALUE };

/* What a Weave Basic Object may say of other records: ids, at most LIMIT_BSO_ID bytes each. */
enum record_relation { RECORD_PARENT, RECORD_PREDECESSOR, RECORD_RELATIONS };

/* What a client asks to be written to one record. */
struct record_update {
    struct slice id; /* decoded; empty when has_id is false */
    bool has_id;
    enum record_presence payload_is, sortindex_is, ttl_is;
    struct slice payload; /* decoded UTF-8; U+0000 is an ordinary character */
    int32_t sortindex;
    int64_t ttl; /* seconds */
    enum record_presence relation_is[RECORD_RELATIONS];
    struct slice relations[RECORD_RELATIONS];
};

/* A record as stored. */
struct record_bso {
    struct slice id;
    struct slice payload;
    int64_t modified; /* stamp */
    int64_t expires;  /* stamp; INT64_MAX: never */
    int32_t sortindex;
    bool has_sortindex;
    struct slice relations[RECORD_RELATIONS]; /* empty: none */
};

enum record_err {
    RECORD_OK = 0,
    RECORD_END,       /* of a list */
    RECORD_INVALID,   /* this one record breaks a rule; the rest of a list can still be read */
    RECORD_SHAPE,     /* valid JSON, but not an object, or not a list of objects with ids: API
                         code 8 */
    RECORD_MALFORMED, /* not JSON, not UTF-8, or nested too deep: API code 6 */
    RECORD_NOMEM,
};

struct record_fault {
    const char *rule; /* static text, e.g. "ttl is an integer of seconds, 0 to 999999999" */
    size_t offset;    /* of the offending byte in what was given to decode */
    bool too_large;   /* the rule is the bound of the payload: 413 where a single record is put */
};

/* Whose keys and values a record has.  Of a Weave Basic Object the keys that the protocol does not
 * know are ignored. */
enum record_kind {
    RECORD_BSO,     /* SyncStorage API 1.5, "Basic Storage Object" */
    RECORD_WBO,     /* API 1.1, "Weave Basic Object" */
    RECORD_OLD_WBO, /* API 1.0: it knows no ttl, and an id has no comma */
    RECORD_KINDS
};

struct record_bounds {
    size_t payload_bytes; /* max_record_payload_bytes, inclusive; counts decoded UTF-8 */
    enum record_kind kind;
};

/* Decodes one JSON object.  One pass, strict (RFC 8259): duplicate keys, keys that its kind does
 * not have, wrong types, numbers with fraction or exponent, out-of-range numbers, half surrogate
 * pairs and nesting are faults (RECORD_INVALID, with ret->id set when an id was readable, even one
 * that breaks a rule); trailing bytes are RECORD_MALFORMED.  The first fault is the one told.
 * `modified` (a number, a string or null) and `collection` (a string or null) are accepted and
 * ignored.  Strings with escapes are decoded into ${scratch}, which must have room for json.len
 * more bytes reserved (buf_reserve), so that nothing moves; others point into ${json}.
 * RECORD_NOMEM: it has not that room.  ${ret_update} is written on RECORD_OK and RECORD_INVALID,
 * ${ret_fault} on all errors. */
MUST_USE enum record_err record_decode(struct slice json, const struct record_bounds *bounds,
                                       struct buf *scratch, struct record_update *ret_update,
                                       struct record_fault *ret_fault);

/* Whether the bytes can be an id: 1 to LIMIT_BSO_ID printable ASCII characters. */
bool record_id_valid(struct slice id);

/* The same for an id of that kind. */
bool record_id_valid_for(enum record_kind kind, struct slice id);

/* Whether the bytes can name a collection: 1 to LIMIT_COLLECTION_NAME of A-Z a-z 0-9 - _ . */
bool record_collection_valid(struct slice name);

/* Appends {"id":...,"modified":...,"sortindex":...,"payload":...}; sortindex only when it is set;
 * never ttl.  A record of another kind than RECORD_BSO has its parentid and predecessorid before
 * the payload, those that it has. */
bool record_encode(enum record_kind kind, const struct record_bso *bso, struct buf *out);

/* Appends a JSON string with quotes.  Escapes only what RFC 8259 demands; `text` is valid UTF-8. */
bool record_encode_string(struct slice text, struct buf *out);

#endif
