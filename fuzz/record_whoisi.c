/* A whoisi list is the values of the same list in lines, each behind its length.  The input is a
 * list of records. */
#include "record/list.h"

#include "fuzz/check.h"

enum { ROOM = 16 * 1024 * 1024, HEAD = 4 };

/* Reads the list and writes it in both formats, with the ids alone when ${ids}. */
static void write_both(struct slice text, bool ids, struct record_writer *whoisi,
                       struct record_writer *lines)
{
    static const struct record_bounds bounds = { .payload_bytes = ROOM };
    struct record_list list = record_list_of(text, RECORD_JSON);
    FUZZ_BUF(scratch, ROOM);
    struct record_update update;
    struct record_fault fault;
    buf_clear(&scratch);
    FUZZ_CHECK(buf_reserve(&scratch, text.len));
    while (record_list_next(&list, &bounds, &scratch, &update, &fault) == RECORD_OK) {
        const struct record_bso bso = { .id = update.id, .payload = update.payload };
        if (ids)
            FUZZ_CHECK(record_writer_id(whoisi, bso.id) && record_writer_id(lines, bso.id));
        else
            FUZZ_CHECK(record_writer_bso(whoisi, &bso) && record_writer_bso(lines, &bso));
    }
    FUZZ_CHECK(record_writer_end(whoisi) && record_writer_end(lines));
}

static void check_same(struct slice whoisi, struct slice lines)
{
    struct slice line;
    while (slice_cut(lines, '\n', &line, &lines)) {
        FUZZ_CHECK(whoisi.len >= HEAD);
        size_t len = (size_t)whoisi.ptr[0] << 24 | (size_t)whoisi.ptr[1] << 16 |
                     (size_t)whoisi.ptr[2] << 8 | whoisi.ptr[3];
        FUZZ_CHECK(slice_eq(slice_head(slice_from(whoisi, HEAD), len), line));
        whoisi = slice_from(whoisi, HEAD + len);
    }
    FUZZ_CHECK(lines.len == 0 && whoisi.len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (int ids = 0; ids <= 1; ids++) {
        FUZZ_BUF(whoisi, ROOM);
        FUZZ_BUF(lines, ROOM);
        buf_clear(&whoisi);
        buf_clear(&lines);
        struct record_writer packed = record_writer_of(&whoisi, RECORD_WHOISI);
        struct record_writer plain = record_writer_of(&lines, RECORD_NEWLINES);
        write_both(slice_of(data, size), ids != 0, &packed, &plain);
        check_same(buf_slice(&whoisi), buf_slice(&lines));
    }
    return 0;
}
