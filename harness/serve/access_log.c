#include "serve/access_log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum {
    LINES_MAX = 256 * 1024, /* that wait */
    LINES_WAIT = 64 * 1024, /* past it they are written at once */
    MODE = 0640,
};

static int open_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    /* Without O_NONBLOCK the opening of a named pipe would wait for its reader. */
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, MODE);
}

const char *serve_access_log_open(struct serve_access_log *log, const char *path)
{
    *log = (struct serve_access_log){ .path = path, .file = open_file(path) };
    log->lines = buf_bounded(LINES_MAX);
    return log->file < 0 ? strerror(errno) : NULL;
}

void serve_access_log_add(struct serve_access_log *log, const struct serve_access *access)
{
    size_t before = log->lines.len;
    if (!serve_access_log_write(access, &log->lines)) {
        buf_truncate(&log->lines, before);
        log->lines.failed = false;
        log->lost++;
    }
    if (log->lines.len > LINES_WAIT)
        serve_access_log_flush(log);
}

/* As many whole lines as a pipe takes at once or not at all. */
static size_t piece_of(struct slice text)
{
    size_t len = text.len < PIPE_BUF ? text.len : PIPE_BUF;
    while (len > 0 && text.ptr[len - 1] != '\n')
        len--;
    return len > 0 ? len : text.len;
}

static bool write_piece(int file, struct slice piece)
{
    struct pollfd ready = { .fd = file, .events = POLLOUT };
    if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0)
        return false;
    ssize_t wrote = write(file, piece.ptr, piece.len);
    if (wrote < 0 && errno == EINTR)
        wrote = write(file, piece.ptr, piece.len);
    return wrote == (ssize_t)piece.len;
}

static uint64_t lines_of(struct slice text)
{
    uint64_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '\n';
    return count;
}

void serve_access_log_flush(struct serve_access_log *log)
{
    struct slice rest = buf_slice(&log->lines);
    while (rest.len > 0) {
        struct slice piece = slice_head(rest, piece_of(rest));
        if (!write_piece(log->file, piece))
            log->lost += lines_of(piece);
        rest = slice_from(rest, piece.len);
    }
    buf_clear(&log->lines);
}

void serve_access_log_reopen(struct serve_access_log *log)
{
    serve_access_log_flush(log);
    int file = open_file(log->path);
    if (file < 0)
        return;
    if (log->file >= 0)
        (void)close(log->file);
    log->file = file;
}

void serve_access_log_close(struct serve_access_log *log)
{
    if (log->file >= 0) {
        serve_access_log_flush(log);
        (void)close(log->file);
    }
    log->file = -1;
    buf_free(&log->lines);
}

int64_t serve_access_log_now(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
