/* Our request parser beside http-parser and picohttpparser, on the same bytes: requests as Firefox
 * sends them.  Each leaves the same behind: method, target and all fields as slices. */
#include "bench/rivals.h"
#include "http/parser.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 15, REPEATS = 40000 };

#define ID16  "eyJ1c2VyIjoxMDYz"
#define ID104 ID16 ID16 ID16 ID16 ID16 ID16 "TUwMDYwO"
#define HAWK                                                                                       \
    "authorization: Hawk id=\"" ID104 ID104 ID104 ID104 "\", ts=\"1795382475\", nonce=\""          \
    "q1Bv0J2lFwQ=\", mac=\"fQ1aS5nN9wq3vI4N8q3y0oXyF7dW2sL0b1k9zYtRmZs=\"\r\n"
#define START                                                                                      \
    "Host: sync.example.org\r\n"                                                                   \
    "User-Agent: Firefox/153.7.0 (Linux x86_64) FxSync/1.155.0.20261103151912.desktop\r\n"         \
    "Accept: application/json;q=0.9,*/*;q=0.2\r\nAccept-Language: en-US,en;q=0.9\r\n"              \
    "Accept-Encoding: gzip, deflate, br, zstd\r\n" HAWK
#define END                                                                                        \
    "Connection: keep-alive\r\nPriority: u=4\r\nPragma: no-cache\r\nCache-Control: "               \
    "no-cache\r\n\r\n"

static const struct request {
    const char *name;
    struct slice wire;
} requests[] = {
    { "GET info/collections",
      SLICE_INIT("GET /1.5/1063500608/info/collections HTTP/1.1\r\n" START END) },
    { "GET storage/bookmarks",
      SLICE_INIT(
          "GET /1.5/1063500608/storage/bookmarks?newer=1795382500.4&full=1&sort=oldest&limit="
          "1000 HTTP/1.1\r\n" START END) },
    { "POST storage/tabs",
      SLICE_INIT("POST /1.5/1063500608/storage/tabs?batch=true&commit=true HTTP/1.1\r\n" START
                 "content-type: text/plain\r\nx-if-unmodified-since: 1795382500.4\r\n"
                 "Content-Length: 2\r\n" END "[]") },
};

static struct http_parser *ours;

static struct bench_found parse_ours(struct slice wire)
{
    struct bench_found found = { 0 };
    for (;;) {
        switch (http_parser_next(ours, &wire)) {
        case HTTP_EVENT_HEAD:
            found.fields = http_parser_request(ours)->fields.count;
            found.target_len = http_parser_request(ours)->target.len;
            break;
        case HTTP_EVENT_BODY:
            break;
        case HTTP_EVENT_END:
            return found;
        default:
            return (struct bench_found){ 0 };
        }
    }
}

static const struct contender {
    const char *name;
    struct bench_found (*parse)(struct slice wire);
} contenders[] = {
    { "syncspec", parse_ours },
    { "http-parser", bench_http_parser },
    { "picohttpparser", bench_picohttpparser },
};

static double now_ns(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0)
        exit(1);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double measure(const struct contender *contender, struct slice wire)
{
    double start = now_ns();
    for (int i = 0; i < REPEATS; i++) {
        if (contender->parse(wire).fields == 0)
            exit(1);
    }
    return (now_ns() - start) / REPEATS;
}

/* Rounds go from one parser to the next, so that what else the machine does hits all alike. */
static void compare(const struct request *request)
{
    double times[COUNT_OF(contenders)][ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT_OF(contenders); i++)
            times[i][round] = measure(&contenders[i], request->wire);
    }
    printf("%s (%zu bytes)\n", request->name, request->wire.len);
    for (size_t i = 0; i < COUNT_OF(contenders); i++) {
        qsort(times[i], ROUNDS, sizeof(times[i][0]), ascending);
        double median = times[i][ROUNDS / 2];
        printf("  %-15s %8.0f ns/request %12.0f requests/s\n", contenders[i].name, median,
               1e9 / median);
    }
}

int main(void)
{
#ifndef __OPTIMIZE__
    puts("built without optimisation: these numbers mean nothing");
#endif
    ours = http_parser_new(HTTP_REQUESTS, NULL);
    if (ours == NULL)
        return 1;
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        struct bench_found want = parse_ours(requests[i].wire);
        for (size_t k = 1; k < COUNT_OF(contenders); k++) {
            struct bench_found seen = contenders[k].parse(requests[i].wire);
            if (seen.fields != want.fields || seen.target_len != want.target_len)
                return 1;
        }
        compare(&requests[i]);
    }
    http_parser_free(ours);
    return 0;
}
