#include "bench/bench_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

enum {
    UID = 1,
    TARGET_BYTES = 4096,
    BODY_BYTES = 16 * 1024 * 1024,
    FILLED_AT_ONCE = 10000,
    SCATTER = 7919, /* a prime: consecutive records lie apart in the order of ids */
};

static enum auth_result let_in(struct auth_scheme *scheme, const struct http_request *request,
                               const struct auth_origin *origin, int64_t now,
                               struct auth_identity *ret_identity)
{
    (void)scheme;
    (void)request;
    (void)origin;
    (void)now;
    ret_identity->uid = UID;
    return AUTH_OK;
}

static const struct auth_scheme_ops ops = { .name = "None", .check = let_in };

bool bench_world_open(struct bench_world *world, const char *spec)
{
    const char *error = "out of memory";
    *world = (struct bench_world){
        .clock = clock_virtual_at(INT64_C(170000000000)),
        .rng = rng_seeded_with(1),
        .auth = { &ops },
        .target = buf_bounded(TARGET_BYTES),
        .body = buf_bounded(BODY_BYTES),
    };
    http_reply_init(&world->reply);
    struct core_config config = core_config_default();
    config.quota = 0;
    config.limits.max_post_records = FILLED_AT_ONCE;
    config.limits.max_post_bytes = config.limits.max_request_bytes = BODY_BYTES;
    config.limits.max_total_bytes = BODY_BYTES;
    world->store = store_open(spec, &error);
    if (world->store != NULL) {
        const struct core_env env = { .store = world->store,
                                      .auth = &world->auth,
                                      .clock = &world->clock.base,
                                      .rng = &world->rng.base };
        world->core = core_new(&config, &env);
    }
    if (world->core == NULL)
        (void)fprintf(stderr, "%s: %s\n", spec, error);
    return world->core != NULL;
}

void bench_world_close(struct bench_world *world)
{
    core_free(world->core);
    store_free(world->store);
    http_reply_free(&world->reply);
    buf_free(&world->target);
    buf_free(&world->body);
}

bool bench_world_send(struct bench_world *world, enum http_method method)
{
    static const struct http_field fields[] = {
        { SLICE_INIT("Host"), SLICE_INIT("h") },
        { SLICE_INIT("Content-Type"), SLICE_INIT("application/json") },
    };
    AUTO(buf_free) struct buf target = buf_bounded(TARGET_BYTES);
    (void)buf_add_format(&target, "/1.5/%d", UID);
    (void)buf_add(&target, buf_slice(&world->target));
    const struct http_request request = {
        .method = method,
        .method_text = slice_text(http_method_name(method)),
        .target = buf_slice(&target),
        .minor = 1,
        .fields = { fields, COUNT_OF(fields) },
        .body = buf_slice(&world->body),
    };
    bool whole = !target.failed && !world->target.failed && !world->body.failed;
    clock_virtual_advance(&world->clock, STAMP_SECOND);
    core_handle(world->core, &request, &world->reply);
    buf_clear(&world->target);
    buf_clear(&world->body);
    if (world->reply.status >= 200 && world->reply.status < 300)
        return whole;
    (void)fprintf(stderr, "%.*s: %d %.*s\n", SLICE_FMT(request.target), world->reply.status,
                  SLICE_FMT(slice_head(buf_slice(&world->reply.body), 200)));
    return false;
}

bool bench_world_get(struct bench_world *world, const char *path)
{
    (void)buf_add_text(&world->target, path);
    return bench_world_send(world, HTTP_METHOD_GET);
}

void bench_world_record(struct buf *out, uint64_t number)
{
    static char payload[BENCH_PAYLOAD + 1];
    if (payload[0] == '\0')
        memset(payload, 'p', BENCH_PAYLOAD);
    (void)buf_add_format(out,
                         "{\"id\":\"%012" PRIu64 "\",\"sortindex\":%" PRIu64 ",\"payload\":\"%s\"}",
                         number * SCATTER % UINT64_C(1000000000000), number % 1000, payload);
}

bool bench_world_put(struct bench_world *world, const char *collection, uint64_t number)
{
    (void)buf_add_format(&world->target, "/storage/%s/%012" PRIu64, collection,
                         number * SCATTER % UINT64_C(1000000000000));
    bench_world_record(&world->body, number);
    return bench_world_send(world, HTTP_METHOD_PUT);
}

bool bench_world_post(struct bench_world *world, const char *collection, const char *query,
                      uint64_t first, uint64_t count)
{
    (void)buf_add_format(&world->target, "/storage/%s%s", collection, query);
    (void)buf_add_byte(&world->body, '[');
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            (void)buf_add_byte(&world->body, ',');
        bench_world_record(&world->body, first + i);
    }
    (void)buf_add_byte(&world->body, ']');
    return bench_world_send(world, HTTP_METHOD_POST);
}

/* Appends the id of the batch that the reply names. */
static bool find_batch(const struct bench_world *world, struct buf *out)
{
    const struct slice key = SLICE("\"batch\":\"");
    struct slice body = buf_slice(&world->reply.body);
    struct slice rest = slice_from(body, slice_search(body, key) + key.len);
    return rest.len > 0 && buf_add(out, slice_head(rest, slice_find(rest, '"')));
}

bool bench_world_batch(struct bench_world *world, const char *collection, uint64_t first)
{
    AUTO(buf_free) struct buf query = buf_bounded(TARGET_BYTES);
    if (!bench_world_post(world, collection, "?batch=true", first, BENCH_POSTED) ||
        !buf_add_text(&query, "?batch=") || !find_batch(world, &query))
        return false;
    for (uint64_t done = BENCH_POSTED; done < BENCH_BATCH; done += BENCH_POSTED) {
        if (done + BENCH_POSTED >= BENCH_BATCH)
            (void)buf_add_text(&query, "&commit=true");
        if (!bench_world_post(world, collection, buf_text(&query), first + done, BENCH_POSTED))
            return false;
    }
    return true;
}

bool bench_world_fill(struct bench_world *world, const char *collection, uint64_t count)
{
    for (uint64_t done = 0; done < count; done += FILLED_AT_ONCE) {
        uint64_t left = count - done;
        if (!bench_world_post(world, collection, "", done,
                              left < FILLED_AT_ONCE ? left : FILLED_AT_ONCE))
            return false;
    }
    return true;
}

double bench_world_now(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
