/* What a fault makes of a bearer token. */
#ifndef SYNCSPEC_FAULT_VOUCHING_H
#define SYNCSPEC_FAULT_VOUCHING_H

#include "auth/bearer.h"
#include "fault/fault.h"
#include "fault/memory.h"

struct fault_vouching {
    const struct fault *fault;
    struct fault_memory *memory;
    struct slice token;
    int64_t now;
    struct buf *scratch;         /* for texts of the account; appended to */
    enum auth_bearer_err result; /* of the check; may be changed */
    struct auth_account account; /* likewise; the check's with AUTH_BEARER_OK */
};

/* What the token says of its account, whoever signed it; texts lie in ${scratch}, which has room.
 * False: it cannot be read. */
MUST_USE bool fault_vouching_read(struct slice token, struct buf *scratch,
                                  struct auth_account *ret_account);

/* Lets the account in that the token tells of, whoever signed it and until when.  What cannot be
 * read is not let in. */
void fault_vouching_let_in(struct fault_vouching *vouching);

/* For `vouch`: lets in what ended in the result of the row's number (enum auth_bearer_err). */
void fault_vouching_forgive(struct fault_vouching *vouching);

/* The cell of the fault's memory for the account and that key; NULL when out of memory. */
struct fault_cell *fault_vouching_cell(struct fault_vouching *vouching, const char *key);

#endif
