/* Whom a token server knows: which account has which number on which node, with which keys.  It is
 * in memory, and in a store that outlives the process where there is one. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_USERS_H
#define SYNCSPEC_CORE_TOKEN_SERVER_USERS_H

#include "core/token_server_nodes.h"
#include "store/store.h"

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
    struct core_token_record *older;      /* of the same account */
    struct core_token_record *same_uid;   /* private: of the uid's bucket */
    uint64_t uid;                         /* never given to anybody else */
    uint64_t number;                      /* of those of its account; the first is 1 */
    uint64_t generation, keys_changed_at; /* the highest seen; 0: none */
    size_t node;   /* index; the count of nodes: one that is not configured any more */
    bool replaced; /* to be assigned anew when the account asks next */
    bool moved;    /* by an administrator: its node refuses the uid */
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
    struct store *store; /* borrowed; keeps what is known beyond the process.  May be NULL */
};

/* Copies ${config}, and reads what the store keeps.  NULL when out of memory, or when that cannot
 * be read. */
MUST_USE struct core_token_users *
core_token_users_new(const struct core_token_users_config *config);

/* The account's current record, made or brought up to date, and kept.  Unless CORE_TOKEN_OK,
 * nothing has changed.  The record is valid until the next call. */
MUST_USE enum core_token_err core_token_users_admit(struct core_token_users *users,
                                                    const struct core_token_claim *claim,
                                                    const struct core_token_record **ret_record);

enum core_token_move { CORE_TOKEN_MOVED = 0, CORE_TOKEN_UNKNOWN, CORE_TOKEN_NOT_KEPT };

/* Moves the account: its uid is refused from now on (core_token_users_moved), and at its next
 * request it gets another one, on the least loaded node; on one that it is not on now, where there
 * is a choice. */
enum core_token_move core_token_users_move(struct core_token_users *users, struct slice account);

/* Whether the uid is one whose account was moved away from it. */
bool core_token_users_moved(const struct core_token_users *users, uint64_t uid);

/* The account's current uid; 0 when it is not known. */
uint64_t core_token_users_uid(const struct core_token_users *users, struct slice account);

/* Sets a node's state, and keeps it.  CORE_TOKEN_UNKNOWN: there is no node of that URL. */
enum core_token_move core_token_users_set_node(struct core_token_users *users, struct slice url,
                                               enum core_token_node_state state);

/* Borrowed until core_token_users_free. */
struct core_token_nodes *core_token_users_nodes(struct core_token_users *users);

void core_token_users_free(struct core_token_users *users);

#endif
