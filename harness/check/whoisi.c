#include "check/kinds.h"

enum { LENGTH_BYTES = 4 };

static size_t read_length(const uint8_t *bytes, bool big)
{
    size_t length = 0;
    for (size_t i = 0; i < LENGTH_BYTES; i++)
        length = length << 8 | bytes[big ? i : LENGTH_BYTES - 1 - i];
    return length;
}

/* Inside of JSON a line end is a blank, as those of a string are escaped. */
static void add_line(struct slice value, struct buf *out)
{
    for (bool more = true; more;) {
        struct slice part;
        more = slice_cut(value, '\n', &part, &value);
        buf_add(out, part);
        buf_add_byte(out, more ? ' ' : '\n');
    }
}

/* Puts each value on a line of its own.  False when the lengths do not lead to the body's end. */
static bool unpack(struct slice body, bool big, struct buf *out)
{
    buf_clear(out);
    while (body.len >= LENGTH_BYTES) {
        size_t length = read_length(body.ptr, big);
        body = slice_from(body, LENGTH_BYTES);
        if (length > body.len)
            return false;
        add_line(slice_head(body, length), out);
        body = slice_from(body, length);
    }
    return body.len == 0;
}

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    const struct plan_where root = { 0 };
    struct check_match match = { .report = report, .place = "whoisi" };
    const struct check_value whole = { .kind = CHECK_TEXT, .raw = subject->body };
    AUTO(buf_free) struct buf lines = buf_bounded(subject->body.len + 1);
    bool unpacked = unpack(subject->body, true, &lines) || unpack(subject->body, false, &lines);
    report->nomem = report->nomem || lines.failed;
    if (unpacked) {
        check_kind_tree(&match, buf_slice(&lines), matcher, true);
        return;
    }
    report->checks++;
    (void)check_mismatch(&match, &whole, &root, "values, each behind its length in 32 bits");
}

const struct check_kind check_whoisi = { .name = "whoisi", .run = run, .wrong = check_kind_wrong };
