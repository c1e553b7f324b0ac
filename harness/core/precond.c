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

bool core_precond_parse(const struct http_fields *fields, struct core_precond *ret_precond)
{
    struct core_precond precond = { 0 };
    if (!read_stamp(fields, "X-If-Modified-Since", &precond.has_modified, &precond.modified))
        return false;
    if (!read_stamp(fields, "X-If-Unmodified-Since", &precond.has_unmodified, &precond.unmodified))
        return false;
    if (precond.has_modified && precond.has_unmodified)
        return false;
    *ret_precond = precond;
    return true;
}

bool core_precond_holds(struct core_call *call, int64_t modified)
{
    const struct core_precond *precond = &call->precond;
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
