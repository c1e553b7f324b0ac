/* The records of a POST: read, sorted into those to be stored and those that failed. */
#ifndef SYNCSPEC_CORE_INTAKE_H
#define SYNCSPEC_CORE_INTAKE_H

#include "core/call.h"
#include "record/list.h"

/* Begin with core_intake_of, end with core_intake_free. */
struct core_intake {
    struct core_call *call;
    struct record_update *updates; /* to be stored: at most max_post_records */
    size_t count;
    uint64_t bytes;    /* their payloads, and those that went past max_post_bytes */
    struct slice *ids; /* of all records of the body */
    size_t id_count, id_room;
    size_t failed; /* how many members of `failed` are written */
};

struct core_intake core_intake_of(struct core_call *call);

/* Reads the whole body.  The failed records are appended to the reply's body as members of a JSON
 * object, id to reason (before 1.5: to a list of one).  False: the body is refused as a whole, and
 * the reply is an error. */
MUST_USE bool core_intake_read(struct core_intake *intake, enum record_format format);

void core_intake_free(struct core_intake *intake);

#endif
