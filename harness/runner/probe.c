#include "runner/probe.h"

#include "base/clock.h"
#include "base/stamp.h"
#include "record/scan.h"
#include "runner/probe_service.h"
#include "runner/prober.h"

#include <stdio.h>
#include <time.h>

enum {
    PROBES = 3,
    SAMPLES = 5, /* of the users that a run would make up */
    MOVES = 4,   /* to other users, when those have data */
    SKEW_NOTICED = 30 * STAMP_SECOND,
    DATE_MAX = 64,
};

static const int64_t skew_believed = (int64_t)3600 * 24 * 365 * 100 * STAMP_SECOND;

enum probe { PROBE_COLLECTIONS, PROBE_CONFIGURATION, PROBE_QUOTA };

static const char *const paths[PROBES][2] = {
    [PROBE_COLLECTIONS] = { "GET", "/info/collections" },
    [PROBE_CONFIGURATION] = { "GET", "/info/configuration" },
    [PROBE_QUOTA] = { "GET", "/info/quota" },
};

struct prober {
    struct runner_prober *by;
    int statuses[PROBES];
    bool stamped; /* a response had X-Weave-Timestamp */
};

/* Sends one request without a body.  False, with a message, when it gets no end. */
static bool ask(struct prober *prober, const char *const method_and_path[2])
{
    const struct runner_sending sending = runner_prober_sending(prober->by);
    return runner_request_own(&prober->by->request, &sending, RUNNER_ME, method_and_path,
                              &prober->by->call) &&
           runner_prober_await(prober->by);
}

/* The server's time as a response tells it: X-Weave-Timestamp, or else Date. */
static bool read_clock(const struct http_answer *answer, int64_t *ret_stamp)
{
    const struct slice *weave = http_fields_get(&answer->fields, "X-Weave-Timestamp");
    const struct slice *date = http_fields_get(&answer->fields, "Date");
    if (weave != NULL && stamp_parse(*weave, ret_stamp))
        return true;
    if (date == NULL || date->len >= DATE_MAX)
        return false;
    char text[DATE_MAX] = { 0 };
    struct tm tm = { 0 };
    memcpy(text, date->ptr, date->len);
    const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    time_t seconds = end == NULL || *end != '\0' ? -1 : timegm(&tm);
    if (seconds < 0)
        return false;
    *ret_stamp = (int64_t)seconds * STAMP_SECOND;
    return true;
}

/* True when the target's clock is so far from what was believed that credentials may have been
 * refused for it. */
static bool set_clock(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    int64_t theirs = 0;
    if (world->virtual_time || !read_clock(&prober->by->call.answer, &theirs))
        return false;
    int64_t ours = exchange_now(world->exchange);
    int64_t offset = theirs - ours;
    if (llabs(offset) > skew_believed)
        return false;
    bool moved = llabs(offset - world->clock_offset) > SKEW_NOTICED;
    world->clock_offset = offset;
    if (moved) {
        for (size_t i = 0; i < RUNNER_USERS; i++)
            prober->by->accounts[i].expires = 0; /* mint again, by that clock */
    }
    return moved;
}

static bool refuses(int status)
{
    return status == 400 || status == 401 || status == 403;
}

static const char *explain_silence(const struct prober *prober)
{
    const struct runner_world *world = prober->by->world;
    if (prober->by->call.outcome == EXCHANGE_GARBAGE)
        return runner_prober_text(arena_format(
            world->arena,
            "something answers at %s, but not in HTTP: %s\nA port that speaks TLS is reached with "
            "https://, and other services (SSH, a database) are not what is certified: look at "
            "scheme and port of the URL.",
            world->node, prober->by->call.detail));
    return runner_prober_text(arena_format(
        world->arena,
        "%s does not answer: %s: %s\nIs the server running there? URL, port and scheme (http, "
        "https) have to be its own; certificates that the system does not trust need --cacert "
        "FILE, slow servers --timeout SECONDS.",
        world->node, exchange_outcome_text(prober->by->call.outcome), prober->by->call.detail));
}

static const char *explain_refusal(const struct prober *prober)
{
    const struct runner_world *world = prober->by->world;
    const char *secret =
        runner_target_has_names(world->target)
            ? "--auth basic:USER:PASSWORD has to be an account of this server"
        : world->target->auth == RUNNER_AUTH_SECRET
            ? "--auth secret:... has to be the token secret that the server is configured with "
              "(byte by byte; without a line end)"
            : "--auth hawk:ID:KEY has to be a token and its key that are still valid";
    return runner_prober_text(arena_format(
        world->arena,
        "%s refuses our credentials with status %d.\n%s. The server's clock differs from ours by "
        "%lld s, which was taken into account. A server behind a proxy has to know its public URL, "
        "which is what clients sign.",
        world->node, prober->statuses[PROBE_COLLECTIONS], secret,
        (long long)(world->clock_offset / STAMP_SECOND)));
}

static bool all_failed(const struct prober *prober)
{
    for (size_t i = 0; i < PROBES; i++) {
        if (prober->statuses[i] < 500)
            return false;
    }
    return true;
}

static const char *explain_strangeness(const struct prober *prober)
{
    const struct runner_world *world = prober->by->world;
    if (all_failed(prober))
        return runner_prober_text(arena_format(
            world->arena,
            "%s answers whatever it is asked with status %d: nothing can be said of it.\nIts log "
            "tells why; often its database cannot be reached, or a proxy before it cannot reach "
            "it.",
            world->node, prober->statuses[PROBE_COLLECTIONS]));
    return runner_prober_text(arena_format(
        world->arena,
        "%s/%s does not answer like a storage server: /info/collections gave status %d, "
        "/info/configuration %d, /info/quota %d.\nThe URL is what stands before /%s/ in the "
        "%s.",
        world->node, world->options->api, prober->statuses[PROBE_COLLECTIONS],
        prober->statuses[PROBE_CONFIGURATION], prober->statuses[PROBE_QUOTA], world->options->api,
        runner_target_has_names(world->target) ? "addresses that clients use"
                                               : "api_endpoint that the token server hands out"));
}

static void read_limits(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        char pointer[64];
        struct slice raw = { 0 };
        size_t offset = 0;
        struct runner_limit *limit = &world->limits[i];
        (void)snprintf(pointer, sizeof(pointer), "/%s", runner_limit_rows[i].name);
        limit->known = record_scan_pointer(prober->by->call.answer.body, slice_text(pointer), &raw,
                                           &offset) == RECORD_SCAN_NUMBER &&
                       slice_to_u64(raw, &limit->value);
    }
}

/* [used, quota] in KB, of which the second may be null. */
static void read_quota(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    struct slice raw = { 0 };
    size_t offset = 0;
    int64_t hundredths = 0;
    enum record_token kind =
        record_scan_pointer(prober->by->call.answer.body, SLICE("/1"), &raw, &offset);
    if (kind == RECORD_SCAN_NULL) {
        world->quota = RUNNER_QUOTA_NONE;
    } else if (kind == RECORD_SCAN_NUMBER && stamp_parse(raw, &hundredths) &&
               hundredths <= INT64_MAX / 1024) {
        world->quota = RUNNER_QUOTA_SET;
        world->quota_bytes = (uint64_t)(hundredths * 1024 / 100);
    }
}

/* What the operator says holds: servers enforce quotas that they do not tell (rs does). */
static void apply_told_quota(struct runner_world *world)
{
    if (world->target->quota == 0)
        return;
    world->quota = RUNNER_QUOTA_SET;
    world->quota_bytes = world->target->quota;
}

static const char *ask_all(struct prober *prober)
{
    bool corrected = false;
    for (size_t i = 0; i < PROBES; i++) {
        if (!ask(prober, paths[i]))
            return runner_prober_wrong(prober->by);
        if (prober->by->call.outcome != EXCHANGE_ANSWERED)
            return explain_silence(prober);
        prober->statuses[i] = prober->by->call.answer.status;
        prober->stamped = prober->stamped || http_fields_get(&prober->by->call.answer.fields,
                                                             "X-Weave-Timestamp") != NULL;
        if (set_clock(prober) && refuses(prober->statuses[i]) && !corrected) {
            corrected = true;
            i--; /* once more, by the server's clock */
            continue;
        }
        if (prober->statuses[i] == 200 && i == PROBE_CONFIGURATION)
            read_limits(prober);
        if (prober->statuses[i] == 200 && i == PROBE_QUOTA)
            read_quota(prober);
    }
    return NULL;
}

static const char *look_at_statuses(const struct prober *prober)
{
    size_t refused = 0;
    for (size_t i = 0; i < PROBES; i++) {
        if (prober->statuses[i] == 200)
            return NULL;
        refused += refuses(prober->statuses[i]);
    }
    return refused == PROBES ? explain_refusal(prober) : explain_strangeness(prober);
}

/* Leaves an account as every case wants it. */
static const char *wipe(struct prober *prober)
{
    static const char *const request[2] = { "DELETE", "/storage" };
    struct runner_world *world = prober->by->world;
    if (!ask(prober, request))
        return runner_prober_wrong(prober->by);
    if (prober->by->call.outcome == EXCHANGE_ANSWERED && prober->by->call.answer.status < 300)
        return NULL;
    return runner_prober_text(arena_format(
        world->arena,
        "the account at %s cannot be emptied: DELETE /storage gave status %d.\nEvery case "
        "starts from an empty user.",
        world->node, prober->by->call.answer.status));
}

/* Whether the last answer is that of /info/collections of a user without data. */
static bool is_empty(const struct prober *prober)
{
    struct record_scan scan = record_scan_of(prober->by->call.answer.body);
    return prober->by->call.outcome == EXCHANGE_ANSWERED && prober->by->call.answer.status == 200 &&
           record_scan_next(&scan) == RECORD_SCAN_OPEN_OBJECT &&
           record_scan_next(&scan) == RECORD_SCAN_CLOSE_OBJECT;
}

/* The one account of a user: nobody loses data that the suite did not make. */
static const char *empty_account(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    if (!ask(prober, paths[PROBE_COLLECTIONS]))
        return runner_prober_wrong(prober->by);
    if (is_empty(prober))
        return NULL;
    if (!world->target->wipe_account)
        return runner_prober_text(arena_format(
            world->arena,
            "the account %llu at %s is not empty (or /info/collections does not tell), and running "
            "the cases would delete all of its data.\nUse an account made for this, or say "
            "--wipe-account when its data may go.",
            (unsigned long long)world->target->uid, world->node));
    return wipe(prober);
}

/* Acts as the user from here on. */
static void act_as(struct prober *prober, uint64_t uid)
{
    prober->by->accounts[RUNNER_ME].uid = uid;
    prober->by->accounts[RUNNER_ME].expires = 0;
}

/* Whether a user has data somewhere among those that the run would make up: looks at some of them,
 * from the first to the last.  False, with a message, when a request gets no end. */
static bool look_at_users(struct prober *prober, bool *ret_taken)
{
    const struct runner_world *world = prober->by->world;
    *ret_taken = false;
    for (uint64_t i = 0; i < SAMPLES && !*ret_taken; i++) {
        act_as(prober, world->uid_base + i * (runner_world_span(world) - 1) / (SAMPLES - 1));
        if (!ask(prober, paths[PROBE_COLLECTIONS]))
            return false;
        *ret_taken = prober->by->call.outcome == EXCHANGE_ANSWERED &&
                     prober->by->call.answer.status == 200 && !is_empty(prober);
    }
    return true;
}

/* Users of our own making have numbers that chance gave; they must be nobody's.  Where they are
 * somebody's, others are chosen. */
static const char *find_room(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    bool taken = true;
    for (size_t i = 0; i < MOVES && taken; i++) {
        if (i > 0)
            runner_world_move(world);
        if (!look_at_users(prober, &taken))
            return runner_prober_wrong(prober->by);
    }
    act_as(prober, world->uid_base + runner_world_span(world) / 2);
    return taken ? runner_prober_text(arena_format(
                       world->arena,
                       "%s tells of data for users that the suite wanted to make up (or "
                       "/info/collections is no empty object for a user without any); it was "
                       "looked for others %d times.\nNothing was written. Look what "
                       "/info/collections "
                       "gives for a user that does not exist, or give one account: --auth "
                       "hawk:ID:KEY.",
                       world->node, MOVES))
                 : NULL;
}

/* Some servers answer whatever they are asked with 200: a catch-all, a proxy's page. */
static const char *look_for_sense(struct prober *prober)
{
    static const char *const nonsense[2] = { "GET", "/info/there-is-no-such-resource" };
    const struct runner_world *world = prober->by->world;
    if (prober->stamped)
        return NULL;
    if (!ask(prober, nonsense))
        return runner_prober_wrong(prober->by);
    if (prober->by->call.outcome != EXCHANGE_ANSWERED || prober->by->call.answer.status != 200)
        return NULL;
    return runner_prober_text(arena_format(
        world->arena,
        "%s answers everything with 200, even what does not exist, and no response has "
        "X-Weave-Timestamp, which clients cannot do without: that is no storage server.\nLook what "
        "listens there (a catch-all page, a proxy); the URL is what stands before /%s/ in the "
        "addresses that clients use.",
        world->node, world->options->api));
}

static bool needs_batches(const struct plan *plan)
{
    for (size_t i = 0; i < plan_case_count(plan); i++) {
        const struct plan_case *one = plan_case_at(plan, i);
        for (size_t j = 0; j < one->need_count; j++) {
            if (strcmp(one->needs[j], "batches") == 0)
                return true;
        }
    }
    return false;
}

/* Opens a batch, in an account that is empty or not used otherwise, and leaves it empty.  A server
 * without batches stores the record at once. */
static const char *try_batch(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    json_t *list = json_pack("[{s:s, s:s}]", "id", "a", "payload", "");
    const struct plan_step step = {
        .kind = PLAN_SEND,
        .as = "me",
        .endpoint_of = "me",
        .method = "POST",
        .target = "/storage/syncspec?batch=true",
        .body = PLAN_BODY_JSON,
        .body_value = list,
    };
    const struct runner_sending sending = runner_prober_sending(prober->by);
    bool made = list != NULL &&
                runner_request_make(&prober->by->request, &sending, &step, &prober->by->call) &&
                runner_prober_await(prober->by);
    json_decref(list);
    if (!made)
        return list == NULL ? runner_prober_text(NULL) : runner_prober_wrong(prober->by);
    if (prober->by->call.outcome == EXCHANGE_ANSWERED)
        world->batch_status = prober->by->call.answer.status;
    const char *wrong = wipe(prober);
    return runner_target_has_one(world->target) ? wrong : NULL;
}

static const char *probe(struct prober *prober)
{
    struct runner_world *world = prober->by->world;
    const char *wrong = ask_all(prober);
    if (wrong == NULL)
        wrong = look_at_statuses(prober);
    if (wrong == NULL)
        wrong = look_for_sense(prober);
    if (wrong == NULL && runner_target_has_one(world->target))
        wrong = empty_account(prober);
    else if (wrong == NULL && !world->virtual_time)
        wrong = find_room(prober);
    if (wrong == NULL && !runner_target_has_names(world->target) && needs_batches(world->plan))
        wrong = try_batch(prober);
    if (wrong == NULL)
        apply_told_quota(world);
    return wrong;
}

const char *runner_probe(struct runner_world *world)
{
    if (runner_probe_is_service(world))
        return runner_probe_service(world);
    struct prober prober = { .by = runner_prober_new(world) };
    if (prober.by == NULL)
        return runner_prober_text(NULL);
    const char *wrong = probe(&prober);
    runner_prober_free(prober.by);
    return wrong;
}
