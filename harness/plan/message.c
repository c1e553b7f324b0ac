#include "plan/loading.h"

#include "base/limits.h"
#include "plan/generate.h"
#include "plan/template.h"

static const char *const users[] = { "me", "other", "third" };

bool plan_token_valid(struct slice text)
{
    static const char marks[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == '\0' || strchr(marks, c) == NULL))
            return false;
    }
    return text.len > 0;
}

static bool is_plain(struct slice literal)
{
    for (size_t i = 0; i < literal.len; i++)
        if (literal.ptr[i] <= ' ' || literal.ptr[i] >= 0x7F)
            return false;
    return true;
}

bool plan_path_check(struct plan_loading *loading, const struct plan_node *node, struct slice path)
{
    bool root = slice_starts(path, SLICE("^/"));
    if (!root && path.len > 0 && path.ptr[0] != '/' && path.ptr[0] != '?') {
        plan_source_wrong(loading->source, node,
                          "a path that begins with neither / nor ^/; expected one below the "
                          "endpoint, or \"\"");
        return false;
    }
    struct plan_part part;
    for (part = plan_part_next(&path); part.kind != PLAN_PART_END; part = plan_part_next(&path)) {
        if (part.kind == PLAN_PART_LITERAL && !is_plain(part.text)) {
            plan_source_wrong(loading->source, node,
                              "a path with blanks or other than ASCII characters; expected them "
                              "percent-encoded");
            return false;
        }
    }
    return true;
}

/* "METHOD PATH", of `send` or of `sign`. */
static void load_request_line(struct plan_loading *loading, const struct plan_node *node,
                              struct plan_step *step)
{
    struct slice text = slice_text(plan_source_text(loading->source, node));
    const struct plan_captures_where where = { .repeats = loading->repeats };
    struct slice method, target;
    plan_captures_use(&loading->captures, node, &where);
    if (!slice_cut(text, ' ', &method, &target) || !plan_token_valid(method) ||
        method.len > LIMIT_METHOD) {
        plan_source_wrong(loading->source, node,
                          "no request; expected a method, one space and a path");
        return;
    }
    if (!plan_path_check(loading, node, target))
        return;
    step->from_root = slice_starts(target, SLICE("^"));
    step->method = arena_text(loading->source->ledger->arena, method);
    step->target =
        arena_text(loading->source->ledger->arena, slice_from(target, step->from_root ? 1 : 0));
    loading->source->ledger->nomem |= step->method == NULL || step->target == NULL;
}

const char *plan_user_load(struct plan_loading *loading, const struct plan_node *node)
{
    const char *name = plan_source_text(loading->source, node);
    for (size_t i = 0; i < COUNT_OF(users); i++) {
        if (strcmp(users[i], name) != 0)
            continue;
        if (i > 0)
            plan_loading_need(loading, "users");
        return users[i];
    }
    plan_source_wrong(loading->source, node,
                      "unknown user \"%.64s\"; expected \"me\", \"other\" or \"third\"", name);
    return users[0];
}

static void load_users(struct plan_loading *loading, const struct plan_message *message,
                       struct plan_step *step)
{
    if (message->as != NULL)
        step->as = plan_user_load(loading, message->as);
    step->endpoint_of = step->as;
    if (message->endpoint_of != NULL)
        step->endpoint_of = plan_user_load(loading, message->endpoint_of);
}

static bool has_line_end(const char *text)
{
    return strpbrk(text, "\r\n") != NULL;
}

/* Keys of a case's own would change what an account that is somebody's is known by. */
static void note_keys(struct plan_loading *loading, const struct plan_node *field)
{
    static const char *const names[] = { "X-KeyID", "X-Client-State" };
    struct slice name = plan_node_key(&loading->source->tree, field);
    bool sent = plan_source_text(loading->source, field) != NULL;
    for (size_t i = 0; i < COUNT_OF(names) && plan_loading_is_of(loading, "token"); i++)
        if (sent && slice_eq_nocase(name, slice_text(names[i])))
            plan_loading_need(loading, "accounts");
}

static void load_headers(struct plan_loading *loading, const struct plan_node *headers,
                         struct plan_step *step)
{
    const struct plan_captures_where where = { .repeats = loading->repeats };
    step->headers = plan_source_json(loading->source, headers);
    const struct plan_node *field = plan_node_first(headers);
    for (; field != NULL; field = plan_node_next(headers, field)) {
        if (!plan_token_valid(plan_node_key(&loading->source->tree, field)))
            plan_source_wrong_key(loading->source, field, "a bad name; expected that of a header");
        if (!plan_source_typed(loading->source, field, PLAN_TYPE_TEXT | PLAN_TYPE_NULL))
            continue;
        note_keys(loading, field);
        plan_captures_use(&loading->captures, field, &where);
        const char *value = plan_source_text(loading->source, field);
        if (value != NULL && has_line_end(value))
            plan_source_wrong(loading->source, field,
                              "a header with a line end; expected one line");
    }
}

static bool is_hex(const char *text)
{
    size_t len = strlen(text);
    return len % 2 == 0 && strspn(text, "0123456789abcdefABCDEF") == len;
}

static void check_generated(struct plan_loading *loading, const struct plan_node *node)
{
    const struct plan_where root = { 0 };
    const char *pointer = "";
    const char *wrong = plan_value_wrong(plan_source_json(loading->source, node), &root,
                                         loading->source->ledger->arena, &pointer);
    if (wrong == NULL)
        return;
    const struct plan_node *at = plan_node_find(&loading->source->tree, node, slice_text(pointer));
    plan_source_wrong_key(loading->source, at == NULL ? node : at, "%s", wrong);
}

/* A list, or what becomes one. */
static bool makes_list(const json_t *value)
{
    struct plan_part part;
    return json_is_array(value) || plan_generates_list(value) ||
           (json_is_string(value) && plan_part_alone(slice_text(json_string_value(value)), &part));
}

static void load_body(struct plan_loading *loading, const struct plan_message *message,
                      struct plan_step *step)
{
    for (size_t kind = PLAN_BODY_JSON; kind <= PLAN_BODY_HEX; kind++) {
        const struct plan_node *node = message->bodies[kind];
        if (node == NULL)
            continue;
        if (step->body != PLAN_BODY_NONE) {
            plan_source_wrong_key(loading->source, node,
                                  "a second body; expected one of json, newlines, text, hex");
            return;
        }
        step->body = (enum plan_body)kind;
        step->body_value = plan_source_json(loading->source, node);
        bool json = kind == PLAN_BODY_JSON || kind == PLAN_BODY_NEWLINES;
        const struct plan_captures_where where = { .lists = json, .repeats = loading->repeats };
        if (kind != PLAN_BODY_HEX)
            plan_captures_use(&loading->captures, node, &where);
        if (json)
            check_generated(loading, node);
        if (kind == PLAN_BODY_NEWLINES && !makes_list(step->body_value))
            plan_source_wrong(loading->source, node, "no list; expected one value for each line");
        if (kind == PLAN_BODY_HEX && !is_hex(json_string_value(step->body_value)))
            plan_source_wrong(loading->source, node, "no hex; expected two digits for each byte");
    }
}

static void load_splits(struct plan_loading *loading, const struct plan_node *list,
                        struct plan_step *step)
{
    size_t *splits = plan_source_alloc(loading->source, list->count, sizeof(*splits));
    const struct plan_node *node = plan_node_first(list);
    for (; node != NULL && splits != NULL; node = plan_node_next(list, node)) {
        if (!plan_source_typed(loading->source, node, PLAN_TYPE_INTEGER))
            continue;
        json_int_t at = json_integer_value(plan_source_json(loading->source, node));
        size_t before = step->split_count == 0 ? 0 : splits[step->split_count - 1];
        if (at <= 0 || (uint64_t)at <= before) {
            plan_source_wrong(loading->source, node,
                              "splits that do not ascend; expected an offset past %zu", before);
            return;
        }
        splits[step->split_count++] = (size_t)at;
    }
    step->splits = splits;
}

static void load_raw(struct plan_loading *loading, const struct plan_message *message,
                     struct plan_step *step)
{
    const struct plan_captures_where where = { .raw = true,
                                               .signs = message->sign != NULL,
                                               .repeats = loading->repeats };
    const char *raw = plan_source_text(loading->source, message->raw);
    plan_loading_need(loading, "raw");
    plan_captures_use(&loading->captures, message->raw, &where);
    if (raw[0] == '\0')
        plan_source_wrong(loading->source, message->raw, "no bytes; expected those of a request");
    step->raw = plan_source_copy(loading->source, raw);
    if (message->sign != NULL)
        load_request_line(loading, message->sign, step);
    if (message->splits != NULL)
        load_splits(loading, message->splits, step);
}

/* What a token server has granted, to be used with the storage node that it named. */
static void load_granted(struct plan_loading *loading, const struct plan_node *granted,
                         struct plan_step *step)
{
    static const struct plan_key keys[] = {
        { "id", PLAN_TYPE_TEXT, true },
        { "key", PLAN_TYPE_TEXT, true },
        { "endpoint", PLAN_TYPE_TEXT, true },
    };
    const struct plan_captures_where where = { .repeats = loading->repeats };
    const struct plan_node *at[COUNT_OF(keys)];
    (void)plan_source_members(loading->source, granted, keys, COUNT_OF(keys), at);
    step->granted = plan_source_json(loading->source, granted);
    plan_captures_use(&loading->captures, granted, &where);
    plan_loading_need(loading, "storage");
    if (!plan_loading_is_of(loading, "token"))
        plan_source_wrong_key(loading->source, granted,
                              "\"granted\" in a case of a storage API; a token server grants");
    if (step->from_root)
        plan_source_wrong_key(loading->source, granted,
                              "\"granted\" with a path below the root; expected one below the "
                              "endpoint");
}

void plan_message_load(struct plan_loading *loading, const struct plan_message *message,
                       struct plan_step *step)
{
    const struct plan_captures_where where = { .repeats = loading->repeats };
    if (message->raw != NULL)
        load_raw(loading, message, step);
    else
        load_request_line(loading, message->send, step);
    load_users(loading, message, step);
    load_body(loading, message, step);
    if (message->headers != NULL)
        load_headers(loading, message->headers, step);
    if (message->granted != NULL)
        load_granted(loading, message->granted, step);
    if (message->auth == NULL)
        return;
    if (message->granted != NULL)
        plan_source_wrong_key(loading->source, message->auth,
                              "\"auth\" beside \"granted\"; expected one of them");
    step->auth = plan_source_json(loading->source, message->auth);
    plan_captures_use(&loading->captures, message->auth, &where);
    plan_auth_check(loading, message->auth);
}
