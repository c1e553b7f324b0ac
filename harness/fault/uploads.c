/* Batch uploads: their requests and answers. */
#include "fault/area.h"
#include "fault/hooks.h"

#define HALF  "half of an upload is visible to the other devices, or missing for good"
#define STUCK "uploads fail, at each sync"
#define MIXED "records of one upload get into another one"

/* The id of the batch that the request is about; false when it opens one, or is of none. */
static bool names_batch(const struct fault_call *call, struct slice *ret_id)
{
    struct slice id;
    if (!fault_call_parameter(call, "batch", &id) || id.len == 0 ||
        slice_eq_nocase(id, SLICE("true")))
        return false;
    *ret_id = id;
    return true;
}

static bool commits(const struct fault_call *call)
{
    struct slice value;
    return fault_call_parameter(call, "commit", &value) && slice_is(value, "true");
}

/* The same request once more, to another target, with its answer. */
static void answer_again(struct fault_call *call, struct slice target)
{
    fault_call_ask(call, HTTP_METHOD_POST, target, call->request.body, call->reply);
}

static struct slice plain_target(const struct fault_call *call)
{
    return http_target_split(call->request.target).path;
}

/* The requests. */

static void empty_commit(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && commits(call))
        fault_call_set_body(call, SLICE("[]"));
}

static void commit_without_batch(struct fault_call *call)
{
    struct slice value;
    if (!fault_call_parameter(call, "batch", &value))
        fault_call_drop_parameter(call, "commit");
}

static void any_commit(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, "commit", &value))
        fault_call_set_parameter(call, "commit", SLICE("true"));
}

static void refuse_empty_commit(struct fault_call *call)
{
    struct slice body = slice_trim(call->request.body);
    if (commits(call) && (slice_is(body, "[]") || body.len == 0))
        fault_call_answer(call, 400, "8");
}

static void refuse_empty_lines(struct fault_call *call)
{
    if (commits(call) && call->request.body.len == 0)
        fault_call_answer(call, 400, "6");
}

static void refuse_empty_start(struct fault_call *call)
{
    struct slice id;
    if (fault_call_parameter(call, "batch", &id) && !commits(call) &&
        slice_is(slice_trim(call->request.body), "[]"))
        fault_call_answer(call, 400, "8");
}

static void capitals_store_at_once(struct fault_call *call)
{
    struct slice id;
    if (fault_call_parameter(call, "batch", &id) && !slice_is(id, "true") &&
        (id.len == 0 || slice_eq_nocase(id, SLICE("true"))))
        fault_call_drop_parameter(call, "batch");
}

static void claim_commit(struct fault_call *call)
{
    struct slice value;
    if (fault_call_parameter(call, "commit", &value) && slice_is(value, "TRUE"))
        fault_call_answer(call, 200, "{\"modified\":1700000000.00,\"success\":[],\"failed\":{}}");
}

/* The answers. */

static void add_member(struct fault_call *call, const char *member)
{
    struct slice body = buf_slice(&call->reply->body);
    if (body.len < 2 || body.ptr[0] != '{')
        return;
    fault_call_set_reply(call,
                         fault_call_text(call, "{%s,%.*s", member, SLICE_FMT(slice_from(body, 1))));
}

static void commit_has_batch(struct fault_call *call)
{
    struct slice id;
    if (fault_call_parameter(call, "batch", &id) && commits(call))
        add_member(call, "\"batch\":\"done\"");
}

static void start_has_modified(struct fault_call *call)
{
    add_member(call, "\"modified\":1700000000.00");
}

static void commit_is_202(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && commits(call))
        call->reply->status = 202;
}

static void append_is_200(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id))
        call->reply->status = 200;
}

static void commit_time_is_earlier(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && commits(call))
        fault_shift(call);
}

static void commit_lists_nothing(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && commits(call))
        fault_call_set_json(call, "/success", SLICE("[]"));
}

/* An id that is not known begins a batch of its own. */
static void unknown_begins(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && !commits(call))
        answer_again(call, fault_call_text(call, "%.*s?batch=true", SLICE_FMT(plain_target(call))));
}

/* A commit of one that is not known stores what the request has. */
static void unknown_commits(struct fault_call *call)
{
    struct slice id;
    if (names_batch(call, &id) && commits(call))
        answer_again(call, plain_target(call));
}

/* Every answer has another id, and the one before is no good any more. */
static void id_is_used_up(struct fault_call *call)
{
    struct slice id;
    if (!names_batch(call, &id))
        return;
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(id));
    if (cell != NULL && cell->number++ > 0)
        fault_call_answer(call, 400, "0");
}

/* Whose, and of which collection, a batch is: its id alone counts. */
static void note_batch(struct fault_call *call)
{
    struct slice id;
    if (call->reply->status != 202 || !fault_call_json(call, "/batch", &id) || id.len < 2)
        return;
    struct fault_cell *cell =
        fault_call_cell(call, "%.*s", (int)(id.len - 2), (const char *)id.ptr + 1);
    if (cell != NULL && cell->text.len == 0)
        buf_add(&cell->text, plain_target(call));
}

static void go_where_it_was_opened(struct fault_call *call)
{
    struct slice id;
    if (!names_batch(call, &id))
        return;
    struct fault_cell *cell = fault_call_cell(call, "%.*s", SLICE_FMT(id));
    struct slice own = plain_target(call);
    if (cell == NULL || cell->text.len == 0 || slice_eq(buf_slice(&cell->text), own))
        return;
    struct slice theirs = buf_slice(&cell->text);
    bool same_user = slice_starts(theirs, slice_head(own, own.len - call->collection.len));
    if (same_user != (call->fault->number == 1))
        return;
    answer_again(call,
                 fault_call_text(call, "%.*s?%.*s", SLICE_FMT(theirs), SLICE_FMT(call->query)));
    call->answered = true;
}

/* What an append lists in failed is in the collection all the same, empty. */
static void store_failed(struct fault_call *call)
{
    struct slice failed;
    if (!fault_call_json(call, "/failed", &failed) || failed.len < 6)
        return;
    struct slice name, rest;
    slice_cut(slice_from(failed, 2), '"', &name, &rest);
    struct http_reply reply;
    http_reply_init(&reply);
    fault_call_ask(
        call, HTTP_METHOD_PUT,
        fault_call_text(call, "%.*s/%.*s", SLICE_FMT(plain_target(call)), SLICE_FMT(name)),
        SLICE("{}"), &reply);
    http_reply_free(&reply);
}

static void refuse_all_for_failed(struct fault_call *call)
{
    struct slice failed;
    if (fault_call_json(call, "/failed", &failed) && failed.len > 2)
        fault_call_answer(call, 400, "8");
}

/* A commit that does not fit leaves its own records. */
static void keep_part_of_refused(struct fault_call *call)
{
    struct slice id;
    struct http_reply reply;
    if (!names_batch(call, &id) || !slice_is(buf_slice(&call->reply->body), "14"))
        return;
    http_reply_init(&reply);
    fault_call_ask(call, HTTP_METHOD_POST, plain_target(call),
                   SLICE("[{\"id\":\"part\",\"payload\":\"\"}]"), &reply);
    http_reply_free(&reply);
}

/* An open batch locks its collection. */
static void lock_collection(struct fault_call *call)
{
    struct slice id;
    struct fault_cell *cell =
        fault_call_cell(call, "%.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(call->collection));
    if (cell == NULL)
        return;
    if (fault_call_parameter(call, "batch", &id))
        cell->number = commits(call) ? 0 : 1;
    else if (cell->number != 0)
        fault_call_answer(call, 409, "0");
}

static const struct fault rows[] = {
    { .name = "batch-commit-request-lost",
      .what = "The records in the request that commits are not part of the batch",
      .impact = HALF,
      .breaks = { "1.5/batch/commit-visible-all" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = empty_commit },
    { .name = "batch-start-answers-200",
      .what = "A batch is opened with status 200",
      .impact = "a client takes the upload for finished",
      .breaks = { "1.5/post/success-means-stored", "1.5/batch/start-202", "1.5/batch/append-202" },
      .status = 202,
      .after = fault_status,
      .number = 200 },
    { .name = "batch-start-answers-503",
      .what = "A batch cannot be opened: 503, at each time",
      .impact = STUCK,
      .breaks = { "1.5/batch/support-optional" },
      .status = 202,
      .after = fault_status,
      .number = 503 },
    { .name = "batch-start-has-modified",
      .what = "The answer to the opening of a batch has a modified",
      .impact = "a client takes the upload for finished",
      .breaks = { "1.5/batch/start-no-modified" },
      .warned = "a deployed server sends one",
      .status = 202,
      .after = start_has_modified },
    { .name = "batch-start-without-success",
      .what = "The answer to the opening of a batch has no success",
      .impact = STUCK,
      .breaks = { "1.5/batch/start-202" },
      .status = 202,
      .after = fault_drop_member,
      .text = "success" },
    { .name = "batch-id-is-a-number",
      .what = "The id of a batch is a JSON number",
      .impact = "a client that reads numbers as doubles asks for another batch",
      .breaks = { "1.5/batch/id-string", "1.5/batch/start-202" },
      .status = 202,
      .after = fault_set_value,
      .text = "/batch",
      .other = "17000000000000000" },
    { .name = "batch-start-of-nothing-refused",
      .what = "A batch cannot be opened with an empty list",
      .impact = STUCK,
      .breaks = { "1.5/batch/start-empty" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = refuse_empty_start },
    { .name = "batch-commit-in-capitals-does-nothing",
      .what = "commit=TRUE is answered as a commit, and commits nothing",
      .impact = HALF,
      .breaks = { "1.5/batch/commit-must-be-true" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = claim_commit },
    { .name = "batch-true-in-capitals-stores-at-once",
      .what = "batch=True and a bare batch store the records at once",
      .impact = HALF,
      .breaks = { "1.5/batch/true-case" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = capitals_store_at_once },
    { .name = "batch-append-answers-200",
      .what = "An append is answered with 200",
      .impact = "a client takes the upload for finished",
      .breaks = { "1.5/batch/append-202" },
      .status = 202,
      .after = append_is_200 },
    { .name = "batch-append-without-id",
      .what = "The answer to an append has no id of the batch",
      .impact = STUCK,
      .breaks = { "1.5/batch/append-202", "1.5/batch/start-202" },
      .status = 202,
      .after = fault_drop_member,
      .text = "batch" },
    { .name = "batch-id-is-good-once",
      .what = "An id of a batch is good for one request",
      .impact = STUCK,
      .breaks = { "1.5/batch/append-same-id", "1.5/batch/append-202" },
      .warned = "a client may go on with the id of the last answer",
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = id_is_used_up },
    { .name = "batch-id-of-any-collection",
      .what = "A batch that was opened for another collection is taken",
      .impact = MIXED,
      .breaks = { "1.5/batch/id-scoped-collection" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = go_where_it_was_opened,
      .after = note_batch,
      .number = 1 },
    { .name = "batch-id-of-any-user",
      .what = "A batch that another user has opened is taken",
      .impact = MIXED,
      .breaks = { "1.5/batch/id-scoped-user" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = go_where_it_was_opened,
      .after = note_batch },
    { .name = "batch-unknown-id-begins-one",
      .what = "An id that is not known begins a new batch",
      .impact = HALF,
      .breaks = { "1.5/batch/unknown-id-400", "1.5/batch/committed-gone" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 400,
      .after = unknown_begins },
    { .name = "batch-unknown-id-commits",
      .what = "A commit of an id that is not known stores what the request has",
      .impact = HALF,
      .breaks = { "1.5/batch/unknown-id-400", "1.5/batch/committed-gone" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 400,
      .after = unknown_commits },
    { .name = "batch-commit-has-batch",
      .what = "The answer to a commit has an id of the batch",
      .impact = "a client takes the upload for unfinished",
      .breaks = { "1.5/batch/commit-no-batch-key", "1.5/batch/immediate-commit" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = commit_has_batch },
    { .name = "batch-commit-answers-202",
      .what = "A commit is answered with 202",
      .impact = "a client takes the upload for unfinished",
      .breaks = { "1.5/batch/commit-200" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = commit_is_202 },
    { .name = "batch-commit-time-is-earlier",
      .what = "X-Last-Modified of a commit was taken a hundredth before it",
      .impact = "the next batch of the client is refused with 412",
      .breaks = { "1.5/batch/commit-timestamp", "1.5/batch/xius-checked" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = commit_time_is_earlier,
      .text = "X-Last-Modified",
      .number = -1 },
    { .name = "batch-commit-lists-nothing",
      .what = "success of a commit is empty, whatever the request had",
      .impact = "a client takes the last chunk of its upload for lost, and sends it again",
      .breaks = { "1.5/batch/commit-success-lists-this-request" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 200,
      .after = commit_lists_nothing },
    { .name = "batch-commit-of-nothing-refused",
      .what = "A commit with an empty list is refused",
      .impact = STUCK,
      .breaks = { "1.5/batch/commit-empty-list", "1.5/batch/commit-empty-newlines" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = refuse_empty_commit },
    { .name = "batch-commit-of-no-lines-refused",
      .what = "A commit with an empty body of newlines is refused",
      .impact = STUCK,
      .breaks = { "1.5/batch/commit-empty-newlines" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = refuse_empty_lines },
    { .name = "batch-commit-needs-none",
      .what = "commit without a batch is taken for a plain POST",
      .impact = "a client that has lost its id stores half of an upload",
      .breaks = { "1.5/batch/commit-needs-batch" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = commit_without_batch },
    { .name = "batch-commit-of-any-value",
      .what = "commit=false commits",
      .impact = HALF,
      .warned = "deployed servers take other values",
      .breaks = { "1.5/batch/commit-must-be-true" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .before = any_commit },
    { .name = "batch-failed-are-stored-empty",
      .what = "What an append lists in failed is stored, empty",
      .impact = HALF,
      .breaks = { "1.5/batch/failed-items-excluded" },
      .status = 202,
      .after = store_failed },
    { .name = "batch-one-bad-record-fails-the-request",
      .what = "One bad record makes a request of a batch fail",
      .impact = STUCK,
      .breaks = { "1.5/batch/failed-items-excluded" },
      .status = 202,
      .after = refuse_all_for_failed },
    { .name = "batch-over-quota-leaves-a-part",
      .what = "A commit that does not fit into the quota leaves a part of the batch",
      .impact = HALF,
      .breaks = { "1.5/quota/no-partial-store", "1.5/quota/batch-append" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .status = 400,
      .after = keep_part_of_refused },
    { .name = "batch-locks-its-collection",
      .what = "As long as a batch is open its collection cannot be written otherwise",
      .impact = "a device that went away in the middle of an upload locks out all others",
      .breaks = { "1.5/batch/abandoned-harmless" },
      .on = FAULT_WRITES | FAULT_ITEM | FAULT_COLLECTION,
      .before = lock_collection },
};

const struct fault_area fault_uploads = FAULT_AREA(rows);
