#include "store/pick.h"

#include "base/alloc.h"
#include "store/order.h"

#include <stdlib.h>

struct pick {
    const struct store_query *query;
    struct store_sink *sink;
    size_t given;
};

/* False: nothing behind this record can be wanted. */
static bool may_go_on(const struct store_query *query, const struct record_bso *bso)
{
    if (query->order == STORE_NEWEST)
        return bso->modified > query->newer;
    if (query->order == STORE_OLDEST)
        return bso->modified < query->older;
    return true;
}

static bool offer(struct pick *pick, const struct record_bso *bso)
{
    if (!may_go_on(pick->query, bso))
        return false;
    if (bso->modified <= pick->query->newer || bso->modified >= pick->query->older)
        return true;
    if (pick->given == pick->query->limit) {
        pick->sink->more = true;
        return false;
    }
    pick->given++;
    struct record_bso row = *bso;
    if (pick->query->bare)
        row.payload = (struct slice){ 0 };
    return pick->sink->visit(pick->sink->context, &row);
}

/* Where to start: behind what was delivered, and behind what the time bounds leave out. */
static bool start_key(const struct store_query *query, struct store_key *ret_key)
{
    bool known = false;
    if (query->order == STORE_OLDEST && query->newer != INT64_MIN && query->newer < INT64_MAX) {
        *ret_key = store_order_key(STORE_OLDEST, query->newer + 1, SLICE(""));
        known = true;
    } else if (query->order == STORE_NEWEST && query->older != INT64_MAX &&
               query->older > INT64_MIN + 1) {
        *ret_key = store_order_key(STORE_NEWEST, query->older - 1, SLICE(""));
        known = true;
    }
    if (!query->has_after)
        return known;
    struct store_key after = store_order_key(query->order, query->after_key, query->after_id);
    if (!known || store_key_compare(&after, ret_key) > 0)
        *ret_key = after;
    return true;
}

static struct store_record *record_of(struct store_node *node, enum store_order order)
{
    struct store_node *nodes = node - order;
    return (struct store_record *)(void *)((char *)nodes - offsetof(struct store_record, nodes));
}

static bool offer_node(void *context, struct store_node *node)
{
    struct pick *pick = context;
    return offer(pick, &record_of(node, pick->query->order)->bso);
}

struct candidate {
    struct store_key key;
    const struct record_bso *bso;
};

static int compare_candidates(const void *a, const void *b)
{
    return store_key_compare(&((const struct candidate *)a)->key,
                             &((const struct candidate *)b)->key);
}

/* Records that were found out of order. */
struct finds {
    const struct store_query *query;
    struct store_key start; /* only what stands behind it, when bounded */
    bool bounded;
    struct candidate *at;
    size_t count, room;
    bool overfull; /* there are more than there is room for */
};

static enum store_err begin_finds(const struct store_query *query, size_t room,
                                  struct finds *ret_finds)
{
    *ret_finds = (struct finds){ .query = query, .room = room };
    ret_finds->bounded = start_key(query, &ret_finds->start);
    ret_finds->at = alloc_zeroed(room, sizeof(struct candidate));
    return ret_finds->at == NULL ? STORE_NOMEM : STORE_OK;
}

static void find(struct finds *finds, const struct store_record *record)
{
    struct candidate one = { .key = record->nodes[finds->query->order].key, .bso = &record->bso };
    if (finds->bounded && store_key_compare(&one.key, &finds->start) <= 0)
        return;
    finds->overfull = finds->count == finds->room;
    if (!finds->overfull)
        finds->at[finds->count++] = one;
}

static void offer_finds(struct finds *finds, struct pick *pick)
{
    qsort(finds->at, finds->count, sizeof(*finds->at), compare_candidates);
    for (size_t i = 0; i < finds->count; i++) {
        bool repeated = i > 0 && finds->at[i].bso == finds->at[i - 1].bso;
        if (!repeated && !offer(pick, finds->at[i].bso))
            break;
    }
}

/* A query that names its ids looks these up instead of walking the collection. */
static enum store_err pick_named(const struct store_place *place, struct pick *pick)
{
    const struct store_query *query = pick->query;
    struct finds finds;
    TRY(begin_finds(query, query->id_count, &finds));
    for (size_t i = 0; i < query->id_count; i++) {
        const struct store_record *record = store_record_find(place, query->ids[i]);
        if (record != NULL)
            find(&finds, record);
    }
    offer_finds(&finds, pick);
    alloc_release(finds.at);
    return STORE_OK;
}

static bool find_node(void *context, struct store_node *node)
{
    struct finds *finds = context;
    const struct store_record *record = record_of(node, STORE_OLDEST);
    if (record->bso.modified >= finds->query->older)
        return false;
    find(finds, record);
    return !finds->overfull;
}

/* Finds by time what the query wants in another order.  STORE_ABSENT, and nothing was offered: it
 * is not so little that sorting it is best. */
static enum store_err pick_by_time(const struct store_place *place, struct pick *pick)
{
    struct store_query by_time = *pick->query;
    struct store_key start;
    struct finds finds;
    TRY(begin_finds(pick->query, STORE_ORDER_FEW, &finds));
    by_time.order = STORE_OLDEST;
    by_time.has_after = false;
    bool bounded = start_key(&by_time, &start);
    store_tree_walk(&place->orders[STORE_OLDEST], bounded ? &start : NULL, find_node, &finds);
    if (!finds.overfull)
        offer_finds(&finds, pick);
    alloc_release(finds.at);
    return finds.overfull ? STORE_ABSENT : STORE_OK;
}

enum store_err store_pick(const struct store_place *place, const struct store_query *query,
                          struct store_sink *sink)
{
    struct pick pick = { .query = query, .sink = sink };
    sink->more = false;
    if (query->ids != NULL)
        return pick_named(place, &pick);
    if (store_order_strays(query)) {
        enum store_err err = pick_by_time(place, &pick);
        if (err != STORE_ABSENT)
            return err;
    }
    struct store_key start;
    bool bounded = start_key(query, &start);
    store_tree_walk(&place->orders[query->order], bounded ? &start : NULL, offer_node, &pick);
    return STORE_OK;
}
