/* The User API 1.0, by which clients of storage APIs 1.0 and 1.1 made accounts and found their
 * node. */
#ifndef SYNCSPEC_CORE_USER_API_H
#define SYNCSPEC_CORE_USER_API_H

#include "base/clock.h"
#include "core/user_api_table.h"
#include "http/reply.h"

struct core_user_api;

struct core_user_api_config {
    struct core_users_config users;
    struct slice node;   /* URL of everybody's storage node, ends with '/'; empty: null is told */
    struct slice secret; /* `secret` of a new account that needs no captcha; empty: there is none */
};

enum {
    CORE_USER_API_BODY = 16 * 1024, /* bytes of a request */
    CORE_USER_API_PASSWORD_MIN = 8, /* bytes; shorter ones are too weak */
    CORE_USER_API_RESET = 6 * 3600, /* seconds that a reset code lives */
    CORE_USER_API_CODE_TEXT = 33,   /* a reset code with NUL */
};

/* What an operator plugs in; each may be NULL. */
struct core_user_api_hooks {
    void *context;
    /* Sends a reset code.  NULL: no mail is sent, and a client that asks for one is told so (503
     * with X-Weave-Alert). */
    bool (*mail)(void *context, const struct core_user *user, const char *code);
    /* Whether the answer to a captcha is right.  NULL: none is asked for, and captcha_html says
     * so. */
    bool (*captcha)(void *context, struct slice challenge, struct slice response);
    /* The account is about to go, and its records with it.  False: they cannot now, and the account
     * stays (503).  NULL: records stay, out of reach. */
    bool (*gone)(void *context, uint64_t uid);
};

struct core_user_api_env {
    const struct clock *clock;
    struct core_user_api_hooks hooks;
};

/* Copies ${config} with its slices.  NULL when out of memory. */
MUST_USE struct core_user_api *core_user_api_new(const struct core_user_api_config *config,
                                                 const struct core_user_api_env *env);

/* Total: every request gets a reply.  Serves /user/1.0/<name>[/...] and /misc/1.0/captcha_html. */
void core_user_api_handle(struct core_user_api *api, const struct http_request *request,
                          struct http_reply *reply);

/* Changes the URL of everybody's storage node, which is copied: a server may learn its own address
 * late.  False when out of memory. */
MUST_USE bool core_user_api_set_node(struct core_user_api *api, struct slice url);

/* The accounts, for the Basic scheme. */
struct core_users *core_user_api_users(struct core_user_api *api);

/* core_user_api_free(NULL) does nothing. */
void core_user_api_free(struct core_user_api *api);

#endif
