#include "runner/grant.h"

#include "base/limits.h"

#include <ctype.h>

enum { ENDPOINT_MAX = 4096 };

void runner_grant_init(struct runner_grant *grant)
{
    *grant = (struct runner_grant){
        .id = buf_bounded(LIMIT_TOKEN),
        .key = buf_bounded(LIMIT_TOKEN),
        .endpoint = buf_bounded(ENDPOINT_MAX),
        .host = buf_bounded(ENDPOINT_MAX),
        .hostname = buf_bounded(ENDPOINT_MAX),
    };
}

void runner_grant_free(struct runner_grant *grant)
{
    buf_free(&grant->id);
    buf_free(&grant->key);
    buf_free(&grant->endpoint);
    buf_free(&grant->host);
    buf_free(&grant->hostname);
}

bool runner_url_host(const struct http_url *url, struct buf *out)
{
    bool bracket = slice_find(url->host, ':') < url->host.len;
    if (out == NULL)
        return false;
    (void)buf_add_format(out, "%s%.*s%s", bracket ? "[" : "", SLICE_FMT(url->host),
                         bracket ? "]" : "");
    if (url->port != (url->tls ? 443 : 80))
        (void)buf_add_format(out, ":%u", (unsigned)url->port);
    return !out->failed;
}

/* The Host value, and the name that Hawk signs. */
static const char *write_hosts(struct runner_grant *grant)
{
    const struct http_url *url = &grant->url;
    bool fits = runner_url_host(url, &grant->host);
    for (size_t i = 0; i < url->host.len; i++)
        (void)buf_add_byte(&grant->hostname, (uint8_t)tolower(url->host.ptr[i]));
    return fits && !grant->hostname.failed ? NULL : "out of memory";
}

const char *runner_grant_read(struct runner_grant *grant, struct plan_scope *scope,
                              const json_t *granted)
{
    static const char *const names[] = { "id", "key", "endpoint" };
    struct buf *const texts[] = { &grant->id, &grant->key, &grant->endpoint };
    grant->given = granted != NULL;
    buf_clear(&grant->host);
    buf_clear(&grant->hostname);
    for (size_t i = 0; i < COUNT_OF(names) && grant->given; i++) {
        const char *text = json_string_value(json_object_get(granted, names[i]));
        buf_clear(texts[i]);
        const char *wrong = plan_expand_text(scope, text, PLAN_AS_IS, texts[i]);
        if (wrong != NULL)
            return wrong;
    }
    if (!grant->given)
        return NULL;
    const char *wrong = http_url_parse(buf_slice(&grant->endpoint), &grant->url);
    return wrong != NULL ? wrong : write_hosts(grant);
}
