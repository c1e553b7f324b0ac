#include "bench/rivals.h"

#include <http_parser.h>

enum { MAX_FIELDS = 100 };

/* picohttpparser, as Debian's libh2o exports it; no header is installed. */
struct phr_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};
int phr_parse_request(const char *buf, size_t len, const char **method, size_t *method_len,
                      const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *headers, size_t *num_headers, size_t last_len);

static struct phr_header fields[MAX_FIELDS];
static struct bench_found found;

static int collect_target(http_parser *parser, const char *at, size_t len)
{
    (void)parser;
    (void)at;
    found.target_len = len;
    return 0;
}

static int collect_name(http_parser *parser, const char *at, size_t len)
{
    (void)parser;
    fields[found.fields % MAX_FIELDS].name = at;
    fields[found.fields % MAX_FIELDS].name_len = len;
    found.fields++;
    return 0;
}

static int collect_value(http_parser *parser, const char *at, size_t len)
{
    (void)parser;
    fields[(found.fields - 1) % MAX_FIELDS].value = at;
    fields[(found.fields - 1) % MAX_FIELDS].value_len = len;
    return 0;
}

struct bench_found bench_http_parser(struct slice wire)
{
    static const http_parser_settings settings = {
        .on_url = collect_target,
        .on_header_field = collect_name,
        .on_header_value = collect_value,
    };
    http_parser parser;
    http_parser_init(&parser, HTTP_REQUEST);
    found = (struct bench_found){ 0 };
    size_t done = http_parser_execute(&parser, &settings, (const char *)wire.ptr, wire.len);
    return done == wire.len ? found : (struct bench_found){ 0 };
}

struct bench_found bench_picohttpparser(struct slice wire)
{
    const char *method, *path;
    size_t method_len, path_len, count = MAX_FIELDS;
    int minor;
    int done = phr_parse_request((const char *)wire.ptr, wire.len, &method, &method_len, &path,
                                 &path_len, &minor, fields, &count, 0);
    return done > 0 ? (struct bench_found){ count, path_len } : (struct bench_found){ 0 };
}
