/* syncspec run: cases against a server. */
#include "cli/baseline.h"
#include "cli/blame.h"
#include "cli/builtin.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/invocation.h"
#include "cli/run_help.h"
#include "cli/target.h"
#include "exchange/via.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_MS = 10000, SHOWN_REQUESTS = 50 };

/* An api_endpoint as the token server hands it out ends in /1.5/UID; what is before is the URL. */
static void cut_endpoint(struct http_url *url, uint64_t *ret_uid)
{
    static const struct slice version = SLICE_INIT("/1.5");
    struct slice path = url->path;
    size_t slash = path.len;
    uint64_t uid;
    while (slash > 0 && path.ptr[slash - 1] != '/')
        slash--;
    struct slice before = slice_head(path, slash == 0 ? 0 : slash - 1);
    if (slash > 0 && slice_to_u64(slice_from(path, slash), &uid) && slice_ends(before, version)) {
        *ret_uid = uid;
        url->path = slice_head(before, before.len - version.len);
    } else if (slice_ends(path, version)) {
        url->path = slice_head(path, path.len - version.len);
    }
}

static bool suits(enum runner_auth auth, const char *api)
{
    static const struct {
        enum runner_auth auth;
        const char *apis[2];
    } rows[] = {
        { RUNNER_AUTH_SECRET, { "1.5" } },       { RUNNER_AUTH_HAWK, { "1.5" } },
        { RUNNER_AUTH_BASIC, { "1.1", "1.0" } }, { RUNNER_AUTH_NAMES, { "user" } },
        { RUNNER_AUTH_ACCOUNTS, { "token" } },   { RUNNER_AUTH_BEARER, { "token" } },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t j = 0; j < 2; j++) {
            if (rows[i].auth == auth && rows[i].apis[j] != NULL &&
                strcmp(rows[i].apis[j], api) == 0)
                return true;
        }
    }
    return false;
}

static int check_live(struct cli_invocation *invocation)
{
    struct runner_target *target = &invocation->target;
    uint64_t uid = 0;
    const char *wrong = http_url_parse(slice_text(invocation->url), &target->url);
    if (wrong != NULL)
        return cli_usage_error(&cli_run, "%s: %s", invocation->url, wrong);
    if (invocation->has_limits)
        return cli_usage_error(
            &cli_run, "--limit, --no-batches, --quota none and --fault are for the built-in core; "
                      "a server has its own");
    if (invocation->auth == NULL)
        invocation->auth = getenv("SYNCSPEC_AUTH");
    if (strcmp(invocation->options.api, "user") == 0)
        invocation->auth = "names";
    if (invocation->auth == NULL)
        return cli_usage_error(&cli_run, "a server needs credentials: --auth secret:FILE with its "
                                         "token secret, --auth hawk:ID:KEY of one account, or "
                                         "--auth basic:USER:PASSWORD for API 1.1");
    wrong = cli_identity_read(&invocation->identity, invocation->auth, target);
    if (wrong != NULL)
        return cli_usage_error(&cli_run, "--auth: %s", wrong);
    if (!suits(target->auth, invocation->options.api))
        return cli_usage_error(&cli_run, "--auth secret:... and hawk:... are for --api 1.5, "
                                         "basic:USER:PASSWORD for 1.1 and 1.0, accounts:URL and "
                                         "bearer:FILE for token");
    target->name = invocation->url;
    cut_endpoint(&target->url, &uid);
    if (uid != 0)
        target->uid = uid;
    if (target->auth == RUNNER_AUTH_HAWK && target->uid == 0)
        return cli_usage_error(&cli_run, "the token does not tell its user; give the whole "
                                         "api_endpoint as URL: https://host/1.5/UID");
    return 0;
}

/* The command that runs a case again, up to the selection; no credential stands in it. */
static bool write_replay(struct cli_invocation *invocation)
{
    struct buf tail = invocation->replay;
    invocation->replay = buf_bounded(CLI_REPLAY_MAX);
    (void)buf_add_text(&invocation->replay, "syncspec run");
    if (invocation->url != NULL)
        cli_add_quoted(&invocation->replay, invocation->url);
    enum runner_auth auth = invocation->target.auth;
    if (invocation->url == NULL || invocation->auth_described || auth == RUNNER_AUTH_NAMES) {
        /* A description has them, or nobody wants them. */
    } else if (auth == RUNNER_AUTH_ACCOUNTS) {
        (void)buf_add_text(&invocation->replay, " --auth");
        cli_add_quoted(&invocation->replay, invocation->auth);
    } else if (auth == RUNNER_AUTH_SECRET && invocation->identity.file != NULL) {
        (void)buf_add_text(&invocation->replay, " --auth secret:@");
        struct buf quoted = buf_bounded(CLI_REPLAY_MAX);
        cli_add_quoted(&quoted, invocation->identity.file);
        (void)buf_add(&invocation->replay, slice_from(buf_slice(&quoted), 1));
        buf_free(&quoted);
    } else {
        (void)buf_add_text(&invocation->replay, " --auth \"$SYNCSPEC_AUTH\"");
    }
    (void)buf_add(&invocation->replay, buf_slice(&tail));
    bool fits = !tail.failed;
    buf_free(&tail);
    invocation->options.replay = buf_text(&invocation->replay);
    return fits && invocation->options.replay != NULL;
}

static void show_progress(void *context, const struct verdict *verdict, size_t done, size_t total)
{
    (void)context;
    (void)fprintf(stderr, "\r\x1b[K%zu/%zu %s %s", done, total,
                  verdict_outcome_name(verdict->outcome), verdict->id);
    if (done == total)
        (void)fprintf(stderr, "\r\x1b[K");
    (void)fflush(stderr);
}

/* Few cases take so many requests that nothing else would be seen meanwhile. */
static void show_heard(void *context, const char *id, size_t requests)
{
    (void)context;
    if (requests == 0 || requests % SHOWN_REQUESTS != 0)
        return;
    (void)fprintf(stderr, "\r\x1b[K%s: %zu requests", id, requests);
    (void)fflush(stderr);
}

static int write_reports(struct cli_invocation *invocation, const struct verdict_run *run)
{
    const char *term = getenv("TERM");
    const char *no_color = getenv("NO_COLOR");
    const struct report_style style = {
        .color = !invocation->no_color && (no_color == NULL || no_color[0] == '\0') &&
                 (term == NULL || strcmp(term, "dumb") != 0) && isatty(STDOUT_FILENO) != 0,
        .verbose = invocation->verbose,
        .quiet = invocation->quiet,
    };
    const struct report_style plain = { .verbose = style.verbose, .quiet = style.quiet };
    bool on_stdout = false;
    bool written = true;
    for (size_t i = 0; i < invocation->output_count; i++) {
        const struct cli_output *output = &invocation->outputs[i];
        on_stdout = on_stdout || output->file == NULL;
        written = cli_output_write(output, run, output->file == NULL ? &style : &plain) && written;
    }
    const struct cli_output text = { .format = report_format_find(SLICE("text")) };
    if (!on_stdout)
        written = cli_output_write(&text, run, &style) && written;
    return written ? (int)verdict_run_exit(run) : (int)VERDICT_EXIT_UNREACHABLE;
}

static int run_on(struct cli_invocation *invocation, const struct plan *plan,
                  struct exchange *exchange)
{
    invocation->options.told = &invocation->told;
    struct verdict_run *run = runner_run(plan, &invocation->target, &invocation->options, exchange);
    if (run == NULL) {
        (void)fprintf(stderr, "syncspec run: out of memory\n");
        return VERDICT_EXIT_UNREACHABLE;
    }
    bool blamed = !invocation->blame || cli_blame(invocation, plan, run);
    bool closed = cli_baseline_close(invocation, plan, run, &invocation->known);
    int code = write_reports(invocation, run);
    runner_free_run(run);
    if (!closed || !blamed)
        code = VERDICT_EXIT_UNREACHABLE;
    return code;
}

static int run_builtin(struct cli_invocation *invocation, const struct plan *plan)
{
    struct cli_builtin builtin;
    int code = VERDICT_EXIT_UNREACHABLE;
    const struct cli_builtin_config config = {
        .core = invocation->core,
        .faults = invocation->faults,
        .seed = invocation->options.seed,
    };
    if (cli_builtin_init(&builtin, &config, &invocation->target) &&
        cli_builtin_serve(&builtin, invocation->options.api, &invocation->target)) {
        code = run_on(invocation, plan, builtin.exchange);
    } else {
        (void)fprintf(stderr, "syncspec run: the built-in core cannot be made: out of memory\n");
    }
    cli_builtin_free(&builtin);
    return code;
}

static int run_live(struct cli_invocation *invocation, const struct plan *plan)
{
    const char *wrong = "out of memory";
    const struct exchange_curl_config config = {
        .url = invocation->target.url,
        .ca_file = invocation->ca_file,
        .connect_ms = invocation->options.timeout_ms < CONNECT_MS ? invocation->options.timeout_ms
                                                                  : CONNECT_MS,
        .connections = invocation->options.jobs * PLAN_BRANCHES_MAX,
    };
    struct exchange *exchange = exchange_via_curl(&config, &wrong);
    if (exchange == NULL) {
        (void)fprintf(stderr, "syncspec run: %s\n", wrong);
        return VERDICT_EXIT_UNREACHABLE;
    }
    int code = run_on(invocation, plan, exchange);
    exchange_free(exchange);
    return code;
}

static int run_invocation(struct cli_invocation *invocation)
{
    int code = cli_target_read(invocation);
    if (code == 0 && invocation->url != NULL)
        code = check_live(invocation);
    if (code != 0)
        return code;
    if (invocation->url == NULL && invocation->auth != NULL)
        return cli_usage_error(&cli_run, "--auth is for a server; the built-in core makes its own "
                                         "secrets (is the URL missing?)");
    if (!write_replay(invocation))
        return cli_usage_error(&cli_run, "the command line is too long");
    code = cli_baseline_open(invocation, &invocation->known);
    if (code != 0)
        return code;
    struct plan *plan = cli_load_cases(invocation->cases);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    if (!invocation->has_seed)
        invocation->options.seed = rng_u64(rng_system()) >> 32;
    if (isatty(STDERR_FILENO) && !invocation->quiet) {
        invocation->options.progress = show_progress;
        invocation->options.heard = show_heard;
    }
    code = invocation->url == NULL ? run_builtin(invocation, plan) : run_live(invocation, plan);
    plan_free(plan);
    return code;
}

static int run(int argc, char **argv)
{
    struct cli_invocation invocation;
    /* A reader that goes away must not take the report files with it. */
    (void)signal(SIGPIPE, SIG_IGN);
    int code = VERDICT_EXIT_USAGE;
    if (cli_invocation_read(&invocation, argc, argv))
        code = run_invocation(&invocation);
    cli_invocation_free(&invocation);
    return code;
}

const struct cli_command cli_run = {
    .name = "run",
    .summary = "run the cases against a server, or against the built-in core",
    .help =
        "usage: syncspec run [URL] [OPTIONS]\n"
        "\n"
        "Runs the conformance cases against the storage server at URL, which is what stands "
        "before\n"
        "/1.5/UID in the api_endpoint that a token server hands out. Without a URL against the\n"
        "built-in reference core, in process and on a virtual clock.\n"
        "\n"
        "Each case acts as users of its own, which are emptied afterwards (DELETE /storage).\n",
    .more_help = cli_run_help,
    .run = run,
};
