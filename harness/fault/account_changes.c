/* The User API: passwords, addresses, deletions, and who may do that. */
#include "base/base64.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"

#define ANYBODY "anybody takes over, or deletes, the account of anybody"
#define REVOKED "who has the old password goes on to read and write"
#define BELIEVE "the user believes done what was not done"
#define MISREAD "a client cannot read the answer, and tells the user that something is wrong"
#define LOCKED  "the user cannot open the account any more"
#define RETRY   "a client takes the server for broken, and tries again without an end"

#define ACCOUNT .api = "user", .on = FAULT_ACCOUNT

/* The password of an account, as it was set last; the fault has seen it go by. */
static struct fault_cell *password_of(struct fault_call *call)
{
    return fault_call_cell(call, "password of %.*s", SLICE_FMT(call->user));
}

static void keep_password(struct fault_call *call, struct slice password)
{
    struct fault_cell *cell = password_of(call);
    if (cell == NULL)
        return;
    buf_clear(&cell->text);
    buf_add(&cell->text, password);
}

/* After 200. */
static void note_password(struct fault_call *call)
{
    struct slice raw;
    if (call->method == FAULT_POST && slice_is(call->info, "password"))
        keep_password(call, call->request.body);
    else if (call->method == FAULT_PUT && fault_call_body_json(call, "/password", &raw) &&
             raw.len > 2)
        keep_password(call, slice_head(slice_from(raw, 1), raw.len - 2));
}

/* The request, as if its owner had sent it. */
static void sign_as_owner(struct fault_call *call)
{
    const struct fault_cell *cell = password_of(call);
    if (cell == NULL || cell->text.len == 0)
        return;
    struct slice pair = fault_call_text(call, "%.*s:%.*s", SLICE_FMT(call->user),
                                        SLICE_FMT(buf_slice(&cell->text)));
    AUTO(buf_free) struct buf text = buf_bounded(2 * pair.len + sizeof("Basic ") + 4);
    buf_add_text(&text, "Basic ");
    if (base64_encode(pair, BASE64_STANDARD, &text))
        fault_call_set_field(call, "Authorization", arena_copy(call->arena, buf_slice(&text)));
}

static bool is_bare(struct fault_call *call)
{
    return fault_call_field(call, "Authorization") == NULL;
}

/* What the fault is about: the method `text`, and the instruction of the row. */
static bool is_meant(struct fault_call *call)
{
    return slice_is(slice_text(http_method_name(call->request.method)), call->fault->text);
}

static void trust_bare(struct fault_call *call)
{
    if (is_meant(call) && is_bare(call))
        sign_as_owner(call);
}

static void trust_any(struct fault_call *call)
{
    if (is_meant(call) && !is_bare(call))
        sign_as_owner(call);
}

/* The name that authenticates is another one than in the path: a good one, of the other's. */
static void trust_good_ones(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    struct slice scheme, text;
    if (!is_meant(call) || header == NULL || !slice_cut(*header, ' ', &scheme, &text))
        return;
    AUTO(buf_free) struct buf pair = buf_bounded(text.len + 4);
    struct slice name, password;
    if (!base64_decode(text, BASE64_STANDARD, &pair) ||
        !slice_cut(buf_slice(&pair), ':', &name, &password))
        return;
    const struct fault_cell *cell = fault_call_cell(call, "password of %.*s", SLICE_FMT(name));
    if (cell != NULL && slice_eq(buf_slice(&cell->text), password))
        sign_as_owner(call);
}

static void trust_code(struct fault_call *call)
{
    if (fault_call_field(call, "X-Weave-Password-Reset") == NULL)
        return;
    fault_call_drop_field(call, "X-Weave-Password-Reset");
    sign_as_owner(call);
}

static bool has_code(struct fault_call *call)
{
    return fault_call_field(call, "X-Weave-Password-Reset") != NULL;
}

/* Only what bears credentials is answered. */
static void answer_undone(struct fault_call *call)
{
    if (is_meant(call) && !is_bare(call))
        fault_call_answer(call, 200, call->fault->other);
}

static bool is_deletion(struct fault_call *call)
{
    return call->method == FAULT_DELETE && call->info.len == 0;
}

/* The mark of a deleted name stays, and keeps it. */
static void keep_name(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "gone %.*s", SLICE_FMT(call->user));
    if (cell == NULL)
        return;
    if (is_deletion(call))
        cell->number = 1;
    else if (cell->number != 0 && call->method == FAULT_GET && call->info.len == 0)
        fault_call_set_reply(call, SLICE("1"));
}

static void empty_is_taken(struct fault_call *call)
{
    if (call->request.body.len == 0 && call->reply->status == 400)
        fault_call_answer(call, 200, call->fault->text);
}

/* Who logs in to the storage. */

/* For the request's credentials. */
static struct fault_cell *cell_of(struct fault_judging *judging, const char *what)
{
    const struct slice *header = http_fields_get(&judging->request->fields, "Authorization");
    AUTO(buf_free) struct buf key = buf_bounded(FAULT_MEMORY_KEY);
    buf_add_text(&key, what);
    buf_add(&key, header == NULL ? (struct slice){ 0 } : *header);
    return header == NULL || key.failed ? NULL
                                        : fault_memory_cell(judging->memory, buf_slice(&key));
}

/* What was good once is good. */
static void cache_logins(struct fault_judging *judging)
{
    struct fault_cell *cell = cell_of(judging, "good ");
    if (cell == NULL)
        return;
    if (judging->result == AUTH_OK) {
        cell->number = (int64_t)judging->identity.uid;
    } else if (cell->number != 0 && judging->result == AUTH_BAD_MAC) {
        judging->identity.uid = (uint64_t)cell->number;
        judging->result = AUTH_OK;
    }
}

/* Records belong to a name, whoever has it. */
static void number_by_name(struct fault_judging *judging)
{
    AUTO(buf_free) struct buf key = buf_bounded(FAULT_MEMORY_KEY);
    buf_add_text(&key, "records of ");
    buf_add(&key, judging->name);
    struct fault_cell *cell =
        key.failed ? NULL : fault_memory_cell(judging->memory, buf_slice(&key));
    if (cell == NULL || judging->result != AUTH_OK)
        return;
    if (cell->number == 0)
        cell->number = (int64_t)judging->identity.uid;
    judging->identity.uid = (uint64_t)cell->number;
}

/* The storage node hears of new accounts a little later. */
static void refuse_new_ones(struct fault_judging *judging)
{
    struct fault_cell *cell = cell_of(judging, "new ");
    if (judging->result == AUTH_OK && cell != NULL && ++cell->number == 1)
        judging->result = AUTH_BAD_MAC;
}

static const struct fault rows[] = {
    { ACCOUNT, .name = "account-delete-without-password", .what = "DELETE needs no password",
      .impact = ANYBODY, .breaks = { "1.1/reg/delete" }, .before = trust_bare, .text = "DELETE",
      .status = 200, .after = note_password },
    { ACCOUNT, .name = "account-delete-with-any-password", .what = "DELETE takes any password",
      .impact = ANYBODY, .breaks = { "1.1/reg/delete", "1.1/reg/auth-mismatch" },
      .before = trust_any, .text = "DELETE", .status = 200, .after = note_password },
    { ACCOUNT, .name = "account-delete-by-anybody",
      .what = "Who has an account can delete that of anybody", .impact = ANYBODY,
      .breaks = { "1.1/reg/auth-mismatch" }, .before = trust_good_ones, .text = "DELETE",
      .status = 200, .after = note_password },
    { ACCOUNT, .name = "account-delete-answers-nothing",
      .what = "DELETE is answered with an empty body", .impact = MISREAD,
      .breaks = { "1.1/reg/delete" }, .when = is_deletion, .status = 200, .after = fault_body,
      .text = "" },
    { ACCOUNT, .name = "account-delete-is-204", .what = "DELETE is answered with 204",
      .impact = MISREAD, .breaks = { "1.1/reg/delete" }, .when = is_deletion, .status = 200,
      .after = fault_status, .number = 204 },
    { ACCOUNT, .name = "account-delete-is-not-done", .what = "DELETE is answered, and not done",
      .impact = BELIEVE, .breaks = { "1.1/reg/delete" }, .before = answer_undone, .text = "DELETE",
      .other = "0" },
    { ACCOUNT, .name = "account-delete-keeps-the-name",
      .what = "The name of a deleted account is never free again",
      .impact = "who deleted an account cannot make it again", .breaks = { "1.1/reg/delete" },
      .status = 200, .after = keep_name },
    { ACCOUNT, .name = "account-delete-of-nobody-is-500",
      .what = "DELETE of who does not exist ends in a 500", .impact = RETRY,
      .breaks = { "1.1/reg/delete" }, .when = is_deletion, .status = 404, .after = fault_status,
      .number = 500 },
    { ACCOUNT, .name = "account-401-is-400", .what = "A wrong password is answered with 400",
      .impact = "the client does not ask the user for the right one", .status = 401,
      .breaks = { "1.1/reg/delete", "1.1/reg/password", "1.1/reg/email", "1.1/reg/auth-mismatch" },
      .after = fault_status, .number = 400 },
    { ACCOUNT, .name = "account-password-without-the-old-one",
      .what = "A password is changed without one", .impact = ANYBODY,
      .breaks = { "1.1/reg/password" }, .before = trust_bare, .text = "POST", .status = 200,
      .after = note_password },
    { ACCOUNT, .name = "account-password-with-any-old-one",
      .what = "A password is changed with any other", .impact = ANYBODY,
      .breaks = { "1.1/reg/password", "1.1/reg/email" }, .before = trust_any, .text = "POST",
      .status = 200, .after = note_password },
    { ACCOUNT, .name = "account-password-is-not-changed",
      .what = "A new password is answered with success, and dropped", .impact = LOCKED,
      .breaks = { "1.1/reg/password" }, .info = "password", .before = answer_undone, .text = "POST",
      .other = "success" },
    { ACCOUNT, .name = "account-password-answers-0", .what = "A new password is answered with 0",
      .impact = MISREAD, .breaks = { "1.1/reg/password" }, .info = "password", .status = 200,
      .after = fault_body, .text = "0" },
    { ACCOUNT, .name = "account-password-may-be-empty", .what = "An empty password is taken",
      .impact = ANYBODY, .breaks = { "1.1/reg/password" }, .info = "password",
      .after = empty_is_taken, .text = "success" },
    { ACCOUNT, .name = "account-reset-code-of-any-kind",
      .what = "Whatever the reset code, it is right", .impact = ANYBODY,
      .breaks = { "1.1/reg/password" }, .before = trust_code, .status = 200,
      .after = note_password },
    { ACCOUNT, .name = "account-reset-code-is-500",
      .what = "A reset code that is not known ends in a 500", .impact = RETRY,
      .breaks = { "1.1/reg/password" }, .when = has_code, .status = 400, .after = fault_status,
      .number = 500 },
    { ACCOUNT, .name = "account-email-answers-success",
      .what = "A new address is answered with \"success\"", .impact = MISREAD,
      .breaks = { "1.1/reg/email" }, .info = "email", .status = 200, .after = fault_body,
      .text = "success" },
    { ACCOUNT, .name = "account-email-may-be-empty", .what = "An empty address is taken",
      .impact = "who forgets the password cannot get another one", .breaks = { "1.1/reg/email" },
      .info = "email", .after = empty_is_taken, .text = "" },
    { .api = "user",
      .name = "account-logins-are-cached",
      .what = "A storage node takes a password that was good once",
      .impact = REVOKED,
      .breaks = { "1.1/reg/password", "1.1/reg/delete" },
      .judge = cache_logins },
    { .api = "user",
      .name = "account-records-of-the-name",
      .what = "Records belong to a name: who makes the account again finds them",
      .impact = "who gets a name that was free reads the data of who had it before",
      .breaks = { "1.1/reg/delete" },
      .judge = number_by_name },
    { .api = "user",
      .name = "account-is-not-there-yet",
      .what = "The storage node hears of a new account after its first request",
      .impact = "the client tells the user that the password is wrong",
      .breaks = { "1.1/reg/create" },
      .judge = refuse_new_ones },
};

const struct fault_area fault_account_changes = FAULT_AREA(rows);
