/* Changing the records of a request's body. */
#include "fault/call.h"
#include "record/scan.h"

typedef struct slice change_member(struct fault_call *call, struct slice name, struct slice raw);

/* Copies the object that the scan has just opened, with its members changed. */
static bool change_object(struct fault_call *call, struct record_scan *scan, change_member *change,
                          struct buf *out)
{
    bool any = false;
    buf_add_byte(out, '{');
    for (;;) {
        enum record_token token = record_scan_next(scan);
        struct slice name = scan->raw;
        if (token == RECORD_SCAN_CLOSE_OBJECT)
            return buf_add_byte(out, '}');
        if (token != RECORD_SCAN_KEY)
            return false;
        token = record_scan_next(scan);
        size_t start = scan->start;
        if (!record_scan_skip(scan, token))
            return false;
        struct slice raw = change(call, name, slice_of(scan->text.ptr + start, scan->at - start));
        if (raw.len == 0)
            continue;
        buf_add_text(out, any ? ",\"" : "\"");
        buf_add(out, name);
        buf_add_text(out, "\":");
        buf_add(out, raw);
        any = true;
    }
}

static bool change_list(struct fault_call *call, struct record_scan *scan, change_member *change,
                        struct buf *out)
{
    bool any = false;
    buf_add_byte(out, '[');
    for (;;) {
        enum record_token token = record_scan_next(scan);
        size_t start = scan->start;
        if (token == RECORD_SCAN_CLOSE_LIST)
            return buf_add_byte(out, ']');
        buf_add_text(out, any ? "," : "");
        any = true;
        if (token == RECORD_SCAN_OPEN_OBJECT) {
            if (!change_object(call, scan, change, out))
                return false;
            continue;
        }
        if (!record_scan_skip(scan, token))
            return false;
        buf_add(out, slice_of(scan->text.ptr + start, scan->at - start));
    }
}

static bool change_value(struct fault_call *call, struct slice text, change_member *change,
                         struct buf *out)
{
    struct record_scan scan = record_scan_of(text);
    enum record_token token = record_scan_next(&scan);
    bool changed = token == RECORD_SCAN_OPEN_OBJECT ? change_object(call, &scan, change, out)
                   : token == RECORD_SCAN_OPEN_LIST ? change_list(call, &scan, change, out)
                                                    : false;
    return changed && record_scan_next(&scan) == RECORD_SCAN_END;
}

static bool change_lines(struct fault_call *call, change_member *change, struct buf *out)
{
    struct slice rest = call->request.body;
    for (struct slice line; rest.len > 0;) {
        slice_cut(rest, '\n', &line, &rest);
        if (line.len > 0 && !change_value(call, line, change, out))
            return false;
        buf_add_byte(out, '\n');
    }
    return true;
}

void fault_call_change_records(struct fault_call *call, change_member *change)
{
    const struct slice *type = fault_call_field(call, "Content-Type");
    bool lines = type != NULL && slice_starts(*type, SLICE("application/newlines"));
    struct buf made = buf_bounded(LIMIT_BODY);
    bool changed = lines ? change_lines(call, change, &made)
                         : change_value(call, call->request.body, change, &made);
    struct slice copy = arena_copy(call->arena, buf_slice(&made));
    if (changed && !made.failed && copy.len > 0)
        fault_call_set_body(call, copy);
    buf_free(&made);
}

bool fault_call_body_json(const struct fault_call *call, const char *pointer, struct slice *ret_raw)
{
    size_t offset;
    enum record_token kind =
        record_scan_pointer(call->request.body, slice_text(pointer), ret_raw, &offset);
    return kind != RECORD_SCAN_BAD && kind != RECORD_SCAN_END;
}
