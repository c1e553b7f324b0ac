/* The token server: what it takes, and from whom. */
#include "auth/bearer.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "fault/vouching.h"

#define STRANGER "anybody gets a token for the data of any account"
#define LOCKED   "a client with good credentials gets no token, and cannot sync"
#define AGAIN    "a client takes the server for broken, and asks again without an end"
#define WRONG    "a client that asks in a wrong way never learns of it"
#define OTHER    "a client gets a token for data that are encrypted with keys that it does not have"

#define TOKEN    .api = "token", .on = FAULT_TOKEN

/* An address that was mistyped, or a version that is to come, is the one that there is. */
static void take_for_sync(struct fault_call *call)
{
    if (slice_is(call->version, "1.0"))
        fault_call_set_target(call, SLICE("/1.0/sync/1.5"));
}

static void take_for_get(struct fault_call *call)
{
    call->request.method = HTTP_METHOD_GET;
    call->request.method_text = SLICE("GET");
}

static bool is_more(struct fault_call *call)
{
    struct slice path = http_target_split(call->request.target).path;
    return slice_starts(path, SLICE("/1.0/sync/1.5/"));
}

static bool accepts_anything(struct fault_call *call)
{
    const struct slice *accept = fault_call_field(call, "Accept");
    return accept != NULL && slice_is(*accept, "*/*");
}

/* A scheme's name in other letters than `text`. */
static bool is_scheme_in_another_case(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    struct slice scheme, token;
    return header != NULL && slice_cut(*header, ' ', &scheme, &token) &&
           slice_eq_nocase(scheme, slice_text(call->fault->text)) &&
           !slice_is(scheme, call->fault->text);
}

static bool is_other_scheme(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    struct slice scheme, token;
    return header != NULL && slice_cut(*header, ' ', &scheme, &token) &&
           !slice_eq_nocase(scheme, SLICE("Bearer"));
}

static bool is_one_word(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    return header != NULL && slice_find(*header, ' ') == header->len;
}

static bool has_no_key_id(struct fault_call *call)
{
    return fault_call_field(call, "X-KeyID") == NULL;
}

/* What is no number is 0, as of a language without types. */
static void read_number_as_zero(struct fault_call *call)
{
    const struct slice *key_id = fault_call_field(call, "X-KeyID");
    struct slice number, state;
    uint64_t ignored;
    if (key_id != NULL && slice_cut(*key_id, '-', &number, &state) &&
        !slice_to_u64(number, &ignored))
        fault_call_set_field(call, "X-KeyID", fault_call_text(call, "0-%.*s", SLICE_FMT(state)));
}

/* The hyphen is not needed, and what is no base64 is empty. */
static void read_any_state(struct fault_call *call)
{
    const struct slice *key_id = fault_call_field(call, "X-KeyID");
    struct slice number, state;
    if (key_id == NULL)
        return;
    if (!slice_cut(*key_id, '-', &number, &state))
        fault_call_set_field(call, "X-KeyID", SLICE("1-"));
    else if (slice_find(state, '!') < state.len)
        fault_call_set_field(call, "X-KeyID", fault_call_text(call, "%.*s-", SLICE_FMT(number)));
}

static void key_id_is_500(struct fault_call *call)
{
    if (call->reply->status == 401 && fault_call_field(call, "X-KeyID") != NULL &&
        slice_search(buf_slice(&call->reply->body), SLICE("X-KeyID")) < call->reply->body.len)
        call->reply->status = 500;
}

static void drop_state_with_blank(struct fault_call *call)
{
    const struct slice *state = fault_call_field(call, "X-Client-State");
    if (state != NULL && slice_find(*state, ' ') < state->len)
        fault_call_drop_field(call, "X-Client-State");
}

static void cut_state(struct fault_call *call)
{
    const struct slice *state = fault_call_field(call, "X-Client-State");
    if (state != NULL)
        fault_call_set_field(call, "X-Client-State", slice_head(*state, 32));
}

static void drop_state_that_differs(struct fault_call *call)
{
    const struct slice *state = fault_call_field(call, "X-Client-State");
    if (state != NULL && state->len == 32)
        fault_call_drop_field(call, "X-Client-State");
}

/* Tokens live as long as was asked for, however long. */
static void any_duration(struct fault_call *call)
{
    struct slice value;
    uint64_t seconds;
    if (fault_call_parameter(call, "duration", &value) && slice_to_u64(value, &seconds) &&
        seconds > 0)
        fault_call_set_json(call, "/duration", value);
}

static bool is_duration_signed(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "duration", &value) && slice_starts(value, SLICE("-"));
}

static bool is_duration_a_word(struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "duration", &value) && slice_is(value, "soon");
}

static void expired_is_busy(struct fault_vouching *vouching)
{
    if (vouching->result == AUTH_BEARER_EXPIRED)
        vouching->result = AUTH_BEARER_BUSY;
}

static void damaged_is_busy(struct fault_vouching *vouching)
{
    if (vouching->result == AUTH_BEARER_MALFORMED || vouching->result == AUTH_BEARER_FORGED)
        vouching->result = AUTH_BEARER_BUSY;
}

/* Who has told a generation once has to tell one each time. */
static void refuse_without_generation(struct fault_vouching *vouching)
{
    struct fault_cell *cell = fault_vouching_cell(vouching, "told");
    if (vouching->result != AUTH_BEARER_OK || cell == NULL)
        return;
    if (vouching->account.generation > 0)
        cell->number = 1;
    else if (cell->number != 0)
        vouching->result = AUTH_BEARER_FORGED;
}

/* A token is good for whatever endpoint it is sent to. */
static void open_any(struct fault_judging *judging)
{
    if (judging->result == AUTH_OK)
        fault_judging_let_in(judging);
}

static const struct fault rows[] = {
    { TOKEN, .name = "token-signature-not-checked",
      .what = "The signature of a bearer token is not looked at", .impact = STRANGER,
      .breaks = { "token/errors/invalid-credentials" }, .vouch = fault_vouching_forgive,
      .number = AUTH_BEARER_FORGED },
    { TOKEN, .name = "token-issuer-not-compared",
      .what = "A bearer token of any accounts service is taken", .impact = STRANGER,
      .breaks = { "token/errors/invalid-credentials" }, .vouch = fault_vouching_forgive,
      .number = AUTH_BEARER_ISSUER },
    { TOKEN, .name = "token-scope-not-looked-at",
      .what = "A bearer token that was given for something else than Sync is taken",
      .impact = "who was let at a user's profile gets at the data as well",
      .breaks = { "token/request/scope" }, .vouch = fault_vouching_forgive,
      .number = AUTH_BEARER_SCOPE },
    { TOKEN, .name = "token-expiry-not-looked-at",
      .what = "A bearer token whose time is over is taken",
      .impact = "a device that was signed out goes on to get tokens",
      .breaks = { "token/errors/invalid-timestamp" }, .vouch = fault_vouching_forgive,
      .number = AUTH_BEARER_EXPIRED },
    { TOKEN, .name = "token-expired-bearer-is-503",
      .what = "A bearer token whose time is over ends in a 503", .impact = AGAIN,
      .breaks = { "token/errors/invalid-timestamp" }, .vouch = expired_is_busy },
    { TOKEN, .name = "token-damaged-bearer-is-503",
      .what = "A bearer token that cannot be read ends in a 503", .impact = AGAIN,
      .breaks = { "token/errors/invalid-credentials" }, .vouch = damaged_is_busy },
    { TOKEN, .name = "token-generation-is-needed",
      .what = "A bearer token without a generation is refused once there was one with it",
      .impact = LOCKED,
      .breaks = { "token/state/generation-absent-ok", "token/state/generation-zero-null" },
      .vouch = refuse_without_generation },
    { TOKEN, .name = "token-scheme-in-one-case",
      .what = "Only \"Bearer\" is a scheme, not \"bearer\"", .impact = LOCKED,
      .breaks = { "token/request/bearer" }, .when = is_scheme_in_another_case,
      .before = fault_answer, .number = 401, .text = "Bearer" },
    { TOKEN, .name = "token-other-scheme-is-400", .what = "A scheme that is not known is a 400",
      .impact = AGAIN,
      .breaks = { "token/request/unsupported-scheme", "token/errors/status-error" },
      .when = is_other_scheme, .before = fault_answer, .number = 400,
      .text = "{\"status\":\"error\",\"errors\":[]}" },
    { TOKEN, .name = "token-one-word-is-500",
      .what = "An Authorization value without a blank ends in a 500", .impact = AGAIN,
      .breaks = { "token/request/one-word-auth" }, .when = is_one_word, .before = fault_answer,
      .number = 500, .text = "{}" },
    { TOKEN, .name = "token-key-id-number-is-a-guess",
      .what = "A keys_changed_at that is no number is read as 0", .impact = OTHER,
      .breaks = { "token/request/x-keyid-format", "token/request/x-keyid-malformed" },
      .before = read_number_as_zero },
    { TOKEN, .name = "token-key-id-state-is-a-guess",
      .what = "A client state that cannot be read is an empty one", .impact = OTHER,
      .breaks = { "token/request/x-keyid-malformed" }, .before = read_any_state },
    { TOKEN, .name = "token-key-id-malformed-is-500",
      .what = "An X-KeyID that cannot be read ends in a 500", .impact = AGAIN,
      .breaks = { "token/request/x-keyid-malformed", "token/request/x-keyid-format" },
      .after = key_id_is_500 },
    { TOKEN, .name = "token-key-id-missing-is-500",
      .what = "A request without X-KeyID ends in a 500", .impact = AGAIN,
      .breaks = { "token/request/x-keyid-required" }, .when = has_no_key_id, .before = fault_answer,
      .number = 500, .text = "{}" },
    { TOKEN, .name = "token-client-state-with-blanks",
      .what = "An X-Client-State with a blank is taken for none", .impact = OTHER,
      .breaks = { "token/request/client-state-format" }, .before = drop_state_with_blank },
    { TOKEN, .name = "token-client-state-cut-at-32",
      .what = "An X-Client-State that is too long is cut", .impact = OTHER,
      .breaks = { "token/errors/400", "token/request/client-state-format" }, .before = cut_state },
    { TOKEN, .name = "token-client-state-not-compared",
      .what = "X-Client-State and X-KeyID may say different things", .impact = OTHER,
      .breaks = { "token/request/client-state-match" }, .before = drop_state_that_differs },
    { TOKEN, .name = "token-duration-not-known", .what = "?duration= is not looked at",
      .impact = "a client cannot try what it does when a token ends",
      .breaks = { "token/request/duration-param" }, .before = fault_drop_parameter,
      .text = "duration" },
    { TOKEN, .name = "token-duration-without-bound",
      .what = "?duration= also makes tokens live longer than the operator wants",
      .impact = "a device that was signed out goes on to read and write",
      .breaks = { "token/request/duration-param" }, .status = 200, .after = any_duration },
    { TOKEN, .name = "token-duration-signed-is-400", .what = "A negative ?duration= is refused",
      .impact = LOCKED, .breaks = { "token/request/duration-param" }, .when = is_duration_signed,
      .before = fault_answer, .number = 400, .text = "{\"status\":\"error\",\"errors\":[]}" },
    { TOKEN, .name = "token-duration-word-is-500",
      .what = "A ?duration= that is no number ends in a 500", .impact = AGAIN,
      .breaks = { "token/request/duration-param" }, .when = is_duration_a_word,
      .before = fault_answer, .number = 500, .text = "{}" },
    { .api = "token",
      .name = "token-of-any-application",
      .what = "Whatever application is asked for, it is Sync",
      .impact = WRONG,
      .breaks = { "token/errors/404-app" },
      .on = FAULT_ELSEWHERE | FAULT_EVERYTHING,
      .before = take_for_sync },
    { TOKEN, .name = "token-of-any-version", .what = "Whatever version is asked for, it is 1.5",
      .impact = "a client of a version to come talks to a server that does not know it",
      .breaks = { "token/errors/404-app" }, .before = take_for_sync },
    { TOKEN, .name = "token-below-its-path", .what = "Whatever stands behind the path is ignored",
      .impact = WRONG, .breaks = { "token/errors/404-url" }, .when = is_more,
      .before = take_for_sync },
    { TOKEN, .name = "token-for-any-method",
      .what = "POST, PUT and DELETE give a token as GET does",
      .impact = "a page of somebody else can make a browser ask", .breaks = { "token/errors/405" },
      .before = take_for_get },
    { TOKEN, .name = "token-accept-not-looked-at", .what = "JSON is sent to who does not accept it",
      .impact = WRONG, .breaks = { "token/errors/406" }, .before = fault_drop_field,
      .text = "Accept" },
    { TOKEN, .name = "token-accept-anything-is-406",
      .what = "Who accepts anything is told that there is no such format", .impact = LOCKED,
      .breaks = { "token/errors/406" }, .when = accepts_anything, .before = fault_answer,
      .number = 406, .text = "{\"status\":\"error\",\"errors\":[]}" },
    { .api = "token",
      .name = "token-opens-any-endpoint",
      .what = "A storage node takes a token for the endpoint of whomever",
      .impact = STRANGER,
      .breaks = { "token/response/users-distinct", "token/response/api-endpoint" },
      .judge = open_any },
};

const struct fault_area fault_token_requests = FAULT_AREA(rows);
