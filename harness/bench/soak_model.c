#include "bench/soak_model.h"

#include "base/rng.h"

#include <inttypes.h>
#include <stdio.h>

enum { NUMBER_AT = 6, ID_DIGITS_AT = 2 };

const struct soak_shelf_row soak_shelf_rows[SOAK_SHELVES] = {
    { "bookmarks", "bk%02uxenGQj_-", true, 0 },
    { "history", "hi%02uPR1SqtV3", true, 5184000 },
    { "passwords", "{a%02u0c0-5f5e-4d4d-8c8c-0123456789ab}", false, 0 },
    { "forms", "ff%02uxen+QjC/Ka1", false, 94608000 },
    { "clients", "cl%02uq2Rz7Yw1", false, 15552000 },
    { "tabs", "tb%02uq2Rz7Yw1", false, 0 },
    { "addresses", "ad%02u5c0ffee9", false, 0 },
    { "prefs", "pf%02uMzk4NzY1NDM=", false, 0 },
};

static bool is_set(uint64_t slots, unsigned slot)
{
    return ((slots >> slot) & 1) != 0;
}

bool soak_write_hits(const struct soak_write *write, unsigned shelf, unsigned slot)
{
    switch (write->kind) {
    case SOAK_PUT:
    case SOAK_DROP:
        return shelf == write->shelf && is_set(write->slots, slot);
    case SOAK_REMOVE:
        return shelf == write->shelf;
    case SOAK_WIPE:
        return true;
    case SOAK_NOTHING:
        break;
    }
    return false;
}

bool soak_shelf_exists(const struct soak_shelf *shelf)
{
    return shelf->modified > shelf->removed;
}

unsigned soak_shelf_count(const struct soak_shelf *shelf)
{
    unsigned count = 0;
    for (unsigned slot = 0; slot < SOAK_SLOTS; slot++)
        count += shelf->slots[slot].number != 0;
    return count;
}

static void apply_to(struct soak_shelf *shelf, unsigned index, const struct soak_write *write,
                     int64_t stamp)
{
    bool removes = write->kind == SOAK_REMOVE || write->kind == SOAK_WIPE;
    for (unsigned i = 0; i < SOAK_SLOTS; i++) {
        struct soak_slot *slot = &shelf->slots[i];
        if (!soak_write_hits(write, index, i) || stamp <= slot->stamp)
            continue;
        slot->number = write->kind == SOAK_PUT ? write->number : 0;
        slot->stamp = stamp;
    }
    if (removes && stamp > shelf->removed)
        shelf->removed = stamp;
    if (!removes && stamp > shelf->modified)
        shelf->modified = stamp;
}

void soak_contents_apply(struct soak_contents *contents, const struct soak_write *write,
                         int64_t stamp)
{
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        if (write->kind == SOAK_WIPE || (write->kind != SOAK_NOTHING && write->shelf == i))
            apply_to(&contents->shelves[i], i, write, stamp);
    }
}

/* Stands for the stamp of the order-th doubtful write, which nobody knows. */
static const int64_t unknown = INT64_MAX / 2;

/* Whether a stamp that was seen is the one of the model; one that is unknown becomes known. */
static bool same_stamp(int64_t model, int64_t seen, int64_t floor, int64_t known[SOAK_UNSURE])
{
    if (model < unknown)
        return model == seen;
    int64_t *stamp = &known[model - unknown];
    if (*stamp == 0 && seen > floor)
        *stamp = seen;
    return *stamp == seen;
}

static bool same_shelf(const struct soak_shelf *model, const struct soak_shelf *seen, int64_t floor,
                       int64_t known[SOAK_UNSURE])
{
    if (soak_shelf_exists(model) != soak_shelf_exists(seen))
        return false;
    if (soak_shelf_exists(model) && !same_stamp(model->modified, seen->modified, floor, known))
        return false;
    for (unsigned i = 0; i < SOAK_SLOTS; i++) {
        const struct soak_slot *must = &model->slots[i];
        const struct soak_slot *is = &seen->slots[i];
        if (must->number != is->number ||
            (must->number != 0 && !same_stamp(must->stamp, is->stamp, floor, known)))
            return false;
    }
    return true;
}

static bool same_contents(const struct soak_contents *model, const struct soak_contents *seen,
                          int64_t floor)
{
    int64_t known[SOAK_UNSURE] = { 0 };
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        if (!same_shelf(&model->shelves[i], &seen->shelves[i], floor, known))
            return false;
    }
    return true;
}

static void describe(const struct soak_contents *model, const struct soak_contents *seen,
                     struct buf *why)
{
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        const struct soak_shelf *must = &model->shelves[i];
        const struct soak_shelf *is = &seen->shelves[i];
        if (soak_shelf_exists(must) != soak_shelf_exists(is) ||
            (soak_shelf_exists(must) && must->modified != is->modified))
            (void)buf_add_format(
                why, " %s: must be of %" PRId64 " (removed %" PRId64 "), is of %" PRId64 ";",
                soak_shelf_rows[i].name, must->modified, must->removed, is->modified);
        for (unsigned k = 0; k < SOAK_SLOTS; k++) {
            const struct soak_slot *a = &must->slots[k];
            const struct soak_slot *b = &is->slots[k];
            if (a->number != b->number || (a->number != 0 && a->stamp != b->stamp))
                (void)buf_add_format(why,
                                     " %s/%u: must be write %" PRIu64 " of %" PRId64
                                     ", is write %" PRIu64 " of %" PRId64 ";",
                                     soak_shelf_rows[i].name, k, a->number, a->stamp, b->number,
                                     b->stamp);
        }
    }
}

/* Takes what was seen for true; what is not there was removed at the latest by now. */
static void adopt(struct soak_contents *model, const struct soak_contents *seen, int64_t floor)
{
    for (unsigned i = 0; i < SOAK_SHELVES; i++) {
        struct soak_shelf *shelf = &model->shelves[i];
        bool exists = soak_shelf_exists(&seen->shelves[i]);
        if (!exists && soak_shelf_exists(shelf))
            shelf->removed = shelf->modified > floor ? shelf->modified : floor;
        if (exists)
            shelf->modified = seen->shelves[i].modified;
        for (unsigned k = 0; k < SOAK_SLOTS; k++) {
            const struct soak_slot *slot = &seen->shelves[i].slots[k];
            if (slot->number != 0)
                shelf->slots[k] = *slot;
            else
                shelf->slots[k].number = 0;
        }
    }
}

/* Tries every order of every subset of the writes not yet ${used}, after those in ${model}. */
static bool try_orders(const struct soak_contents *model, const struct soak_contents *seen,
                       const struct soak_doubt *doubt, unsigned used, unsigned depth)
{
    if (same_contents(model, seen, doubt->floor))
        return true;
    for (unsigned i = 0; i < doubt->count; i++) {
        if (((used >> i) & 1) != 0)
            continue;
        struct soak_contents next = *model;
        soak_contents_apply(&next, &doubt->writes[i], unknown + (int64_t)depth);
        if (try_orders(&next, seen, doubt, used | (1U << i), depth + 1))
            return true;
    }
    return false;
}

bool soak_contents_explain(struct soak_contents *model, const struct soak_contents *seen,
                           const struct soak_doubt *doubt, struct buf *why)
{
    if (!try_orders(model, seen, doubt, 0, 0)) {
        describe(model, seen, why);
        return false;
    }
    adopt(model, seen, doubt->floor);
    return true;
}

void soak_id(unsigned shelf, unsigned slot, char ret_id[SOAK_ID])
{
    const char *format = soak_shelf_rows[shelf].id;
    const char *number = strstr(format, "%02u");
    (void)snprintf(ret_id, SOAK_ID, "%.*s%02u%s", (int)(number - format), format, slot, number + 4);
}

unsigned soak_slot_of(unsigned shelf, struct slice id)
{
    char wanted[SOAK_ID];
    uint64_t slot;
    if (id.len < ID_DIGITS_AT + 2 ||
        !slice_to_u64(slice_head(slice_from(id, ID_DIGITS_AT), 2), &slot) || slot >= SOAK_SLOTS)
        return SOAK_SLOTS;
    soak_id(shelf, (unsigned)slot, wanted);
    return slice_is(id, wanted) ? (unsigned)slot : SOAK_SLOTS;
}

/* Mostly some hundred bytes, seldom some thousand, as in recorded syncs. */
static size_t filler_size(uint64_t chance)
{
    uint64_t percent = chance % 100;
    uint64_t size = chance / 100;
    return (size_t)(percent < 80   ? 100 + size % 400
                    : percent < 98 ? 500 + size % 2500
                                   : 3000 + size % 13000);
}

bool soak_payload(unsigned shelf, unsigned slot, uint64_t number, struct buf *out)
{
    struct rng_seeded rng =
        rng_seeded_with(number * SOAK_SHELVES * SOAK_SLOTS + (uint64_t)shelf * SOAK_SLOTS + slot);
    size_t size = filler_size(rng_u64(&rng.base));
    (void)buf_add_format(out, "{\"w\":\"%" PRIu64 "\",\"at\":\"%u/%u\",\"ciphertext\":\"", number,
                         shelf, slot);
    for (size_t made = 0; made < size; made += 16)
        (void)buf_add_format(out, "%016" PRIx64, rng_u64(&rng.base));
    return buf_add_text(out, "\"}");
}

uint64_t soak_payload_number(struct slice payload)
{
    uint64_t number;
    struct slice digits = slice_from(payload, NUMBER_AT);
    digits = slice_head(digits, slice_find(digits, '"'));
    return slice_starts(payload, SLICE("{\"w\":\"")) && slice_to_u64(digits, &number) ? number : 0;
}

int32_t soak_sortindex(uint64_t number)
{
    return (int32_t)(number * 7919 % 2000000) - 1000000;
}
