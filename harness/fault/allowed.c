/* What differs from the core and is allowed: none of it may be held against a server. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "record/scan.h"

static void without_batches(const struct fault *fault, struct core_config *config)
{
    (void)fault;
    config->batches = false;
}

static void without_quota(const struct fault *fault, struct core_config *config)
{
    (void)fault;
    config->quota = 0;
}

/* Behind each ':' and ',' that stands outside of texts. */
static void space_out(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    bool quoted = false;
    for (size_t i = 0; i < body.len; i++) {
        uint8_t byte = body.ptr[i];
        buf_add_byte(&made, byte);
        if (quoted && byte == '\\' && i + 1 < body.len)
            buf_add_byte(&made, body.ptr[++i]);
        else if (byte == '"')
            quoted = !quoted;
        else if (!quoted && (byte == ':' || byte == ','))
            buf_add_text(&made, " ");
    }
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
    buf_free(&made);
}

/* 1.10 is written as 1.1. */
static void drop_zeros(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    struct buf made = buf_bounded(LIMIT_REPLY_BODY);
    bool quoted = false;
    for (size_t i = 0; i < body.len; i++) {
        uint8_t byte = body.ptr[i];
        if (quoted && byte == '\\' && i + 1 < body.len)
            buf_add_byte(&made, body.ptr[i++]);
        else if (byte == '"')
            quoted = !quoted;
        bool last = i + 1 == body.len || body.ptr[i + 1] < '0' || body.ptr[i + 1] > '9';
        bool zero = !quoted && byte == '0' && last && i >= 3 && body.ptr[i - 2] == '.';
        if (!zero)
            buf_add_byte(&made, body.ptr[i]);
    }
    if (!made.failed)
        fault_call_set_reply(call, buf_slice(&made));
    buf_free(&made);
}

static void over_quota_is_403(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "14"))
        call->reply->status = 403;
}

static void unauthorized_is_400(struct fault_call *call)
{
    if (call->reply->status == 401 && fault_call_field(call, "Authorization") != NULL)
        call->reply->status = (int)call->fault->number;
}

static void other_code(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    if (slice_is(body, call->fault->text))
        fault_call_set_reply(call, slice_text(call->fault->other));
}

static void name_is_404(struct fault_call *call)
{
    if (slice_is(buf_slice(&call->reply->body), "13"))
        fault_call_answer(call, 404, "0");
}

static void put_is_201(struct fault_call *call)
{
    call->reply->status = 201;
}

/* One write in ten is asked to come again. */
static void conflict(struct fault_call *call)
{
    if (fault_call_count(call, "all") % 10 != 0)
        return;
    fault_call_answer(call, (int)call->fault->number, "0");
    (void)http_reply_set_text(call->reply, "Retry-After", "1");
}

static void expired_polls(struct fault_judging *judging)
{
    if (judging->result == AUTH_EXPIRED)
        judging->result = AUTH_OK;
}

static void no_nonces(const struct fault *fault, struct auth_hawk_config *config)
{
    (void)fault;
    config->nonces = 0;
}

static void any_skew(const struct fault *fault, struct auth_hawk_config *config)
{
    (void)fault;
    config->skew = 0;
}

/* The id of a batch looks like another one's. */
static void prefix_batch_id(struct fault_call *call)
{
    struct slice id;
    if (fault_call_json(call, "/batch", &id) && id.len > 2)
        fault_call_set_json(call, "/batch",
                            fault_call_text(call, "\"b+/=%.*s", SLICE_FMT(slice_from(id, 1))));
}

static void strip_batch_id(struct fault_call *call)
{
    struct slice id;
    static const char *const prefixes[] = { "b%2B%2F%3D", "b+/=", "b%2b%2f%3d", "b+%2F%3D" };
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        if (fault_call_parameter(call, "batch", &id) && slice_starts(id, slice_text(prefixes[i])))
            fault_call_set_parameter(call, "batch", slice_from(id, strlen(prefixes[i])));
    }
}

/* Other letters in offsets, of the same alphabet. */
static void prefix_offset(struct fault_call *call)
{
    struct slice next;
    if (http_reply_get(call->reply, "X-Weave-Next-Offset", &next))
        (void)http_reply_set(call->reply, "X-Weave-Next-Offset",
                             fault_call_text(call, "o-_%.*s", SLICE_FMT(next)));
}

static void strip_offset(struct fault_call *call)
{
    struct slice offset;
    if (fault_call_parameter(call, "offset", &offset) && slice_starts(offset, SLICE("o-_")))
        fault_call_set_parameter(call, "offset", slice_from(offset, 3));
}

static void slash_is_404(struct fault_call *call)
{
    if (slice_search(call->id, SLICE("%2F")) < call->id.len)
        fault_call_answer(call, 404, "0");
}

#define ALLOWED(slug, sentence) .name = "allowed-" slug, .what = (sentence), .conformant = true

static const struct fault rows[] = {
    { ALLOWED("no-batches", "There are no batch uploads: POST ?batch=true stores at once"),
      .configure = without_batches },
    { ALLOWED("no-quota", "There is no quota"), .configure = without_quota },
    { ALLOWED("json-white-space", "JSON has blanks between its tokens"), .status = 2,
      .on = FAULT_INFO | FAULT_ITEM | FAULT_COLLECTION, .after = space_out },
    { ALLOWED("json-without-zeros", "Times in JSON drop a zero at their end"), .status = 2,
      .on = FAULT_INFO | FAULT_ITEM | FAULT_COLLECTION, .after = drop_zeros },
    { ALLOWED("no-weave-records", "X-Weave-Records is never sent on collections"),
      .on = FAULT_COLLECTION, .after = fault_unset, .text = "X-Weave-Records" },
    { ALLOWED("no-quota-remaining", "X-Weave-Quota-Remaining is never sent"), .after = fault_unset,
      .text = "X-Weave-Quota-Remaining" },
    { ALLOWED("quota-is-403", "A write over the quota is refused with 403 and code 14"),
      .after = over_quota_is_403 },
    { ALLOWED("401-is-400", "Credentials that are refused are answered with 400"),
      .after = unauthorized_is_400, .number = 400 },
    { ALLOWED("401-is-403", "Credentials that are refused are answered with 403"),
      .after = unauthorized_is_400, .number = 403 },
    { ALLOWED("broken-json-is-8", "What is no JSON is refused with code 8"), .status = 400,
      .after = other_code, .text = "6", .other = "8" },
    { ALLOWED("name-is-404", "A collection's name that is none is answered with 404"),
      .after = name_is_404 },
    { ALLOWED("put-is-201", "A PUT is answered with 201"), .on = FAULT_PUT, .status = 200,
      .after = put_is_201 },
    { ALLOWED("conflicts-are-503", "One write in ten is refused with 503 and Retry-After"),
      .on = FAULT_PUT | FAULT_ITEM, .before = conflict, .number = 503 },
    { ALLOWED("conflicts-are-409", "One write in ten is refused with 409"),
      .on = FAULT_PUT | FAULT_ITEM, .before = conflict, .number = 409 },
    { ALLOWED("expired-token-polls", "info/collections takes a token that is over"),
      .on = FAULT_GET | FAULT_INFO, .judge = expired_polls },
    { ALLOWED("replays", "A nonce is accepted more than once"), .guard = no_nonces },
    { ALLOWED("any-clock", "The ts of a request is not looked at"), .guard = any_skew },
    { ALLOWED("other-batch-ids", "Ids of batches have to be encoded in a URL"),
      .on = FAULT_POST | FAULT_COLLECTION, .before = strip_batch_id, .after = prefix_batch_id },
    { ALLOWED("other-offsets", "Offsets look otherwise"), .on = FAULT_GET | FAULT_COLLECTION,
      .before = strip_offset, .after = prefix_offset },
    { ALLOWED("no-slash-in-paths", "A record whose id has a slash is not found under its URL"),
      .on = FAULT_ITEM, .before = slash_is_404 },
    { ALLOWED("304-without-time", "A 304 has no X-Last-Modified"), .status = 304,
      .after = fault_unset, .text = "X-Last-Modified" },
    { ALLOWED("no-challenge", "A 401 has no WWW-Authenticate"), .status = 401, .after = fault_unset,
      .text = "WWW-Authenticate" },
    { ALLOWED("small-server",
              "A small server: no batches, no X-Weave-Records, blanks in JSON and no zeros, 403 "
              "over quota, replays, offsets of its own"),
      .parts = { "allowed-no-batches", "allowed-no-weave-records", "allowed-json-white-space",
                 "allowed-json-without-zeros", "allowed-quota-is-403", "allowed-replays",
                 "allowed-other-offsets", "allowed-no-challenge" } },

    { .name = "two-lost-and-late",
      .what = "Every third record is lost, and X-Last-Modified of a list is late",
      .impact = "each of the two hides what the other one does",
      .parts = { "write-every-third-is-lost", "list-last-modified-is-late" } },
    { .name = "two-guards-and-equal",
      .what = "X-If-Unmodified-Since is not looked at on a POST, and compared with >= elsewhere",
      .impact = "some writes overwrite, and others are refused for ever",
      .parts = { "unmodified-ignored-on-post", "unmodified-equal-is-stale" } },
    { .name = "two-newer-both-ways",
      .what = "newer is inclusive, and dropped on the second page",
      .impact = "records come twice",
      .parts = { "newer-is-inclusive", "paging-newer-dropped-on-page-two" } },
    { .name = "two-batch-and-quota",
      .what = "Batches lose every third record, and the quota is not enforced",
      .impact = "uploads are incomplete, and the disk fills up",
      .parts = { "batch-every-third-record-lost", "quota-is-told-and-not-enforced" } },
    { .name = "two-ttl-and-updates",
      .what = "A ttl counts in minutes, and an update takes it away",
      .impact = "what was meant to go stays",
      .parts = { "ttl-in-minutes", "ttl-dropped-by-updates" } },
    { .name = "two-auth-and-isolation",
      .what = "A token that is over still reads, and a cache has no user in its key",
      .impact = "a device that was taken out of the account reads another user's data",
      .parts = { "auth-token-expired-reads", "isolation-shared-cache" } },
};

const struct fault_area fault_allowed = FAULT_AREA(rows);
