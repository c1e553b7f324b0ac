/* A list reads as its elements do one by one, as many as jansson counts, and is a list with a wrong
 * element or an end exactly when it is JSON; and what it holds is read again when it is written. */
#include "record/list.h"

#include "fuzz/deep.h"

#include <jansson.h>

enum { ROOM = 8 * 1024 * 1024, RECORDS_NOTED = 6 };

static const struct record_bounds bounds = { .payload_bytes = 64 };

struct reading {
    struct record_list list;
    size_t read, invalid;
    uint64_t outcome;
    enum record_err over;
};

static struct record_bso bso_of(const struct record_update *update)
{
    return (struct record_bso){ .id = update->id,
                                .payload = update->payload,
                                .sortindex = update->sortindex,
                                .has_sortindex = update->sortindex_is == RECORD_VALUE };
}

/* Reads all; writes what is valid to ${writer}, which may be NULL. */
static void read_all(struct slice text, struct reading *reading, struct record_writer *writer)
{
    FUZZ_BUF(scratch, ROOM);
    struct record_update update;
    struct record_fault fault;
    *reading = (struct reading){ .list = record_list_of(text, RECORD_JSON) };
    buf_clear(&scratch);
    FUZZ_CHECK(buf_reserve(&scratch, text.len));
    do {
        reading->over = record_list_next(&reading->list, &bounds, &scratch, &update, &fault);
        FUZZ_CHECK(reading->over == RECORD_OK || reading->over == RECORD_END ||
                   fault.offset <= text.len);
        const struct record_bso bso = bso_of(&update);
        if (reading->over == RECORD_OK && writer != NULL)
            FUZZ_CHECK(record_writer_bso(writer, &bso));
        reading->read += reading->over == RECORD_OK;
        reading->invalid += reading->over == RECORD_INVALID;
        if (reading->over != RECORD_OK && reading->over != RECORD_END)
            fuzz_note(&reading->outcome, (uintptr_t)fault.rule);
        else if (reading->over == RECORD_OK && reading->read < RECORDS_NOTED)
            fuzz_note(&reading->outcome, (uint64_t)update.payload_is << 4 |
                                             (uint64_t)update.sortindex_is << 2 |
                                             (uint64_t)update.ttl_is);
    } while (reading->over == RECORD_OK || reading->over == RECORD_INVALID);
    FUZZ_CHECK(record_list_next(&reading->list, &bounds, &scratch, &update, &fault) ==
               reading->over);
}

static void check_counts(struct slice text, const struct reading *reading)
{
    struct record_scan scan = record_scan_of(text);
    bool json = record_scan_drain(&scan);
    FUZZ_CHECK((reading->over == RECORD_END || reading->over == RECORD_SHAPE) == json);
    if (!FUZZ_FOREIGN)
        return;
    json_t *theirs = json_loadb((const char *)text.ptr, text.len,
                                JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    if (reading->over == RECORD_END && theirs != NULL)
        FUZZ_CHECK(json_array_size(theirs) == reading->read + reading->invalid);
    json_decref(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of(data, size);
    struct reading first, again;
    FUZZ_BUF(out, ROOM);
    struct record_writer writer = record_writer_of(&out, RECORD_JSON);
    buf_clear(&out);
    read_all(text, &first, NULL);
    if (!fuzz_goes_deep(first.outcome))
        return 0;
    read_all(text, &first, &writer);
    check_counts(text, &first);
    FUZZ_CHECK(record_writer_end(&writer));
    read_all(buf_slice(&out), &again, NULL);
    FUZZ_CHECK(again.read == first.read && again.invalid == 0 && again.over == RECORD_END);
    return 0;
}
