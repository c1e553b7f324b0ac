#include "fault/keeping.h"

#include "fault/layer.h"

enum { VALUE_MAX = 64 * 1024 };

static struct fault_store *store_of(struct store *base)
{
    return CONTAINER_OF(base, struct fault_store, base);
}

static struct fault_keeping begin(struct fault_store *store, const struct store_kept *row)
{
    return (struct fault_keeping){
        .fault = store->layer->fault,
        .memory = &store->layer->memory,
        .row = *row,
        .value = buf_bounded(VALUE_MAX),
    };
}

static enum store_err keep(struct store *base, const struct store_kept *row)
{
    struct fault_store *store = store_of(base);
    struct fault_keeping keeping = begin(store, row);
    bool (*hook)(struct fault_keeping * keeping) = keeping.fault->keep;
    enum store_err err =
        hook == NULL || hook(&keeping) ? store_keep(store->inner, &keeping.row) : STORE_OK;
    buf_free(&keeping.value);
    return err;
}

static enum store_err forget(struct store *base, struct slice kind, struct slice key)
{
    struct fault_store *store = store_of(base);
    const struct store_kept row = { .kind = kind, .key = key };
    struct fault_keeping keeping = begin(store, &row);
    bool (*hook)(struct fault_keeping * keeping) = keeping.fault->forget;
    enum store_err err =
        hook == NULL || hook(&keeping) ? store_forget(store->inner, kind, key) : STORE_OK;
    buf_free(&keeping.value);
    return err;
}

/* What is visited below goes through the hook on its way up. */
struct recalling {
    struct fault_store *store;
    store_visit_kept *visit;
    void *context;
};

static bool recall_one(void *context, const struct store_kept *row)
{
    const struct recalling *recalling = context;
    struct fault_keeping keeping = begin(recalling->store, row);
    bool (*hook)(struct fault_keeping * keeping) = keeping.fault->recall;
    bool on =
        (hook != NULL && !hook(&keeping)) || recalling->visit(recalling->context, &keeping.row);
    buf_free(&keeping.value);
    return on;
}

static enum store_err kept(struct store *base, struct slice kind, store_visit_kept *visit,
                           void *context)
{
    struct fault_store *store = store_of(base);
    struct recalling recalling = { store, visit, context };
    return store_kept(store->inner, kind, recall_one, &recalling);
}

void fault_keeping_fill(struct store_ops *ops, const struct store *inner)
{
    ops->keep = inner->ops->keep == NULL ? NULL : keep;
    ops->forget = inner->ops->forget == NULL ? NULL : forget;
    ops->kept = inner->ops->kept == NULL ? NULL : kept;
}

struct slice fault_keeping_word(const struct fault_keeping *keeping, size_t place)
{
    struct slice word, rest = keeping->row.value;
    for (slice_cut(rest, ' ', &word, &rest); place > 0; place--)
        slice_cut(rest, ' ', &word, &rest);
    return word;
}

void fault_keeping_set_word(struct fault_keeping *keeping, size_t place, struct slice word)
{
    struct slice old, rest = keeping->row.value;
    bool more = true;
    for (size_t i = 0; more; i++) {
        more = slice_cut(rest, ' ', &old, &rest);
        buf_add(&keeping->value, i == place ? word : old);
        if (more)
            buf_add_byte(&keeping->value, ' ');
    }
    if (!keeping->value.failed)
        keeping->row.value = buf_slice(&keeping->value);
}
