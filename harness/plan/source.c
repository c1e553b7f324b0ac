#include "plan/source.h"

#include "base/alloc.h"
#include "plan/nearest.h"
#include "record/scan.h"

#include <stdarg.h>
#include <stdio.h>

enum { NODES_MAX = 1024 * 1024, ERRORS_MAX = 100, MESSAGE_MAX = 512, KEY_SHOWN_MAX = 64 };

void plan_ledger_wrong(struct plan_ledger *ledger, const char *file, const struct plan_place *place,
                       const char *text)
{
    struct plan_errors *errors = ledger->errors;
    if (errors->count++ >= ERRORS_MAX)
        return;
    buf_add_format(errors->text, "%s:%u:%u: %s\n", file, place->line, place->column, text);
}

void *plan_source_alloc(struct plan_source *source, size_t count, size_t size)
{
    void *memory = arena_alloc(source->ledger->arena, count, size);
    if (memory == NULL)
        source->ledger->nomem = true;
    return memory;
}

const char *plan_source_copy(struct plan_source *source, const char *text)
{
    if (text == NULL)
        return NULL;
    const char *copy = arena_text(source->ledger->arena, slice_text(text));
    if (copy == NULL)
        source->ledger->nomem = true;
    return copy;
}

static bool is_inside(uint8_t c)
{
    return (c & 0xC0) == 0x80; /* not the first byte of a character */
}

static unsigned column_of(struct slice text, size_t offset)
{
    unsigned column = 1;
    while (offset > 0 && text.ptr[offset - 1] != '\n')
        column += !is_inside(text.ptr[--offset]);
    return column;
}

/* Walks from the place that was asked for last: places are asked for in about the order of the
 * text. */
static struct plan_place place_at(struct plan_source *source, size_t offset)
{
    struct slice text = source->tree.text;
    struct plan_place place = source->last;
    if (offset > text.len)
        offset = text.len;
    while (place.offset < offset) {
        uint8_t c = text.ptr[place.offset++];
        place.line += c == '\n';
        place.column = c == '\n' ? 1 : place.column + !is_inside(c);
    }
    bool lines = false;
    while (place.offset > offset) {
        uint8_t c = text.ptr[--place.offset];
        place.line -= c == '\n';
        lines = lines || c == '\n';
        place.column -= c != '\n' && !is_inside(c);
    }
    if (lines)
        place.column = column_of(text, offset);
    source->last = place;
    return place;
}

struct plan_place plan_source_place(struct plan_source *source, const struct plan_node *node)
{
    return place_at(source, node->at);
}

struct plan_place plan_source_key_place(struct plan_source *source, const struct plan_node *node)
{
    return place_at(source, node->key_at > 0 ? node->key_at - 1 : node->at);
}

/* A message is one line, whatever it repeats of the text. */
static void flatten(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            *text = '?';
    }
}

static void complain(struct plan_source *source, struct plan_place place, const char *format,
                     va_list args)
{
    char text[MESSAGE_MAX];
    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    flatten(text);
    plan_ledger_wrong(source->ledger, source->name, &place, text);
}

void plan_source_wrong(struct plan_source *source, const struct plan_node *node, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    complain(source, plan_source_place(source, node), format, args);
    va_end(args);
}

void plan_source_wrong_key(struct plan_source *source, const struct plan_node *node,
                           const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(source, plan_source_key_place(source, node), format, args);
    va_end(args);
}

static void wrong_at(struct plan_source *source, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void wrong_at(struct plan_source *source, size_t offset, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain(source, place_at(source, offset), format, args);
    va_end(args);
}

/* jansson's tree beside ours.  False when the two disagree, which is not to be. */
static bool pair(struct plan_source *source, const struct plan_node *node, const json_t *json)
{
    if (json == NULL)
        return false;
    source->json[node - source->tree.nodes] = json;
    const struct plan_node *child = plan_node_first(node);
    for (size_t i = 0; child != NULL; child = plan_node_next(node, child), i++) {
        const json_t *value = json_array_get(json, i);
        if (json_is_object(json)) {
            AUTO(buf_free) struct buf key = buf_bounded((size_t)child->key_len + 1);
            (void)record_scan_unescape(plan_node_key(&source->tree, child), &key);
            const char *text = buf_text(&key);
            value = text == NULL ? NULL : json_object_get(json, text);
        }
        if (!pair(source, child, value))
            return false;
    }
    return true;
}

static bool read_tree(struct plan_source *source)
{
    if (!plan_tree_read(&source->tree)) {
        if (source->tree.wrong == NULL)
            source->ledger->nomem = true;
        else
            wrong_at(source, source->tree.wrong_at, "not JSON; %s", source->tree.wrong);
        return false;
    }
    return true;
}

bool plan_source_read(struct plan_source *source, struct plan_ledger *ledger, const char *name,
                      struct slice text)
{
    *source = (struct plan_source){ .ledger = ledger,
                                    .name = name,
                                    .tree = plan_tree_of(text, NODES_MAX),
                                    .last = { .line = 1, .column = 1 } };
    if (!read_tree(source))
        return false;
    json_error_t error;
    source->root = json_loadb((const char *)text.ptr, text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (source->root == NULL) {
        if (json_error_code(&error) == json_error_out_of_memory)
            ledger->nomem = true;
        else
            wrong_at(source, error.position > 0 ? (size_t)error.position - 1 : 0, "%s", error.text);
        return false;
    }
    source->json = plan_source_alloc(source, source->tree.count, sizeof(void *));
    if (source->json == NULL)
        return false;
    if (!pair(source, source->tree.nodes, source->root)) {
        ledger->nomem = true;
        return false;
    }
    return true;
}

void plan_source_free(struct plan_source *source)
{
    plan_tree_free(&source->tree);
    json_decref(source->root);
    source->root = NULL;
}

const struct plan_node *plan_source_root(const struct plan_source *source)
{
    return source->tree.nodes;
}

const json_t *plan_source_json(const struct plan_source *source, const struct plan_node *node)
{
    return source->json[node - source->tree.nodes];
}

const char *plan_source_text(const struct plan_source *source, const struct plan_node *node)
{
    return node == NULL ? NULL : json_string_value(plan_source_json(source, node));
}

static const struct {
    enum plan_type type;
    const char *name;
} type_names[] = {
    { PLAN_TYPE_TEXT, "a text" },
    { PLAN_TYPE_NUMBER, "a number" },
    { PLAN_TYPE_INTEGER, "a whole number" },
    { PLAN_TYPE_OBJECT, "an object" },
    { PLAN_TYPE_LIST, "a list" },
    { PLAN_TYPE_BOOLEAN, "true or false" },
    { PLAN_TYPE_NULL, "null" },
};

static unsigned types_of(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return PLAN_TYPE_OBJECT;
    case JSON_ARRAY:
        return PLAN_TYPE_LIST;
    case JSON_STRING:
        return PLAN_TYPE_TEXT;
    case JSON_INTEGER:
        return PLAN_TYPE_NUMBER | PLAN_TYPE_INTEGER;
    case JSON_REAL:
        return PLAN_TYPE_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return PLAN_TYPE_BOOLEAN;
    case JSON_NULL:
        return PLAN_TYPE_NULL;
    }
    return 0;
}

bool plan_source_typed(struct plan_source *source, const struct plan_node *node, unsigned types)
{
    if ((types_of(plan_source_json(source, node)) & types) != 0)
        return true;
    AUTO(buf_free) struct buf names = buf_bounded((size_t)KEY_SHOWN_MAX * 2);
    for (size_t i = 0; i < COUNT_OF(type_names); i++) {
        if ((types & type_names[i].type) == 0)
            continue;
        buf_add_text(&names, names.len > 0 ? " or " : "");
        buf_add_text(&names, type_names[i].name);
    }
    plan_source_wrong(source, node, "wrong type; expected %.*s", SLICE_FMT(buf_slice(&names)));
    return false;
}

void plan_source_unknown(struct plan_source *source, const struct plan_node *node,
                         const struct plan_key *keys, size_t count)
{
    const char *names[PLAN_KEYS_MAX];
    for (size_t i = 0; i < count; i++)
        names[i] = keys[i].name;
    struct slice key = slice_head(plan_node_key(&source->tree, node), KEY_SHOWN_MAX);
    const char *near = plan_nearest(key, names, count);
    if (near != NULL) {
        plan_source_wrong_key(source, node, "unknown key \"%.*s\"; did you mean \"%s\"?",
                              SLICE_FMT(key), near);
        return;
    }
    AUTO(buf_free) struct buf known = buf_bounded(MESSAGE_MAX / 2);
    for (size_t i = 0; i < count; i++)
        buf_add_format(&known, "%s%s", i > 0 ? ", " : "", names[i]);
    plan_source_wrong_key(source, node, "unknown key \"%.*s\"; expected one of %.*s",
                          SLICE_FMT(key), SLICE_FMT(buf_slice(&known)));
}

static size_t find_key(struct plan_source *source, const struct plan_node *member,
                       const struct plan_key *keys, size_t count)
{
    size_t i = 0;
    while (i < count && !plan_node_key_is(&source->tree, member, slice_text(keys[i].name)))
        i++;
    return i;
}

static bool take_member(struct plan_source *source, const struct plan_node *member,
                        const struct plan_key *key)
{
    if (!plan_source_typed(source, member, key->types))
        return false;
    const char *text = plan_source_text(source, member);
    if (key->required && text != NULL && text[0] == '\0') {
        plan_source_wrong(source, member, "\"%s\" is empty; expected a text", key->name);
        return false;
    }
    return true;
}

bool plan_source_members(struct plan_source *source, const struct plan_node *node,
                         const struct plan_key *keys, size_t count,
                         const struct plan_node **ret_members)
{
    memset(ret_members, 0, count * sizeof(void *));
    if (!plan_source_typed(source, node, PLAN_TYPE_OBJECT))
        return false;
    bool good = true;
    uint32_t seen = 0;
    const struct plan_node *member = plan_node_first(node);
    for (; member != NULL; member = plan_node_next(node, member)) {
        size_t i = find_key(source, member, keys, count);
        if (i == count) {
            plan_source_unknown(source, member, keys, count);
            good = false;
            continue;
        }
        seen |= UINT32_C(1) << i;
        if (take_member(source, member, &keys[i]))
            ret_members[i] = member;
        else
            good = false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!keys[i].required || (seen >> i & 1) != 0)
            continue;
        plan_source_wrong(source, node, "the key \"%s\" is missing; it is required", keys[i].name);
        good = false;
    }
    return good;
}
