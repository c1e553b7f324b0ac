/* What a fault makes of who is asking. */
#ifndef SYNCSPEC_FAULT_JUDGING_H
#define SYNCSPEC_FAULT_JUDGING_H

#include "auth/scheme.h"
#include "fault/fault.h"
#include "fault/memory.h"

struct fault_judging {
    const struct fault *fault;
    struct fault_memory *memory;
    const struct http_request *request; /* as it came */
    const struct auth_origin *origin;   /* likewise */
    int64_t now;
    struct slice name; /* in the path, where users have names */
    bool has_path_user;
    uint64_t path_user;            /* the uid in the path, when that is a number, or of the name */
    enum auth_result result;       /* of the scheme; may be changed */
    struct auth_identity identity; /* likewise; the scheme's with AUTH_OK and AUTH_EXPIRED */
};

/* Lets the request in as the user that the path names. */
void fault_judging_let_in(struct fault_judging *judging);

/* For `judge`: lets in what ended in the result of the row's number (enum auth_result). */
void fault_judging_forgive(struct fault_judging *judging);

#endif
