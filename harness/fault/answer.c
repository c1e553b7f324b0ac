/* The reply's side of call.h: text in, text out. */
#include "base/stamp.h"
#include "fault/call.h"
#include "record/scan.h"

enum { ELEMENTS_MAX = 100000 };

bool fault_call_replied(const struct fault_call *call, int status)
{
    int seen = call->reply->status;
    return status == 0 || status == seen || (status == 2 && seen >= 200 && seen < 300);
}

bool fault_call_reply_stamp(const struct fault_call *call, const char *name, int64_t *ret_stamp)
{
    struct slice value;
    return http_reply_get(call->reply, name, &value) && stamp_parse(value, ret_stamp);
}

void fault_call_set_reply(struct fault_call *call, struct slice body)
{
    buf_clear(&call->reply->body);
    buf_add(&call->reply->body, body);
}

void fault_call_keep_reply(struct fault_call *call, struct fault_cell *cell)
{
    struct slice time;
    if (cell == NULL || !http_reply_get(call->reply, "X-Last-Modified", &time))
        return;
    buf_clear(&cell->text);
    buf_add(&cell->text, time);
    buf_add_byte(&cell->text, '\n');
    buf_add(&cell->text, buf_slice(&call->reply->body));
}

void fault_call_answer_kept(struct fault_call *call, const struct fault_cell *cell)
{
    struct slice time, body;
    if (cell == NULL || cell->text.len == 0)
        return;
    slice_cut(buf_slice(&cell->text), '\n', &time, &body);
    fault_call_answer(call, 200, "");
    fault_call_set_reply(call, body);
    (void)http_reply_set(call->reply, "X-Last-Modified", time);
}

/* The body with ${text} in place of ${len} bytes at ${at}. */
static void splice(struct fault_call *call, size_t at, size_t len, struct slice text)
{
    struct slice body = buf_slice(&call->reply->body);
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    buf_add(&made, slice_head(body, at));
    buf_add(&made, text);
    buf_add(&made, slice_from(body, at + len));
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
    buf_free(&made);
}

void fault_call_replace(struct fault_call *call, struct slice from, struct slice to)
{
    struct slice rest = buf_slice(&call->reply->body);
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    for (;;) {
        size_t at = slice_search(rest, from);
        buf_add(&made, slice_head(rest, at));
        if (at == rest.len)
            break;
        buf_add(&made, to);
        rest = slice_from(rest, at + from.len);
    }
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
    buf_free(&made);
}

bool fault_call_json(const struct fault_call *call, const char *pointer, struct slice *ret_raw)
{
    size_t offset;
    enum record_token kind =
        record_scan_pointer(buf_slice(&call->reply->body), slice_text(pointer), ret_raw, &offset);
    return kind != RECORD_SCAN_BAD && kind != RECORD_SCAN_END;
}

void fault_call_set_json(struct fault_call *call, const char *pointer, struct slice value)
{
    struct slice raw;
    size_t offset;
    enum record_token kind =
        record_scan_pointer(buf_slice(&call->reply->body), slice_text(pointer), &raw, &offset);
    if (kind != RECORD_SCAN_BAD && kind != RECORD_SCAN_END)
        splice(call, offset, raw.len, value);
}

void fault_call_drop_member(struct fault_call *call, const char *name)
{
    struct slice body = buf_slice(&call->reply->body);
    struct record_scan scan = record_scan_of(body);
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return;
    for (size_t from = scan.at; record_scan_next(&scan) == RECORD_SCAN_KEY; from = scan.at) {
        bool found = record_scan_reads(scan.raw, slice_text(name));
        if (!record_scan_skip(&scan, record_scan_next(&scan)))
            return;
        if (!found)
            continue;
        /* The comma before it goes with it; that of the first one stands behind. */
        bool first = body.ptr[from] != ',';
        size_t to = scan.at;
        if (first && to < body.len && body.ptr[to] == ',')
            to++;
        splice(call, from, to - from, (struct slice){ 0 });
        return;
    }
}

static bool is_list(const struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    return body.len > 0 && body.ptr[0] == '[';
}

static size_t read_list(struct slice body, struct slice *elements)
{
    struct record_scan scan = record_scan_of(body);
    size_t count = 0;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_LIST)
        return 0;
    while (count < ELEMENTS_MAX) {
        enum record_token token = record_scan_next(&scan);
        size_t from = scan.start;
        if (token == RECORD_SCAN_CLOSE_LIST)
            return count;
        if (token == RECORD_SCAN_BAD || !record_scan_skip(&scan, token))
            return 0;
        elements[count++] = slice_of(body.ptr + from, scan.at - from);
    }
    return 0;
}

static size_t read_lines(struct slice body, struct slice *elements)
{
    size_t count = 0;
    for (struct slice line; body.len > 0 && count < ELEMENTS_MAX;) {
        slice_cut(body, '\n', &line, &body);
        elements[count++] = line;
    }
    return count;
}

/* No more elements than that stand in the body. */
static size_t most(struct slice body)
{
    size_t count = 1;
    for (size_t i = 0; i < body.len; i++)
        count += body.ptr[i] == ',' || body.ptr[i] == '\n';
    return count < ELEMENTS_MAX ? count : ELEMENTS_MAX;
}

size_t fault_call_elements(struct fault_call *call, struct slice **ret_elements)
{
    /* Copied: what comes of them replaces the body. */
    struct slice body = arena_copy(call->arena, buf_slice(&call->reply->body));
    struct slice *elements = arena_alloc(call->arena, most(body), sizeof(*elements));
    *ret_elements = elements;
    if (elements == NULL || body.len == 0)
        return 0;
    return is_list(call) ? read_list(body, elements) : read_lines(body, elements);
}

void fault_call_set_elements(struct fault_call *call, const struct slice *elements, size_t count)
{
    struct buf *body = &call->reply->body;
    bool list = is_list(call);
    bool any = false;
    buf_clear(body);
    buf_add_text(body, list ? "[" : "");
    for (size_t i = 0; i < count; i++) {
        if (elements[i].len == 0)
            continue;
        if (list && any)
            buf_add_byte(body, ',');
        buf_add(body, elements[i]);
        if (!list)
            buf_add_byte(body, '\n');
        any = true;
    }
    buf_add_text(body, list ? "]" : "");
}

void fault_call_each(struct fault_call *call,
                     struct slice (*change)(struct fault_call *call, struct slice element))
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    for (size_t i = 0; i < count; i++)
        elements[i] = change(call, elements[i]);
    if (count > 0)
        fault_call_set_elements(call, elements, count);
}
