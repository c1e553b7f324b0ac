#include "serve/metrics.h"

#include <stdio.h>
#include <unistd.h>

enum { STATM_TEXT = 128, NS_PER_SECOND = 1000000000, DECIMALS = 9 };

void serve_metrics_family(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void serve_metrics_single(struct buf *out, const char *name, const char *type, const char *help,
                          uint64_t value)
{
    serve_metrics_family(out, name, type, help);
    buf_add_format(out, "%s ", name);
    buf_add_u64(out, value);
    buf_add_byte(out, '\n');
}

/* Exactly, without a double: 0.00025. */
static void add_seconds(struct buf *out, uint64_t nanoseconds)
{
    uint64_t rest = nanoseconds % NS_PER_SECOND;
    int decimals = DECIMALS;
    while (decimals > 1 && rest % 10 == 0) {
        rest /= 10;
        decimals--;
    }
    buf_add_format(out, "%llu.%0*llu", (unsigned long long)(nanoseconds / NS_PER_SECOND), decimals,
                   (unsigned long long)rest);
}

static const char *method_name(size_t method)
{
    if (method == SERVE_METHOD_NONE)
        return "none";
    return method == HTTP_METHOD_OTHER ? "other" : http_method_name((enum http_method)method);
}

static void add_requests(struct buf *out, const struct serve_counters *counters)
{
    serve_metrics_family(out, "syncspec_http_requests_total", "counter",
                         "Answers by method (none: not readable as a request) and status class.");
    for (size_t method = 0; method < SERVE_METHODS; method++) {
        for (size_t class = 0; class < SERVE_CLASSES; class ++)
            buf_add_format(out,
                           "syncspec_http_requests_total{method=\"%s\",status=\"%zuxx\"} %llu\n",
                           method_name(method), class + 2,
                           (unsigned long long)counters->requests[method][class]);
    }
}

static void add_durations(struct buf *out, const struct serve_counters *counters)
{
    uint64_t sum = 0;
    serve_metrics_family(out, "syncspec_http_request_duration_seconds", "histogram",
                         "Time to make an answer, from the end of its request.");
    for (size_t i = 0; i < SERVE_BUCKETS; i++) {
        sum += counters->buckets[i];
        buf_add_text(out, "syncspec_http_request_duration_seconds_bucket{le=\"");
        if (serve_counters_bound(i) == UINT64_MAX)
            buf_add_text(out, "+Inf");
        else
            add_seconds(out, serve_counters_bound(i));
        buf_add_format(out, "\"} %llu\n", (unsigned long long)sum);
    }
    buf_add_text(out, "syncspec_http_request_duration_seconds_sum ");
    add_seconds(out, counters->duration_ns);
    buf_add_format(out, "\nsyncspec_http_request_duration_seconds_count %llu\n",
                   (unsigned long long)sum);
}

void serve_metrics_counters(struct buf *out, const struct serve_counters *counters)
{
    add_requests(out, counters);
    add_durations(out, counters);
    serve_metrics_single(out, "syncspec_http_requests_in_flight", "gauge",
                         "Connections with a request or its answer under way.",
                         counters->in_flight);
    serve_metrics_single(out, "syncspec_connections_total", "counter", "Connections accepted.",
                         counters->accepted);
    serve_metrics_single(out, "syncspec_connections_open", "gauge", "Connections now.",
                         counters->open);
    serve_metrics_single(out, "syncspec_received_bytes_total", "counter",
                         "Bytes received on connections.", counters->received);
    serve_metrics_single(out, "syncspec_sent_bytes_total", "counter", "Bytes sent on connections.",
                         counters->sent);
}

/* Of /proc: total and resident pages come first.  False where there is no such file. */
static bool read_pages(unsigned long long *ret_total, unsigned long long *ret_resident)
{
    char text[STATM_TEXT];
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL)
        return false;
    char *line = fgets(text, sizeof(text), file);
    (void)fclose(file);
    struct slice total, resident, rest;
    uint64_t numbers[2];
    if (line == NULL || !slice_cut(slice_text(line), ' ', &total, &rest) ||
        !slice_cut(rest, ' ', &resident, &rest) || !slice_to_u64(total, &numbers[0]) ||
        !slice_to_u64(resident, &numbers[1]))
        return false;
    *ret_total = numbers[0];
    *ret_resident = numbers[1];
    return true;
}

void serve_metrics_process(struct buf *out)
{
    unsigned long long total, resident;
    long page = sysconf(_SC_PAGESIZE);
    if (page > 0 && read_pages(&total, &resident)) {
        serve_metrics_single(out, "process_virtual_memory_bytes", "gauge",
                             "Virtual memory size in bytes.", total * (uint64_t)page);
        serve_metrics_single(out, "process_resident_memory_bytes", "gauge",
                             "Resident memory size in bytes.", resident * (uint64_t)page);
    }
    serve_metrics_family(out, "syncspec_build_info", "gauge", "Always 1; says what runs.");
    buf_add_text(out, "syncspec_build_info{version=\"" SYNCSPEC_VERSION "\"} 1\n");
}
