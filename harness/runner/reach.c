#include "runner/reach.h"

/* Of what is written in the case as it is; what depends on a limit keeps to it by itself. */
struct load {
    uint64_t records, bytes;             /* of the largest POST */
    uint64_t total_records, total_bytes; /* of all that go into batches */
};

static uint64_t number_of(const json_t *object, const char *key)
{
    json_int_t number = json_integer_value(json_object_get(object, key));
    return number > 0 ? (uint64_t)number : 0;
}

static struct load load_of(const json_t *body)
{
    const json_t *generated = json_object_get(body, "$bsos");
    if (json_is_array(body))
        return (struct load){ .records = json_array_size(body) };
    uint64_t count = number_of(generated, "count");
    return (struct load){ .records = count,
                          .bytes = count * number_of(generated, "payload_bytes") };
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void weigh(const struct plan_step *steps, size_t count, struct load *load)
{
    for (size_t i = 0; i < count; i++) {
        const struct plan_step *step = &steps[i];
        if (step->kind == PLAN_SEND && strcmp(step->method, "POST") == 0) {
            struct load one = load_of(step->body_value);
            load->records = larger(load->records, one.records);
            load->bytes = larger(load->bytes, one.bytes);
            bool batched = strstr(step->target, "batch=") != NULL;
            load->total_records += batched ? one.records : 0;
            load->total_bytes += batched ? one.bytes : 0;
        }
        weigh(step->steps, step->step_count, load);
        for (size_t branch = 0; branch < step->branch_count; branch++)
            weigh(step->branches[branch].steps, step->branches[branch].step_count, load);
    }
}

static bool needs(const struct plan_case *plan_case, const char *name)
{
    for (size_t i = 0; i < plan_case->need_count; i++) {
        if (strcmp(plan_case->needs[i], name) == 0)
            return true;
    }
    return false;
}

const char *runner_reach_beyond(const struct runner_world *world, const struct plan_case *plan_case)
{
    struct load load = { 0 };
    weigh(plan_case->steps, plan_case->step_count, &load);
    const struct {
        const char *limit, *unit;
        uint64_t sent;
    } rows[] = {
        { "max_post_records", "records in one request", load.records },
        { "max_total_records", "records in batches", load.total_records },
        { "max_post_bytes", "bytes in one request", load.bytes },
        { "max_total_bytes", "bytes in batches", load.total_bytes },
        { "max_request_bytes", "bytes in one request", load.bytes },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t limit = runner_world_limit(world, rows[i].limit);
        if (limit == 0 || rows[i].sent <= limit || needs(plan_case, rows[i].limit))
            continue;
        const char *text = arena_format(world->arena, "it posts %llu %s, and %s is %llu",
                                        (unsigned long long)rows[i].sent, rows[i].unit,
                                        rows[i].limit, (unsigned long long)limit);
        return text == NULL ? "" : text;
    }
    return NULL;
}
