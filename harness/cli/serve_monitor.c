#include "cli/serve_monitor.h"

#include "cli/serve_admin.h"
#include "serve/metrics.h"

#include <jansson.h>

/* By enum auth_result. */
static const char *const auth_labels[AUTH_RESULTS] = {
    [AUTH_OK] = "ok",
    [AUTH_MISSING] = "missing",
    [AUTH_MALFORMED] = "malformed",
    [AUTH_BAD_TOKEN] = "bad-token",
    [AUTH_EXPIRED] = "expired",
    [AUTH_BAD_MAC] = "bad-mac",
    [AUTH_BAD_HASH] = "bad-hash",
    [AUTH_SKEWED] = "skewed",
    [AUTH_REPLAYED] = "replayed",
    [AUTH_WRONG_NODE] = "wrong-node",
    [AUTH_WRONG_USER] = "wrong-user",
    [AUTH_BUSY] = "busy",
};

void cli_serve_monitor_text(struct http_reply *reply, int status, const char *text)
{
    buf_clear(&reply->body);
    reply->status = status;
    (void)http_reply_set_text(reply, "Content-Type", "text/plain; charset=utf-8");
    (void)buf_add_text(&reply->body, text);
    (void)buf_add_text(&reply->body, "\n");
}

static void show_metrics(const struct cli_serve_monitor *monitor,
                         const struct http_request *request, struct http_reply *reply)
{
    (void)request;
    const struct core_tally *tally = core_tally_of(monitor->core);
    struct buf *out = &reply->body;
    serve_metrics_counters(out, serve_counters_of(monitor->serve));
    serve_metrics_family(out, "syncspec_auth_total", "counter",
                         "Storage requests by what came of their credentials.");
    for (size_t i = 0; i < AUTH_RESULTS; i++)
        buf_add_format(out, "syncspec_auth_total{result=\"%s\"} %llu\n", auth_labels[i],
                       (unsigned long long)tally->auth[i]);
    serve_metrics_single(out, "syncspec_store_errors_total", "counter",
                         "Storage requests that the store, or want of memory, made a 503.",
                         tally->store_errors);
    serve_metrics_single(out, "syncspec_maintenance_seconds", "gauge",
                         "Retry-After of maintenance; 0: storage is served.",
                         core_operations_of(monitor->core)->maintenance);
    if (monitor->log != NULL)
        serve_metrics_single(out, "syncspec_access_log_lost_total", "counter",
                             "Lines of the access log that could not be written.",
                             monitor->log->lost);
    serve_metrics_process(out);
    reply->status = 200;
    if (out->failed || !http_reply_set_text(reply, "Content-Type", SERVE_METRICS_TYPE))
        cli_serve_monitor_text(reply, 503, "out of memory");
}

static void show_maintenance(const struct cli_serve_monitor *monitor,
                             const struct http_request *request, struct http_reply *reply)
{
    (void)request;
    reply->status = 200;
    (void)http_reply_set_text(reply, "Content-Type", "application/json");
    (void)buf_add_format(&reply->body, "{\"seconds\":%u}\n",
                         (unsigned)core_operations_of(monitor->core)->maintenance);
}

/* Any page in a browser of this machine can send requests to it, but not without an Origin. */
static bool may_change(const struct cli_serve_monitor *monitor, const struct http_request *request,
                       struct http_reply *reply)
{
    if (monitor->administers && http_fields_get(&request->fields, "Origin") == NULL)
        return true;
    cli_serve_monitor_text(reply, 403,
                           "only on a loopback address, and not for pages of a browser");
    return false;
}

static void begin_maintenance(const struct cli_serve_monitor *monitor,
                              const struct http_request *request, struct http_reply *reply)
{
    json_int_t seconds = 0;
    if (!may_change(monitor, request, reply))
        return;
    json_auto_t *given = json_loadb((const char *)request->body.ptr, request->body.len,
                                    JSON_REJECT_DUPLICATES, NULL);
    if (given == NULL || json_unpack(given, "{s:I!}", "seconds", &seconds) != 0 || seconds < 1 ||
        seconds > CORE_WAIT_MAX) {
        cli_serve_monitor_text(reply, 400, "expected {\"seconds\": N}, from 1 to a year");
        return;
    }
    core_operations_of(monitor->core)->maintenance = (uint32_t)seconds;
    show_maintenance(monitor, request, reply);
}

static void end_maintenance(const struct cli_serve_monitor *monitor,
                            const struct http_request *request, struct http_reply *reply)
{
    if (!may_change(monitor, request, reply))
        return;
    core_operations_of(monitor->core)->maintenance = 0;
    show_maintenance(monitor, request, reply);
}

static void move_user(const struct cli_serve_monitor *monitor, const struct http_request *request,
                      struct http_reply *reply)
{
    if (may_change(monitor, request, reply))
        cli_serve_admin_move(monitor->services, request->body, reply);
}

static void set_quota(const struct cli_serve_monitor *monitor, const struct http_request *request,
                      struct http_reply *reply)
{
    if (may_change(monitor, request, reply))
        cli_serve_admin_quota(monitor->services, monitor->usual, request->body, reply);
}

static void set_node(const struct cli_serve_monitor *monitor, const struct http_request *request,
                     struct http_reply *reply)
{
    if (may_change(monitor, request, reply))
        cli_serve_admin_node(monitor->services, request->body, reply);
}

static const struct {
    const char *path;
    enum http_method method;
    void (*answer)(const struct cli_serve_monitor *monitor, const struct http_request *request,
                   struct http_reply *reply);
} pages[] = {
    { "/metrics", HTTP_METHOD_GET, show_metrics },
    { "/metrics", HTTP_METHOD_HEAD, show_metrics },
    { "/maintenance", HTTP_METHOD_GET, show_maintenance },
    { "/maintenance", HTTP_METHOD_HEAD, show_maintenance },
    { "/maintenance", HTTP_METHOD_POST, begin_maintenance },
    { "/maintenance", HTTP_METHOD_DELETE, end_maintenance },
    { "/admin/move", HTTP_METHOD_POST, move_user },
    { "/admin/quota", HTTP_METHOD_POST, set_quota },
    { "/admin/node", HTTP_METHOD_POST, set_node },
};

void cli_serve_monitor_handle(void *context, const struct http_request *request,
                              struct http_reply *reply)
{
    struct slice path, query;
    AUTO(buf_free) struct buf allow = buf_bounded(64);
    (void)slice_cut(request->target, '?', &path, &query);
    for (size_t i = 0; i < COUNT_OF(pages); i++) {
        if (!slice_is(path, pages[i].path))
            continue;
        if (pages[i].method == request->method) {
            pages[i].answer(context, request, reply);
            return;
        }
        buf_add_text(&allow, allow.len > 0 ? ", " : "");
        buf_add_text(&allow, http_method_name(pages[i].method));
    }
    cli_serve_monitor_text(reply, allow.len > 0 ? 405 : 404,
                           allow.len > 0 ? "not this method"
                                         : "here are /metrics, /maintenance and /admin/");
    if (allow.len > 0)
        (void)http_reply_set(reply, "Allow", buf_slice(&allow));
}
