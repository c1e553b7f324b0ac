/* The accounts of the User API: names, hashed passwords, addresses.  Kept in memory only. */
#ifndef SYNCSPEC_CORE_USER_API_TABLE_H
#define SYNCSPEC_CORE_USER_API_TABLE_H

#include "auth/digest.h"
#include "auth/password.h"
#include "auth/scheme.h"

enum {
    CORE_USERS_MAX = 10000, /* accounts, by default */
    CORE_USER_EMAIL = 254,  /* bytes of an address */
};

struct core_user {
    struct core_user *next; /* private */
    uint64_t uid;           /* of the storage: random, never given twice */
    struct auth_password password;
    uint8_t reset[AUTH_DIGEST]; /* SHA-256 of a reset code */
    int64_t reset_until;        /* stamp; 0: there is none */
    char email[CORE_USER_EMAIL];
    size_t email_len;
    size_t name_len;
    char name[]; /* lower case */
};

struct core_users;

struct core_users_config {
    struct rng *rng; /* borrowed; of salts and uids */
    uint8_t cost;    /* AUTH_PASSWORD_COST */
    size_t users;    /* at most so many; 0: CORE_USERS_MAX */
};

/* NULL when out of memory. */
MUST_USE struct core_users *core_users_new(const struct core_users_config *config);

/* NULL when there is none of that name, whatever its case. */
struct core_user *core_users_find(const struct core_users *users, struct slice name);

/* A new account without an address, or NULL when there is no room or memory.  The name is free and
 * valid, the password at most AUTH_PASSWORD_MAX bytes. */
MUST_USE struct core_user *core_users_add(struct core_users *users, struct slice name,
                                          struct slice password);

/* False when out of memory; the old password then stays. */
MUST_USE bool core_users_set_password(struct core_users *users, struct core_user *user,
                                      struct slice password);

void core_users_remove(struct core_users *users, struct core_user *user);

/* Whose password is it?  AUTH_OK, AUTH_BAD_MAC or AUTH_BUSY; an unknown name takes as long as a
 * wrong password.  As auth_basic_config wants it: ${context} is a struct core_users. */
enum auth_result core_users_check(void *context, struct slice name, struct slice password,
                                  struct auth_identity *ret_identity);

/* core_users_free(NULL) does nothing. */
void core_users_free(struct core_users *users);

#endif
