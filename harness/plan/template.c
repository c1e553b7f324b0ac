#include "plan/template.h"

#include "base/stamp.h"

enum { NAME_MAX_BYTES = 32 };

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_byte(uint8_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

bool plan_capture_name_valid(struct slice name)
{
    if (name.len == 0 || name.len > NAME_MAX_BYTES || !is_letter(name.ptr[0]))
        return false;
    for (size_t i = 1; i < name.len; i++)
        if (!is_name_byte(name.ptr[i]))
            return false;
    return true;
}

bool plan_hundredths_parse(struct slice text, int64_t *ret_value, bool *ret_fraction)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    int64_t value;
    if (!stamp_parse(slice_from(text, negative ? 1 : 0), &value))
        return false;
    *ret_value = negative ? -value : value;
    *ret_fraction = slice_find(text, '.') < text.len;
    return true;
}

static struct plan_part bad(struct slice *rest, const char *wrong)
{
    *rest = slice_from(*rest, rest->len);
    return (struct plan_part){ .kind = PLAN_PART_BAD, .wrong = wrong };
}

static struct slice cut_head(struct slice *rest, size_t len)
{
    struct slice head = slice_head(*rest, len);
    *rest = slice_from(*rest, len);
    return head;
}

static struct plan_part literal(struct slice text)
{
    return (struct plan_part){ .kind = PLAN_PART_LITERAL, .text = text };
}

/* Behind "$ids:", up to the brace. */
static struct plan_part cut_ids(struct slice inside, struct slice *rest)
{
    struct plan_part part = { .kind = PLAN_PART_IDS };
    struct slice first, count;
    if (!slice_cut(inside, ':', &part.text, &inside) || !slice_cut(inside, ':', &first, &count) ||
        !slice_to_u64(first, &part.first) || !slice_to_u64(count, &part.count))
        return bad(rest, "{$ids:PREFIX:FIRST:COUNT} has two numbers behind the prefix");
    if (part.count > PLAN_IDS_MAX || part.first > UINT32_MAX)
        return bad(rest, "{$ids:PREFIX:FIRST:COUNT} makes at most 10000 ids");
    return part;
}

/* The name with its dots, as far as it goes. */
static size_t name_length(struct slice inside)
{
    size_t len = 0;
    while (len < inside.len && (is_name_byte(inside.ptr[len]) || inside.ptr[len] == '.'))
        len++;
    return len;
}

static struct plan_part cut_expression(struct slice inside, struct slice *rest)
{
    inside = slice_trim(inside);
    struct plan_part part = { .kind = PLAN_PART_CAPTURE };
    part.text = cut_head(&inside, name_length(inside));
    if (part.text.len == 0 || !is_letter(part.text.ptr[0]))
        return bad(rest, "a brace that is no expression; write {{ for {");
    inside = slice_trim(inside);
    if (inside.len == 0)
        return part;
    bool minus = inside.ptr[0] == '-';
    if (!minus && inside.ptr[0] != '+')
        return bad(rest, "an expression is {name}, {name + NUMBER} or {name - NUMBER}");
    struct slice number = slice_trim(slice_from(inside, 1));
    if (number.len == 0 || number.ptr[0] == '-' ||
        !plan_hundredths_parse(number, &part.addend, &part.fraction))
        return bad(rest, "behind + or - stands a decimal number");
    if (minus)
        part.addend = -part.addend;
    part.adds = true;
    return part;
}

/* Up to the next brace. */
static struct plan_part cut_literal(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '{' && rest->ptr[len] != '}')
        len++;
    return literal(cut_head(rest, len));
}

struct plan_part plan_part_next(struct slice *rest)
{
    if (rest->len == 0)
        return (struct plan_part){ .kind = PLAN_PART_END };
    uint8_t first = rest->ptr[0];
    if (first != '{' && first != '}')
        return cut_literal(rest);
    if (rest->len > 1 && rest->ptr[1] == first) {
        struct slice brace = slice_head(cut_head(rest, 2), 1);
        return literal(brace);
    }
    if (first == '}')
        return bad(rest, "a '}' that closes nothing; write }} for }");
    size_t end = slice_find(*rest, '}');
    if (end == rest->len)
        return bad(rest, "a '{' that is not closed; write {{ for {");
    struct slice inside = slice_from(cut_head(rest, end), 1);
    (void)cut_head(rest, 1);
    if (slice_starts(inside, SLICE("$ids:")))
        return cut_ids(slice_from(inside, 5), rest);
    return cut_expression(inside, rest);
}

bool plan_part_alone(struct slice text, struct plan_part *ret_part)
{
    struct plan_part part = plan_part_next(&text);
    if (part.kind != PLAN_PART_CAPTURE || text.len > 0)
        return false;
    *ret_part = part;
    return true;
}
