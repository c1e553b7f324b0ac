#include "fault/judging.h"

#include "base/alloc.h"
#include "fault/layer.h"

void fault_judging_let_in(struct fault_judging *judging)
{
    if (!judging->has_path_user)
        return;
    judging->identity.uid = judging->path_user;
    judging->result = AUTH_OK;
}

void fault_judging_forgive(struct fault_judging *judging)
{
    if ((int64_t)judging->result == judging->fault->number)
        fault_judging_let_in(judging);
}

/* The cell of a user's name. */
static struct fault_cell *name_cell(struct fault_judging *judging, struct slice name)
{
    AUTO(buf_free) struct buf key = buf_bounded(FAULT_MEMORY_KEY);
    buf_add_text(&key, "uid of ");
    buf_add(&key, name);
    return key.failed ? NULL : fault_memory_cell(judging->memory, buf_slice(&key));
}

/* What stands behind the version: a number, or a name, whose number is known once it was let in. */
static void read_user(struct fault_judging *judging, struct slice target)
{
    struct slice path = http_target_split(target).path;
    struct slice segment, user;
    while (http_target_segment(&path, &segment)) {
        bool by_name = slice_is(segment, "1.1") || slice_is(segment, "1.0");
        if ((!by_name && !slice_is(segment, "1.5")) || !http_target_segment(&path, &user))
            continue;
        if (by_name)
            judging->name = user;
        else
            judging->has_path_user = slice_to_u64(user, &judging->path_user);
        break;
    }
    const struct fault_cell *cell =
        judging->name.len > 0 ? name_cell(judging, judging->name) : NULL;
    if (cell == NULL || cell->number == 0)
        return;
    judging->has_path_user = true;
    judging->path_user = (uint64_t)cell->number;
}

static void note_name(struct fault_judging *judging)
{
    struct fault_cell *cell = judging->name.len > 0 && judging->result == AUTH_OK
                                  ? name_cell(judging, judging->name)
                                  : NULL;
    if (cell != NULL)
        cell->number = (int64_t)judging->identity.uid;
}

/* The path and query as the client sent them: the part before what the core got is the public
 * prefix, which the client may have left out. */
static struct slice signed_target(const struct fault_judging *judging, struct slice core_target,
                                  struct slice given, struct buf *text)
{
    size_t prefix = slice_ends(given, core_target) ? given.len - core_target.len : 0;
    buf_add(text, slice_head(given, prefix));
    buf_add(text, judging->request->target);
    return text->failed ? given : buf_slice(text);
}

static enum auth_result check(struct auth_scheme *base, const struct http_request *request,
                              const struct auth_origin *origin, int64_t now,
                              struct auth_identity *ret_identity)
{
    struct fault_scheme *scheme = CONTAINER_OF(base, struct fault_scheme, base);
    struct fault_layer *layer = scheme->layer;
    const struct fault_outside *outside = layer->outside;
    struct fault_judging judging = {
        .fault = layer->fault,
        .memory = &layer->memory,
        .request = outside->request == NULL ? request : outside->request,
        .now = now,
    };
    AUTO(buf_free) struct buf text = buf_bounded((size_t)2 * LIMIT_TARGET);
    struct auth_origin sent = *origin;
    if (judging.request->target.ptr != request->target.ptr)
        sent.target = signed_target(&judging, request->target, origin->target, &text);
    judging.origin = &sent;
    read_user(&judging, request->target);
    if (outside->trusted && judging.has_path_user) {
        ret_identity->uid = judging.path_user;
        return AUTH_OK;
    }
    judging.result =
        auth_check(scheme->inner, judging.request, judging.origin, now, &judging.identity);
    note_name(&judging);
    if (layer->fault->judge != NULL && layer->concerned)
        layer->fault->judge(&judging);
    *ret_identity = judging.identity;
    return judging.result;
}

static void keep(struct auth_scheme *scheme)
{
    (void)scheme; /* the layer's; what it stands before is freed by its owner */
}

struct auth_scheme *fault_scheme_around(struct fault_layer *layer, struct fault_scheme *scheme,
                                        struct auth_scheme *inner)
{
    if (inner == NULL)
        return NULL;
    *scheme = (struct fault_scheme){
        .base.ops = &scheme->ops,
        .inner = inner,
        .ops = { .name = inner->ops->name, .check = check, .free = keep },
        .layer = layer,
    };
    return &scheme->base;
}
