#include "tests/test_serve_live.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_SECONDS = 60, ANSWER_CEILING = 64 * 1024 * 1024 };

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct live *live = context;
    struct slice big = SLICE("/big/");
    uint64_t count;
    atomic_fetch_add(&live->handled, 1);
    reply->status = 200;
    reply->close = slice_is(request->target, "/close");
    http_reply_set_text(reply, "Content-Type", "text/plain");
    if (slice_starts(request->target, big) &&
        slice_to_u64(slice_from(request->target, big.len), &count)) {
        if (buf_reserve(&reply->body, (size_t)count)) {
            memset(reply->body.ptr, 'x', (size_t)count);
            reply->body.len = (size_t)count;
        }
        return;
    }
    buf_add(&reply->body, request->method_text);
    buf_add_byte(&reply->body, ' ');
    buf_add(&reply->body, request->target);
    buf_add_byte(&reply->body, ' ');
    buf_add(&reply->body, request->body);
}

struct serve_config live_config(void)
{
    struct serve_config config = serve_config_default();
    config.handler.handle = handle;
    return config;
}

static void *run(void *context)
{
    struct live *live = context;
    live->served = serve_run(live->serve);
    return NULL;
}

void live_start(struct live *live, const struct serve_config *config)
{
    struct serve_config own = *config;
    const char *error = NULL;
    memset(live, 0, sizeof(*live));
    own.handler.context = live;
    live->serve = serve_new(&own, &error);
    if (live->serve == NULL)
        fail_msg("serve_new: %s", error);
    assert_int_equal(pthread_create(&live->thread, NULL, run, live), 0);
}

void live_join(struct live *live)
{
    assert_int_equal(pthread_join(live->thread, NULL), 0);
    assert_true(live->served);
    serve_free(live->serve);
}

void live_end(struct live *live)
{
    serve_stop(live->serve);
    live_join(live);
}

struct live_client live_connect_to(uint16_t port)
{
    struct live_client client = { .in = buf_bounded(ANSWER_CEILING) };
    const struct timeval limit = { .tv_sec = CLIENT_SECONDS };
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    client.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client.socket >= 0);
    assert_int_equal(setsockopt(client.socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)), 0);
    assert_int_equal(setsockopt(client.socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)), 0);
    assert_int_equal(connect(client.socket, (struct sockaddr *)&address, sizeof(address)), 0);
    return client;
}

struct live_client live_connect(const struct live *live)
{
    return live_connect_to(serve_port(live->serve));
}

void live_disconnect(struct live_client *client)
{
    assert_int_equal(close(client->socket), 0);
    buf_free(&client->in);
}

void live_send(struct live_client *client, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(client->socket, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        bytes = slice_from(bytes, (size_t)sent);
    }
}

void live_send_text(struct live_client *client, const char *text)
{
    live_send(client, slice_text(text));
}

/* False at the end of what the server sends. */
static bool receive_more(struct live_client *client)
{
    uint8_t part[16 * 1024];
    ssize_t got = recv(client->socket, part, sizeof(part), 0);
    if (got < 0 && errno != ECONNRESET)
        fail_msg("the server neither answers nor closes");
    return got > 0 && buf_add(&client->in, slice_of(part, (size_t)got));
}

static size_t body_length(struct live_answer *answer, bool to_head)
{
    const char *text = buf_text(&answer->head);
    const char *length = strstr(text, "\r\nContent-Length: ");
    return length == NULL || to_head ? 0 : strtoull(length + 18, NULL, 10);
}

bool live_receive(struct live_client *client, bool to_head, struct live_answer *answer)
{
    const struct slice end = SLICE("\r\n\r\n");
    size_t at;
    *answer = (struct live_answer){ .head = buf_bounded(ANSWER_CEILING),
                                    .body = buf_bounded(ANSWER_CEILING) };
    while ((at = slice_search(buf_slice(&client->in), end)) == client->in.len) {
        if (!receive_more(client))
            return false;
    }
    assert_true(buf_add(&answer->head, slice_head(buf_slice(&client->in), at + end.len)));
    assert_true(slice_starts(buf_slice(&answer->head), SLICE("HTTP/1.1 ")));
    answer->status = atoi(buf_text(&answer->head) + 9);
    buf_consume(&client->in, at + end.len);
    size_t length = body_length(answer, to_head);
    while (client->in.len < length)
        assert_true(receive_more(client));
    assert_true(buf_add(&answer->body, slice_head(buf_slice(&client->in), length)));
    buf_consume(&client->in, length);
    return true;
}

void live_answer_free(struct live_answer *answer)
{
    buf_free(&answer->head);
    buf_free(&answer->body);
}

bool live_has_line(struct live_answer *answer, const char *line)
{
    char whole[256];
    assert_true(snprintf(whole, sizeof(whole), "\r\n%s\r\n", line) < (int)sizeof(whole));
    return strstr(buf_text(&answer->head), whole) != NULL;
}

void live_expect(struct live_client *client, int status, const char *body)
{
    struct live_answer answer;
    assert_true(live_receive(client, false, &answer));
    assert_int_equal(answer.status, status);
    if (body != NULL)
        assert_slice(buf_slice(&answer.body), body);
    live_answer_free(&answer);
}

void live_expect_closed(struct live_client *client)
{
    assert_false(receive_more(client));
    assert_int_equal(client->in.len, 0);
}
