#include "core/sweep.h"

#include "store/order.h"

/* Records are removed behind the list, so they are swept some at a time. */
enum { ROOM = 128 };

struct heap {
    struct core_filter filter;
    enum store_order order;
    size_t count;
    bool full;
    struct {
        uint8_t bytes[LIMIT_BSO_ID];
        size_t len;
    } ids[ROOM];
    int64_t last_number; /* where the list was left */
    uint8_t last_id[LIMIT_BSO_ID];
    size_t last_len;
};

static bool collect(void *context, const struct record_bso *bso)
{
    struct heap *heap = context;
    if (heap->count == ROOM) {
        heap->full = true;
        return false;
    }
    enum core_filter_verdict verdict = core_filter_judge(&heap->filter, bso);
    if (verdict == CORE_FILTER_OVER)
        return false;
    heap->last_number = store_order_number(heap->order, bso);
    heap->last_len = bso->id.len;
    memcpy(heap->last_id, bso->id.ptr, bso->id.len);
    if (verdict == CORE_FILTER_TAKE) {
        memcpy(heap->ids[heap->count].bytes, bso->id.ptr, bso->id.len);
        heap->ids[heap->count++].len = bso->id.len;
    }
    return true;
}

static enum store_err remove_collected(struct core_call *call, const struct heap *heap)
{
    for (size_t i = 0; i < heap->count; i++)
        TRY(store_remove(call->txn, call->collection,
                         slice_of(heap->ids[i].bytes, heap->ids[i].len)));
    return STORE_OK;
}

enum store_err core_sweep(struct core_call *call, const struct core_query *query)
{
    struct store_query select = query->select;
    struct heap heap = { .filter = query->filter, .order = select.order };
    TRY(store_touch(call->txn, call->collection));
    do {
        heap.count = 0;
        heap.full = false;
        struct store_sink sink = { .visit = collect, .context = &heap };
        TRY(store_list(call->txn, call->collection, &select, &sink));
        TRY(remove_collected(call, &heap));
        select.has_after = true;
        select.after_key = heap.last_number;
        select.after_id = slice_of(heap.last_id, heap.last_len);
    } while (heap.full);
    return STORE_OK;
}
