/* Whatever a whole server is asked, one request behind the other, each gets a reply, JSON where it
 * says so; a token that is given opens, for a user and a node of that server; a server that is
 * stopped and started over what it has kept gives the replies of one that goes on; and when memory
 * fails, nothing leaks. services_world.h says what the requests are. */
#include "fuzz/services_world.h"

#include "base/alloc.h"
#include "fuzz/check.h"
#include "http/parser.h"

#include <jansson.h>

enum { ROOM = 1024 * 1024, REQUESTS_MAX = 128 };

static uint64_t requests;

/* Told at the end of the process: an input holds many requests. */
__attribute__((destructor)) static void tell(void)
{
    (void)fprintf(stderr, "requests: %llu\n", (unsigned long long)requests);
}

static void check_token(const struct services *services, const json_t *body)
{
    static const struct auth_secrets secrets = { .at = { SLICE_INIT(SERVICES_SECRET) },
                                                 .count = 1 };
    const char *id = json_string_value(json_object_get(body, "id"));
    const char *endpoint = json_string_value(json_object_get(body, "api_endpoint"));
    json_int_t uid = json_integer_value(json_object_get(body, "uid"));
    struct buf scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    FUZZ_CHECK(id != NULL && endpoint != NULL && uid > 0);
    FUZZ_CHECK(auth_token_open(&secrets, slice_text(id), SERVICES_START, &scratch, &opened) ==
               AUTH_TOKEN_OK);
    FUZZ_CHECK(opened.token.uid == (uint64_t)uid);
    FUZZ_CHECK(slice_starts(slice_text(endpoint), opened.token.node));
    FUZZ_CHECK(!core_token_users_moved(core_token_server_users(services->tokens), (uint64_t)uid));
    buf_free(&scratch);
}

static void check_reply(const struct services *services)
{
    const struct http_reply *reply = &services->reply;
    struct slice type;
    FUZZ_CHECK(reply->status >= 200 && reply->status <= 599 && !reply->body.failed);
    if (!http_reply_get(reply, "Content-Type", &type) || reply->body.len == 0 ||
        !slice_starts(type, SLICE("application/json")))
        return;
    json_t *body = json_loadb((const char *)reply->body.ptr, reply->body.len,
                              JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(body != NULL);
    if (reply->status == 200 && json_object_get(body, "hashed_fxa_uid") != NULL)
        check_token(services, body);
    json_decref(body);
}

/* What can be compared with another server's: nothing once memory has failed. */
static void write_down(const struct services *services, struct buf *log)
{
    if (services->troubled)
        return;
    buf_add_i64(log, services->reply.status);
    for (size_t i = 0; i < services->reply.count; i++) {
        const struct http_field field = http_reply_field(&services->reply, i);
        buf_add(log, field.name);
        buf_add(log, field.value);
    }
    buf_add(log, buf_slice(&services->reply.body));
}

static void converse(struct services *services, struct slice wire, struct buf *log)
{
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    struct buf body = buf_bounded(ROOM);
    FUZZ_CHECK(parser != NULL);
    for (size_t count = 0; count < REQUESTS_MAX;) {
        enum http_event event = http_parser_next(parser, &wire);
        if (event == HTTP_EVENT_BODY)
            FUZZ_CHECK(buf_add(&body, http_parser_piece(parser)));
        else if (event == HTTP_EVENT_END) {
            struct http_request request = *http_parser_request(parser);
            request.body = buf_slice(&body);
            if (services_answer(services, &request)) {
                check_reply(services);
                requests++;
            }
            write_down(services, log);
            buf_clear(&body);
            count++;
        } else if (event != HTTP_EVENT_HEAD)
            break;
    }
    buf_free(&body);
    http_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct services once, again;
    struct buf log = buf_bounded(ROOM), same = buf_bounded(ROOM);
    /* The choice stands behind the requests, so that they read as such. */
    struct slice wire = slice_head(slice_of(data, size), size > 0 ? size - 1 : 0);
    uint8_t how = size > 0 ? data[size - 1] : 0;
    services_make_keys();
    int64_t live = alloc_live();
    services_open(&once, how);
    services_open(&again, how);
    again.restarts = true;
    converse(&once, wire, &log);
    converse(&again, wire, &same);
    FUZZ_CHECK(slice_eq(buf_slice(&log), buf_slice(&same)));
    services_close(&once);
    services_close(&again);
    buf_free(&log);
    buf_free(&same);
    FUZZ_CHECK(alloc_live() == live);
    return 0;
}
