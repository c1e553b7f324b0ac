#include "plan/expand.h"

#include "base/limits.h"
#include "base/stamp.h"
#include "base/utf8.h"
#include "plan/generate.h"
#include "plan/template.h"
#include "plan/tree.h"
#include "record/bso.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEPTH_MAX = 2 * LIMIT_JSON_DEPTH, SHOWN_MAX = 40, LINES_NODES_MAX = 4 * 1024 * 1024 };

static const char too_long[] = "too long, or out of memory";

static void add_encoded(struct slice text, enum plan_encoding encoding, struct buf *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    if (encoding == PLAN_AS_IS) {
        buf_add(out, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        if (memchr(plain, c, sizeof(plain) - 1) != NULL)
            buf_add_byte(out, c);
        else
            buf_add_format(out, "%%%02X", c);
    }
}

static const char *add_sum(struct plan_scope *scope, const struct plan_part *part,
                           struct slice value, struct buf *out)
{
    int64_t left, sum;
    bool fraction;
    if (!plan_hundredths_parse(value, &left, &fraction))
        return plan_scope_complain(scope, "{%.*s} is \"%.*s\", which is no decimal number",
                                   SLICE_FMT(part->text), SLICE_FMT(slice_head(value, SHOWN_MAX)));
    if (__builtin_add_overflow(left, part->addend, &sum))
        return plan_scope_complain(scope, "{%.*s} is too large to add to", SLICE_FMT(part->text));
    if (fraction || part->fraction)
        stamp_write(sum, out);
    else
        buf_add_i64(out, sum / STAMP_SECOND);
    return NULL;
}

static const char *add_capture(struct plan_scope *scope, const struct plan_part *part,
                               enum plan_encoding encoding, struct buf *out)
{
    struct slice value;
    const json_t *list = plan_scope_list(scope, part->text);
    if (list != NULL && !json_is_number(list))
        return plan_scope_complain(scope, "{%.*s} is a list, which cannot stand in a text",
                                   SLICE_FMT(part->text));
    if (!plan_scope_text(scope, part->text, &value))
        return plan_scope_complain(scope, "there is no capture {%.*s}", SLICE_FMT(part->text));
    if (part->adds)
        return add_sum(scope, part, value, out);
    add_encoded(value, encoding, out);
    return NULL;
}

static void add_ids(const struct plan_part *part, enum plan_encoding encoding, struct buf *out)
{
    AUTO(buf_free) struct buf prefix = buf_bounded(LIMIT_TARGET);
    add_encoded(part->text, encoding, &prefix);
    if (prefix.failed)
        out->failed = true;
    for (uint64_t i = 0; i < part->count && !out->failed; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        plan_id_write(buf_slice(&prefix), part->first + i, out);
    }
}

const char *plan_expand_text(struct plan_scope *scope, const char *template_text,
                             enum plan_encoding encoding, struct buf *out)
{
    struct slice rest = slice_text(template_text);
    for (;;) {
        struct plan_part part = plan_part_next(&rest);
        const char *wrong = NULL;
        switch (part.kind) {
        case PLAN_PART_END:
            return out->failed ? too_long : NULL;
        case PLAN_PART_LITERAL:
            buf_add(out, part.text);
            break;
        case PLAN_PART_CAPTURE:
            wrong = add_capture(scope, &part, encoding, out);
            break;
        case PLAN_PART_IDS:
            add_ids(&part, encoding, out);
            break;
        case PLAN_PART_BAD:
            wrong = part.wrong;
            break;
        }
        if (wrong != NULL)
            return wrong;
    }
}

const char *plan_expansion_string(struct plan_expansion *expansion, struct slice text)
{
    if (utf8_valid_length(text) != text.len)
        return "a text that is not UTF-8 cannot stand in JSON";
    (void)record_encode_string(text, expansion->out);
    return expansion->out->failed ? too_long : NULL;
}

static const char *write_text(struct plan_expansion *expansion, const char *template_text)
{
    AUTO(buf_free) struct buf plain = buf_bounded(LIMIT_ANSWER_BODY);
    const char *wrong = plan_expand_text(expansion->scope, template_text, PLAN_AS_IS, &plain);
    return wrong != NULL ? wrong : plan_expansion_string(expansion, buf_slice(&plain));
}

static int dump_part(const char *bytes, size_t len, void *out)
{
    return buf_add((struct buf *)out, slice_of(bytes, len)) ? 0 : -1;
}

static const char *write_string(struct plan_expansion *expansion, const char *template_text)
{
    struct plan_part part;
    if (plan_part_alone(slice_text(template_text), &part) && !part.adds) {
        const json_t *list = plan_scope_list(expansion->scope, part.text);
        if (list != NULL)
            return json_dump_callback(list, dump_part, expansion->out,
                                      JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0
                       ? NULL
                       : too_long;
    }
    return write_text(expansion, template_text);
}

/* The shortest text that reads as the same number: the one in the case file, unless that had
 * needless zeros. */
static const char *write_real(struct plan_expansion *expansion, double value)
{
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        int wrote = snprintf(text, sizeof(text), "%.*g", digits, value);
        if (wrote < 0 || (size_t)wrote >= sizeof(text))
            return too_long;
        if (strtod(text, NULL) == value)
            break;
    }
    buf_add_text(expansion->out, text);
    if (strpbrk(text, ".eE") == NULL)
        buf_add_text(expansion->out, ".0");
    return NULL;
}

static const char *write_list(struct plan_expansion *expansion, const json_t *list)
{
    buf_add_byte(expansion->out, '[');
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (i > 0)
            buf_add_byte(expansion->out, ',');
        TRY(plan_expansion_value(expansion, json_array_get(list, i)));
    }
    buf_add_byte(expansion->out, ']');
    return NULL;
}

static const char *write_object(struct plan_expansion *expansion, const json_t *object)
{
    const char *key;
    json_t *value;
    size_t written = 0;
    buf_add_byte(expansion->out, '{');
    json_object_foreach((json_t *)object, key, value)
    {
        if (written++ > 0)
            buf_add_byte(expansion->out, ',');
        TRY(write_text(expansion, key));
        buf_add_byte(expansion->out, ':');
        TRY(plan_expansion_value(expansion, value));
    }
    buf_add_byte(expansion->out, '}');
    return NULL;
}

static const char *write_container(struct plan_expansion *expansion, const json_t *value)
{
    if (expansion->depth == DEPTH_MAX)
        return "a value that is nested too deep";
    expansion->depth++;
    const char *wrong;
    if (json_is_array(value))
        wrong = write_list(expansion, value);
    else if (plan_is_generator(value))
        wrong = plan_generate(expansion, value);
    else if (plan_dollar_key(value) != NULL && !expansion->matching)
        wrong =
            plan_scope_complain(expansion->scope, "\"%s\" is no generator", plan_dollar_key(value));
    else
        wrong = write_object(expansion, value);
    expansion->depth--;
    return wrong;
}

const char *plan_expansion_value(struct plan_expansion *expansion, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        TRY(write_container(expansion, value));
        break;
    case JSON_STRING:
        TRY(write_string(expansion, json_string_value(value)));
        break;
    case JSON_INTEGER:
        buf_add_i64(expansion->out, json_integer_value(value));
        break;
    case JSON_REAL:
        TRY(write_real(expansion, json_real_value(value)));
        break;
    case JSON_TRUE:
        buf_add_text(expansion->out, "true");
        break;
    case JSON_FALSE:
        buf_add_text(expansion->out, "false");
        break;
    case JSON_NULL:
        buf_add_text(expansion->out, "null");
        break;
    }
    return expansion->out->failed ? too_long : NULL;
}

/* The list may itself be generated or captured, so it is written whole and cut at its elements. */
static const char *write_lines(struct plan_expansion *expansion, const json_t *value)
{
    AUTO(buf_free) struct buf text = buf_bounded((size_t)2 * LIMIT_GENERATED);
    struct plan_expansion whole = { .scope = expansion->scope, .out = &text };
    TRY(plan_expansion_value(&whole, value));
    AUTO(plan_tree_free) struct plan_tree tree = plan_tree_of(buf_slice(&text), LINES_NODES_MAX);
    if (!plan_tree_read(&tree))
        return tree.wrong == NULL ? too_long : tree.wrong;
    if (tree.nodes[0].kind != PLAN_NODE_LIST)
        return "newlines wants a list";
    const struct plan_node *line = plan_node_first(tree.nodes);
    for (; line != NULL; line = plan_node_next(tree.nodes, line)) {
        buf_add(expansion->out, plan_node_raw(&tree, line));
        buf_add_byte(expansion->out, '\n');
    }
    return expansion->out->failed ? too_long : NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *plan_hex_write(const char *hex, struct buf *out)
{
    size_t len = hex == NULL ? 0 : strlen(hex);
    for (size_t i = 0; i + 1 < len; i += 2) {
        int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
        if (high < 0 || low < 0)
            return "hex has digits only";
        buf_add_byte(out, (uint8_t)(high << 4 | low));
    }
    if (len % 2 != 0)
        return "hex has two digits for each byte";
    return out->failed ? too_long : NULL;
}

const char *plan_expand_body(struct plan_scope *scope, enum plan_body kind,
                             const json_t *template_value, struct buf *out)
{
    struct plan_expansion expansion = { .scope = scope, .out = out };
    switch (kind) {
    case PLAN_BODY_NONE:
        return NULL;
    case PLAN_BODY_JSON:
        return plan_expansion_value(&expansion, template_value);
    case PLAN_BODY_NEWLINES:
        return write_lines(&expansion, template_value);
    case PLAN_BODY_TEXT:
        return plan_expand_text(scope, json_string_value(template_value), PLAN_AS_IS, out);
    case PLAN_BODY_HEX:
        return plan_hex_write(json_string_value(template_value), out);
    }
    return "no such kind of body";
}

const char *plan_expand_json(struct plan_scope *scope, const json_t *template_value,
                             json_t **ret_value)
{
    AUTO(buf_free) struct buf text = buf_bounded((size_t)2 * LIMIT_GENERATED);
    struct plan_expansion expansion = { .scope = scope, .out = &text, .matching = true };
    TRY(plan_expansion_value(&expansion, template_value));
    json_error_t error;
    json_t *value = json_loadb((const char *)text.ptr, text.len, JSON_DECODE_ANY, &error);
    if (value == NULL)
        return plan_scope_complain(scope, "after expansion: %s", error.text);
    *ret_value = value;
    return NULL;
}
