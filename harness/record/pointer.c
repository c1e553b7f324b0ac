/* record_scan_pointer: RFC 6901 on top of the scanner. */
#include "record/scan.h"

enum { TILDE_NAME = 1024 }; /* bytes of a reference token that holds a '~' */

/* Whether the decoded ${raw} is the reference token ${name}, in which ~1 is '/' and ~0 is '~'. */
static bool key_matches(struct slice raw, struct slice name)
{
    if (slice_find(name, '~') == name.len)
        return record_scan_reads(raw, name);
    uint8_t bytes[TILDE_NAME];
    struct buf plain = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
    if (name.len > sizeof(bytes))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        if (c == '~' && i + 1 < name.len)
            c = name.ptr[++i] == '1' ? '/' : '~';
        buf_add_byte(&plain, c);
    }
    return record_scan_reads(raw, buf_slice(&plain));
}

/* Goes to the value of that key in the object just opened.  END when there is none. */
static enum record_token find_key(struct record_scan *scan, struct slice name)
{
    for (;;) {
        enum record_token token = record_scan_next(scan);
        if (token == RECORD_SCAN_CLOSE_OBJECT)
            return RECORD_SCAN_END;
        if (token == RECORD_SCAN_BAD)
            return token;
        bool found = key_matches(scan->raw, name);
        token = record_scan_next(scan);
        if (found)
            return token;
        if (!record_scan_skip(scan, token))
            return RECORD_SCAN_BAD;
    }
}

/* Goes to that element of the list just opened.  END when there is none. */
static enum record_token find_index(struct record_scan *scan, struct slice name)
{
    uint64_t index;
    if (!slice_to_u64(name, &index) || (name.len > 1 && name.ptr[0] == '0'))
        return RECORD_SCAN_END;
    for (;;) {
        enum record_token token = record_scan_next(scan);
        if (token == RECORD_SCAN_CLOSE_LIST)
            return RECORD_SCAN_END;
        if (token == RECORD_SCAN_BAD || index-- == 0)
            return token;
        if (!record_scan_skip(scan, token))
            return RECORD_SCAN_BAD;
    }
}

enum record_token record_scan_pointer(struct slice text, struct slice pointer,
                                      struct slice *ret_raw, size_t *ret_offset)
{
    struct record_scan scan = record_scan_of(text);
    enum record_token token = record_scan_next(&scan);
    if (pointer.len > 0 && pointer.ptr[0] != '/')
        return RECORD_SCAN_END;
    for (bool more = pointer.len > 0; more;) {
        struct slice name;
        if (token == RECORD_SCAN_BAD)
            return token;
        pointer = slice_from(pointer, 1);
        size_t len = slice_find(pointer, '/');
        name = slice_head(pointer, len);
        pointer = slice_from(pointer, len);
        more = pointer.len > 0;
        if (token == RECORD_SCAN_OPEN_OBJECT)
            token = find_key(&scan, name);
        else if (token == RECORD_SCAN_OPEN_LIST)
            token = find_index(&scan, name);
        else
            token = RECORD_SCAN_END;
        if (token == RECORD_SCAN_END)
            return token;
    }
    size_t start = scan.start;
    if (!record_scan_skip(&scan, token))
        return RECORD_SCAN_BAD;
    *ret_raw = slice_of(text.ptr + start, scan.at - start);
    *ret_offset = start;
    return token;
}
