#include "check/match.h"

#include "base/alloc.h"
#include "check/matchers.h"
#include "plan/generate.h"
#include "plan/nearest.h"

static const struct check_matcher matchers[] = {
    { "$any", check_matches_any, check_wrong_matchers },
    { "$all", check_matches_all, check_wrong_matchers },
    { "$not", check_matches_not, check_matcher_wrong },
    { "$ge", check_matches_ge, check_wrong_decimal },
    { "$gt", check_matches_gt, check_wrong_decimal },
    { "$le", check_matches_le, check_wrong_decimal },
    { "$lt", check_matches_lt, check_wrong_decimal },
    { "$eq", check_matches_eq, check_wrong_plain },
    { "$ne", check_matches_ne, check_wrong_plain },
    { "$between", check_matches_between, check_wrong_between },
    { "$number", check_matches_number, check_wrong_number },
    { "$stamp", check_matches_stamp, check_wrong_stamp },
    { "$type", check_matches_type, check_wrong_type },
    { "$length", check_matches_length, check_matcher_wrong },
    { "$exact", check_matches_exact, check_wrong_exact },
    { "$match", check_matches_match, check_wrong_match },
    { "$set", check_matches_set, check_wrong_list },
    { "$contains", check_matches_contains, check_matcher_wrong },
    { "$each", check_matches_each, check_matcher_wrong },
    { "$keys", check_matches_keys, check_matcher_wrong },
    { "$unique", check_matches_unique, check_wrong_true },
    { "$sorted", check_matches_sorted, check_wrong_sorted },
    { "$pluck", check_matches_pluck, check_wrong_pluck },
    { "$opens", check_matches_opens, check_wrong_opens },
    { "$absent", check_matches_absent, check_wrong_true },
    { "$present", check_matches_present, check_wrong_true },
};

const struct check_matcher *check_matcher_at(size_t index)
{
    return index < COUNT_OF(matchers) ? &matchers[index] : NULL;
}

const struct check_matcher *check_matcher_find(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(matchers); i++)
        if (strcmp(matchers[i].key, key) == 0)
            return &matchers[i];
    return NULL;
}

enum { SAID_MAX = 1024, LONG_START = 64 };

static const char *keep(struct check_report *report, struct buf *text)
{
    const char *kept = arena_text(report->arena, buf_slice(text));
    if (kept == NULL)
        report->nomem = true;
    return kept == NULL ? "" : kept;
}

bool check_mismatch(struct check_match *match, const struct check_value *value,
                    const struct plan_where *where, const char *expected)
{
    struct check_report *report = match->report;
    if (match->quiet > 0 || report->count == CHECK_FINDINGS_MAX)
        return false;
    AUTO(buf_free) struct buf text = buf_bounded(SAID_MAX);
    struct check_finding *finding = &report->findings[report->count++];
    buf_add_text(&text, match->place);
    size_t place = text.len;
    buf_add_text(&text, " ");
    plan_where_write(where, &text);
    if (text.len == place + 1)
        buf_truncate(&text, place);
    finding->where = keep(report, &text);
    buf_clear(&text);
    buf_add_text(&text, expected);
    finding->expected = keep(report, &text);
    buf_clear(&text);
    check_value_show(value, &text);
    finding->seen = keep(report, &text);
    return false;
}

bool check_mismatch_of(struct check_match *match, const struct check_value *value,
                       const struct plan_where *where, const char *key, const json_t *operand)
{
    if (match->quiet > 0 || match->report->count == CHECK_FINDINGS_MAX)
        return false;
    AUTO(buf_free) struct buf text = buf_bounded(SAID_MAX);
    check_describe(key, operand, &text);
    const char *expected = buf_text(&text);
    return check_mismatch(match, value, where, expected == NULL ? "" : expected);
}

bool check_would_match(struct check_match *match, const struct check_value *value,
                       const json_t *matcher)
{
    match->quiet++;
    bool matched = check_matches(match, value, matcher, NULL);
    match->quiet--;
    return matched;
}

const struct plan_node **check_items(struct check_match *match, const struct check_value *value)
{
    size_t count = check_value_count(value), i = 0;
    const struct plan_node **items = alloc_zeroed(count, sizeof(void *));
    if (items == NULL) {
        match->report->nomem = true;
        return NULL;
    }
    if (value->node == NULL) {
        if (count > 0)
            memcpy(items, value->items, count * sizeof(void *));
        return items;
    }
    const struct plan_node *child = plan_node_first(value->node);
    for (; child != NULL; child = plan_node_next(value->node, child))
        items[i++] = child;
    return items;
}

static bool matches_list(struct check_match *match, const struct check_value *value,
                         const json_t *matcher, const struct plan_where *where)
{
    if (value->kind != CHECK_LIST || check_value_count(value) != json_array_size(matcher))
        return check_mismatch_of(match, value, where, NULL, matcher);
    const struct plan_node **items = check_items(match, value);
    bool matched = items != NULL;
    for (size_t i = 0; items != NULL && i < json_array_size(matcher); i++) {
        const struct plan_where here = { .up = where, .index = i };
        const struct check_value item = check_value_of(match->tree, items[i]);
        matched = check_matches(match, &item, json_array_get(matcher, i), &here) && matched;
    }
    alloc_release(items);
    return matched;
}

static const struct plan_node *find_member(const struct check_match *match,
                                           const struct check_value *value, const char *key)
{
    const struct plan_node *child = plan_node_first(value->node);
    for (; child != NULL; child = plan_node_next(value->node, child))
        if (plan_node_key_is(match->tree, child, slice_text(key)))
            return child;
    return NULL;
}

static bool matches_object(struct check_match *match, const struct check_value *value,
                           const json_t *matcher, const struct plan_where *where)
{
    const char *key;
    json_t *expected;
    bool matched = true;
    if (value->kind != CHECK_OBJECT)
        return check_mismatch_of(match, value, where, NULL, matcher);
    json_object_foreach((json_t *)matcher, key, expected)
    {
        const struct plan_where here = { .up = where, .key = key };
        const struct check_value member =
            check_value_of(match->tree, find_member(match, value, key));
        matched = check_matches(match, &member, expected, &here) && matched;
    }
    return matched;
}

static bool is_text(const struct check_value *value, const json_t *matcher)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct slice text;
    return check_value_text(value, &scratch, &text) &&
           slice_eq(text, slice_of(json_string_value(matcher), json_string_length(matcher)));
}

static bool matches_scalar(struct check_match *match, const struct check_value *value,
                           const json_t *matcher)
{
    struct check_decimal seen, wanted;
    char scratch[CHECK_DECIMAL_SCRATCH];
    switch (json_typeof(matcher)) {
    case JSON_STRING:
        return is_text(value, matcher);
    case JSON_INTEGER:
    case JSON_REAL:
        return check_value_decimal(value, match->strings_count, &seen) &&
               check_decimal_of(matcher, scratch, &wanted) &&
               check_decimal_compare(&seen, &wanted) == 0;
    case JSON_TRUE:
    case JSON_FALSE:
        return value->kind == CHECK_BOOLEAN &&
               slice_is(value->raw, json_is_true(matcher) ? "true" : "false");
    case JSON_NULL:
        return value->kind == CHECK_NULL;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return false;
}

/* Of long texts the start that is shown may be the same: where they part is said, too. */
static bool mismatch_of_scalar(struct check_match *match, const struct check_value *value,
                               const json_t *matcher, const struct plan_where *where)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    AUTO(buf_free) struct buf expected = buf_bounded(SAID_MAX);
    struct slice text;
    size_t same = 0;
    if (match->quiet > 0 || !json_is_string(matcher) || !check_value_text(value, &scratch, &text))
        return check_mismatch_of(match, value, where, NULL, matcher);
    struct slice wanted = slice_of(json_string_value(matcher), json_string_length(matcher));
    while (same < text.len && same < wanted.len && text.ptr[same] == wanted.ptr[same])
        same++;
    if (same < LONG_START)
        return check_mismatch_of(match, value, where, NULL, matcher);
    check_describe(NULL, matcher, &expected);
    buf_add_format(&expected, " (%zu bytes, the same up to byte %zu)", wanted.len, same);
    const char *said = buf_text(&expected);
    return check_mismatch(match, value, where, said == NULL ? "another text" : said);
}

bool check_matches(struct check_match *match, const struct check_value *value,
                   const json_t *matcher, const struct plan_where *where)
{
    const char *key = plan_dollar_key(matcher);
    const struct check_matcher *row = key == NULL ? NULL : check_matcher_find(key);
    if (row != NULL) {
        match->report->checks += match->quiet == 0;
        return row->matches(match, value, json_object_get(matcher, key), where);
    }
    bool leaf = json_array_size(matcher) == 0 && json_object_size(matcher) == 0;
    match->report->checks += leaf && match->quiet == 0;
    if (json_is_array(matcher))
        return matches_list(match, value, matcher, where);
    if (json_is_object(matcher))
        return matches_object(match, value, matcher, where);
    return matches_scalar(match, value, matcher) ||
           mismatch_of_scalar(match, value, matcher, where);
}

const char *check_wrong_at(const struct plan_where *where, struct arena *arena,
                           const char **ret_pointer, const char *text)
{
    *ret_pointer = plan_where_text(where, arena);
    return text == NULL ? "out of memory" : text;
}

static const char *unknown(const char *key, struct arena *arena)
{
    const char *keys[COUNT_OF(matchers)];
    for (size_t i = 0; i < COUNT_OF(matchers); i++)
        keys[i] = matchers[i].key;
    const char *near = plan_nearest(slice_text(key), keys, COUNT_OF(keys));
    if (near == NULL)
        return arena_format(arena, "unknown matcher \"%.64s\"; expected one of cases/README.md",
                            key);
    return arena_format(arena, "unknown matcher \"%.64s\"; did you mean \"%s\"?", key, near);
}

static const char *members_wrong(const json_t *matcher, const struct plan_where *where,
                                 struct arena *arena, const char **ret_pointer)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)matcher, key, member)
    {
        const struct plan_where here = { .up = where, .key = key };
        if (key[0] == '$')
            return check_wrong_at(&here, arena, ret_pointer,
                                  "a $key beside others; expected it alone in its object");
        TRY(check_matcher_wrong(member, &here, arena, ret_pointer));
    }
    return NULL;
}

const char *check_matcher_wrong(const json_t *matcher, const struct plan_where *where,
                                struct arena *arena, const char **ret_pointer)
{
    const char *key = plan_dollar_key(matcher);
    if (key != NULL) {
        const struct plan_where here = { .up = where, .key = key };
        const struct check_matcher *row = check_matcher_find(key);
        if (row != NULL)
            return row->wrong(json_object_get(matcher, key), &here, arena, ret_pointer);
        if (plan_is_generator(matcher))
            return plan_value_wrong(matcher, where, arena, ret_pointer);
        return check_wrong_at(&here, arena, ret_pointer, unknown(key, arena));
    }
    if (json_is_object(matcher))
        return members_wrong(matcher, where, arena, ret_pointer);
    for (size_t i = 0; i < json_array_size(matcher); i++) {
        const struct plan_where here = { .up = where, .index = i };
        TRY(check_matcher_wrong(json_array_get(matcher, i), &here, arena, ret_pointer));
    }
    return NULL;
}
