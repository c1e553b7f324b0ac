/* Lists of records: a JSON list, or application/newlines with one JSON value per line. */
#ifndef SYNCSPEC_RECORD_LIST_H
#define SYNCSPEC_RECORD_LIST_H

#include "record/bso.h"

enum record_format { RECORD_JSON, RECORD_NEWLINES };

/* "application/json", "application/newlines". */
const char *record_format_media_type(enum record_format format);

/* Reads records one by one.  Private fields; begin with record_list_of. */
struct record_list {
    struct slice text;
    size_t at;
    enum record_format format;
    bool opened, ended;
};

/* ${body} must outlive the list.  Checks nothing yet. */
struct record_list record_list_of(struct slice body, enum record_format format);

/* The next record, decoded as record_decode does it (same scratch rule, with body.len reserved once
 * for the list). RECORD_END after the last; only then is the body known to be well-formed.
 * RECORD_INVALID concerns this record, and the next call goes on behind it.  RECORD_MALFORMED and
 * RECORD_SHAPE concern the whole body.  Offsets are of the body. */
MUST_USE enum record_err record_list_next(struct record_list *list,
                                          const struct record_bounds *bounds, struct buf *scratch,
                                          struct record_update *ret_update,
                                          struct record_fault *ret_fault);

/* Writes a list: record_writer_of, then _bso or _id for each, then _end. */
struct record_writer {
    struct buf *out;
    enum record_format format;
    size_t count;
};

struct record_writer record_writer_of(struct buf *out, enum record_format format);
bool record_writer_bso(struct record_writer *writer, const struct record_bso *bso);
bool record_writer_id(struct record_writer *writer, struct slice id);
bool record_writer_end(struct record_writer *writer);

#endif
