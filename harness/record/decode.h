/* The part of decoding that single records and lists share. */
#ifndef SYNCSPEC_RECORD_DECODE_H
#define SYNCSPEC_RECORD_DECODE_H

#include "record/bso.h"
#include "record/scan.h"

/* As record_decode, for the object that ${scan} has just opened; stops behind its '}'. */
MUST_USE enum record_err record_decode_open(struct record_scan *scan,
                                            const struct record_bounds *bounds, struct buf *scratch,
                                            struct record_update *ret_update,
                                            struct record_fault *ret_fault);

/* RECORD_MALFORMED, with the fault that the scanner found. */
enum record_err record_decode_bad(const struct record_scan *scan, struct record_fault *ret_fault);

/* For a value of another shape, just begun: RECORD_SHAPE when the rest of the text is JSON, else
 * RECORD_MALFORMED. */
enum record_err record_decode_shape(struct record_scan *scan, const char *rule,
                                    struct record_fault *ret_fault);

#endif
