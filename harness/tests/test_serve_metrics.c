#include "serve/metrics.h"

#include "tests/test_serve_live.h"

static bool is_name(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return name.len > 0;
}

/* A family's lines follow its HELP and TYPE lines, and no family comes twice. */
struct page {
    struct slice family;
    size_t families, samples;
};

static void check_comment(struct page *page, struct slice line, struct slice before)
{
    struct slice hash, kind, name, rest;
    assert_true(slice_cut(line, ' ', &hash, &rest));
    assert_true(slice_cut(rest, ' ', &kind, &rest));
    assert_true(slice_cut(rest, ' ', &name, &rest));
    assert_true(is_name(name));
    assert_true(rest.len > 0);
    if (slice_is(kind, "HELP")) {
        page->family = name;
        page->families++;
        return;
    }
    assert_true(slice_is(kind, "TYPE"));
    assert_true(slice_starts(before, SLICE("# HELP ")) && slice_eq(page->family, name));
    assert_true(slice_is(rest, "counter") || slice_is(rest, "gauge") ||
                slice_is(rest, "histogram"));
}

static void check_sample(struct page *page, struct slice line)
{
    struct slice name = slice_head(line, slice_find(line, ' '));
    struct slice value = slice_from(line, name.len + 1);
    name = slice_head(name, slice_find(name, '{'));
    assert_true(is_name(name));
    assert_true(page->family.len > 0 && slice_starts(name, page->family));
    assert_true(value.len > 0);
    for (size_t i = 0; i < value.len; i++)
        assert_true((value.ptr[i] >= '0' && value.ptr[i] <= '9') || value.ptr[i] == '.');
    page->samples++;
}

static void check_page(struct slice text, struct page *ret_page)
{
    struct page page = { 0 };
    struct slice line, before = { 0 };
    assert_true(slice_ends(text, SLICE("\n")));
    while (text.len > 0) {
        assert_true(slice_cut(text, '\n', &line, &text));
        if (slice_starts(line, SLICE("#")))
            check_comment(&page, line, before);
        else
            check_sample(&page, line);
        before = line;
    }
    *ret_page = page;
}

static void expect_line(struct buf *page, const char *line)
{
    if (slice_search(buf_slice(page), slice_text(line)) == page->len)
        fail_msg("there is no line %s in:\n%s", line, buf_text(page));
}

static void every_answer_counts_once(void **state)
{
    (void)state;
    struct serve_counters counters = { .accepted = 3, .open = 2, .received = 10, .sent = 20 };
    AUTO(buf_free) struct buf page = buf_bounded(65536);
    struct page read;
    serve_counters_answered(&counters, HTTP_METHOD_GET, 200, 50000);
    serve_counters_answered(&counters, HTTP_METHOD_GET, 299, 50001);
    serve_counters_answered(&counters, HTTP_METHOD_OTHER, 599, UINT64_C(3000000000));
    serve_counters_refused(&counters, 408);
    serve_metrics_counters(&page, &counters);
    serve_metrics_process(&page);
    assert_false(page.failed);
    check_page(buf_slice(&page), &read);
    assert_true(read.families >= 9);
    static const char *const lines[] = {
        "\nsyncspec_http_requests_total{method=\"GET\",status=\"2xx\"} 2\n",
        "\nsyncspec_http_requests_total{method=\"other\",status=\"5xx\"} 1\n",
        "\nsyncspec_http_requests_total{method=\"none\",status=\"4xx\"} 1\n",
        "\nsyncspec_http_requests_total{method=\"PUT\",status=\"2xx\"} 0\n",
        "\nsyncspec_http_request_duration_seconds_bucket{le=\"0.00005\"} 1\n",
        "\nsyncspec_http_request_duration_seconds_bucket{le=\"0.0001\"} 2\n",
        "\nsyncspec_http_request_duration_seconds_bucket{le=\"2.5\"} 2\n",
        "\nsyncspec_http_request_duration_seconds_bucket{le=\"+Inf\"} 3\n",
        "\nsyncspec_http_request_duration_seconds_sum 3.000100001\n",
        "\nsyncspec_http_request_duration_seconds_count 3\n",
        "\nsyncspec_connections_total 3\n",
        "\nsyncspec_connections_open 2\n",
        "\nsyncspec_received_bytes_total 10\n",
        "\nsyncspec_sent_bytes_total 20\n",
        "\nsyncspec_build_info{version=\"" SYNCSPEC_VERSION "\"} 1\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        expect_line(&page, lines[i]);
}

/* Answers with the counters of the first listener. */
struct beside {
    struct live *live;
    atomic_size_t asked;
};

static void show(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct beside *beside = context;
    (void)request;
    atomic_fetch_add(&beside->asked, 1);
    reply->status = 200;
    serve_metrics_counters(&reply->body, serve_counters_of(beside->live->serve));
}

static void two_listeners_share_a_loop_and_nothing_else(void **state)
{
    (void)state;
    struct live live;
    struct beside beside = { .live = &live };
    struct serve_config side = serve_config_default();
    struct serve_config config = live_config();
    side.handler = (struct http_handler){ show, &beside };
    config.beside = &side;
    live_start(&live, &config);
    assert_int_not_equal(serve_port_beside(live.serve), 0);
    assert_int_not_equal(serve_port_beside(live.serve), serve_port(live.serve));
    struct live_client client = live_connect(&live);
    live_send_text(&client, "GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
    live_expect(&client, 200, "GET /a ");
    live_send_text(&client, "nonsense\r\n\r\n");
    live_expect(&client, 400, NULL);

    struct live_client monitor = live_connect_to(serve_port_beside(live.serve));
    struct live_answer answer;
    live_send_text(&monitor, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(live_receive(&monitor, false, &answer));
    assert_int_equal(answer.status, 200);
    expect_line(&answer.body, "\nsyncspec_http_requests_total{method=\"GET\",status=\"2xx\"} 1\n");
    expect_line(&answer.body, "\nsyncspec_http_requests_total{method=\"none\",status=\"4xx\"} 1\n");
    expect_line(&answer.body, "\nsyncspec_connections_total 1\n");
    expect_line(&answer.body, "\nsyncspec_received_bytes_total 40\n");
    live_answer_free(&answer);
    assert_int_equal(atomic_load(&beside.asked), 1);
    assert_int_equal(atomic_load(&live.handled), 1);
    live_disconnect(&client);
    live_end(&live); /* closes the monitor's connection as well */
    live_expect_closed(&monitor);
    live_disconnect(&monitor);
}

static void without_the_second_listener_there_is_no_server(void **state)
{
    (void)state;
    struct live live;
    struct serve_config first = live_config(), side = live_config();
    const char *error = NULL;
    live_start(&live, &first);
    side.port = serve_port(live.serve); /* taken */
    first.beside = &side;
    assert_null(serve_new(&first, &error));
    assert_non_null(error);
    live_end(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_counts_once),
        cmocka_unit_test(two_listeners_share_a_loop_and_nothing_else),
        cmocka_unit_test(without_the_second_listener_there_is_no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
