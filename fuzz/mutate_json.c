/* JSON texts (records, lists, tokens, cases, configurations): a value takes the place of another
 * one, is put in twice, wrapped, emptied or changed within; what is no JSON is mutated as bytes. */
#include "fuzz/mutate.h"

#include "record/scan.h"

enum { DEPTH = 64 };

/* All values of the text, members with their keys apart. */
static bool find_values(struct slice text, struct mutate_parts *values)
{
    struct record_scan scan = record_scan_of(text);
    size_t open[DEPTH], depth = 0;
    for (;;) {
        enum record_token token = record_scan_next(&scan);
        if (token == RECORD_SCAN_BAD || token == RECORD_SCAN_END)
            return token == RECORD_SCAN_END && values->count > 0;
        struct slice value = slice_head(slice_from(text, scan.start), scan.at - scan.start);
        if (token == RECORD_SCAN_KEY)
            continue;
        if (token == RECORD_SCAN_OPEN_OBJECT || token == RECORD_SCAN_OPEN_LIST) {
            if (depth == DEPTH || values->count == MUTATE_PARTS)
                return values->count > 0;
            open[depth++] = values->count;
        } else if (token == RECORD_SCAN_CLOSE_OBJECT || token == RECORD_SCAN_CLOSE_LIST) {
            struct slice *whole = &values->at[open[--depth]];
            whole->len = (size_t)(text.ptr + scan.at - whole->ptr);
            continue;
        }
        if (!mutate_parts_add(values, value))
            return true;
    }
}

static struct slice pick_value(struct rng *rng)
{
    static const char *const literals[] = {
        "null",        "true",
        "0",           "-1",
        "999999999",   "1000000000",
        "1.5",         "1e3",
        "-0",          "9223372036854775807",
        "\"\"",        "\"\\u0000\"",
        "\"\\ud83d\"", "\"\\ud83d\\ude00\"",
        "[]",          "{}",
        "[[[[]]]]",    "{\"id\":\"a\",\"payload\":\"x\"}",
        "\"a,b\"",     "\"0123456789012345678901234567890123456789012345678901234567890123x\"",
    };
    return MUTATE_PICK(literals, rng);
}

/* The value with something around it. */
static void wrap(struct slice value, struct rng *rng, struct buf *out)
{
    static const char *const around[][2] = { { "[", "]" }, { "{\"id\":", "}" }, { "\"", "\"" } };
    size_t which = rng_below(rng, COUNT_OF(around));
    buf_add_text(out, around[which][0]);
    buf_add(out, value);
    buf_add_text(out, around[which][1]);
}

/* What stands in place of ${value}. */
static void replace(const struct mutate_parts *values, struct slice value, struct rng *rng,
                    struct buf *out)
{
    switch (rng_below(rng, 5)) {
    case 0:
        buf_add(out, pick_value(rng));
        break;
    case 1:
        buf_add(out, values->at[rng_below(rng, values->count)]);
        break;
    case 2:
        wrap(value, rng, out);
        break;
    case 3:
        buf_add(out, value); /* twice: an element more, or a key missing */
        buf_add_byte(out, ',');
        buf_add(out, value);
        break;
    default:
        mutate_bytes(value, rng, out);
        break;
    }
}

void mutate_input(struct slice input, struct rng *rng, struct buf *out)
{
    struct mutate_parts values = { .count = 0 };
    struct slice text = input;
    if (rng_below(rng, 4) == 0) /* a line of several */
        text = slice_head(text, slice_find(text, '\n'));
    for (; !find_values(text, &values); values.count = 0) { /* what stands behind other lines */
        text = slice_from(text, slice_find(text, '\n') + 1);
        if (text.len == 0)
            return;
    }
    struct slice value = values.at[rng_below(rng, values.count)];
    size_t at = (size_t)(value.ptr - input.ptr);
    buf_add(out, slice_head(input, at));
    replace(&values, value, rng, out);
    buf_add(out, slice_from(input, at + value.len));
}
