#include "runner/request.h"

#include "runner/sign.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { TARGET_MAX = 1024 * 1024, VALUE_MAX = 1024 * 1024, RAW_MAX = 64 * 1024 * 1024 };

void runner_request_init(struct runner_request *request)
{
    *request = (struct runner_request){
        .endpoint = buf_bounded(TARGET_MAX),
        .target = buf_bounded(TARGET_MAX),
        .body = buf_bounded(RAW_MAX),
        .raw = buf_bounded(RAW_MAX),
        .bearer = buf_bounded(VALUE_MAX),
    };
    runner_grant_init(&request->grant);
    for (size_t i = 0; i < RUNNER_FIELDS; i++)
        request->texts[i] = buf_bounded(VALUE_MAX);
}

void runner_request_free(struct runner_request *request)
{
    buf_free(&request->endpoint);
    buf_free(&request->target);
    buf_free(&request->body);
    buf_free(&request->raw);
    buf_free(&request->bearer);
    runner_grant_free(&request->grant);
    for (size_t i = 0; i < RUNNER_FIELDS; i++)
        buf_free(&request->texts[i]);
}

static void clear(struct runner_request *request)
{
    buf_clear(&request->endpoint);
    buf_clear(&request->target);
    buf_clear(&request->body);
    buf_clear(&request->raw);
    request->count = 0;
}

/* Always false, so that a caller can return it. */
static bool complain(const struct runner_sending *sending, const char *what, const char *wrong)
{
    (void)snprintf(sending->wrong, sending->wrong_size, "%s: %s", what, wrong);
    return false;
}

/* The text buffer of the field of that name (any case), a new one when there is none yet; NULL
 * when there are too many. */
static struct buf *field_text(struct runner_request *request, const char *name)
{
    for (size_t i = 0; i < request->count; i++) {
        if (request->names[i] != NULL &&
            slice_eq_nocase(slice_text(request->names[i]), slice_text(name))) {
            request->names[i] = name;
            buf_clear(&request->texts[i]);
            return &request->texts[i];
        }
    }
    if (request->count == RUNNER_FIELDS)
        return NULL;
    request->names[request->count] = name;
    buf_clear(&request->texts[request->count]);
    return &request->texts[request->count++];
}

static bool set_field(struct runner_request *request, const char *name, const char *value)
{
    struct buf *text = field_text(request, name);
    return text != NULL && buf_add_text(text, value);
}

static void drop_field(struct runner_request *request, const char *name)
{
    for (size_t i = 0; i < request->count; i++) {
        if (request->names[i] != NULL &&
            slice_eq_nocase(slice_text(request->names[i]), slice_text(name)))
            request->names[i] = NULL;
    }
}

static struct slice field_value(const struct runner_request *request, const char *name)
{
    for (size_t i = 0; i < request->count; i++) {
        if (request->names[i] != NULL &&
            slice_eq_nocase(slice_text(request->names[i]), slice_text(name)))
            return buf_slice(&request->texts[i]);
    }
    return (struct slice){ 0 };
}

static bool add_usual_fields(struct runner_request *request, const struct runner_sending *sending,
                             const struct plan_step *step)
{
    const struct runner_world *world = sending->world;
    enum plan_body body = step->body;
    struct buf *key_id = &sending->accounts[runner_user_of(step->as)].key;
    static const char *const types[] = {
        [PLAN_BODY_NONE] = NULL,
        [PLAN_BODY_JSON] = "application/json",
        [PLAN_BODY_NEWLINES] = "application/newlines",
        [PLAN_BODY_TEXT] = NULL,
        [PLAN_BODY_HEX] = NULL,
    };
    if (!request->grant.given && runner_target_grants(world->target) &&
        !set_field(request, "X-KeyID", buf_text(key_id)))
        return false;
    return (request->grant.given || set_field(request, "Host", world->host)) &&
           set_field(request, "User-Agent", "syncspec/" SYNCSPEC_VERSION) &&
           (sending->correlation == NULL ||
            set_field(request, RUNNER_CORRELATION, sending->correlation)) &&
           (types[body] == NULL || set_field(request, "Content-Type", types[body]));
}

static bool add_step_fields(struct runner_request *request, const struct runner_sending *sending,
                            const struct plan_step *step)
{
    const char *name = NULL;
    const json_t *value = NULL;
    /* The iteration macro takes no const object, and changes nothing. */
    json_t *headers = (json_t *)(uintptr_t)step->headers;
    json_object_foreach(headers, name, value)
    {
        if (json_is_null(value)) {
            drop_field(request, name);
            continue;
        }
        struct buf *text = field_text(request, name);
        if (text == NULL)
            return complain(sending, name, "too many header fields");
        const char *wrong =
            plan_expand_text(sending->scope, json_string_value(value), PLAN_AS_IS, text);
        if (wrong != NULL)
            return complain(sending, name, wrong);
    }
    return true;
}

static bool names_authorization(const struct plan_step *step)
{
    const char *name = NULL;
    const json_t *value = NULL;
    json_t *headers = (json_t *)(uintptr_t)step->headers;
    json_object_foreach(headers, name, value)
    {
        if (slice_eq_nocase(slice_text(name), SLICE("Authorization")))
            return true;
    }
    return false;
}

/* Below what a token server named. */
static bool make_granted_endpoint(struct runner_request *request,
                                  const struct runner_sending *sending)
{
    const char *host = buf_text(&request->grant.host);
    if (!buf_add(&request->endpoint, request->grant.url.path) || host == NULL ||
        !set_field(request, "Host", host))
        return complain(sending, "the endpoint", "out of memory");
    return true;
}

static bool make_endpoint(struct runner_request *request, const struct runner_sending *sending,
                          enum runner_user user)
{
    if (request->grant.given)
        return make_granted_endpoint(request, sending);
    struct runner_account *account = &sending->accounts[user];
    account->used = true;
    if (!runner_account_endpoint(account, sending->world, &request->endpoint) ||
        !plan_scope_set(sending->scope, "endpoint", buf_slice(&request->endpoint)))
        return complain(sending, "the endpoint", "out of memory");
    return true;
}

static bool make_target(struct runner_request *request, const struct runner_sending *sending,
                        const struct plan_step *step)
{
    (void)buf_add(&request->target, step->from_root ? slice_text(sending->world->prefix)
                                                    : buf_slice(&request->endpoint));
    const char *wrong = plan_expand_text(sending->scope, step->target == NULL ? "" : step->target,
                                         PLAN_PERCENT_ENCODED, &request->target);
    return wrong == NULL ? true : complain(sending, "the target", wrong);
}

static bool make_body(struct runner_request *request, const struct runner_sending *sending,
                      const struct plan_step *step)
{
    const char *wrong =
        plan_expand_body(sending->scope, step->body, step->body_value, &request->body);
    return wrong == NULL ? true : complain(sending, "the body", wrong);
}

/* Credentials of every user: an `auth` may ask for those of another than the sender. */
static bool refresh_accounts(const struct runner_sending *sending)
{
    size_t users = runner_target_has_one(sending->world->target) ? 1 : RUNNER_USERS;
    for (size_t i = 0; i < users; i++) {
        if (!runner_account_refresh(&sending->accounts[i], sending->world, sending->rng))
            return complain(sending, "credentials", "out of memory");
    }
    return true;
}

static bool sign(struct runner_request *request, const struct runner_sending *sending,
                 const struct runner_signer *signer, const json_t *auth, const char *method)
{
    const struct runner_signable what = {
        .method = slice_text(method),
        .target = buf_slice(&request->target),
        .content_type = field_value(request, "Content-Type"),
        .body = buf_slice(&request->body),
    };
    struct buf header = buf_bounded(VALUE_MAX);
    const char *wrong = runner_sign(signer, auth, &what, &header);
    const char *value = buf_text(&header);
    if (wrong == NULL && value == NULL)
        wrong = "out of memory";
    if (wrong == NULL && header.len > 0 && !set_field(request, "Authorization", value))
        wrong = "too long";
    /* Raw bytes name the value; without one they name nothing. */
    if (wrong == NULL && !plan_scope_set(sending->scope, "authorization", buf_slice(&header)))
        wrong = "out of memory";
    buf_free(&header);
    return wrong == NULL ? true : complain(sending, "auth", wrong);
}

static bool sign_step(struct runner_request *request, const struct runner_sending *sending,
                      const struct plan_step *step)
{
    const struct runner_signer signer = {
        .world = sending->world,
        .accounts = sending->accounts,
        .sender = runner_user_of(step->as),
        .endpoint = buf_slice(&request->endpoint),
        .rng = sending->rng,
        .grant = request->grant.given ? &request->grant : NULL,
        .bearer = buf_slice(&request->bearer),
    };
    json_t *auth = NULL;
    if (step->auth != NULL) {
        const char *wrong = plan_expand_json(sending->scope, step->auth, &auth);
        if (wrong != NULL)
            return complain(sending, "auth", wrong);
    }
    bool signed_well = sign(request, sending, &signer, auth, step->method);
    json_decref(auth);
    return signed_well;
}

static void fill_call(struct runner_request *request, const char *method,
                      struct exchange_call *call)
{
    size_t sent = 0;
    for (size_t i = 0; i < request->count; i++) {
        if (request->names[i] == NULL)
            continue;
        request->fields[sent++] = (struct http_field){
            .name = slice_text(request->names[i]),
            .value = buf_slice(&request->texts[i]),
        };
    }
    call->request = (struct http_request){
        .method_text = slice_text(method),
        .target = buf_slice(&request->target),
        .minor = 1,
        .fields = { .at = request->fields, .count = sent },
        .body = buf_slice(&request->body),
        .content_length = request->body.len,
        .has_length = request->body.len > 0,
        .keep_alive = true,
    };
    call->request.method = HTTP_METHOD_OTHER;
    for (int known = HTTP_METHOD_GET; known < HTTP_METHOD_OTHER; known++) {
        if (strcmp(http_method_name((enum http_method)known), method) == 0)
            call->request.method = (enum http_method)known;
    }
    call->raw = buf_slice(&request->raw);
    call->elsewhere = request->grant.given ? &request->grant.url : NULL;
}

bool runner_request_make(struct runner_request *request, const struct runner_sending *sending,
                         const struct plan_step *step, struct exchange_call *call)
{
    enum runner_user user = runner_user_of(step->endpoint_of);
    if (user == RUNNER_USERS || runner_user_of(step->as) == RUNNER_USERS)
        return complain(sending, "as", "no such user");
    clear(request);
    const char *amiss = runner_grant_read(&request->grant, sending->scope, step->granted);
    if (amiss != NULL)
        return complain(sending, "what was granted", amiss);
    if (!refresh_accounts(sending) || !make_endpoint(request, sending, user) ||
        !make_target(request, sending, step) || !make_body(request, sending, step))
        return false;
    if (!add_usual_fields(request, sending, step))
        return complain(sending, "the header fields", "out of memory");
    /* Content-Type has its part in the signature; an Authorization of the step's own stands. */
    if (!add_step_fields(request, sending, step))
        return false;
    if (!names_authorization(step) && !sign_step(request, sending, step))
        return false;
    if (step->kind == PLAN_RAW) {
        const char *wrong = plan_expand_text(sending->scope, step->raw, PLAN_AS_IS, &request->raw);
        if (wrong != NULL)
            return complain(sending, "the raw bytes", wrong);
    }
    fill_call(request, step->method == NULL ? "GET" : step->method, call);
    call->splits = step->splits;
    call->split_count = step->split_count;
    return true;
}

bool runner_request_own(struct runner_request *request, const struct runner_sending *sending,
                        enum runner_user user, const char *const method_and_path[2],
                        struct exchange_call *call)
{
    bool from_root = method_and_path[1][0] == '^';
    const struct plan_step step = {
        .kind = PLAN_SEND,
        .as = user == RUNNER_ME      ? "me"
              : user == RUNNER_OTHER ? "other"
                                     : "third",
        .endpoint_of = user == RUNNER_ME      ? "me"
                       : user == RUNNER_OTHER ? "other"
                                              : "third",
        .method = method_and_path[0],
        .target = method_and_path[1] + (from_root ? 1 : 0),
        .from_root = from_root,
    };
    if (!runner_request_make(request, sending, &step, call))
        return false;
    if (!runner_target_has_names(sending->world->target))
        return true;
    /* Before 1.5 a DELETE of everything has to be confirmed; Basic signs no fields. */
    if (!set_field(request, "X-Confirm-Delete", "1"))
        return complain(sending, "the header fields", "out of memory");
    fill_call(request, method_and_path[0], call);
    return true;
}

bool runner_request_clean(struct runner_request *request, const struct runner_sending *sending,
                          enum runner_user user, struct exchange_call *call)
{
    static const char *const wipe[2] = { "DELETE", "/storage" };
    const struct runner_world *world = sending->world;
    if (runner_target_grants(world->target))
        return false;
    if (strcmp(world->options->api, "user") != 0)
        return runner_request_own(request, sending, user, wipe, call);
    struct buf path = buf_bounded(VALUE_MAX);
    bool made = buf_add_format(&path, "^/user/1.0/" RUNNER_NAME "%llu",
                               (unsigned long long)sending->accounts[user].uid);
    const char *const leave[2] = { "DELETE", buf_text(&path) };
    made = made && leave[1] != NULL && runner_request_own(request, sending, user, leave, call);
    buf_free(&path);
    return made;
}

bool runner_request_post(struct runner_request *request, const struct http_url *url,
                         const char *path, const json_t *body, struct exchange_call *call)
{
    char *text = json_dumps(body, JSON_COMPACT);
    clear(request);
    request->grant.given = false;
    bool made = text != NULL && buf_add(&request->target, url->path) &&
                buf_add_text(&request->target, path) && buf_add_text(&request->body, text) &&
                runner_url_host(url, field_text(request, "Host")) &&
                set_field(request, "Content-Type", "application/json");
    free(text); /* jansson's */
    fill_call(request, "POST", call);
    call->elsewhere = url;
    return made;
}
