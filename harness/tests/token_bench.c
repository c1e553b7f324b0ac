#include "tests/token_bench.h"

#include "record/scan.h"

#include <stdio.h>

enum { FIELDS = 8 };

/* Believes tokens of the form <account>.<generation>. */
static enum auth_bearer_err believe(struct auth_bearer *bearer, struct slice token, int64_t now,
                                    struct buf *scratch, struct auth_account *ret_account)
{
    struct slice id, generation;
    (void)bearer;
    (void)now;
    (void)scratch;
    if (slice_is(token, "busy"))
        return AUTH_BEARER_BUSY;
    if (slice_is(token, "forged"))
        return AUTH_BEARER_FORGED;
    *ret_account = (struct auth_account){ .scope = SLICE(AUTH_SCOPE_SYNC), .expires = INT64_MAX };
    slice_cut(token, '.', &id, &generation);
    ret_account->id = id;
    if (generation.len > 0 && !slice_to_u64(generation, &ret_account->generation))
        return AUTH_BEARER_MALFORMED;
    return AUTH_BEARER_OK;
}

static const struct auth_bearer_ops believing = { .check = believe };

struct core_token_server *token_server(struct token_bench *bench)
{
    struct core_token_env env = { &bench->bearer, &bench->clock.base, &bench->rng.base };
    return core_token_server_new(&bench->config, &env);
}

void token_start(struct token_bench *bench)
{
    core_token_server_free(bench->server);
    bench->server = token_server(bench);
    assert_non_null(bench->server);
}

int token_set_up(void **state)
{
    static struct token_bench bench;
    bench = (struct token_bench){ .bearer.ops = &believing,
                                  .clock = clock_virtual_at(TOKEN_T0),
                                  .rng = rng_seeded_with(1) };
    bench.config =
        (struct core_token_config){ .users = { .secret = SLICE(TOKEN_SECRET), .new_users = true },
                                    .metrics_key = SLICE("secret"),
                                    .node_type = "memory",
                                    .duration = CORE_TOKEN_DURATION };
    assert_null(core_token_nodes_add(&bench.config.users.nodes, SLICE(TOKEN_NODE), 1000));
    http_reply_init(&bench.reply);
    token_start(&bench);
    *state = &bench;
    return 0;
}

int token_tear_down(void **state)
{
    struct token_bench *bench = *state;
    core_token_server_free(bench->server);
    http_reply_free(&bench->reply);
    return 0;
}

int token_handle(struct token_bench *bench, const char *method, const char *target,
                 const char *fields)
{
    struct http_field list[FIELDS];
    size_t count = 0;
    for (struct slice rest = slice_text(fields); rest.len > 0; count++) {
        struct slice line, name, value;
        slice_cut(rest, '\n', &line, &rest);
        assert_true(slice_cut(line, ':', &name, &value));
        assert_true(count < FIELDS);
        list[count] = (struct http_field){ name, slice_trim(value) };
    }
    bool get = strcmp(method, "GET") == 0;
    struct http_request request = { .method = get ? HTTP_METHOD_GET : HTTP_METHOD_OTHER,
                                    .method_text = slice_text(method),
                                    .target = slice_text(target),
                                    .fields = { list, count } };
    core_token_handle(bench->server, &request, &bench->reply);
    return bench->reply.status;
}

int token_get(struct token_bench *bench, const char *fields)
{
    return token_handle(bench, "GET", TOKEN_RESOURCE, fields);
}

int token_ask(struct token_bench *bench, const char *account, int generation, int keys,
              const char *state)
{
    char fields[256];
    assert_in_range(snprintf(fields, sizeof(fields), "Authorization: Bearer %s.%d\nX-KeyID: %d-%s",
                             account, generation, keys, state),
                    1, sizeof(fields) - 1);
    return token_get(bench, fields);
}

struct slice token_field(const struct token_bench *bench, const char *name)
{
    struct slice value = { 0 };
    (void)http_reply_get(&bench->reply, name, &value);
    return value;
}

struct slice token_member(const struct token_bench *bench, const char *pointer)
{
    struct slice raw = { 0 };
    size_t offset;
    (void)record_scan_pointer(buf_slice(&bench->reply.body), slice_text(pointer), &raw, &offset);
    return raw;
}

uint64_t token_uid(const struct token_bench *bench)
{
    uint64_t uid = 0;
    assert_true(slice_to_u64(token_member(bench, "/uid"), &uid));
    return uid;
}
