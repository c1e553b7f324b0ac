/* Servers that are wrong on purpose: named faults, each a decorator around the untouched core.  A
 * fault is a row of one of the tables of this folder; catalogue.c lists the tables.  To add one: a
 * row in the table of its area and, where no ready hook of hooks.h does it, a function of a few
 * lines. */
#ifndef SYNCSPEC_FAULT_FAULT_H
#define SYNCSPEC_FAULT_FAULT_H

#include "auth/scheme.h"
#include "core/config.h"
#include "store/ops.h"

struct fault;
struct fault_call;
struct fault_judging;
struct fault_vouching; /* vouching.h */
struct fault_keeping;  /* keeping.h */
struct fault_wire;     /* wire.h */
struct fault_txn;

enum { FAULT_BREAKS = 6, FAULT_PARTS = 8, FAULT_SET_MAX = 8 };

/* Which requests a fault is about, for `on`: methods and resources; none of a kind means all of
 * it. */
enum fault_on {
    FAULT_GET = 1 << 0,
    FAULT_HEAD = 1 << 1,
    FAULT_PUT = 1 << 2,
    FAULT_POST = 1 << 3,
    FAULT_DELETE = 1 << 4,
    FAULT_OTHER = 1 << 5, /* any other method */
    FAULT_METHODS = FAULT_GET | FAULT_HEAD | FAULT_PUT | FAULT_POST | FAULT_DELETE | FAULT_OTHER,
    FAULT_WRITES = FAULT_PUT | FAULT_POST | FAULT_DELETE,
    FAULT_ITEM = 1 << 8,        /* storage/<collection>/<id> */
    FAULT_COLLECTION = 1 << 9,  /* storage/<collection> */
    FAULT_EVERYTHING = 1 << 10, /* storage, or the endpoint itself */
    FAULT_INFO = 1 << 11,       /* info/... */
    FAULT_TOKEN = 1 << 12,      /* /1.0/sync/..., of a token server */
    FAULT_ACCOUNT = 1 << 13,    /* /user/1.0/<name>[/<instruction>], of the User API */
    FAULT_ELSEWHERE = 1 << 14,  /* what is none of these */
    FAULT_RESOURCES = FAULT_ITEM | FAULT_COLLECTION | FAULT_EVERYTHING | FAULT_INFO | FAULT_TOKEN |
                      FAULT_ACCOUNT | FAULT_ELSEWHERE,
};

typedef void fault_hook(struct fault_call *call);

/* A row.  Hooks that are NULL leave their place as it is; one that cannot act, as memory is out,
 * does nothing.  What a hook remembers is in its fault's memory (memory.h), never in statics. */
struct fault {
    const char *name;   /* a slug, never reused */
    const char *what;   /* one sentence: what it breaks, as a real implementation would */
    const char *impact; /* what a client suffers; NULL: nothing, it is conformant */
    /* The ids of the requirements that it breaks, the one that it is about first.  Of a conformant
     * fault, NULL. */
    const char *breaks[FAULT_BREAKS];
    /* Why the cases only warn of it, though a must is broken: then a warning kills it. */
    const char *warned;
    bool conformant; /* the protocol allows it: nothing may `fail` for it */
    const char *api; /* whose cases are run; NULL: "1.5" */
    /* The names of the faults that it is made of, instead of hooks.  Neither may hide the other. */
    const char *parts[FAULT_PARTS];

    unsigned on; /* enum fault_on: which requests the hooks see, but `now`, `configure`, `guard`
                    and those of `store` */
    const char *info;  /* of info/... only that one; of an account only that instruction */
    const char *given; /* only requests with that parameter in their query */
    bool (*when)(struct fault_call *call); /* only requests of which it says so */
    int64_t every;      /* of all these only each so-manieth of a user; 0: every one */
    int status;         /* and which replies `after` sees; 2: all of 2xx; 0: all */
    const char *text;   /* for its hooks */
    const char *other;  /* likewise */
    int64_t number;     /* likewise */
    fault_hook *before; /* may change the request, or answer it */
    fault_hook *after;  /* may change the reply */
    /* May change an update on its way into the store, by PUT, POST or a batch. */
    void (*bend)(struct fault_txn *txn, struct record_update *update);
    /* May change a record, or a collection, as it is read; false: it is not there. */
    bool (*show)(struct fault_txn *txn, struct slice collection, struct record_bso *bso);
    bool (*tell)(struct fault_txn *txn, struct store_collection *collection);
    /* Whose data a transaction gets, in the place of the user's own. */
    uint64_t (*whose)(struct fault_txn *txn);
    /* The time that a transaction of the store is told instead of ${now}. */
    int64_t (*sees)(const struct fault *fault, int64_t now);
    /* Other calls of the store that it answers; fault_txn_of (txn.h) gives the transaction below.
     * They come in the place of those hooks above that change what goes through the call. */
    struct store_ops store;
    /* Writes to ${out} what is understood instead of the bytes that came; false: just these.  Only
     * in process, where requests are read from bytes one by one. */
    bool (*hear)(const struct fault_wire *wire, struct buf *out);
    /* The time that the core is told instead of ${now}. */
    int64_t (*now)(const struct fault *fault, int64_t now);
    /* May change what the scheme said of who is asking (judging.h). */
    void (*judge)(struct fault_judging *judging);
    /* May change what the check of a bearer token said (vouching.h). */
    void (*vouch)(struct fault_vouching *vouching);
    /* Rows that services keep beyond the process (keeping.h), whatever the request: may change one
     * on its way into the store, or as it is read when the server starts; false: it is not kept,
     * or not there.  One that is to go, false: stays. */
    bool (*keep)(struct fault_keeping *keeping);
    bool (*recall)(struct fault_keeping *keeping);
    bool (*forget)(struct fault_keeping *keeping);
    /* What the operator set, while clients are told of it as it was (but for what `after` does). */
    void (*configure)(const struct fault *fault, struct core_config *config);
    void (*guard)(const struct fault *fault, struct auth_hawk_config *config);
};

/* The rows, one after the other; NULL past the last. */
const struct fault *fault_at(size_t index);
const struct fault *fault_find(struct slice name);

/* "1.5": whose cases are run against it. */
const char *fault_api(const struct fault *fault);

/* Faults that are in force together.  Zeroed: none. */
struct fault_set {
    const struct fault *at[FAULT_SET_MAX];
    size_t count;
};

/* Adds the fault of that name, or what it is made of.  NULL, or what is wrong (static text). */
MUST_USE const char *fault_set_add(struct fault_set *set, struct slice name);

#endif
