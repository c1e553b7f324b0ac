#include "fuzz/mutate.h"

enum { RAW_ONE_IN = 4, ROOM = 1024 * 1024, PART_MAX = 64 * 1024, GROWTH = 64 };

/* libFuzzer's; other engines have none, and mutate bytes by themselves. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static size_t mutate_raw(uint8_t *data, size_t size, size_t max_size, struct rng *rng)
{
    if (LLVMFuzzerMutate != NULL)
        return LLVMFuzzerMutate(data, size, max_size);
    if (size > 0)
        data[rng_below(rng, size)] = (uint8_t)rng_u64(rng);
    return size;
}

void mutate_bytes(struct slice part, struct rng *rng, struct buf *out)
{
    static uint8_t copy[PART_MAX + GROWTH];
    part = slice_head(part, PART_MAX);
    if (part.len > 0)
        memcpy(copy, part.ptr, part.len);
    size_t len = mutate_raw(copy, part.len, part.len + GROWTH, rng);
    buf_add(out, slice_of(copy, len));
}

bool mutate_parts_add(struct mutate_parts *parts, struct slice part)
{
    if (parts->count == MUTATE_PARTS)
        return false;
    parts->at[parts->count++] = part;
    return true;
}

void mutate_parts_insert(struct mutate_parts *parts, size_t index, struct slice part)
{
    if (parts->count == MUTATE_PARTS)
        return;
    memmove(&parts->at[index + 1], &parts->at[index], (parts->count - index) * sizeof(part));
    parts->at[index] = part;
    parts->count++;
}

static void take_out(struct mutate_parts *parts, size_t index)
{
    parts->count--;
    memmove(&parts->at[index], &parts->at[index + 1],
            (parts->count - index) * sizeof(parts->at[0]));
}

void mutate_parts_shuffle(struct mutate_parts *parts, struct rng *rng)
{
    if (parts->count == 0)
        return;
    size_t one = rng_below(rng, parts->count), other = rng_below(rng, parts->count);
    struct slice part = parts->at[one];
    switch (rng_below(rng, 4)) {
    case 0:
        take_out(parts, one);
        break;
    case 1:
        mutate_parts_insert(parts, other, part);
        break;
    case 2:
        parts->at[one] = parts->at[other];
        parts->at[other] = part;
        break;
    default:
        take_out(parts, one);
        mutate_parts_insert(parts, other < parts->count ? other : parts->count, part);
        break;
    }
}

void mutate_parts_write(const struct mutate_parts *parts, struct buf *out)
{
    for (size_t i = 0; i < parts->count; i++)
        buf_add(out, parts->at[i]);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct rng_seeded rng = rng_seeded_with(seed);
    static uint8_t room[ROOM]; /* mutating takes no longer than it must */
    size_t most = max_size < ROOM ? max_size : ROOM;
    struct buf out = { .ptr = room, .cap = most, .ceiling = most };
    if (rng_below(&rng.base, RAW_ONE_IN) > 0)
        mutate_input(slice_of(data, size), &rng.base, &out);
    bool made = out.len > 0 && !out.failed;
    if (made)
        memcpy(data, out.ptr, out.len);
    return made ? out.len : mutate_raw(data, size, max_size, &rng.base);
}
