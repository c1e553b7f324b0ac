#include "bench/soak_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024, READS = 64, ANSWER_BYTES = 16 * 1024 * 1024 };

int64_t soak_link_now_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool soak_link_open(struct soak_link *link, const struct soak_place *place)
{
    const int on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(place->port) };
    *link = (struct soak_link){
        .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
        .parser = http_parser_new(HTTP_ANSWERS, NULL),
        .out = buf_bounded(SOAK_REQUEST_BYTES + LIMIT_HEAD),
        .body = buf_bounded(ANSWER_BYTES),
    };
    if (link->fd >= 0 && link->parser != NULL &&
        inet_pton(AF_INET, place->host, &address.sin_addr) == 1 &&
        connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        setsockopt(link->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
        fcntl(link->fd, F_SETFL, O_NONBLOCK) == 0)
        return true;
    soak_link_close(link);
    return false;
}

void soak_link_close(struct soak_link *link)
{
    if (link->fd >= 0)
        (void)close(link->fd);
    http_parser_free(link->parser);
    buf_free(&link->out);
    buf_free(&link->body);
    link->fd = -1;
    link->parser = NULL;
}

bool soak_link_is_full(const struct soak_link *link)
{
    return link->sent < link->out.len;
}

static enum soak_link_state flush(struct soak_link *link)
{
    while (link->sent < link->out.len) {
        ssize_t sent =
            send(link->fd, link->out.ptr + link->sent, link->out.len - link->sent, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR ? SOAK_LINK_WAITS : SOAK_LINK_BROKEN;
        link->sent += (size_t)sent;
    }
    return SOAK_LINK_WAITS;
}

enum soak_link_state soak_link_ask(struct soak_link *link, struct soak_device *device,
                                   const struct soak_place *place)
{
    buf_clear(&link->out);
    buf_clear(&link->body);
    link->sent = 0;
    link->device = device;
    link->asked_us = soak_link_now_us();
    if (!soak_request_write(&device->request, device->user, place, &link->out))
        return SOAK_LINK_BROKEN;
    return flush(link);
}

static enum soak_link_state finish(struct soak_link *link)
{
    struct soak_device *device = link->device;
    struct http_answer answer = *http_parser_answer(link->parser);
    if (device == NULL)
        return SOAK_LINK_BROKEN;
    answer.body = buf_slice(&link->body);
    soak_tally_answer(device->user->tally, device->request.method, answer.status,
                      soak_link_now_us() - link->asked_us);
    link->device = NULL;
    soak_device_answer(device, &answer);
    buf_clear(&link->body);
    return answer.keep_alive ? SOAK_LINK_DONE : SOAK_LINK_BROKEN;
}

static enum soak_link_state feed(struct soak_link *link, struct slice input)
{
    for (;;) {
        switch (http_parser_next(link->parser, &input)) {
        case HTTP_EVENT_HEAD:
            break;
        case HTTP_EVENT_BODY:
            if (!buf_add(&link->body, http_parser_piece(link->parser)))
                return SOAK_LINK_BROKEN;
            break;
        case HTTP_EVENT_END:
            if (http_parser_answer(link->parser)->status >= 200)
                return input.len == 0 ? finish(link) : SOAK_LINK_BROKEN;
            break;
        case HTTP_EVENT_MORE:
            return http_parser_hold(link->parser) ? SOAK_LINK_WAITS : SOAK_LINK_BROKEN;
        case HTTP_EVENT_FAULT:
        case HTTP_EVENT_NOMEM:
            return SOAK_LINK_BROKEN;
        }
    }
}

enum soak_link_state soak_link_work(struct soak_link *link)
{
    static uint8_t bytes[READ_BYTES];
    enum soak_link_state state = flush(link);
    for (int i = 0; i < READS && state == SOAK_LINK_WAITS; i++) {
        ssize_t got = recv(link->fd, bytes, sizeof(bytes), 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR ? SOAK_LINK_WAITS : SOAK_LINK_BROKEN;
        state = got == 0 ? SOAK_LINK_BROKEN : feed(link, slice_of(bytes, (size_t)got));
    }
    return state;
}
