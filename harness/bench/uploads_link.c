#include "bench/uploads_link.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAD_BYTES = 4096,
    ANSWER_BYTES = 16 * 1024 * 1024,
    READ_BYTES = 64 * 1024,
    PATH_TEXT = 256,
    BLANKS = 8192,
};

#define BODY_START "{\"payload\":\""
#define BODY_END   "\"}"

static bool write_head(struct uploads_link *link, const struct uploads_task *task,
                       const char *method, const char *path, size_t body)
{
    char target[PATH_TEXT];
    AUTO(buf_free) struct buf authorization = buf_bounded(HEAD_BYTES);
    (void)snprintf(target, sizeof(target), "/1.5/%" PRIu64 "%s", task->user->uid, path);
    if (!soak_request_sign(task->user, &task->place, method, slice_text(target), &authorization))
        return false;
    (void)buf_add_format(&link->head, "%s %s HTTP/1.1\r\nHost: %s:%u\r\nAuthorization: ", method,
                         target, task->place.host, (unsigned)task->place.port);
    (void)buf_add(&link->head, buf_slice(&authorization));
    if (body > 0)
        (void)buf_add_format(&link->head,
                             "\r\nContent-Type: application/json\r\nContent-Length: %zu", body);
    return buf_add_text(&link->head, "\r\n\r\n");
}

/* Whether there is a connection for the next message. */
static bool begin(struct uploads_link *link, const struct uploads_task *task)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(task->place.port) };
    uploads_link_close(link);
    link->head = buf_bounded(HEAD_BYTES);
    link->body = buf_bounded(ANSWER_BYTES);
    link->parser = http_parser_new(HTTP_ANSWERS, NULL);
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    link->asked_ms = clock_monotonic_ms();
    return link->parser != NULL && link->fd >= 0 &&
           inet_pton(AF_INET, task->place.host, &address.sin_addr) == 1 &&
           connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

bool uploads_link_put(struct uploads_link *link, const struct uploads_task *task, uint64_t number,
                      enum uploads_size size)
{
    char path[PATH_TEXT];
    bool small = size == UPLOADS_SMALL;
    size_t body = small ? strlen(BODY_START BODY_END) + UPLOADS_MARK : task->body_bytes;
    (void)snprintf(path, sizeof(path), "/storage/%s/u%" PRIu64, small ? "small" : "uploads",
                   number);
    if (!begin(link, task) || !write_head(link, task, "PUT", path, body))
        return false;
    size_t head = link->head.len;
    (void)buf_add_format(&link->head, BODY_START "%0*" PRIu64, UPLOADS_MARK, number);
    if (small)
        (void)buf_add_text(&link->head, BODY_END);
    link->number = number;
    link->total = head + body;
    link->held_at = size == UPLOADS_LARGE_HELD ? head + body / 2 : SIZE_MAX;
    link->phase = UPLOADS_SENDING;
    return !link->head.failed;
}

bool uploads_link_get(struct uploads_link *link, const struct uploads_task *task, const char *path)
{
    if (!begin(link, task) || !write_head(link, task, "GET", path, 0))
        return false;
    link->total = link->head.len;
    link->held_at = SIZE_MAX;
    link->phase = UPLOADS_SENDING;
    return true;
}

/* The part of the message that begins where it was sent up to: head and mark, payload, the end, and
 * blanks to the length that was announced. */
static struct slice next_part(const struct uploads_link *link, const struct uploads_task *task)
{
    static char blanks[BLANKS];
    if (blanks[0] == '\0') {
        memset(blanks, ' ', sizeof(blanks));
        memcpy(blanks, BODY_END, strlen(BODY_END));
    }
    struct slice payload = slice_from(task->payload, UPLOADS_MARK);
    struct slice end = slice_of(blanks, sizeof(blanks));
    size_t at = link->sent;
    if (at < link->head.len)
        return slice_from(buf_slice(&link->head), at);
    at -= link->head.len;
    if (at < payload.len)
        return slice_from(payload, at);
    return slice_from(end, at - payload.len);
}

static void send_some(struct uploads_link *link, const struct uploads_task *task)
{
    size_t until =
        link->phase == UPLOADS_SENDING && link->held_at < link->total ? link->held_at : link->total;
    while (link->sent < until) {
        struct slice part = slice_head(next_part(link, task), until - link->sent);
        ssize_t sent = send(link->fd, part.ptr, part.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0)
            return; /* for now; or an answer says why, or it breaks */
        link->sent += (size_t)sent;
    }
    if (link->phase == UPLOADS_SENDING)
        link->phase = until < link->total ? UPLOADS_HELD : UPLOADS_ENDING;
}

static void finish(struct uploads_link *link)
{
    const struct http_answer *answer = http_parser_answer(link->parser);
    link->status = answer->status;
    link->has_retry_after = http_fields_count(&answer->fields, "Retry-After") == 1;
    link->phase = UPLOADS_ANSWERED;
}

static void feed(struct uploads_link *link, struct slice input)
{
    for (;;) {
        switch (http_parser_next(link->parser, &input)) {
        case HTTP_EVENT_HEAD:
            break;
        case HTTP_EVENT_BODY:
            (void)buf_add(&link->body, http_parser_piece(link->parser));
            break;
        case HTTP_EVENT_END:
            finish(link);
            return;
        case HTTP_EVENT_MORE:
            if (!http_parser_hold(link->parser))
                link->phase = UPLOADS_BROKEN;
            return;
        case HTTP_EVENT_FAULT:
        case HTTP_EVENT_NOMEM:
            link->phase = UPLOADS_BROKEN;
            return;
        }
    }
}

static void receive_some(struct uploads_link *link)
{
    static uint8_t bytes[READ_BYTES];
    ssize_t got = recv(link->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
    if (got > 0)
        feed(link, slice_of(bytes, (size_t)got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        link->phase = UPLOADS_BROKEN;
}

void uploads_link_work(struct uploads_link *link, const struct uploads_task *task)
{
    if (link->phase < UPLOADS_SENDING || link->phase > UPLOADS_ENDING)
        return;
    send_some(link, task);
    receive_some(link);
}

void uploads_link_release(struct uploads_link *link)
{
    if (link->phase == UPLOADS_HELD)
        link->phase = UPLOADS_ENDING;
}

short uploads_link_wants(const struct uploads_link *link)
{
    if (link->phase < UPLOADS_SENDING || link->phase > UPLOADS_ENDING)
        return 0;
    bool sends = link->phase != UPLOADS_HELD && link->sent < link->total;
    return (short)(POLLIN | (sends ? POLLOUT : 0));
}

void uploads_link_close(struct uploads_link *link)
{
    if (link->fd > 0)
        (void)close(link->fd);
    http_parser_free(link->parser);
    buf_free(&link->head);
    buf_free(&link->body);
    *link = (struct uploads_link){ 0 };
}
