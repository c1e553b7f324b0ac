#include "tests/support/service.h"

#include "base/stamp.h"
#include "check/check.h"

enum { ERRORS = 4096, ARENA = 4 * 1024 * 1024, NOW = 1700000000 };

static const char cases[] =
    "{\"title\":\"t\",\"document\":\"d\",\"api\":\"token\",\"cases\":[{\"id\":\"a/case\",\"title\":"
    "\"t\",\"requires\":[\"token/a\"],\"steps\":[{\"send\":\"GET ^/\",\"expect\":{\"status\":200}}"
    "]}]}";
static const char requirements[] =
    "{\"title\":\"t\",\"document\":\"d\",\"requirements\":[{\"id\":\"token/a\",\"level\":\"must\","
    "\"statement\":\"s\",\"source\":\"s\"}]}";

static struct service *service_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct service, base);
}

static void keep(struct service *service, const struct exchange_call *call)
{
    const struct slice *authorization = http_fields_get(&call->request.fields, "Authorization");
    struct slice credentials = authorization == NULL ? SLICE("-") : *authorization;
    (void)buf_add_format(&service->log, "%.*s %.*s %.*s %.*s\n",
                         SLICE_FMT(call->request.method_text), SLICE_FMT(call->request.target),
                         SLICE_FMT(credentials), SLICE_FMT(call->request.body));
}

static void reply(struct exchange_call *call, const struct service_line *line)
{
    call->outcome = EXCHANGE_ANSWERED;
    call->answer = (struct http_answer){
        .status = line->status,
        .body = slice_text(line->body),
        .fields = { .at = call->answer_fields, .count = line->timestamp != NULL },
    };
    if (line->timestamp != NULL)
        call->answer_fields[0] =
            (struct http_field){ SLICE("X-Timestamp"), slice_text(line->timestamp) };
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    static const struct service_line nothing = { .status = 404, .body = "" };
    struct service *service = service_of(exchange);
    const struct service_line *line = &nothing;
    keep(service, call);
    for (size_t i = service->line_count; i > 0; i--)
        if (slice_ends(call->request.target, slice_text(service->lines[i - 1].target)))
            line = &service->lines[i - 1];
    if (line->outcome == EXCHANGE_PENDING)
        reply(call, line);
    else
        call->outcome = line->outcome;
    service->pending = call;
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    struct service *service = service_of(exchange);
    struct exchange_call *call = service->loses ? NULL : service->pending;
    (void)timeout_ms;
    service->pending = NULL;
    return call;
}

static int64_t tell_now(struct exchange *exchange)
{
    return service_of(exchange)->now;
}

static bool skip_time(struct exchange *exchange, int64_t centiseconds)
{
    (void)exchange;
    (void)centiseconds;
    return false;
}

static const struct exchange_ops ops = {
    .name = "service", .start = start, .next = next, .now = tell_now, .skip = skip_time
};

static struct runner_target target_of(enum runner_auth auth)
{
    return (struct runner_target){
        .name = "a scripted service",
        .url = { .host = SLICE("h.example"), .port = 8000, .path = SLICE("/pre") },
        .auth = auth,
        .accounts = { .host = SLICE("accounts.example"), .port = 80 },
        .bearer = SLICE("the.given.token"),
        .key_id = SLICE("1-AAAA"),
        .password = SLICE("a password of a run"),
    };
}

bool service_init(struct service *service, enum runner_auth auth, const struct service_line *lines,
                  size_t line_count)
{
    AUTO(buf_free) struct buf text = buf_bounded(ERRORS);
    struct plan_errors errors = { .text = &text };
    *service = (struct service){
        .base = { .ops = &ops },
        .lines = lines,
        .line_count = line_count,
        .now = (int64_t)NOW * STAMP_SECOND,
        .log = buf_bounded(SERVICE_LOG),
        .target = target_of(auth),
        .options = runner_options_default(),
    };
    service->options.api = auth == RUNNER_AUTH_NAMES ? "user" : "token";
    service->plan = plan_load_text(SLICE(cases), "cases.json", SLICE(requirements),
                                   check_vocabulary(), &errors);
    service->world = (struct runner_world){
        .plan = service->plan,
        .target = &service->target,
        .options = &service->options,
        .exchange = &service->base,
        .arena = arena_new(ARENA),
    };
    return service->plan != NULL && service->world.arena != NULL &&
           runner_world_init(&service->world);
}

void service_free(struct service *service)
{
    buf_free(&service->log);
    plan_free(service->plan);
    arena_free(service->world.arena);
}
