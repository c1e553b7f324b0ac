#include "cli/recorder.h"

#include "base/alloc.h"
#include "http/writer.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_LENGTH = 4096 };

struct recorder {
    struct exchange base;
    struct exchange *inner;
    const char *folder;
    size_t most;
    struct buf wire;
    size_t calls, files;
    bool failed;
};

static struct recorder *recorder_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct recorder, base);
}

static bool make_folder(const char *folder, const char *below)
{
    char path[PATH_LENGTH];
    int length = snprintf(path, sizeof(path), "%s/%s", folder, below);
    if (length > 0 && (size_t)length < sizeof(path) && (mkdir(path, 0777) == 0 || errno == EEXIST))
        return true;
    (void)fprintf(stderr, "syncspec seeds: %s/%s: %s\n", folder, below, strerror(errno));
    return false;
}

static void write_seed(struct recorder *recorder, const char *target, struct slice bytes)
{
    char path[PATH_LENGTH];
    if (bytes.len == 0 || bytes.len > recorder->most || recorder->failed)
        return;
    int length =
        snprintf(path, sizeof(path), "%s/%s/case-%05zu", recorder->folder, target, recorder->calls);
    FILE *file = length > 0 && (size_t)length < sizeof(path) ? fopen(path, "wb") : NULL;
    bool written = file != NULL && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (!written)
        (void)fprintf(stderr, "syncspec seeds: %s: %s\n", path, strerror(errno));
    recorder->files += written;
    recorder->failed = !written;
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    struct recorder *recorder = recorder_of(exchange);
    recorder->calls++;
    buf_clear(&recorder->wire);
    if (call->raw.len > 0)
        write_seed(recorder, "http_request", call->raw);
    else if (http_write_request(&call->request, &recorder->wire))
        write_seed(recorder, "http_request", buf_slice(&recorder->wire));
    write_seed(recorder, "record", call->request.body);
    exchange_start(recorder->inner, call);
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    struct recorder *recorder = recorder_of(exchange);
    struct exchange_call *call = exchange_next(recorder->inner, timeout_ms);
    if (call == NULL || call->outcome != EXCHANGE_ANSWERED)
        return call;
    buf_clear(&recorder->wire);
    if (buf_add(&recorder->wire, buf_slice(&call->text)) &&
        buf_add(&recorder->wire, buf_slice(&call->body)))
        write_seed(recorder, "http_answer", buf_slice(&recorder->wire));
    return call;
}

static int64_t now(struct exchange *exchange)
{
    return exchange_now(recorder_of(exchange)->inner);
}

static bool skip_time(struct exchange *exchange, int64_t centiseconds)
{
    return exchange_skip(recorder_of(exchange)->inner, centiseconds);
}

static void release(struct exchange *exchange)
{
    struct recorder *recorder = recorder_of(exchange);
    buf_free(&recorder->wire);
    alloc_release(recorder);
}

struct exchange *cli_recorder_new(struct exchange *inner, const char *folder, size_t most)
{
    static const struct exchange_ops ops = {
        .name = "recorder",
        .start = start,
        .next = next,
        .now = now,
        .skip = skip_time,
        .free = release,
    };
    if (!make_folder(folder, "") || !make_folder(folder, "http_request") ||
        !make_folder(folder, "http_answer") || !make_folder(folder, "record"))
        return NULL;
    struct recorder *recorder = alloc_new(struct recorder);
    if (recorder == NULL) {
        (void)fprintf(stderr, "syncspec seeds: out of memory\n");
        return NULL;
    }
    *recorder = (struct recorder){ .base = { &ops },
                                   .inner = inner,
                                   .folder = folder,
                                   .most = most,
                                   .wire = buf_bounded(LIMIT_ANSWER_HEAD + LIMIT_ANSWER_BODY) };
    return &recorder->base;
}

bool cli_recorder_done(const struct exchange *exchange, size_t *ret_files)
{
    const struct recorder *recorder = (const struct recorder *)(const void *)exchange;
    *ret_files = recorder->files;
    return !recorder->failed;
}
