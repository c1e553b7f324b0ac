/* What an administrator asks of `serve` on the listener of --metrics:
 *
 *   POST /admin/move    {"account": ID}, or {"user": NAME, "node": URL}
 *   POST /admin/quota   {"uid": N | "account": ID | "user": NAME, "quota": BYTES | "none" | null,
 *                        "quota_per_collection": the same}
 *   POST /admin/node    {"node": URL, "state": "up" | "backoff" | "down" | "gone"}
 *
 * `syncspec help serve` says what they do.  Replies: 200 with JSON; 400, 404 or 503 with text. */
#ifndef SYNCSPEC_CLI_SERVE_ADMIN_H
#define SYNCSPEC_CLI_SERVE_ADMIN_H

#include "cli/services.h"

void cli_serve_admin_move(struct cli_services *services, struct slice body,
                          struct http_reply *reply);
void cli_serve_admin_quota(struct cli_services *services, struct core_quota usual,
                           struct slice body, struct http_reply *reply);
void cli_serve_admin_node(struct cli_services *services, struct slice body,
                          struct http_reply *reply);

#endif
