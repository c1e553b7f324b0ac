#include "base/alloc.h"
#include "exchange/call.h"
#include "exchange/easy.h"
#include "exchange/raw.h"
#include "exchange/real_time.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 1024, HOST_MAX = 256 };

struct via_curl {
    struct exchange base;
    CURLM *multi;
    struct exchange_raw *raw;
    struct exchange_curl_config config;
    struct exchange_queue waiting, ended;
    size_t limit, made, busy;
    struct exchange_easy **easies; /* the first `made` exist; the first `busy` are under way */
    struct curl_waitfd *raw_waits; /* room for what the raw calls poll for */
};

static struct via_curl *via_curl_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct via_curl, base);
}

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static bool curl_ready;

static void start_curl(void)
{
    curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* Puts the call on an idle handle.  False when it has ended instead. */
static bool launch(struct via_curl *via, struct exchange_call *call)
{
    if (via->busy == via->made) {
        via->easies[via->made] = exchange_easy_new(&via->config);
        if (via->easies[via->made] == NULL) {
            exchange_call_end(call, EXCHANGE_BROKEN, "libcurl has no memory for the request");
            return false;
        }
        via->made++;
    }
    struct exchange_easy *easy = via->easies[via->busy];
    if (!exchange_easy_begin(easy, call))
        return false;
    if (curl_multi_add_handle(via->multi, exchange_easy_handle(easy)) != CURLM_OK) {
        (void)exchange_easy_end(easy, CURLE_OUT_OF_MEMORY);
        return false;
    }
    call->transport_state = easy;
    via->busy++;
    return true;
}

/* Gives calls that wait their turn. */
static void admit(struct via_curl *via)
{
    while (via->busy < via->limit) {
        struct exchange_call *call = exchange_queue_pop(&via->waiting);
        if (call == NULL)
            return;
        if (!launch(via, call))
            exchange_queue_push(&via->ended, call);
    }
}

/* The handle is idle: it changes places with the last busy one. */
static void retire(struct via_curl *via, struct exchange_easy *easy)
{
    size_t at = 0;
    while (via->easies[at] != easy)
        at++;
    via->busy--;
    via->easies[at] = via->easies[via->busy];
    via->easies[via->busy] = easy;
}

static void collect(struct via_curl *via)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(via->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        char *private = NULL;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        (void)curl_multi_remove_handle(via->multi, message->easy_handle);
        struct exchange_easy *easy = (struct exchange_easy *)(void *)private;
        struct exchange_call *call = exchange_easy_end(easy, code);
        call->transport_state = NULL;
        exchange_queue_push(&via->ended, call);
        retire(via, easy);
    }
}

static void work(struct via_curl *via)
{
    int running;
    admit(via);
    (void)curl_multi_perform(via->multi, &running);
    collect(via);
    exchange_raw_work(via->raw);
    for (struct exchange_call *call; (call = exchange_raw_ended(via->raw)) != NULL;)
        exchange_queue_push(&via->ended, call);
}

static void rest(struct via_curl *via, int timeout_ms)
{
    size_t count;
    const struct pollfd *polls = exchange_raw_polls(via->raw, &count);
    for (size_t i = 0; i < count; i++) {
        int out = polls[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0;
        via->raw_waits[i] =
            (struct curl_waitfd){ .fd = polls[i].fd, .events = (short)(CURL_WAIT_POLLIN | out) };
    }
    (void)curl_multi_poll(via->multi, via->raw_waits, (unsigned)count,
                          exchange_raw_patience(via->raw, timeout_ms), NULL);
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    struct via_curl *via = via_curl_of(exchange);
    if (call->raw.len > 0) {
        exchange_raw_start(via->raw, call);
        return;
    }
    exchange_call_begin(call);
    exchange_queue_push(&via->waiting, call);
    admit(via);
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    struct via_curl *via = via_curl_of(exchange);
    int64_t until = clock_monotonic_ms() + timeout_ms;
    for (;;) {
        work(via);
        struct exchange_call *call = exchange_queue_pop(&via->ended);
        int64_t left = until - clock_monotonic_ms();
        if (call != NULL || left <= 0)
            return call;
        rest(via, (int)left);
    }
}

static void release(struct exchange *exchange)
{
    struct via_curl *via = via_curl_of(exchange);
    for (size_t i = 0; i < via->busy; i++)
        (void)curl_multi_remove_handle(via->multi, exchange_easy_handle(via->easies[i]));
    for (size_t i = 0; i < via->made; i++)
        exchange_easy_free(via->easies[i]);
    (void)curl_multi_cleanup(via->multi);
    exchange_raw_free(via->raw);
    alloc_release(via->easies);
    alloc_release(via->raw_waits);
    alloc_release(via);
}

static const struct exchange_ops curl_ops = {
    .name = "curl",
    .start = start,
    .next = next,
    .now = exchange_real_now,
    .skip = exchange_real_skip,
    .free = release,
};

static bool prepare(struct via_curl *via)
{
    long limit = (long)via->limit;
    via->multi = curl_multi_init();
    via->raw = exchange_raw_new(&via->config);
    via->easies = alloc_zeroed(via->limit, sizeof(struct exchange_easy *));
    via->raw_waits = alloc_zeroed(via->limit, sizeof(*via->raw_waits));
    return via->multi != NULL && via->raw != NULL && via->easies != NULL &&
           via->raw_waits != NULL &&
           curl_multi_setopt(via->multi, CURLMOPT_MAXCONNECTS, limit) == CURLM_OK &&
           curl_multi_setopt(via->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING) == CURLM_OK;
}

struct exchange *exchange_via_curl(const struct exchange_curl_config *config,
                                   const char **ret_error)
{
    (void)pthread_once(&curl_once, start_curl);
    if (!curl_ready) {
        *ret_error = "libcurl does not start";
        return NULL;
    }
    if (config->ca_file != NULL && access(config->ca_file, R_OK) != 0) {
        *ret_error = "the file of trusted certificates cannot be read";
        return NULL;
    }
    struct via_curl *via = alloc_new(struct via_curl);
    if (via == NULL) {
        *ret_error = "out of memory";
        return NULL;
    }
    size_t limit = config->connections < CONNECTIONS_MAX ? config->connections : CONNECTIONS_MAX;
    via->base.ops = &curl_ops;
    via->config = *config;
    via->limit = limit > 0 ? limit : 1;
    bool fits = config->url.host.len <= HOST_MAX;
    if (fits && prepare(via))
        return &via->base;
    *ret_error = fits ? "out of memory" : "the host's name is too long";
    release(&via->base);
    return NULL;
}
