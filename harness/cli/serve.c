/* syncspec serve: the reference server on a socket. */
#include "cli/command.h"
#include "cli/serve_monitor.h"
#include "cli/serve_options.h"
#include "cli/services.h"

#include "base/alloc.h"
#include "core/core.h"
#include "fault/stack.h"
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
    SECRET_BYTES = 32,
    PATH_TEXT = 512,
    URL_MAX = 2048,
    MONITORS = 16,           /* connections of them */
    MONITOR_BODY = 4096,     /* bytes of their requests */
    DESCRIPTORS_KEPT = 64,   /* for everything but connections */
    BODY_ROOM = 1024 * 1024, /* past max_request_bytes the core still gets to refuse */
};

/* The file of a secret that was made. */
struct made_secret {
    char path[PATH_TEXT]; /* or "" */
};

/* Makes a secret and puts it into a file that only this user reads, so that tokens can be made with
 * it. */
static const char *make_secret(struct cli_serve_options *options, struct made_secret *made)
{
    const char *folder = getenv("TMPDIR");
    uint8_t bytes[SECRET_BYTES];
    int length = snprintf(made->path, sizeof(made->path), "%s/syncspec.XXXXXX",
                          folder != NULL && folder[0] != '\0' ? folder : "/tmp");
    if (length < 0 || (size_t)length >= sizeof(made->path)) {
        made->path[0] = '\0';
        return "the name of the folder for temporary files is too long";
    }
    rng_fill(rng_system(), bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        buf_add_format(&options->secret_text, "%02x", bytes[i]);
    struct slice text = buf_slice(&options->secret_text);
    int file = mkstemp(made->path);
    if (file < 0)
        made->path[0] = '\0';
    if (file < 0 || options->secret_text.failed)
        return "no file for a secret could be made";
    bool wrote = write(file, text.ptr, text.len) == (ssize_t)text.len && write(file, "\n", 1) == 1;
    (void)close(file);
    if (!wrote)
        return "the file for a secret could not be written";
    options->secrets = (struct auth_secrets){ .at = { text }, .count = 1 };
    return NULL;
}

/* What answers requests. */
struct app {
    struct store *store;
    struct auth_scheme *auth;
    struct fault_stack *faults; /* around it, and around what the services get of the store */
    struct core *core;
    struct cli_services services;
    struct serve_access_log log;
    struct cli_serve_monitor monitor;
};

static void handle(void *context, const struct http_request *request, struct http_reply *reply)
{
    struct app *app = context;
    if (!cli_services_answer(&app->services, core_operations_of(app->core), request, reply))
        core_handle(app->core, request, reply);
}

static void close_app(struct app *app)
{
    core_free(app->core);
    cli_services_free(&app->services);
    fault_stack_free(app->faults);
    auth_scheme_free(app->auth);
    store_free(app->store);
}

/* NULL, or what failed. */
static const char *open_app(const struct cli_serve_options *options, struct app *app)
{
    const char *error = NULL;
    struct auth_hawk_config auth = {
        .secrets = options->secrets,
        .node = options->any_node ? (struct slice){ 0 } : options->core.public_url,
        .skew = options->skew,
        .nonces = options->allow_replay ? 0 : options->nonces,
    };
    app->store = store_open(options->store, &error);
    if (app->store == NULL)
        return error;
    app->faults = fault_stack_new(&options->faults);
    if (app->faults == NULL)
        return "out of memory";
    fault_stack_restart(app->faults);
    struct store *store = fault_stack_store(app->faults, app->store);
    app->services.faults = app->faults;
    error = cli_services_open(&app->services, options, store);
    if (error != NULL)
        return error;
    fault_stack_guard(app->faults, &auth);
    app->auth = auth_hawk_scheme_new(&auth);
    if (app->auth == NULL)
        return "out of memory";
    struct core_config config = options->core;
    struct core_env env = {
        .store = store,
        .auth = app->auth,
        .named = app->services.named,
        .clock = clock_real(),
        .rng = rng_system(),
        .quotas = app->services.quotas,
        .moved = cli_services_moved,
        .moved_context = &app->services,
    };
    fault_stack_configure(app->faults, &config);
    fault_stack_wrap(app->faults, &env);
    app->core = core_new(&config, &env);
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

/* The URL at which clients reach it, without a '/' at the end. */
static void write_url(const struct cli_serve_options *options, const struct serve *serve,
                      struct buf *out)
{
    bool v6 = strchr(options->host, ':') != NULL;
    if (options->core.public_url.len > 0)
        buf_add(out, options->core.public_url);
    else
        (void)buf_add_format(out, "http://%s%s%s:%u", v6 ? "[" : "", options->host, v6 ? "]" : "",
                             (unsigned)serve_port(serve));
}

static void announce(const struct cli_serve_options *options, const struct serve *serve)
{
    bool v6 = strchr(options->host, ':') != NULL;
    if (!cli_serve_is_loopback(options->host))
        (void)fprintf(stderr,
                      "syncspec serve: warning: %s is not a loopback address: others can reach "
                      "this server, and it speaks no TLS\n",
                      options->host);
    for (size_t i = 0; i < options->faults.count; i++)
        (void)fprintf(stderr, "syncspec serve: wrong on purpose: %s\n",
                      options->faults.at[i]->what);
    if (options->accounts)
        (void)fprintf(stderr, "syncspec serve: the accounts are a test double: everybody on this "
                              "machine gets tokens for any account\n");
    (void)printf("syncspec: serving http://%s%s%s:%u/ (%s%s%s%s, store %s)\n", v6 ? "[" : "",
                 options->host, v6 ? "]" : "", (unsigned)serve_port(serve),
                 options->user_api ? "APIs 1.5, 1.1 and 1.0" : "API 1.5",
                 options->token_server ? ", token server" : "",
                 options->user_api ? ", User API" : "",
                 options->accounts ? ", accounts double" : "", options->store);
    if (options->metrics_host[0] != '\0') {
        v6 = strchr(options->metrics_host, ':') != NULL;
        (void)printf("syncspec: metrics at http://%s%s%s:%u/metrics\n", v6 ? "[" : "",
                     options->metrics_host, v6 ? "]" : "", (unsigned)serve_port_beside(serve));
    }
    (void)fflush(stdout);
}

/* The server listens already, so that the services know its address. */
static int run_app(const struct cli_serve_options *options, struct app *app, struct serve *serve)
{
    AUTO(buf_free) struct buf url = buf_bounded(URL_MAX);
    write_url(options, serve, &url);
    const char *error =
        url.failed ? "out of memory" : cli_services_start(&app->services, options, buf_slice(&url));
    if (error != NULL) {
        (void)fprintf(stderr, "syncspec serve: %s\n", error);
        return VERDICT_EXIT_USAGE;
    }
    announce(options, serve);
    if (serve_run(serve))
        return VERDICT_EXIT_CONFORMANT;
    (void)fprintf(stderr, "syncspec serve: the event loop failed\n");
    return VERDICT_EXIT_UNREACHABLE;
}

/* What says how many requests there are, and whether they are served. */
static struct serve_config monitor_config(const struct cli_serve_options *options, struct app *app)
{
    struct serve_config config = serve_config_default();
    config.host = options->metrics_host;
    config.port = options->metrics_port;
    config.connections = MONITORS;
    config.bounds.body = MONITOR_BODY;
    config.handler = (struct http_handler){ cli_serve_monitor_handle, &app->monitor };
    return config;
}

static struct serve_config storage_config(const struct cli_serve_options *options, struct app *app)
{
    struct serve_config config = serve_config_default();
    uint64_t body = options->core.limits.max_request_bytes + BODY_ROOM;
    config.host = options->host;
    config.port = options->port;
    config.connections = connections_allowed(config.connections);
    config.bounds.body = body > config.bounds.body ? body : config.bounds.body;
    const struct http_handler handler = { handle, app };
    config.handler = fault_stack_around(app->faults, &handler);
    config.log = options->access_log == NULL ? NULL : &app->log;
    return config;
}

static int serve_app(const struct cli_serve_options *options, struct app *app)
{
    const char *error = NULL;
    const struct serve_config beside = monitor_config(options, app);
    struct serve_config config = storage_config(options, app);
    config.beside = options->metrics_host[0] == '\0' ? NULL : &beside;
    struct serve *serve = serve_new(&config, &error);
    if (serve == NULL) {
        (void)fprintf(stderr, "syncspec serve: cannot listen on %s port %u", options->host,
                      (unsigned)options->port);
        if (config.beside != NULL)
            (void)fprintf(stderr, " and %s port %u", options->metrics_host,
                          (unsigned)options->metrics_port);
        (void)fprintf(stderr, ": %s\n", error);
        return VERDICT_EXIT_UNREACHABLE;
    }
    app->monitor = (struct cli_serve_monitor){
        .core = app->core,
        .serve = serve,
        .log = config.log,
        .administers = cli_serve_is_loopback(options->metrics_host),
        .services = &app->services,
        .usual = { options->core.quota, options->core.quota_per_collection },
    };
    int code = run_app(options, app, serve);
    serve_free(serve);
    return code;
}

static int compose(const struct cli_serve_options *options)
{
    struct app app = { 0 };
    const char *error = open_app(options, &app);
    if (error == NULL && options->access_log != NULL)
        error = serve_access_log_open(&app.log, options->access_log);
    int code = VERDICT_EXIT_USAGE;
    if (error == NULL)
        code = serve_app(options, &app);
    else
        (void)fprintf(stderr, "syncspec serve: %s\n", error);
    if (app.log.path != NULL)
        serve_access_log_close(&app.log);
    close_app(&app);
    return code;
}

static int compose_with_secret(struct cli_serve_options *options)
{
    struct made_secret made = { 0 };
    const char *error = make_secret(options, &made);
    int code = VERDICT_EXIT_USAGE;
    if (error != NULL) {
        (void)fprintf(stderr, "syncspec serve: %s\n", error);
    } else {
        (void)fprintf(stderr,
                      "syncspec serve: no secret was given; one was made in %s, which is removed "
                      "at the end\n",
                      made.path);
        code = compose(options);
    }
    if (made.path[0] != '\0')
        (void)unlink(made.path);
    return code;
}

static int run(int argc, char **argv)
{
    struct cli_serve_options options = cli_serve_options_initial();
    (void)signal(SIGPIPE, SIG_IGN);
    int code = cli_serve_options_read(&cli_serve, argc, argv, &options);
    if (code == 0 && options.print_config)
        code = cli_serve_options_dump(&options, stdout) ? 0 : VERDICT_EXIT_UNREACHABLE;
    else if (code == 0)
        code = options.has_secret ? compose(&options) : compose_with_secret(&options);
    cli_serve_options_free(&options);
    return code;
}

static void print_more_help(FILE *to)
{
    cli_serve_options_help(to);
    (void)fputs(
        "\n"
        "For administrators, beside /metrics (--metrics on a loopback address; not for pages of\n"
        "browsers).  Each takes a JSON object; answers are 200, 400 with a reason, 404 for whom\n"
        "nobody knows, 503 when the store could not keep it:\n"
        "  POST /admin/move   {\"account\": ID}: the token server's account gets another uid,\n"
        "                     on another node where there is one, when it asks next; from now on\n"
        "                     this server answers 401 to the old uid\n"
        "                     {\"user\": NAME, \"node\": URL}: node/weave of the User API gives\n"
        "                     that node, and this server 401 for storage; \"\" moves back\n"
        "  POST /admin/quota  {\"uid\": N, \"quota\": BYTES}, or account or user instead of uid;\n"
        "                     also \"quota_per_collection\"; \"none\" or 0: without;\n"
        "                     null: as the options say\n"
        "  POST /admin/node   {\"node\": URL, \"state\": \"up\"}, or backoff, down (no new\n"
        "                     users), gone (its users get another node when they ask next)\n"
        "  POST /maintenance  {\"seconds\": N}: storage, token server and User API answer 503;\n"
        "                     DELETE /maintenance ends it\n"
        "What /admin/ changes is kept in a sqlite store.\n"
        "\n"
        "Example:\n"
        "  syncspec serve --listen 127.0.0.1:0 --secret-file secret.txt\n"
        "\n"
        "Exit codes: 0 stopped by a signal; 2 usage or configuration error; 3 it cannot listen.\n",
        to);
}

const struct cli_command cli_serve = {
    .name = "serve",
    .summary = "the reference server on a socket",
    .help = "usage: syncspec serve [OPTIONS]\n"
            "\n"
            "Serves SyncStorage API 1.5, and what else is asked for, until SIGTERM or SIGINT.  "
            "When it\n"
            "listens it prints one line, which names all that it serves:\n"
            "  syncspec: serving http://127.0.0.1:8000/ (API 1.5, store memory)\n"
            "\n",
    .more_help = print_more_help,
    .run = run,
};
