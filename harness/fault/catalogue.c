#include "fault/area.h"

/* An area: its file, and a line here. */
static const struct fault_area *const areas[] = {
    &fault_precondition,  &fault_timestamps,
    &fault_batch,         &fault_uploads,
    &fault_paging,        &fault_lists,
    &fault_fields,        &fault_payload,
    &fault_ttl,           &fault_ids,
    &fault_post,          &fault_delete,
    &fault_limits,        &fault_quota,
    &fault_info,          &fault_replies,
    &fault_formats,       &fault_auth,
    &fault_tokens,        &fault_names,
    &fault_levels,        &fault_edges,
    &fault_queries,       &fault_caches,
    &fault_turns,         &fault_races,
    &fault_odd,           &fault_wires,
    &fault_restarts,      &fault_devices,
    &fault_former,        &fault_former_queries,
    &fault_former_writes, &fault_former_replies,
    &fault_oldest,        &fault_token_requests,
    &fault_token_replies, &fault_token_states,
    &fault_accounts,      &fault_account_changes,
    &fault_allowed,       &fault_allowed_beside,
};

const struct fault *fault_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(areas); i++) {
        if (index < areas[i]->count)
            return &areas[i]->rows[index];
        index -= areas[i]->count;
    }
    return NULL;
}

const struct fault *fault_find(struct slice name)
{
    const struct fault *fault = NULL;
    for (size_t i = 0; (fault = fault_at(i)) != NULL; i++) {
        if (slice_is(name, fault->name))
            break;
    }
    return fault;
}

const char *fault_api(const struct fault *fault)
{
    return fault->api == NULL ? "1.5" : fault->api;
}

static const char *add(struct fault_set *set, const struct fault *fault)
{
    if (set->count == FAULT_SET_MAX)
        return "that are more faults than go together";
    set->at[set->count++] = fault;
    return NULL;
}

const char *fault_set_add(struct fault_set *set, struct slice name)
{
    const struct fault *fault = fault_find(name);
    if (fault == NULL)
        return "there is no fault of that name; `syncspec list faults` tells them";
    if (fault->parts[0] == NULL)
        return add(set, fault);
    const char *wrong = NULL;
    for (size_t i = 0; wrong == NULL && i < FAULT_PARTS && fault->parts[i] != NULL; i++) {
        const struct fault *part = fault_find(slice_text(fault->parts[i]));
        wrong = part == NULL || part->parts[0] != NULL
                    ? "the fault is made of one that is not there"
                    : add(set, part);
    }
    return wrong;
}
