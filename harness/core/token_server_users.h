/* Whom a token server knows: which account has which number on which node, with which keys.  Kept
 * in memory only: it is forgotten when the process ends. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_USERS_H
#define SYNCSPEC_CORE_TOKEN_SERVER_USERS_H

#include "core/token_server_nodes.h"

enum {
    CORE_TOKEN_STATE = 32,       /* characters of a client state */
    CORE_TOKEN_RECORDS = 100000, /* of all accounts together, by default */
    CORE_TOKEN_ACCOUNT = 64,     /* characters of an account's id */
};

/* What a request says of its sender. */
struct core_token_claim {
    struct slice account;     /* at most CORE_TOKEN_ACCOUNT characters */
    struct slice state;       /* the client state, hex; at most CORE_TOKEN_STATE; may be empty */
    uint64_t generation;      /* 0: not told */
    uint64_t keys_changed_at; /* 0: not told */
};

/* An account with one client state on one node.  A new state, or a move, makes a new record. */
struct core_token_record {
    struct core_token_record *older;    /* of the same account */
    struct core_token_record *same_uid; /* private: of the uid's bucket */
    uint64_t uid;
    uint64_t generation, keys_changed_at; /* the highest seen; 0: none */
    size_t node;                          /* index */
    bool replaced;                        /* to be assigned anew when the account asks next */
    char state[CORE_TOKEN_STATE];
    size_t state_len;
};

enum core_token_err {
    CORE_TOKEN_OK = 0,
    CORE_TOKEN_GENERATION,       /* lower than seen */
    CORE_TOKEN_KEYS_LOWER,       /* keys_changed_at lower than seen */
    CORE_TOKEN_KEYS_MISSING,     /* none, after one was seen */
    CORE_TOKEN_KEYS_NEWER,       /* raised past the generation that came with it */
    CORE_TOKEN_STATE_EMPTY,      /* none, after one was seen */
    CORE_TOKEN_STATE_STALE,      /* one that was replaced */
    CORE_TOKEN_STATE_GENERATION, /* a new one without a higher generation */
    CORE_TOKEN_STATE_KEYS,       /* a new one without a higher keys_changed_at */
    CORE_TOKEN_NO_NEW_USERS,
    CORE_TOKEN_NO_NODE, /* no node has a place */
    CORE_TOKEN_FULL,    /* out of memory, or of the records allowed */
};

struct core_token_users;

struct core_token_users_config {
    struct core_token_nodes nodes;
    struct slice secret; /* uids are derived from it, so that after a restart the same account with
                            the same state gets the same number, and no other account does */
    bool new_users;      /* whether unknown accounts are taken */
    size_t records;      /* at most so many; 0: CORE_TOKEN_RECORDS */
};

/* Copies ${config}.  NULL when out of memory. */
MUST_USE struct core_token_users *
core_token_users_new(const struct core_token_users_config *config);

/* The account's current record, made or brought up to date.  Unless CORE_TOKEN_OK, nothing has
 * changed.  The record is valid until the next call. */
MUST_USE enum core_token_err core_token_users_admit(struct core_token_users *users,
                                                    const struct core_token_claim *claim,
                                                    const struct core_token_record **ret_record);

/* The account is to be assigned anew: at its next request it gets another uid, on whichever node is
 * then the least loaded.  False when it is not known. */
bool core_token_users_replace(struct core_token_users *users, struct slice account);

/* Borrowed until core_token_users_free. */
struct core_token_nodes *core_token_users_nodes(struct core_token_users *users);

void core_token_users_free(struct core_token_users *users);

#endif
