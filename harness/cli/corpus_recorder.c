#include "cli/corpus_recorder.h"

#include "base/alloc.h"
#include "cli/corpus_credentials.h"
#include "cli/corpus_steps.h"
#include "http/writer.h"

enum { WIRE_ROOM = LIMIT_ANSWER_HEAD + LIMIT_ANSWER_BODY, SESSION_ROOM = 1024 * 1024 };

struct recorder {
    struct exchange base;
    struct exchange *inner;
    const struct cli_corpus_sink *sink;
    struct buf wire;               /* of one message */
    struct buf credentials;        /* of one request */
    struct buf session;            /* the requests of the case under way */
    struct cli_corpus_steps steps; /* the same, coded */
    bool failed;
};

static struct recorder *recorder_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct recorder, base);
}

static void give(struct recorder *recorder, enum cli_corpus_kind kind, struct slice bytes)
{
    if (bytes.len > 0 && !recorder->failed)
        recorder->failed = !recorder->sink->take(recorder->sink->context, kind, bytes);
}

static void give_parts(struct recorder *recorder, const struct http_request *request)
{
    const struct slice *hawk = http_fields_get(&request->fields, "Authorization");
    give(recorder, CLI_CORPUS_RECORD, request->body);
    give(recorder, CLI_CORPUS_TARGET, request->target);
    if (hawk == NULL)
        return;
    buf_clear(&recorder->credentials);
    buf_add(&recorder->credentials, *hawk);
    cli_corpus_blank_signatures(&recorder->credentials);
    give(recorder, CLI_CORPUS_HAWK, buf_slice(&recorder->credentials));
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    struct recorder *recorder = recorder_of(exchange);
    struct slice bytes = call->raw;
    buf_clear(&recorder->wire);
    if (bytes.len == 0 && http_write_request(&call->request, &recorder->wire)) {
        cli_corpus_blank_signatures(&recorder->wire);
        bytes = buf_slice(&recorder->wire);
        cli_corpus_steps_add(&recorder->steps, &call->request, exchange_now(recorder->inner));
    }
    give(recorder, CLI_CORPUS_REQUEST, bytes);
    give_parts(recorder, &call->request);
    buf_add(&recorder->session, bytes);
    exchange_start(recorder->inner, call);
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    struct recorder *recorder = recorder_of(exchange);
    struct exchange_call *call = exchange_next(recorder->inner, timeout_ms);
    if (call == NULL || call->outcome != EXCHANGE_ANSWERED)
        return call;
    buf_clear(&recorder->wire);
    bool added = buf_add(&recorder->wire, buf_slice(&call->text)) &&
                 buf_add(&recorder->wire, buf_slice(&call->body));
    cli_corpus_blank_signatures(&recorder->wire);
    if (added)
        give(recorder, CLI_CORPUS_ANSWER, buf_slice(&recorder->wire));
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
    buf_free(&recorder->credentials);
    buf_free(&recorder->session);
    cli_corpus_steps_free(&recorder->steps);
    alloc_release(recorder);
}

struct exchange *cli_corpus_recorder_new(struct exchange *inner, const struct cli_corpus_sink *sink)
{
    static const struct exchange_ops ops = {
        .name = "recorder",
        .start = start,
        .next = next,
        .now = now,
        .skip = skip_time,
        .free = release,
    };
    struct recorder *recorder = alloc_new(struct recorder);
    if (recorder == NULL)
        return NULL;
    *recorder = (struct recorder){ .base = { &ops },
                                   .inner = inner,
                                   .sink = sink,
                                   .wire = buf_bounded(WIRE_ROOM),
                                   .credentials = buf_bounded(WIRE_ROOM),
                                   .session = buf_bounded(SESSION_ROOM),
                                   .steps = cli_corpus_steps_of() };
    return &recorder->base;
}

/* A session that outgrew its room is left out. */
void cli_corpus_recorder_cut(struct exchange *exchange)
{
    struct recorder *recorder = recorder_of(exchange);
    if (!recorder->session.failed)
        give(recorder, CLI_CORPUS_SESSION, buf_slice(&recorder->session));
    if (!recorder->steps.out.failed && recorder->steps.requests > 0)
        give(recorder, CLI_CORPUS_STEPS, buf_slice(&recorder->steps.out));
    buf_clear(&recorder->session);
    cli_corpus_steps_clear(&recorder->steps);
}

bool cli_corpus_recorder_done(const struct exchange *exchange)
{
    const struct recorder *recorder = (const struct recorder *)(const void *)exchange;
    return !recorder->failed;
}
