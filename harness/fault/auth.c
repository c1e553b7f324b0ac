/* Who is asking. */
#include "auth/hawk.h"
#include "base/base64.h"
#include "base/stamp.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"

#include <stdio.h>

#define ANYBODY "anybody reads and changes the user's data"
#define STOLEN  "who has seen one request can send others"
#define LOCKED  "a client with good credentials cannot sync"

static const struct slice *authorization(const struct fault_judging *judging)
{
    return http_fields_get(&judging->request->fields, "Authorization");
}

static void let_in_without(struct fault_judging *judging)
{
    if (authorization(judging) == NULL)
        fault_judging_let_in(judging);
}

static bool read(const struct fault_judging *judging, struct auth_hawk *ret_hawk)
{
    const struct slice *header = authorization(judging);
    return header != NULL && auth_hawk_parse(*header, ret_hawk);
}

/* A MAC that is short of its end is compared as far as it goes. */
static void compare_prefix(struct fault_judging *judging)
{
    struct auth_hawk hawk;
    if (judging->result == AUTH_BAD_MAC && read(judging, &hawk) && hawk.mac.len < 44)
        fault_judging_let_in(judging);
}

/* Other attributes than it has make no difference. */
static void lenient_header(struct fault_judging *judging)
{
    const struct slice *header = authorization(judging);
    if (judging->result == AUTH_MALFORMED && header != NULL &&
        slice_search(*header, slice_text(judging->fault->text)) == header->len)
        fault_judging_let_in(judging);
}

/* What a signature covers is recomputed with other values, which are taken as well. */
static bool has_other_query(const struct fault_judging *judging)
{
    return slice_find(judging->origin->target, '?') < judging->origin->target.len;
}

static void query_is_not_signed(struct fault_judging *judging)
{
    if (judging->result == AUTH_BAD_MAC && has_other_query(judging))
        fault_judging_let_in(judging);
}

static void path_is_not_signed(struct fault_judging *judging)
{
    if (judging->result == AUTH_BAD_MAC && judging->request->method == HTTP_METHOD_GET)
        fault_judging_let_in(judging);
}

static void method_is_not_signed(struct fault_judging *judging)
{
    if (judging->result == AUTH_BAD_MAC && judging->request->method == HTTP_METHOD_DELETE)
        fault_judging_let_in(judging);
}

static void ext_is_not_signed(struct fault_judging *judging)
{
    struct auth_hawk hawk;
    if (judging->result == AUTH_BAD_MAC && read(judging, &hawk) && hawk.has_ext)
        fault_judging_let_in(judging);
}

static void refuse_ext(struct fault_judging *judging)
{
    struct auth_hawk hawk;
    if (judging->result == AUTH_OK && read(judging, &hawk) && hawk.has_ext)
        judging->result = AUTH_MALFORMED;
}

static void refuse_hash(struct fault_judging *judging)
{
    struct auth_hawk hawk;
    if (judging->result == AUTH_OK && read(judging, &hawk) && hawk.has_hash)
        judging->result = AUTH_BAD_HASH;
}

/* The uid in the path is believed. */
static void any_token_opens(struct fault_judging *judging)
{
    if (judging->result == AUTH_OK)
        fault_judging_let_in(judging);
}

static void any_token_reads(struct fault_judging *judging)
{
    if (judging->result == AUTH_OK && judging->request->method == HTTP_METHOD_GET)
        fault_judging_let_in(judging);
}

/* One request per token, as if it were a nonce. */
static void token_once(struct fault_judging *judging)
{
    struct auth_hawk hawk;
    if (judging->result != AUTH_OK || !read(judging, &hawk))
        return;
    struct slice id = slice_head(hawk.id, 256);
    struct fault_cell *cell = fault_memory_cell(judging->memory, id);
    if (cell != NULL && ++cell->number > judging->fault->number)
        judging->result = AUTH_REPLAYED;
}

/* The signature of a token stands behind an object: elsewhere, when the token was cut or has more.
 */
static void odd_length(struct fault_judging *judging)
{
    enum { SIGNATURE = 32 };
    struct auth_hawk hawk;
    struct buf token = buf_bounded(LIMIT_TOKEN);
    if (judging->result == AUTH_BAD_TOKEN && read(judging, &hawk) &&
        base64_decode(hawk.id, BASE64_URL, &token) && token.len > SIGNATURE &&
        token.ptr[token.len - SIGNATURE - 1] != '}')
        fault_judging_let_in(judging);
    buf_free(&token);
}

/* A user whose token was good once is not asked again. */
static void cached_token(struct fault_judging *judging)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "%llu", (unsigned long long)judging->identity.uid);
    struct fault_cell *cell = fault_memory_cell(judging->memory, slice_text(key));
    if (cell == NULL)
        return;
    if (judging->result == AUTH_OK)
        cell->number = 1;
    else if (judging->result == AUTH_EXPIRED && cell->number == 1)
        judging->result = AUTH_OK;
}

static void expired_writes(struct fault_judging *judging)
{
    if (judging->result == AUTH_EXPIRED && judging->request->method != HTTP_METHOD_GET)
        judging->result = AUTH_OK;
}

static void expired_reads(struct fault_judging *judging)
{
    if (judging->result == AUTH_EXPIRED && judging->request->method == HTTP_METHOD_GET)
        judging->result = AUTH_OK;
}

static void is_500(struct fault_call *call)
{
    if (call->reply->status == 401)
        call->reply->status = 500;
}

/* Only a header that cannot be read. */
static void garbage_is_500(struct fault_call *call)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    struct auth_hawk hawk;
    if (call->reply->status == 401 && header != NULL && !auth_hawk_parse(*header, &hawk))
        call->reply->status = 500;
}

/* Before anybody is asked who it is, it is looked whether the item is there. */
static void existence_first(struct fault_call *call)
{
    struct http_reply reply;
    if (fault_call_field(call, "Authorization") != NULL)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_GET, call->request.target, (struct slice){ 0 }, &reply);
    if (reply.status == 404)
        fault_call_answer(call, 404, "0");
    http_reply_free(&reply);
}

/* The path is normalised before it is compared with what was signed. */
static void refuse_escapes(struct fault_judging *judging)
{
    if (judging->result == AUTH_OK &&
        slice_find(judging->request->target, '%') < judging->request->target.len)
        judging->result = AUTH_BAD_MAC;
}

static void one_secret(const struct fault *fault, struct auth_hawk_config *config)
{
    (void)fault;
    config->secrets.count = 1;
}

/* A write is done before it is found that nobody may. */
static void done_before_checked(struct fault_call *call)
{
    struct http_reply reply;
    if (call->reply->status != 401)
        return;
    http_reply_init(&reply);
    fault_call_ask(call, call->request.method, call->request.target, call->request.body, &reply);
    http_reply_free(&reply);
}

/* The time of a collection is kept by its name alone. */
static void compare_with_all_users(struct fault_call *call)
{
    const struct slice *since = fault_call_field(call, "X-If-Unmodified-Since");
    struct fault_cell *cell = fault_call_cell(call, "newest %.*s", SLICE_FMT(call->collection));
    int64_t stamp;
    if (cell == NULL)
        return;
    if (since != NULL && stamp_parse(*since, &stamp) && cell->number > stamp)
        fault_call_answer(call, 412, "0");
    fault_call_drop_field(call, "X-If-Modified-Since");
}

static void note_time_of_all_users(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "newest %.*s", SLICE_FMT(call->collection));
    int64_t stamp;
    if (cell != NULL && fault_call_reply_stamp(call, "X-Last-Modified", &stamp) &&
        stamp > cell->number)
        cell->number = stamp;
}

/* A cache whose key lacks the user. */
static void answer_from_shared_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s %.*s?%.*s", SLICE_FMT(call->collection),
                                              SLICE_FMT(call->id), SLICE_FMT(call->query));
    if (cell == NULL || cell->text.len == 0)
        return;
    if (cell->number > call->now - 3) {
        char *text = arena_text(call->arena, buf_slice(&cell->text));
        if (text != NULL)
            fault_call_answer(call, 200, text);
    }
}

static void keep_in_shared_cache(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "%.*s %.*s?%.*s", SLICE_FMT(call->collection),
                                              SLICE_FMT(call->id), SLICE_FMT(call->query));
    if (cell == NULL || call->answered)
        return;
    buf_clear(&cell->text);
    buf_add(&cell->text, buf_slice(&call->reply->body));
    cell->number = call->now;
}

/* A deletion names the collection and not the user. */
static void delete_of_all_users(struct fault_call *call)
{
    struct http_reply reply;
    uint64_t uid;
    if (call->reply->status != 200 || !slice_to_u64(call->user, &uid))
        return;
    http_reply_init(&reply);
    for (uint64_t other = uid - 2; other <= uid + 2; other++) {
        struct slice target = fault_call_text(
            call, "/1.5/%llu/storage/%.*s%s%.*s", (unsigned long long)other,
            SLICE_FMT(call->collection), call->id.len > 0 ? "/" : "", SLICE_FMT(call->id));
        if (other != uid)
            fault_call_ask(call, HTTP_METHOD_DELETE, target, (struct slice){ 0 }, &reply);
    }
    http_reply_free(&reply);
}

static const struct fault rows[] = {
    { .name = "auth-not-needed",
      .what = "A request without credentials is let in",
      .impact = ANYBODY,
      .breaks = { "1.5/auth/required", "1.5/info/configuration-auth" },
      .judge = let_in_without },
    { .name = "auth-not-needed-to-read",
      .what = "Reading needs no credentials",
      .impact = "anybody reads the user's data",
      .breaks = { "1.5/auth/required" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .judge = let_in_without },
    { .name = "auth-not-needed-on-info",
      .what = "info needs no credentials",
      .impact = "anybody sees when a user syncs, and what",
      .breaks = { "1.5/auth/required", "1.5/info/configuration-auth" },
      .on = FAULT_GET | FAULT_INFO,
      .judge = let_in_without },
    { .name = "auth-mac-not-compared",
      .what = "The MAC is not compared",
      .impact = STOLEN,
      .breaks = { "1.5/auth/bad-mac-401", "1.5/auth/mac-covers-method",
                  "1.5/auth/mac-covers-path-query", "1.5/auth/mac-covers-host-port",
                  "1.5/auth/key-is-text", "1.5/auth/algorithm" },
      .judge = fault_judging_forgive,
      .number = AUTH_BAD_MAC },
    { .name = "auth-mac-compared-by-its-start",
      .what = "A MAC is compared as far as it goes: an empty one fits",
      .impact = ANYBODY,
      .breaks = { "1.5/auth/bad-mac-401" },
      .judge = compare_prefix },
    { .name = "auth-mac-not-compared-on-writes",
      .what = "The MAC is not compared where a body is sent",
      .impact = STOLEN,
      .breaks = { "1.5/auth/bad-mac-401" },
      .on = FAULT_PUT | FAULT_POST,
      .judge = fault_judging_forgive,
      .number = AUTH_BAD_MAC },
    { .name = "auth-method-not-signed",
      .what = "The method is no part of what is signed",
      .impact = "who has seen a GET can send a DELETE",
      .breaks = { "1.5/auth/mac-covers-method" },
      .judge = method_is_not_signed },
    { .name = "auth-path-not-signed",
      .what = "The path is no part of what is signed",
      .impact = "who has seen one GET can read everything",
      .breaks = { "1.5/auth/mac-covers-path-query", "1.5/auth/mac-covers-host-port" },
      .judge = path_is_not_signed },
    { .name = "auth-query-not-signed",
      .what = "The query is no part of what is signed",
      .impact = "who has seen one GET can read the whole collection",
      .breaks = { "1.5/auth/mac-covers-path-query" },
      .judge = query_is_not_signed },
    { .name = "auth-ext-not-signed",
      .what = "ext is no part of what is signed",
      .impact = "what a client says in it can be changed on the way",
      .breaks = { "1.5/auth/mac-ext" },
      .judge = ext_is_not_signed },
    { .name = "auth-ext-refused",
      .what = "A header with ext is refused",
      .impact = LOCKED,
      .breaks = { "1.5/auth/mac-ext" },
      .judge = refuse_ext },
    { .name = "auth-hash-refused",
      .what = "A header with a payload hash is refused",
      .impact = LOCKED,
      .breaks = { "1.5/auth/payload-hash-optional" },
      .judge = refuse_hash },
    { .name = "auth-id-not-needed",
      .what = "A header without id is let in as the user of the path",
      .impact = ANYBODY,
      .breaks = { "1.5/auth/missing-attributes" },
      .judge = lenient_header,
      .text = "id=" },
    { .name = "auth-nonce-not-needed",
      .what = "A header without nonce is let in",
      .impact = STOLEN,
      .breaks = { "1.5/auth/missing-attributes" },
      .judge = lenient_header,
      .text = "nonce=" },
    { .name = "auth-ts-not-needed",
      .what = "A header without ts is let in",
      .impact = STOLEN,
      .breaks = { "1.5/auth/missing-attributes" },
      .judge = lenient_header,
      .text = "ts=" },
    { .name = "auth-garbage-is-500",
      .what = "A header that cannot be read ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/auth/garbage-header", "1.5/auth/missing-attributes" },
      .after = garbage_is_500 },
    { .name = "auth-401-is-500",
      .what = "Credentials that are refused end in a 500",
      .impact = "a client whose token is over never asks for another one",
      .breaks = { "1.5/auth/bad-token-401", "1.5/auth/bad-mac-401", "1.5/auth/required",
                  "1.5/auth/expired-token-401" },
      .after = is_500 },
    { .name = "auth-no-challenge",
      .what = "A 401 has no WWW-Authenticate",
      .impact = "generic clients do not know what is wanted",
      .breaks = { "1.5/auth/www-authenticate" },
      .status = 401,
      .after = fault_unset,
      .text = "WWW-Authenticate" },
    { .name = "auth-existence-is-told",
      .what = "Without credentials an item that is not there is 404, and one that is there 401",
      .impact = "anybody can find out what a user has",
      .breaks = { "1.5/auth/head-of-line" },
      .on = FAULT_GET | FAULT_ITEM,
      .before = existence_first },
    { .name = "auth-write-before-the-check",
      .what = "A write is done before its credentials are checked",
      .impact = ANYBODY,
      .breaks = { "1.5/errors/error-no-side-effects", "1.5/auth/required", "1.5/auth/bad-mac-401" },
      .on = FAULT_WRITES | FAULT_ITEM | FAULT_COLLECTION,
      .after = done_before_checked },
    { .name = "auth-path-is-normalised",
      .what = "Percent-encoding in the path is normalised before the MAC is compared",
      .impact = "records with such ids cannot be read or written",
      .breaks = { "1.5/auth/query-signed-encoding", "1.5/http/percent-encoded-path" },
      .judge = refuse_escapes },
    { .name = "auth-token-is-used-up",
      .what = "A token is good for ten requests",
      .impact = "a client asks for tokens all the time",
      .breaks = { "1.5/auth/token-reuse" },
      .judge = token_once,
      .number = 10 },
    { .name = "auth-token-forged",
      .what = "The signature of a token is not checked",
      .impact = ANYBODY,
      .breaks = { "1.5/auth/bad-token-401" },
      .judge = fault_judging_forgive,
      .number = AUTH_BAD_TOKEN },
    { .name = "auth-token-of-any-length",
      .what = "A token that was cut short, or has more behind it, is taken",
      .impact = ANYBODY,
      .breaks = { "token/format/hawk-id", "1.5/auth/bad-token-401" },
      .judge = odd_length },
    { .name = "auth-token-of-an-older-secret-refused",
      .what = "While a secret is rotated, tokens of the older one are refused",
      .impact = "all users lose their tokens at once, and storm the token server",
      .breaks = { "1.5/auth/token-reuse" },
      .guard = one_secret },
    { .name = "auth-token-expired-taken",
      .what = "The expiry of a token is not looked at",
      .impact = "a device that was taken out of the account goes on to read",
      .breaks = { "1.5/auth/expired-token-401", "token/format/expiry" },
      .judge = fault_judging_forgive,
      .number = AUTH_EXPIRED },
    { .name = "auth-token-expired-reads",
      .what = "A token that is over still reads",
      .impact = "a device that was taken out of the account goes on to read",
      .breaks = { "1.5/auth/expired-token-401" },
      .judge = expired_reads },
    { .name = "auth-token-expired-writes",
      .what = "A token that is over still writes",
      .impact = "a device that was taken out of the account goes on to write",
      .breaks = { "1.5/auth/expired-token-401" },
      .judge = expired_writes },
    { .name = "auth-token-cached-beyond-its-end",
      .what = "A token that was good once is good until the server restarts",
      .impact = "a device that was taken out of the account goes on to read and write",
      .breaks = { "1.5/auth/expired-token-401" },
      .judge = cached_token },
    { .name = "auth-token-opens-any-endpoint",
      .what = "The uid in the path counts, not the one in the token",
      .impact = "every user reads and writes the data of every other one",
      .breaks = { "1.5/auth/uid-mismatch" },
      .judge = any_token_opens },
    { .name = "auth-token-reads-any-endpoint",
      .what = "For reading, the uid in the path counts, not the one in the token",
      .impact = "every user reads the data of every other one",
      .breaks = { "1.5/auth/uid-mismatch" },
      .judge = any_token_reads },
    { .name = "isolation-shared-cache",
      .what = "A cache in front has no user in its key",
      .impact = "a user sees another one's records",
      .breaks = { "1.5/auth/user-isolation" },
      .on = FAULT_GET | FAULT_ITEM | FAULT_COLLECTION,
      .status = 200,
      .before = answer_from_shared_cache,
      .after = keep_in_shared_cache },
    { .name = "isolation-shared-times",
      .what = "The time of a collection is that of all users together",
      .impact = "a user's guarded writes are refused because of another one",
      .breaks = { "1.5/auth/user-isolation" },
      .on = FAULT_ITEM | FAULT_COLLECTION,
      .status = 2,
      .before = compare_with_all_users,
      .after = note_time_of_all_users },
    { .name = "isolation-deletions-of-all-users",
      .what = "A deletion has no user in its WHERE",
      .impact = "a user deletes another one's data",
      .breaks = { "1.5/auth/user-isolation" },
      .on = FAULT_DELETE | FAULT_ITEM | FAULT_COLLECTION,
      .after = delete_of_all_users },
};

const struct fault_area fault_auth = FAULT_AREA(rows);
