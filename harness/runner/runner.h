/* Runs cases against a target and says what it found. */
#ifndef SYNCSPEC_RUNNER_RUNNER_H
#define SYNCSPEC_RUNNER_RUNNER_H

#include "auth/token.h"
#include "base/rng.h"
#include "exchange/exchange.h"
#include "http/target.h"
#include "plan/plan.h"
#include "runner/baseline.h"
#include "runner/hook.h"
#include "verdict/verdict.h"

enum runner_auth {
    RUNNER_AUTH_SECRET,   /* mint tokens for users of our own making */
    RUNNER_AUTH_HAWK,     /* one account: a token and its key, given */
    RUNNER_AUTH_BASIC,    /* one account of APIs 1.1 and 1.0: a name and a password, given */
    RUNNER_AUTH_NAMES,    /* users of our own making that APIs 1.1 and 1.0 take: RUNNER_NAME and a
                             number, all with one password */
    RUNNER_AUTH_ACCOUNTS, /* accounts of our own making, of an accounts double that mints bearer
                             tokens for the token server */
    RUNNER_AUTH_BEARER,   /* one account of the token server: a bearer token and its X-KeyID */
};

enum { RUNNER_LIMITS = 6 };

/* One limit of /info/configuration. */
struct runner_limit {
    bool known;
    uint64_t value;
};

/* What a target tells of itself; all zero before it was asked. */
struct runner_told {
    struct runner_limit limits[RUNNER_LIMITS]; /* in the order of runner_limit_name */
    bool quota_known;
    uint64_t quota; /* bytes; 0: there is none */
};

/* "max_request_bytes", ...; NULL past the last. */
const char *runner_limit_name(size_t index);

/* What is certified, and with whose credentials. */
struct runner_target {
    const char *name; /* "built-in core" or the URL; for reports */
    struct http_url url;
    enum runner_auth auth;
    struct auth_secrets secrets;
    struct slice hawk_id, hawk_key; /* RUNNER_AUTH_HAWK */
    uint64_t uid;                   /* of that account */
    struct slice user, password;    /* RUNNER_AUTH_BASIC; RUNNER_AUTH_NAMES: the password */
    struct http_url accounts;       /* RUNNER_AUTH_ACCOUNTS: the double's URL */
    struct slice bearer, key_id;    /* RUNNER_AUTH_BEARER */
    uint64_t quota;                 /* bytes, when the target does not tell; 0: not known */
    bool wipe_account;              /* one account: its data may be deleted */
    const char *description;        /* file that the rest is from; NULL: none */
    struct runner_hook hooks[RUNNER_HOOKS];
    const char *const *declared; /* capabilities (cases/README.md, Needs) that it has to have */
    size_t declared_count;
    struct runner_limit limits[RUNNER_LIMITS]; /* that it has to report, or has without telling */
};

#define RUNNER_NAME "syncspec-"

/* Whether there is one account only, which every case uses. */
static inline bool runner_target_has_one(const struct runner_target *target)
{
    return target->auth == RUNNER_AUTH_HAWK || target->auth == RUNNER_AUTH_BASIC ||
           target->auth == RUNNER_AUTH_BEARER;
}

/* Whether users have names and passwords. */
static inline bool runner_target_has_names(const struct runner_target *target)
{
    return target->auth == RUNNER_AUTH_BASIC || target->auth == RUNNER_AUTH_NAMES;
}

/* Whether it is a token server. */
static inline bool runner_target_grants(const struct runner_target *target)
{
    return target->auth == RUNNER_AUTH_ACCOUNTS || target->auth == RUNNER_AUTH_BEARER;
}

struct runner_options {
    const char *api;           /* only cases of this one: "1.5", "1.1", "1.0", "token", "user" */
    const char *const *select; /* globs over case ids; none: all */
    size_t select_count;
    const char *const *skip;
    size_t skip_count;
    const char *const *needs; /* only cases that need one of these capabilities; none: all */
    size_t needs_count;
    const char *const *areas; /* globs over the folders of case files; none: all */
    size_t area_count;
    const char *const
        *requirements; /* globs over the requirements that a case decides; none: all */
    size_t requirement_count;
    enum verdict_level level; /* MUST: only cases whose first requirement is a must; SHOULD: also
                                 should; MAY: all */
    bool fail_fast;           /* no case is begun after one that failed unexpectedly */
    size_t min_checks;        /* fewer expectations than this are too few to say anything */
    int64_t budget_ms;        /* no case is begun after this time; 0: no bound */
    const struct runner_baseline *baseline; /* failures that are known; NULL: none */
    size_t retries;                         /* how often a case that failed is run again */
    size_t repeat;                          /* how often each case is run; 0: once */
    unsigned rate;                          /* requests a second at most; 0: no bound */
    bool keep_exchanges;                    /* also those of cases that pass */
    bool anonymous;                         /* requests do not say which case they are of */
    size_t jobs;              /* cases under way at once, not counting those that wait */
    int timeout_ms;           /* of one exchange */
    uint64_t seed;            /* order, user ids, nonces */
    uint64_t quota_budget;    /* bytes that may be sent to fill a quota */
    const char *replay;       /* command line up to the case selection, for verdict.replay */
    struct runner_told *told; /* what the first look finds is left here; may be NULL */
    /* Called when a case has ended; may be NULL. */
    void (*progress)(void *context, const struct verdict *verdict, size_t done, size_t total);
    /* Called when a case has got one more answer; may be NULL. */
    void (*heard)(void *context, const char *id, size_t requests);
    void *progress_context; /* of both */
};

struct runner_options runner_options_default(void);

/* Probes the target, runs the selected cases, cleans up what they left.  Never NULL but when out of
 * memory: a target that cannot be reached gives a run with setup_error.  Borrows from ${plan}; free
 * with runner_free_run before the plan. */
MUST_USE struct verdict_run *runner_run(const struct plan *plan, const struct runner_target *target,
                                        const struct runner_options *options,
                                        struct exchange *exchange);

void runner_free_run(struct verdict_run *run);

#endif
