/* One request on its way through one fault, and what hooks do with it.  Nothing here fails loudly:
 * when memory is out, request and reply stay as they are. */
#ifndef SYNCSPEC_FAULT_CALL_H
#define SYNCSPEC_FAULT_CALL_H

#include "base/arena.h"
#include "fault/fault.h"
#include "fault/memory.h"
#include "http/handler.h"
#include "http/target.h"

struct fault_layer;

/* Slices of the target are as they were sent, still encoded; empty when the path has none. */
struct fault_call {
    const struct fault *fault;
    struct fault_memory *memory;
    struct arena *arena;         /* for what lives as long as the call */
    struct http_request request; /* goes on to the core; credentials are checked as it came */
    struct http_reply *reply;
    enum fault_on method, resource;
    struct slice version, user, collection, id, info, query; /* info: also an instruction */
    int64_t now;                                             /* a stamp */
    int64_t started; /* likewise: when the server was last started again; 0: it was not */
    bool answered;   /* by `before`: the core is not asked */

    /* Private to call.c and stack.c. */
    struct fault_layer *layer;
    struct http_field fields[LIMIT_FIELD_COUNT];
};

/* The request.  What these change, the next fault or the core gets to see. */

/* Whether the request is of one of those methods, and to one of those resources. */
bool fault_call_is(const struct fault_call *call, unsigned on);
/* NULL when there is none. */
const struct slice *fault_call_field(const struct fault_call *call, const char *name);
void fault_call_drop_field(struct fault_call *call, const char *name);
void fault_call_set_field(struct fault_call *call, const char *name, struct slice value);
/* The value of the first parameter of that name, still encoded; false when there is none. */
bool fault_call_parameter(const struct fault_call *call, const char *name, struct slice *ret_value);
bool fault_call_has(const struct fault_call *call, const char *parameter);
void fault_call_drop_parameter(struct fault_call *call, const char *name);
void fault_call_set_parameter(struct fault_call *call, const char *name, struct slice value);
/* Another target; the parts of the call are read from it anew. */
void fault_call_set_target(struct fault_call *call, struct slice target);
void fault_call_set_body(struct fault_call *call, struct slice body);

/* Gives every member of the records in the body (an object, a list of them, or lines) the value
 * that ${change} says: ${raw}, another one, or an empty slice, which takes the member out.  A body
 * that is none of these stays. */
void fault_call_change_records(struct fault_call *call,
                               struct slice (*change)(struct fault_call *call, struct slice name,
                                                      struct slice raw));
/* The value of a member of the object that the body is, as it stands there. */
bool fault_call_body_json(const struct fault_call *call, const char *pointer,
                          struct slice *ret_raw);

/* What a request of the fault's own says of the user's data.  The status of a GET of ${target};
 * with it the body, a text of the call's arena, and the time, 0 when none is told.  NULL: not
 * wanted. */
int fault_call_fetch(struct fault_call *call, struct slice target, struct slice *ret_body,
                     int64_t *ret_modified);
/* ${path} below the endpoint of the call's user, and the call's collection there. */
struct slice fault_call_below(struct fault_call *call, const char *path);
struct slice fault_call_collection(struct fault_call *call);

/* Answers the request; the core is not asked. */
void fault_call_answer(struct fault_call *call, int status, const char *json);

/* Keeps the reply in the cell: its X-Last-Modified, a line end and its body; not one without that
 * field.  And answers with what was kept, if anything was. */
void fault_call_keep_reply(struct fault_call *call, struct fault_cell *cell);
void fault_call_answer_kept(struct fault_call *call, const struct fault_cell *cell);

/* Text of the call's arena; empty when out of memory. */
struct slice fault_call_text(struct fault_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The fault's memory.  The key is the format's text; NULL when out of memory. */
struct fault_cell *fault_call_cell(struct fault_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* How often it was asked for that key, this time included. */
int64_t fault_call_count(struct fault_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A request of the fault's own to what is below it, in the name of the call's user and with no
 * credentials asked.  METHOD and target; ${reply} is the caller's. */
void fault_call_ask(struct fault_call *call, enum http_method method, struct slice target,
                    struct slice body, struct http_reply *reply);

/* The reply. */

/* Whether its status is that; 2: any of 2xx; 0: any. */
bool fault_call_replied(const struct fault_call *call, int status);
bool fault_call_reply_stamp(const struct fault_call *call, const char *name, int64_t *ret_stamp);
void fault_call_set_reply(struct fault_call *call, struct slice body);
/* Replaces each ${from} of the body. */
void fault_call_replace(struct fault_call *call, struct slice from, struct slice to);

/* The value at a JSON pointer of the reply's body, as it stands there; false when there is none. */
bool fault_call_json(const struct fault_call *call, const char *pointer, struct slice *ret_raw);
void fault_call_set_json(struct fault_call *call, const char *pointer, struct slice value);
/* A member of the object at the top of the body. */
void fault_call_drop_member(struct fault_call *call, const char *name);

/* The elements of the body, a JSON list (or its lines, in application/newlines), as they stand
 * there.  An array of the call's arena; 0 when it is no list. */
size_t fault_call_elements(struct fault_call *call, struct slice **ret_elements);
/* Writes the elements, without the empty ones, as the body, in the format that it has. */
void fault_call_set_elements(struct fault_call *call, const struct slice *elements, size_t count);
/* Changes each element that ${change} gives another text for; one it empties is left out. */
void fault_call_each(struct fault_call *call,
                     struct slice (*change)(struct fault_call *call, struct slice element));

#endif
