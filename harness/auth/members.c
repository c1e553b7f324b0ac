#include "auth/members.h"

#include "base/stamp.h"

/* The row of the key just read, or count. */
static size_t find_row(const struct auth_members *table, const struct record_scan *scan)
{
    size_t i = 0;
    while (i < table->count && !record_scan_reads(scan->raw, table->at[i].name))
        i++;
    return i;
}

/* The decoded text of the string just read; ${scratch} has the room. */
static bool read_text(const struct record_scan *scan, struct buf *scratch, struct slice *ret_text)
{
    size_t from = scratch->len;
    if (!scan->escaped) {
        *ret_text = scan->raw;
        return true;
    }
    if (!record_scan_unescape(scan->raw, scratch))
        return false;
    *ret_text = slice_from(buf_slice(scratch), from);
    return true;
}

/* The strings of the list just opened, joined by blanks: never longer than the list's text. */
static bool join_words(struct record_scan *scan, struct buf *scratch, struct slice *ret_words)
{
    size_t from = scratch->len;
    enum record_token token;
    while ((token = record_scan_next(scan)) == RECORD_SCAN_STRING) {
        if (scratch->len > from)
            buf_add_byte(scratch, ' ');
        if (!record_scan_unescape(scan->raw, scratch))
            return false;
    }
    *ret_words = slice_from(buf_slice(scratch), from);
    return token == RECORD_SCAN_CLOSE_LIST && !scratch->failed;
}

static bool read_integer(struct slice raw, int64_t *ret)
{
    uint64_t size;
    bool negative = slice_starts(raw, SLICE("-"));
    if (!slice_to_u64(slice_from(raw, negative ? 1 : 0), &size) || size > INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)size : (int64_t)size;
    return true;
}

static bool read_flag(enum record_token token, bool *ret)
{
    *ret = token == RECORD_SCAN_TRUE;
    return *ret || token == RECORD_SCAN_FALSE;
}

/* Reads the value that begins with ${token} into ${field}. */
static bool read_value(enum auth_member_kind kind, enum record_token token,
                       struct record_scan *scan, struct buf *scratch, void *field)
{
    switch (kind) {
    case AUTH_MEMBER_TEXT:
        return token == RECORD_SCAN_STRING && read_text(scan, scratch, field);
    case AUTH_MEMBER_WORDS:
        return token == RECORD_SCAN_OPEN_LIST
                   ? join_words(scan, scratch, field)
                   : token == RECORD_SCAN_STRING && read_text(scan, scratch, field);
    case AUTH_MEMBER_COUNT:
        return token == RECORD_SCAN_NUMBER && slice_to_u64(scan->raw, field);
    case AUTH_MEMBER_INTEGER:
        return token == RECORD_SCAN_NUMBER && read_integer(scan->raw, field);
    case AUTH_MEMBER_SECONDS:
        return token == RECORD_SCAN_NUMBER && stamp_parse(scan->raw, field);
    case AUTH_MEMBER_FLAG:
        return read_flag(token, field);
    case AUTH_MEMBER_ANY:
        break;
    }
    return record_scan_skip(scan, token);
}

bool auth_members_read_open(struct record_scan *scan, const struct auth_members *table,
                            struct buf *scratch, void *into, uint32_t *ret_seen)
{
    uint32_t keys = 0; /* null ones too: they may not be repeated either */
    enum record_token next;
    *ret_seen = 0;
    while ((next = record_scan_next(scan)) == RECORD_SCAN_KEY) {
        size_t row = find_row(table, scan);
        enum record_token token = record_scan_next(scan);
        if (row == table->count) {
            if (!record_scan_skip(scan, token))
                return false;
            continue;
        }
        if ((keys >> row & 1) != 0)
            return false;
        keys |= UINT32_C(1) << row;
        if (token == RECORD_SCAN_NULL)
            continue;
        *ret_seen |= UINT32_C(1) << row;
        uint8_t *field = (uint8_t *)into + table->at[row].offset;
        if (!read_value(table->at[row].kind, token, scan, scratch, field))
            return false;
    }
    return next == RECORD_SCAN_CLOSE_OBJECT;
}

bool auth_members_read(struct slice json, const struct auth_members *table, struct buf *scratch,
                       void *into, uint32_t *ret_seen)
{
    struct record_scan scan = record_scan_of(json);
    return record_scan_next(&scan) == RECORD_SCAN_OPEN_OBJECT &&
           auth_members_read_open(&scan, table, scratch, into, ret_seen) &&
           record_scan_next(&scan) == RECORD_SCAN_END;
}
