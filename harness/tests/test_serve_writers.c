/* Two devices of one user over real sockets, while the clock stands still: two writers in the same
 * hundredth get different times or a conflict, and no update is lost. */
#include "tests/core_bench.h"
#include "tests/store_folder.h"
#include "tests/test_serve_live.h"

#include <stdio.h>

enum { ROUNDS = 50, REQUEST = 512 };

static struct bench bench;

struct pair {
    struct live live;
    struct live_client devices[2];
};

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    (void)context;
    core_handle(bench.core, request, reply);
}

static void start(struct pair *pair, struct store *store)
{
    struct serve_config config = live_config();
    config.handler.handle = handle;
    bench_init(&bench);
    if (store != NULL) {
        store_free(bench.store);
        bench.store = store;
        bench_restart(&bench);
    }
    live_start(&pair->live, &config);
    for (size_t i = 0; i < 2; i++)
        pair->devices[i] = live_connect(&pair->live);
}

static void end(struct pair *pair)
{
    for (size_t i = 0; i < 2; i++)
        live_disconnect(&pair->devices[i]);
    live_end(&pair->live);
    bench_free(&bench);
}

/* Sends a write of one record; ${since} may be NULL. */
static void put(struct live_client *device, const char *payload, const char *since)
{
    char text[REQUEST], body[64];
    int len = snprintf(body, sizeof(body), "{\"payload\":\"%s\"}", payload);
    assert_in_range(len, 1, sizeof(body) - 1);
    len = snprintf(text, sizeof(text),
                   "PUT /1.5/7/storage/c/a HTTP/1.1\r\nHost: h\r\nX-Test-Uid: 7\r\n"
                   "%s%s%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                   since == NULL ? "" : "X-If-Unmodified-Since: ", since == NULL ? "" : since,
                   since == NULL ? "" : "\r\n", len, body);
    assert_in_range(len, 1, sizeof(text) - 1);
    live_send_text(device, text);
}

/* The status of the answer; a time from its body, when it is 200. */
static int answer(struct live_client *device, int64_t *ret_time)
{
    struct live_answer got;
    assert_true(live_receive(device, false, &got));
    int status = got.status;
    if (status == 200)
        assert_true(stamp_parse(buf_slice(&got.body), ret_time));
    live_answer_free(&got);
    return status;
}

static void expect_payload(struct live_client *device, const char *payload, int64_t time)
{
    char text[STAMP_TEXT_MAX], body[128];
    stamp_text(time, text);
    (void)snprintf(body, sizeof(body), "{\"id\":\"a\",\"modified\":%s,\"payload\":\"%s\"}", text,
                   payload);
    live_send_text(device, "GET /1.5/7/storage/c/a HTTP/1.1\r\nHost: h\r\nX-Test-Uid: 7\r\n\r\n");
    live_expect(device, 200, body);
}

static void write_in_pairs(struct pair *pair)
{
    int64_t last = 0;
    for (int round = 0; round < ROUNDS; round++) {
        int64_t times[2];
        put(&pair->devices[0], "first", NULL);
        put(&pair->devices[1], "second", NULL);
        for (size_t i = 0; i < 2; i++)
            assert_int_equal(answer(&pair->devices[i], &times[i]), 200);
        assert_true(times[0] != times[1]);
        size_t later = times[1] > times[0];
        assert_true(times[!later] > last);
        last = times[later];
        expect_payload(&pair->devices[0], later == 1 ? "second" : "first", last);
    }
    assert_true(clock_now(&bench.clock.base) == BENCH_T0);
}

/* Both have seen the same version: one replaces it, and the other is told. */
static void write_what_both_saw(struct pair *pair)
{
    int64_t seen;
    put(&pair->devices[0], "seen", NULL);
    assert_int_equal(answer(&pair->devices[0], &seen), 200);
    for (int round = 0; round < ROUNDS; round++) {
        char since[STAMP_TEXT_MAX];
        int64_t time = 0;
        stamp_text(seen, since);
        put(&pair->devices[round % 2], "even", since);
        put(&pair->devices[1 - round % 2], "odd", since);
        int even = answer(&pair->devices[round % 2], &time);
        int odd = answer(&pair->devices[1 - round % 2], &time);
        assert_int_equal(even + odd, 200 + 412);
        assert_true(time > seen);
        expect_payload(&pair->devices[0], even == 200 ? "even" : "odd", time);
        seen = time;
    }
}

static void in_memory(void **state)
{
    (void)state;
    struct pair pair;
    start(&pair, NULL);
    write_in_pairs(&pair);
    write_what_both_saw(&pair);
    end(&pair);
}

static void in_sqlite(void **state)
{
    (void)state;
    struct folder folder;
    struct pair pair;
    folder_make(&folder, NULL);
    start(&pair, folder_open(&folder));
    write_in_pairs(&pair);
    write_what_both_saw(&pair);
    end(&pair);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_memory),
        cmocka_unit_test(in_sqlite),
    };
    return cmocka_run_group_tests_name("two writers in the same hundredth", tests, NULL, NULL);
}
