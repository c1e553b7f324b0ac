/* What replies of the core are made of. */
#ifndef SYNCSPEC_CORE_REPLY_H
#define SYNCSPEC_CORE_REPLY_H

#include "core/call.h"

/* The response codes of 400s (API 1.5, "Response codes"); other errors carry one as well. */
enum core_code {
    CORE_CODE_UNKNOWN = 0,
    CORE_CODE_PROTOCOL = 1,
    CORE_CODE_OVERWRITE = 4,
    CORE_CODE_JSON = 6,
    CORE_CODE_RECORD = 8,
    CORE_CODE_COLLECTION = 13,
    CORE_CODE_QUOTA = 14,
    CORE_CODE_LIMIT = 17,
};

/* Seconds that a client is asked to wait after a 503. */
#define CORE_RETRY_AFTER "10"

/* All of these note a lack of memory in call->failed. */

/* 200, with an empty JSON body to be written into call->reply->body. */
void core_reply_json(struct core_call *call);

/* A JSON body of one number, the code; drops what the reply said so far. */
void core_reply_error(struct core_call *call, int status, enum core_code code);

/* Without a body. */
void core_reply_empty(struct core_call *call, int status);

/* 503 with Retry-After: for any error of the store, and for want of memory.  Nothing is stored. */
void core_reply_retry(struct core_call *call);

/* X-Last-Modified, in versions that have it. */
void core_reply_modified(struct core_call *call, int64_t stamp);

void core_reply_field(struct core_call *call, const char *name, struct slice value);
void core_reply_count(struct core_call *call, const char *name, uint64_t value);

/* 200 for a DELETE that took effect at ${stamp}: {"modified": ...}; before 1.5 the time alone. */
void core_reply_written(struct core_call *call, int64_t stamp);

/* The same for a DELETE that found nothing: with the time of the last change; before 1.5, where the
 * time is that of the action, with now. */
void core_reply_unchanged(struct core_call *call);

/* Appends bytes/1024 as a JSON number, exactly. */
bool core_reply_add_kb(uint64_t bytes, struct buf *out);

/* Makes it a 503 whatever it was; for when memory has run out, so what does not fit is left out. */
void core_reply_unavailable(struct http_reply *reply, int64_t now);

#endif
