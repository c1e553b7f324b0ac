/* The access log: one line per request.
 *
 *   2026-11-22T23:52:07.123Z 127.0.0.1 GET /1.5/7/storage/tabs?full&newer= 200 1234 0.153
 *
 * Time, client, method, path, status, bytes of the reply's body, milliseconds.  Of the query there
 * are names only; of headers and bodies nothing.  Bytes that could break a line or pretend to be
 * another are written as \xHH; what could not be read is "-". */
#ifndef SYNCSPEC_SERVE_ACCESS_LOG_H
#define SYNCSPEC_SERVE_ACCESS_LOG_H

#include "base/buf.h"
#include "http/message.h"

struct serve_access_log {
    const char *path; /* "-": standard output */
    int file;         /* -1: closed */
    struct buf lines; /* not yet written */
    uint64_t lost;    /* lines that could not be written: the server goes on without them */
};

/* Of one answer. */
struct serve_access {
    const char *peer;
    const struct http_request *request; /* NULL: it could not be read */
    int status;
    uint64_t bytes;
    uint64_t nanoseconds;
    int64_t at_ms; /* since the epoch */
};

/* Opens the file to append to, making it with mode 0640; borrows ${path}.  NULL, or what is wrong.
 * To be closed in either case. */
MUST_USE const char *serve_access_log_open(struct serve_access_log *log, const char *path);

/* Adds a line, to be written by the next flush, or now when many wait. */
void serve_access_log_add(struct serve_access_log *log, const struct serve_access *access);

/* Writes what waits.  Never waits for a reader: what a pipe does not take at once is lost. */
void serve_access_log_flush(struct serve_access_log *log);

/* Opens the file of that name anew, so that the old one can be moved away.  When that fails the old
 * one stays. */
void serve_access_log_reopen(struct serve_access_log *log);

void serve_access_log_close(struct serve_access_log *log);

/* Milliseconds since the epoch. */
int64_t serve_access_log_now(void);

/* Appends a line. */
bool serve_access_log_write(const struct serve_access *access, struct buf *out);

#endif
