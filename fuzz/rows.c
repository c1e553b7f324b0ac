#include "fuzz/rows.h"

#include "fuzz/check.h"

static struct store_kept row_at(const struct rows *rows, size_t index)
{
    const struct row *row = &rows->at[index];
    return (struct store_kept){ .kind = slice_of(row->text, row->kind),
                                .key = slice_of(row->text + row->kind, row->key),
                                .value = slice_of(row->text + row->kind + row->key, row->value) };
}

static int compare(const struct store_kept *row, struct slice kind, struct slice key)
{
    int order = slice_cmp(row->kind, kind);
    return order != 0 ? order : slice_cmp(row->key, key);
}

/* The index of the first row that is not before that one; whether it is that one. */
static size_t place_of(const struct rows *rows, struct slice kind, struct slice key, bool *ret_is)
{
    size_t index = 0;
    int order = -1;
    for (; index < rows->count; index++) {
        const struct store_kept row = row_at(rows, index);
        order = compare(&row, kind, key);
        if (order >= 0)
            break;
    }
    *ret_is = order == 0;
    return index;
}

static void move(struct rows *rows, size_t from, size_t to)
{
    memmove(&rows->at[to], &rows->at[from], (rows->count - from) * sizeof(rows->at[0]));
    rows->count = rows->count - from + to;
}

static bool refuses(struct rows *rows)
{
    bool now = rows->refuses;
    rows->refuses = false;
    return now;
}

static enum store_err keep(struct store *store, const struct store_kept *kept)
{
    struct rows *rows = CONTAINER_OF(store, struct rows, base);
    bool is;
    size_t index = place_of(rows, kept->kind, kept->key, &is);
    if (refuses(rows) || (!is && rows->count == ROWS_MAX))
        return STORE_BUSY;
    FUZZ_CHECK(kept->kind.len + kept->key.len + kept->value.len <= ROWS_TEXT);
    if (!is)
        move(rows, index, index + 1);
    struct row *row = &rows->at[index];
    uint8_t *at = row->text;
    slice_put(&at, kept->kind);
    slice_put(&at, kept->key);
    slice_put(&at, kept->value);
    row->kind = kept->kind.len;
    row->key = kept->key.len;
    row->value = kept->value.len;
    return STORE_OK;
}

static enum store_err forget(struct store *store, struct slice kind, struct slice key)
{
    struct rows *rows = CONTAINER_OF(store, struct rows, base);
    bool is;
    size_t index = place_of(rows, kind, key, &is);
    if (refuses(rows))
        return STORE_BUSY;
    if (is)
        move(rows, index + 1, index);
    return STORE_OK;
}

static enum store_err visit_kind(struct store *store, struct slice kind, store_visit_kept *visit,
                                 void *context)
{
    const struct rows *rows = CONTAINER_OF(store, struct rows, base);
    for (size_t i = 0; i < rows->count; i++) {
        const struct store_kept row = row_at(rows, i);
        if (slice_eq(row.kind, kind) && !visit(context, &row))
            break;
    }
    return STORE_OK;
}

void rows_open(struct rows *rows)
{
    static const struct store_ops ops = {
        .name = "rows", .keep = keep, .forget = forget, .kept = visit_kind
    };
    rows->base.ops = &ops;
    rows->count = 0;
    rows->refuses = false;
}
