/* What an accounts service answers about a token is believed only when it says 200 and whose it is,
 * as jansson reads it, too; a refusal is one, and anything else means to come again.  A token that
 * cannot stand in a header is not asked about.  The input has the token, the status and the answer,
 * a line each, and the answer all that is left. */
#include "auth/bearer.h"
#include "base/limits.h"

#include "fuzz/check.h"

#include <jansson.h>

enum { ROOM = 64 * 1024 };

struct service {
    int status;
    struct slice token, answer;
    unsigned asked;
};

/* The token arrives as it is. */
static int post(void *context, struct slice body, struct buf *out)
{
    struct service *service = context;
    json_t *asked = json_loadb((const char *)body.ptr, body.len, 0, NULL);
    const char *token = json_string_value(json_object_get(asked, "token"));
    FUZZ_CHECK(token != NULL && slice_is(service->token, token));
    json_decref(asked);
    service->asked++;
    buf_add(out, service->answer);
    return service->status;
}

static bool is_visible(struct slice token)
{
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
            return false;
    }
    return token.len > 0 && token.len <= LIMIT_FIELD_VALUE;
}

/* jansson reads the same account. */
static void check_account(struct slice answer, const struct auth_account *account)
{
    json_t *theirs = json_loadb((const char *)answer.ptr, answer.len,
                                JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *user = json_object_get(theirs, "user");
    const json_t *client = json_object_get(theirs, "client_id");
    FUZZ_CHECK(theirs == NULL || slice_is(account->id, json_string_value(user)));
    FUZZ_CHECK(theirs == NULL || slice_eq(account->client, slice_of(json_string_value(client),
                                                                    json_string_length(client))));
    json_decref(theirs);
}

static bool is_refusal(int status)
{
    return status >= 400 && status < 500 && status != 408 && status != 429;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FUZZ_BUF(scratch, ROOM);
    static struct service service;
    static struct auth_bearer *bearer;
    struct auth_account account;
    struct slice status, rest;
    uint64_t number;
    service.asked = 0;
    slice_cut(slice_of(data, size), '\n', &service.token, &rest);
    slice_cut(rest, '\n', &status, &service.answer);
    service.status = slice_to_u64(status, &number) && number < 1000 ? (int)number : 0;
    if (bearer == NULL)
        bearer = auth_bearer_remote_new(post, &service);
    FUZZ_CHECK(bearer != NULL);
    buf_clear(&scratch);
    enum auth_bearer_err err =
        auth_bearer_check(bearer, service.token, INT64_C(170000000000), &scratch, &account);
    FUZZ_CHECK(service.asked == is_visible(service.token));
    if (service.asked == 0)
        FUZZ_CHECK(err == AUTH_BEARER_MALFORMED);
    else if (is_refusal(service.status))
        FUZZ_CHECK(err == AUTH_BEARER_FORGED);
    else if (service.status != 200)
        FUZZ_CHECK(err == AUTH_BEARER_BUSY);
    else if (err == AUTH_BEARER_OK)
        check_account(service.answer, &account);
    else
        FUZZ_CHECK(err == AUTH_BEARER_BUSY || err == AUTH_BEARER_MALFORMED ||
                   err == AUTH_BEARER_SCOPE);
    FUZZ_CHECK(auth_bearer_text(err)[0] != '\0');
    return 0;
}
