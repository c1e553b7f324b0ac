/* A whole server, composed as `serve` does it: token server, User API and accounts double, and
 * storage for whom the first two know.
 *
 * It is spoken to by HTTP requests.  Some that no client sends are orders of those who run it:
 *   RESTART /                  all is closed, and opened again over what was kept
 *   WAIT /<seconds>            later
 *   STARVE /<n>                the n-th allocation of the next request or order fails
 *   REFUSE /                   the next change is not kept
 *   MOVE /<account>            away from its node
 *   MOVE /<user>?<url>         the user of the User API, to that node
 *   NODE /<state>?<url>        up, backoff, down or gone
 *   QUOTA /<user>?<bytes>      of that user alone; without a number, the usual one again
 * And some values stand for what clients were told before: `Authorization: Hawk` is signed with the
 * last token, `Authorization: Bearer last` and the body `last` have the last one of the accounts
 * double, and `X-Weave-Password-Reset: mailed` the last code. */
#ifndef SYNCSPEC_FUZZ_SERVICES_WORLD_H
#define SYNCSPEC_FUZZ_SERVICES_WORLD_H

#include "core/accounts.h"
#include "core/core.h"
#include "core/token_server.h"
#include "core/user_api.h"
#include "fuzz/rows.h"

#define SERVICES_SECRET "TED KOPPEL IS A ROBOT"
#define SERVICES_START  INT64_C(170000000000)
#define SERVICES_PATH   "/prefix" /* of the public URL, where there is one */

/* What the last byte of an input chooses. */
enum services_how {
    SERVICES_CLOSED = 1,    /* nobody new gets a node */
    SERVICES_FULL = 2,      /* two have a place */
    SERVICES_SILENT = 4,    /* no mail is sent */
    SERVICES_CAPTCHA = 8,   /* a captcha is asked for */
    SERVICES_PREFIX = 16,   /* a public URL with a path */
    SERVICES_ACCOUNTS = 32, /* bearers have the double's tokens, else <account>.<generation> */
    SERVICES_LENIENT = 64,  /* replays and any clock are borne */
    SERVICES_QUOTA = 128,
};

struct services {
    uint8_t how;
    bool restarts;  /* else RESTART does nothing */
    bool troubled;  /* memory has failed: what comes may differ from what would have come */
    uint64_t count; /* of requests and orders */
    uint64_t fails_at;
    struct clock_virtual clock;
    struct rng_seeded rng;
    struct rows rows;
    struct store *store;

    struct core_accounts *accounts;
    struct auth_bearer believing; /* of tokens `<account>.<generation>` */
    struct auth_bearer *bearer;
    struct core_token_server *tokens;
    struct core_user_api *users;
    struct core_quotas *quotas;
    struct auth_scheme *hawk, *basic;
    struct core *core;

    struct http_reply reply;
    char code[CORE_USER_API_CODE_TEXT];
    struct buf id, key, access; /* of the last token, and the last of the double's */
    struct http_field fields[LIMIT_FIELD_COUNT];
    struct buf value, body;
};

/* Before the first is opened: makes what outlives them all. */
void services_make_keys(void);

void services_open(struct services *services, uint8_t how);
void services_close(struct services *services);

/* Closes all and opens it again over what was kept. */
void services_restart(struct services *services);

/* Sends the request, or carries out the order: services->reply.  False: it was an order. */
bool services_answer(struct services *services, const struct http_request *request);

#endif
