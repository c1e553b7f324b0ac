#include "fault/stack.h"

#include "base/alloc.h"
#include "fault/layer.h"

enum { CALL_MEMORY = 256 * 1024 * 1024 };

struct fault_stack {
    struct fault_outside outside;
    struct fault_layer layers[FAULT_SET_MAX]; /* the first is the innermost */
    size_t count;
};

struct fault_stack *fault_stack_new(const struct fault_set *set)
{
    struct fault_stack *stack = alloc_new(struct fault_stack);
    if (stack == NULL)
        return NULL;
    stack->outside.clock = clock_real();
    stack->count = set->count;
    for (size_t i = 0; i < set->count; i++) {
        stack->layers[i].fault = set->at[i];
        stack->layers[i].outside = &stack->outside;
    }
    return stack;
}

void fault_stack_configure(const struct fault_stack *stack, struct core_config *config)
{
    for (size_t i = 0; i < stack->count; i++) {
        const struct fault *fault = stack->layers[i].fault;
        if (fault->configure != NULL)
            fault->configure(fault, config);
    }
}

void fault_stack_guard(const struct fault_stack *stack, struct auth_hawk_config *config)
{
    for (size_t i = 0; i < stack->count; i++) {
        const struct fault *fault = stack->layers[i].fault;
        if (fault->guard != NULL)
            fault->guard(fault, config);
    }
}

static int64_t tell(const struct clock *base)
{
    const struct fault_clock *clock = CONTAINER_OF(base, struct fault_clock, base);
    const struct fault *fault = clock->layer->fault;
    return fault->now(fault, clock_now(clock->inner));
}

static const struct clock *clock_around(struct fault_layer *layer, const struct clock *inner)
{
    if (layer->fault->now == NULL)
        return inner;
    layer->clock = (struct fault_clock){ .base.now = tell, .inner = inner, .layer = layer };
    return &layer->clock.base;
}

struct store *fault_stack_store(struct fault_stack *stack, struct store *store)
{
    for (size_t i = 0; i < stack->count; i++)
        store = fault_store_around(&stack->layers[i], store);
    return store;
}

struct auth_bearer *fault_stack_bearer(struct fault_stack *stack, struct auth_bearer *bearer)
{
    for (size_t i = 0; i < stack->count; i++)
        bearer = fault_bearer_around(&stack->layers[i], bearer);
    return bearer;
}

void fault_stack_wrap(struct fault_stack *stack, struct core_env *env)
{
    if (stack->count > 0)
        stack->outside.clock = env->clock;
    for (size_t i = 0; i < stack->count; i++) {
        struct fault_layer *layer = &stack->layers[i];
        env->auth = fault_scheme_around(layer, &layer->auth, env->auth);
        env->named = fault_scheme_around(layer, &layer->named, env->named);
        env->clock = clock_around(layer, env->clock);
    }
}

void fault_call_ask(struct fault_call *call, enum http_method method, struct slice target,
                    struct slice body, struct http_reply *reply)
{
    static const struct http_field json = { .name = SLICE_INIT("Content-Type"),
                                            .value = SLICE_INIT("application/json") };
    struct fault_outside *outside = call->layer->outside;
    const struct http_request request = {
        .method = method,
        .method_text = slice_text(http_method_name(method)),
        .target = target,
        .minor = 1,
        .fields = { &json, 1 },
        .body = body,
        .content_length = body.len,
        .has_length = true,
        .keep_alive = true,
    };
    bool trusted = outside->trusted;
    outside->trusted = true;
    http_handle(&call->layer->inner, &request, reply);
    outside->trusted = trusted;
}

static bool concerns(struct fault_call *call)
{
    const struct fault *fault = call->fault;
    struct slice value;
    return fault_call_is(call, fault->on) &&
           (fault->info == NULL || slice_is(call->info, fault->info)) &&
           (fault->given == NULL || fault_call_parameter(call, fault->given, &value)) &&
           (fault->when == NULL || fault->when(call)) &&
           (fault->every == 0 ||
            fault_call_count(call, "every %.*s", SLICE_FMT(call->user)) % fault->every == 0);
}

static void pass(struct fault_call *call)
{
    const struct fault *fault = call->fault;
    bool concerned = concerns(call);
    bool before = call->layer->concerned;
    call->layer->concerned = concerned;
    if (concerned && fault->before != NULL)
        fault->before(call);
    if (!call->answered)
        http_handle(&call->layer->inner, &call->request, call->reply);
    if (concerned && fault->after != NULL && fault_call_replied(call, fault->status))
        fault->after(call);
    call->layer->concerned = before;
}

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct fault_layer *layer = context;
    struct fault_outside *outside = layer->outside;
    const struct http_request *came = outside->request;
    AUTO(arena_freep) struct arena *arena = arena_new(CALL_MEMORY);
    struct fault_call call = {
        .fault = layer->fault,
        .memory = &layer->memory,
        .arena = arena,
        .reply = reply,
        .now = clock_now(outside->clock),
        .started = outside->started,
        .layer = layer,
    };
    if (arena == NULL || request->fields.count > COUNT_OF(call.fields)) {
        http_handle(&layer->inner, request, reply);
        return;
    }
    fault_call_begin(&call, request);
    if (came == NULL) {
        outside->request = request;
        outside->method = call.method;
        outside->resource = call.resource;
    }
    pass(&call);
    outside->request = came;
}

struct http_handler fault_stack_around(struct fault_stack *stack, const struct http_handler *inner)
{
    struct http_handler handler = *inner;
    for (size_t i = 0; i < stack->count; i++) {
        stack->layers[i].inner = handler;
        handler = (struct http_handler){ handle, &stack->layers[i] };
    }
    return handler;
}

bool fault_stack_hear(const struct fault_stack *stack, const struct fault_wire *wire,
                      struct buf *out)
{
    for (size_t i = 0; i < stack->count; i++) {
        const struct fault *fault = stack->layers[i].fault;
        if (fault->hear != NULL && fault->hear(wire, out))
            return true;
    }
    return false;
}

void fault_stack_forget(struct fault_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++)
        fault_memory_clear(&stack->layers[i].memory);
}

void fault_stack_restart(struct fault_stack *stack)
{
    fault_stack_forget(stack);
    stack->outside.started = clock_now(stack->outside.clock);
}

void fault_stack_free(struct fault_stack *stack)
{
    if (stack == NULL)
        return;
    fault_stack_forget(stack);
    alloc_release(stack);
}
