/* A response that is being made.  Owns its bytes; made once and cleared for each request. */
#ifndef SYNCSPEC_HTTP_REPLY_H
#define SYNCSPEC_HTTP_REPLY_H

#include "base/buf.h"
#include "base/limits.h"
#include "http/message.h"

struct http_reply {
    int status;
    struct buf body;
    bool close; /* the connection ends after it */

    /* Private to reply.c: the fields' text, and where each name and value stands in it. */
    struct buf text;
    struct http_reply_place {
        uint32_t name, name_len, value, value_len;
    } places[LIMIT_REPLY_FIELD_COUNT];
    size_t count;
};

/* Empty, status 0; allocates nothing yet. */
void http_reply_init(struct http_reply *reply);

/* Empty again, with the memory kept. */
void http_reply_clear(struct http_reply *reply);

/* Adds a field, or replaces the one of that name.  False when out of room or memory, or when the
 * value holds a control byte other than HTAB (CR and LF would end the field) or the name is not a
 * token: such a field is never written.  A reply that refused one is as it was before.  ${value}
 * must not point into this reply. */
bool http_reply_set(struct http_reply *reply, const char *name, struct slice value);
bool http_reply_set_text(struct http_reply *reply, const char *name, const char *value);
bool http_reply_set_u64(struct http_reply *reply, const char *name, uint64_t value);
bool http_reply_set_stamp(struct http_reply *reply, const char *name, int64_t stamp);

/* Takes the field away; no effect when there is none. */
void http_reply_unset(struct http_reply *reply, const char *name);

/* False when there is none.  Borrowed until the next change of the reply. */
bool http_reply_get(const struct http_reply *reply, const char *name, struct slice *ret_value);

/* The index-th field, for index < reply->count.  Borrowed likewise. */
struct http_field http_reply_field(const struct http_reply *reply, size_t index);

void http_reply_free(struct http_reply *reply);

#endif
