/* The tables of the catalogue, each in the file of its area. */
#ifndef SYNCSPEC_FAULT_AREA_H
#define SYNCSPEC_FAULT_AREA_H

#include "fault/fault.h"

struct fault_area {
    const struct fault *rows;
    size_t count;
};

#define FAULT_AREA(table)                                                                          \
    {                                                                                              \
        (table), sizeof(table) / sizeof((table)[0])                                                \
    }

extern const struct fault_area fault_precondition, fault_timestamps, fault_batch, fault_uploads,
    fault_paging, fault_lists, fault_fields, fault_payload, fault_ttl, fault_ids, fault_post,
    fault_delete, fault_limits, fault_quota, fault_info, fault_replies, fault_formats, fault_auth,
    fault_tokens, fault_names, fault_levels, fault_edges, fault_queries, fault_caches, fault_turns,
    fault_races, fault_odd, fault_wires, fault_restarts, fault_devices, fault_former,
    fault_former_queries, fault_former_writes, fault_former_replies, fault_oldest,
    fault_token_requests, fault_token_replies, fault_token_states, fault_accounts,
    fault_account_changes, fault_allowed, fault_allowed_beside;

#endif
