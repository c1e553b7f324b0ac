#include "bench/soak_server.h"

#include "http/target.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE = 1024, START_MS = 60000 };

bool soak_secret_read(const char *path, struct buf *text, struct slice *ret_secret)
{
    struct auth_secrets secrets;
    uint8_t part[4096];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        (void)buf_add(text, slice_of(part, got));
    (void)fclose(file);
    if (text->failed || auth_secrets_read(buf_slice(text), &secrets) != NULL)
        return false;
    *ret_secret = secrets.at[0];
    return true;
}

const char *soak_place_read(struct slice url, struct soak_place *ret_place)
{
    struct http_url parsed;
    const char *wrong = http_url_parse(url, &parsed);
    if (wrong != NULL)
        return wrong;
    if (parsed.tls || parsed.path.len > 0)
        return "expected http://127.0.0.1:PORT";
    if (slice_is(parsed.host, "localhost"))
        parsed.host = SLICE("127.0.0.1");
    if (!slice_starts(parsed.host, SLICE("127.")) || parsed.host.len >= SOAK_HOST)
        return "only servers on a loopback address (127.0.0.0/8) are loaded";
    *ret_place = (struct soak_place){ .port = parsed.port };
    memcpy(ret_place->host, parsed.host.ptr, parsed.host.len);
    return NULL;
}

/* The line that tells where it serves. */
static bool read_line(int from, char line[LINE])
{
    size_t len = 0;
    struct pollfd wanted = { .fd = from, .events = POLLIN };
    while (len + 1 < LINE && poll(&wanted, 1, START_MS) == 1) {
        ssize_t got = read(from, line + len, 1);
        if (got <= 0 || line[len] == '\n')
            break;
        len++;
    }
    line[len] = '\0';
    return len > 0;
}

static const char *read_place(int from, struct soak_place *ret_place)
{
    char line[LINE];
    if (!read_line(from, line))
        return "it printed no line";
    const char *url = strstr(line, "http://");
    if (url == NULL)
        return "its first line has no URL";
    return soak_place_read(slice_head(slice_text(url), strcspn(url, " ")), ret_place);
}

bool soak_server_start(struct soak_server *server, char *const *command)
{
    int ends[2];
    const char *wrong = "it cannot be run";
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    server->pid = fork();
    if (server->pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)execv(command[0], command);
        _exit(127);
    }
    (void)close(ends[1]);
    if (server->pid > 0)
        wrong = read_place(ends[0], &server->place);
    (void)close(ends[0]);
    if (wrong == NULL)
        return true;
    (void)fprintf(stderr, "soak: %s: %s\n", command[0], wrong);
    return false;
}

bool soak_server_stop(struct soak_server *server, int with)
{
    int status = 0;
    if (server->pid <= 0)
        return true;
    (void)kill(server->pid, with);
    while (waitpid(server->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    server->pid = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void soak_prepare(void)
{
    struct rlimit limit;
    (void)signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}
