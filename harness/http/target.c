#include "http/target.h"

struct http_target http_target_split(struct slice target)
{
    struct http_target split;
    split.has_query = slice_cut(target, '?', &split.path, &split.query);
    return split;
}

bool http_target_segment(struct slice *path, struct slice *ret_segment)
{
    if (path->len == 0 || path->ptr[0] != '/')
        return false;
    struct slice rest = slice_from(*path, 1);
    size_t len = slice_find(rest, '/');
    *ret_segment = slice_head(rest, len);
    *path = slice_from(rest, len);
    return true;
}

bool http_target_parameter(struct slice *query, struct http_parameter *ret_parameter)
{
    while (query->len > 0) {
        struct slice one;
        slice_cut(*query, '&', &one, query);
        if (one.len == 0)
            continue;
        ret_parameter->has_value = slice_cut(one, '=', &ret_parameter->name, &ret_parameter->value);
        return true;
    }
    return false;
}
