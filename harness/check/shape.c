#include "check/matchers.h"

#include "base/alloc.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PATTERN_MAX = 512,
    PATTERN_REPEATS_MAX = 4096, /* what nested {n,m} come to, so that compiling is cheap */
    MATCHED_MAX = 64 * 1024,
};

static const struct {
    const char *name;
    enum check_value_kind kind;
} types[] = {
    { "string", CHECK_STRING }, { "string", CHECK_TEXT },    { "number", CHECK_NUMBER },
    { "object", CHECK_OBJECT }, { "list", CHECK_LIST },      { "boolean", CHECK_BOOLEAN },
    { "null", CHECK_NULL },     { "integer", CHECK_NUMBER },
};

static bool is_whole(struct slice raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if ((raw.ptr[i] < '0' || raw.ptr[i] > '9') && !(i == 0 && raw.ptr[i] == '-'))
            return false;
    return raw.len > 0;
}

static bool is_of_type(const struct check_value *value, const char *name)
{
    struct check_decimal decimal;
    struct check_value looked = *value;
    bool numeric = strcmp(name, "number") == 0 || strcmp(name, "integer") == 0;
    if (numeric && value->kind == CHECK_TEXT && check_decimal_parse(value->raw, &decimal))
        looked.kind = CHECK_NUMBER;
    if (strcmp(name, "integer") == 0 && !is_whole(looked.raw))
        return false;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (strcmp(types[i].name, name) == 0 && types[i].kind == looked.kind)
            return true;
    return false;
}

CHECK_MATCHER(type)
{
    return is_of_type(value, json_string_value(operand)) ||
           check_mismatch_of(match, value, where, "$type", operand);
}

static bool get_length(const struct check_value *value, size_t *ret_length)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct slice text;
    if (value->kind == CHECK_LIST || value->kind == CHECK_OBJECT) {
        *ret_length = check_value_count(value);
        return true;
    }
    if (!check_value_text(value, &scratch, &text))
        return false;
    *ret_length = text.len;
    return true;
}

CHECK_MATCHER(length)
{
    char text[24];
    size_t length;
    if (!get_length(value, &length))
        return check_mismatch_of(match, value, where, "$length", operand);
    int wrote = snprintf(text, sizeof(text), "%zu", length);
    const struct check_value number = { .kind = CHECK_NUMBER,
                                        .raw = slice_of(text, wrote < 0 ? 0 : (size_t)wrote) };
    if (check_would_match(match, &number, operand))
        return true;
    AUTO(buf_free) struct buf expected = buf_bounded(PATTERN_MAX);
    check_describe("$length", operand, &expected);
    buf_add_format(&expected, " (it is %zu)", length);
    const char *said = buf_text(&expected);
    return check_mismatch(match, value, where, said == NULL ? "another length" : said);
}

CHECK_MATCHER(exact)
{
    if (value->kind != CHECK_OBJECT)
        return check_mismatch_of(match, value, where, "$exact", operand);
    bool matched = check_matches(match, value, operand, where);
    const struct plan_node *child = plan_node_first(value->node);
    for (; child != NULL; child = plan_node_next(value->node, child)) {
        const char *key;
        json_t *member;
        bool known = false;
        json_object_foreach((json_t *)operand, key, member) known =
            known || plan_node_key_is(match->tree, child, slice_text(key));
        if (known)
            continue;
        const struct check_value extra = { .kind = CHECK_TEXT,
                                           .raw = plan_node_key(match->tree, child) };
        return check_mismatch(match, &extra, where, "no other key");
    }
    return matched;
}

static bool is_matched(struct slice text, const char *pattern)
{
    regex_t compiled;
    if (text.len > MATCHED_MAX ||
        memchr(text.len > 0 ? text.ptr : (const uint8_t *)"x", '\0', text.len) != NULL)
        return false;
    char *copy = alloc_zeroed(1, text.len + 1);
    if (copy == NULL || regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        alloc_release(copy);
        return false;
    }
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    bool matched = regexec(&compiled, copy, 0, NULL, 0) == 0;
    regfree(&compiled);
    alloc_release(copy);
    return matched;
}

CHECK_MATCHER(match)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct slice text;
    return (check_value_text(value, &scratch, &text) &&
            is_matched(text, json_string_value(operand))) ||
           check_mismatch_of(match, value, where, "$match", operand);
}

CHECK_WRONG(type)
{
    const char *name = json_string_value(operand);
    for (size_t i = 0; name != NULL && i < COUNT_OF(types); i++)
        if (strcmp(types[i].name, name) == 0)
            return NULL;
    return check_wrong_at(where, arena, ret_pointer,
                          "a wrong type; expected \"string\", \"number\", \"integer\", "
                          "\"object\", \"list\", \"boolean\" or \"null\"");
}

CHECK_WRONG(exact)
{
    if (!json_is_object(operand))
        return check_wrong_at(where, arena, ret_pointer, "a wrong operand; expected an object");
    return check_matcher_wrong(operand, where, arena, ret_pointer);
}

/* Compiling costs time and memory in proportion to the product of nested bounds; here all are taken
 * for nested. */
static bool is_cheap(const char *pattern)
{
    unsigned long product = 1;
    for (const char *at = pattern; (at = strpbrk(at, "{\\")) != NULL; at++) {
        if (*at == '\\') {
            if (at[1] >= '1' && at[1] <= '9')
                return false; /* back references take exponential time */
            at += at[1] != '\0';
            continue;
        }
        char *end;
        unsigned long low = strtoul(at + 1, &end, 10);
        unsigned long high = *end == ',' ? strtoul(end + 1, &end, 10) : low;
        unsigned long bound = high > low ? high : low;
        if (bound > PATTERN_REPEATS_MAX)
            return false;
        product *= bound > 1 ? bound : 1;
        if (product > PATTERN_REPEATS_MAX)
            return false;
    }
    return strlen(pattern) <= PATTERN_MAX;
}

CHECK_WRONG(match)
{
    const char *template_text = json_string_value(operand);
    regex_t compiled;
    char said[128];
    if (template_text == NULL)
        return check_wrong_at(where, arena, ret_pointer, "a wrong operand; expected a text");
    /* {{ is a brace, and what an expression puts in is not known yet. */
    AUTO(buf_free) struct buf pattern = buf_bounded(PATTERN_MAX);
    for (const char *at = template_text; *at != '\0'; at++) {
        bool doubled = (*at == '{' || *at == '}') && at[1] == at[0];
        if (*at == '{' && !doubled)
            return NULL;
        at += doubled;
        buf_add_byte(&pattern, (uint8_t)*at);
    }
    const char *text = buf_text(&pattern);
    if (text == NULL || pattern.failed || !is_cheap(text))
        return check_wrong_at(where, arena, ret_pointer,
                              "a regular expression that is too costly; expected at most 512 "
                              "bytes, small bounds and no back references");
    int error = regcomp(&compiled, text, REG_EXTENDED | REG_NOSUB);
    if (error == 0) {
        regfree(&compiled);
        return NULL;
    }
    (void)regerror(error, &compiled, said, sizeof(said));
    return check_wrong_at(where, arena, ret_pointer,
                          arena_format(arena,
                                       "no regular expression: %s; expected a POSIX "
                                       "extended one",
                                       said));
}
