#include "bench/soak_reading.h"

#include "base/stamp.h"
#include "record/scan.h"

#include <stdio.h>

/* The members of one record. */
struct row {
    struct slice id, payload; /* still escaped */
    int64_t modified;
    struct slice sortindex;
};

struct soak_reading soak_reading_of(unsigned shelf)
{
    return (struct soak_reading){ .shelf = shelf };
}

/* Behind the '{' of a record; stops behind its '}'. */
static bool read_row(struct record_scan *scan, struct row *row)
{
    *row = (struct row){ .modified = -1 };
    enum record_token token;
    while ((token = record_scan_next(scan)) == RECORD_SCAN_KEY) {
        struct slice key = scan->raw;
        token = record_scan_next(scan);
        if (slice_is(key, "id") && token == RECORD_SCAN_STRING)
            row->id = scan->raw;
        else if (slice_is(key, "payload") && token == RECORD_SCAN_STRING)
            row->payload = scan->raw;
        else if (slice_is(key, "sortindex") && token == RECORD_SCAN_NUMBER)
            row->sortindex = scan->raw;
        else if (!slice_is(key, "modified") || token != RECORD_SCAN_NUMBER ||
                 !stamp_parse(scan->raw, &row->modified))
            return false;
    }
    return token == RECORD_SCAN_CLOSE_OBJECT;
}

static bool right_sortindex(const struct row *row, unsigned shelf, uint64_t number)
{
    char wanted[16];
    (void)snprintf(wanted, sizeof(wanted), "%d", (int)soak_sortindex(number));
    return soak_shelf_rows[shelf].has_sortindex ? slice_is(row->sortindex, wanted)
                                                : row->sortindex.len == 0;
}

static const char *add_row(struct soak_reading *reading, const struct row *row, struct buf *scratch)
{
    buf_clear(scratch);
    if (!record_scan_unescape(row->id, scratch))
        return "an id that is no text";
    unsigned slot = soak_slot_of(reading->shelf, buf_slice(scratch));
    if (slot == SOAK_SLOTS)
        return "an id that nobody wrote";
    if (((reading->here >> slot) & 1) != 0)
        return "a record that is there twice";
    buf_clear(scratch);
    if (!record_scan_unescape(row->payload, scratch))
        return "a payload that is no text";
    size_t len = scratch->len;
    uint64_t number = soak_payload_number(buf_slice(scratch));
    if (number == 0 || !soak_payload(reading->shelf, slot, number, scratch) ||
        !slice_eq(slice_head(buf_slice(scratch), len), slice_from(buf_slice(scratch), len)))
        return "a payload that nobody wrote";
    if (!right_sortindex(row, reading->shelf, number))
        return "a sortindex that is not the one written with the payload";
    if (row->modified < 0)
        return "a record without a time";
    if ((reading->order == SOAK_NEWEST && reading->last != 0 && row->modified > reading->last) ||
        (reading->order == SOAK_OLDEST && row->modified < reading->last))
        return "records that are not in the order asked for";
    reading->last = row->modified;
    reading->here |= UINT64_C(1) << slot;
    reading->slots[slot] = (struct soak_slot){ .number = number, .stamp = row->modified };
    return NULL;
}

static const char *add_rows(struct soak_reading *reading, struct record_scan *scan,
                            struct buf *scratch)
{
    enum record_token token;
    while ((token = record_scan_next(scan)) == RECORD_SCAN_OPEN_OBJECT) {
        struct row row;
        if (!read_row(scan, &row))
            return "a record that cannot be read";
        const char *wrong = add_row(reading, &row, scratch);
        if (wrong != NULL)
            return wrong;
    }
    return token == RECORD_SCAN_CLOSE_LIST && record_scan_next(scan) == RECORD_SCAN_END
               ? NULL
               : "a list that cannot be read";
}

const char *soak_reading_add(struct soak_reading *reading, struct slice body, struct buf *scratch)
{
    if (reading->ids_only) {
        uint64_t slots;
        if (!soak_reading_ids(reading->shelf, body, &slots) || (slots & reading->here) != 0)
            return "a list of ids that nobody wrote, or twice";
        reading->here |= slots;
        return NULL;
    }
    struct record_scan scan = record_scan_of(body);
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_LIST)
        return "a body that is no list";
    return add_rows(reading, &scan, scratch);
}

const char *soak_reading_add_one(struct soak_reading *reading, struct slice body,
                                 struct buf *scratch)
{
    struct record_scan scan = record_scan_of(body);
    struct row row;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT || !read_row(&scan, &row) ||
        record_scan_next(&scan) != RECORD_SCAN_END)
        return "a record that cannot be read";
    return add_row(reading, &row, scratch);
}

bool soak_reading_ids(unsigned shelf, struct slice list, uint64_t *ret_slots)
{
    struct record_scan scan = record_scan_of(list);
    uint64_t slots = 0;
    enum record_token token = record_scan_next(&scan);
    if (token != RECORD_SCAN_OPEN_LIST)
        return false;
    while ((token = record_scan_next(&scan)) == RECORD_SCAN_STRING) {
        unsigned slot = soak_slot_of(shelf, scan.raw);
        if (slot == SOAK_SLOTS || ((slots >> slot) & 1) != 0)
            return false;
        slots |= UINT64_C(1) << slot;
    }
    *ret_slots = slots;
    return token == RECORD_SCAN_CLOSE_LIST && record_scan_next(&scan) == RECORD_SCAN_END;
}
