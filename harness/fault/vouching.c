#include "fault/vouching.h"

#include "auth/members.h"
#include "auth/unpadded.h"
#include "fault/layer.h"

static const struct auth_member rows[] = {
    { SLICE_INIT("sub"), AUTH_MEMBER_TEXT, offsetof(struct auth_account, id) },
    { SLICE_INIT("fxa-generation"), AUTH_MEMBER_COUNT, offsetof(struct auth_account, generation) },
};
static const struct auth_members members = { rows, COUNT_OF(rows) };

/* The claims of a JSON Web Token. */
bool fault_vouching_read(struct slice token, struct buf *scratch, struct auth_account *ret_account)
{
    struct slice claims, rest;
    size_t from = scratch->len;
    uint32_t seen;
    slice_cut(token, '.', &claims, &rest);
    slice_cut(rest, '.', &claims, &rest);
    return buf_reserve(scratch, 2 * token.len) && auth_unpadded_decode(claims, scratch) &&
           auth_members_read(slice_from(buf_slice(scratch), from), &members, scratch, ret_account,
                             &seen);
}

void fault_vouching_let_in(struct fault_vouching *vouching)
{
    struct auth_account account = { .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    if (!fault_vouching_read(vouching->token, vouching->scratch, &account))
        return;
    vouching->account = account;
    vouching->result = AUTH_BEARER_OK;
}

void fault_vouching_forgive(struct fault_vouching *vouching)
{
    if ((int64_t)vouching->result == vouching->fault->number)
        fault_vouching_let_in(vouching);
}

struct fault_cell *fault_vouching_cell(struct fault_vouching *vouching, const char *key)
{
    AUTO(buf_free) struct buf text = buf_bounded(FAULT_MEMORY_KEY);
    buf_add(&text, vouching->account.id);
    buf_add_byte(&text, ' ');
    buf_add_text(&text, key);
    return text.failed ? NULL : fault_memory_cell(vouching->memory, buf_slice(&text));
}

static enum auth_bearer_err check(struct auth_bearer *base, struct slice token, int64_t now,
                                  struct buf *scratch, struct auth_account *ret_account)
{
    struct fault_bearer *bearer = CONTAINER_OF(base, struct fault_bearer, base);
    struct fault_layer *layer = bearer->layer;
    struct fault_vouching vouching = {
        .fault = layer->fault,
        .memory = &layer->memory,
        .token = token,
        .now = now,
        .scratch = scratch,
    };
    vouching.result = auth_bearer_check(bearer->inner, token, now, scratch, &vouching.account);
    if (layer->fault->vouch != NULL && layer->concerned)
        layer->fault->vouch(&vouching);
    *ret_account = vouching.account;
    return vouching.result;
}

static void keep(struct auth_bearer *bearer)
{
    (void)bearer; /* the layer's; what it stands before is freed by its owner */
}

static const struct auth_bearer_ops ops = { .check = check, .free = keep };

struct auth_bearer *fault_bearer_around(struct fault_layer *layer, struct auth_bearer *inner)
{
    if (inner == NULL)
        return NULL;
    layer->bearer = (struct fault_bearer){ .base.ops = &ops, .inner = inner, .layer = layer };
    return &layer->bearer.base;
}
