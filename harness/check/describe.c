#include "check/match.h"
#include "plan/generate.h"

enum { PLAIN_MAX = 120, LISTED_MAX = 8 };

/* A matcher in words: what stands before its operand, and how that is written. */
enum operand_style {
    STYLE_MATCHER,
    STYLE_LIST,
    STYLE_RANGE,
    STYLE_STAMP,
    STYLE_NONE,
    STYLE_RULE,
    STYLE_SEALED
};

static const struct phrase {
    const char *key;
    const char *words;
    enum operand_style style;
} phrases[] = {
    { "$any", "one of ", STYLE_LIST },
    { "$all", "all of ", STYLE_LIST },
    { "$not", "other than ", STYLE_MATCHER },
    { "$ge", "at least ", STYLE_MATCHER },
    { "$gt", "more than ", STYLE_MATCHER },
    { "$le", "at most ", STYLE_MATCHER },
    { "$lt", "less than ", STYLE_MATCHER },
    { "$eq", "equal to ", STYLE_MATCHER },
    { "$ne", "other than ", STYLE_MATCHER },
    { "$between", "between ", STYLE_RANGE },
    { "$number", "the number ", STYLE_MATCHER },
    { "$stamp", "a number with ", STYLE_STAMP },
    { "$type", "of type ", STYLE_MATCHER },
    { "$length", "a length of ", STYLE_MATCHER },
    { "$exact", "exactly ", STYLE_MATCHER },
    { "$match", "a text that matches ", STYLE_MATCHER },
    { "$set", "in any order ", STYLE_MATCHER },
    { "$contains", "something with ", STYLE_MATCHER },
    { "$each", "each of them ", STYLE_MATCHER },
    { "$keys", "keys that are ", STYLE_MATCHER },
    { "$unique", "no element twice", STYLE_NONE },
    { "$sorted", "sorted, ", STYLE_RULE },
    { "$pluck", "from each element ", STYLE_RULE },
    { "$opens", "a payload that the keys open, sealed from ", STYLE_SEALED },
    { "$absent", "nothing", STYLE_NONE },
    { "$present", "something", STYLE_NONE },
};

static int dump_part(const char *bytes, size_t len, void *out)
{
    return buf_add(out, slice_of(bytes, len)) ? 0 : -1;
}

/* Compact JSON, cut. */
static void add_plain(const json_t *value, struct buf *out)
{
    AUTO(buf_free) struct buf text = buf_bounded(PLAIN_MAX);
    int failed = json_dump_callback(value, dump_part, &text,
                                    JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    check_text_show(buf_slice(&text), out);
    if (failed != 0)
        buf_add_text(out, "...");
}

static void add_matcher(const json_t *matcher, struct buf *out)
{
    const char *key = plan_dollar_key(matcher);
    if (key == NULL)
        add_plain(matcher, out);
    else
        check_describe(key, json_object_get(matcher, key), out);
}

static void add_list(const json_t *list, const char *joint, struct buf *out)
{
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count && i < LISTED_MAX; i++) {
        buf_add_text(out, i == 0 ? "" : joint);
        add_matcher(json_array_get(list, i), out);
    }
    if (count > LISTED_MAX)
        buf_add_text(out, ", ...");
}

static void add_stamp(const json_t *operand, struct buf *out)
{
    if (json_is_string(operand))
        buf_add_format(out, "%s decimals", json_string_value(operand));
    else
        buf_add_format(out, "exactly %lld decimals", (long long)json_integer_value(operand));
}

/* The operand is an object of settings: their names and values. */
static void add_rule(const json_t *operand, struct buf *out)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    json_object_foreach((json_t *)operand, name, value)
    {
        buf_add_format(out, "%s%s ", count++ > 0 ? ", " : "", name);
        add_matcher(value, out);
    }
}

static void add_operand(const struct phrase *phrase, const json_t *operand, struct buf *out)
{
    switch (phrase->style) {
    case STYLE_MATCHER:
        add_matcher(operand, out);
        break;
    case STYLE_LIST:
        add_list(operand, ", ", out);
        break;
    case STYLE_RANGE:
        add_list(operand, " and ", out);
        break;
    case STYLE_STAMP:
        add_stamp(operand, out);
        break;
    case STYLE_RULE:
        add_rule(operand, out);
        break;
    case STYLE_SEALED:
        add_matcher(json_object_get(operand, "cleartext"), out);
        break;
    case STYLE_NONE:
        break;
    }
}

void check_describe(const char *key, const json_t *operand, struct buf *out)
{
    if (key == NULL) {
        add_plain(operand, out);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(phrases); i++) {
        if (strcmp(phrases[i].key, key) != 0)
            continue;
        buf_add_text(out, phrases[i].words);
        add_operand(&phrases[i], operand, out);
        return;
    }
}
