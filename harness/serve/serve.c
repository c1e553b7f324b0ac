#include "serve/serve.h"

#include "base/alloc.h"
#include "serve/link.h"
#include "serve/listener.h"

#include <signal.h>

struct serve {
    struct serve_config config;
    uv_loop_t loop;
    struct serve_links links;
    struct serve_listener listener;
    uv_async_t stop; /* the one handle that other threads may touch */
    uv_signal_t on_term, on_int;
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
        .head_ms = 10 * 1000,
        .body_ms = 30 * 1000,
        .idle_ms = 120 * 1000,
        .linger_ms = 5 * 1000,
    };
}

static struct serve *serve_of(uv_handle_t *handle)
{
    struct serve_links *links = handle->loop->data;
    return CONTAINER_OF(links, struct serve, links);
}

/* Closes what keeps the loop alive once the last connection is gone. */
static void close_handles(struct serve *serve)
{
    uv_handle_t *const handles[] = {
        (uv_handle_t *)&serve->stop,
        (uv_handle_t *)&serve->on_term,
        (uv_handle_t *)&serve->on_int,
        (uv_handle_t *)&serve->linger,
    };
    for (size_t i = 0; i < COUNT_OF(handles); i++) {
        if (!uv_is_closing(handles[i]))
            uv_close(handles[i], NULL);
    }
    serve_links_close_timer(&serve->links);
}

static void on_linger(uv_timer_t *timer)
{
    serve_links_close_all(&serve_of((uv_handle_t *)timer)->links);
}

static void begin_stop(struct serve *serve)
{
    if (serve->stopping)
        return;
    serve->stopping = true;
    serve_listener_close(&serve->listener);
    serve_links_stop(&serve->links);
    if (uv_timer_start(&serve->linger, on_linger, serve->config.linger_ms, 0) != 0)
        serve_links_close_all(&serve->links);
    if (serve->links.count == 0)
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

static void on_gone(struct serve_links *links)
{
    struct serve *serve = CONTAINER_OF(links, struct serve, links);
    if (!serve->stopping)
        serve_listener_resume(&serve->listener);
    else if (links->count == 0)
        close_handles(serve);
}

static bool has_room(struct serve_listener *listener)
{
    const struct serve *serve = CONTAINER_OF(listener, struct serve, listener);
    return serve->links.count < serve->config.connections;
}

static void take(struct serve_listener *listener, int socket)
{
    struct serve *serve = CONTAINER_OF(listener, struct serve, listener);
    serve_links_add(&serve->links, socket);
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
        error = uv_timer_init(&serve->loop, &serve->linger);
    return error;
}

/* NULL, or why not. */
static const char *open_server(struct serve *serve)
{
    int error = serve_links_init(&serve->links, &serve->loop, &serve->config);
    if (error == 0)
        error = init_handles(serve);
    if (error != 0)
        return uv_strerror(error);
    serve->links.on_gone = on_gone;
    serve->listener.has_room = has_room;
    serve->listener.take = take;
    return serve_listener_open(&serve->listener, &serve->loop, &serve->config);
}

static void close_any(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

struct serve *serve_new(const struct serve_config *config, const char **ret_error)
{
    struct serve *serve = alloc_new(struct serve);
    if (serve == NULL) {
        *ret_error = "out of memory";
        return NULL;
    }
    serve->config = *config;
    int error = uv_loop_init(&serve->loop);
    if (error != 0) {
        *ret_error = uv_strerror(error);
        alloc_release(serve);
        return NULL;
    }
    const char *why = open_server(serve);
    if (why == NULL)
        return serve;
    *ret_error = why;
    uv_walk(&serve->loop, close_any, NULL);
    (void)uv_run(&serve->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&serve->loop);
    serve_links_free(&serve->links);
    alloc_release(serve);
    return NULL;
}

uint16_t serve_port(const struct serve *serve)
{
    return serve->listener.port;
}

bool serve_run(struct serve *serve)
{
    if (uv_signal_start(&serve->on_term, on_signal, SIGTERM) != 0 ||
        uv_signal_start(&serve->on_int, on_signal, SIGINT) != 0)
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
    serve_listener_close(&serve->listener);
    serve_links_close_all(&serve->links);
    close_handles(serve);
    (void)uv_run(&serve->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&serve->loop);
    serve_links_free(&serve->links);
    alloc_release(serve);
}
