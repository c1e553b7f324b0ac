#include "runner/bearer.h"

#include "record/scan.h"
#include "runner/values.h"

#include <stdio.h>
#include <strings.h>

static const char path[] = "/accounts-double/token";

static const json_t *recipe_of(const struct plan_step *step)
{
    return json_object_get(step->auth, "bearer");
}

static bool names_authorization(const json_t *headers)
{
    const char *name = NULL;
    const json_t *value = NULL;
    json_object_foreach((json_t *)(uintptr_t)headers, name, value)
    {
        if (strcasecmp(name, "Authorization") == 0)
            return true;
    }
    return false;
}

bool runner_bearer_wanted(const struct runner_sending *sending, const struct plan_step *step)
{
    const struct runner_world *world = sending->world;
    if (world->target->auth != RUNNER_AUTH_ACCOUNTS || step->granted != NULL ||
        names_authorization(step->headers))
        return false;
    if (step->auth != NULL)
        return recipe_of(step) != NULL;
    return runner_account_wants_bearer(&sending->accounts[runner_user_of(step->as)], world);
}

/* Always false, so that a caller can return it. */
static bool complain(const struct runner_sending *sending, const char *wrong)
{
    (void)snprintf(sending->wrong, sending->wrong_size, "the bearer token: %s", wrong);
    return false;
}

/* A capture makes a text of it, and the double wants a number. */
static bool set_generation(json_t *order)
{
    const json_t *text = json_object_get(order, "generation");
    int64_t number;
    if (text == NULL)
        return true;
    return runner_value_integer(text, &number) &&
           json_object_set_new(order, "generation", json_integer(number)) == 0;
}

bool runner_bearer_ask(struct runner_request *request, const struct runner_sending *sending,
                       const struct plan_step *step, struct exchange_call *call)
{
    const struct runner_account *account = &sending->accounts[runner_user_of(step->as)];
    const json_t *recipe = recipe_of(step);
    char id[RUNNER_ACCOUNT_ID];
    json_t *order = NULL;
    runner_account_id(account, id);
    const char *wrong = recipe == NULL ? NULL : plan_expand_json(sending->scope, recipe, &order);
    if (wrong != NULL)
        return complain(sending, wrong);
    if (order == NULL)
        order = json_object();
    (void)json_object_del(order, "damage"); /* these two are done to what comes */
    (void)json_object_del(order, "scheme");
    bool made = json_object_set_new(order, "uid", json_string(id)) == 0 && set_generation(order) &&
                runner_request_post(request, &sending->world->target->accounts, path, order, call);
    json_decref(order);
    return made || complain(sending, "its generation is no number, or out of memory");
}

/* Changes a JSON Web Token, header.payload.signature, in one way. */
static bool damage(struct buf *token, const char *how)
{
    struct slice text = buf_slice(token);
    size_t first = slice_find(text, '.');
    size_t second = first + 1 + slice_find(slice_from(text, first + 1), '.');
    if (second + 2 >= text.len)
        return false;
    if (strcmp(how, "truncate") == 0) {
        buf_truncate(token, second);
        return true;
    }
    /* Not the last character: some of its bits may mean nothing. */
    uint8_t *byte = &token->ptr[strcmp(how, "payload") == 0 ? first + 2 : second + 2];
    *byte = *byte == 'A' ? 'B' : 'A';
    return true;
}

static bool take_text(struct runner_request *request, const struct runner_sending *sending,
                      const struct plan_step *step, struct slice text)
{
    const json_t *recipe = recipe_of(step);
    const char *how = json_string_value(json_object_get(recipe, "damage"));
    if (recipe == NULL)
        return runner_account_take_bearer(&sending->accounts[runner_user_of(step->as)],
                                          sending->world, text);
    return buf_add(&request->bearer, text) && (how == NULL || damage(&request->bearer, how));
}

bool runner_bearer_take(struct runner_request *request, const struct runner_sending *sending,
                        const struct plan_step *step, const struct exchange_call *call)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    buf_clear(&request->bearer);
    if (call->outcome != EXCHANGE_ANSWERED || call->answer.status != 200)
        return complain(sending, "the accounts double does not give one: is --auth accounts:URL "
                                 "that of `syncspec serve --accounts`?");
    if (record_scan_pointer(call->answer.body, SLICE("/access_token"), &raw, &offset) !=
            RECORD_SCAN_STRING ||
        !take_text(request, sending, step, slice_of(raw.ptr + 1, raw.len - 2)))
        return complain(sending, "what the accounts double gives is none");
    return true;
}
