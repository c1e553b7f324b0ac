#include "core/route.h"

#include "http/target.h"

enum {
    SINCE_1_1 = 1U << CORE_1_5 | 1U << CORE_1_1,
    SINCE_1_5 = 1U << CORE_1_5,
    BEFORE_1_5 = 1U << CORE_1_1 | 1U << CORE_1_0,
    EVER = SINCE_1_5 | BEFORE_1_5,
};

/* HEAD is no method of the protocol: like any other that is not here, it gets 405. */
static const struct core_route routes[] = {
    { HTTP_METHOD_GET, { "info", "collections" }, STORE_READ, core_info_collections, EVER },
    { HTTP_METHOD_GET, { "info", "collection_counts" }, STORE_READ, core_info_counts, EVER },
    { HTTP_METHOD_GET, { "info", "collection_usage" }, STORE_READ, core_info_usage, SINCE_1_1 },
    { HTTP_METHOD_GET, { "info", "quota" }, STORE_READ, core_info_quota, EVER },
    { HTTP_METHOD_GET,
      { "info", "configuration" },
      STORE_READ,
      core_info_configuration,
      SINCE_1_5 },
    { HTTP_METHOD_DELETE, { NULL }, STORE_WRITE, core_storage_delete, SINCE_1_5 },
    { HTTP_METHOD_DELETE, { "storage" }, STORE_WRITE, core_storage_delete, EVER },
    { HTTP_METHOD_GET, { "storage", "*" }, STORE_READ, core_collection_get, EVER },
    { HTTP_METHOD_POST, { "storage", "*" }, STORE_WRITE, core_collection_post, EVER },
    { HTTP_METHOD_PUT, { "storage", "*" }, STORE_WRITE, core_collection_post, BEFORE_1_5 },
    { HTTP_METHOD_DELETE, { "storage", "*" }, STORE_WRITE, core_collection_delete, EVER },
    { HTTP_METHOD_GET, { "storage", "*", "*" }, STORE_READ, core_object_get, EVER },
    { HTTP_METHOD_PUT, { "storage", "*", "*" }, STORE_WRITE, core_object_put, EVER },
    { HTTP_METHOD_DELETE, { "storage", "*", "*" }, STORE_WRITE, core_object_delete, EVER },
};

/* The sets of methods that the table above gives to one path. */
static const struct {
    unsigned methods;
    const char *text;
} allows[] = {
    { 1U << HTTP_METHOD_GET, "GET" },
    { 1U << HTTP_METHOD_DELETE, "DELETE" },
    { 1U << HTTP_METHOD_GET | 1U << HTTP_METHOD_POST | 1U << HTTP_METHOD_DELETE,
      "GET, POST, DELETE" },
    { 1U << HTTP_METHOD_GET | 1U << HTTP_METHOD_PUT | 1U << HTTP_METHOD_POST |
          1U << HTTP_METHOD_DELETE,
      "GET, PUT, POST, DELETE" },
    { 1U << HTTP_METHOD_GET | 1U << HTTP_METHOD_PUT | 1U << HTTP_METHOD_DELETE,
      "GET, PUT, DELETE" },
};

static bool decode(struct slice encoded, struct buf *scratch, struct slice *ret_text)
{
    size_t at = scratch->len;
    if (!http_percent_decode(encoded, scratch))
        return false;
    *ret_text = slice_from(buf_slice(scratch), at);
    return true;
}

/* Who stands in the path; false when nobody can be meant. */
static bool parse_user(struct slice segment, struct buf *scratch, struct core_path *path)
{
    if (!path->dialect->named_users)
        return slice_to_u64(segment, &path->uid);
    struct slice name;
    return decode(segment, scratch, &name) && core_dialect_user_valid(name);
}

bool core_route_parse(struct slice path, struct buf *scratch, struct core_path *ret_path)
{
    *ret_path = (struct core_path){ 0 };
    struct slice version, user, segment;
    if (!http_target_segment(&path, &version))
        return true;
    ret_path->dialect = core_dialect_at(version);
    if (ret_path->dialect == NULL || !http_target_segment(&path, &user) ||
        !parse_user(user, scratch, ret_path))
        return true;
    ret_path->endpoint = true;
    while (ret_path->count <= CORE_SEGMENTS && http_target_segment(&path, &segment)) {
        if (segment.len == 0 && path.len == 0 && ret_path->dialect->blind_slash)
            break;
        if (!decode(segment, scratch, &segment))
            return false;
        if (ret_path->count < CORE_SEGMENTS)
            ret_path->segments[ret_path->count] = segment;
        ret_path->count++;
    }
    return true;
}

static bool matches(const struct core_route *route, const struct core_path *path)
{
    bool versed = (route->versions >> path->dialect->version & 1) != 0;
    if (!versed || path->count > CORE_SEGMENTS)
        return false;
    for (size_t i = 0; i < CORE_SEGMENTS; i++) {
        const char *wanted = route->segments[i];
        if (wanted == NULL || i == path->count)
            return wanted == NULL && i == path->count;
        bool any = wanted[0] == '*' && path->segments[i].len > 0;
        if (!any && !slice_is(path->segments[i], wanted))
            return false;
    }
    return true;
}

static const char *allow_text(unsigned methods)
{
    for (size_t i = 0; i < COUNT_OF(allows); i++) {
        if (allows[i].methods == methods)
            return allows[i].text;
    }
    return NULL;
}

const struct core_route *core_route_find(const struct core_path *path, enum http_method method,
                                         const char **ret_allow)
{
    unsigned methods = 0;
    for (size_t i = 0; i < COUNT_OF(routes); i++) {
        if (!matches(&routes[i], path))
            continue;
        if (routes[i].method == method)
            return &routes[i];
        methods |= 1U << routes[i].method;
    }
    *ret_allow = allow_text(methods);
    return NULL;
}
