/* The store's calls as a fault's hooks get them: the transaction is one of these. */
#ifndef SYNCSPEC_FAULT_TXN_H
#define SYNCSPEC_FAULT_TXN_H

#include "base/arena.h"
#include "fault/fault.h"
#include "fault/memory.h"
#include "store/store.h"

struct fault_txn {
    struct store_txn base;
    struct store_txn *inner; /* to hand a call on: store_put(txn->inner, ...) */
    const struct fault *fault;
    struct fault_memory *memory;
    uint64_t uid;
    enum store_access access;
    int64_t now;
    int64_t started;     /* when the server was last started again; 0: it was not */
    bool on;             /* the request is one that the fault sees */
    bool put;            /* it is a PUT */
    struct arena *arena; /* for texts; NULL until one is wanted */
};

static inline struct fault_txn *fault_txn_of(struct store_txn *txn)
{
    return CONTAINER_OF(txn, struct fault_txn, base);
}

/* The cell of the fault's memory for that user and key; NULL when out of memory. */
struct fault_cell *fault_txn_cell(struct fault_txn *txn, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How often it was asked for that key, this time included. */
int64_t fault_txn_count(struct fault_txn *txn, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A copy of the bytes, or room for ${len} of them, that lives as long as the transaction; empty
 * when out of memory. */
struct slice fault_txn_copy(struct fault_txn *txn, struct slice bytes);
uint8_t *fault_txn_room(struct fault_txn *txn, size_t len);

#endif
