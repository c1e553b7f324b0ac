/* Lists of records: a JSON list, or application/newlines with one JSON value per line. */
#ifndef SYNCSPEC_RECORD_LIST_H
#define SYNCSPEC_RECORD_LIST_H

#include "record/bso.h"
#include "record/scan.h"

enum record_format {
    RECORD_JSON,
    RECORD_NEWLINES,
    RECORD_WHOISI, /* APIs 1.1 and 1.0; written, never read: each value behind its length in bytes,
                      32 bits, most significant byte first, as the 1.1 server packs it */
};

/* "application/json", "application/newlines", "application/whoisi". */
const char *record_format_media_type(enum record_format format);

/* Reads records one by one.  Private fields; begin with record_list_of. */
struct record_list {
    struct record_scan scan; /* of the whole body (JSON) */
    size_t at;               /* where the next line begins (newlines) */
    enum record_format format;
    bool opened;
    enum record_err over; /* what every later call returns; RECORD_OK: not over */
    struct record_fault fault;
};

/* ${body} must outlive the list.  Checks nothing yet. */
struct record_list record_list_of(struct slice body, enum record_format format);

/* The next record, decoded as record_decode does it (same scratch rule, with body.len reserved once
 * for the list).  RECORD_END after the last; only then is the body known to be well-formed.
 * RECORD_INVALID concerns this record, and the next call goes on behind it.  RECORD_MALFORMED and
 * RECORD_SHAPE (an element that is not an object, or has no id that can be read) concern the whole
 * body, and every later call returns them again.  Offsets are of the body.
 *
 * Newlines: each line ends with LF, which the last may lack; CR before it is a blank of JSON and so
 * passes.  A line without a value is RECORD_MALFORMED, as the reference servers have it; an empty
 * body has no lines. */
MUST_USE enum record_err record_list_next(struct record_list *list,
                                          const struct record_bounds *bounds, struct buf *scratch,
                                          struct record_update *ret_update,
                                          struct record_fault *ret_fault);

/* Writes a list: record_writer_of, then _bso or _id for each, then _end. */
struct record_writer {
    struct buf *out;
    enum record_format format;
    enum record_kind kind; /* as which records are written: RECORD_BSO but where it was set */
    size_t count;
    size_t at; /* where the value begins that is being written (whoisi) */
};

/* ${out} must outlive the writer.  Each of the others returns !out->failed. */
struct record_writer record_writer_of(struct buf *out, enum record_format format);
bool record_writer_bso(struct record_writer *writer, const struct record_bso *bso);
bool record_writer_id(struct record_writer *writer, struct slice id);
bool record_writer_end(struct record_writer *writer);

#endif
