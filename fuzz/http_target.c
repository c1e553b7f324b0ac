/* A target is the sum of its parts, and bytes that are percent-encoded decode to themselves. */
#include "fuzz/check.h"
#include "http/media.h"
#include "http/target.h"

enum { OUT_CEILING = 16 * 1024 * 1024 };

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

static void check_percent(struct slice wire)
{
    struct buf once = buf_bounded(OUT_CEILING), back = buf_bounded(OUT_CEILING);
    FUZZ_CHECK(http_percent_encode(wire, &once));
    FUZZ_CHECK(http_percent_decode(buf_slice(&once), &back));
    FUZZ_CHECK(slice_eq(buf_slice(&back), wire));
    buf_clear(&back);
    if (!http_percent_decode(wire, &back))
        FUZZ_CHECK(back.len == 0 && slice_find(wire, '%') < wire.len);
    buf_free(&once);
    buf_free(&back);
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
    check_percent(wire);
    check_url(wire);
    FUZZ_CHECK(http_media_choose(wire, offers, COUNT_OF(offers)) <= COUNT_OF(offers));
    FUZZ_CHECK(http_media_type(wire).len <= size);
    return 0;
}
