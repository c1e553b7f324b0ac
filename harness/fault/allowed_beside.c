/* What differs from the core and its services in APIs 1.1 and 1.0, the token server and the User
 * API, and is allowed. */
#include "fault/area.h"
#include "fault/hooks.h"

#define ALLOWED(slug, sentence) .name = "allowed-" slug, .what = (sentence), .conformant = true

static void created(struct fault_call *call)
{
    call->reply->status = 201;
}

/* `failed` gives one reason for each id, not a list of them. */
static void one_reason(struct fault_call *call)
{
    struct slice failed;
    if (!fault_call_json(call, "/failed", &failed))
        return;
    AUTO(buf_free) struct buf made = buf_bounded(failed.len + 1);
    for (size_t i = 0; i < failed.len; i++) {
        uint8_t byte = failed.ptr[i];
        bool opens = byte == '[' && failed.ptr[i - 1] == ':';
        bool closes = byte == ']' && failed.ptr[i - 1] == '"';
        if (!opens && !closes)
            buf_add_byte(&made, byte);
    }
    if (!made.failed)
        fault_call_set_json(call, "/failed", buf_slice(&made));
}

static void missing_is_404(struct fault_call *call)
{
    if (fault_call_fetch(call, call->request.target, NULL, NULL) == 404)
        fault_call_answer(call, 404, "0");
}

static void empty_list_is_404(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "[]"))
        fault_call_answer(call, 404, "0");
}

static struct slice drop_relations(struct fault_call *call, struct slice name, struct slice raw)
{
    (void)call;
    bool relation = slice_is(name, "parentid") || slice_is(name, "predecessorid");
    return relation && raw.len <= 66 ? (struct slice){ 0 } : raw;
}

static void without_relations(struct fault_call *call)
{
    fault_call_change_records(call, drop_relations);
}

static void drop_time(struct fault_call *call)
{
    if (call->reply->status >= 400)
        http_reply_unset(call->reply, "X-Weave-Timestamp");
}

static void space_out(struct fault_call *call)
{
    fault_call_replace(call, SLICE(","), SLICE(", "));
}

static void bare_error(struct fault_call *call)
{
    if (call->reply->status >= 400)
        fault_call_drop_member(call, "errors");
}

static void end_line(struct fault_call *call)
{
    (void)buf_add_byte(&call->reply->body, '\n');
}

static bool is_weak(struct fault_call *call)
{
    struct slice raw;
    return call->method == FAULT_PUT && fault_call_body_json(call, "/password", &raw) &&
           slice_is(raw, "\"x\"");
}

static void strengthen(struct fault_call *call)
{
    fault_call_set_body(call,
                        SLICE("{\"password\":\"something else\",\"e-mail\":\"a@example.com\"}"));
}

static void any_address(struct fault_call *call)
{
    struct slice password, raw;
    if (call->method != FAULT_PUT || fault_call_body_json(call, "/e-mail", &raw) ||
        !fault_call_body_json(call, "/password", &password))
        return;
    fault_call_set_body(call,
                        fault_call_text(call, "{\"password\":%.*s,\"e-mail\":\"a@b.example\"}",
                                        SLICE_FMT(password)));
}

static bool is_of_nobody(struct fault_call *call)
{
    return call->method == FAULT_DELETE;
}

static const struct fault rows[] = {
    { ALLOWED("former-put-is-201", "1.1: a PUT is answered with 201"), .api = "1.1",
      .on = FAULT_PUT | FAULT_ITEM, .status = 200, .after = created },
    { ALLOWED("former-one-reason", "1.1: `failed` gives a text for each id, not a list"),
      .api = "1.1", .on = FAULT_POST, .status = 200, .after = one_reason },
    { ALLOWED("former-missing-is-404", "1.1: DELETE of a record that is not there is 404"),
      .api = "1.1", .on = FAULT_DELETE | FAULT_ITEM, .before = missing_is_404 },
    { ALLOWED("former-empty-is-404", "1.1: a list without records is 404"), .api = "1.1",
      .on = FAULT_GET | FAULT_COLLECTION, .status = 200, .after = empty_list_is_404 },
    { ALLOWED("former-no-relations", "1.1: parentid and predecessorid are not kept"), .api = "1.1",
      .on = FAULT_PUT | FAULT_POST, .before = without_relations },
    { ALLOWED("former-no-weave-records", "1.1: X-Weave-Records is never sent"), .api = "1.1",
      .after = fault_unset, .text = "X-Weave-Records" },
    { ALLOWED("former-no-time-on-errors", "1.1: errors have no X-Weave-Timestamp"), .api = "1.1",
      .after = drop_time },
    { ALLOWED("former-no-configuration", "1.1: there is no info/configuration"), .api = "1.1",
      .info = "configuration", .before = fault_answer, .number = 404, .text = "0" },
    { ALLOWED("oldest-put-is-201", "1.0: a PUT is answered with 201"), .api = "1.0",
      .on = FAULT_PUT | FAULT_ITEM, .status = 200, .after = created },
    { ALLOWED("oldest-no-usage", "1.0: there is no info/collection_usage"), .api = "1.0",
      .info = "collection_usage", .before = fault_answer, .number = 404, .text = "0" },

    { ALLOWED("token-bare-errors", "A token server's errors have a status alone"), .api = "token",
      .on = FAULT_TOKEN, .after = bare_error },
    { ALLOWED("token-white-space", "A token server's JSON has blanks"), .api = "token",
      .on = FAULT_TOKEN, .status = 200, .after = space_out },
    { ALLOWED("token-backoff", "A token server asks for fewer requests"), .api = "token",
      .on = FAULT_TOKEN, .after = fault_set, .text = "X-Backoff", .other = "1" },
    { ALLOWED("token-node-type", "A token server tells the type of its nodes"), .api = "token",
      .on = FAULT_TOKEN, .status = 200, .after = fault_set_value, .text = "/node_type",
      .other = "\"spanner\"" },

    { ALLOWED("account-line-ends", "The User API ends its answers with a line end"), .api = "user",
      .on = FAULT_ACCOUNT, .status = 200, .after = end_line },
    { ALLOWED("account-quoted-codes", "Codes of the User API are texts"), .api = "user",
      .on = FAULT_ACCOUNT, .status = 400, .after = fault_quote },
    { ALLOWED("account-weak-passwords", "The User API takes any password"), .api = "user",
      .on = FAULT_ACCOUNT, .when = is_weak, .before = strengthen },
    { ALLOWED("account-no-addresses", "The User API needs no address"), .api = "user",
      .on = FAULT_ACCOUNT, .before = any_address },
    { ALLOWED("account-nobody-is-401", "DELETE of who does not exist is a wrong password"),
      .api = "user", .on = FAULT_ACCOUNT, .when = is_of_nobody, .status = 404,
      .after = fault_status, .number = 401 },
    { ALLOWED("account-node-below-a-path", "The User API's node has a path of its own"),
      .api = "user", .on = FAULT_ACCOUNT, .info = "node", .status = 200, .after = fault_replace,
      .text = ":8000/", .other = ":8000/sync/" },

    { .api = "1.1",
      .name = "two-former-guards-and-payloads",
      .what = "X-If-Unmodified-Since is not looked at on PUT, and payloads are cut at 64 KiB",
      .impact = "what overwrites another device's change is not even whole",
      .parts = { "former-guard-not-looked-at-on-put", "former-payload-cut-at-64k" } },
    { .api = "token",
      .name = "two-token-generations-and-keys",
      .what = "Neither generations nor keys_changed_at are remembered",
      .impact = "a device that was signed out goes on, with keys that were changed since",
      .parts = { "state-generation-not-remembered", "state-keys-changed-at-not-looked-at" } },
    { .api = "user",
      .name = "two-account-passwords-and-deletions",
      .what = "A password is changed without the old one, and DELETE says nothing",
      .impact = "an account is taken over, and cannot be seen to be deleted",
      .parts = { "account-delete-answers-nothing", "account-password-without-the-old-one" } },
};

const struct fault_area fault_allowed_beside = FAULT_AREA(rows);
