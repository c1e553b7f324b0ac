#include "auth/hawk.h"
#include "base/alloc.h"
#include "fuzz/check.h"
#include "fuzz/services_world.h"
#include "http/target.h"
#include "record/scan.h"

/* Copies a text of the reply's JSON object to ${out}; false when there is none. */
static bool note(const struct services *services, struct slice pointer, struct buf *out)
{
    struct slice raw;
    size_t offset;
    if (record_scan_pointer(buf_slice(&services->reply.body), pointer, &raw, &offset) !=
        RECORD_SCAN_STRING)
        return false;
    buf_clear(out);
    return buf_add(out, slice_head(slice_from(raw, 1), raw.len - 2));
}

/* Signed by who got the last token; where the server's URL has a path, that is signed, too. */
static void sign(struct services *services, const struct http_request *request)
{
    bool behind = (services->how & SERVICES_PREFIX) != 0;
    struct buf target = buf_bounded((size_t)2 * LIMIT_TARGET);
    char nonce[24];
    (void)snprintf(nonce, sizeof(nonce), "n%llu", (unsigned long long)services->count);
    if (behind && !slice_starts(request->target, SLICE(SERVICES_PATH)))
        buf_add_text(&target, SERVICES_PATH);
    FUZZ_CHECK(buf_add(&target, request->target));
    const struct auth_hawk_input input = {
        .ts = SLICE("1700000000"),
        .nonce = slice_text(nonce),
        .method = request->method_text,
        .target = buf_slice(&target),
        .host = behind ? SLICE("sync.example.com") : SLICE("h"),
        .port = behind ? 8443 : 80,
    };
    buf_clear(&services->value);
    if (!auth_hawk_sign(buf_slice(&services->id), buf_slice(&services->key), &input,
                        &services->value))
        buf_clear(&services->value);
    buf_free(&target);
}

/* What stands for something that was told before; else the value itself. */
static struct slice value_of(struct services *services, const struct http_request *request,
                             const struct http_field *field)
{
    bool authorization = slice_eq_nocase(field->name, SLICE("Authorization"));
    if (authorization && slice_is(field->value, "Hawk") && services->id.len > 0) {
        sign(services, request);
        return buf_slice(&services->value);
    }
    if (authorization && slice_is(field->value, "Bearer last")) {
        buf_clear(&services->value);
        buf_add_text(&services->value, "Bearer ");
        FUZZ_CHECK(buf_add(&services->value, buf_slice(&services->access)));
        return buf_slice(&services->value);
    }
    if (slice_eq_nocase(field->name, SLICE("X-Weave-Password-Reset")) &&
        slice_is(field->value, "mailed"))
        return slice_text(services->code);
    return field->value;
}

static void fill_in(struct services *services, struct http_request *request)
{
    for (size_t i = 0; i < request->fields.count; i++) {
        services->fields[i].name = request->fields.at[i].name;
        services->fields[i].value = value_of(services, request, &request->fields.at[i]);
    }
    request->fields.at = services->fields;
}

/* {"token": "last"}, for a service that is asked about it. */
static void fill_in_body(struct services *services, struct http_request *request)
{
    if (!slice_is(request->body, "last"))
        return;
    buf_clear(&services->body);
    (void)buf_add_format(&services->body, "{\"token\":\"%s\"}", buf_text(&services->access));
    request->body = buf_slice(&services->body);
}

static bool is_below(struct slice target, const char *path)
{
    return slice_starts(target, slice_text(path));
}

/* Storage API 1.0 has paths that begin as the token server's do. */
static void route(struct services *services, struct http_request *request)
{
    struct http_request inner = *request;
    struct slice prefix = services->how & SERVICES_PREFIX ? SLICE(SERVICES_PATH) : SLICE("");
    if (slice_starts(inner.target, prefix))
        inner.target = slice_from(inner.target, prefix.len);
    const struct slice *credentials = http_fields_get(&inner.fields, "Authorization");
    bool bears = credentials != NULL && slice_starts(*credentials, SLICE("Bearer "));
    if (is_below(inner.target, "/v1/") || is_below(inner.target, "/accounts"))
        core_accounts_handle(services->accounts, &inner, &services->reply);
    else if (is_below(inner.target, "/user/") || is_below(inner.target, "/misc/"))
        core_user_api_handle(services->users, &inner, &services->reply);
    else if (is_below(inner.target, bears ? "/1.0/" : "/1.0/sync"))
        core_token_handle(services->tokens, &inner, &services->reply);
    else
        core_handle(services->core, request, &services->reply);
}

/* Each order says whether it was carried out. */

static bool wait(struct services *services, const struct http_target *target)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_from(target->path, 1), &seconds) || seconds > UINT32_MAX)
        return false;
    clock_virtual_advance(&services->clock, (int64_t)seconds * STAMP_SECOND);
    return true;
}

static bool starve(struct services *services, const struct http_target *target)
{
    return slice_to_u64(slice_from(target->path, 1), &services->fails_at);
}

static bool refuse(struct services *services, const struct http_target *target)
{
    (void)target;
    services->rows.refuses = true;
    return true;
}

static struct core_user *user_of(const struct services *services, const struct http_target *target)
{
    return core_users_find(core_user_api_users(services->users), slice_from(target->path, 1));
}

static bool move(struct services *services, const struct http_target *target)
{
    struct core_user *user = user_of(services, target);
    struct slice name = slice_from(target->path, 1), url = target->query;
    if (url.len == 0)
        return core_token_users_move(core_token_server_users(services->tokens), name) ==
               CORE_TOKEN_MOVED;
    return user != NULL && url.len <= CORE_USER_NODE && slice_find(url, ' ') == url.len &&
           core_users_set_node(core_user_api_users(services->users), user, url);
}

static bool set_node(struct services *services, const struct http_target *target)
{
    enum core_token_node_state state;
    return core_token_node_state_read(slice_from(target->path, 1), &state) &&
           core_token_users_set_node(core_token_server_users(services->tokens), target->query,
                                     state) == CORE_TOKEN_MOVED;
}

static bool set_quota(struct services *services, const struct http_target *target)
{
    const struct core_user *user = user_of(services, target);
    struct core_quota quota = { 0 };
    bool own = slice_to_u64(target->query, &quota.user);
    return user != NULL && core_quotas_set(services->quotas, user->uid, own ? &quota : NULL);
}

static bool restart(struct services *services, const struct http_target *target)
{
    (void)target;
    if (services->restarts)
        services_restart(services);
    return true;
}

/* Carries out what is an order: the reply is 200 or 503.  False: it is a request. */
static bool order(struct services *services, const struct http_request *request)
{
    static const struct {
        const char *name;
        bool (*carry_out)(struct services *services, const struct http_target *target);
    } orders[] = {
        { "RESTART", restart }, { "WAIT", wait },     { "STARVE", starve },   { "REFUSE", refuse },
        { "MOVE", move },       { "NODE", set_node }, { "QUOTA", set_quota },
    };
    const struct http_target target = http_target_split(request->target);
    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        if (slice_is(request->method_text, orders[i].name)) {
            http_reply_clear(&services->reply);
            services->reply.status = orders[i].carry_out(services, &target) ? 200 : 503;
            return true;
        }
    }
    return false;
}

/* What memory fails in may have been done or not; the next one is to be told again. */
static void begin(struct services *services)
{
    services->count++;
    services->rng = rng_seeded_with(services->count << 8 | services->how);
    services->troubled |= services->fails_at != UINT64_MAX;
    alloc_fail_at(services->fails_at);
    services->fails_at = UINT64_MAX;
}

bool services_answer(struct services *services, const struct http_request *request)
{
    struct http_request filled = *request;
    fill_in(services, &filled);
    fill_in_body(services, &filled);
    begin(services);
    bool ordered = order(services, request);
    if (!ordered)
        route(services, &filled);
    alloc_fail_at(UINT64_MAX);
    clock_virtual_advance(&services->clock, 50);
    if (ordered)
        return false;
    if (note(services, SLICE("/key"), &services->key))
        (void)note(services, SLICE("/id"), &services->id);
    (void)note(services, SLICE("/access_token"), &services->access);
    return true;
}
