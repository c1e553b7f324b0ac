#include "core/precond.h"

#include "core/call.h"
#include "core/reply.h"

/* Absent is fine. */
static bool read_stamp(const struct http_fields *fields, const char *name, bool *ret_has,
                       int64_t *ret_stamp)
{
    const struct slice *value = http_fields_get(fields, name);
    *ret_has = value != NULL;
    if (value == NULL)
        return true;
    return http_fields_count(fields, name) == 1 && stamp_parse(*value, ret_stamp);
}

static bool parse(const struct http_fields *fields, bool modified_since,
                  struct core_precond *precond)
{
    if (modified_since &&
        !read_stamp(fields, "X-If-Modified-Since", &precond->has_modified, &precond->modified))
        return false;
    return read_stamp(fields, "X-If-Unmodified-Since", &precond->has_unmodified,
                      &precond->unmodified) &&
           !(precond->has_modified && precond->has_unmodified);
}

bool core_precond_parse(struct core_call *call)
{
    struct core_precond precond = { 0 };
    if (!parse(&call->request->fields, call->dialect->modified_since, &precond)) {
        core_reply_error(call, 400, CORE_CODE_UNKNOWN);
        return false;
    }
    call->precond = precond;
    return true;
}

/* Before 1.5: a write is guarded by its collection, whatever it changes of it. */
static bool holds_for_collection(struct core_call *call, int64_t modified)
{
    struct store_collection collection = { .modified = modified };
    if (call->request->method == HTTP_METHOD_GET || !call->precond.has_unmodified)
        return true;
    if (call->collection.len > 0 && !core_call_collection(call, &collection))
        return false;
    if (collection.modified <= call->precond.unmodified)
        return true;
    core_reply_error(call, 412, CORE_CODE_UNKNOWN);
    return false;
}

bool core_precond_holds(struct core_call *call, int64_t modified)
{
    const struct core_precond *precond = &call->precond;
    if (call->dialect->guards_collection)
        return holds_for_collection(call, modified);
    if (precond->has_unmodified && modified > precond->unmodified) {
        core_reply_error(call, 412, CORE_CODE_UNKNOWN);
        core_reply_modified(call, modified);
        return false;
    }
    bool reads = call->request->method == HTTP_METHOD_GET;
    if (reads && precond->has_modified && modified <= precond->modified) {
        core_reply_empty(call, 304);
        core_reply_modified(call, modified);
        return false;
    }
    return true;
}
