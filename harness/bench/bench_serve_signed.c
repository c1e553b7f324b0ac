/* Signed requests a second: each has a nonce of its own, so the server's replay cache keeps them
 * all.
 *
 * usage: bench_serve_signed http://127.0.0.1:PORT SECRET-FILE SECONDS */
#include "base/alloc.h"
#include "base/clock.h"
#include "bench/soak_server.h"
#include "http/parser.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LINKS = 16,
    AHEAD = 8, /* requests of a connection that wait for their answers */
    READ_BYTES = 64 * 1024,
    OUT_BYTES = 64 * 1024,
    SECRET_BYTES = 4096,
    CLASSES = 6,
    SECONDS_MAX = 3600,
};

#define TARGET "/1.5/1/info/collections"

struct link {
    int fd;
    unsigned waiting;
    struct http_parser *parser;
    struct buf out;
};

struct crowd {
    struct soak_place place;
    struct soak_user user;
    struct link links[LINKS];
    uint64_t answers[CLASSES];
};

static bool open_link(struct crowd *crowd, struct link *link)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(crowd->place.port) };
    link->out = buf_bounded(OUT_BYTES);
    link->parser = http_parser_new(HTTP_ANSWERS, NULL);
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return link->parser != NULL && link->fd >= 0 &&
           inet_pton(AF_INET, crowd->place.host, &address.sin_addr) == 1 &&
           connect(link->fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

static bool add_request(struct crowd *crowd, struct link *link)
{
    (void)buf_add_format(&link->out, "GET " TARGET " HTTP/1.1\r\nHost: %s:%u\r\nAuthorization: ",
                         crowd->place.host, (unsigned)crowd->place.port);
    bool signed_it =
        soak_request_sign(&crowd->user, &crowd->place, "GET", SLICE(TARGET), &link->out);
    link->waiting++;
    return buf_add_text(&link->out, "\r\n\r\n") && signed_it;
}

static bool ask(struct crowd *crowd, struct link *link)
{
    while (link->waiting < AHEAD) {
        if (!add_request(crowd, link))
            return false;
    }
    ssize_t sent = send(link->fd, link->out.ptr, link->out.len, MSG_NOSIGNAL);
    if (sent > 0)
        buf_consume(&link->out, (size_t)sent);
    return sent > 0;
}

/* Counts the answers that came; false when the connection ended. */
static bool take(struct crowd *crowd, struct link *link)
{
    static uint8_t bytes[READ_BYTES];
    ssize_t got = recv(link->fd, bytes, sizeof(bytes), 0);
    struct slice input = slice_of(bytes, got > 0 ? (size_t)got : 0);
    enum http_event event = HTTP_EVENT_HEAD;
    while (input.len > 0 || event == HTTP_EVENT_HEAD) {
        event = http_parser_next(link->parser, &input);
        if (event == HTTP_EVENT_END) {
            crowd->answers[http_parser_answer(link->parser)->status / 100]++;
            link->waiting--;
        }
        if (event == HTTP_EVENT_MORE || event == HTTP_EVENT_FAULT || event == HTTP_EVENT_NOMEM)
            break;
    }
    return got > 0 && event != HTTP_EVENT_FAULT && event != HTTP_EVENT_NOMEM &&
           http_parser_hold(link->parser);
}

static bool work(struct crowd *crowd, int64_t until_ms)
{
    struct pollfd polls[LINKS];
    for (size_t i = 0; i < LINKS; i++) {
        polls[i] = (struct pollfd){ .fd = crowd->links[i].fd, .events = POLLIN };
        if (!ask(crowd, &crowd->links[i]))
            return false;
    }
    while (clock_monotonic_ms() < until_ms) {
        if (poll(polls, LINKS, 1000) <= 0)
            return false;
        for (size_t i = 0; i < LINKS; i++) {
            struct link *link = &crowd->links[i];
            if (polls[i].revents == 0)
                continue;
            if (!take(crowd, link) || (link->waiting < AHEAD && !ask(crowd, link)))
                return false;
        }
    }
    return true;
}

static bool meet(struct crowd *crowd, const char *secret_file)
{
    struct buf text = buf_bounded(SECRET_BYTES);
    struct slice secret;
    char node[SOAK_HOST * 2];
    (void)snprintf(node, sizeof(node), "http://%s:%u", crowd->place.host,
                   (unsigned)crowd->place.port);
    crowd->user.uid = 1;
    bool good = soak_secret_read(secret_file, &text, &secret) &&
                soak_user_mint(&crowd->user, secret, slice_text(node));
    buf_free(&text);
    for (size_t i = 0; i < LINKS && good; i++)
        good = open_link(crowd, &crowd->links[i]);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t seconds;
    struct crowd *crowd = alloc_new(struct crowd);
    if (argc != 4 || crowd == NULL || !slice_to_u64(slice_text(argv[3]), &seconds) ||
        seconds == 0 || seconds > SECONDS_MAX ||
        soak_place_read(slice_text(argv[1]), &crowd->place) != NULL) {
        (void)fprintf(stderr, "usage: bench_serve_signed http://127.0.0.1:PORT SECRET-FILE "
                              "SECONDS\n");
        return 2;
    }
    bool good = meet(crowd, argv[2]);
    int64_t begun = clock_monotonic_ms();
    good = good && work(crowd, begun + (int64_t)seconds * 1000);
    double took = (double)(clock_monotonic_ms() - begun) / 1000;
    (void)printf("%.0f signed requests/s for %.0f s; answers: 2xx %" PRIu64 ", 4xx %" PRIu64
                 ", 5xx %" PRIu64 "%s\n",
                 (double)(crowd->answers[2] + crowd->answers[4] + crowd->answers[5]) / took, took,
                 crowd->answers[2], crowd->answers[4], crowd->answers[5],
                 good ? "" : "; a connection broke");
    for (size_t i = 0; i < LINKS; i++) {
        http_parser_free(crowd->links[i].parser);
        buf_free(&crowd->links[i].out);
    }
    alloc_release(crowd);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
