/* The request's side of call.h, and what a fault remembers. */
#include "fault/call.h"

#include "fault/layer.h"

#include <stdarg.h>
#include <stdio.h>

static enum fault_on method_of(const struct http_request *request)
{
    static const enum fault_on methods[] = {
        [HTTP_METHOD_GET] = FAULT_GET,       [HTTP_METHOD_HEAD] = FAULT_HEAD,
        [HTTP_METHOD_POST] = FAULT_POST,     [HTTP_METHOD_PUT] = FAULT_PUT,
        [HTTP_METHOD_DELETE] = FAULT_DELETE,
    };
    size_t method = (size_t)request->method;
    return method < COUNT_OF(methods) ? methods[method] : FAULT_OTHER;
}

static bool is_version(struct slice segment)
{
    return slice_is(segment, "1.5") || slice_is(segment, "1.1") || slice_is(segment, "1.0");
}

/* What follows the user. */
static enum fault_on resource_of(struct fault_call *call, struct slice path)
{
    struct slice first, rest;
    if (!http_target_segment(&path, &first) || first.len == 0)
        return FAULT_EVERYTHING;
    if (slice_is(first, "info")) {
        (void)http_target_segment(&path, &call->info);
        return FAULT_INFO;
    }
    if (!slice_is(first, "storage"))
        return FAULT_ELSEWHERE;
    if (!http_target_segment(&path, &call->collection) || call->collection.len == 0)
        return FAULT_EVERYTHING;
    if (!http_target_segment(&path, &call->id) || call->id.len == 0)
        return FAULT_COLLECTION;
    return http_target_segment(&path, &rest) ? FAULT_ELSEWHERE : FAULT_ITEM;
}

/* What is below /user/1.0/<name>: ${path}. */
static enum fault_on instruction_of(struct fault_call *call, struct slice path)
{
    (void)http_target_segment(&path, &call->info);
    return FAULT_ACCOUNT;
}

static void read_target(struct fault_call *call)
{
    struct http_target target = http_target_split(call->request.target);
    struct slice path = target.path;
    bool of_users = slice_starts(path, SLICE("/user/1.0/"));
    call->version = call->user = call->collection = call->id = call->info = (struct slice){ 0 };
    call->query = target.query;
    call->resource = FAULT_ELSEWHERE;
    while (http_target_segment(&path, &call->version) && !is_version(call->version))
        continue;
    if (!is_version(call->version) || !http_target_segment(&path, &call->user))
        return;
    if (of_users)
        call->resource = instruction_of(call, path);
    else if (slice_is(call->version, "1.0") && slice_is(call->user, "sync"))
        call->resource = FAULT_TOKEN;
    else
        call->resource = resource_of(call, path);
}

void fault_call_begin(struct fault_call *call, const struct http_request *request)
{
    call->request = *request;
    call->request.fields.at = call->fields;
    if (request->fields.count > 0)
        memcpy(call->fields, request->fields.at, request->fields.count * sizeof(*call->fields));
    call->method = method_of(request);
    read_target(call);
}

bool fault_call_is(const struct fault_call *call, unsigned on)
{
    unsigned methods = on & FAULT_METHODS;
    unsigned resources = on & FAULT_RESOURCES;
    return (methods == 0 || (methods & call->method) != 0) &&
           (resources == 0 || (resources & call->resource) != 0);
}

const struct slice *fault_call_field(const struct fault_call *call, const char *name)
{
    return http_fields_get(&call->request.fields, name);
}

void fault_call_drop_field(struct fault_call *call, const char *name)
{
    size_t kept = 0;
    for (size_t i = 0; i < call->request.fields.count; i++) {
        if (!slice_eq_nocase(call->fields[i].name, slice_text(name)))
            call->fields[kept++] = call->fields[i];
    }
    call->request.fields.count = kept;
}

void fault_call_set_field(struct fault_call *call, const char *name, struct slice value)
{
    fault_call_drop_field(call, name);
    if (call->request.fields.count < COUNT_OF(call->fields))
        call->fields[call->request.fields.count++] =
            (struct http_field){ .name = slice_text(name), .value = value };
}

bool fault_call_parameter(const struct fault_call *call, const char *name, struct slice *ret_value)
{
    struct slice query = call->query;
    struct http_parameter parameter;
    while (http_target_parameter(&query, &parameter)) {
        if (!slice_is(parameter.name, name))
            continue;
        *ret_value = parameter.value;
        return true;
    }
    return false;
}

bool fault_call_has(const struct fault_call *call, const char *parameter)
{
    struct slice value;
    return fault_call_parameter(call, parameter, &value);
}

/* The target without that parameter, and with ${more} as its last one. */
static void write_target(struct fault_call *call, const char *without, struct slice more)
{
    struct http_target target = http_target_split(call->request.target);
    struct buf text = buf_bounded(LIMIT_TARGET);
    struct slice query = target.query;
    struct slice one;
    bool any = false;
    buf_add(&text, target.path);
    for (bool on = query.len > 0; on;) {
        struct slice name, value;
        on = slice_cut(query, '&', &one, &query);
        slice_cut(one, '=', &name, &value);
        if (slice_is(name, without))
            continue;
        buf_add_byte(&text, any ? '&' : '?');
        buf_add(&text, one);
        any = true;
    }
    if (more.len > 0) {
        buf_add_byte(&text, any ? '&' : '?');
        buf_add(&text, more);
    }
    struct slice copy = arena_copy(call->arena, buf_slice(&text));
    if (!text.failed && copy.len > 0)
        fault_call_set_target(call, copy);
    buf_free(&text);
}

void fault_call_drop_parameter(struct fault_call *call, const char *name)
{
    write_target(call, name, (struct slice){ 0 });
}

void fault_call_set_parameter(struct fault_call *call, const char *name, struct slice value)
{
    write_target(call, name, fault_call_text(call, "%s=%.*s", name, SLICE_FMT(value)));
}

void fault_call_set_target(struct fault_call *call, struct slice target)
{
    call->request.target = target;
    read_target(call);
}

void fault_call_set_body(struct fault_call *call, struct slice body)
{
    call->request.body = body;
    call->request.content_length = body.len;
    call->request.has_length = true;
}

void fault_call_answer(struct fault_call *call, int status, const char *json)
{
    struct http_reply *reply = call->reply;
    http_reply_clear(reply);
    reply->status = status;
    (void)http_reply_set_stamp(reply, "X-Weave-Timestamp", call->now);
    (void)http_reply_set_text(reply, "Content-Type", "application/json");
    (void)buf_add_text(&reply->body, json);
    call->answered = true;
}

struct slice fault_call_text(struct fault_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = need < 0 ? NULL : arena_alloc(call->arena, 1, (size_t)need + 1);
    if (text == NULL)
        return (struct slice){ 0 };
    va_start(args, format);
    (void)vsnprintf(text, (size_t)need + 1, format, args);
    va_end(args);
    return slice_of(text, (size_t)need);
}

/* The text of a key; false when it is too long for one. */
static bool write_key(char *ret_key, const char *format, va_list args)
{
    int len = vsnprintf(ret_key, FAULT_MEMORY_KEY, format, args);
    return len >= 0 && len < FAULT_MEMORY_KEY;
}

struct fault_cell *fault_call_cell(struct fault_call *call, const char *format, ...)
{
    char key[FAULT_MEMORY_KEY];
    va_list args;
    va_start(args, format);
    bool fits = write_key(key, format, args);
    va_end(args);
    return fits ? fault_memory_cell(call->memory, slice_text(key)) : NULL;
}

int64_t fault_call_count(struct fault_call *call, const char *format, ...)
{
    char key[FAULT_MEMORY_KEY];
    va_list args;
    va_start(args, format);
    bool fits = write_key(key, format, args);
    va_end(args);
    struct fault_cell *cell = fits ? fault_memory_cell(call->memory, slice_text(key)) : NULL;
    return cell == NULL ? 0 : ++cell->number;
}
