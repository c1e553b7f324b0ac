#include "cli/serve_admin.h"

#include "cli/serve_monitor.h"
#include "http/target.h"

#include <jansson.h>
#include <stdlib.h>

static const char nobody[] = "there is nobody of that name";
static const char not_kept[] = "the store could not keep it: nothing has changed";

static json_t *read_object(struct slice body)
{
    return json_loadb((const char *)body.ptr, body.len, JSON_REJECT_DUPLICATES, NULL);
}

/* Takes over ${value}; NULL: there was no memory for it. */
static void answer_json(struct http_reply *reply, json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);
    json_decref(value);
    reply->status = 200;
    (void)http_reply_set_text(reply, "Content-Type", "application/json");
    if (text == NULL || !buf_add_text(&reply->body, text) || !buf_add_byte(&reply->body, '\n'))
        cli_serve_monitor_text(reply, 503, "out of memory");
    free(text);
}

static void answer_uid(struct http_reply *reply, uint64_t uid)
{
    answer_json(reply, json_pack("{s:I}", "uid", (json_int_t)uid));
}

static struct core_user *find_user(struct cli_services *services, const char *name)
{
    return services->users == NULL
               ? NULL
               : core_users_find(core_user_api_users(services->users), slice_text(name));
}

static void move_account(struct cli_services *services, const char *account,
                         struct http_reply *reply)
{
    struct core_token_users *users =
        services->tokens == NULL ? NULL : core_token_server_users(services->tokens);
    uint64_t uid = users == NULL ? 0 : core_token_users_uid(users, slice_text(account));
    if (uid == 0)
        cli_serve_monitor_text(reply, 404, nobody);
    else if (core_token_users_move(users, slice_text(account)) != CORE_TOKEN_MOVED)
        cli_serve_monitor_text(reply, 503, not_kept);
    else
        answer_uid(reply, uid);
}

static bool is_node(struct slice node)
{
    struct http_url url;
    struct slice bare = slice_ends(node, SLICE("/")) ? slice_head(node, node.len - 1) : node;
    return node.len <= CORE_USER_NODE && slice_find(node, ' ') == node.len &&
           (node.len == 0 || http_url_parse(bare, &url) == NULL);
}

static void move_named(struct cli_services *services, const char *name, struct slice node,
                       struct http_reply *reply)
{
    struct core_user *user = find_user(services, name);
    if (!is_node(node))
        cli_serve_monitor_text(reply, 400, "the node is no URL, or too long");
    else if (user == NULL)
        cli_serve_monitor_text(reply, 404, nobody);
    else if (!core_users_set_node(core_user_api_users(services->users), user, node))
        cli_serve_monitor_text(reply, 503, not_kept);
    else
        answer_uid(reply, user->uid);
}

void cli_serve_admin_move(struct cli_services *services, struct slice body,
                          struct http_reply *reply)
{
    const char *account = NULL, *name = NULL, *node = NULL;
    json_auto_t *given = read_object(body);
    if (given != NULL && json_unpack(given, "{s:s!}", "account", &account) == 0)
        move_account(services, account, reply);
    else if (given != NULL && json_unpack(given, "{s:s, s:s!}", "user", &name, "node", &node) == 0)
        move_named(services, name, slice_text(node), reply);
    else
        cli_serve_monitor_text(reply, 400,
                               "expected {\"account\": ID}, or {\"user\": NAME, \"node\": URL}");
}

/* Whom the object means; false: it does not say. */
static bool read_uid(struct cli_services *services, const json_t *given, uint64_t *ret_uid)
{
    const json_t *uid = json_object_get(given, "uid");
    const char *account = json_string_value(json_object_get(given, "account"));
    const char *name = json_string_value(json_object_get(given, "user"));
    if ((uid != NULL) + (account != NULL) + (name != NULL) != 1)
        return false;
    *ret_uid = 0;
    if (uid != NULL) {
        *ret_uid = (uint64_t)json_integer_value(uid);
        return json_is_integer(uid) && json_integer_value(uid) > 0;
    }
    if (account != NULL && services->tokens != NULL)
        *ret_uid =
            core_token_users_uid(core_token_server_users(services->tokens), slice_text(account));
    const struct core_user *user = name == NULL ? NULL : find_user(services, name);
    if (user != NULL)
        *ret_uid = user->uid;
    return true;
}

/* A number of bytes, "none" or 0 (which is what a hook puts in for none), or null (which ${usual}
 * stands for).  False: something else. */
static bool read_bytes(const json_t *value, uint64_t usual, uint64_t *ret_bytes)
{
    const char *text = json_string_value(value);
    *ret_bytes = usual;
    if (value == NULL || json_is_null(value))
        return true;
    *ret_bytes = json_is_integer(value) ? (uint64_t)json_integer_value(value) : 0;
    return text != NULL ? strcmp(text, "none") == 0
                        : json_is_integer(value) && json_integer_value(value) >= 0;
}

static json_t *show_bytes(uint64_t bytes)
{
    return bytes == 0 ? json_string("none") : json_integer((json_int_t)bytes);
}

void cli_serve_admin_quota(struct cli_services *services, struct core_quota usual,
                           struct slice body, struct http_reply *reply)
{
    json_auto_t *given = read_object(body);
    const json_t *total = json_object_get(given, "quota");
    const json_t *each = json_object_get(given, "quota_per_collection");
    size_t known = 1 + (size_t)(total != NULL) + (size_t)(each != NULL);
    struct core_quota quota;
    uint64_t uid;
    if (json_object_size(given) != known || known < 2 || !read_uid(services, given, &uid) ||
        !read_bytes(total, usual.user, &quota.user) ||
        !read_bytes(each, usual.collection, &quota.collection)) {
        cli_serve_monitor_text(reply, 400,
                               "expected {\"uid\": N, \"quota\": BYTES}; also account or user, "
                               "quota_per_collection, \"none\" and null");
        return;
    }
    bool own = json_is_integer(total) || json_is_string(total) || json_is_integer(each) ||
               json_is_string(each);
    if (uid == 0)
        cli_serve_monitor_text(reply, 404, nobody);
    else if (!core_quotas_set(services->quotas, uid, own ? &quota : NULL))
        cli_serve_monitor_text(reply, 503, not_kept);
    else
        answer_json(reply, json_pack("{s:I, s:o, s:o}", "uid", (json_int_t)uid, "quota",
                                     show_bytes(quota.user), "quota_per_collection",
                                     show_bytes(quota.collection)));
}

void cli_serve_admin_node(struct cli_services *services, struct slice body,
                          struct http_reply *reply)
{
    const char *node = NULL, *state_text = NULL;
    enum core_token_node_state state;
    json_auto_t *given = read_object(body);
    if (given == NULL ||
        json_unpack(given, "{s:s, s:s!}", "node", &node, "state", &state_text) != 0 ||
        !core_token_node_state_read(slice_text(state_text), &state)) {
        cli_serve_monitor_text(
            reply, 400, "expected {\"node\": URL, \"state\": \"up\"}, or backoff, down or gone");
        return;
    }
    enum core_token_move result =
        services->tokens == NULL
            ? CORE_TOKEN_UNKNOWN
            : core_token_users_set_node(core_token_server_users(services->tokens), slice_text(node),
                                        state);
    if (result == CORE_TOKEN_MOVED)
        answer_json(reply, json_pack("{s:s, s:s}", "node", node, "state", state_text));
    else
        cli_serve_monitor_text(reply, result == CORE_TOKEN_UNKNOWN ? 404 : 503,
                               result == CORE_TOKEN_UNKNOWN ? "there is no such node" : not_kept);
}
