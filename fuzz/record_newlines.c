/* Lines read as each of them does alone. */
#include "record/list.h"

#include "fuzz/check.h"

enum { ROOM = 8 * 1024 * 1024 };

static const struct record_bounds bounds = { .payload_bytes = 64 };

static bool same(const struct record_update *a, const struct record_update *b)
{
    return slice_eq(a->id, b->id) && slice_eq(a->payload, b->payload) &&
           a->payload_is == b->payload_is && a->sortindex_is == b->sortindex_is &&
           a->ttl_is == b->ttl_is && a->sortindex == b->sortindex && a->ttl == b->ttl;
}

/* What a list makes of the outcome of one line: its element has to be an object with an id; if it
 * is not, a line further on may be no JSON at all, which is worse. */
static bool agrees(enum record_err list, enum record_err alone, const struct record_update *update)
{
    bool named = (alone == RECORD_OK || alone == RECORD_INVALID) && update->has_id;
    return list == alone || (!named && (list == RECORD_SHAPE || list == RECORD_MALFORMED));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = slice_of(data, size), line;
    struct record_list list = record_list_of(rest, RECORD_NEWLINES);
    FUZZ_BUF(ours, ROOM);
    FUZZ_BUF(theirs, ROOM);
    enum record_err err = RECORD_OK;
    buf_clear(&ours);
    buf_clear(&theirs);
    FUZZ_CHECK(buf_reserve(&ours, size) && buf_reserve(&theirs, size));
    while (rest.len > 0 && (err == RECORD_OK || err == RECORD_INVALID)) {
        struct record_update update = { 0 }, alone = { 0 };
        struct record_fault fault, fault_alone;
        size_t at = size - rest.len;
        slice_cut(rest, '\n', &line, &rest);
        err = record_list_next(&list, &bounds, &ours, &update, &fault);
        enum record_err one = record_decode(line, &bounds, &theirs, &alone, &fault_alone);
        FUZZ_CHECK(agrees(err, one, &alone));
        FUZZ_CHECK(err != RECORD_OK || same(&update, &alone));
        FUZZ_CHECK(err != RECORD_INVALID || (fault.offset == at + fault_alone.offset &&
                                             fault.too_large == fault_alone.too_large));
    }
    if (err == RECORD_OK || err == RECORD_INVALID) {
        struct record_update update;
        struct record_fault fault;
        FUZZ_CHECK(record_list_next(&list, &bounds, &ours, &update, &fault) == RECORD_END);
    }
    return 0;
}
