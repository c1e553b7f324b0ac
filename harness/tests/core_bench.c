#include "tests/core_bench.h"

#include "store/memory.h"

#include <stdio.h>

enum { FIELDS = 16, STORE_CEILING = 256 * 1024 * 1024 };

static enum auth_result believe(struct auth_scheme *scheme, const struct http_request *request,
                                const struct auth_origin *origin, int64_t now,
                                struct auth_identity *ret_identity)
{
    (void)scheme;
    (void)origin;
    (void)now;
    const struct slice *uid = http_fields_get(&request->fields, "X-Test-Uid");
    const struct slice *result = http_fields_get(&request->fields, "X-Test-Auth");
    uint64_t code;
    if (result != NULL && slice_to_u64(*result, &code))
        return (enum auth_result)code;
    return uid != NULL && slice_to_u64(*uid, &ret_identity->uid) ? AUTH_OK : AUTH_MISSING;
}

static const struct auth_scheme_ops believing = { .name = "Test", .check = believe };

void bench_restart(struct bench *bench)
{
    core_free(bench->core);
    struct core_env env = { .store = bench->store,
                            .auth = &bench->auth,
                            .named = bench->named,
                            .clock = &bench->clock.base,
                            .rng = &bench->rng.base };
    bench->core = core_new(&bench->config, &env);
    assert_non_null(bench->core);
}

void bench_init(struct bench *bench)
{
    *bench = (struct bench){ .config = core_config_default(),
                             .auth.ops = &believing,
                             .clock = clock_virtual_at(BENCH_T0),
                             .rng = rng_seeded_with(1) };
    bench->store = store_memory_new(STORE_CEILING);
    assert_non_null(bench->store);
    http_reply_init(&bench->reply);
    bench_restart(bench);
}

void bench_free(struct bench *bench)
{
    core_free(bench->core);
    store_free(bench->store);
    http_reply_free(&bench->reply);
}

int bench_set_up(void **state)
{
    static struct bench bench;
    bench_init(&bench);
    *state = &bench;
    return 0;
}

int bench_tear_down(void **state)
{
    bench_free(*state);
    return 0;
}

static size_t read_fields(const char *text, struct http_field *fields)
{
    size_t count = 0;
    struct slice rest = slice_text(text);
    while (rest.len > 0) {
        struct slice line, name, value;
        slice_cut(rest, '\n', &line, &rest);
        assert_true(slice_cut(line, ':', &name, &value));
        assert_true(count < FIELDS);
        fields[count++] = (struct http_field){ .name = name, .value = slice_trim(value) };
    }
    return count;
}

static enum http_method method_of(struct slice text)
{
    for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
        if (slice_is(text, http_method_name((enum http_method)method)))
            return (enum http_method)method;
    }
    return HTTP_METHOD_OTHER;
}

int bench_send_bytes(struct bench *bench, const char *line, const char *fields, struct slice body)
{
    struct slice method, path;
    assert_true(slice_cut(slice_text(line), ' ', &method, &path));
    bool whole = slice_starts(path, SLICE("//"));
    int len =
        whole
            ? snprintf(bench->text, sizeof(bench->text), "%.*s", SLICE_FMT(slice_from(path, 1)))
            : snprintf(bench->text, sizeof(bench->text), "/1.5/%d%.*s", BENCH_UID, SLICE_FMT(path));
    assert_in_range(len, 1, sizeof(bench->text) - 1);
    struct http_field list[FIELDS + 1];
    size_t count = read_fields(fields, list);
    bool named = fields != NULL && strstr(fields, "X-Test-Uid") != NULL;
    if (!named)
        list[count++] = (struct http_field){ SLICE("X-Test-Uid"), SLICE("7") };
    struct http_request request = { .method = method_of(method),
                                    .method_text = method,
                                    .target = slice_of(bench->text, (size_t)len),
                                    .minor = 1,
                                    .fields = { list, count },
                                    .body = body };
    core_handle(bench->core, &request, &bench->reply);
    return bench->reply.status;
}

int bench_send(struct bench *bench, const char *line, const char *fields, const char *body)
{
    char all[1024] = "";
    if (body != NULL && (fields == NULL || strstr(fields, "Content-Type") == NULL)) {
        int len = snprintf(all, sizeof(all), "Content-Type: application/json\n%s",
                           fields == NULL ? "" : fields);
        assert_in_range(len, 1, sizeof(all) - 1);
        fields = all;
    }
    return bench_send_bytes(bench, line, fields, slice_text(body));
}

const char *bench_field(struct bench *bench, const char *name)
{
    struct slice value;
    if (!http_reply_get(&bench->reply, name, &value))
        return NULL;
    assert_true(value.len < sizeof(bench->text));
    memcpy(bench->text, value.ptr, value.len);
    bench->text[value.len] = 0;
    return bench->text;
}

void bench_expect(struct bench *bench, const char *line, const char *body, int status,
                  const char *reply)
{
    int seen = bench_send(bench, line, NULL, body);
    if (seen != status)
        fail_msg("%s: %d is not %d", line, seen, status);
    expect_body(bench, reply);
}

void bench_expect_untouched(struct bench *bench)
{
    bench_expect(bench, "GET /info/collections", NULL, 200, "{}");
    expect_field(bench, "X-Last-Modified", "0.00");
}
