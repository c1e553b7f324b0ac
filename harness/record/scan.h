/* A strict, single-pass JSON scanner (RFC 8259): no tree, no copy.  For records, tokens, and raw
 * looks at numbers. */
#ifndef SYNCSPEC_RECORD_SCAN_H
#define SYNCSPEC_RECORD_SCAN_H

#include "base/buf.h"
#include "base/limits.h"

enum record_token {
    RECORD_SCAN_END, /* behind the one top-level value, and nothing but blanks follow */
    RECORD_SCAN_OPEN_OBJECT,
    RECORD_SCAN_CLOSE_OBJECT,
    RECORD_SCAN_OPEN_LIST,
    RECORD_SCAN_CLOSE_LIST,
    RECORD_SCAN_KEY, /* the ':' behind it is consumed too */
    RECORD_SCAN_STRING,
    RECORD_SCAN_NUMBER,
    RECORD_SCAN_TRUE,
    RECORD_SCAN_FALSE,
    RECORD_SCAN_NULL,
    RECORD_SCAN_BAD, /* not JSON: scan->rule and scan->at say what and where; stays so */
};

struct record_scan {
    struct slice text;
    size_t at;        /* next byte to read; of the offending byte after RECORD_SCAN_BAD */
    size_t start;     /* offset of the token just read */
    struct slice raw; /* its text; for keys and strings what stands between the quotes, still
                         escaped */
    bool escaped;     /* whether raw holds a backslash */
    bool unpaired;    /* whether raw escapes half a surrogate pair: the grammar allows it, but it is
                         no text, and record_scan_unescape refuses it */
    const char *rule; /* static text, after RECORD_SCAN_BAD */
    uint8_t state;    /* private */
    uint8_t depth;    /* open objects and lists */
    uint64_t objects; /* private: a bit per level, 1 for an object */
};

/* ${text} must outlive the scan. */
struct record_scan record_scan_of(struct slice text);

/* The next token.  Strings are checked: UTF-8, escapes, control characters; surrogate pairs as
 * ${scan->unpaired} says.  Depth is at most LIMIT_JSON_DEPTH.  Keys may repeat. */
enum record_token record_scan_next(struct record_scan *scan);

/* Having just read ${token}: skips the rest of that value (nothing for scalars).  False when it is
 * not JSON. */
bool record_scan_skip(struct record_scan *scan, enum record_token token);

/* Reads on to the end.  False when what is left is not JSON. */
bool record_scan_drain(struct record_scan *scan);

/* Decodes what stood between the quotes of a string that the scanner accepted, appending at most
 * raw.len bytes to ${out}.  False, having appended nothing, when it does not fit or holds half a
 * surrogate pair. */
bool record_scan_unescape(struct slice raw, struct buf *out);

/* Whether what stood between the quotes, once decoded, is ${text}. */
bool record_scan_reads(struct slice raw, struct slice text);

/* The value at a JSON pointer (RFC 6901) in a whole text: its raw bytes (a string with its quotes),
 * its offset and kind.  Among repeated keys the first counts.  RECORD_SCAN_BAD when the text is not
 * JSON up to there, RECORD_SCAN_END when there is no such value; nothing is written then. */
enum record_token record_scan_pointer(struct slice text, struct slice pointer,
                                      struct slice *ret_raw, size_t *ret_offset);

#endif
