/* When an allocation fails, whatever reads an input says so or says the same as with memory, and
 * holds nothing afterwards.  The first byte of the input chooses who reads, the second which
 * allocation fails. */
#include "auth/token.h"
#include "base/alloc.h"
#include "http/parser.h"
#include "http/writer.h"
#include "record/keyring.h"
#include "record/list.h"
#include "record/meta.h"
#include "record/payload.h"

#include "fuzz/check.h"

enum { ROOM = 1024 * 1024 };

/* How a reading went: whether it came to its end, and a number made of what it said. */
struct outcome {
    bool done;
    uint64_t said;
};

static void say(struct outcome *outcome, uint64_t number)
{
    (void)__builtin_mul_overflow(outcome->said ^ number, UINT64_C(0x100000001b3), &outcome->said);
}

static struct outcome read_http(struct slice text, enum http_role role)
{
    struct outcome outcome = { 0 };
    struct http_parser *parser = http_parser_new(role, NULL);
    enum http_event event = parser == NULL ? HTTP_EVENT_NOMEM : HTTP_EVENT_HEAD;
    for (size_t piece = 1; event < HTTP_EVENT_FAULT && text.len > 0; piece += 5) {
        struct slice part = slice_head(text, piece);
        text = slice_from(text, piece);
        do {
            event = http_parser_next(parser, &part);
            say(&outcome, event);
        } while (event < HTTP_EVENT_FAULT && event != HTTP_EVENT_MORE);
        if (event == HTTP_EVENT_MORE && !http_parser_hold(parser))
            event = HTTP_EVENT_NOMEM;
    }
    outcome.done = event != HTTP_EVENT_NOMEM;
    http_parser_free(parser);
    return outcome;
}

static struct outcome read_requests(struct slice text)
{
    return read_http(text, HTTP_REQUESTS);
}

static struct outcome read_answers(struct slice text)
{
    return read_http(text, HTTP_ANSWERS);
}

static struct outcome read_list(struct slice text)
{
    static const struct record_bounds bounds = { .payload_bytes = ROOM };
    struct outcome outcome = { 0 };
    struct record_list list = record_list_of(text, RECORD_JSON);
    struct buf scratch = buf_bounded(ROOM);
    (void)buf_reserve(&scratch, text.len);
    enum record_err err;
    do {
        struct record_update update;
        struct record_fault fault;
        err = record_list_next(&list, &bounds, &scratch, &update, &fault);
        say(&outcome, err);
    } while (err == RECORD_OK || err == RECORD_INVALID);
    outcome.done = err != RECORD_NOMEM && !scratch.failed;
    buf_free(&scratch);
    return outcome;
}

static struct outcome read_keyring(struct slice text)
{
    struct record_keyring *keyring = NULL;
    struct outcome outcome = { .done = record_keyring_read(text, &keyring) == NULL };
    if (outcome.done)
        say(&outcome, record_keyring_count(keyring));
    record_keyring_free(keyring);
    return outcome;
}

static struct outcome read_meta(struct slice text)
{
    struct outcome outcome = { 0 };
    struct record_meta meta;
    struct arena *arena = arena_new(ROOM);
    outcome.done = arena != NULL && record_meta_read(text, arena, &meta) == NULL;
    if (outcome.done)
        say(&outcome, meta.engine_count);
    arena_free(arena);
    return outcome;
}

static struct outcome read_payload(struct slice text)
{
    static const struct record_bundle keys;
    struct buf out = buf_bounded(ROOM);
    enum record_payload_err err = record_payload_decrypt(text, &keys, &out);
    struct outcome outcome = { .done = err != RECORD_PAYLOAD_NOMEM };
    say(&outcome, err);
    buf_free(&out);
    return outcome;
}

static struct outcome read_token(struct slice text)
{
    static const struct auth_secrets secrets = { .at = { SLICE_INIT("secret") }, .count = 1 };
    struct buf minted = buf_bounded(ROOM), scratch = buf_bounded(ROOM);
    struct auth_token_opened opened;
    struct outcome outcome = { 0 };
    if (auth_token_mint_payload(secrets.at[0], text, &minted)) {
        enum auth_token_err err =
            auth_token_open(&secrets, buf_slice(&minted), 0, &scratch, &opened);
        outcome.done = err != AUTH_TOKEN_NOMEM;
        say(&outcome, err);
    }
    buf_free(&minted);
    buf_free(&scratch);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct outcome (*const readers[])(struct slice text) = {
        read_requests, read_answers, read_list, read_keyring, read_meta, read_payload, read_token,
    };
    if (size < 2)
        return 0;
    struct slice text = slice_of(data + 2, size - 2);
    int64_t live = alloc_live();
    struct outcome whole = readers[data[0] % COUNT_OF(readers)](text);
    alloc_fail_at(data[1] % 32);
    struct outcome short_of = readers[data[0] % COUNT_OF(readers)](text);
    bool failed = alloc_has_failed();
    alloc_fail_at(UINT64_MAX);
    FUZZ_CHECK(alloc_live() == live);
    FUZZ_CHECK(failed || short_of.done == whole.done);
    FUZZ_CHECK(!short_of.done || (whole.done && short_of.said == whole.said));
    return 0;
}
