#include "cli/corpus_steps.h"

#include "base/try.h"
#include "http/target.h"

enum { STEPS_ROOM = 256 * 1024, VALUE_MAX = 255, TEXT_MAX = 65535, CLOCK_MAX = 0x7fffff };

struct cli_corpus_steps cli_corpus_steps_of(void)
{
    struct cli_corpus_steps steps = { .out = buf_bounded(STEPS_ROOM) };
    cli_corpus_steps_clear(&steps);
    return steps;
}

void cli_corpus_steps_clear(struct cli_corpus_steps *steps)
{
    buf_clear(&steps->out);
    buf_add_byte(&steps->out, 0); /* the configuration: as it is by itself */
    steps->requests = 0;
    steps->user_count = 0;
    steps->now = CLI_SESSION_START;
}

void cli_corpus_steps_free(struct cli_corpus_steps *steps)
{
    buf_free(&steps->out);
}

static void add_head(struct cli_corpus_steps *steps, enum cli_session_step kind, size_t who,
                     unsigned version)
{
    buf_add_byte(&steps->out, (uint8_t)(kind + 16UL * who + 64UL * version));
}

static void add_clock(struct cli_corpus_steps *steps, unsigned scale, int64_t by)
{
    if (by == 0)
        return;
    add_head(steps, CLI_SESSION_CLOCK, scale, 0);
    for (unsigned shift = 0; shift <= 16; shift += 8)
        buf_add_byte(&steps->out, (uint8_t)((uint64_t)by >> shift));
}

/* What 24 bits do not hold goes in larger steps first. */
static void move_clock(struct cli_corpus_steps *steps, int64_t now)
{
    static const int64_t large = 10000;
    int64_t by = now - steps->now;
    if (by > CLOCK_MAX || by < -CLOCK_MAX)
        add_clock(steps, 2, by / large);
    add_clock(steps, 0, by > CLOCK_MAX || by < -CLOCK_MAX ? by % large : by);
    steps->now = now;
}

/* The number of a user, by name. */
static size_t find_user(struct cli_corpus_steps *steps, struct slice name)
{
    for (size_t i = 0; i < steps->user_count; i++) {
        if (slice_eq(slice_of(steps->users[i].name, steps->users[i].len), name))
            return i;
    }
    if (steps->user_count == CLI_CORPUS_USERS || name.len > CLI_CORPUS_USER_MAX)
        return 0;
    memcpy(steps->users[steps->user_count].name, name.ptr, name.len);
    steps->users[steps->user_count].len = name.len;
    return steps->user_count++;
}

/* Cuts "/1.5/<user>" off the front of the target; false, and nothing cut, when it begins in another
 * way. */
static bool cut_endpoint(struct slice *target, struct slice *ret_user, unsigned *ret_version)
{
    static const struct slice versions[] = {
        SLICE_INIT("/1.5/"), { 0 }, SLICE_INIT("/1.1/"), SLICE_INIT("/1.0/")
    };
    for (unsigned i = 0; i < COUNT_OF(versions); i++) {
        if (versions[i].len == 0 || !slice_starts(*target, versions[i]))
            continue;
        struct slice rest = slice_from(*target, versions[i].len);
        size_t slash = slice_find(rest, '/'), query = slice_find(rest, '?');
        *ret_user = slice_head(rest, slash < query ? slash : query);
        *ret_version = i;
        *target = slice_from(rest, ret_user->len);
        return true;
    }
    return false;
}

/* Writes the target with a byte in place of what our server gave out: a batch, an offset. */
static void write_target(struct slice target, struct buf *out)
{
    struct http_target parts = http_target_split(target);
    struct http_parameter parameter;
    buf_add(out, parts.path);
    for (uint8_t before = '?'; http_target_parameter(&parts.query, &parameter); before = '&') {
        bool batch = slice_is(parameter.name, "batch") && !slice_is(parameter.value, "true");
        bool opaque = parameter.value.len > 0 && (batch || slice_is(parameter.name, "offset"));
        buf_add_byte(out, before);
        buf_add(out, parameter.name);
        if (parameter.has_value)
            buf_add_byte(out, '=');
        if (opaque)
            buf_add_byte(out, batch ? CLI_SESSION_BATCH_ID : CLI_SESSION_OFFSET);
        else
            buf_add(out, parameter.value);
    }
}

static void add_fields(struct cli_corpus_steps *steps, const struct http_request *request)
{
    for (size_t i = 0; i < COUNT_OF(cli_session_fields); i++) {
        const struct slice *value = http_fields_get(&request->fields, cli_session_fields[i]);
        if (value == NULL || value->len > VALUE_MAX)
            continue;
        add_head(steps, CLI_SESSION_FIELD, 0, 0);
        buf_add_byte(&steps->out, (uint8_t)i);
        buf_add_byte(&steps->out, (uint8_t)value->len);
        buf_add(&steps->out, *value);
    }
}

static uint8_t method_of(struct slice text)
{
    uint8_t method = 0;
    while (method < HTTP_METHOD_OTHER &&
           !slice_is(text, http_method_name((enum http_method)method)))
        method++;
    return method;
}

static void add_length(struct buf *out, size_t len)
{
    buf_add_byte(out, (uint8_t)len);
    buf_add_byte(out, (uint8_t)(len >> 8));
}

void cli_corpus_steps_add(struct cli_corpus_steps *steps, const struct http_request *request,
                          int64_t now)
{
    AUTO(buf_free) struct buf target = buf_bounded(TEXT_MAX);
    struct slice rest = request->target, user = { 0 };
    unsigned version = 0;
    bool below = cut_endpoint(&rest, &user, &version);
    if (!below)
        buf_add_byte(&target, '/');
    write_target(rest, &target);
    if (target.failed || request->body.len > TEXT_MAX)
        return;
    move_clock(steps, now);
    add_fields(steps, request);
    add_head(steps, CLI_SESSION_TEXT, below ? find_user(steps, user) : 0, version);
    buf_add_byte(&steps->out, method_of(request->method_text));
    add_length(&steps->out, target.len);
    add_length(&steps->out, request->body.len);
    buf_add(&steps->out, buf_slice(&target));
    buf_add(&steps->out, request->body);
    steps->requests++;
}
