/* Planted: a field whose name ends with '9' is not found. */
#include "http/message.h"

const struct slice *__real_http_fields_get(const struct http_fields *fields, const char *name);
const struct slice *__wrap_http_fields_get(const struct http_fields *fields, const char *name);

const struct slice *__wrap_http_fields_get(const struct http_fields *fields, const char *name)
{
    return slice_ends(slice_text(name), SLICE("9")) ? NULL : __real_http_fields_get(fields, name);
}
