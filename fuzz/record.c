/* What decodes as a record encodes to bytes that decode as an equal record, and the decoder agrees
 * with jansson, which was written by others, on what is JSON and what a record says.  Where jansson
 * is no fair oracle, it is not asked: */
#include "record/list.h"

#include "fuzz/deep.h"

#include <jansson.h>

enum { ROOM = 8 * 1024 * 1024, TOKENS_NOTED = 12 };

/* Ours is narrower in depth (32, jansson 2048); jansson's in the size of numbers and in keys that
 * hold U+0000; a NUL byte behind a number is lost to jansson, so that it takes "-5\0" for JSON.
 * Duplicate keys are JSON for both. */
static bool fair(struct slice text, const struct record_scan *scan, const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    return scan->depth < LIMIT_JSON_DEPTH && code != json_error_numeric_overflow &&
           code != json_error_null_byte_in_key && slice_find(text, 0) == text.len;
}

/* Whether the text is JSON whose strings are text. */
static bool scans(struct record_scan *scan, uint64_t *outcome)
{
    enum record_token token;
    bool unpaired = false;
    size_t count = 0;
    do {
        token = record_scan_next(scan);
        unpaired |= scan->unpaired;
        if (count++ < TOKENS_NOTED)
            fuzz_note(outcome, (uint64_t)token << 2 | (uint64_t)scan->escaped << 1 | unpaired);
    } while (token != RECORD_SCAN_END && token != RECORD_SCAN_BAD);
    FUZZ_CHECK(record_scan_next(scan) == token); /* it stays at its end */
    fuzz_note(outcome, (uintptr_t)scan->rule);
    return token == RECORD_SCAN_END && !unpaired;
}

static void check_text(const json_t *object, const char *key, bool is, struct slice text)
{
    const json_t *value = json_object_get(object, key);
    struct slice theirs = slice_of(json_string_value(value), json_string_length(value));
    FUZZ_CHECK(json_is_string(value) == is);
    FUZZ_CHECK(!is || slice_eq(text, theirs));
}

static void check_number(const json_t *object, const char *key, bool is, double number)
{
    const json_t *value = json_object_get(object, key);
    FUZZ_CHECK(json_is_number(value) == is);
    FUZZ_CHECK(!is || json_number_value(value) == number);
}

/* jansson reads the same record. */
static void check_meaning(const json_t *object, const struct record_update *update)
{
    check_text(object, "id", update->has_id, update->id);
    check_text(object, "payload", update->payload_is == RECORD_VALUE, update->payload);
    check_number(object, "sortindex", update->sortindex_is == RECORD_VALUE, update->sortindex);
    check_number(object, "ttl", update->ttl_is == RECORD_VALUE, (double)update->ttl);
}

/* Written and read again, it is the same record. */
static void check_round_trip(const struct record_update *first)
{
    const struct record_bso bso = { .id = first->id,
                                    .payload = first->payload,
                                    .sortindex = first->sortindex,
                                    .has_sortindex = first->sortindex_is == RECORD_VALUE };
    const struct record_bounds bounds = { .payload_bytes = ROOM };
    struct buf out = buf_bounded(ROOM);
    struct buf scratch = buf_bounded(ROOM);
    struct record_update again;
    struct record_fault fault;
    FUZZ_CHECK(record_encode(RECORD_BSO, &bso, &out) && buf_reserve(&scratch, out.len));
    enum record_err err = record_decode(buf_slice(&out), &bounds, &scratch, &again, &fault);
    FUZZ_CHECK(err == (first->has_id ? RECORD_OK : RECORD_INVALID)); /* "" is no id */
    FUZZ_CHECK(slice_eq(again.id, first->id));
    FUZZ_CHECK(slice_eq(again.payload, first->payload));
    FUZZ_CHECK((again.sortindex_is == RECORD_VALUE) == bso.has_sortindex);
    FUZZ_CHECK(again.sortindex == first->sortindex);
    buf_free(&out);
    buf_free(&scratch);
}

/* The record borrows from what is read next. */
static enum record_err decode(struct slice text, struct record_update *ret_update,
                              uint64_t *outcome)
{
    static const struct record_bounds bounds = { .payload_bytes = ROOM };
    FUZZ_BUF(scratch, ROOM);
    struct record_fault fault;
    buf_clear(&scratch);
    FUZZ_CHECK(buf_reserve(&scratch, text.len));
    enum record_err err = record_decode(text, &bounds, &scratch, ret_update, &fault);
    FUZZ_CHECK(err == RECORD_OK || fault.offset <= text.len);
    fuzz_note(outcome, err == RECORD_OK ? (uint64_t)ret_update->payload_is << 4 |
                                              (uint64_t)ret_update->sortindex_is << 2 |
                                              (uint64_t)ret_update->ttl_is
                                        : (uintptr_t)fault.rule);
    return err;
}

/* A list ends or has the wrong shape exactly when the body is JSON. */
static void check_list(struct slice text)
{
    const struct record_bounds bounds = { .payload_bytes = 64 };
    struct record_scan scan = record_scan_of(text);
    struct record_list list = record_list_of(text, RECORD_JSON);
    struct buf scratch = buf_bounded(ROOM);
    struct record_update update;
    struct record_fault fault;
    enum record_err err;
    FUZZ_CHECK(buf_reserve(&scratch, text.len));
    do {
        err = record_list_next(&list, &bounds, &scratch, &update, &fault);
    } while (err == RECORD_OK || err == RECORD_INVALID);
    FUZZ_CHECK((err == RECORD_END || err == RECORD_SHAPE) == record_scan_drain(&scan));
    FUZZ_CHECK(record_list_next(&list, &bounds, &scratch, &update, &fault) == err);
    list = record_list_of(text, RECORD_NEWLINES);
    buf_clear(&scratch);
    do {
        err = record_list_next(&list, &bounds, &scratch, &update, &fault);
    } while (err == RECORD_OK || err == RECORD_INVALID);
    FUZZ_CHECK(err != RECORD_NOMEM);
    buf_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_error_t error = { 0 };
    struct slice text = slice_of(data, size);
    struct record_scan scan = record_scan_of(text);
    struct record_update update;
    uint64_t outcome = 0;
    bool ours = scans(&scan, &outcome);
    enum record_err err = decode(text, &update, &outcome);
    if (!fuzz_goes_deep(outcome))
        return 0;
    if (err == RECORD_OK)
        check_round_trip(&update);
    check_list(text);
    if (!FUZZ_FOREIGN)
        return 0;
    json_t *theirs = json_loadb((const char *)data, size,
                                JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (fair(text, &scan, &error))
        FUZZ_CHECK(ours == (theirs != NULL));
    if (err == RECORD_OK && theirs != NULL)
        check_meaning(theirs, &update);
    json_decref(theirs);
    return 0;
}
