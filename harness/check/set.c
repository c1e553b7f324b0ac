/* Lists whose order does not count. */
#include "check/matchers.h"

#include "base/alloc.h"
#include "plan/generate.h"
#include "plan/template.h"

#include <stdlib.h>

enum { CANONICAL_MAX = 256 * 1024 * 1024, PAIRED_MAX = 256 };

/* Canonical texts of elements, sorted, each with the position that it came from. */
struct bag {
    struct buf text;
    struct slice *at;
    size_t count;
};

static void bag_free(struct bag *bag)
{
    buf_free(&bag->text);
    alloc_release(bag->at);
}

static int by_bytes(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* The lengths stand in `at` until the text has stopped moving. */
static void bag_sort(struct bag *bag)
{
    size_t start = 0;
    for (size_t i = 0; i < bag->count; i++) {
        bag->at[i] = slice_head(slice_from(buf_slice(&bag->text), start), bag->at[i].len);
        start += bag->at[i].len;
    }
    if (bag->count > 0)
        qsort(bag->at, bag->count, sizeof(*bag->at), by_bytes);
}

static bool bag_open(struct bag *bag, size_t count)
{
    *bag = (struct bag){ .text = buf_bounded(CANONICAL_MAX) };
    bag->at = alloc_zeroed(count, sizeof(*bag->at));
    bag->count = count;
    return bag->at != NULL;
}

static bool bag_of_items(struct bag *bag, const struct check_match *match,
                         const struct plan_node *const *items, size_t count)
{
    if (!bag_open(bag, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t start = bag->text.len;
        if (items[i] != NULL && !check_value_canonical(match->tree, items[i], &bag->text))
            return false;
        bag->at[i].len = bag->text.len - start;
    }
    bag_sort(bag);
    return true;
}

static bool bag_of_scalars(struct bag *bag, const json_t *list)
{
    if (!bag_open(bag, json_array_size(list)))
        return false;
    for (size_t i = 0; i < bag->count; i++) {
        size_t start = bag->text.len;
        if (!check_scalar_canonical(json_array_get(list, i), &bag->text))
            return false;
        bag->at[i].len = bag->text.len - start;
    }
    bag_sort(bag);
    return true;
}

static bool is_same(const struct bag *a, const struct bag *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!slice_eq(a->at[i], b->at[i]))
            return false;
    return true;
}

static bool set_of_scalars(struct check_match *match, const struct plan_node *const *items,
                           size_t count, const json_t *operand)
{
    AUTO(bag_free) struct bag seen = { 0 };
    AUTO(bag_free) struct bag wanted = { 0 };
    return bag_of_items(&seen, match, items, count) && bag_of_scalars(&wanted, operand) &&
           is_same(&seen, &wanted);
}

/* Which matcher has which element: an assignment, improved one matcher at a time. */
struct pairing {
    struct check_match *match;
    const struct plan_node *const *items;
    const json_t *operand;
    size_t count;
    bool fits[PAIRED_MAX][PAIRED_MAX]; /* matcher, element */
    bool tried[PAIRED_MAX];            /* elements, in this improvement */
    size_t owner[PAIRED_MAX];          /* of each element: its matcher; count: none */
};

static bool give(struct pairing *pairing, size_t matcher)
{
    for (size_t item = 0; item < pairing->count; item++) {
        if (!pairing->fits[matcher][item] || pairing->tried[item])
            continue;
        pairing->tried[item] = true;
        size_t owner = pairing->owner[item];
        if (owner == pairing->count || give(pairing, owner)) {
            pairing->owner[item] = matcher;
            return true;
        }
    }
    return false;
}

static bool pair_all(struct pairing *pairing)
{
    for (size_t i = 0; i < pairing->count; i++) {
        pairing->owner[i] = pairing->count;
        for (size_t j = 0; j < pairing->count; j++) {
            const struct check_value item = check_value_of(pairing->match->tree, pairing->items[j]);
            pairing->fits[i][j] =
                check_would_match(pairing->match, &item, json_array_get(pairing->operand, i));
        }
    }
    for (size_t i = 0; i < pairing->count; i++) {
        memset(pairing->tried, 0, sizeof(pairing->tried));
        if (!give(pairing, i))
            return false;
    }
    return true;
}

static bool set_of_matchers(struct check_match *match, const struct plan_node *const *items,
                            size_t count, const json_t *operand)
{
    if (count != json_array_size(operand) || count > PAIRED_MAX)
        return false;
    struct pairing *pairing = alloc_new(struct pairing);
    if (pairing == NULL) {
        match->report->nomem = true;
        return false;
    }
    pairing->match = match;
    pairing->items = items;
    pairing->operand = operand;
    pairing->count = count;
    bool paired = pair_all(pairing);
    alloc_release(pairing);
    return paired;
}

static bool all_scalars(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!check_is_scalar(json_array_get(list, i)))
            return false;
    return true;
}

CHECK_MATCHER(set)
{
    if (value->kind != CHECK_LIST || !json_is_array(operand))
        return check_mismatch_of(match, value, where, "$set", operand);
    const struct plan_node **items = check_items(match, value);
    size_t count = check_value_count(value);
    bool same = false;
    if (items != NULL)
        same = all_scalars(operand) ? set_of_scalars(match, items, count, operand)
                                    : set_of_matchers(match, items, count, operand);
    alloc_release(items);
    return same || check_mismatch_of(match, value, where, "$set", operand);
}

static bool is_unique(struct check_match *match, const struct plan_node *const *items, size_t count)
{
    AUTO(bag_free) struct bag bag = { 0 };
    if (!bag_of_items(&bag, match, items, count))
        return false;
    for (size_t i = 1; i < count; i++)
        if (slice_eq(bag.at[i - 1], bag.at[i]))
            return false;
    return true;
}

CHECK_MATCHER(unique)
{
    const struct plan_node **items = value->kind == CHECK_LIST ? check_items(match, value) : NULL;
    bool unique = items != NULL && is_unique(match, items, check_value_count(value));
    alloc_release(items);
    return unique || check_mismatch_of(match, value, where, "$unique", operand);
}

CHECK_WRONG(list)
{
    struct plan_part part;
    if (json_is_array(operand))
        return json_array_size(operand) > PAIRED_MAX && !all_scalars(operand)
                   ? check_wrong_at(where, arena, ret_pointer,
                                    "too many matchers for a set; expected at most 256")
                   : check_matcher_wrong(operand, where, arena, ret_pointer);
    if (json_is_string(operand) && plan_part_alone(slice_text(json_string_value(operand)), &part))
        return NULL;
    if (plan_generates_list(operand))
        return plan_value_wrong(operand, where, arena, ret_pointer);
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong operand; expected a list, the capture of one, or $ids");
}
