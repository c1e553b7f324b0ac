#include "plan/scope.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "plan/expand.h"

#include <stdarg.h>
#include <stdio.h>

enum { CAPTURES_MAX = 256, MESSAGE_MAX = 256, LIST_MAX = 1000000, PLAN_NUMBER = 64 };

struct capture {
    char *name;
    struct buf text;
    json_t *list; /* NULL: it is a text; else a list, or any value of a row */
};

struct plan_scope {
    struct plan_scope *parent; /* NULL: none */
    struct capture *captures;
    size_t count, room;
    char message[MESSAGE_MAX];
};

struct plan_scope *plan_scope_new(void)
{
    return alloc_new(struct plan_scope);
}

struct plan_scope *plan_scope_new_under(struct plan_scope *parent)
{
    struct plan_scope *scope = plan_scope_new();
    if (scope != NULL)
        scope->parent = parent;
    return scope;
}

static struct capture *find_own(const struct plan_scope *scope, struct slice name)
{
    for (size_t i = 0; i < scope->count; i++)
        if (slice_is(name, scope->captures[i].name))
            return &scope->captures[i];
    return NULL;
}

static const struct capture *find(const struct plan_scope *scope, struct slice name)
{
    const struct capture *capture = find_own(scope, name);
    return capture == NULL && scope->parent != NULL ? find_own(scope->parent, name) : capture;
}

static bool make_room(struct plan_scope *scope)
{
    if (scope->count < scope->room)
        return true;
    size_t room = scope->room == 0 ? 32 : scope->room * 2;
    if (room > CAPTURES_MAX)
        return false;
    struct capture *captures = alloc_resize(scope->captures, room * sizeof(*captures));
    if (captures == NULL)
        return false;
    scope->captures = captures;
    scope->room = room;
    return true;
}

static struct capture *find_or_add(struct plan_scope *scope, const char *name)
{
    struct capture *capture = find_own(scope, slice_text(name));
    if (capture != NULL)
        return capture;
    size_t size = strlen(name) + 1;
    if (!make_room(scope))
        return NULL;
    char *copy = alloc_zeroed(1, size);
    if (copy == NULL)
        return NULL;
    memcpy(copy, name, size);
    capture = &scope->captures[scope->count++];
    *capture = (struct capture){ .name = copy, .text = buf_bounded(LIMIT_ANSWER_BODY) };
    return capture;
}

bool plan_scope_set(struct plan_scope *scope, const char *name, struct slice value)
{
    struct buf text = buf_bounded(LIMIT_ANSWER_BODY);
    if (!buf_add(&text, value)) {
        buf_free(&text);
        return false;
    }
    struct capture *capture = find_or_add(scope, name);
    if (capture == NULL) {
        buf_free(&text);
        return false;
    }
    buf_free(&capture->text);
    json_decref(capture->list);
    capture->list = NULL;
    capture->text = text;
    return true;
}

/* What stands for it inside of a text. */
static bool set_text_of(struct plan_scope *scope, const char *name, const json_t *value)
{
    if (json_is_string(value))
        return plan_scope_set(scope, name,
                              slice_of(json_string_value(value), json_string_length(value)));
    char text[PLAN_NUMBER];
    size_t len = json_dumpb(value, text, sizeof(text),
                            JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    return plan_scope_set(scope, name, slice_of(text, len <= sizeof(text) ? len : 0));
}

bool plan_scope_set_value(struct plan_scope *scope, const char *name, const json_t *value)
{
    if (!set_text_of(scope, name, value))
        return false;
    if (json_is_string(value))
        return true;
    struct capture *capture = find_own(scope, slice_text(name));
    capture->list = json_deep_copy(value);
    return capture->list != NULL;
}

void plan_scope_forget_lists(struct plan_scope *scope)
{
    for (size_t i = 0; i < scope->count; i++) {
        json_decref(scope->captures[i].list);
        scope->captures[i].list = NULL;
    }
}

/* NULL when out of memory. */
static struct capture *begin_list(struct plan_scope *scope, const char *name)
{
    struct capture *capture = find_or_add(scope->parent != NULL ? scope->parent : scope, name);
    if (capture != NULL && capture->list == NULL)
        capture->list = json_array();
    return capture == NULL || capture->list == NULL ? NULL : capture;
}

bool plan_scope_begin_list(struct plan_scope *scope, const char *name)
{
    return begin_list(scope, name) != NULL;
}

bool plan_scope_append(struct plan_scope *scope, const char *name, const json_t *value)
{
    struct capture *capture = begin_list(scope, name);
    if (capture == NULL || json_array_size(capture->list) >= LIST_MAX)
        return false;
    return json_array_append_new(capture->list, json_deep_copy(value)) == 0;
}

bool plan_scope_merge(struct plan_scope *branch)
{
    for (size_t i = 0; i < branch->count; i++) {
        struct capture *from = &branch->captures[i];
        struct capture *to = find_or_add(branch->parent, from->name);
        if (to == NULL)
            return false;
        struct buf text = to->text;
        to->text = from->text;
        from->text = text;
    }
    return true;
}

bool plan_scope_text(const struct plan_scope *scope, struct slice name, struct slice *ret_value)
{
    const struct capture *capture = find(scope, name);
    if (capture == NULL || (capture->list != NULL && !json_is_number(capture->list)))
        return false;
    *ret_value = buf_slice(&capture->text);
    return true;
}

bool plan_scope_get(const struct plan_scope *scope, const char *name, struct slice *ret_value)
{
    return plan_scope_text(scope, slice_text(name), ret_value);
}

const json_t *plan_scope_list(const struct plan_scope *scope, struct slice name)
{
    const struct capture *capture = find(scope, name);
    return capture == NULL ? NULL : capture->list;
}

const char *plan_scope_complain(struct plan_scope *scope, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int wrote = vsnprintf(scope->message, sizeof(scope->message), format, args);
    va_end(args);
    return wrote < 0 ? "something that cannot be said" : scope->message;
}

void plan_scope_free(struct plan_scope *scope)
{
    if (scope == NULL)
        return;
    for (size_t i = 0; i < scope->count; i++) {
        alloc_release(scope->captures[i].name);
        buf_free(&scope->captures[i].text);
        json_decref(scope->captures[i].list);
    }
    alloc_release(scope->captures);
    alloc_release(scope);
}

void plan_scope_freep(struct plan_scope **scope)
{
    plan_scope_free(*scope);
}
