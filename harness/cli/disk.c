#include "cli/disk.h"

#include "base/alloc.h"
#include "base/buf.h"

enum { ROWS_MAX = 100000, TEXT_MAX = 64 * 1024 };

/* Kind and key, each ended by a NUL, which neither holds; then the value. */
struct row {
    struct buf text;
    size_t kind_len, key_len;
};

struct disk {
    struct store base;
    struct store *inner;
    struct row *rows; /* in byte order of kind and key */
    size_t count, room;
};

static struct disk *disk_of(struct store *base)
{
    return CONTAINER_OF(base, struct disk, base);
}

static struct slice kind_of(const struct row *row)
{
    return slice_head(buf_slice(&row->text), row->kind_len);
}

static struct slice key_of(const struct row *row)
{
    return slice_head(slice_from(buf_slice(&row->text), row->kind_len + 1), row->key_len);
}

static struct slice value_of(const struct row *row)
{
    return slice_from(buf_slice(&row->text), row->kind_len + 1 + row->key_len + 1);
}

static bool fill(struct row *row, const struct store_kept *kept)
{
    *row = (struct row){
        .text = buf_bounded(TEXT_MAX),
        .kind_len = kept->kind.len,
        .key_len = kept->key.len,
    };
    buf_add(&row->text, kept->kind);
    buf_add_byte(&row->text, 0);
    buf_add(&row->text, kept->key);
    buf_add_byte(&row->text, 0);
    return buf_add(&row->text, kept->value);
}

/* The place of the row, or that where it would be. */
static size_t find(const struct disk *disk, struct slice kind, struct slice key, bool *ret_found)
{
    size_t low = 0, high = disk->count;
    *ret_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_cmp(kind_of(&disk->rows[middle]), kind);
        if (order == 0)
            order = slice_cmp(key_of(&disk->rows[middle]), key);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool grow(struct disk *disk)
{
    size_t room = disk->room == 0 ? 16 : disk->room * 2;
    struct row *rows = alloc_resize(disk->rows, room * sizeof(*rows));
    if (rows == NULL)
        return false;
    disk->rows = rows;
    disk->room = room;
    return true;
}

static enum store_err keep(struct store *base, const struct store_kept *kept)
{
    struct disk *disk = disk_of(base);
    struct row row;
    bool found;
    size_t at = find(disk, kept->kind, kept->key, &found);
    if (!found && disk->count == ROWS_MAX)
        return STORE_FULL;
    if (!found && disk->count == disk->room && !grow(disk))
        return STORE_NOMEM;
    if (!fill(&row, kept)) {
        buf_free(&row.text);
        return STORE_NOMEM;
    }
    if (found)
        buf_free(&disk->rows[at].text);
    else
        memmove(&disk->rows[at + 1], &disk->rows[at], (disk->count++ - at) * sizeof(row));
    disk->rows[at] = row;
    return STORE_OK;
}

static enum store_err forget(struct store *base, struct slice kind, struct slice key)
{
    struct disk *disk = disk_of(base);
    bool found;
    size_t at = find(disk, kind, key, &found);
    if (!found)
        return STORE_OK;
    buf_free(&disk->rows[at].text);
    memmove(&disk->rows[at], &disk->rows[at + 1], (--disk->count - at) * sizeof(*disk->rows));
    return STORE_OK;
}

static enum store_err kept(struct store *base, struct slice kind, store_visit_kept *visit,
                           void *context)
{
    struct disk *disk = disk_of(base);
    bool found;
    for (size_t at = find(disk, kind, SLICE(""), &found); at < disk->count; at++) {
        const struct row *row = &disk->rows[at];
        const struct store_kept one = { kind_of(row), key_of(row), value_of(row) };
        if (slice_cmp(one.kind, kind) != 0 || !visit(context, &one))
            break;
    }
    return STORE_OK;
}

/* The transaction is the inner store's own: no call of it comes by here. */
static enum store_err begin(struct store *base, uint64_t uid, enum store_access access, int64_t now,
                            struct store_txn **ret_txn)
{
    return store_begin(disk_of(base)->inner, uid, access, now, ret_txn);
}

static void free_disk(struct store *base)
{
    struct disk *disk = disk_of(base);
    for (size_t i = 0; i < disk->count; i++)
        buf_free(&disk->rows[i].text);
    alloc_release(disk->rows);
    store_free(disk->inner);
    alloc_release(disk);
}

static const struct store_ops ops = {
    .name = "disk",
    .begin = begin,
    .keep = keep,
    .forget = forget,
    .kept = kept,
    .free = free_disk,
};

struct store *cli_disk_new(struct store *inner)
{
    struct disk *disk = inner == NULL ? NULL : alloc_new(struct disk);
    if (disk == NULL) {
        store_free(inner);
        return NULL;
    }
    disk->base.ops = &ops;
    disk->inner = inner;
    return &disk->base;
}
