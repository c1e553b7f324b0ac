/* Opens many connections to a server on this machine, lets each serve one request, and says what
 * the server's memory grew by while all of them are idle.
 *
 * usage: bench_serve_idle PORT COUNT PID TARGET */
#include "base/alloc.h"
#include "base/slice.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CLIENT_SECONDS = 20, SPARE_DESCRIPTORS = 16, REQUEST = 512, REPLY = 64 * 1024 };

struct idle {
    uint16_t port;
    size_t wanted;
    uint64_t pid;
    const char *target;
    int *sockets;
    size_t opened;
};

/* Kilobytes resident, or 0. */
static uint64_t resident(uint64_t pid)
{
    char line[256];
    uint64_t found = 0;
    (void)snprintf(line, sizeof(line), "/proc/%llu/status", (unsigned long long)pid);
    FILE *file = fopen(line, "r");
    if (file == NULL)
        return 0;
    while (found == 0 && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0)
            found = strtoull(line + 6, NULL, 10);
    }
    (void)fclose(file);
    return found;
}

/* A connected socket, or -1. */
static int open_one(uint16_t port)
{
    const struct timeval limit = { .tv_sec = CLIENT_SECONDS };
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr = { htonl(INADDR_LOOPBACK) },
    };
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (made < 0)
        return -1;
    if (setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
        connect(made, (struct sockaddr *)&address, sizeof(address)) == 0)
        return made;
    (void)close(made);
    return -1;
}

/* One request and a reply of one segment; false when none came. */
static bool use(const struct idle *idle, int with)
{
    static char reply[REPLY];
    char request[REQUEST];
    int length = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                          idle->target, (unsigned)idle->port);
    if (length < 0 || (size_t)length >= sizeof(request))
        return false;
    return send(with, request, (size_t)length, MSG_NOSIGNAL) == length &&
           recv(with, reply, sizeof(reply), 0) > 12 && memcmp(reply, "HTTP/1.1 200", 12) == 0;
}

static void open_all(struct idle *idle)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    while (idle->opened < idle->wanted) {
        int made = open_one(idle->port);
        if (made < 0)
            return;
        if (!use(idle, made)) {
            (void)close(made);
            return;
        }
        idle->sockets[idle->opened++] = made;
    }
}

static bool read_arguments(int argc, char **argv, struct idle *idle)
{
    uint64_t port, wanted;
    if (argc != 5 || !slice_to_u64(slice_text(argv[1]), &port) || port > UINT16_MAX ||
        !slice_to_u64(slice_text(argv[2]), &wanted) || wanted == 0 || wanted > 1000000 ||
        !slice_to_u64(slice_text(argv[3]), &idle->pid))
        return false;
    idle->port = (uint16_t)port;
    idle->wanted = (size_t)wanted;
    idle->target = argv[4];
    return true;
}

int main(int argc, char **argv)
{
    struct idle idle = { 0 };
    if (!read_arguments(argc, argv, &idle)) {
        (void)fprintf(stderr, "usage: bench_serve_idle PORT COUNT PID TARGET\n");
        return 2;
    }
    idle.sockets = alloc_zeroed(idle.wanted, sizeof(*idle.sockets));
    if (idle.sockets == NULL)
        return 3;
    uint64_t before = resident(idle.pid);
    open_all(&idle);
    uint64_t after = resident(idle.pid);
    (void)printf("%zu of %zu connections opened and idle; RSS %llu KB without, %llu KB with them: "
                 "%lld bytes each\n",
                 idle.opened, idle.wanted, (unsigned long long)before, (unsigned long long)after,
                 idle.opened == 0
                     ? 0LL
                     : ((long long)after - (long long)before) * 1024 / (long long)idle.opened);
    for (size_t i = 0; i < idle.opened; i++)
        (void)close(idle.sockets[i]);
    alloc_release(idle.sockets);
    return idle.opened == idle.wanted ? 0 : 1;
}
