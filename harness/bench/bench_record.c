/* Our record codec beside jansson on the same bytes: a list of 100 records as Firefox posts them,
 * and one of text that is hard on both.  Each side ends with the same fields in hand. */
#include "base/rng.h"
#include "record/list.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RECORDS = 100, ROUNDS = 25, REPEATS = 40, ROOM = 4 * 1024 * 1024 };

/* What was found, so that nothing is optimised away and both can be compared. */
struct sum {
    size_t records, id_bytes, payload_bytes;
    int64_t numbers;
};

static struct buf scratch;
static struct buf out;

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void add_base64(struct rng *rng, size_t len, struct buf *body)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i++)
        buf_add_byte(body, (uint8_t)letters[rng_below(rng, 64)]);
}

/* The payload of storage format 5: JSON in a string, twelve escaped quotes, 300 to 1000 letters. */
static void add_ciphertext(struct rng *rng, struct buf *body)
{
    buf_add_text(body, "{\\\"ciphertext\\\":\\\"");
    add_base64(rng, 4 * (75 + rng_below(rng, 175)), body);
    buf_add_text(body, "\\\",\\\"IV\\\":\\\"");
    add_base64(rng, 24, body);
    buf_add_text(body, "\\\",\\\"hmac\\\":\\\"");
    for (size_t i = 0; i < 64; i++)
        buf_add_byte(body, (uint8_t) "0123456789abcdef"[rng_below(rng, 16)]);
    buf_add_text(body, "\\\"}");
}

/* Escapes and characters past ASCII everywhere. */
static void add_hard_text(struct rng *rng, struct buf *body)
{
    static const char *const words[] = {
        "na\xC3\xAFve ",   "\\n",   "\\u00e9t\\u00e9 ",         "plain ",
        "\\ud83d\\ude00 ", "\\\\x", "\xE6\x97\xA5\xE6\x9C\xAC "
    };
    for (size_t i = 0; i < 80; i++)
        buf_add_text(body, words[rng_below(rng, COUNT_OF(words))]);
}

static struct buf make_body(void (*add_payload)(struct rng *rng, struct buf *body))
{
    struct rng_seeded rng = rng_seeded_with(1);
    struct buf body = buf_bounded(ROOM);
    for (unsigned i = 0; i < RECORDS; i++) {
        buf_add_text(&body, i == 0 ? "[{\"payload\":\"" : ",{\"payload\":\"");
        add_payload(&rng.base, &body);
        (void)buf_add_format(&body, "\",\"id\":\"record%06u\",\"sortindex\":%u,\"ttl\":5184000}", i,
                             i);
    }
    buf_add_byte(&body, ']');
    return body;
}

static struct sum read_ours(struct slice body)
{
    static const struct record_bounds bounds = { .payload_bytes = ROOM };
    struct record_list list = record_list_of(body, RECORD_JSON);
    struct record_update update;
    struct record_fault fault;
    struct sum sum = { 0 };
    buf_clear(&scratch);
    buf_reserve(&scratch, body.len);
    while (record_list_next(&list, &bounds, &scratch, &update, &fault) == RECORD_OK) {
        sum.records++;
        sum.id_bytes += update.id.len;
        sum.payload_bytes += update.payload.len;
        sum.numbers += update.sortindex + update.ttl;
    }
    return sum;
}

static struct sum read_jansson(struct slice body)
{
    struct sum sum = { 0 };
    json_t *list =
        json_loadb((const char *)body.ptr, body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    size_t index;
    json_t *record;
    json_array_foreach(list, index, record)
    {
        sum.records++;
        sum.id_bytes += json_string_length(json_object_get(record, "id"));
        sum.payload_bytes += json_string_length(json_object_get(record, "payload"));
        sum.numbers += json_integer_value(json_object_get(record, "sortindex")) +
                       json_integer_value(json_object_get(record, "ttl"));
    }
    json_decref(list);
    return sum;
}

/* The list written again. */
static struct sum write_ours(struct slice body)
{
    static const struct record_bounds bounds = { .payload_bytes = ROOM };
    static struct record_update updates[RECORDS];
    static size_t count;
    static const uint8_t *decoded;
    struct record_fault fault;
    if (decoded != body.ptr) {
        struct record_list list = record_list_of(body, RECORD_JSON);
        buf_clear(&scratch);
        buf_reserve(&scratch, body.len);
        for (count = 0; count < RECORDS &&
                        record_list_next(&list, &bounds, &scratch, &updates[count], &fault) == 0;)
            count++;
        decoded = body.ptr;
    }
    buf_clear(&out);
    struct record_writer writer = record_writer_of(&out, RECORD_JSON);
    for (size_t i = 0; i < count; i++) {
        const struct record_bso bso = { .id = updates[i].id,
                                        .payload = updates[i].payload,
                                        .modified = INT64_C(179538247632),
                                        .sortindex = updates[i].sortindex,
                                        .has_sortindex = true };
        record_writer_bso(&writer, &bso);
    }
    record_writer_end(&writer);
    return (struct sum){ .records = writer.count, .payload_bytes = out.len };
}

static struct sum write_jansson(struct slice body)
{
    static json_t *list;
    static const uint8_t *decoded;
    if (decoded != body.ptr) {
        json_decref(list);
        list = json_loadb((const char *)body.ptr, body.len, JSON_ALLOW_NUL, NULL);
        decoded = body.ptr;
    }
    buf_clear(&out);
    out.len = json_dumpb(list, (char *)out.ptr, out.cap, JSON_COMPACT);
    return (struct sum){ .records = json_array_size(list), .payload_bytes = out.len };
}

/* The least time of one call, in microseconds. */
static double measure(struct sum (*work)(struct slice body), struct slice body, struct sum *ret_sum)
{
    double least = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (int i = 0; i < REPEATS; i++)
            *ret_sum = work(body);
        double took = (seconds() - start) / REPEATS * 1e6;
        least = took < least ? took : least;
    }
    return least;
}

static void compare(const char *name, struct slice body, struct sum (*ours)(struct slice body),
                    struct sum (*theirs)(struct slice body))
{
    struct sum our_sum;
    struct sum their_sum;
    double our_time = measure(ours, body, &our_sum);
    double their_time = measure(theirs, body, &their_sum);
    bool same = our_sum.records == RECORDS && their_sum.records == RECORDS &&
                our_sum.numbers == their_sum.numbers && our_sum.id_bytes == their_sum.id_bytes;
    (void)printf("%-28s %7zu bytes  ours %7.1f us (%6.0f MB/s)  jansson %7.1f us (%5.0f MB/s)  "
                 "%5.1fx%s\n",
                 name, body.len, our_time, (double)body.len / our_time, their_time,
                 (double)body.len / their_time, their_time / our_time, same ? "" : "  THEY DIFFER");
}

int main(void)
{
    struct buf firefox = make_body(add_ciphertext);
    struct buf hard = make_body(add_hard_text);
    scratch = buf_bounded(ROOM);
    out = buf_bounded(ROOM);
    if (firefox.failed || hard.failed || !buf_reserve(&out, ROOM))
        return EXIT_FAILURE;
    compare("decode, as Firefox posts", buf_slice(&firefox), read_ours, read_jansson);
    compare("decode, escapes everywhere", buf_slice(&hard), read_ours, read_jansson);
    compare("encode, as Firefox posts", buf_slice(&firefox), write_ours, write_jansson);
    compare("encode, escapes everywhere", buf_slice(&hard), write_ours, write_jansson);
    buf_free(&firefox);
    buf_free(&hard);
    buf_free(&scratch);
    buf_free(&out);
    return EXIT_SUCCESS;
}
