#include "cli/oauth_verify.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "exchange/via.h"

enum { URL_MAX = 2048 };

struct cli_oauth_verify {
    struct buf text; /* in which the slices of url lie */
    struct http_url url;
    struct buf authority;
    struct exchange *exchange;
};

static const char *set_up(struct cli_oauth_verify *verify, struct slice url)
{
    const char *error = "out of memory, or the URL is too long";
    if (!buf_add(&verify->text, url))
        return error;
    error = http_url_parse(buf_slice(&verify->text), &verify->url);
    if (error != NULL)
        return error;
    struct slice authority = slice_from(url, slice_search(url, SLICE("://")) + 3), path;
    slice_cut(authority, '/', &authority, &path);
    if (!buf_add(&verify->authority, authority))
        return "out of memory";
    const struct exchange_curl_config config = {
        .url = verify->url,
        .connect_ms = CLI_OAUTH_VERIFY_MS,
        .connections = 1,
    };
    verify->exchange = exchange_via_curl(&config, &error);
    return verify->exchange == NULL ? error : NULL;
}

struct cli_oauth_verify *cli_oauth_verify_new(struct slice url, const char **ret_error)
{
    struct cli_oauth_verify *verify = alloc_new(struct cli_oauth_verify);
    *ret_error = "out of memory";
    if (verify == NULL)
        return NULL;
    verify->text = buf_bounded(URL_MAX);
    verify->authority = buf_bounded(URL_MAX);
    const char *error = set_up(verify, url);
    if (error == NULL)
        return verify;
    *ret_error = error;
    cli_oauth_verify_free(verify);
    return NULL;
}

/* Waits for the call's end, which its time limit brings. */
static void finish(struct exchange *exchange, struct exchange_call *call)
{
    exchange_start(exchange, call);
    while (exchange_next(exchange, CLI_OAUTH_VERIFY_MS) == NULL)
        continue;
}

int cli_oauth_verify_post(void *context, struct slice body, struct buf *out)
{
    struct cli_oauth_verify *verify = context;
    struct http_field fields[] = {
        { SLICE("Host"), buf_slice(&verify->authority) },
        { SLICE("Content-Type"), SLICE("application/json") },
        { SLICE("Accept"), SLICE("application/json") },
    };
    struct exchange_call call;
    exchange_call_init(&call);
    call.timeout_ms = CLI_OAUTH_VERIFY_MS;
    call.request = (struct http_request){
        .method = HTTP_METHOD_POST,
        .method_text = SLICE("POST"),
        .target = verify->url.path.len > 0 ? verify->url.path : SLICE("/"),
        .fields = { fields, COUNT_OF(fields) },
        .body = body,
    };
    finish(verify->exchange, &call);
    int status = call.outcome == EXCHANGE_ANSWERED ? call.answer.status : 0;
    if (status != 0)
        buf_add(out, buf_slice(&call.body));
    exchange_call_free(&call);
    return status;
}

void cli_oauth_verify_free(struct cli_oauth_verify *verify)
{
    if (verify == NULL)
        return;
    exchange_free(verify->exchange);
    buf_free(&verify->authority);
    buf_free(&verify->text);
    alloc_release(verify);
}
