/* syncspec serve: the reference server on a socket. */
#include "cli/command.h"

#include "base/alloc.h"
#include "core/core.h"
#include "serve/serve.h"
#include "store/store.h"
#include "verdict/verdict.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    SKEW_DEFAULT = 60,
    SKEW_MAX = 366 * 24 * 3600,
    SECRET_FILE_MAX = 64 * 1024,
    SECRET_BYTES = 32,
    ADDRESS_TEXT = 64,
    PATH_TEXT = 512,
    DESCRIPTORS_KEPT = 64,   /* for everything but connections */
    BODY_ROOM = 1024 * 1024, /* past max_request_bytes the core still gets to refuse */
};

/* What the command line said. */
struct options {
    char host[ADDRESS_TEXT];
    uint16_t port;
    const char *store;
    struct core_config core;
    uint32_t skew;
    bool allow_replay;
    bool any_node;
    bool access_log;
    bool has_secret;
    struct buf secret_text;
    struct auth_secrets secrets; /* borrow from secret_text */
    char secret_path[PATH_TEXT]; /* of the file that was made, or "" */
};

/* Each takes an option's value (NULL for one without) and says what is wrong with it, or NULL. */

static const char *take_listen(struct options *options, const char *value)
{
    const char *colon = strrchr(value, ':');
    uint64_t port;
    if (colon == NULL || !slice_to_u64(slice_text(colon + 1), &port) || port > UINT16_MAX)
        return "expected HOST:PORT, with a port from 0 (the kernel chooses) to 65535";
    struct slice host = slice_of(value, (size_t)(colon - value));
    if (slice_starts(host, SLICE("[")) && slice_ends(host, SLICE("]")))
        host = slice_of(host.ptr + 1, host.len - 2);
    if (slice_is(host, "localhost"))
        host = SLICE("127.0.0.1");
    if (host.len == 0 || host.len >= sizeof(options->host))
        return "expected HOST:PORT, with an address as HOST";
    memcpy(options->host, host.ptr, host.len);
    options->host[host.len] = '\0';
    options->port = (uint16_t)port;
    return NULL;
}

static const char *take_secret_file(struct options *options, const char *value)
{
    if (options->has_secret)
        return "a secret was given already";
    FILE *file = fopen(value, "rb");
    if (file == NULL)
        return strerror(errno);
    struct buf *text = &options->secret_text;
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && buf_add(text, slice_of(part, got)))
        continue;
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || text->failed)
        return text->failed ? "the file is too large" : "the file cannot be read";
    options->has_secret = true;
    return auth_secrets_read(buf_slice(text), &options->secrets);
}

static const char *take_secret(struct options *options, const char *value)
{
    if (value[0] == '@')
        return take_secret_file(options, value + 1);
    if (options->has_secret)
        return "a secret was given already";
    if (value[0] == '\0')
        return "the secret is empty";
    options->secrets = (struct auth_secrets){ .at = { slice_text(value) }, .count = 1 };
    options->has_secret = true;
    return NULL;
}

static const char *take_quota(struct options *options, const char *value)
{
    if (strcmp(value, "none") == 0) {
        options->core.quota = 0;
        return NULL;
    }
    if (!slice_to_u64(slice_text(value), &options->core.quota) || options->core.quota == 0)
        return "expected a number of bytes, or none";
    return NULL;
}

static const char *take_limit(struct options *options, const char *value)
{
    struct slice name, number;
    uint64_t limit;
    const char *error = NULL;
    if (!slice_cut(slice_text(value), '=', &name, &number) || !slice_to_u64(number, &limit))
        return "expected NAME=NUMBER";
    return core_config_set_limit(&options->core, name, limit, &error) ? NULL : error;
}

static const char *take_public_url(struct options *options, const char *value)
{
    struct slice url = slice_text(value);
    if (slice_ends(url, SLICE("/"))) /* tokens name the node without it */
        url.len--;
    options->core.public_url = url;
    return core_config_fault(&options->core);
}

static const char *take_store(struct options *options, const char *value)
{
    options->store = value;
    return NULL;
}

static const char *take_skew(struct options *options, const char *value)
{
    uint64_t skew;
    if (!slice_to_u64(slice_text(value), &skew) || skew > SKEW_MAX)
        return "expected seconds, at most a year; 0 accepts any clock";
    options->skew = (uint32_t)skew;
    return NULL;
}

static const char *take_allow_replay(struct options *options, const char *value)
{
    (void)value;
    options->allow_replay = true;
    return NULL;
}

static const char *take_any_node(struct options *options, const char *value)
{
    (void)value;
    options->any_node = true;
    return NULL;
}

static const char *take_access_log(struct options *options, const char *value)
{
    (void)value;
    options->access_log = true;
    return NULL;
}

static const struct option_row {
    const char *name;
    bool has_value;
    const char *(*take)(struct options *options, const char *value);
} rows[] = {
    { "--listen", true, take_listen },
    { "--secret", true, take_secret },
    { "--secret-file", true, take_secret_file },
    { "--quota", true, take_quota },
    { "--limit", true, take_limit },
    { "--public-url", true, take_public_url },
    { "--store", true, take_store },
    { "--skew", true, take_skew },
    { "--allow-replay", false, take_allow_replay },
    { "--any-node", false, take_any_node },
    { "--access-log", false, take_access_log },
};

/* The row of "--name" or "--name=value", with the value behind the '='; or NULL. */
static const struct option_row *find_row(const char *argument, const char **ret_value)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t len = strlen(rows[i].name);
        if (strncmp(argument, rows[i].name, len) != 0)
            continue;
        *ret_value = argument[len] == '=' ? argument + len + 1 : NULL;
        if (argument[len] == '\0' || (rows[i].has_value && *ret_value != NULL))
            return &rows[i];
    }
    return NULL;
}

/* 0, or the exit code after a message. */
static int read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        const char *value;
        const struct option_row *row = find_row(argv[i], &value);
        if (row == NULL)
            return cli_usage_error(&cli_serve, "unknown argument \"%s\"", argv[i]);
        if (row->has_value && value == NULL && ++i == argc)
            return cli_usage_error(&cli_serve, "%s needs a value", row->name);
        const char *error = row->take(options, row->has_value && value == NULL ? argv[i] : value);
        if (error != NULL)
            return cli_usage_error(&cli_serve, "%s: %s", row->name, error);
    }
    return 0;
}

/* Makes a secret and puts it into a file that only this user reads, so that tokens can be made with
 * it. */
static const char *make_secret(struct options *options)
{
    const char *folder = getenv("TMPDIR");
    uint8_t bytes[SECRET_BYTES];
    int length = snprintf(options->secret_path, sizeof(options->secret_path), "%s/syncspec.XXXXXX",
                          folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    if (length < 0 || (size_t)length >= sizeof(options->secret_path)) {
        options->secret_path[0] = '\0';
        return "the name of the folder for temporary files is too long";
    }
    rng_fill(rng_system(), bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        buf_add_format(&options->secret_text, "%02x", bytes[i]);
    struct slice text = buf_slice(&options->secret_text);
    int file = mkstemp(options->secret_path);
    if (file < 0)
        options->secret_path[0] = '\0';
    if (file < 0 || options->secret_text.failed)
        return "no file for a secret could be made";
    bool wrote = write(file, text.ptr, text.len) == (ssize_t)text.len && write(file, "\n", 1) == 1;
    (void)close(file);
    if (!wrote)
        return "the file for a secret could not be written";
    options->secrets = (struct auth_secrets){ .at = { text }, .count = 1 };
    return NULL;
}

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

/* What answers requests. */
struct app {
    struct store *store;
    struct auth_scheme *auth;
    struct core *core;
};

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    core_handle(((struct app *)context)->core, request, reply);
}

/* The target holds neither blanks nor control bytes; no header is ever logged. */
static void handle_and_log(void *context, const struct http_request *request,
                           struct http_reply *reply)
{
    handle(context, request, reply);
    (void)fprintf(stderr, "%.*s %.*s %d %zu\n", SLICE_FMT(request->method_text),
                  SLICE_FMT(request->target), reply->status, reply->body.len);
}

static void close_app(struct app *app)
{
    core_free(app->core);
    auth_scheme_free(app->auth);
    store_free(app->store);
}

/* NULL, or what failed. */
static const char *open_app(const struct options *options, struct app *app)
{
    const char *error = NULL;
    const struct auth_hawk_config auth = {
        .secrets = options->secrets,
        .node = options->any_node ? (struct slice){ 0 } : options->core.public_url,
        .skew = options->skew,
        .nonces = options->allow_replay ? 0 : LIMIT_NONCES_KEPT,
    };
    app->store = store_open(options->store, &error);
    if (app->store == NULL)
        return error;
    app->auth = auth_hawk_scheme_new(&auth);
    const struct core_env env = {
        .store = app->store,
        .auth = app->auth,
        .clock = clock_real(),
        .rng = rng_system(),
    };
    if (app->auth != NULL)
        app->core = core_new(&options->core, &env);
    return app->core == NULL ? "out of memory" : NULL;
}

/* As many connections as the process may have descriptors for. */
static size_t connections_allowed(size_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= (rlim_t)2 * DESCRIPTORS_KEPT)
        return DESCRIPTORS_KEPT;
    size_t allowed = (size_t)limit.rlim_cur - DESCRIPTORS_KEPT;
    return allowed < wanted ? allowed : wanted;
}

static void announce(const struct options *options, const struct serve *serve)
{
    bool v6 = strchr(options->host, ':') != NULL;
    if (!is_loopback(options->host))
        (void)fprintf(stderr,
                      "syncspec serve: warning: %s is not a loopback address: others can reach "
                      "this server, and it speaks no TLS\n",
                      options->host);
    if (options->secret_path[0] != '\0')
        (void)fprintf(stderr,
                      "syncspec serve: no secret was given; one was made in %s, which is removed "
                      "at the end\n",
                      options->secret_path);
    (void)printf("syncspec: serving http://%s%s%s:%u/ (API 1.5, store %s)\n", v6 ? "[" : "",
                 options->host, v6 ? "]" : "", (unsigned)serve_port(serve), options->store);
    (void)fflush(stdout);
}

static int serve_app(const struct options *options, struct app *app)
{
    const char *error = NULL;
    struct serve_config config = serve_config_default();
    uint64_t body = options->core.limits.max_request_bytes + BODY_ROOM;
    config.host = options->host;
    config.port = options->port;
    config.connections = connections_allowed(config.connections);
    config.bounds.body = body > config.bounds.body ? body : config.bounds.body;
    config.handle = options->access_log ? handle_and_log : handle;
    config.context = app;
    struct serve *serve = serve_new(&config, &error);
    if (serve == NULL) {
        (void)fprintf(stderr, "syncspec serve: cannot listen on %s port %u: %s\n", options->host,
                      (unsigned)options->port, error);
        return VERDICT_EXIT_UNREACHABLE;
    }
    announce(options, serve);
    bool served = serve_run(serve);
    serve_free(serve);
    if (!served)
        (void)fprintf(stderr, "syncspec serve: the event loop failed\n");
    return served ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_UNREACHABLE;
}

static int compose(struct options *options)
{
    struct app app = { 0 };
    const char *error = options->has_secret ? NULL : make_secret(options);
    if (error == NULL)
        error = open_app(options, &app);
    int code = VERDICT_EXIT_USAGE;
    if (error == NULL)
        code = serve_app(options, &app);
    else
        (void)fprintf(stderr, "syncspec serve: %s\n", error);
    close_app(&app);
    if (options->secret_path[0] != '\0')
        (void)unlink(options->secret_path);
    return code;
}

static int run(int argc, char **argv)
{
    struct options options = {
        .host = "127.0.0.1",
        .port = 8000,
        .store = "memory",
        .core = core_config_default(),
        .skew = SKEW_DEFAULT,
        .secret_text = buf_bounded(SECRET_FILE_MAX),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    int code = read_options(argc, argv, &options);
    if (code == 0)
        code = compose(&options);
    if (options.secret_text.ptr != NULL)
        explicit_bzero(options.secret_text.ptr, options.secret_text.len);
    buf_free(&options.secret_text);
    return code;
}

const struct cli_command cli_serve = {
    .name = "serve",
    .summary = "the reference server on a socket",
    .help =
        "usage: syncspec serve [OPTIONS]\n"
        "\n"
        "Serves SyncStorage API 1.5 until SIGTERM or SIGINT.  When it listens it prints one line:\n"
        "  syncspec: serving http://127.0.0.1:8000/ (API 1.5, store memory)\n"
        "\n"
        "  --listen HOST:PORT   address to bind, 127.0.0.1:8000 unless said; port 0: any free one\n"
        "  --secret-file FILE   the token secrets, one a line, the current one first; blank lines\n"
        "                       and lines that start with # do not count\n"
        "  --secret TEXT        the token secret itself, or @FILE.  Every user of the machine "
        "sees\n"
        "                       a command line: prefer a file.  Without any secret one is made, "
        "and\n"
        "                       standard error says in which file it is\n"
        "  --quota BYTES|none   payload bytes that one user may keep (8388608)\n"
        "  --limit NAME=VALUE   one of the limits of /info/configuration, e.g.\n"
        "                       max_post_records=100; repeatable\n"
        "  --public-url URL     how clients reach it, when a proxy stands before it.  Requests "
        "are\n"
        "                       signed for this URL, and tokens for another node are refused\n"
        "  --any-node           accept tokens whatever node they name\n"
        "  --store SPEC         memory\n"
        "  --skew SECONDS       how far a request's clock may differ (60); 0: not checked\n"
        "  --allow-replay       accept a signed request more than once: for load generators\n"
        "  --access-log         one line per request on standard error: method, target, status,\n"
        "                       bytes; never a header\n"
        "\n"
        "Example:\n"
        "  syncspec serve --listen 127.0.0.1:0 --secret-file secret.txt\n"
        "\n"
        "Exit codes: 0 stopped by a signal; 2 usage or configuration error; 3 it cannot listen.\n",
    .run = run,
};
