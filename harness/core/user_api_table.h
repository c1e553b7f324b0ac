/* The accounts of the User API: names, hashed passwords, addresses.  They are in memory, and in a
 * store that outlives the process where there is one. */
#ifndef SYNCSPEC_CORE_USER_API_TABLE_H
#define SYNCSPEC_CORE_USER_API_TABLE_H

#include "auth/digest.h"
#include "auth/password.h"
#include "auth/scheme.h"
#include "store/store.h"

enum {
    CORE_USERS_MAX = 10000, /* accounts, by default */
    CORE_USER_EMAIL = 254,  /* bytes of an address */
    CORE_USER_NODE = 256,   /* of a node's URL */
};

struct core_user {
    struct core_user *next; /* private */
    uint64_t uid;           /* of the storage: 53 bits of which the first is set and the others are
                               random, so it is none of a token server's and none given before */
    struct auth_password password;
    struct auth_password_known known; /* not kept beyond the process */
    uint8_t reset[AUTH_DIGEST];       /* SHA-256 of a reset code */
    int64_t reset_until;              /* stamp; 0: there is none */
    char email[CORE_USER_EMAIL];
    size_t email_len;
    char node[CORE_USER_NODE]; /* to which the user was moved */
    size_t node_len;           /* 0: this server */
    size_t name_len;
    char name[]; /* lower case */
};

struct core_users;

struct core_users_config {
    struct rng *rng;     /* borrowed; of salts and uids */
    uint8_t cost;        /* AUTH_PASSWORD_COST */
    size_t users;        /* at most so many; 0: CORE_USERS_MAX */
    struct store *store; /* borrowed; keeps the accounts beyond the process.  May be NULL */
};

/* Reads what the store keeps.  NULL when out of memory, or when that cannot be read. */
MUST_USE struct core_users *core_users_new(const struct core_users_config *config);

/* NULL when there is none of that name, whatever its case. */
struct core_user *core_users_find(const struct core_users *users, struct slice name);

/* What changes an account also keeps the change: when it returns false, nothing has changed (out of
 * memory, or the store could not). */

/* A new account, or NULL; also when there is no room.  The name is free and valid, the password at
 * most AUTH_PASSWORD_MAX bytes, the address at most CORE_USER_EMAIL. */
MUST_USE struct core_user *core_users_add(struct core_users *users, struct slice name,
                                          struct slice password, struct slice email);

/* Each of the two also ends a reset code. */
MUST_USE bool core_users_set_password(struct core_users *users, struct core_user *user,
                                      struct slice password);
MUST_USE bool core_users_set_email(struct core_users *users, struct core_user *user,
                                   struct slice email);

/* A reset code, of which the digest is given, until a stamp. */
MUST_USE bool core_users_set_reset(struct core_users *users, struct core_user *user,
                                   const uint8_t digest[AUTH_DIGEST], int64_t until);

/* At most CORE_USER_NODE bytes; empty: this server. */
MUST_USE bool core_users_set_node(struct core_users *users, struct core_user *user,
                                  struct slice node);

bool core_users_remove(struct core_users *users, struct core_user *user);

/* Whose password is it?  AUTH_OK, AUTH_BAD_MAC or AUTH_BUSY; an unknown name takes as long as a
 * wrong password.  As auth_basic_config wants it: ${context} is a struct core_users. */
enum auth_result core_users_check(void *context, struct slice name, struct slice password,
                                  struct auth_identity *ret_identity);

/* The same for a storage node, of which those who were moved to another are no users:
 * AUTH_WRONG_NODE. */
enum auth_result core_users_check_here(void *context, struct slice name, struct slice password,
                                       struct auth_identity *ret_identity);

/* core_users_free(NULL) does nothing. */
void core_users_free(struct core_users *users);

#endif
