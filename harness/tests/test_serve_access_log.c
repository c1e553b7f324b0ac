#include "serve/access_log.h"

#include "tests/support/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct serve_access access_of(struct http_request *request, struct slice method,
                                     struct slice target)
{
    *request = (struct http_request){ .method_text = method, .target = target };
    return (struct serve_access){ .peer = "192.0.2.1",
                                  .request = request,
                                  .status = 200,
                                  .bytes = 1234,
                                  .nanoseconds = 1002003,
                                  .at_ms = 784111777007 };
}

static void a_line_says_who_asked_for_what_and_what_came_of_it(void **state)
{
    (void)state;
    const struct {
        struct slice target;
        const char *shown;
    } rows[] = {
        { SLICE("/1.5/7/storage/tabs"), "/1.5/7/storage/tabs" },
        { SLICE("/s?full&newer=12.34&ids=secret"), "/s?full&newer=&ids=" },
        { SLICE("/s?"), "/s" },
        { SLICE("/s?="), "/s?=" },
        { SLICE("/s?a0123456789012345678901234567890=1&b"), "/s?*=&b" },
        { SLICE("/s?a?b=c?d"), "/s?a?b=" },
        { SLICE("/a b\r\n127.0.0.1 \"\\\x7F\xFF"),
          "/a\\x20b\\x0D\\x0A127.0.0.1\\x20\\x22\\x5C\\x7F\\xFF" },
        { SLICE("/s?x\n=1"), "/s?x\\x0A=" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_request request;
        const struct serve_access access = access_of(&request, SLICE("GET"), rows[i].target);
        AUTO(buf_free) struct buf line = buf_bounded(4096);
        AUTO(buf_free) struct buf wanted = buf_bounded(4096);
        buf_add_format(&wanted, "1994-11-06T08:49:37.007Z 192.0.2.1 GET %s 200 1234 1.002\n",
                       rows[i].shown);
        assert_true(serve_access_log_write(&access, &line));
        assert_slice(buf_slice(&line), buf_text(&wanted));
    }
}

static void what_could_not_be_read_is_a_dash(void **state)
{
    (void)state;
    const struct serve_access access = { .peer = "::1", .status = 400, .at_ms = 1 };
    AUTO(buf_free) struct buf line = buf_bounded(4096);
    assert_true(serve_access_log_write(&access, &line));
    assert_slice(buf_slice(&line), "1970-01-01T00:00:00.001Z ::1 - - 400 0 0.000\n");
}

/* A reader of a pipe gets whole lines only when each fits into what a pipe takes at once. */
static void no_line_is_longer_than_a_pipe_takes_at_once(void **state)
{
    (void)state;
    uint8_t target[16384];
    memset(target, '\n', sizeof(target));
    struct http_request request;
    for (int kind = 0; kind < 2; kind++) {
        const struct serve_access access =
            access_of(&request, slice_of(target, sizeof(target)), slice_of(target, sizeof(target)));
        AUTO(buf_free) struct buf line = buf_bounded(65536);
        assert_true(serve_access_log_write(&access, &line));
        assert_true(line.len < 4096);
        assert_int_equal(slice_find(buf_slice(&line), '\n'), line.len - 1);
        for (size_t i = 0; i < sizeof(target); i++)
            target[i] = SLICE("?&\n=").ptr[i % 4];
    }
}

static void expect_file(const char *path, const char *end, size_t lines)
{
    char text[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    struct slice got = slice_of(text, len);
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += text[i] == '\n';
    assert_int_equal(count, lines);
    assert_true(slice_ends(got, slice_text(end)));
}

static void a_log_that_was_moved_away_is_made_anew(void **state)
{
    (void)state;
    char folder[] = "/tmp/syncspec-log.XXXXXX", path[64], old[64];
    struct http_request request;
    struct serve_access_log log;
    const struct serve_access access = access_of(&request, SLICE("GET"), SLICE("/a"));
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/log", folder);
    (void)snprintf(old, sizeof(old), "%s/log.1", folder);
    assert_null(serve_access_log_open(&log, path));
    serve_access_log_add(&log, &access);
    assert_int_equal(rename(path, old), 0);
    serve_access_log_add(&log, &access);
    serve_access_log_reopen(&log);
    serve_access_log_add(&log, &access);
    serve_access_log_close(&log);
    expect_file(old, " GET /a 200 1234 1.002\n", 2);
    expect_file(path, " GET /a 200 1234 1.002\n", 1);
    assert_int_equal(log.lost, 0);
    assert_null(serve_access_log_open(&log, path)); /* it appends */
    serve_access_log_add(&log, &access);
    serve_access_log_close(&log);
    expect_file(path, " GET /a 200 1234 1.002\n", 2);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(old), 0);
    /* A folder that is gone: the server goes on with the file that it has. */
    assert_null(serve_access_log_open(&log, path));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    serve_access_log_reopen(&log);
    serve_access_log_add(&log, &access);
    serve_access_log_close(&log);
    assert_int_equal(log.lost, 0);
    assert_non_null(serve_access_log_open(&log, path));
    serve_access_log_close(&log);
}

static void what_cannot_be_written_is_counted(void **state)
{
    (void)state;
    struct http_request request;
    struct serve_access_log log;
    const struct serve_access note = access_of(&request, SLICE("GET"), SLICE("/a"));
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_null(serve_access_log_open(&log, "/dev/full"));
    for (int i = 0; i < 3; i++)
        serve_access_log_add(&log, &note);
    serve_access_log_flush(&log);
    assert_int_equal(log.lost, 3);
    serve_access_log_close(&log);
}

static void a_reader_who_does_not_read_holds_nobody_up(void **state)
{
    (void)state;
    char folder[] = "/tmp/syncspec-log.XXXXXX", path[64];
    struct http_request request;
    struct serve_access_log log;
    const struct serve_access access = access_of(&request, SLICE("GET"), SLICE("/a"));
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/pipe", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_non_null(serve_access_log_open(&log, path)); /* nobody reads: it does not wait */
    serve_access_log_close(&log);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_null(serve_access_log_open(&log, path));
    for (int i = 0; i < 10000; i++)
        serve_access_log_add(&log, &access);
    serve_access_log_flush(&log);
    assert_true(log.lost > 0);
    serve_access_log_close(&log);
    (void)close(reader);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_who_asked_for_what_and_what_came_of_it),
        cmocka_unit_test(what_could_not_be_read_is_a_dash),
        cmocka_unit_test(no_line_is_longer_than_a_pipe_takes_at_once),
        cmocka_unit_test(a_log_that_was_moved_away_is_made_anew),
        cmocka_unit_test(what_cannot_be_written_is_counted),
        cmocka_unit_test(a_reader_who_does_not_read_holds_nobody_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
