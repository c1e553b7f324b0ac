/* Uploads many large records to a server of this machine at once, each as large as a request may
 * be, while others ask for little; then reads everything back.
 *
 * usage: uploads [OPTIONS] --secret FILE -- SERVER ARGUMENT...      starts it
 *   --count N       uploads, all under way at the same moment (1000); the store has to hold them
 *   --memory KB     what the server may take at most; 0: it is only told (0)
 *
 * Each is answered with 200, or with 503 and Retry-After: then nothing was stored, and it is sent
 * again until it is.
 *
 * Exit codes: 0 nothing was violated; 1 something was; 2 usage; 3 the server cannot be had. */
#include "base/alloc.h"
#include "base/clock.h"
#include "bench/soak_server.h"
#include "bench/uploads_link.h"

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
    COUNT_MAX = 8000,
    BODY_BYTES = 2625536, /* max_request_bytes and max_record_payload_bytes of the server */
    PAYLOAD_BYTES = 2621440,
    AGAIN_AT_ONCE = 32, /* of those that got 503 */
    ROUNDS = 1000,
    TURN_MS = 100,
    STILL_MS = 60 * 1000, /* without any progress: it hangs */
    SECRETS = 64 * 1024,
    PATH_TEXT = 64,
};

struct options {
    uint64_t count, memory_kb;
    const char *secret_file;
    char *const *command;
};

/* Somebody else, who reads and writes a little all the time. */
struct other {
    struct uploads_link link;
    uint64_t asked;
    int64_t worst_ms;
};

struct uploads {
    struct soak_server server;
    struct soak_user user;
    struct uploads_task task;
    struct uploads_link *links;
    struct pollfd *polls; /* one more, for the other */
    bool *stored;
    size_t count, refused;
    struct other other;
    size_t violations;
};

static void violate(struct uploads *uploads, const char *what, uint64_t number, int status)
{
    enum { TOLD = 20 };
    if (uploads->violations++ < TOLD)
        (void)printf("VIOLATION record %" PRIu64 ": %s (status %d)\n", number, what, status);
}

/* The other one's next question: every second one writes. */
static bool ask_other(struct uploads *uploads)
{
    struct other *other = &uploads->other;
    uint64_t number = other->asked++;
    return number % 2 == 0 ? uploads_link_put(&other->link, &uploads->task, number, UPLOADS_SMALL)
                           : uploads_link_get(&other->link, &uploads->task, "/info/collections");
}

static bool look_at_other(struct uploads *uploads)
{
    struct other *other = &uploads->other;
    uploads_link_work(&other->link, &uploads->task);
    if (other->link.phase == UPLOADS_BROKEN)
        violate(uploads, "another client got no answer", other->asked, 0);
    else if (other->link.phase != UPLOADS_ANSWERED)
        return true;
    else if (other->link.status != 200)
        violate(uploads, "another client was not served", other->asked, other->link.status);
    int64_t took = clock_monotonic_ms() - other->link.asked_ms;
    other->worst_ms = took > other->worst_ms ? took : other->worst_ms;
    return ask_other(uploads);
}

static void note_answer(struct uploads *uploads, struct uploads_link *link)
{
    size_t number = (size_t)link->number;
    bool retry = link->phase == UPLOADS_ANSWERED && link->status == 503;
    if (link->phase == UPLOADS_BROKEN)
        violate(uploads, "no answer", number, 0);
    else if (retry && !link->has_retry_after)
        violate(uploads, "503 without Retry-After", number, 503);
    else if (!retry && link->status != 200)
        violate(uploads, "neither 200 nor 503", number, link->status);
    uploads->stored[number] = link->phase == UPLOADS_ANSWERED && link->status == 200;
    uploads->refused += retry;
    uploads_link_close(link);
}

/* Whether all that are under way have come half way. */
static bool all_held(const struct uploads *uploads)
{
    for (size_t i = 0; i < uploads->count; i++) {
        if (uploads->links[i].phase == UPLOADS_SENDING)
            return false;
    }
    return true;
}

static size_t wait_for_any(struct uploads *uploads)
{
    size_t busy = 0;
    for (size_t i = 0; i < uploads->count; i++) {
        short wants = uploads_link_wants(&uploads->links[i]);
        uploads->polls[i] =
            (struct pollfd){ .fd = wants != 0 ? uploads->links[i].fd : -1, .events = wants };
        busy += wants != 0;
    }
    uploads->polls[uploads->count] =
        (struct pollfd){ .fd = uploads->other.link.fd,
                         .events = uploads_link_wants(&uploads->other.link) };
    if (busy > 0)
        (void)poll(uploads->polls, uploads->count + 1, TURN_MS);
    return busy;
}

/* Works until all uploads that were begun are answered. */
static bool finish_all(struct uploads *uploads)
{
    int64_t moved_ms = clock_monotonic_ms();
    while (wait_for_any(uploads) > 0) {
        if (clock_monotonic_ms() > moved_ms + STILL_MS) {
            violate(uploads, "the server hangs", 0, 0);
            return false;
        }
        for (size_t i = 0; i < uploads->count; i++) {
            struct uploads_link *link = &uploads->links[i];
            if (uploads->polls[i].fd < 0 || uploads->polls[i].revents == 0)
                continue;
            moved_ms = clock_monotonic_ms();
            uploads_link_work(link, &uploads->task);
            if (link->phase == UPLOADS_ANSWERED || link->phase == UPLOADS_BROKEN)
                note_answer(uploads, link);
        }
        if (!look_at_other(uploads))
            return false;
        if (all_held(uploads)) {
            for (size_t i = 0; i < uploads->count; i++)
                uploads_link_release(&uploads->links[i]);
        }
    }
    return true;
}

static size_t count_stored(const struct uploads *uploads)
{
    size_t count = 0;
    for (size_t i = 0; i < uploads->count; i++)
        count += uploads->stored[i];
    return count;
}

/* All at once, then again those that the server had no room for. */
static bool upload_all(struct uploads *uploads)
{
    for (size_t i = 0; i < uploads->count; i++) {
        if (!uploads_link_put(&uploads->links[i], &uploads->task, i, UPLOADS_LARGE_HELD))
            return false;
    }
    if (!finish_all(uploads))
        return false;
    size_t first = count_stored(uploads);
    (void)printf("%zu uploads of %d bytes at once: %zu stored, %zu refused with 503\n",
                 uploads->count, BODY_BYTES, first, uploads->refused);
    for (size_t round = 0; round < ROUNDS && count_stored(uploads) < uploads->count; round++) {
        size_t begun = 0;
        for (size_t i = 0; i < uploads->count && begun < AGAIN_AT_ONCE; i++) {
            if (uploads->stored[i])
                continue;
            begun++;
            if (!uploads_link_put(&uploads->links[i], &uploads->task, i, UPLOADS_LARGE))
                return false;
        }
        if (!finish_all(uploads))
            return false;
    }
    return true;
}

/* Whether the answer holds the record as it was sent. */
static bool is_record(const struct uploads *uploads, const struct uploads_link *link,
                      uint64_t number)
{
    char start[64];
    struct slice body = buf_slice(&link->body);
    (void)snprintf(start, sizeof(start), "\"payload\":\"%0*" PRIu64, UPLOADS_MARK, number);
    if (body.ptr == NULL)
        return false;
    size_t at = slice_search(body, slice_text(start));
    struct slice payload =
        slice_head(slice_from(body, at + strlen("\"payload\":\"")), uploads->task.payload.len);
    return slice_eq(slice_from(payload, UPLOADS_MARK),
                    slice_from(uploads->task.payload, UPLOADS_MARK));
}

static bool read_back(struct uploads *uploads)
{
    struct uploads_link link = { 0 };
    bool good = true;
    for (size_t i = 0; i < uploads->count && good; i++) {
        char path[PATH_TEXT];
        (void)snprintf(path, sizeof(path), "/storage/uploads/u%zu", i);
        good = uploads_link_get(&link, &uploads->task, path);
        while (good && link.phase != UPLOADS_ANSWERED && link.phase != UPLOADS_BROKEN) {
            struct pollfd ready = { .fd = link.fd, .events = uploads_link_wants(&link) };
            good = poll(&ready, 1, STILL_MS) == 1;
            uploads_link_work(&link, &uploads->task);
        }
        if (good && (link.status != 200 || !is_record(uploads, &link, i)))
            violate(uploads, "it was acknowledged and is not there", i, link.status);
    }
    uploads_link_close(&link);
    return good;
}

/* The most that the process ever had in memory, in KB; 0: not known. */
static uint64_t peak_kb(pid_t pid)
{
    char path[PATH_TEXT], line[256];
    unsigned long long kb = 0;
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "VmHWM: %llu kB", &kb) == 1) // NOLINT(cert-err34-c): the kernel's own text
            break;
    }
    if (file != NULL)
        (void)fclose(file);
    return kb;
}

static bool run(struct uploads *uploads, const struct options *options, struct slice secret)
{
    char node[SOAK_HOST * 2];
    if (!soak_server_start(&uploads->server, options->command))
        return false;
    uploads->task.place = uploads->server.place;
    (void)snprintf(node, sizeof(node), "http://%s:%u", uploads->task.place.host,
                   (unsigned)uploads->task.place.port);
    int64_t begun = clock_monotonic_ms();
    if (!soak_user_mint(&uploads->user, secret, slice_text(node)) || !ask_other(uploads) ||
        !upload_all(uploads))
        return false;
    int64_t uploaded = clock_monotonic_ms();
    if (!read_back(uploads))
        return false;
    uint64_t peak = peak_kb(uploads->server.pid);
    (void)printf("%zu records uploaded in %.1f s, %zu refusals in all, and read back; the other: "
                 "%" PRIu64 " requests, the slowest took %.0f ms; the server's memory: at most "
                 "%" PRIu64 " KB; %zu violations\n",
                 count_stored(uploads), (double)(uploaded - begun) / 1000, uploads->refused,
                 uploads->other.asked, (double)uploads->other.worst_ms, peak, uploads->violations);
    if (options->memory_kb > 0 && peak > options->memory_kb)
        violate(uploads, "the server took more memory than it may", 0, 0);
    return true;
}

static bool prepare(struct uploads *uploads, size_t count, struct buf *payload)
{
    uploads->count = count;
    uploads->user.uid = 1;
    uploads->links = alloc_zeroed(count, sizeof(*uploads->links));
    uploads->polls = alloc_zeroed(count + 1, sizeof(*uploads->polls));
    uploads->stored = alloc_zeroed(count, sizeof(*uploads->stored));
    for (size_t i = 0; i < PAYLOAD_BYTES; i++)
        (void)buf_add_byte(payload, (uint8_t)('a' + i % 23));
    uploads->task = (struct uploads_task){ .user = &uploads->user,
                                           .payload = buf_slice(payload),
                                           .body_bytes = BODY_BYTES };
    return uploads->links != NULL && uploads->polls != NULL && uploads->stored != NULL &&
           !payload->failed;
}

static void release(struct uploads *uploads)
{
    for (size_t i = 0; uploads->links != NULL && i < uploads->count; i++)
        uploads_link_close(&uploads->links[i]);
    uploads_link_close(&uploads->other.link);
    alloc_release(uploads->links);
    alloc_release(uploads->polls);
    alloc_release(uploads->stored);
    alloc_release(uploads);
}

static int upload(const struct options *options, struct slice secret)
{
    struct uploads *uploads = alloc_new(struct uploads);
    AUTO(buf_free) struct buf payload = buf_bounded(PAYLOAD_BYTES);
    int code = 3;
    if (uploads == NULL)
        return code;
    if (prepare(uploads, (size_t)options->count, &payload) && run(uploads, options, secret)) {
        if (!soak_server_stop(&uploads->server, SIGTERM))
            violate(uploads, "the server did not end well", 0, 0);
        code = 0;
    }
    (void)soak_server_stop(&uploads->server, SIGKILL);
    if (uploads->violations > 0)
        code = 1;
    release(uploads);
    return code;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--") == 0) {
            options->command = argv + i + 1;
            break;
        }
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        struct slice text = slice_text(value);
        if (strcmp(argv[i], "--secret") == 0)
            options->secret_file = value;
        else if (strcmp(argv[i], "--count") == 0
                     ? !slice_to_u64(text, &options->count)
                     : strcmp(argv[i], "--memory") != 0 || !slice_to_u64(text, &options->memory_kb))
            return false;
    }
    return options->secret_file != NULL && options->command != NULL &&
           options->command[0] != NULL && options->count > 0 && options->count <= COUNT_MAX;
}

int main(int argc, char **argv)
{
    struct options options = { .count = 1000 };
    struct buf text = buf_bounded(SECRETS);
    struct slice secret;
    int code = 2;
    soak_prepare();
    if (!read_options(argc, argv, &options))
        (void)fprintf(stderr, "usage: uploads [--count N] [--memory KB] --secret FILE -- "
                              "SERVER...\n");
    else if (!soak_secret_read(options.secret_file, &text, &secret))
        (void)fprintf(stderr, "uploads: %s holds no secret\n", options.secret_file);
    else
        code = upload(&options, secret);
    buf_free(&text);
    return code;
}
