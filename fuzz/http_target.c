/* A target is the sum of its parts, and the parts of a URL stand in it. */
#include "fuzz/check.h"
#include "http/media.h"
#include "http/target.h"

/* Segments and slashes are the path; no parameter holds what separates parameters. */
static void check_parts(struct slice wire)
{
    struct http_target target = http_target_split(wire);
    FUZZ_CHECK(target.path.len + target.query.len + target.has_query == wire.len);
    struct slice path = target.path, segment;
    size_t seen = 0;
    while (http_target_segment(&path, &segment)) {
        FUZZ_CHECK(slice_find(segment, '/') == segment.len);
        seen += 1 + segment.len;
    }
    FUZZ_CHECK(seen + path.len == target.path.len);
    struct http_parameter parameter;
    while (http_target_parameter(&target.query, &parameter)) {
        FUZZ_CHECK(slice_find(parameter.name, '=') == parameter.name.len);
        FUZZ_CHECK(slice_find(parameter.name, '&') == parameter.name.len);
        FUZZ_CHECK(slice_find(parameter.value, '&') == parameter.value.len);
        FUZZ_CHECK(parameter.has_value || parameter.value.len == 0);
    }
}

/* Host and path of a URL stand in it; the path never ends with a slash. */
static void check_url(struct slice wire)
{
    struct http_url url;
    if (http_url_parse(wire, &url) != NULL)
        return;
    FUZZ_CHECK(url.host.len > 0 && slice_search(wire, url.host) < wire.len);
    FUZZ_CHECK(url.port != 0 && !slice_ends(url.path, SLICE("/")));
    FUZZ_CHECK(url.path.len == 0 || url.path.ptr[0] == '/');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const offers[] = { "application/json", "application/newlines" };
    struct slice wire = slice_of(data, size);
    check_parts(wire);
    check_url(wire);
    FUZZ_CHECK(http_media_choose(wire, offers, COUNT_OF(offers)) <= COUNT_OF(offers));
    FUZZ_CHECK(http_media_type(wire).len <= size);
    return 0;
}
