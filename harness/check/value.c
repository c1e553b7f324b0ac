#include "check/value.h"

#include "record/scan.h"

enum { SHOWN_MAX = 120 };

struct check_value check_value_of(const struct plan_tree *tree, const struct plan_node *node)
{
    static const enum check_value_kind kinds[] = {
        [PLAN_NODE_OBJECT] = CHECK_OBJECT, [PLAN_NODE_LIST] = CHECK_LIST,
        [PLAN_NODE_STRING] = CHECK_STRING, [PLAN_NODE_NUMBER] = CHECK_NUMBER,
        [PLAN_NODE_TRUE] = CHECK_BOOLEAN,  [PLAN_NODE_FALSE] = CHECK_BOOLEAN,
        [PLAN_NODE_NULL] = CHECK_NULL,
    };
    if (node == NULL)
        return (struct check_value){ .kind = CHECK_ABSENT };
    return (struct check_value){ .kind = kinds[node->kind],
                                 .raw = plan_node_raw(tree, node),
                                 .node = node };
}

static struct slice unquoted(struct slice raw)
{
    return slice_head(slice_from(raw, 1), raw.len - 2);
}

bool check_value_text(const struct check_value *value, struct buf *scratch, struct slice *ret_text)
{
    if (value->kind == CHECK_TEXT) {
        *ret_text = value->raw;
        return true;
    }
    if (value->kind != CHECK_STRING)
        return false;
    struct slice inside = unquoted(value->raw);
    if (slice_find(inside, '\\') == inside.len) {
        *ret_text = inside;
        return true;
    }
    *scratch = buf_bounded(inside.len);
    if (!record_scan_unescape(inside, scratch))
        return false;
    *ret_text = buf_slice(scratch);
    return true;
}

bool check_value_decimal(const struct check_value *value, bool strings,
                         struct check_decimal *ret_decimal)
{
    if (value->kind == CHECK_NUMBER || value->kind == CHECK_TEXT)
        return check_decimal_parse(value->raw, ret_decimal);
    return strings && value->kind == CHECK_STRING &&
           check_decimal_parse(unquoted(value->raw), ret_decimal);
}

size_t check_value_count(const struct check_value *value)
{
    return value->node != NULL ? value->node->count : value->item_count;
}

void check_text_show(struct slice text, struct buf *out)
{
    struct slice shown = slice_head(text, SHOWN_MAX);
    for (size_t i = 0; i < shown.len; i++) {
        uint8_t c = shown.ptr[i];
        if (c >= 0x20 && c < 0x7F)
            buf_add_byte(out, c);
        else if (c == '\n' || c == '\r' || c == '\t')
            buf_add_text(out, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else
            buf_add_format(out, "\\x%02X", c);
    }
    if (shown.len < text.len)
        buf_add_format(out, "... (%zu bytes)", text.len);
}

void check_value_show(const struct check_value *value, struct buf *out)
{
    if (value->kind == CHECK_ABSENT)
        buf_add_text(out, "nothing");
    else if (value->kind == CHECK_TEXT && value->raw.len == 0)
        buf_add_text(out, "an empty text");
    else if (value->kind == CHECK_LIST && value->node == NULL)
        buf_add_format(out, "a list of %zu", value->item_count);
    else
        check_text_show(value->raw, out);
}
