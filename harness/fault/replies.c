/* Methods, paths, errors, and fields that any reply may have. */
#include "fault/area.h"
#include "fault/hooks.h"

#define MISREAD "clients cannot read the answer"

/* Methods and paths that are not there. */

static void method_not_known(struct fault_call *call)
{
    if (call->reply->status == 405)
        call->reply->status = (int)call->fault->number;
}

static void post_is_put(struct fault_call *call)
{
    call->request.method = HTTP_METHOD_PUT;
    call->request.method_text = SLICE("PUT");
}

static void put_is_post(struct fault_call *call)
{
    call->request.method = HTTP_METHOD_POST;
    call->request.method_text = SLICE("POST");
}

static void unknown_path_is_empty(struct fault_call *call)
{
    if (call->reply->status == 404 && call->user.len > 0)
        fault_call_answer(call, 200, "{}");
}

static void html_for_404(struct fault_call *call)
{
    if (call->reply->status != 404 || call->user.len == 0)
        return;
    fault_call_set_reply(call, SLICE("<h1>Not Found</h1>"));
    (void)http_reply_set_text(call->reply, "Content-Type", "text/html");
}

/* Errors are objects, as of a web framework. */
static void error_objects(struct fault_call *call)
{
    if (call->reply->status == 400)
        fault_call_set_reply(call, SLICE("{\"error\":\"bad request\"}"));
}

/* An input that is wrong passes the checks and fails within. */
static void bad_input_is_500(struct fault_call *call)
{
    if (call->reply->status == 400 && (call->method == FAULT_PUT || call->method == FAULT_POST))
        call->reply->status = 500;
}

/* A 400 that has already written what was right before it. */
static void write_before_refusing(struct fault_call *call)
{
    struct http_reply reply;
    if (call->reply->status < 400 || call->reply->status == 401 || call->collection.len == 0)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_POST,
                   fault_call_text(call, "/%.*s/%.*s/storage/%.*s", SLICE_FMT(call->version),
                                   SLICE_FMT(call->user), SLICE_FMT(call->collection)),
                   SLICE("[]"), &reply);
    http_reply_free(&reply);
}

/* Reading makes what is read. */
static void create_when_read(struct fault_call *call)
{
    struct http_reply reply;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_POST, http_target_split(call->request.target).path,
                   SLICE("[]"), &reply);
    http_reply_free(&reply);
}

static void unknown_collection_is_404(struct fault_call *call)
{
    int64_t modified;
    if (fault_call_reply_stamp(call, "X-Last-Modified", &modified) && modified == 0)
        fault_call_answer(call, 404, "0");
}

static void needs_a_cookie(struct fault_call *call)
{
    if (fault_call_field(call, "Cookie") == NULL && call->method == FAULT_GET &&
        fault_call_count(call, "%.*s", SLICE_FMT(call->user)) > 0)
        fault_call_answer(call, 403, "0");
}

/* Field names are compared byte by byte. */
static void names_in_one_case(struct fault_call *call)
{
    size_t kept = 0;
    for (size_t i = 0; i < call->request.fields.count; i++) {
        struct slice name = call->fields[i].name;
        if (!slice_starts(name, SLICE("x-if")) && !slice_starts(name, SLICE("X-IF")))
            call->fields[kept++] = call->fields[i];
    }
    call->request.fields.count = kept;
}

static void head_is_405(struct fault_call *call)
{
    if (call->method == FAULT_HEAD)
        fault_call_answer(call, 500, "0");
}

static void short_times_are_400(struct fault_call *call)
{
    static const char *const names[] = { "X-If-Modified-Since", "X-If-Unmodified-Since" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct slice *value = fault_call_field(call, names[i]);
        size_t point = value == NULL ? 0 : slice_find(*value, '.');
        if (value != NULL && value->len > 0 && value->ptr[0] >= '0' && value->ptr[0] <= '9' &&
            value->len - point != 3 && value->len < 14)
            fault_call_answer(call, 400, "0");
    }
}

static const struct fault rows[] = {
    { .name = "method-405-is-200",
      .what = "A method that a resource has not is answered with 200",
      .impact = "a client believes that something was done",
      .breaks = { "1.5/item/method-405", "1.5/errors/405-root", "1.5/item/patch-405",
                  "1.5/info/method-405" },
      .after = method_not_known,
      .number = 200 },
    { .name = "method-405-is-500",
      .what = "A method that a resource has not is answered with 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/item/method-405", "1.5/errors/405-root", "1.5/item/patch-405" },
      .after = method_not_known,
      .number = 500 },
    { .name = "method-post-to-an-item-puts",
      .what = "A POST to an item is taken for a PUT",
      .impact = "a client's mistake changes data",
      .breaks = { "1.5/item/method-405", "1.5/errors/error-no-side-effects" },
      .on = FAULT_POST | FAULT_ITEM,
      .before = post_is_put },
    { .name = "method-put-to-a-collection-posts",
      .what = "A PUT to a collection is taken for a POST",
      .impact = "a client's mistake changes data",
      .breaks = { "1.5/item/method-405", "1.5/errors/error-no-side-effects" },
      .on = FAULT_PUT | FAULT_COLLECTION,
      .before = put_is_post },
    { .name = "method-head-is-500",
      .what = "HEAD is answered with 500",
      .impact = "monitors and proxies take the server for broken",
      .breaks = { "1.5/item/head" },
      .before = head_is_405 },
    { .name = "path-unknown-is-200",
      .what = "Unknown paths are answered with 200 and {}",
      .impact = "a client believes in a resource that is not there",
      .breaks = { "1.5/errors/unknown-path-404" },
      .on = FAULT_ELSEWHERE,
      .after = unknown_path_is_empty },
    { .name = "path-unknown-is-html",
      .what = "Unknown paths are answered with a page for people",
      .impact = MISREAD,
      .breaks = { "1.5/errors/404-json-body" },
      .on = FAULT_ELSEWHERE,
      .after = html_for_404 },
    { .name = "error-bodies-are-objects",
      .what = "The body of a 400 is an object",
      .impact = "a client does not learn the code",
      .warned = "a deployed server has such bodies",
      .breaks = { "1.5/headers/content-type-errors", "1.5/errors/code-generic" },
      .after = error_objects },
    { .name = "error-bad-input-is-500",
      .what = "Input that is wrong ends in a 500",
      .impact = "a client tries again without an end",
      .warned = "deployed servers do so here and there",
      .breaks = { "1.5/errors/no-5xx-on-bad-input" },
      .after = bad_input_is_500 },
    { .name = "error-creates-the-collection",
      .what = "A write that is refused creates its collection all the same",
      .impact = "clients see collections that nobody has written",
      .breaks = { "1.5/collection/name-in-error-no-create", "1.5/errors/error-no-side-effects" },
      .on = FAULT_PUT | FAULT_POST,
      .after = write_before_refusing },
    { .name = "collection-created-by-reading",
      .what = "Reading a collection creates it",
      .impact = "clients see collections that nobody has written",
      .breaks = { "1.5/info/collections-no-empty-never-written" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = create_when_read },
    { .name = "collection-unknown-is-404",
      .what = "A collection that does not exist is answered with 404",
      .impact = "a new device takes an empty account for a broken one",
      .breaks = { "1.5/collection/nonexistent-get-empty", "1.5/formats/newlines-empty" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = unknown_collection_is_404 },
    { .name = "cookies-are-needed",
      .what = "A client that does not send the session's cookie is refused",
      .impact = "no client can sync",
      .breaks = { "1.5/headers/no-cookies" },
      .on = FAULT_GET | FAULT_ITEM,
      .before = needs_a_cookie },
    { .name = "field-names-in-one-case",
      .what = "Conditions are known only as X-If-..., with capitals",
      .impact = "behind a proxy that writes names in small letters every guard is gone",
      .breaks = { "1.5/headers/case-insensitive" },
      .before = names_in_one_case },
    { .name = "condition-needs-two-decimals",
      .what = "A condition without two decimals is refused",
      .impact = "clients that drop zeros cannot write",
      .breaks = { "1.5/timestamps/request-precision-tolerated" },
      .before = short_times_are_400 },
    { .name = "backoff-is-a-date",
      .what = "X-Weave-Backoff is a date",
      .impact = "clients do not slow down",
      .breaks = { "1.5/headers/x-weave-backoff" },
      .on = FAULT_ITEM,
      .after = fault_set,
      .text = "X-Weave-Backoff",
      .other = "Wed, 21 Oct 2015 07:28:00 GMT" },
    { .name = "alert-is-broken-json",
      .what = "X-Weave-Alert begins as JSON and is none",
      .impact = "clients show their users garbage, or crash",
      .breaks = { "1.5/headers/x-weave-alert" },
      .on = FAULT_INFO,
      .after = fault_set,
      .text = "X-Weave-Alert",
      .other = "{code: soft-eol}" },
    { .name = "item-get-404-is-200",
      .what = "An item that does not exist is answered with 200 and null",
      .impact = "a client takes null for a record",
      .breaks = { "1.5/item/get-404" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 404,
      .after = fault_status,
      .number = 200 },
    { .name = "item-last-modified-is-the-collections",
      .what = "X-Last-Modified of an item is a hundredth late",
      .impact = "a client's guarded write overwrites another one's",
      .breaks = { "1.5/item/get-x-last-modified" },
      .on = FAULT_GET | FAULT_ITEM,
      .status = 200,
      .after = fault_shift,
      .text = "X-Last-Modified",
      .number = 1 },
    { .name = "heartbeat-needs-credentials",
      .what = "/__heartbeat__ needs credentials",
      .impact = "load balancers take the server for dead",
      .breaks = { "1.5/http/heartbeat" },
      .on = FAULT_GET | FAULT_ELSEWHERE,
      .status = 200,
      .after = fault_status,
      .number = 401 },
    { .name = "preflight-not-kept",
      .what = "A preflight is answered with an Access-Control-Max-Age of 0",
      .impact = "clients in web pages ask twice for everything",
      .breaks = { "1.5/http/options-cors" },
      .on = FAULT_OTHER | FAULT_ELSEWHERE,
      .after = fault_set,
      .text = "Access-Control-Max-Age",
      .other = "0" },
};

const struct fault_area fault_replies = FAULT_AREA(rows);
