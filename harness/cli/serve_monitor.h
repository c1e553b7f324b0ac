/* What `serve --metrics` answers on a listener of its own:
 *
 *   GET /metrics          the Prometheus text format
 *   GET /maintenance      {"seconds": N}; 0: storage is served
 *   POST /maintenance     {"seconds": N}: from now on storage requests get 503 with Retry-After N
 *   DELETE /maintenance   they are served again
 *   POST /admin/...       see serve_admin.h
 *
 * All but the first two work on loopback addresses only, and not for pages of browsers (Origin). */
#ifndef SYNCSPEC_CLI_SERVE_MONITOR_H
#define SYNCSPEC_CLI_SERVE_MONITOR_H

#include "cli/services.h"
#include "core/core.h"
#include "serve/serve.h"

/* All borrowed. */
struct cli_serve_monitor {
    struct core *core;
    const struct serve *serve; /* whose counters are shown */
    const struct serve_access_log *log;
    bool administers; /* maintenance and users may be changed */
    struct cli_services *services;
    struct core_quota usual; /* of users who have none of their own */
};

/* Makes the reply a line of text. */
void cli_serve_monitor_text(struct http_reply *reply, int status, const char *text);

/* The handler of that listener; ${context} is a struct cli_serve_monitor. */
void cli_serve_monitor_handle(void *context, const struct http_request *request,
                              struct http_reply *reply);

#endif
