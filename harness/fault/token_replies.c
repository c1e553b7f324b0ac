/* The token server: what it says. */
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"

#define MISREAD "a client cannot read the answer, and does not sync"
#define ASTRAY  "a client does not know why it was refused, and does the wrong thing about it"
#define CLOCK   "a client whose clock is wrong cannot set it right, and no request of it is accepted"
#define AGAIN   "a client takes the server for broken, and asks again without an end"
#define CLOSED  "what the server grants does not open its storage"

#define TOKEN   .api = "token", .on = FAULT_TOKEN

static void stamp_in(struct fault_call *call, const char *format, int64_t of_a_second)
{
    struct slice text = fault_call_text(call, format, (long long)(call->now / of_a_second));
    (void)http_reply_set(call->reply, "X-Timestamp", text);
}

static void timestamp_with_fraction(struct fault_call *call)
{
    stamp_in(call, "%lld.25", STAMP_SECOND);
}

static void timestamp_in_milliseconds(struct fault_call *call)
{
    stamp_in(call, "%lld0", 1);
}

/* The time was taken when the process began to listen, and not since: a day ago. */
static void timestamp_of_the_start(struct fault_call *call)
{
    struct slice text = fault_call_text(
        call, "%lld", (long long)(call->now / STAMP_SECOND - (int64_t)24 * 60 * 60));
    (void)http_reply_set(call->reply, "X-Timestamp", text);
}

/* Errors. */

static bool is_error(const struct fault_call *call)
{
    return call->reply->status >= 400;
}

static void error_body(struct fault_call *call)
{
    if (!is_error(call))
        return;
    fault_body(call);
    (void)http_reply_set_text(call->reply, "Content-Type", call->fault->other);
}

static void error_status(struct fault_call *call)
{
    if (is_error(call))
        fault_call_set_json(call, "/status", slice_text(call->fault->other));
}

/* Of statuses of their own all become the plain one. */
static void specific_status(struct fault_call *call)
{
    struct slice status;
    if (is_error(call) && fault_call_json(call, "/status", &status) &&
        !slice_is(status, "\"error\""))
        fault_call_set_json(call, "/status", slice_text(call->fault->other));
}

static void plain_status(struct fault_call *call)
{
    struct slice status;
    if (is_error(call) && fault_call_json(call, "/status", &status) &&
        slice_is(status, "\"error\""))
        fault_call_set_json(call, "/status", slice_text(call->fault->other));
}

/* Of one status another one. */
static void one_status(struct fault_call *call)
{
    struct slice status;
    if (fault_call_json(call, "/status", &status) && slice_is(status, call->fault->text))
        fault_call_set_json(call, "/status", slice_text(call->fault->other));
}

/* Tokens. */

static void quote(struct fault_call *call)
{
    struct slice value;
    if (fault_call_json(call, call->fault->text, &value))
        fault_call_set_json(call, call->fault->text,
                            fault_call_text(call, "\"%.*s\"", SLICE_FMT(value)));
}

/* The endpoint, between its quotes. */
static bool endpoint_of(struct fault_call *call, struct slice *ret_endpoint)
{
    if (!fault_call_json(call, "/api_endpoint", ret_endpoint) || ret_endpoint->len < 2)
        return false;
    *ret_endpoint = slice_head(slice_from(*ret_endpoint, 1), ret_endpoint->len - 2);
    return true;
}

static void endpoint_with_slash(struct fault_call *call)
{
    struct slice endpoint;
    if (endpoint_of(call, &endpoint))
        fault_call_set_json(call, "/api_endpoint",
                            fault_call_text(call, "\"%.*s/\"", SLICE_FMT(endpoint)));
}

/* From the second token on that the keys' owner gets: what is kept is written otherwise. */
static bool is_again(struct fault_call *call)
{
    const struct slice *key_id = fault_call_field(call, "X-KeyID");
    return key_id != NULL && fault_call_count(call, "%.*s", SLICE_FMT(*key_id)) > 1;
}

static void endpoint_without_uid(struct fault_call *call)
{
    struct slice endpoint;
    if (!endpoint_of(call, &endpoint))
        return;
    size_t at = slice_search(endpoint, SLICE("/1.5/"));
    fault_call_set_json(call, "/api_endpoint",
                        fault_call_text(call, "\"%.*s\"", SLICE_FMT(slice_head(endpoint, at))));
}

static void endpoint_of_the_next_user(struct fault_call *call)
{
    struct slice endpoint;
    if (endpoint_of(call, &endpoint))
        fault_call_set_json(call, "/api_endpoint",
                            fault_call_text(call, "\"%.*s1\"", SLICE_FMT(endpoint)));
}

/* The column is shorter than a key. */
static void cut_key(struct fault_call *call)
{
    struct slice key;
    if (fault_call_json(call, "/key", &key) && key.len > 32)
        fault_call_set_json(call, "/key",
                            fault_call_text(call, "%.*s\"", SLICE_FMT(slice_head(key, 32))));
}

/* What is told is what was asked for; the token lives as long as ever. */
static void remember_duration(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "duration");
    struct slice value;
    uint64_t seconds = 0;
    if (fault_call_parameter(call, "duration", &value) && slice_to_u64(value, &seconds))
        fault_call_drop_parameter(call, "duration");
    if (cell != NULL)
        cell->number = seconds > 0 && seconds < 3600 ? (int64_t)seconds : 0;
}

static void tell_duration(struct fault_call *call)
{
    const struct fault_cell *cell = fault_call_cell(call, "duration");
    if (cell != NULL && cell->number > 0)
        fault_call_set_json(call, "/duration",
                            fault_call_text(call, "%lld", (long long)cell->number));
}

/* An answer is kept for all who ask with those keys. */
static struct fault_cell *kept_answer(struct fault_call *call)
{
    const struct slice *key_id = fault_call_field(call, "X-KeyID");
    return key_id == NULL || call->query.len > 0
               ? NULL
               : fault_call_cell(call, "%.*s", SLICE_FMT(*key_id));
}

static void answer_from_cache(struct fault_call *call)
{
    const struct fault_cell *kept = kept_answer(call);
    if (kept == NULL || kept->text.len == 0)
        return;
    fault_call_answer(call, 200, "");
    fault_call_set_reply(call, buf_slice(&kept->text));
}

static void fill_cache(struct fault_call *call)
{
    struct fault_cell *kept = kept_answer(call);
    if (kept == NULL || kept->text.len > 0)
        return;
    buf_add(&kept->text, buf_slice(&call->reply->body));
}

static const struct fault rows[] = {
    { TOKEN, .name = "token-401-is-403",
      .what = "Credentials that are refused are answered with 403",
      .impact = "a client does not ask for new ones", .status = 401, .after = fault_status,
      .number = 403,
      .breaks = { "token/request/no-auth-401", "token/errors/invalid-credentials",
                  "token/errors/invalid-generation", "token/errors/invalid-client-state",
                  "token/request/one-word-auth" } },
    { TOKEN, .name = "token-401-is-500", .what = "Credentials that are refused end in a 500",
      .impact = AGAIN, .status = 401, .after = fault_status, .number = 500,
      .breaks = { "token/request/no-auth-401", "token/request/unsupported-scheme",
                  "token/errors/invalid-credentials" } },
    { TOKEN, .name = "token-no-challenge", .what = "A 401 has no WWW-Authenticate",
      .impact = ASTRAY, .breaks = { "token/headers/www-authenticate" }, .status = 401,
      .after = fault_unset, .text = "WWW-Authenticate" },
    { TOKEN, .name = "token-no-x-timestamp", .what = "Replies have no X-Timestamp", .impact = CLOCK,
      .breaks = { "token/headers/x-timestamp" }, .after = fault_unset, .text = "X-Timestamp" },
    { TOKEN, .name = "token-x-timestamp-has-a-fraction",
      .what = "X-Timestamp has decimals, as X-Weave-Timestamp has", .impact = CLOCK,
      .breaks = { "token/headers/x-timestamp-integer" }, .after = timestamp_with_fraction },
    { TOKEN, .name = "token-x-timestamp-in-milliseconds", .what = "X-Timestamp counts milliseconds",
      .impact = CLOCK, .breaks = { "token/headers/x-timestamp-integer" },
      .after = timestamp_in_milliseconds },
    { TOKEN, .name = "token-x-timestamp-of-the-start",
      .what = "X-Timestamp is the time at which the server was started", .impact = CLOCK,
      .breaks = { "token/headers/x-timestamp-integer" }, .after = timestamp_of_the_start },
    { TOKEN, .name = "token-errors-are-called-json",
      .what = "An error is a line of text that is called JSON", .impact = ASTRAY,
      .breaks = { "token/errors/non-json-not-labelled", "token/errors/shape" }, .after = error_body,
      .text = "Unauthorized", .other = "application/json" },
    { TOKEN, .name = "token-errors-are-html", .what = "An error is a page for people",
      .impact = ASTRAY, .breaks = { "token/errors/shape" }, .after = error_body,
      .text = "<h1>Unauthorized</h1>", .other = "text/html" },
    { TOKEN, .name = "token-errors-of-a-framework",
      .what = "An error is what the framework makes of it", .impact = ASTRAY,
      .breaks = { "token/errors/shape", "token/errors/invalid-credentials" }, .after = error_body,
      .text = "{\"code\":401,\"message\":\"Unauthorized\"}", .other = "application/json" },
    { TOKEN, .name = "token-error-status-is-a-number", .what = "`status` of an error is its number",
      .impact = ASTRAY,
      .breaks = { "token/errors/shape", "token/errors/invalid-credentials",
                  "token/errors/invalid-timestamp" },
      .after = error_status, .other = "401" },
    { TOKEN, .name = "token-error-status-is-always-error",
      .what = "Whatever is wrong, `status` is \"error\"", .impact = ASTRAY,
      .breaks = { "token/errors/invalid-credentials", "token/errors/invalid-generation",
                  "token/errors/invalid-client-state", "token/errors/invalid-keys-changed-at" },
      .after = specific_status, .other = "\"error\"" },
    { TOKEN, .name = "token-error-status-is-never-error",
      .what = "Where no other word fits, `status` is \"failure\"", .impact = ASTRAY,
      .breaks = { "token/errors/status-error" }, .after = plain_status, .other = "\"failure\"" },
    { TOKEN, .name = "token-generation-is-told-as-credentials",
      .what = "A generation that is too low is told as credentials that are wrong",
      .impact = "a client asks the user for a password that is right",
      .breaks = { "token/errors/invalid-generation" }, .after = one_status,
      .text = "\"invalid-generation\"", .other = "\"invalid-credentials\"" },
    { TOKEN, .name = "token-keys-are-told-as-generation",
      .what = "A keys_changed_at that is too low is told as a generation", .impact = ASTRAY,
      .breaks = { "token/errors/invalid-keys-changed-at" }, .after = one_status,
      .text = "\"invalid-keysChangedAt\"", .other = "\"invalid-generation\"" },
    { TOKEN, .name = "token-404-is-500", .what = "A path that is not known ends in a 500",
      .impact = AGAIN, .breaks = { "token/errors/404-app", "token/errors/404-url" }, .status = 404,
      .after = fault_status, .number = 500 },
    { TOKEN, .name = "token-405-is-404", .what = "A method that is not known is not found",
      .impact = ASTRAY, .breaks = { "token/errors/405" }, .status = 405, .after = fault_status,
      .number = 404 },
    { TOKEN, .name = "token-400-is-500", .what = "An X-Client-State that is none ends in a 500",
      .impact = AGAIN, .breaks = { "token/errors/400", "token/request/client-state-format" },
      .status = 400, .after = fault_status, .number = 500 },
    { TOKEN, .name = "token-without-duration", .what = "A token does not say how long it lives",
      .impact = "a client goes on with a token whose time is over", .status = 200,
      .breaks = { "token/response/fields", "token/request/duration-param" },
      .after = fault_drop_member, .text = "duration" },
    { TOKEN, .name = "token-duration-is-a-text", .what = "`duration` is a text", .impact = MISREAD,
      .breaks = { "token/response/fields" }, .status = 200, .after = quote, .text = "/duration" },
    { TOKEN, .name = "token-uid-is-a-text", .what = "`uid` is a text", .impact = MISREAD,
      .breaks = { "token/response/fields" }, .status = 200, .after = quote, .text = "/uid" },
    { TOKEN, .name = "token-is-called-text", .what = "A token is sent as text/html",
      .impact = MISREAD, .breaks = { "token/request/accept-json", "token/response/fields" },
      .status = 200, .after = fault_set, .text = "Content-Type", .other = "text/html" },
    { TOKEN, .name = "token-endpoint-ends-in-a-slash", .what = "api_endpoint ends in a slash",
      .impact = "clients ask for //info/collections, and are told that there is nothing",
      .breaks = { "token/response/fields" }, .status = 200, .after = endpoint_with_slash },
    { TOKEN, .name = "token-endpoint-is-the-node",
      .what = "From the second token on api_endpoint is the URL of the node alone",
      .impact = CLOSED, .breaks = { "token/response/stable", "token/node/sticky" },
      .when = is_again, .status = 200, .after = endpoint_without_uid },
    { TOKEN, .name = "token-endpoint-of-another-user",
      .what = "From the second token on api_endpoint names another user than the token",
      .impact = CLOSED, .breaks = { "token/response/stable" }, .when = is_again, .status = 200,
      .after = endpoint_of_the_next_user },
    { TOKEN, .name = "token-key-is-cut",
      .what = "A key that is kept is cut at 31 characters: from the second token on",
      .impact = CLOSED, .breaks = { "token/response/api-endpoint" }, .when = is_again,
      .status = 200, .after = cut_key },
    { TOKEN, .name = "token-path-gives-a-document",
      .what = "What is at the path is a list of services, and no token", .impact = MISREAD,
      .breaks = { "token/request/url", "token/response/fields" }, .status = 200,
      .after = fault_body, .text = "{\"services\":{\"sync\":\"1.5\"}}" },
    { TOKEN, .name = "token-lives-longer-than-told",
      .what = "A token lives for an hour, however short a life it was given",
      .impact = "a device that was signed out goes on to read and write",
      .breaks = { "token/response/duration", "token/format/expiry" }, .before = remember_duration,
      .after = tell_duration, .status = 200 },
    { TOKEN, .name = "token-is-the-same-again", .what = "Tokens come from a cache, with their salt",
      .impact = "who has seen a token once can foresee those that follow",
      .breaks = { "token/format/salt" }, .before = answer_from_cache, .after = fill_cache,
      .status = 200 },
    { TOKEN, .name = "token-without-hashalg", .what = "The reply does not name its hash algorithm",
      .impact = "clients that read it fail", .breaks = { "token/response/extra-fields" },
      .status = 200, .after = fault_drop_member, .text = "hashalg" },
    { TOKEN, .name = "token-hashed-uid-is-null", .what = "hashed_fxa_uid is null",
      .impact = "what clients report cannot be put together", .status = 200,
      .breaks = { "token/response/extra-fields" }, .after = fault_set_value,
      .text = "/hashed_fxa_uid", .other = "null" },
    { TOKEN, .name = "token-no-nosniff", .what = "X-Content-Type-Options is not sent",
      .impact = "a browser may take the answer for a page", .breaks = { "token/response/nosniff" },
      .after = fault_unset, .text = "X-Content-Type-Options" },
    { TOKEN, .name = "token-backoff-is-a-date", .what = "X-Backoff is a date",
      .impact = "clients do not slow down", .breaks = { "token/headers/x-backoff" },
      .after = fault_set, .text = "X-Backoff", .other = "Wed, 21 Oct 2015 07:28:00 GMT" },
};

const struct fault_area fault_token_replies = FAULT_AREA(rows);
