#include "tests/support/fake_target.h"

#include "base/stamp.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>

static struct fake_target *fake_of(struct exchange *exchange)
{
    return CONTAINER_OF(exchange, struct fake_target, base);
}

static void reply(struct exchange_call *call, int status, const char *body, int64_t stamp)
{
    char weave[STAMP_TEXT_MAX];
    stamp_text(stamp, weave);
    buf_clear(&call->text);
    buf_clear(&call->body);
    bool kept = buf_add_format(&call->text,
                               "HTTP/1.1 %d Something\r\nX-Weave-Timestamp: %s\r\n"
                               "X-Last-Modified: 1700000000.12\r\nRetry-After: 0\r\n\r\n",
                               status, weave);
    if (!kept || !buf_add_text(&call->body, body)) {
        call->outcome = EXCHANGE_BROKEN;
        (void)snprintf(call->detail, sizeof(call->detail), "out of memory");
        return;
    }
    struct slice text = buf_slice(&call->text);
    size_t at = slice_search(text, SLICE("X-Weave-Timestamp: ")) + 19;
    call->answer_fields[0] =
        (struct http_field){ SLICE("X-Weave-Timestamp"), slice_of(text.ptr + at, strlen(weave)) };
    call->answer_fields[1] =
        (struct http_field){ SLICE("X-Last-Modified"), SLICE("1700000000.12") };
    call->answer_fields[2] = (struct http_field){ SLICE("Retry-After"), SLICE("0") };
    call->answer = (struct http_answer){
        .status = status,
        .reason = SLICE("Something"),
        .minor = 1,
        .fields = { .at = call->answer_fields, .count = 3 },
        .body = buf_slice(&call->body),
    };
    call->outcome = EXCHANGE_ANSWERED;
}

/* How often this target was asked for before. */
static size_t count_seen(struct fake_target *fake, struct slice target)
{
    size_t count = 0;
    char text[96];
    (void)snprintf(text, sizeof(text), "%.*s", SLICE_FMT(target));
    for (size_t i = 0; i < fake->seen_count; i++)
        count += strcmp(fake->seen[i], text) == 0;
    assert_true(fake->seen_count < FAKE_SEEN);
    memcpy(fake->seen[fake->seen_count++], text, sizeof(text));
    return count;
}

static void keep_nonce(struct fake_target *fake, const struct exchange_call *call)
{
    const struct slice *header = http_fields_get(&call->request.fields, "Authorization");
    if (header == NULL)
        return;
    size_t at = slice_search(*header, SLICE("nonce=\""));
    struct slice nonce;
    struct slice rest;
    assert_true(at < header->len && fake->nonce_count < FAKE_SEEN);
    assert_true(slice_cut(slice_from(*header, at + 7), '"', &nonce, &rest));
    (void)snprintf(fake->nonces[fake->nonce_count++], sizeof(fake->nonces[0]), "%.*s",
                   SLICE_FMT(nonce));
}

static bool is_signed_in_time(const struct fake_target *fake, const struct exchange_call *call)
{
    const struct slice *header = http_fields_get(&call->request.fields, "Authorization");
    if (header == NULL)
        return false;
    size_t at = slice_search(*header, SLICE("ts=\""));
    if (at == header->len)
        return false;
    int64_t ts = strtoll((const char *)header->ptr + at + 4, NULL, 10);
    return llabs(ts - (fake->now + fake->ahead) / STAMP_SECOND) <= 60;
}

static const struct {
    const char *word;
    enum exchange_outcome outcome;
} broken[] = {
    { "/closed", EXCHANGE_CLOSED },   { "/garbage", EXCHANGE_GARBAGE },
    { "/timeout", EXCHANGE_TIMEOUT }, { "/huge", EXCHANGE_TOO_LARGE },
    { "/broken", EXCHANGE_BROKEN },   { "/unreachable", EXCHANGE_UNREACHABLE },
};

static void answer_word(struct fake_target *fake, struct exchange_call *call)
{
    struct slice target = call->request.target;
    int64_t stamp = fake->now + fake->ahead;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        if (slice_ends(target, slice_text(broken[i].word))) {
            call->outcome = broken[i].outcome;
            (void)snprintf(call->detail, sizeof(call->detail), "scripted");
            return;
        }
    }
    int status = 404;
    if (slice_ends(target, SLICE("/ok")))
        status = 200;
    else if (slice_ends(target, SLICE("/always-busy")))
        status = 503;
    else if (slice_ends(target, SLICE("/busy")))
        status = count_seen(fake, target) < 2 ? 503 : 200;
    else if (slice_ends(target, SLICE("/conflict")))
        status = count_seen(fake, target) < 1 ? 409 : 200;
    else if (slice_ends(target, SLICE("/flaky")))
        status = fake->flips++ % 2 == 0 ? 404 : 200;
    else if (slice_ends(target, SLICE("/fill")))
        status = count_seen(fake, target) < 5 ? 200 : 403;
    if (slice_ends(target, SLICE("/echo")))
        reply(call, 200, fake->echo, stamp);
    else
        reply(call, status, "1700000000.12", stamp);
}

static void answer(struct fake_target *fake, struct exchange_call *call)
{
    struct slice target = call->request.target;
    int64_t stamp = fake->now + fake->ahead;
    fake->requests++;
    keep_nonce(fake, call);
    if (fake->requests > fake->dies_after) {
        call->outcome = EXCHANGE_UNREACHABLE;
        (void)snprintf(call->detail, sizeof(call->detail), "connection refused");
    } else if (!is_signed_in_time(fake, call)) {
        reply(call, 401, "0", stamp);
    } else if (fake->info_status != 0 && slice_search(target, SLICE("/info/")) < target.len) {
        reply(call, fake->info_status, "0", stamp);
    } else if (fake->alike) {
        reply(call, 200, "{}", stamp);
        call->answer.fields.count = 0;
    } else if (slice_ends(target, SLICE("/info/collections")) && fake->taken > 0) {
        fake->taken--;
        reply(call, 200, "{\"bookmarks\": 1700000000.00}", stamp);
    } else if (slice_ends(target, SLICE("/info/collections"))) {
        reply(call, 200, fake->collections, stamp);
    } else if (slice_ends(target, SLICE("/info/configuration"))) {
        reply(call, 200, "{\"max_post_records\": 100, \"max_total_bytes\": 262144000}", stamp);
    } else if (slice_ends(target, SLICE("/info/quota"))) {
        reply(call, 200, fake->quota, stamp);
    } else if (slice_ends(target, SLICE("/storage/syncspec?batch=true"))) {
        assert_slice(call->request.body, "[{\"id\":\"a\",\"payload\":\"\"}]");
        reply(call, fake->batch_status, "{}", stamp);
    } else if (slice_ends(target, SLICE("/storage"))) {
        fake->wipes++;
        reply(call, fake->wipe_status, "{}", stamp);
    } else {
        answer_word(fake, call);
    }
}

static void start(struct exchange *exchange, struct exchange_call *call)
{
    struct fake_target *fake = fake_of(exchange);
    assert_true(fake->pending_count < FAKE_PENDING);
    call->outcome = EXCHANGE_PENDING;
    fake->pending[fake->pending_count++] = call;
    if (fake->pending_count > fake->pending_most)
        fake->pending_most = fake->pending_count;
}

static struct exchange_call *next(struct exchange *exchange, int timeout_ms)
{
    (void)timeout_ms;
    struct fake_target *fake = fake_of(exchange);
    if (fake->pending_count == 0)
        return NULL;
    size_t at = (size_t)rng_below(&fake->rng.base, fake->pending_count);
    struct exchange_call *call = fake->pending[at];
    fake->pending[at] = fake->pending[--fake->pending_count];
    answer(fake, call);
    return call;
}

static int64_t tell_now(struct exchange *exchange)
{
    return fake_of(exchange)->now;
}

static bool skip_time(struct exchange *exchange, int64_t centiseconds)
{
    struct fake_target *fake = fake_of(exchange);
    if (!fake->virtual_time)
        return false;
    fake->now += centiseconds;
    fake->skipped += centiseconds;
    return true;
}

static const struct exchange_ops ops = {
    .name = "fake", .start = start, .next = next, .now = tell_now, .skip = skip_time
};

void fake_target_init(struct fake_target *fake, uint64_t seed)
{
    *fake = (struct fake_target){
        .base = { .ops = &ops },
        .now = (int64_t)1700000000 * STAMP_SECOND,
        .rng = rng_seeded_with(seed),
        .collections = "{}",
        .quota = "[0,null]",
        .batch_status = 200,
        .echo = "",
        .wipe_status = 200,
        .dies_after = SIZE_MAX,
    };
}
