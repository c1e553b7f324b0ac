#include "tests/user_bench.h"

#include "auth/basic.h"

bool user_mail(void *context, const struct core_user *user, const char *code)
{
    struct user_bench *bench = context;
    assert_slice(slice_of(user->email, user->email_len), "ann@example.com");
    assert_int_equal(strlen(code), CORE_USER_API_CODE_TEXT - 1);
    memcpy(bench->code, code, sizeof(bench->code));
    return true;
}

bool user_captcha(void *context, struct slice challenge, struct slice response)
{
    (void)context;
    return slice_is(challenge, "2+2") && slice_is(response, "4");
}

bool user_gone(void *context, uint64_t uid)
{
    ((struct user_bench *)context)->gone = uid;
    return true;
}

void user_start(struct user_bench *bench)
{
    core_user_api_free(bench->api);
    bench->api = core_user_api_new(&bench->config, &bench->env);
    assert_non_null(bench->api);
}

int user_set_up(void **state)
{
    static struct user_bench bench;
    bench = (struct user_bench){ .clock = clock_virtual_at(USER_T0), .rng = rng_seeded_with(1) };
    bench.config = (struct core_user_api_config){
        .users = { .rng = &bench.rng.base, .cost = AUTH_PASSWORD_COST_MIN },
        .node = SLICE("http://127.0.0.1:8000/"),
        .secret = SLICE("open up"),
    };
    bench.env.clock = &bench.clock.base;
    bench.env.hooks.context = &bench;
    http_reply_init(&bench.reply);
    user_start(&bench);
    *state = &bench;
    return 0;
}

int user_tear_down(void **state)
{
    struct user_bench *bench = *state;
    core_user_api_free(bench->api);
    http_reply_free(&bench->reply);
    return 0;
}

static enum http_method method_of(struct slice text)
{
    int method = HTTP_METHOD_GET;
    while (method < HTTP_METHOD_OTHER &&
           !slice_is(text, http_method_name((enum http_method)method)))
        method++;
    return (enum http_method)method;
}

int user_send(struct user_bench *bench, const char *line, const char *who, const char *body)
{
    struct http_field field;
    size_t count = 0;
    struct slice method, target, name, password;
    struct buf header = buf_bounded(1024);
    assert_true(slice_cut(slice_text(line), ' ', &method, &target));
    if (who != NULL && who[0] == '!') {
        field = (struct http_field){ SLICE("X-Weave-Password-Reset"), slice_text(who + 1) };
        count = 1;
    } else if (who != NULL && slice_starts(slice_text(who), SLICE("Basic "))) {
        field = (struct http_field){ SLICE("Authorization"), slice_text(who) };
        count = 1;
    } else if (who != NULL) {
        assert_true(slice_cut(slice_text(who), ':', &name, &password));
        assert_true(auth_basic_sign(name, password, &header));
        field = (struct http_field){ SLICE("Authorization"), buf_slice(&header) };
        count = 1;
    }
    struct http_request request = { .method = method_of(method),
                                    .method_text = method,
                                    .target = target,
                                    .fields = { &field, count },
                                    .body = slice_text(body) };
    core_user_api_handle(bench->api, &request, &bench->reply);
    buf_free(&header);
    return bench->reply.status;
}

void user_expect(struct user_bench *bench, const char *line, const char *who, const char *body,
                 int status, const char *reply)
{
    int got = user_send(bench, line, who, body);
    if (got != status || !slice_is(buf_slice(&bench->reply.body), reply))
        fail_msg("%s %s: %d \"%.*s\"", line, body == NULL ? "" : body, got,
                 SLICE_FMT(buf_slice(&bench->reply.body)));
}

struct slice user_field(const struct user_bench *bench, const char *name)
{
    struct slice value = { 0 };
    (void)http_reply_get(&bench->reply, name, &value);
    return value;
}
