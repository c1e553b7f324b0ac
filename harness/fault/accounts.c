/* The User API: names, new accounts, and the node. */
#include "fault/area.h"
#include "fault/hooks.h"

#define MISREAD "a client cannot read the answer, and tells the user that something is wrong"
#define TAKEN   "who signs up believes a name free that is not, or taken that is free"
#define ASTRAY  "the user is told something else than what is wrong, and cannot mend it"
#define AGAIN   "a client takes the server for broken, and tries again without an end"
#define LOST    "the client never finds the node where its records are"
#define WEAK    "an account is made that anybody can open"

#define ACCOUNT .api = "user", .on = FAULT_ACCOUNT

/* The account itself, and not one of its instructions. */
static bool is_itself(struct fault_call *call)
{
    return call->info.len == 0;
}

/* A request for the account itself, with the method that stands in `other`. */
static bool asks(struct fault_call *call)
{
    return is_itself(call) &&
           slice_is(slice_text(http_method_name(call->request.method)), call->fault->other);
}

static void tell_booleans(struct fault_call *call)
{
    bool there = slice_is(buf_slice(&call->reply->body), "1");
    fault_call_set_reply(call, there ? SLICE("true") : SLICE("false"));
}

static void tell_opposite(struct fault_call *call)
{
    bool there = slice_is(buf_slice(&call->reply->body), "1");
    fault_call_set_reply(call, there ? SLICE("0") : SLICE("1"));
}

/* Of a deleted account a mark is left, which is not found. */
static void tell_gone_as_404(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "gone %.*s", SLICE_FMT(call->user));
    if (cell == NULL || !is_itself(call))
        return;
    if (call->method == FAULT_DELETE)
        cell->number = 1;
    else if (call->method == FAULT_GET && cell->number != 0)
        call->reply->status = 404;
}

/* What was told of a name is told again. */
static void tell_from_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(call->user));
    if (cell == NULL)
        return;
    if (cell->text.len == 0)
        buf_add(&cell->text, buf_slice(&call->reply->body));
    fault_call_set_reply(call, buf_slice(&cell->text));
}

/* 400s: the code that stands in `text` becomes what stands in `other`. */
static void other_code(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), call->fault->text))
        fault_call_set_reply(call, slice_text(call->fault->other));
}

/* And of that code the status `number`. */
static void other_status(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), call->fault->text))
        call->reply->status = (int)call->fault->number;
}

/* An account that is there gets a new password: as one that was made. */
static void take_twice(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "4"))
        fault_call_answer(call, 200, "0");
}

/* Without a password it is the name's. */
static void make_without_password(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_body_json(call, "/password", &raw))
        return;
    fault_call_set_body(
        call, fault_call_text(call, "{\"password\":\"secret-%.*s\",\"e-mail\":\"%.*s@x\"}",
                              SLICE_FMT(call->user), SLICE_FMT(call->user)));
}

/* What cannot be read is made up. */
static void make_of_broken_json(struct fault_call *call)
{
    struct slice raw;
    if (fault_call_body_json(call, "", &raw))
        return;
    fault_call_set_body(call, SLICE("{\"password\":\"secret-secret\",\"e-mail\":\"a@x\"}"));
}

static bool is_node(struct fault_call *call)
{
    return slice_is(call->info, "node");
}

static void node_without_slash(struct fault_call *call)
{
    struct slice node = buf_slice(&call->reply->body);
    if (slice_ends(node, SLICE("/")))
        buf_truncate(&call->reply->body, node.len - 1);
}

static void node_of_nobody(struct fault_call *call)
{
    fault_call_answer(call, 200, "null");
}

static bool has_no_credentials(struct fault_call *call)
{
    return is_node(call) && fault_call_field(call, "Authorization") == NULL;
}

/* A hyphen is not one of the characters of a name. */
static bool is_hyphenated(struct fault_call *call)
{
    return slice_find(call->user, '-') < call->user.len && call->method == FAULT_PUT;
}

static void name_in_capitals(struct fault_call *call)
{
    struct slice body = arena_copy(call->arena, buf_slice(&call->reply->body));
    buf_clear(&call->reply->body);
    for (size_t i = 0; i < body.len; i++) {
        uint8_t byte = body.ptr[i];
        buf_add_byte(&call->reply->body, byte >= 'a' && byte <= 'z' ? byte - 'a' + 'A' : byte);
    }
}

static const struct fault rows[] = {
    { ACCOUNT, .name = "account-exists-is-a-boolean",
      .what = "Whether a name exists is true or false", .impact = MISREAD,
      .breaks = { "1.1/reg/exists" }, .when = asks, .other = "GET", .status = 200,
      .after = tell_booleans },
    { ACCOUNT, .name = "account-exists-is-reversed", .what = "1 says that a name can be had",
      .impact = TAKEN, .breaks = { "1.1/reg/exists", "1.1/reg/create", "1.1/reg/delete" },
      .when = asks, .other = "GET", .status = 200, .after = tell_opposite },
    { ACCOUNT, .name = "account-gone-name-is-404",
      .what = "A name whose account was deleted is not found", .impact = MISREAD,
      .breaks = { "1.1/reg/exists", "1.1/reg/delete" }, .status = 200, .after = tell_gone_as_404 },
    { ACCOUNT, .name = "account-exists-is-cached",
      .what = "What was told of a name is told for good", .impact = TAKEN,
      .breaks = { "1.1/reg/exists", "1.1/reg/create", "1.1/reg/delete" }, .when = asks,
      .other = "GET", .status = 200, .after = tell_from_cache },
    { ACCOUNT, .name = "account-create-is-201", .what = "A new account is answered with 201",
      .impact = "clients that look for 200 believe that it was not made",
      .breaks = { "1.1/reg/create" }, .when = asks, .other = "PUT", .status = 200,
      .after = fault_status, .number = 201 },
    { ACCOUNT, .name = "account-create-answers-0", .what = "A new account is answered with 0",
      .impact = MISREAD, .breaks = { "1.1/reg/create" }, .when = asks, .other = "PUT",
      .status = 200, .after = fault_body, .text = "0" },
    { ACCOUNT, .name = "account-create-answers-in-capitals",
      .what = "A new account is answered with its name in capitals",
      .impact = "the client uses a name that its node does not have",
      .breaks = { "1.1/reg/create" }, .when = asks, .other = "PUT", .status = 200,
      .after = name_in_capitals },
    { ACCOUNT, .name = "account-name-with-hyphen-refused", .what = "A name may not have a hyphen",
      .impact = "a name that is allowed cannot be had",
      .breaks = { "1.1/reg/create", "1.1/reg/url", "1.1/reg/exists" }, .when = is_hyphenated,
      .before = fault_answer, .number = 400, .text = "3" },
    { ACCOUNT, .name = "account-twice-is-taken",
      .what = "PUT of a name that exists is answered with success",
      .impact = "who signs up believes to have an account that is somebody else's",
      .breaks = { "1.1/reg/create" }, .status = 400, .after = take_twice },
    { ACCOUNT, .name = "account-twice-is-409", .what = "PUT of a name that exists is a conflict",
      .impact = ASTRAY, .breaks = { "1.1/reg/create" }, .status = 400, .after = other_status,
      .text = "4", .number = 409 },
    { ACCOUNT, .name = "account-code-4-is-0", .what = "That a name exists has no code of its own",
      .impact = ASTRAY, .breaks = { "1.1/reg/create" }, .status = 400, .after = other_code,
      .text = "4", .other = "0" },
    { ACCOUNT, .name = "account-codes-are-objects", .what = "Codes stand in an object",
      .impact = ASTRAY, .breaks = { "1.1/reg/create", "1.1/reg/password", "1.1/reg/email" },
      .status = 400, .after = fault_wrap, .text = "error" },
    { ACCOUNT, .name = "account-400-is-422",
      .what = "What is wrong with a request is told with 422", .impact = MISREAD,
      .breaks = { "1.1/reg/create", "1.1/reg/password", "1.1/reg/email" }, .status = 400,
      .after = fault_status, .number = 422 },
    { ACCOUNT, .name = "account-broken-json-is-500", .what = "A body that is no JSON ends in a 500",
      .impact = AGAIN, .breaks = { "1.1/reg/create" }, .status = 400, .after = other_status,
      .text = "6", .number = 500 },
    { ACCOUNT, .name = "account-broken-json-is-taken",
      .what = "Of a body that is no JSON an account is made, with a password of the server's",
      .impact = WEAK, .breaks = { "1.1/reg/create" }, .when = asks, .other = "PUT",
      .before = make_of_broken_json },
    { ACCOUNT, .name = "account-without-password",
      .what = "An account without a password gets one by its name", .impact = WEAK,
      .breaks = { "1.1/reg/create" }, .when = asks, .other = "PUT",
      .before = make_without_password },
    { ACCOUNT, .name = "account-no-password-is-9",
      .what = "A password that is missing is told as weak", .impact = ASTRAY,
      .breaks = { "1.1/reg/create", "1.1/reg/password" }, .status = 400, .after = other_code,
      .text = "7", .other = "9" },
    { ACCOUNT, .name = "account-weak-password-is-7",
      .what = "A password that is weak is told as missing", .impact = ASTRAY,
      .breaks = { "1.1/reg/create" }, .status = 400, .after = other_code, .text = "9",
      .other = "7" },
    { ACCOUNT, .name = "account-no-address-is-0", .what = "An address that is missing has no code",
      .impact = ASTRAY, .breaks = { "1.1/reg/create", "1.1/reg/email" }, .status = 400,
      .after = other_code, .text = "12", .other = "0" },
    { ACCOUNT, .name = "account-node-is-json", .what = "The node's URL stands in quotes",
      .impact = LOST, .breaks = { "1.1/reg/node" }, .when = is_node, .status = 200,
      .after = fault_quote },
    { ACCOUNT, .name = "account-node-without-slash",
      .what = "The node's URL does not end in a slash",
      .impact = "clients put 1.1 right behind the port", .breaks = { "1.1/reg/node" },
      .when = is_node, .status = 200, .after = node_without_slash },
    { ACCOUNT, .name = "account-node-is-a-host",
      .what = "The node is told by its host and port alone", .impact = LOST,
      .breaks = { "1.1/reg/node" }, .when = is_node, .status = 200, .after = fault_body,
      .text = "127.0.0.1:8000" },
    { ACCOUNT, .name = "account-node-of-nobody", .what = "Who does not exist has no node yet: null",
      .impact = "the client waits for a node that never comes", .breaks = { "1.1/reg/node" },
      .when = is_node, .status = 404, .after = node_of_nobody },
    { ACCOUNT, .name = "account-node-needs-a-password", .what = "The node is told only to its user",
      .impact = "clients, which ask without, find no node", .breaks = { "1.1/reg/node" },
      .when = has_no_credentials, .before = fault_answer, .number = 401, .text = "0" },
};

const struct fault_area fault_accounts = FAULT_AREA(rows);
