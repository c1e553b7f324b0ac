#include "tests/support/support.h"

#include "base/rng.h"
#include "exchange/transcript.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define ID   "eyJub2RlIjogImh0dHA6Ly8xMjcuMC4wLjEifQ/abcdefghijklmnopqrstuvw=="
#define MAC  "6R4rV5iE+NPoym+WwjeHzjAGXUtLNIxmo1vpMofpLAE="
#define HASH "Yi9LfIIFRtBEPt74PVmbTF/xVAwPn7ub15ePICfgnuY="
#define HAWK                                                                                       \
    "Hawk id=\"" ID "\", ts=\"1353832234\", nonce=\"j4h3g2\", mac=\"" MAC "\", hash=\"" HASH       \
    "\", ext=\"some-app\""

enum { OUT_CEILING = 1024 * 1024 };

static const struct http_url url = { .host = SLICE_INIT("sync.example"),
                                     .port = 8000,
                                     .has_port = true };

struct scene {
    struct exchange_call call;
    struct http_field fields[8];
    struct buf request, response, curl;
};

static struct scene *scene_new(void)
{
    struct scene *scene = calloc(1, sizeof(*scene));
    assert_non_null(scene);
    exchange_call_init(&scene->call);
    scene->call.outcome = EXCHANGE_ANSWERED;
    scene->call.request.method_text = SLICE("PUT");
    scene->call.request.target = SLICE("/1.5/7/storage/tabs/a?x=%2f");
    scene->call.request.fields.at = scene->fields;
    scene->request = buf_bounded(OUT_CEILING);
    scene->response = buf_bounded(OUT_CEILING);
    scene->curl = buf_bounded(OUT_CEILING);
    return scene;
}

static void scene_field(struct scene *scene, const char *name, const char *value)
{
    assert_true(scene->call.request.fields.count < COUNT_OF(scene->fields));
    scene->fields[scene->call.request.fields.count++] =
        (struct http_field){ slice_text(name), slice_text(value) };
}

static void scene_write(struct scene *scene)
{
    buf_clear(&scene->request);
    buf_clear(&scene->response);
    buf_clear(&scene->curl);
    assert_true(exchange_transcript_request(&scene->call, &scene->request));
    assert_true(exchange_transcript_response(&scene->call, &scene->response));
    assert_true(exchange_transcript_curl(&scene->call, &url, &scene->curl));
}

static void scene_free(struct scene *scene)
{
    exchange_call_free(&scene->call);
    buf_free(&scene->request);
    buf_free(&scene->response);
    buf_free(&scene->curl);
    free(scene);
}

/* No eight bytes in a row of the secret (or all of it, when it is shorter). */
static void assert_none_of(const struct buf *shown, const char *secret)
{
    size_t len = strlen(secret), width = len < 8 ? len : 8;
    for (size_t i = 0; i + width <= len; i++) {
        if (slice_search(buf_slice(shown), slice_of(secret + i, width)) < shown->len)
            fail_msg("\"%.*s\" of a secret stands in: %.*s", (int)width, secret + i,
                     SLICE_FMT(buf_slice(shown)));
    }
}

static void assert_kept_secret(struct scene *scene, const char *secret)
{
    scene_write(scene);
    assert_none_of(&scene->request, secret);
    assert_none_of(&scene->response, secret);
    assert_none_of(&scene->curl, secret);
}

static bool shows(const struct buf *shown, const char *text)
{
    return slice_search(buf_slice(shown), slice_text(text)) < shown->len;
}

static void hawk_keeps_what_is_no_secret(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene_field(scene, "Authorization", HAWK);
    scene_field(scene, "Content-Type", "application/json");
    scene->call.request.body = SLICE("{\"payload\":\"x\"}");
    scene_write(scene);
    assert_slice(buf_slice(&scene->request),
                 "PUT /1.5/7/storage/tabs/a?x=%2f HTTP/1.1\n"
                 "Authorization: Hawk id=\"(redacted)\", ts=\"1353832234\", nonce=\"j4h3g2\", "
                 "mac=\"(redacted)\", hash=\"(redacted)\", ext=\"some-app\"\n"
                 "Content-Type: application/json\n\n{\"payload\":\"x\"}");
    assert_slice(buf_slice(&scene->curl),
                 "curl -sSi -X 'PUT' -H \"Authorization: $(syncspec sign 'PUT' "
                 "'http://sync.example:8000/1.5/7/storage/tabs/a?x=%2f')\" "
                 "-H 'Content-Type: application/json' -H 'Accept:' -H 'User-Agent:' "
                 "--data-raw '{\"payload\":\"x\"}' --http1.1 --globoff --path-as-is "
                 "'http://sync.example:8000/1.5/7/storage/tabs/a?x=%2f'");
    scene_free(scene);
}

static void credentials_stay_secret_however_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value, *secret;
    } rows[] = {
        { "Authorization", HAWK, ID },
        { "Authorization", HAWK, MAC },
        { "Authorization", HAWK, HASH },
        { "authorization", HAWK, MAC },
        { "AUTHORIZATION", HAWK, ID },
        { "Proxy-Authorization", HAWK, MAC },
        { "X-Authorization", HAWK, MAC },
        { "Authorization", "hawk id=\"" ID "\", mac=\"" MAC "\"", MAC },
        { "Authorization", "Hawk id=\"" ID ", mac=\"" MAC "\"", ID },
        { "Authorization", "Hawk id=" ID ", mac=" MAC, MAC },
        { "Authorization", "Hawk id='" ID "', mac='" MAC "'", ID },
        { "Authorization", "Hawk mac=\"" MAC, MAC },
        { "Authorization", "Hawk " MAC "=\"x\"", MAC },
        { "Authorization", "Hawk " MAC, MAC },
        { "Authorization", MAC, MAC },
        { "Authorization", "Hawk\tid=\"" ID "\"", ID },
        { "Authorization", "  Hawk  id=\"" ID "\"", ID },
        { "Authorization", "Hawk, id=\"" ID "\"", ID },
        { "Authorization", "Hawk id=\"x\", id=\"" ID "\"", ID },
        { "Authorization", "Basic dXNlcjpzZWNyZXQhIQ==", "dXNlcjpzZWNyZXQhIQ==" },
        { "Authorization", "basic dXNlcjpzZWNyZXQhIQ==", "secret!!" },
        { "Authorization", "Bearer abcdef0123456789", "abcdef0123456789" },
        { "Authorization", "BEARER abcdef0123456789", "abcdef0123456789" },
        { "Authorization", "Unheard-Of abcdef0123456789", "abcdef0123456789" },
        { "Cookie", "session=abcdef0123456789", "abcdef0123456789" },
        { "cookie", "a=b; session=abcdef0123456789", "abcdef0123456789" },
        { "X-Other", "Hawk id=\"" ID "\"", ID },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene *scene = scene_new();
        scene_field(scene, "X-Before", "a");
        scene_field(scene, rows[i].name, rows[i].value);
        scene_field(scene, rows[i].name, rows[i].value);
        assert_kept_secret(scene, rows[i].secret);
        scene_free(scene);
    }
}

/* The server, the target and the body repeat what was sent: whole, cut, escaped and decoded. */
static void credentials_that_come_back_stay_secret(void **state)
{
    (void)state;
    static const struct {
        const char *text, *secret;
    } rows[] = {
        { "you sent " HAWK, ID },
        { "you sent " HAWK, MAC },
        { "bad token: eyJub2RlIjogImh0dHA6Ly8xMj...", ID },
        { "the end is mnopqrstuvw==", ID },
        { "{\"id\":\"eyJub2RlIjogImh0dHA6Ly8xMjcuMC4wLjEifQ\\/abcdefghijklmnopqrstuvw==\"}", ID },
        { "6R4rV5iE%2BNPoym%2BWwjeHzjAGXUtLNIxmo1vpMofpLAE%3D", MAC },
        { MAC MAC MAC, MAC },
        { "x" MAC "y", MAC },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene *scene = scene_new();
        scene_field(scene, "Authorization", HAWK);
        scene_field(scene, "X-Copy", rows[i].text);
        scene->call.request.body = slice_text(rows[i].text);
        assert_true(buf_add_text(&scene->call.text, "HTTP/1.1 400 "));
        assert_true(buf_add_text(&scene->call.text, rows[i].text));
        assert_true(buf_add_text(&scene->call.text, "\r\nX-Echo: "));
        assert_true(buf_add_text(&scene->call.text, rows[i].text));
        assert_true(buf_add_text(&scene->call.text, "\r\n\r\n"));
        assert_true(buf_add_text(&scene->call.body, rows[i].text));
        (void)snprintf(scene->call.detail, sizeof(scene->call.detail), "%s", rows[i].text);
        assert_kept_secret(scene, rows[i].secret);
        scene->call.outcome = EXCHANGE_GARBAGE;
        assert_kept_secret(scene, rows[i].secret);
        assert_true(shows(&scene->response, "(no response: what came is not HTTP"));
        scene_free(scene);
    }
}

/* A secret that lies across the place where a body is cut must not begin in front of it. */
static void a_cut_does_not_bare_the_start_of_a_secret(void **state)
{
    (void)state;
    for (size_t overlap = 1; overlap < strlen(MAC); overlap++) {
        struct scene *scene = scene_new();
        scene_field(scene, "Authorization", HAWK);
        for (size_t i = 0; i < LIMIT_TRANSCRIPT_BODY - overlap; i++)
            assert_true(buf_add_byte(&scene->call.body, '.'));
        assert_true(buf_add_text(&scene->call.body, MAC));
        assert_kept_secret(scene, MAC);
        assert_int_equal(slice_search(buf_slice(&scene->response), SLICE("6R4rV5iE")),
                         scene->response.len);
        assert_false(shows(&scene->response, ".6R"));
        scene_free(scene);
    }
}

static void raw_requests_are_redacted_line_by_line(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *secret;
    } rows[] = {
        { "GET / HTTP/1.1\r\nAuthorization: " HAWK "\r\n\r\n", MAC },
        { "GET / HTTP/1.1\nauthorization:" HAWK "\n\n", ID },
        { "GET / HTTP/1.1\rAuthorization: " HAWK "\r\r", ID },
        { "GET / HTTP/1.1\r\nAuthorization : " HAWK "\r\n\r\n", MAC },
        { "GET / HTTP/1.1\r\nAuthorization " HAWK "\r\n\r\n", MAC },
        { "GET / HTTP/1.1\r\nAuthorization\r\n Bearer abcdef0123456789\r\n\r\n",
          "abcdef0123456789" },
        { "GET / HTTP/1.1\r\nAuthorization:\r\n Bearer abcdef0123456789\r\n\r\n",
          "abcdef0123456789" },
        { "GET / HTTP/1.1\r\nAuthorization: Hawk id=\"x\",\r\n\tmac=" MAC "\r\n\r\n", MAC },
        { "GET / HTTP/1.1\r\n\x01"
          "Authorization: " HAWK "\r\n\r\n",
          MAC },
        { "GET / HTTP/1.1\r\nAutho/rization: " HAWK "\r\n\r\n", MAC },
        { "GET / HTTP/1.1\r\nA: b\r\n\r\nGET / HTTP/1.1\r\nAuthorization: " HAWK "\r\n\r\n", ID },
        { "GET / HTTP/1.1\r\nAuthorization: Bearer abcdef01\n23456789abcd\r\n\r\n",
          "23456789abcd" },
        { "GET / HTTP/1.1\r\nAuthorization: Hawk id=\"\r\n\r\n" ID "\"\r\n\r\n", ID },
        { "Authorization: Basic dXNlcjpzZWNyZXQhIQ==", "secret!!" },
        { "GET / HTTP/1.1\r\nCookie: abcdef0123456789", "abcdef0123456789" },
        { "GET / HTTP/1.1\r\nAuthorization: " HAWK, MAC },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct scene *scene = scene_new();
        scene->call.raw = slice_text(rows[i].raw);
        assert_true(buf_add_text(&scene->call.body, rows[i].secret));
        assert_kept_secret(scene, rows[i].secret);
        scene_free(scene);
    }
}

/* What stands behind a well-formed field is not taken for a part of it. */
static void the_body_of_a_raw_request_is_shown(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene->call.raw = SLICE("PUT / HTTP/1.1\r\nAuthorization: " HAWK "\r\n\r\n{\"payload\":1}");
    scene_write(scene);
    assert_true(slice_ends(buf_slice(&scene->request), SLICE("\n\n{\"payload\":1}")));
    scene_free(scene);
}

/* Every raw request that is one with a byte changed, left out or doubled. */
static void no_damage_to_a_raw_request_bares_its_mac(void **state)
{
    (void)state;
    static const char wire[] = "GET /1.5/7/info/collections HTTP/1.1\r\nHost: h\r\n"
                               "Authorization: Hawk id=\"" ID "\", ts=\"1\", nonce=\"n\", "
                               "mac=\"" MAC "\"\r\n\r\n";
    static const char bytes[] = { ' ', '\0', '"', ',', '=', ':', '\r', '\n', 'x' };
    struct rng_seeded rng = rng_seeded_with(1);
    for (int i = 0; i < 2000; i++) {
        char damaged[sizeof(wire)];
        memcpy(damaged, wire, sizeof(wire));
        /* The name and the scheme stay, else nobody can know that it is a secret. */
        size_t at = rng_below(&rng.base, sizeof(wire) - 1);
        size_t keep = (size_t)(strstr(wire, "Authorization") - wire);
        if (at >= keep && at < keep + strlen("Authorization: Hawk"))
            continue;
        damaged[at] = bytes[rng_below(&rng.base, sizeof(bytes))];
        /* What was cut off a secret by the damage is shorter than the whole; look for its parts. */
        struct scene *scene = scene_new();
        scene->call.raw = slice_of(damaged, sizeof(wire) - 1);
        assert_kept_secret(scene, MAC);
        assert_kept_secret(scene, ID);
        scene_free(scene);
    }
}

static void cookies_and_tokens_of_the_response_stay_secret(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    assert_true(buf_add_text(&scene->call.text,
                             "HTTP/1.1 200 OK\r\nset-cookie: s=abcdef0123456789; Path=/\r\n\r\n"));
    assert_true(buf_add_text(&scene->call.body,
                             "{\"id\": \"0123456789tokentoken\", \"key\" : \"keykey\\\"9876543\","
                             "\"api_endpoint\": \"http://h\", \"uid\": 7}"));
    assert_kept_secret(scene, "abcdef0123456789");
    assert_kept_secret(scene, "0123456789tokentoken");
    assert_kept_secret(scene, "9876543");
    assert_true(shows(&scene->response, "\"uid\": 7"));
    assert_true(shows(&scene->response, "\"api_endpoint\": \"http://h\""));
    scene_free(scene);
}

/* A token is base64 of JSON, which has colons too: only Basic's credentials are decoded. */
static void what_a_token_says_is_no_secret(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene_field(scene, "Host", "node.example:8000");
    scene_field(scene, "Authorization",
                "Hawk id=\"e3VpZDpub2RlLmV4YW1wbGU6ODAwMH0w\", ts=\"1\", nonce=\"n\", mac=\"" MAC
                "\"");
    scene_write(scene);
    assert_true(shows(&scene->request, "Host: node.example:8000"));
    scene_free(scene);
}

static void records_are_shown_with_their_ids(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene_field(scene, "Authorization", HAWK);
    assert_true(buf_add_text(&scene->call.text, "HTTP/1.1 200 OK\r\n\r\n"));
    assert_true(buf_add_text(&scene->call.body, "{\"id\":\"abc\",\"modified\":1.00}"));
    scene_write(scene);
    assert_slice(buf_slice(&scene->response),
                 "HTTP/1.1 200 OK\n\n{\"id\":\"abc\",\"modified\":1.00}");
    scene_free(scene);
}

static void bytes_that_are_no_text_are_shown_as_hex(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    assert_true(buf_add_text(&scene->call.text, "HTTP/1.1 200 OK\r\nA: \x1b[31m\r\n\r\n"));
    assert_true(buf_add(&scene->call.body, SLICE("a\0\xff\n\xc3\xa4 \xe2\x80\xae \xc2\x9b")));
    scene_write(scene);
    assert_slice(buf_slice(&scene->response), "HTTP/1.1 200 OK\nA: \\x1b[31m\n\n"
                                              "a\\x00\\xff\n\xc3\xa4 \\xe2\\x80\\xae \\xc2\\x9b");
    scene_free(scene);
}

static void a_long_body_is_cut_and_says_so(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    for (int i = 0; i < 5000; i++)
        assert_true(buf_add_byte(&scene->call.body, 'x'));
    scene->call.request.body = buf_slice(&scene->call.body);
    scene_write(scene);
    assert_true(
        slice_ends(buf_slice(&scene->response), SLICE("\n(the first 2048 of 5000 bytes)\n")));
    assert_true(
        slice_ends(buf_slice(&scene->request), SLICE("\n(the first 2048 of 5000 bytes)\n")));
    assert_true(scene->response.len < 2200);
    assert_true(shows(&scene->curl, "--data-binary @BODY"));
    assert_true(
        slice_ends(buf_slice(&scene->curl), SLICE(" # BODY: a file with the body, 5000 bytes")));
    scene_free(scene);
}

static void a_raw_call_becomes_printf_and_nc(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene->call.raw = SLICE("GET /a'b%c HTTP/1.1\r\nauthorization: " HAWK "\r\n\r\n\\\0\xff\n");
    scene_write(scene);
    assert_slice(buf_slice(&scene->curl),
                 "printf 'GET /a'\\''b%%c HTTP/1.1\\r\\nauthorization: %s\\r\\n\\r\\n"
                 "\\\\\\000\\377\\n' \"$(syncspec sign 'GET' "
                 "'http://sync.example:8000/a'\\''b%c')\" | nc sync.example 8000");
    scene_free(scene);
}

/* Runs the command with `curl`, `nc` and `syncspec` that print what they are given. */
static struct buf run_command(struct buf *command)
{
    struct buf script = buf_bounded(OUT_CEILING);
    struct buf output = buf_bounded(OUT_CEILING);
    char path[] = "/tmp/syncspec-transcript-XXXXXX";
    char line[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(buf_add_text(&script, "curl() { for a; do printf '<%s>' \"$a\"; done;\n"
                                      "case \"$*\" in *@-*) cat;; esac; }\n"
                                      "nc() { cat; }\nsyncspec() { printf SIGNED; }\n"));
    assert_true(buf_add(&script, buf_slice(command)));
    assert_int_equal(write(fd, script.ptr, script.len), (ssize_t)script.len);
    assert_int_equal(close(fd), 0);
    (void)snprintf(line, sizeof(line), "sh %s", path);
    FILE *shell = popen(line, "r");
    assert_non_null(shell);
    uint8_t part[4096];
    for (size_t got; (got = fread(part, 1, sizeof(part), shell)) > 0;)
        assert_true(buf_add(&output, slice_of(part, got)));
    assert_int_equal(pclose(shell), 0);
    assert_int_equal(unlink(path), 0);
    buf_free(&script);
    return output;
}

static void sh_reads_back_what_was_quoted(void **state)
{
    (void)state;
    static const struct slice bodies[] = {
        SLICE_INIT("{\"a\":\"it's $HOME `x` \\\\ \\n !! %s\"}"),
        SLICE_INIT("@/etc/passwd"),
        SLICE_INIT("-n"),
        SLICE_INIT("''"),
        SLICE_INIT("line\nline\n"),
        SLICE_INIT("\r\n\0\x01\x7f\xff %d \\ '"),
        SLICE_INIT("-\n"),
        SLICE_INIT("\xc3\xa4\xe2\x82\xac"),
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        struct scene *scene = scene_new();
        scene_field(scene, "X-Odd", "it's \"$(exit 3)\" \xff \\ %s");
        scene_field(scene, "X-Empty", "");
        scene_field(scene, "Authorization", HAWK);
        scene_field(scene, "Host", "sync.example:8000");
        scene->call.request.body = bodies[i];
        scene_write(scene);
        struct buf got = run_command(&scene->curl);
        assert_true(shows(&got, "<-H><X-Odd: it's \"$(exit 3)\" \xff \\ %s>"));
        assert_true(shows(&got, "<X-Empty;>"));
        assert_true(shows(&got, "<Authorization: SIGNED>"));
        assert_false(shows(&got, "<Host"));
        bool piped = shows(&got, "<--data-binary><@->");
        size_t at = slice_search(buf_slice(&got), bodies[i]);
        assert_true(at < got.len);
        if (piped)
            assert_int_equal(at + bodies[i].len, got.len);
        buf_free(&got);
        scene_free(scene);
    }
}

static void sh_sends_raw_bytes_exactly(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene->call.raw = SLICE("GET /%41 HTTP/1.1\r\nA: \x00\x01'\"$x`\\\r\n"
                            "Authorization: Hawk x\r\n\r\n");
    scene_write(scene);
    struct buf got = run_command(&scene->curl);
    struct slice wanted = SLICE("GET /%41 HTTP/1.1\r\nA: \x00\x01'\"$x`\\\r\n"
                                "Authorization: SIGNED\r\n\r\n");
    assert_true(slice_eq(buf_slice(&got), wanted));
    buf_free(&got);
    scene_free(scene);
}

static void show_without_memory(void *context)
{
    const struct scene *scene = context;
    struct buf out = buf_bounded(OUT_CEILING);
    bool shown = exchange_transcript_request(&scene->call, &out) &&
                 exchange_transcript_response(&scene->call, &out) &&
                 exchange_transcript_curl(&scene->call, &url, &out);
    assert_none_of(&out, MAC);
    (void)shown;
    buf_free(&out);
}

static void running_out_of_memory_bares_nothing(void **state)
{
    (void)state;
    struct scene *scene = scene_new();
    scene_field(scene, "Authorization", HAWK);
    scene->call.request.body = SLICE(MAC "\n");
    assert_true(buf_add_text(&scene->call.body, MAC));
    support_sweep_allocations(show_without_memory, scene);
    scene_free(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hawk_keeps_what_is_no_secret),
        cmocka_unit_test(credentials_stay_secret_however_they_are_written),
        cmocka_unit_test(credentials_that_come_back_stay_secret),
        cmocka_unit_test(a_cut_does_not_bare_the_start_of_a_secret),
        cmocka_unit_test(raw_requests_are_redacted_line_by_line),
        cmocka_unit_test(the_body_of_a_raw_request_is_shown),
        cmocka_unit_test(no_damage_to_a_raw_request_bares_its_mac),
        cmocka_unit_test(cookies_and_tokens_of_the_response_stay_secret),
        cmocka_unit_test(what_a_token_says_is_no_secret),
        cmocka_unit_test(records_are_shown_with_their_ids),
        cmocka_unit_test(bytes_that_are_no_text_are_shown_as_hex),
        cmocka_unit_test(a_long_body_is_cut_and_says_so),
        cmocka_unit_test(a_raw_call_becomes_printf_and_nc),
        cmocka_unit_test(sh_reads_back_what_was_quoted),
        cmocka_unit_test(sh_sends_raw_bytes_exactly),
        cmocka_unit_test(running_out_of_memory_bares_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
