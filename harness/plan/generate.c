#include "plan/generate.h"

#include "base/limits.h"
#include "base/utf8.h"
#include "plan/nearest.h"
#include "plan/sealed.h"
#include "plan/template.h"
#include "plan/tree.h"
#include "record/bso.h"

#include <inttypes.h>

enum { OPERANDS_MAX = 5, RECORD_OVERHEAD = 64, SHOWN_ID_MAX = 40 };

enum operand_type { OPERAND_COUNT, OPERAND_TEXT, OPERAND_OBJECT, OPERAND_VALUE, OPERAND_KEYS };

struct operand {
    const char *name; /* NULL: past the last */
    enum operand_type type;
    bool required;
};

struct generator {
    const char *key;
    bool makes_list;
    struct operand operands[OPERANDS_MAX]; /* none: the operand is a value of its own */
    const char *(*write)(struct plan_expansion *expansion, const json_t *operand);
};

void plan_id_write(struct slice prefix, uint64_t number, struct buf *out)
{
    buf_add(out, prefix);
    buf_add_format(out, "%06" PRIu64, number);
}

/* A count may be a number or an expression that yields one. */
static const char *get_count(struct plan_expansion *expansion, const json_t *operand,
                             const char *name, uint64_t *ret_count)
{
    const json_t *value = json_object_get(operand, name);
    if (value == NULL)
        return NULL;
    AUTO(buf_free) struct buf text = buf_bounded(SHOWN_ID_MAX);
    if (json_is_integer(value))
        buf_add_i64(&text, json_integer_value(value));
    else if (json_is_string(value))
        TRY(plan_expand_text(expansion->scope, json_string_value(value), PLAN_AS_IS, &text));
    if (!slice_to_u64(buf_slice(&text), ret_count) || *ret_count > LIMIT_GENERATED)
        return plan_scope_complain(expansion->scope, "%s is \"%.*s\", not a number up to %d", name,
                                   SLICE_FMT(buf_slice(&text)), LIMIT_GENERATED);
    return NULL;
}

static const char *get_text(struct plan_expansion *expansion, const json_t *operand,
                            const char *name, struct buf *out)
{
    const char *text = json_string_value(json_object_get(operand, name));
    return text == NULL ? NULL : plan_expand_text(expansion->scope, text, PLAN_AS_IS, out);
}

static const char *past_bound(struct plan_expansion *expansion)
{
    return plan_scope_complain(expansion->scope, "a generator makes at most %d bytes",
                               LIMIT_GENERATED);
}

/* What $ids and $bsos share. */
struct series {
    uint64_t count, first;
    struct buf prefix;
};

static const char *get_series(struct plan_expansion *expansion, const json_t *operand,
                              struct series *series)
{
    TRY(get_count(expansion, operand, "count", &series->count));
    TRY(get_count(expansion, operand, "first", &series->first));
    if (json_object_get(operand, "prefix") == NULL)
        buf_add_text(&series->prefix, "r");
    TRY(get_text(expansion, operand, "prefix", &series->prefix));
    if (series->count * (series->prefix.len + RECORD_OVERHEAD) > LIMIT_GENERATED)
        return past_bound(expansion);
    return NULL;
}

static const char *write_id(struct plan_expansion *expansion, const struct series *series,
                            uint64_t index)
{
    AUTO(buf_free) struct buf id = buf_bounded(series->prefix.len + RECORD_OVERHEAD);
    plan_id_write(buf_slice(&series->prefix), series->first + index, &id);
    return id.failed ? "out of memory" : plan_expansion_string(expansion, buf_slice(&id));
}

static const char *write_ids(struct plan_expansion *expansion, const json_t *operand)
{
    struct series series = { .prefix = buf_bounded(LIMIT_FIELD_VALUE) };
    const char *wrong = get_series(expansion, operand, &series);
    buf_add_byte(expansion->out, '[');
    for (uint64_t i = 0; i < series.count && wrong == NULL; i++) {
        if (i > 0)
            buf_add_byte(expansion->out, ',');
        wrong = write_id(expansion, &series, i);
    }
    buf_add_byte(expansion->out, ']');
    buf_free(&series.prefix);
    return wrong;
}

/* ,"payload":"xx" and the members of `with`: the same for every record. */
static const char *write_common(struct plan_expansion *expansion, const json_t *operand,
                                struct buf *out)
{
    struct plan_expansion inner = { .scope = expansion->scope,
                                    .out = out,
                                    .matching = expansion->matching,
                                    .depth = expansion->depth };
    const json_t *with = json_object_get(operand, "with");
    uint64_t bytes = 2;
    TRY(get_count(expansion, operand, "payload_bytes", &bytes));
    if (json_object_get(with, "payload") == NULL) {
        buf_add_text(out, ",\"payload\":\"");
        if (buf_reserve(out, bytes)) {
            memset(out->ptr + out->len, 'x', bytes);
            out->len += bytes;
        }
        buf_add_byte(out, '"');
    }
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)with, key, value)
    {
        if (strcmp(key, "id") == 0)
            continue;
        buf_add_byte(out, ',');
        TRY(plan_expansion_string(&inner, slice_text(key)));
        buf_add_byte(out, ':');
        TRY(plan_expansion_value(&inner, value));
    }
    return out->failed ? past_bound(expansion) : NULL;
}

static const char *write_records(struct plan_expansion *expansion, const json_t *operand,
                                 struct series *series, struct buf *common)
{
    const json_t *id = json_object_get(json_object_get(operand, "with"), "id");
    TRY(get_series(expansion, operand, series));
    TRY(write_common(expansion, operand, common));
    if (series->count * (series->prefix.len + RECORD_OVERHEAD + common->len) > LIMIT_GENERATED)
        return past_bound(expansion);
    for (uint64_t i = 0; i < series->count; i++) {
        buf_add_text(expansion->out, i == 0 ? "{\"id\":" : ",{\"id\":");
        if (id != NULL)
            TRY(plan_expansion_value(expansion, id));
        else
            TRY(write_id(expansion, series, i));
        buf_add(expansion->out, buf_slice(common));
        buf_add_byte(expansion->out, '}');
    }
    return NULL;
}

static const char *write_bsos(struct plan_expansion *expansion, const json_t *operand)
{
    struct series series = { .prefix = buf_bounded(LIMIT_FIELD_VALUE) };
    struct buf common = buf_bounded(LIMIT_GENERATED);
    buf_add_byte(expansion->out, '[');
    const char *wrong = write_records(expansion, operand, &series, &common);
    buf_add_byte(expansion->out, ']');
    buf_free(&common);
    buf_free(&series.prefix);
    return wrong;
}

static const char *write_text(struct plan_expansion *expansion, const json_t *operand)
{
    AUTO(buf_free) struct buf of = buf_bounded(LIMIT_FIELD_VALUE);
    AUTO(buf_free) struct buf text = buf_bounded(LIMIT_GENERATED);
    uint64_t bytes = 0;
    TRY(get_count(expansion, operand, "bytes", &bytes));
    TRY(get_text(expansion, operand, "of", &of));
    if (of.len == 0)
        buf_add_byte(&of, 'x');
    if (of.failed || !buf_reserve(&text, bytes))
        return past_bound(expansion);
    buf_add(&text, slice_head(buf_slice(&of), bytes));
    while (text.len < bytes) { /* what is there, twice, is `of` repeated as well */
        size_t more = bytes - text.len < text.len ? bytes - text.len : text.len;
        memcpy(text.ptr + text.len, text.ptr, more);
        text.len += more;
    }
    if (utf8_valid_length(buf_slice(&text)) != text.len)
        return "$text would cut a character in two";
    return plan_expansion_string(expansion, buf_slice(&text));
}

static const char *write_number(struct plan_expansion *expansion, const json_t *operand)
{
    AUTO(buf_free) struct buf text = buf_bounded(LIMIT_FIELD_VALUE);
    TRY(plan_expand_text(expansion->scope, json_string_value(operand), PLAN_AS_IS, &text));
    AUTO(plan_tree_free) struct plan_tree tree = plan_tree_of(buf_slice(&text), 1);
    if (!plan_tree_read(&tree) || tree.nodes[0].kind != PLAN_NODE_NUMBER)
        return plan_scope_complain(expansion->scope, "\"%.*s\" is no JSON number",
                                   SLICE_FMT(slice_head(buf_slice(&text), SHOWN_ID_MAX)));
    buf_add_text(expansion->out, expansion->matching ? "{\"$number\":\"" : "");
    buf_add(expansion->out, slice_trim(buf_slice(&text)));
    buf_add_text(expansion->out, expansion->matching ? "\"}" : "");
    return NULL;
}

static const char *write_json(struct plan_expansion *expansion, const json_t *operand)
{
    AUTO(buf_free) struct buf text = buf_bounded(LIMIT_GENERATED);
    struct plan_expansion inner = { .scope = expansion->scope,
                                    .out = &text,
                                    .depth = expansion->depth };
    TRY(plan_expansion_value(&inner, operand));
    return plan_expansion_string(expansion, buf_slice(&text));
}

static const struct generator generators[] = {
    { "$bsos",
      true,
      { { "count", OPERAND_COUNT, true },
        { "prefix", OPERAND_TEXT, false },
        { "payload_bytes", OPERAND_COUNT, false },
        { "first", OPERAND_COUNT, false },
        { "with", OPERAND_OBJECT, false } },
      write_bsos },
    { "$ids",
      true,
      { { "count", OPERAND_COUNT, true },
        { "prefix", OPERAND_TEXT, false },
        { "first", OPERAND_COUNT, false } },
      write_ids },
    { "$text",
      false,
      { { "bytes", OPERAND_COUNT, true }, { "of", OPERAND_TEXT, false } },
      write_text },
    { "$sealed",
      false,
      { { "keys", OPERAND_KEYS, true }, { "cleartext", OPERAND_VALUE, true } },
      plan_sealed_write },
    { "$number", false, { { 0 } }, write_number },
    { "$json", false, { { 0 } }, write_json },
};

const char *plan_dollar_key(const json_t *value)
{
    if (json_object_size(value) != 1)
        return NULL;
    const char *key = json_object_iter_key(json_object_iter((json_t *)value));
    return key != NULL && key[0] == '$' ? key : NULL;
}

static const struct generator *find(const json_t *value)
{
    const char *key = plan_dollar_key(value);
    for (size_t i = 0; key != NULL && i < COUNT_OF(generators); i++)
        if (strcmp(generators[i].key, key) == 0)
            return &generators[i];
    return NULL;
}

bool plan_is_generator(const json_t *value)
{
    return find(value) != NULL;
}

bool plan_generates_list(const json_t *value)
{
    const struct generator *generator = find(value);
    return generator != NULL && generator->makes_list;
}

const char *plan_generate(struct plan_expansion *expansion, const json_t *value)
{
    const struct generator *generator = find(value);
    const char *wrong = generator->write(expansion, json_object_get(value, generator->key));
    if (wrong == NULL && expansion->out->failed)
        return past_bound(expansion);
    return wrong;
}

/* Remembers where, and passes the text on. */
static const char *wrong_at(const struct plan_where *where, struct arena *arena,
                            const char **ret_pointer, const char *text)
{
    *ret_pointer = plan_where_text(where, arena);
    return text == NULL ? "out of memory" : text;
}

static const struct operand *find_operand(const struct generator *generator, const char *name)
{
    for (size_t i = 0; i < OPERANDS_MAX && generator->operands[i].name != NULL; i++)
        if (strcmp(generator->operands[i].name, name) == 0)
            return &generator->operands[i];
    return NULL;
}

static bool is_expression(const json_t *value)
{
    struct plan_part part;
    return json_is_string(value) && plan_part_alone(slice_text(json_string_value(value)), &part);
}

static const char *operand_wrong(const struct operand *operand, const json_t *value,
                                 struct arena *arena)
{
    switch (operand->type) {
    case OPERAND_COUNT:
        if (is_expression(value))
            return NULL;
        if (json_is_integer(value) && json_integer_value(value) >= 0 &&
            json_integer_value(value) <= LIMIT_GENERATED)
            return NULL;
        return arena_format(arena, "%s has the wrong value; a number from 0 to %d or an expression",
                            operand->name, LIMIT_GENERATED);
    case OPERAND_TEXT:
        return json_is_string(value)
                   ? NULL
                   : arena_format(arena, "%s has the wrong type; a text", operand->name);
    case OPERAND_OBJECT:
        return json_is_object(value)
                   ? NULL
                   : arena_format(arena, "%s has the wrong type; an object", operand->name);
    case OPERAND_KEYS:
        return plan_keys_wrong(value);
    case OPERAND_VALUE:
        break;
    }
    return NULL;
}

static const char *unknown_operand(const struct generator *generator, const char *name,
                                   struct arena *arena)
{
    const char *names[OPERANDS_MAX];
    size_t count = 0;
    while (count < OPERANDS_MAX && generator->operands[count].name != NULL) {
        names[count] = generator->operands[count].name;
        count++;
    }
    const char *near = plan_nearest(slice_text(name), names, count);
    return arena_format(arena, "unknown key \"%s\" of %s%s%s%s", name, generator->key,
                        near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                        near == NULL ? "" : "\"?");
}

static const char *operands_wrong(const struct generator *generator, const json_t *operand,
                                  const struct plan_where *where, struct arena *arena,
                                  const char **ret_pointer)
{
    const char *name;
    json_t *value;
    if (!json_is_object(operand))
        return wrong_at(where, arena, ret_pointer,
                        arena_format(arena, "%s has the wrong operand; an object", generator->key));
    json_object_foreach((json_t *)operand, name, value)
    {
        struct plan_where here = { .up = where, .key = name };
        const struct operand *known = find_operand(generator, name);
        if (known == NULL)
            return wrong_at(&here, arena, ret_pointer, unknown_operand(generator, name, arena));
        const char *wrong = operand_wrong(known, value, arena);
        if (wrong == NULL && (known->type == OPERAND_OBJECT || known->type == OPERAND_VALUE))
            wrong = plan_value_wrong(value, &here, arena, ret_pointer);
        else if (wrong != NULL)
            return wrong_at(&here, arena, ret_pointer, wrong);
        if (wrong != NULL)
            return wrong;
    }
    for (size_t i = 0; i < OPERANDS_MAX && generator->operands[i].name != NULL; i++)
        if (generator->operands[i].required &&
            json_object_get(operand, generator->operands[i].name) == NULL)
            return wrong_at(where, arena, ret_pointer,
                            arena_format(arena, "%s lacks its \"%s\"", generator->key,
                                         generator->operands[i].name));
    return NULL;
}

static const char *generator_wrong(const json_t *value, const struct plan_where *where,
                                   struct arena *arena, const char **ret_pointer)
{
    const struct generator *generator = find(value);
    const json_t *operand = json_object_get(value, generator->key);
    struct plan_where here = { .up = where, .key = generator->key };
    if (generator->operands[0].name != NULL)
        return operands_wrong(generator, operand, &here, arena, ret_pointer);
    if (generator->write == write_number && !json_is_string(operand))
        return wrong_at(&here, arena, ret_pointer, "$number has the wrong operand; a text");
    return plan_value_wrong(operand, &here, arena, ret_pointer);
}

static const char *unknown_generator(const char *key, struct arena *arena)
{
    const char *keys[COUNT_OF(generators)];
    for (size_t i = 0; i < COUNT_OF(generators); i++)
        keys[i] = generators[i].key;
    const char *near = plan_nearest(slice_text(key), keys, COUNT_OF(keys));
    return arena_format(arena,
                        "\"%s\" is no generator; one of $bsos, $ids, $text, $sealed, $number, "
                        "$json%s%s%s",
                        key, near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                        near == NULL ? "" : "\"?");
}

static const char *object_wrong(const json_t *value, const struct plan_where *where,
                                struct arena *arena, const char **ret_pointer)
{
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        struct plan_where here = { .up = where, .key = key };
        if (key[0] == '$')
            return wrong_at(&here, arena, ret_pointer,
                            json_object_size(value) == 1
                                ? unknown_generator(key, arena)
                                : "a $key has to be the only key of its object");
        const char *wrong = plan_value_wrong(member, &here, arena, ret_pointer);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}

const char *plan_value_wrong(const json_t *value, const struct plan_where *where,
                             struct arena *arena, const char **ret_pointer)
{
    if (plan_is_generator(value))
        return generator_wrong(value, where, arena, ret_pointer);
    if (json_is_object(value))
        return object_wrong(value, where, arena, ret_pointer);
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct plan_where here = { .up = where, .index = i };
        const char *wrong = plan_value_wrong(json_array_get(value, i), &here, arena, ret_pointer);
        if (wrong != NULL)
            return wrong;
    }
    return NULL;
}
