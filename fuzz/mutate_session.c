/* Sessions: steps are taken away, doubled and moved, new ones are put in, and one is changed
 * within. */
#include "fuzz/mutate.h"
#include "fuzz/session_code.h"

/* The coded steps behind the first byte; what is cut at the end is dropped. */
static void cut_steps(struct slice input, struct mutate_parts *parts)
{
    struct session_step step;
    struct slice rest = slice_from(input, 1), before = rest;
    while (session_next(&rest, &step) &&
           mutate_parts_add(parts, slice_head(before, before.len - rest.len)))
        before = rest;
}

/* A step of any kind but those that hold text. */
static struct slice make_step(struct rng *rng, uint8_t room[CLI_SESSION_HEAD])
{
    rng_fill(rng, room, CLI_SESSION_HEAD);
    unsigned kind = (unsigned)rng_below(rng, CLI_SESSION_TEXT);
    bool odd = rng_below(rng, 8) == 0; /* users, versions and the rare kinds less often */
    if (odd)
        kind = CLI_SESSION_IF + (unsigned)rng_below(rng, CLI_SESSION_STEPS - CLI_SESSION_IF);
    unsigned who = odd ? room[0] / 16U : (unsigned)rng_below(rng, 2);
    room[0] = (uint8_t)(kind | who << 4);
    if (kind == CLI_SESSION_CLOCK && rng_below(rng, 2) == 0)
        room[2] = room[3] = 0;
    return slice_of(room, CLI_SESSION_HEAD);
}

/* The text of a step, target or body, is changed by the engine, and its length with it. */
static void change_text(struct slice coded, struct rng *rng, struct buf *out)
{
    struct session_step step;
    struct slice rest = coded;
    struct buf target = buf_bounded(UINT16_MAX), body = buf_bounded(UINT16_MAX);
    if (!session_next(&rest, &step))
        return;
    bool first = rng_below(rng, 3) > 0 || step.body.len == 0;
    if (first)
        mutate_bytes(step.target, rng, &target);
    else
        mutate_bytes(step.body, rng, &body);
    struct slice new_target = first ? buf_slice(&target) : step.target;
    struct slice new_body = first ? step.body : buf_slice(&body);
    const uint8_t lengths[] = { (uint8_t)new_target.len, (uint8_t)(new_target.len >> 8),
                                (uint8_t)new_body.len, (uint8_t)(new_body.len >> 8) };
    buf_add(out, slice_head(coded, 2));
    buf_add(out, slice_of(lengths, sizeof(lengths)));
    buf_add(out, new_target);
    buf_add(out, new_body);
    buf_free(&target);
    buf_free(&body);
}

/* Another user, version, collection, ...; or the text. */
static void change(struct slice coded, struct rng *rng, struct buf *out)
{
    if (coded.ptr[0] % CLI_SESSION_STEPS == CLI_SESSION_TEXT && rng_below(rng, 3) > 0) {
        change_text(coded, rng, out);
        return;
    }
    size_t from = out->len;
    buf_add(out, coded);
    if (out->failed)
        return;
    size_t at = coded.ptr[0] % CLI_SESSION_STEPS == CLI_SESSION_TEXT ? rng_below(rng, 2)
                                                                     : rng_below(rng, 4);
    uint8_t *byte = &out->ptr[from + (at < coded.len ? at : 0)];
    uint8_t kind = *byte % CLI_SESSION_STEPS;
    *byte = (uint8_t)rng_u64(rng);
    if (at == 0)
        *byte = (uint8_t)(*byte / CLI_SESSION_STEPS * CLI_SESSION_STEPS + kind);
}

void mutate_input(struct slice input, struct rng *rng, struct buf *out)
{
    struct mutate_parts parts = { .count = 0 };
    struct buf changed = buf_bounded(UINT16_MAX);
    uint8_t room[CLI_SESSION_HEAD];
    uint8_t config = input.len > 0 ? input.ptr[0] : 0;
    cut_steps(input, &parts);
    size_t at = rng_below(rng, parts.count + 1);
    switch (rng_below(rng, 4)) {
    case 0:
        mutate_parts_shuffle(&parts, rng);
        break;
    case 1:
        mutate_parts_insert(&parts, at, make_step(rng, room));
        break;
    case 2:
        config = rng_below(rng, 8) == 0 ? (uint8_t)rng_u64(rng) : config;
        break;
    default:
        break;
    }
    if (parts.count > 0 && rng_below(rng, 2) == 0) {
        at = rng_below(rng, parts.count);
        change(parts.at[at], rng, &changed);
        parts.at[at] = buf_slice(&changed);
    }
    buf_add_byte(out, config);
    mutate_parts_write(&parts, out);
    buf_free(&changed);
}
