#include "serve/serve.h"

#include "base/alloc.h"
#include "serve/link.h"
#include "serve/listener.h"

#include <signal.h>

enum { DOORS = 2 };

/* A listener and its connections. */
struct door {
    struct serve *serve;
    struct serve_config config;
    struct serve_links links;
    struct serve_listener listener;
};

struct serve {
    struct door doors[DOORS];
    size_t count; /* of those that are open */
    uv_loop_t loop;
    uv_async_t stop; /* the one handle that other threads may touch */
    uv_signal_t on_term, on_int, on_hangup;
    uv_prepare_t flush; /* of the access log, whenever the loop is about to wait */
    uv_timer_t linger;
    bool stopping;
};

struct serve_config serve_config_default(void)
{
    return (struct serve_config){
        .host = "127.0.0.1",
        .bounds = http_bounds_default(),
        .connections = 16384,
        .buffered = (size_t)256 * 1024,
        .buffered_total = (uint64_t)256 * 1024 * 1024,
        .held_total = (uint64_t)256 * 1024 * 1024,
        .head_ms = 10 * 1000,
        .body_ms = 30 * 1000,
        .idle_ms = 120 * 1000,
        .linger_ms = 5 * 1000,
    };
}

static struct serve *serve_of(uv_handle_t *handle)
{
    return handle->loop->data;
}

/* Closes what keeps the loop alive once the last connection is gone. */
static void close_handles(struct serve *serve)
{
    uv_handle_t *const handles[] = {
        (uv_handle_t *)&serve->stop,   (uv_handle_t *)&serve->on_term,
        (uv_handle_t *)&serve->on_int, (uv_handle_t *)&serve->on_hangup,
        (uv_handle_t *)&serve->flush,  (uv_handle_t *)&serve->linger,
    };
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], NULL);
    }
    for (size_t i = 0; i < serve->count; i++)
        serve_links_close_timer(&serve->doors[i].links);
}

static bool is_empty(const struct serve *serve)
{
    for (size_t i = 0; i < serve->count; i++) {
        if (serve->doors[i].links.count > 0)
            return false;
    }
    return true;
}

static void close_links(struct serve *serve)
{
    for (size_t i = 0; i < serve->count; i++)
        serve_links_close_all(&serve->doors[i].links);
}

static void close_listeners(struct serve *serve)
{
    for (size_t i = 0; i < serve->count; i++)
        serve_listener_close(&serve->doors[i].listener);
}

static void on_linger(uv_timer_t *timer)
{
    close_links(serve_of((uv_handle_t *)timer));
}

static void begin_stop(struct serve *serve)
{
    if (serve->stopping)
        return;
    serve->stopping = true;
    close_listeners(serve);
    for (size_t i = 0; i < serve->count; i++)
        serve_links_stop(&serve->doors[i].links);
    if (uv_timer_start(&serve->linger, on_linger, serve->doors[0].config.linger_ms, 0) != 0)
        close_links(serve);
    if (is_empty(serve))
        close_handles(serve);
}

static void on_stop(uv_async_t *async)
{
    begin_stop(serve_of((uv_handle_t *)async));
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    begin_stop(serve_of((uv_handle_t *)handle));
}

static void on_hangup(uv_signal_t *handle, int number)
{
    (void)number;
    serve_access_log_reopen(serve_of((uv_handle_t *)handle)->doors[0].config.log);
}

static void on_flush(uv_prepare_t *handle)
{
    serve_access_log_flush(serve_of((uv_handle_t *)handle)->doors[0].config.log);
}

static void on_gone(struct serve_links *links)
{
    struct door *door = CONTAINER_OF(links, struct door, links);
    if (!door->serve->stopping)
        serve_listener_resume(&door->listener);
    else if (is_empty(door->serve))
        close_handles(door->serve);
}

static bool has_room(struct serve_listener *listener)
{
    const struct door *door = CONTAINER_OF(listener, struct door, listener);
    return door->links.count < door->config.connections;
}

static void make_room(struct serve_listener *listener)
{
    serve_links_drop_idle(&CONTAINER_OF(listener, struct door, listener)->links);
}

static void take(struct serve_listener *listener, int socket)
{
    struct door *door = CONTAINER_OF(listener, struct door, listener);
    serve_links_add(&door->links, socket);
}

/* Makes the handles, none of which can fail on an open loop but by lack of memory or descriptors.
 */
static int init_handles(struct serve *serve)
{
    int error = uv_async_init(&serve->loop, &serve->stop, on_stop);
    if (error == 0)
        error = uv_signal_init(&serve->loop, &serve->on_term);
    if (error == 0)
        error = uv_signal_init(&serve->loop, &serve->on_int);
    if (error == 0)
        error = uv_signal_init(&serve->loop, &serve->on_hangup);
    if (error == 0)
        error = uv_prepare_init(&serve->loop, &serve->flush);
    if (error == 0)
        error = uv_timer_init(&serve->loop, &serve->linger);
    return error;
}

/* NULL, or why not. */
static const char *open_door(struct serve *serve, const struct serve_config *config)
{
    struct door *door = &serve->doors[serve->count];
    door->serve = serve;
    door->config = *config;
    int error = serve_links_init(&door->links, &serve->loop, &door->config);
    const char *why = error != 0
                          ? uv_strerror(error)
                          : serve_listener_open(&door->listener, &serve->loop, &door->config);
    if (why != NULL) {
        serve_links_free(&door->links);
        return why;
    }
    door->links.on_gone = on_gone;
    door->listener.has_room = has_room;
    door->listener.make_room = make_room;
    door->listener.take = take;
    serve->count++;
    return NULL;
}

static const char *open_server(struct serve *serve, const struct serve_config *config)
{
    int error = init_handles(serve);
    if (error != 0)
        return uv_strerror(error);
    const char *why = open_door(serve, config);
    if (why == NULL && config->beside != NULL)
        why = open_door(serve, config->beside);
    return why;
}

static void close_any(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* After the loop's handles were told to close. */
static void release(struct serve *serve)
{
    (void)uv_run(&serve->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&serve->loop);
    for (size_t i = 0; i < serve->count; i++)
        serve_links_free(&serve->doors[i].links);
    alloc_release(serve);
}

struct serve *serve_new(const struct serve_config *config, const char **ret_error)
{
    struct serve *serve = alloc_new(struct serve);
    if (serve == NULL) {
        *ret_error = "out of memory";
        return NULL;
    }
    int error = uv_loop_init(&serve->loop);
    if (error != 0) {
        *ret_error = uv_strerror(error);
        alloc_release(serve);
        return NULL;
    }
    serve->loop.data = serve;
    const char *why = open_server(serve, config);
    if (why == NULL)
        return serve;
    *ret_error = why;
    close_listeners(serve);
    uv_walk(&serve->loop, close_any, NULL);
    release(serve);
    return NULL;
}

uint16_t serve_port(const struct serve *serve)
{
    return serve->doors[0].listener.port;
}

uint16_t serve_port_beside(const struct serve *serve)
{
    return serve->doors[1].listener.port;
}

const struct serve_counters *serve_counters_of(const struct serve *serve)
{
    return &serve->doors[0].links.shared.counters;
}

/* Whether the access log, if there is one, will be flushed and reopened. */
static bool start_log(struct serve *serve)
{
    return serve->doors[0].config.log == NULL ||
           (uv_signal_start(&serve->on_hangup, on_hangup, SIGHUP) == 0 &&
            uv_prepare_start(&serve->flush, on_flush) == 0);
}

bool serve_run(struct serve *serve)
{
    if (uv_signal_start(&serve->on_term, on_signal, SIGTERM) != 0 ||
        uv_signal_start(&serve->on_int, on_signal, SIGINT) != 0 || !start_log(serve))
        return false;
    return uv_run(&serve->loop, UV_RUN_DEFAULT) == 0 && serve->stopping;
}

void serve_stop(struct serve *serve)
{
    (void)uv_async_send(&serve->stop);
}

void serve_free(struct serve *serve)
{
    if (serve == NULL)
        return;
    serve->stopping = true;
    close_listeners(serve);
    close_links(serve);
    close_handles(serve);
    release(serve);
}
