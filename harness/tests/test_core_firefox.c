/* What two Firefoxes sent to another server, sent to ours in the same order: first syncs, edits on
 * both sides, conflicts, a write race, a refused token, a wiped server, a long upload, a sign-out.
 * Every answer has to have what Firefox reads of it. */
#include "tests/core_bench.h"
#include "tests/firefox_session.h"
#include "tests/store_folder.h"

#include "record/scan.h"

#include <stdio.h>
#include <stdlib.h>

/* Where our answers differ from the recorded ones, go-syncstorage's: status and shape.  A
 * difference that is not here fails, and so does a row that does not occur. */
static const struct difference {
    const char *send; /* how the request begins */
    const char *theirs, *ours;
    const char *why;
} differences[] = {
    { "GET /storage/meta/", "404 err", "404 number",
      "errors are a response code; Firefox looks at the status alone" },
    { "POST /storage/bookmarks?batch=true&commit=true", "412 err", "412 number",
      "the same; Firefox drops the upload and tries again at the next sync" },
    { "GET /info/collections", "401 object", "401 number",
      "the same; Firefox fetches a new token" },
    { "DELETE /storage", "200 number", "200 modified",
      "a DELETE answers with an object; Firefox does not read it" },
    { "DELETE /storage/extension-storage", "404 err", "200 modified",
      "deleting a collection that does not exist is no error; Firefox takes both" },
    { "POST /storage/", "202 batch,failed,modified,success", "202 batch,failed,success",
      "nothing is modified before the commit; Firefox reads X-Last-Modified of a 202" },
};

struct replay {
    struct bench *bench;
    struct firefox_session session;
    bool seen[COUNT_OF(differences)];
    struct slice line, send, path, collection;
    size_t number; /* of the line */
    char modified[STAMP_TEXT_MAX];
    char page[STAMP_TEXT_MAX]; /* X-Last-Modified of the first page of a list */
};

static struct slice reply_body(const struct replay *replay)
{
    return buf_slice(&replay->bench->reply.body);
}

static int compare_keys(const void *a, const void *b)
{
    return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* "number", "list", or the keys of the object in order. */
static void write_shape(struct slice json, char *text, size_t size)
{
    enum { KEYS = 32 };
    struct slice keys[KEYS];
    size_t count = 0, len = 0;
    struct record_scan scan = record_scan_of(json);
    enum record_token token = record_scan_next(&scan);
    (void)snprintf(text, size, "%s", token == RECORD_SCAN_NUMBER ? "number" : "list");
    if (token != RECORD_SCAN_OPEN_OBJECT)
        return;
    while (record_scan_next(&scan) == RECORD_SCAN_KEY) {
        assert_true(count < KEYS);
        keys[count++] = scan.raw;
        assert_true(record_scan_skip(&scan, record_scan_next(&scan)));
    }
    qsort(keys, count, sizeof(keys[0]), compare_keys);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, size - len, "%s%.*s", i == 0 ? "" : ",",
                                SLICE_FMT(keys[i]));
    assert_true(len < size);
}

static void compare_with_recorded(struct replay *replay)
{
    char shape[512], ours[600], theirs[600];
    struct slice status = firefox_at(replay->line, "/status");
    struct slice recorded = firefox_at(replay->line, "/shape");
    bool info = slice_is(recorded, "times") || slice_is(recorded, "object");
    write_shape(reply_body(replay), shape, sizeof(shape));
    if (info && shape[0] != 'n' && shape[0] != 'l')
        (void)snprintf(shape, sizeof(shape), "%.*s", SLICE_FMT(recorded)); /* keys are data */
    (void)snprintf(ours, sizeof(ours), "%d %s", replay->bench->reply.status, shape);
    (void)snprintf(theirs, sizeof(theirs), "%.*s %.*s", SLICE_FMT(status), SLICE_FMT(recorded));
    if (strcmp(ours, theirs) == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(differences); i++) {
        if (slice_starts(replay->send, slice_text(differences[i].send)) &&
            strcmp(differences[i].theirs, theirs) == 0 && strcmp(differences[i].ours, ours) == 0) {
            replay->seen[i] = true;
            return;
        }
    }
    fail_msg("line %zu: %.*s: recorded %s, ours %s", replay->number, SLICE_FMT(replay->send),
             theirs, ours);
}

/* The time of the last change of a collection, by our own answers; 0.00 when there was none. */
static int64_t last_modified(const struct replay *replay, struct slice collection)
{
    const struct firefox_session *session = &replay->session;
    int64_t last = 0;
    for (size_t i = 0; i < session->time_count; i++) {
        const struct firefox_time *time = &session->times[i];
        if (time->ours > last && slice_eq(time->collection, collection))
            last = time->ours;
    }
    return last;
}

/* Every answer carries the server's time; most that of the target. */
static void check_times_of_reply(struct replay *replay)
{
    int64_t stamp;
    const char *now = bench_field(replay->bench, "X-Weave-Timestamp");
    assert_non_null(now);
    assert_true(stamp_parse(slice_text(now), &stamp));
    const char *modified = bench_field(replay->bench, "X-Last-Modified");
    (void)snprintf(replay->modified, sizeof(replay->modified), "%s",
                   modified == NULL ? "" : modified);
}

static bool writes(const struct replay *replay)
{
    int status = replay->bench->reply.status;
    return status == 200 && !slice_starts(replay->send, SLICE("GET"));
}

/* A time that did not rise would mean "nothing new" to the other device. */
static void check_that_it_rose(struct replay *replay)
{
    int64_t stamp;
    if (replay->collection.len == 0 || !writes(replay))
        return;
    assert_true(stamp_parse(slice_text(replay->modified), &stamp));
    if (!slice_starts(replay->send, SLICE("DELETE")))
        assert_true(stamp > last_modified(replay, replay->collection));
}

static void note_times(struct replay *replay)
{
    struct slice theirs = firefox_at(replay->line, "/modified");
    if (theirs.len > 0 && replay->modified[0] != 0 && replay->collection.len > 0)
        firefox_note_time(&replay->session, replay->collection, theirs,
                          slice_text(replay->modified));
}

/* info/collections names what is there, each with the time of its last change. */
static void check_collections(struct replay *replay)
{
    struct slice times = firefox_at(replay->line, "/times");
    struct record_scan scan = record_scan_of(times);
    char wanted[512], seen[512];
    write_shape(times, wanted, sizeof(wanted));
    write_shape(reply_body(replay), seen, sizeof(seen));
    if (strcmp(wanted, seen) != 0)
        fail_msg("line %zu: recorded %s, ours %s", replay->number, wanted, seen);
    assert_int_equal(record_scan_next(&scan), RECORD_SCAN_OPEN_OBJECT);
    while (record_scan_next(&scan) == RECORD_SCAN_KEY) {
        char pointer[64];
        struct slice name = scan.raw;
        int64_t stamp;
        (void)snprintf(pointer, sizeof(pointer), "/%.*s", SLICE_FMT(name));
        struct slice ours = firefox_at(reply_body(replay), pointer);
        assert_true(stamp_parse(ours, &stamp));
        assert_int_equal(stamp, last_modified(replay, name));
        assert_int_equal(record_scan_next(&scan), RECORD_SCAN_STRING);
        firefox_note_time(&replay->session, name, scan.raw, ours);
    }
}

static bool is_listed(struct slice ids, struct slice id)
{
    struct record_scan scan = record_scan_of(ids);
    (void)record_scan_next(&scan);
    while (record_scan_next(&scan) == RECORD_SCAN_STRING) {
        if (record_scan_reads(scan.raw, id))
            return true;
    }
    return false;
}

static size_t count_strings(struct slice list)
{
    struct record_scan scan = record_scan_of(list);
    size_t count = 0;
    (void)record_scan_next(&scan);
    while (record_scan_next(&scan) == RECORD_SCAN_STRING)
        count++;
    return count;
}

/* Every record of the answer was uploaded, and has the payload of the last upload. */
static size_t check_records(struct replay *replay, struct slice ids)
{
    struct firefox_reader reader = firefox_read(&replay->session, reply_body(replay));
    struct record_update update;
    size_t count = 0;
    while (firefox_read_next(&replay->session, &reader, &update)) {
        const struct firefox_record *record =
            firefox_find(&replay->session, replay->collection, update.id);
        if (record == NULL || !slice_eq(record->payload, update.payload))
            fail_msg("line %zu: %.*s is not as it was uploaded", replay->number,
                     SLICE_FMT(update.id));
        if (ids.len > 0 && !is_listed(ids, update.id))
            fail_msg("line %zu: %.*s was not in the recorded list", replay->number,
                     SLICE_FMT(update.id));
        count++;
    }
    return count;
}

/* Pages of one list bear one time, and only a list that goes on has an offset. */
static void check_list(struct replay *replay)
{
    struct slice ids = firefox_at(replay->line, "/ids");
    struct slice theirs = firefox_at(replay->line, "/offset");
    assert_int_equal(check_records(replay, ids), count_strings(ids));
    const char *offset = bench_field(replay->bench, "X-Weave-Next-Offset");
    assert_true((offset != NULL) == (theirs.len > 0));
    if (slice_search(replay->path, SLICE("&offset=")) < replay->path.len)
        assert_string_equal(replay->modified, replay->page);
    memcpy(replay->page, replay->modified, sizeof(replay->page));
    if (offset != NULL)
        firefox_note_opaque(&replay->session, replay->session.offset, theirs, slice_text(offset));
}

/* The body is the new time as a bare number: the next X-If-Unmodified-Since. */
static void check_put(struct replay *replay)
{
    assert_slice(reply_body(replay), replay->modified);
}

static void keep_uploaded(struct replay *replay, size_t *ret_count)
{
    struct firefox_session *session = &replay->session;
    struct firefox_reader reader = firefox_read(session, firefox_at(replay->line, "/body"));
    struct record_update update;
    for (*ret_count = 0; firefox_read_next(session, &reader, &update); ++*ret_count)
        firefox_put(session, replay->collection, update.id, update.payload);
}

/* success lists what was sent; failed has to be there.  A 202 tells the time before the upload,
 * which is the base of the requests that follow. */
static void check_post(struct replay *replay)
{
    size_t sent;
    struct slice body = reply_body(replay);
    int64_t stamp;
    keep_uploaded(replay, &sent);
    assert_int_equal(count_strings(firefox_at(body, "/success")), sent);
    assert_slice(firefox_at(body, "/failed"), "{}");
    if (replay->bench->reply.status == 200) {
        assert_slice(firefox_at(body, "/modified"), replay->modified);
        return;
    }
    assert_true(stamp_parse(slice_text(replay->modified), &stamp));
    bool made = !slice_is(firefox_at(replay->line, "/modified"), "0.00");
    assert_int_equal(stamp, made ? last_modified(replay, replay->collection) : 0);
    struct slice batch = firefox_at(body, "/batch");
    assert_true(batch.len > 0);
    firefox_note_opaque(&replay->session, replay->session.batch, firefox_at(replay->line, "/batch"),
                        batch);
}

static void check_reply(struct replay *replay)
{
    bool accepted = replay->bench->reply.status < 300;
    struct slice shape = firefox_at(replay->line, "/shape");
    size_t count;
    compare_with_recorded(replay);
    check_times_of_reply(replay);
    check_that_it_rose(replay);
    if (accepted && slice_is(shape, "times"))
        check_collections(replay);
    else if (accepted && slice_is(shape, "list"))
        check_list(replay);
    else if (accepted && slice_starts(replay->send, SLICE("GET /storage/")))
        assert_int_equal(check_records(replay, (struct slice){ 0 }), 1);
    else if (accepted && slice_starts(replay->send, SLICE("PUT")))
        check_put(replay);
    else if (accepted && slice_starts(replay->send, SLICE("POST")))
        check_post(replay);
    else if (accepted && slice_starts(replay->send, SLICE("DELETE")))
        firefox_delete(&replay->session, replay->path);
    if (accepted && slice_starts(replay->send, SLICE("PUT"))) {
        keep_uploaded(replay, &count);
        assert_int_equal(count, 1);
    }
    note_times(replay);
}

static void send_line(struct replay *replay)
{
    struct buf line = buf_bounded(4096), fields = buf_bounded(1024);
    struct slice type = firefox_at(replay->line, "/fields/content-type");
    struct slice since = firefox_at(replay->line, "/fields/x-if-unmodified-since");
    struct slice confirm = firefox_at(replay->line, "/fields/x-confirm-delete");
    buf_add(&line, slice_head(replay->send, replay->send.len - replay->path.len));
    firefox_translate_path(&replay->session, replay->path, &line);
    buf_add_text(&fields, "Accept: application/json;q=0.9,*/*;q=0.2");
    if (type.len > 0)
        buf_add_format(&fields, "\ncontent-type: %.*s", SLICE_FMT(type));
    if (confirm.len > 0)
        buf_add_format(&fields, "\nx-confirm-delete: %.*s", SLICE_FMT(confirm));
    if (since.len > 0) {
        buf_add_text(&fields, "\nx-if-unmodified-since: ");
        firefox_translate_time(&replay->session, replay->collection, since, &fields);
    }
    if (slice_is(firefox_at(replay->line, "/status"), "401"))
        buf_add_format(&fields, "\nX-Test-Uid: 7\nX-Test-Auth: %d", AUTH_BAD_TOKEN);
    (void)bench_send_bytes(replay->bench, buf_text(&line), buf_text(&fields),
                           firefox_at(replay->line, "/body"));
    buf_free(&line);
    buf_free(&fields);
}

/* Somebody else empties the account: what Firefox is to find out by itself. */
static void wipe(struct replay *replay)
{
    assert_int_equal(bench_send(replay->bench, "DELETE /storage", NULL, NULL), 200);
    firefox_delete(&replay->session, SLICE("/storage"));
}

static void replay_line(struct replay *replay)
{
    struct slice method;
    int64_t since;
    assert_true(stamp_parse(firefox_at(replay->line, "/t"), &since));
    if (BENCH_T0 + since > replay->bench->clock.now)
        clock_virtual_advance(&replay->bench->clock, BENCH_T0 + since - replay->bench->clock.now);
    replay->send = firefox_at(replay->line, "/send");
    if (replay->send.len == 0) {
        assert_slice(firefox_at(replay->line, "/wipe"), "true");
        wipe(replay);
        return;
    }
    assert_true(slice_cut(replay->send, ' ', &method, &replay->path));
    replay->collection = firefox_collection(replay->path);
    send_line(replay);
    check_reply(replay);
}

static void replay_all(struct bench *bench)
{
    static struct replay replay;
    replay = (struct replay){ .bench = bench };
    firefox_open(&replay.session);
    while (firefox_next(&replay.session, &replay.line)) {
        replay.number++;
        replay_line(&replay);
    }
    assert_int_equal(replay.number, 303);
    for (size_t i = 0; i < COUNT_OF(differences); i++) {
        if (!replay.seen[i])
            fail_msg("%s: %s did not occur (%s)", differences[i].send, differences[i].ours,
                     differences[i].why);
    }
    firefox_close(&replay.session);
}

static void two_devices_get_what_they_need(void **state)
{
    replay_all(*state);
}

static void two_devices_get_what_they_need_of_a_durable_store(void **state)
{
    struct bench *bench = *state;
    struct folder folder;
    folder_make(&folder, NULL);
    folder_next(&folder);
    store_free(bench->store);
    bench->store = folder_open(&folder);
    bench_restart(bench);
    replay_all(bench);
    store_free(bench->store);
    bench->store = NULL;
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH_TEST(two_devices_get_what_they_need),
        BENCH_TEST(two_devices_get_what_they_need_of_a_durable_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
