#include "core/core.h"

#include "base/alloc.h"
#include "core/cors.h"
#include "core/health.h"
#include "core/origin.h"
#include "core/reply.h"
#include "core/route.h"

struct core {
    struct core_config config, dialects[CORE_VERSIONS]; /* as configured; as each version has it */
    struct core_env env;
    struct core_tally tally;
    bool has_url;
    struct http_url url; /* slices of config.public_url */
    uint8_t *url_text;
    struct slice *ids;
    struct buf scratch;
};

/* The target is decoded at most once for the path, once for the query, and once more as part of
 * it; it is copied once behind the prefix. */
enum { TARGET_COPIES = 4, TOKENS = 256 };

/* Also fills in the versions' limits. */
static size_t most_ids(struct core *core)
{
    size_t most = (size_t)core->config.limits.max_ids;
    for (int version = 0; version < CORE_VERSIONS; version++) {
        const struct core_dialect *dialect = core_dialect_of((enum core_version)version);
        core->dialects[version] = core->config;
        core_dialect_limit(dialect, &core->dialects[version].limits);
        size_t ids = (size_t)core->dialects[version].limits.max_ids;
        if (core->env.named != NULL && ids > most)
            most = ids;
    }
    return most;
}

struct core *core_new(const struct core_config *config, const struct core_env *env)
{
    struct core *core = alloc_new(struct core);
    if (core == NULL)
        return NULL;
    core->config = *config;
    core->env = *env;
    core->url_text = alloc_zeroed(1, config->public_url.len);
    core->ids = alloc_zeroed(most_ids(core), sizeof(*core->ids));
    if (core->url_text == NULL || core->ids == NULL) {
        core_free(core);
        return NULL;
    }
    if (config->public_url.len > 0)
        memcpy(core->url_text, config->public_url.ptr, config->public_url.len);
    core->config.public_url = slice_of(core->url_text, config->public_url.len);
    for (int version = 0; version < CORE_VERSIONS; version++)
        core->dialects[version].public_url = core->config.public_url;
    core->has_url =
        config->public_url.len > 0 && http_url_parse(core->config.public_url, &core->url) == NULL;
    core->scratch =
        buf_bounded((size_t)config->limits.max_request_bytes +
                    (size_t)TARGET_COPIES * LIMIT_TARGET + config->public_url.len + TOKENS);
    return core;
}

void core_free(struct core *core)
{
    if (core == NULL)
        return;
    alloc_release(core->url_text);
    alloc_release(core->ids);
    buf_free(&core->scratch);
    alloc_release(core);
}

/* Room for all that will be decoded, so that nothing in the scratch moves. */
static bool reserve(struct core *core, const struct http_request *request)
{
    size_t body = request->body.len;
    if (body > core->config.limits.max_request_bytes)
        body = 0; /* will not be decoded */
    buf_clear(&core->scratch);
    return buf_reserve(&core->scratch, TARGET_COPIES * request->target.len + body +
                                           core->config.public_url.len + TOKENS);
}

/* The scheme of the call's version; NULL when that is not served. */
static struct auth_scheme *scheme_of(const struct core *core, const struct core_call *call)
{
    return call->dialect->named_users ? core->env.named : core->env.auth;
}

/* False: the reply is a 401 or a 503.  It is the same whatever is or is not at the target. */
static bool authenticate(struct core *core, struct core_call *call,
                         const struct auth_origin *origin, struct core_path *path)
{
    struct auth_scheme *scheme = scheme_of(core, call);
    struct auth_identity identity = { 0 };
    enum auth_result result = auth_check(scheme, call->request, origin, call->now, &identity);
    if (call->dialect->named_users)
        path->uid = identity.uid; /* a name has the number that its scheme gives it */
    if (result == AUTH_OK && identity.uid != path->uid)
        result = AUTH_WRONG_USER;
    if (result == AUTH_OK && core->env.moved != NULL &&
        core->env.moved(core->env.moved_context, identity.uid))
        result = AUTH_WRONG_NODE;
    core->tally.auth[result]++;
    if (result == AUTH_OK)
        return true;
    if (result == AUTH_BUSY) {
        core_reply_retry(call);
        return false;
    }
    core_reply_error(call, 401, CORE_CODE_UNKNOWN);
    const char *challenge = call->dialect->challenge;
    core_reply_field(call, "WWW-Authenticate",
                     slice_text(challenge == NULL ? scheme->ops->name : challenge));
    return false;
}

/* Names in the path: a collection that cannot be is 400 with code 13, an id that cannot be is that
 * of no record. */
static bool take_names(struct core_call *call, const struct core_path *path)
{
    if (path->count < 2 || !slice_is(path->segments[0], "storage"))
        return true;
    if (!record_collection_valid(path->segments[1])) {
        core_reply_error(call, 400, CORE_CODE_COLLECTION);
        return false;
    }
    if (path->count == CORE_SEGMENTS &&
        !record_id_valid_for(call->dialect->kind, path->segments[2])) {
        core_reply_error(call, 404, CORE_CODE_UNKNOWN);
        return false;
    }
    call->collection = path->segments[1];
    call->id = path->segments[2];
    return true;
}

/* NULL: the reply is an error. */
static const struct core_route *choose_route(struct core_call *call, const struct core_path *path)
{
    const char *allow = NULL;
    const struct core_route *route = core_route_find(path, call->request->method, &allow);
    if (route == NULL) {
        core_reply_error(call, allow == NULL ? 404 : 405, CORE_CODE_UNKNOWN);
        if (allow != NULL)
            core_reply_field(call, "Allow", slice_text(allow));
        return NULL;
    }
    if (call->request->body.len > call->config->limits.max_request_bytes) {
        core_reply_error(call, 413, CORE_CODE_LIMIT);
        return NULL;
    }
    if (!take_names(call, path))
        return NULL;
    return core_precond_parse(call) ? route : NULL;
}

static void set_timestamp(struct core_call *call, int64_t stamp)
{
    if (!http_reply_set_stamp(call->reply, "X-Weave-Timestamp", stamp))
        call->failed = true;
}

static bool fits(const struct core_call *call)
{
    return !call->failed && !call->reply->body.failed;
}

/* The reply is complete before anything is committed: a 503 means that nothing was stored. */
static void settle(struct core_call *call)
{
    int64_t modified = store_modified(call->txn);
    int64_t current = call->now > modified ? call->now : modified;
    bool wrote = call->commit && !call->unseen;
    set_timestamp(call, wrote ? store_stamp(call->txn) : current);
    enum store_err err = STORE_OK;
    if (call->commit && fits(call))
        err = store_commit(call->txn);
    else
        store_rollback(call->txn);
    call->failed = call->failed || err != STORE_OK;
    call->now = current; /* of a 503 in its place */
}

/* Below /1.5/<uid>, /1.1/<name> or /1.0/<name>. */
static void answer_endpoint(struct core *core, struct core_call *call,
                            const struct core_origin *origin, struct core_path *path)
{
    if (!authenticate(core, call, &origin->auth, path)) {
        set_timestamp(call, call->now);
        return;
    }
    const struct core_route *route = choose_route(call, path);
    call->quota = core_quotas_of(
        core->env.quotas, path->uid,
        (struct core_quota){ core->config.quota, core->config.quota_per_collection });
    enum store_access access = route == NULL ? STORE_READ : route->access;
    enum store_err err = store_begin(core->env.store, path->uid, access, call->now, &call->txn);
    if (err != STORE_OK) {
        core->tally.store_errors++;
        core_reply_retry(call);
        set_timestamp(call, call->now);
        return;
    }
    if (route != NULL)
        route->handle(call);
    settle(call);
    core->tally.store_errors += !fits(call) || call->reply->status == 503;
}

static void open_to_pages(struct core_call *call)
{
    if (!core_cors_open(call->reply))
        call->failed = true;
}

/* Turns the call to the version that the path asks for; false when there is no such endpoint. */
static bool serves(const struct core *core, struct core_call *call, const struct core_path *path)
{
    if (!path->endpoint)
        return false;
    call->dialect = path->dialect;
    call->config = &core->dialects[path->dialect->version];
    return scheme_of(core, call) != NULL;
}

static void answer(struct core *core, struct core_call *call)
{
    struct core_origin origin;
    struct core_path path;
    if (!core_origin_of(call->request, core->has_url ? &core->url : NULL, call->scratch, &origin)) {
        call->failed = true;
        return;
    }
    call->query = origin.query;
    if (core_health_answer(call, origin.path, core->env.store))
        open_to_pages(call);
    else if (!core_route_parse(origin.path, call->scratch, &path))
        core_reply_error(call, 400, CORE_CODE_UNKNOWN);
    else if (!serves(core, call, &path))
        core_reply_error(call, 404, CORE_CODE_UNKNOWN);
    else if (!core_operations_refuse(call, &core->config.operations)) {
        answer_endpoint(core, call, &origin, &path);
        return;
    }
    set_timestamp(call, call->now);
}

const struct core_tally *core_tally_of(const struct core *core)
{
    return &core->tally;
}

struct core_operations *core_operations_of(struct core *core)
{
    return &core->config.operations;
}

/* What every reply has, whatever became of the request. */
static void mark(const struct core *core, struct core_call *call)
{
    core_reply_field(call, "X-Content-Type-Options", SLICE("nosniff"));
    if (core->config.cors && http_fields_get(&call->request->fields, "Origin") != NULL)
        open_to_pages(call);
    core_operations_mark(call, &core->config.operations);
}

void core_handle(struct core *core, const struct http_request *request, struct http_reply *reply)
{
    http_reply_clear(reply);
    struct core_call call = { .config = &core->config,
                              .dialect = core_dialect_of(CORE_1_5),
                              .request = request,
                              .reply = reply,
                              .scratch = &core->scratch,
                              .ids = core->ids,
                              .rng = core->env.rng,
                              .now = clock_now(core->env.clock) };
    mark(core, &call);
    if (request->target.len > LIMIT_TARGET) {
        core_reply_error(&call, 414, CORE_CODE_UNKNOWN);
        set_timestamp(&call, call.now);
    } else if (core->config.cors && request->method == HTTP_METHOD_OPTIONS) {
        if (!core_cors_preflight(reply))
            call.failed = true;
        set_timestamp(&call, call.now);
    } else if (!reserve(core, request)) {
        call.failed = true;
    } else {
        answer(core, &call);
    }
    if (!fits(&call)) {
        core_reply_unavailable(reply, call.now);
        mark(core, &call);
    }
}

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    core_handle(context, request, reply);
}

struct http_handler core_as_handler(struct core *core)
{
    return (struct http_handler){ handle, core };
}
