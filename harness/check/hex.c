#include "check/kinds.h"

static void run(const struct check_subject *subject, const json_t *matcher,
                struct check_report *report)
{
    static const char digits[] = "0123456789abcdef";
    const struct plan_where root = { 0 };
    struct check_match match = { .report = report, .place = "hex" };
    AUTO(buf_free) struct buf text = buf_bounded(2 * subject->body.len);
    for (size_t i = 0; i < subject->body.len; i++) {
        buf_add_byte(&text, (uint8_t)digits[subject->body.ptr[i] >> 4]);
        buf_add_byte(&text, (uint8_t)digits[subject->body.ptr[i] & 0xF]);
    }
    report->nomem = report->nomem || text.failed;
    const struct check_value value = { .kind = CHECK_TEXT, .raw = buf_slice(&text) };
    (void)check_matches(&match, &value, matcher, &root);
}

const struct check_kind check_hex = { .name = "hex", .run = run, .wrong = check_kind_wrong };
