#include "tests/fault_bench.h"

#include "http/target.h"
#include "store/memory.h"

#include <stdio.h>

enum { STORE_CEILING = 64 * 1024 * 1024 };

static enum auth_result believe(struct auth_scheme *scheme, const struct http_request *request,
                                const struct auth_origin *origin, int64_t now,
                                struct auth_identity *ret_identity)
{
    struct fault_bench *bench = CONTAINER_OF(scheme, struct fault_bench, auth);
    struct slice path = request->target;
    struct slice segment;
    (void)now;
    (void)snprintf(bench->asked, sizeof(bench->asked), "%.*s", SLICE_FMT(origin->target));
    if (slice_search(origin->target, SLICE("forged")) < origin->target.len)
        return AUTH_BAD_MAC;
    (void)http_target_segment(&path, &segment);
    (void)http_target_segment(&path, &segment);
    return slice_to_u64(segment, &ret_identity->uid) ? AUTH_OK : AUTH_BAD_TOKEN;
}

static const struct auth_scheme_ops believing = { .name = "Test", .check = believe };

void fault_bench_init(struct fault_bench *bench, const struct fault_set *set)
{
    struct core_config config = core_config_default();
    *bench = (struct fault_bench){
        .store = store_memory_new(STORE_CEILING),
        .auth.ops = &believing,
        .clock = clock_virtual_at(FAULT_BENCH_T0),
        .rng = rng_seeded_with(1),
        .stack = fault_stack_new(set),
    };
    http_reply_init(&bench->reply);
    struct core_env env = {
        .auth = &bench->auth,
        .clock = &bench->clock.base,
        .rng = &bench->rng.base,
    };
    if (bench->store == NULL || bench->stack == NULL)
        return;
    env.store = fault_stack_store(bench->stack, bench->store);
    fault_stack_configure(bench->stack, &config);
    fault_stack_wrap(bench->stack, &env);
    bench->core = core_new(&config, &env);
    if (bench->core == NULL)
        return;
    const struct http_handler core = core_as_handler(bench->core);
    bench->handler = fault_stack_around(bench->stack, &core);
}

void fault_bench_free(struct fault_bench *bench)
{
    core_free(bench->core);
    fault_stack_free(bench->stack);
    store_free(bench->store);
    http_reply_free(&bench->reply);
}

static enum http_method method_of(struct slice name)
{
    enum http_method method = HTTP_METHOD_GET;
    while (method < HTTP_METHOD_OTHER && !slice_is(name, http_method_name(method)))
        method++;
    return method;
}

int fault_bench_send(struct fault_bench *bench, const char *line, const char *field,
                     const char *body)
{
    struct http_field fields[2] = { { SLICE("Content-Type"), SLICE("application/json") } };
    struct slice method, target;
    struct slice text = slice_text(field);
    slice_cut(slice_text(line), ' ', &method, &target);
    if (slice_cut(text, ':', &fields[1].name, &fields[1].value))
        fields[1].value = slice_trim(fields[1].value);
    const struct http_request request = {
        .method = method_of(method),
        .method_text = method,
        .target = target,
        .minor = 1,
        .fields = { fields, field == NULL ? 1 : 2 },
        .body = slice_text(body),
        .keep_alive = true,
    };
    http_handle(&bench->handler, &request, &bench->reply);
    return bench->reply.status;
}
