/* syncspec run: cases against a server. */
#include "cli/builtin.h"
#include "cli/cases.h"
#include "cli/command.h"
#include "cli/identity.h"
#include "cli/output.h"
#include "exchange/via.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    GLOBS_MAX = 64,
    OUTPUTS_MAX = 16,
    JOBS_MAX = 256,
    TIMEOUT_MAX = 3600,
    CONNECT_MS = 10000,
    REPLAY_MAX = 16 * 1024,
};

/* What the command line said. */
struct invocation {
    const char *url; /* NULL: the built-in core */
    const char *auth;
    bool auth_of_environment;
    const char *cases;
    const char *ca_file;
    const char *select[GLOBS_MAX], *skip[GLOBS_MAX];
    struct cli_output outputs[OUTPUTS_MAX];
    size_t output_count;
    bool verbose, quiet, no_color;
    bool has_limits;
    bool has_seed;
    struct core_config core;
    struct runner_options options;
    struct runner_target target;
    struct cli_identity identity;
    struct buf replay;
};

/* Each takes an option's value and says what is wrong with it, or NULL. */

static const char *take_auth(struct invocation *invocation, const char *value)
{
    invocation->auth = value;
    return NULL;
}

static const char *take_api(struct invocation *invocation, const char *value)
{
    (void)invocation;
    return strcmp(value, "1.5") == 0 ? NULL : "expected 1.5, the one API that has cases";
}

static const char *take_select(struct invocation *invocation, const char *value)
{
    if (invocation->options.select_count == GLOBS_MAX)
        return "that is one too many";
    invocation->select[invocation->options.select_count++] = value;
    return NULL;
}

static const char *take_skip(struct invocation *invocation, const char *value)
{
    if (invocation->options.skip_count == GLOBS_MAX)
        return "that is one too many";
    invocation->skip[invocation->options.skip_count++] = value;
    return NULL;
}

static const char *take_level(struct invocation *invocation, const char *value)
{
    static const struct {
        const char *name;
        enum verdict_level level;
    } levels[] = { { "must", VERDICT_MUST }, { "should", VERDICT_SHOULD }, { "all", VERDICT_MAY } };
    for (size_t i = 0; i < COUNT_OF(levels); i++) {
        if (strcmp(levels[i].name, value) == 0) {
            invocation->options.level = levels[i].level;
            return NULL;
        }
    }
    return "expected must, should or all";
}

static const char *take_jobs(struct invocation *invocation, const char *value)
{
    uint64_t jobs;
    if (!slice_to_u64(slice_text(value), &jobs) || jobs == 0 || jobs > JOBS_MAX)
        return "expected a number from 1 to 256";
    invocation->options.jobs = (size_t)jobs;
    return NULL;
}

static const char *take_timeout(struct invocation *invocation, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds == 0 || seconds > TIMEOUT_MAX)
        return "expected seconds, from 1 to 3600";
    invocation->options.timeout_ms = (int)seconds * 1000;
    return NULL;
}

static const char *take_seed(struct invocation *invocation, const char *value)
{
    invocation->has_seed = true;
    return slice_to_u64(slice_text(value), &invocation->options.seed) ? NULL : "expected a number";
}

static const char *take_report(struct invocation *invocation, const char *value)
{
    if (invocation->output_count == OUTPUTS_MAX)
        return "that is one too many";
    struct cli_output *output = &invocation->outputs[invocation->output_count++];
    const char *wrong = cli_output_read(value, output);
    for (size_t i = 0; wrong == NULL && i + 1 < invocation->output_count; i++) {
        if (output->file == NULL && invocation->outputs[i].file == NULL)
            wrong = "only one report can go to standard output; give the others a file";
    }
    return wrong;
}

static const char *take_cases(struct invocation *invocation, const char *value)
{
    invocation->cases = value;
    return NULL;
}

static const char *take_cacert(struct invocation *invocation, const char *value)
{
    invocation->ca_file = value;
    return access(value, R_OK) == 0 ? NULL : "the file cannot be read";
}

static const char *take_quota(struct invocation *invocation, const char *value)
{
    uint64_t *quota = &invocation->target.quota;
    return slice_to_u64(slice_text(value), quota) && *quota > 0 ? NULL
                                                                : "expected a number of bytes";
}

static const char *take_quota_budget(struct invocation *invocation, const char *value)
{
    return slice_to_u64(slice_text(value), &invocation->options.quota_budget)
               ? NULL
               : "expected a number of bytes";
}

static const char *take_limit(struct invocation *invocation, const char *value)
{
    struct slice name;
    struct slice number;
    uint64_t limit;
    const char *wrong = NULL;
    invocation->has_limits = true;
    if (!slice_cut(slice_text(value), '=', &name, &number) || !slice_to_u64(number, &limit))
        return "expected NAME=NUMBER";
    return core_config_set_limit(&invocation->core, name, limit, &wrong) ? NULL : wrong;
}

static const char *take_wipe(struct invocation *invocation, const char *value)
{
    (void)value;
    invocation->target.wipe_account = true;
    return NULL;
}

static const char *take_verbose(struct invocation *invocation, const char *value)
{
    (void)value;
    invocation->verbose = true;
    return NULL;
}

static const char *take_quiet(struct invocation *invocation, const char *value)
{
    (void)value;
    invocation->quiet = true;
    return NULL;
}

static const char *take_no_color(struct invocation *invocation, const char *value)
{
    (void)value;
    invocation->no_color = true;
    return NULL;
}

static const struct {
    const char *name;
    bool has_value;
    bool replayed; /* belongs to a command that runs a case again */
    const char *(*take)(struct invocation *invocation, const char *value);
} rows[] = {
    { "--auth", true, false, take_auth },
    { "--api", true, false, take_api },
    { "--select", true, false, take_select },
    { "--skip", true, false, take_skip },
    { "--level", true, false, take_level },
    { "--jobs", true, false, take_jobs },
    { "--timeout", true, true, take_timeout },
    { "--seed", true, false, take_seed },
    { "--report", true, false, take_report },
    { "--cases", true, true, take_cases },
    { "--cacert", true, true, take_cacert },
    { "--quota", true, true, take_quota },
    { "--quota-budget", true, true, take_quota_budget },
    { "--limit", true, true, take_limit },
    { "--wipe-account", false, true, take_wipe },
    { "-v", false, false, take_verbose },
    { "--verbose", false, false, take_verbose },
    { "-q", false, false, take_quiet },
    { "--quiet", false, false, take_quiet },
    { "--no-color", false, false, take_no_color },
};

/* ' ${text}' quoted for sh. */
static void add_quoted(struct buf *out, const char *text)
{
    (void)buf_add_text(out, " '");
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            (void)buf_add_text(out, "'\\''");
        else
            (void)buf_add_byte(out, (uint8_t)*text);
    }
    (void)buf_add_byte(out, '\'');
}

/* Reads the option at argv[*at], and moves *at to its last argument.  False after telling what is
 * wrong. */
static bool take_option(struct invocation *invocation, int argc, char **argv, int *at)
{
    const char *name = argv[*at];
    size_t row = 0;
    while (row < COUNT_OF(rows) && strcmp(rows[row].name, name) != 0)
        row++;
    if (row == COUNT_OF(rows)) {
        (void)cli_usage_error(&cli_run, "there is no option %s", name);
        return false;
    }
    const char *value = NULL;
    if (rows[row].has_value) {
        if (*at + 1 == argc) {
            (void)cli_usage_error(&cli_run, "%s wants a value", name);
            return false;
        }
        value = argv[++*at];
    }
    const char *wrong = rows[row].take(invocation, value);
    if (wrong != NULL) {
        /* Not the value: it may be a secret. */
        (void)cli_usage_error(&cli_run, "%s: %s", name, wrong);
        return false;
    }
    if (rows[row].replayed) {
        (void)buf_add_format(&invocation->replay, " %s", name);
        if (value != NULL)
            add_quoted(&invocation->replay, value);
    }
    return true;
}

static bool take_arguments(struct invocation *invocation, int argc, char **argv)
{
    for (int at = 1; at < argc; at++) {
        if (argv[at][0] == '-' && argv[at][1] != '\0') {
            if (!take_option(invocation, argc, argv, &at))
                return false;
        } else if (invocation->url != NULL) {
            (void)cli_usage_error(&cli_run, "one URL at a time");
            return false;
        } else {
            invocation->url = argv[at];
        }
    }
    return true;
}

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

static int check_live(struct invocation *invocation)
{
    struct runner_target *target = &invocation->target;
    uint64_t uid = 0;
    const char *wrong = http_url_parse(slice_text(invocation->url), &target->url);
    if (wrong != NULL)
        return cli_usage_error(&cli_run, "%s: %s", invocation->url, wrong);
    if (invocation->has_limits)
        return cli_usage_error(&cli_run, "--limit is for the built-in core; a server has its own");
    if (invocation->auth == NULL) {
        invocation->auth = getenv("SYNCSPEC_AUTH");
        invocation->auth_of_environment = true;
    }
    if (invocation->auth == NULL)
        return cli_usage_error(&cli_run, "a server needs credentials: --auth secret:FILE with its "
                                         "token secret, or --auth hawk:ID:KEY of one account");
    wrong = cli_identity_read(&invocation->identity, invocation->auth, target);
    if (wrong != NULL)
        return cli_usage_error(&cli_run, "--auth: %s", wrong);
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
static bool write_replay(struct invocation *invocation)
{
    struct buf tail = invocation->replay;
    invocation->replay = buf_bounded(REPLAY_MAX);
    (void)buf_add_text(&invocation->replay, "syncspec run");
    if (invocation->url != NULL)
        add_quoted(&invocation->replay, invocation->url);
    if (invocation->url != NULL && invocation->identity.file != NULL) {
        (void)buf_add_text(&invocation->replay, " --auth secret:@");
        struct buf quoted = buf_bounded(REPLAY_MAX);
        add_quoted(&quoted, invocation->identity.file);
        (void)buf_add(&invocation->replay, slice_from(buf_slice(&quoted), 1));
        buf_free(&quoted);
    } else if (invocation->url != NULL) {
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

static int write_reports(struct invocation *invocation, const struct verdict_run *run)
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

static int run_on(struct invocation *invocation, const struct plan *plan, struct exchange *exchange)
{
    struct verdict_run *run = runner_run(plan, &invocation->target, &invocation->options, exchange);
    if (run == NULL) {
        (void)fprintf(stderr, "syncspec run: out of memory\n");
        return VERDICT_EXIT_UNREACHABLE;
    }
    int code = write_reports(invocation, run);
    runner_free_run(run);
    return code;
}

static int run_builtin(struct invocation *invocation, const struct plan *plan)
{
    struct cli_builtin builtin;
    int code = VERDICT_EXIT_UNREACHABLE;
    if (cli_builtin_init(&builtin, &invocation->core, invocation->options.seed,
                         &invocation->target))
        code = run_on(invocation, plan, builtin.exchange);
    else
        (void)fprintf(stderr, "syncspec run: the built-in core cannot be made: out of memory\n");
    cli_builtin_free(&builtin);
    return code;
}

static int run_live(struct invocation *invocation, const struct plan *plan)
{
    const char *wrong = "out of memory";
    const struct exchange_curl_config config = {
        .url = invocation->target.url,
        .ca_file = invocation->ca_file,
        .connect_ms = invocation->options.timeout_ms < CONNECT_MS ? invocation->options.timeout_ms
                                                                  : CONNECT_MS,
        .connections = invocation->options.jobs,
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

static int run_invocation(struct invocation *invocation)
{
    int code = invocation->url == NULL ? 0 : check_live(invocation);
    if (code != 0)
        return code;
    if (invocation->url == NULL && invocation->auth != NULL)
        return cli_usage_error(&cli_run, "--auth is for a server; the built-in core makes its own "
                                         "secrets (is the URL missing?)");
    if (!write_replay(invocation))
        return cli_usage_error(&cli_run, "the command line is too long");
    struct plan *plan = cli_load_cases(invocation->cases);
    if (plan == NULL)
        return VERDICT_EXIT_USAGE;
    if (!invocation->has_seed)
        invocation->options.seed = rng_u64(rng_system()) >> 32;
    if (isatty(STDERR_FILENO) && !invocation->quiet)
        invocation->options.progress = show_progress;
    code = invocation->url == NULL ? run_builtin(invocation, plan) : run_live(invocation, plan);
    plan_free(plan);
    return code;
}

static int run(int argc, char **argv)
{
    struct invocation invocation = {
        .core = core_config_default(),
        .options = runner_options_default(),
        .identity = cli_identity_empty(),
        .replay = buf_bounded(REPLAY_MAX),
    };
    invocation.options.select = invocation.select;
    invocation.options.skip = invocation.skip;
    /* A reader that goes away must not take the report files with it. */
    (void)signal(SIGPIPE, SIG_IGN);
    int code = VERDICT_EXIT_USAGE;
    if (take_arguments(&invocation, argc, argv))
        code = run_invocation(&invocation);
    cli_identity_free(&invocation.identity);
    buf_free(&invocation.replay);
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
        "Each case acts as users of its own, which are emptied afterwards (DELETE /storage).\n"
        "\n"
        "Credentials (or in the environment as SYNCSPEC_AUTH; never in a report):\n"
        "  --auth secret:FILE    the server's token secret, to mint tokens with: one secret a "
        "line,\n"
        "                        the current one first. When there is no file of that name, what\n"
        "                        stands there is the secret itself; secret:@FILE is always a file\n"
        "  --auth hawk:ID:KEY    one account: a token and its key. Cases that need several users "
        "or\n"
        "                        forged tokens are skipped\n"
        "  --wipe-account        all data of that account may be deleted; without it, an account\n"
        "                        that is not empty is refused\n"
        "\n"
        "What is run:\n"
        "  --select GLOB         only cases whose id matches (repeatable); --skip GLOB: not these\n"
        "  --level LEVEL         must: only cases about what a server must do; should: also what "
        "it\n"
        "                        should do; all (the default)\n"
        "  --api 1.5             the API\n"
        "  --cases DIR           the case files (or SYNCSPEC_CASES in the environment)\n"
        "\n"
        "How:\n"
        "  --jobs N              cases under way at once on a server (8)\n"
        "  --timeout S           seconds that one response may take (30)\n"
        "  --seed N              order (and, on the built-in core, users and nonces)\n"
        "  --cacert FILE         trust these certificates instead of the system's\n"
        "  --quota BYTES         the quota of a user, for servers that do not tell it\n"
        "  --quota-budget BYTES  the most that is sent to fill a quota (16777216)\n"
        "  --limit NAME=VALUE    a limit of the built-in core, as in `syncspec help serve`\n"
        "\n"
        "What is told:\n"
        "  --report FORMAT[:FILE]  repeatable; `syncspec list formats`. Without a report that goes "
        "to\n"
        "                        standard output, text does\n"
        "  -v, -q                text: with passed cases and transcripts; only failures and the "
        "sum\n"
        "  --no-color            (or NO_COLOR in the environment)\n"
        "\n"
        "examples:\n"
        "  syncspec run\n"
        "  syncspec run http://127.0.0.1:8000 --auth secret:token.secret --report junit:sync.xml\n"
        "  syncspec run http://127.0.0.1:8000 --auth secret:token.secret --select 'put/*' -v\n"
        "\n"
        "exit codes: 0 conformant; 1 a case failed; 2 usage, case file or configuration error;\n"
        "3 target unreachable or harness error; 4 fewer than half of the cases could be decided.\n",
    .run = run,
};
