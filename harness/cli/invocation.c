#include "cli/invocation.h"

#include "cli/command.h"
#include "cli/size.h"

#include <unistd.h>

enum { JOBS_MAX = 256, TIMEOUT_MAX = 3600, BUDGET_MAX = 86400, RUNS_MAX = 1000, RATE_MAX = 100000 };

/* Each takes an option's value and says what is wrong with it, or NULL. */

static const char *take_auth(struct cli_invocation *invocation, const char *value)
{
    invocation->auth = value;
    return NULL;
}

static const char *take_api(struct cli_invocation *invocation, const char *value)
{
    static const char *const apis[] = { "1.5", "1.1", "1.0", "token", "user" };
    for (size_t i = 0; i < COUNT_OF(apis); i++) {
        if (strcmp(apis[i], value) == 0) {
            invocation->options.api = apis[i];
            return NULL;
        }
    }
    return "expected 1.5, 1.1, 1.0, token or user, the APIs that have cases";
}

/* One more of an option that may be repeated. */
static const char *add_to(const char **list, size_t *count, const char *value)
{
    if (*count == CLI_GLOBS_MAX)
        return "that is one too many";
    list[(*count)++] = value;
    return NULL;
}

static const char *take_select(struct cli_invocation *invocation, const char *value)
{
    return add_to(invocation->select, &invocation->options.select_count, value);
}

static const char *take_skip(struct cli_invocation *invocation, const char *value)
{
    return add_to(invocation->skip, &invocation->options.skip_count, value);
}

static const char *take_needs(struct cli_invocation *invocation, const char *value)
{
    return add_to(invocation->needs, &invocation->options.needs_count, value);
}

static const char *take_area(struct cli_invocation *invocation, const char *value)
{
    return add_to(invocation->areas, &invocation->options.area_count, value);
}

static const char *take_requirement(struct cli_invocation *invocation, const char *value)
{
    return add_to(invocation->requirements, &invocation->options.requirement_count, value);
}

static const char *take_level(struct cli_invocation *invocation, const char *value)
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

static const char *take_jobs(struct cli_invocation *invocation, const char *value)
{
    uint64_t jobs;
    if (!slice_to_u64(slice_text(value), &jobs) || jobs == 0 || jobs > JOBS_MAX)
        return "expected a number from 1 to 256";
    invocation->options.jobs = (size_t)jobs;
    return NULL;
}

static const char *take_timeout(struct cli_invocation *invocation, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds == 0 || seconds > TIMEOUT_MAX)
        return "expected seconds, from 1 to 3600";
    invocation->options.timeout_ms = (int)seconds * 1000;
    return NULL;
}

static const char *take_target(struct cli_invocation *invocation, const char *value)
{
    invocation->description_file = value;
    return NULL;
}

static const char *take_fail_fast(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->options.fail_fast = true;
    return NULL;
}

static const char *take_retries(struct cli_invocation *invocation, const char *value)
{
    uint64_t count;
    if (!slice_to_u64(slice_text(value), &count) || count > RUNS_MAX)
        return "expected a number from 0 to 1000";
    invocation->options.retries = (size_t)count;
    return NULL;
}

static const char *take_repeat(struct cli_invocation *invocation, const char *value)
{
    uint64_t count;
    if (!slice_to_u64(slice_text(value), &count) || count == 0 || count > RUNS_MAX)
        return "expected a number from 1 to 1000";
    invocation->options.repeat = (size_t)count;
    return NULL;
}

static const char *take_rate(struct cli_invocation *invocation, const char *value)
{
    uint64_t rate;
    if (!slice_to_u64(slice_text(value), &rate) || rate == 0 || rate > RATE_MAX)
        return "expected requests a second, from 1 to 100000";
    invocation->options.rate = (unsigned)rate;
    return NULL;
}

static const char *take_anonymous(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->options.anonymous = true;
    return NULL;
}

static const char *take_blame(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->blame = true;
    return NULL;
}

static const char *take_min_checks(struct cli_invocation *invocation, const char *value)
{
    uint64_t count;
    if (!slice_to_u64(slice_text(value), &count) || count > SIZE_MAX)
        return "expected a number of checks";
    invocation->options.min_checks = (size_t)count;
    return NULL;
}

static const char *take_budget(struct cli_invocation *invocation, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds == 0 || seconds > BUDGET_MAX)
        return "expected seconds, from 1 to 86400";
    invocation->options.budget_ms = (int64_t)seconds * 1000;
    return NULL;
}

static const char *take_baseline(struct cli_invocation *invocation, const char *value)
{
    invocation->baseline = value;
    return NULL;
}

static const char *take_update_baseline(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->update_baseline = true;
    return NULL;
}

static const char *take_seed(struct cli_invocation *invocation, const char *value)
{
    invocation->has_seed = true;
    return slice_to_u64(slice_text(value), &invocation->options.seed) ? NULL : "expected a number";
}

static const char *take_report(struct cli_invocation *invocation, const char *value)
{
    if (invocation->output_count == CLI_OUTPUTS_MAX)
        return "that is one too many";
    struct cli_output *output = &invocation->outputs[invocation->output_count++];
    const char *wrong = cli_output_read(value, output);
    for (size_t i = 0; wrong == NULL && i + 1 < invocation->output_count; i++) {
        if (output->file == NULL && invocation->outputs[i].file == NULL)
            wrong = "only one report can go to standard output; give the others a file";
    }
    return wrong;
}

static const char *take_cases(struct cli_invocation *invocation, const char *value)
{
    invocation->cases = value;
    return NULL;
}

static const char *take_cacert(struct cli_invocation *invocation, const char *value)
{
    invocation->ca_file = value;
    return access(value, R_OK) == 0 ? NULL : "the file cannot be read";
}

static const char *take_quota(struct cli_invocation *invocation, const char *value)
{
    uint64_t quota = 0;
    bool none = slice_is(slice_text(value), "none");
    if (!none && (!cli_size_read(value, &quota) || quota == 0))
        return "expected a number of bytes (with K, M or G, if you like), or none";
    invocation->has_limits |= none;
    invocation->core.quota = quota;
    invocation->target.quota = quota;
    return NULL;
}

static const char *take_quota_budget(struct cli_invocation *invocation, const char *value)
{
    return cli_size_read(value, &invocation->options.quota_budget)
               ? NULL
               : "expected a number of bytes, with K, M or G if you like";
}

static const char *take_limit(struct cli_invocation *invocation, const char *value)
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

static const char *take_no_batches(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->has_limits = true;
    invocation->core.batches = false;
    return NULL;
}

static const char *take_fault(struct cli_invocation *invocation, const char *value)
{
    invocation->has_limits = true;
    return fault_set_add(&invocation->faults, slice_text(value));
}

static const char *take_wipe(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->target.wipe_account = true;
    return NULL;
}

static const char *take_verbose(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->verbose = true;
    return NULL;
}

static const char *take_quiet(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->quiet = true;
    return NULL;
}

static const char *take_no_color(struct cli_invocation *invocation, const char *value)
{
    (void)value;
    invocation->no_color = true;
    return NULL;
}

static const struct {
    const char *name;
    bool has_value;
    bool replayed; /* belongs to a command that runs a case again */
    const char *(*take)(struct cli_invocation *invocation, const char *value);
} rows[] = {
    { "--auth", true, false, take_auth },
    { "--target", true, true, take_target },
    { "--api", true, true, take_api },
    { "--select", true, false, take_select },
    { "--skip", true, false, take_skip },
    { "--needs", true, false, take_needs },
    { "--area", true, false, take_area },
    { "--requirement", true, false, take_requirement },
    { "--level", true, false, take_level },
    { "--fail-fast", false, false, take_fail_fast },
    { "--min-checks", true, false, take_min_checks },
    { "--blame", false, false, take_blame },
    { "--retries", true, false, take_retries },
    { "--repeat", true, false, take_repeat },
    { "--rate", true, true, take_rate },
    { "--no-case-header", false, true, take_anonymous },
    { "--budget", true, false, take_budget },
    { "--baseline", true, true, take_baseline },
    { "--update-baseline", false, false, take_update_baseline },
    { "--jobs", true, false, take_jobs },
    { "--timeout", true, true, take_timeout },
    { "--seed", true, false, take_seed },
    { "--report", true, false, take_report },
    { "--cases", true, true, take_cases },
    { "--cacert", true, true, take_cacert },
    { "--quota", true, true, take_quota },
    { "--quota-budget", true, true, take_quota_budget },
    { "--limit", true, true, take_limit },
    { "--no-batches", false, true, take_no_batches },
    { "--fault", true, true, take_fault },
    { "--wipe-account", false, true, take_wipe },
    { "-v", false, false, take_verbose },
    { "--verbose", false, false, take_verbose },
    { "-q", false, false, take_quiet },
    { "--quiet", false, false, take_quiet },
    { "--no-color", false, false, take_no_color },
};

void cli_add_quoted(struct buf *out, const char *text)
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
static bool take_option(struct cli_invocation *invocation, int argc, char **argv, int *at)
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
            cli_add_quoted(&invocation->replay, value);
    }
    return true;
}

static bool take_arguments(struct cli_invocation *invocation, int argc, char **argv)
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

bool cli_invocation_read(struct cli_invocation *invocation, int argc, char **argv)
{
    *invocation = (struct cli_invocation){
        .core = core_config_default(),
        .options = runner_options_default(),
        .identity = cli_identity_empty(),
        .replay = buf_bounded(CLI_REPLAY_MAX),
        .paths = buf_bounded(CLI_REPLAY_MAX),
    };
    invocation->options.select = invocation->select;
    invocation->options.skip = invocation->skip;
    invocation->options.needs = invocation->needs;
    invocation->options.areas = invocation->areas;
    invocation->options.requirements = invocation->requirements;
    if (!take_arguments(invocation, argc, argv))
        return false;
    if (invocation->update_baseline && invocation->baseline == NULL) {
        (void)cli_usage_error(&cli_run, "--update-baseline wants --baseline FILE, which it writes");
        return false;
    }
    return true;
}

void cli_invocation_free(struct cli_invocation *invocation)
{
    cli_identity_free(&invocation->identity);
    runner_baseline_free(invocation->known);
    runner_description_free(invocation->description);
    buf_free(&invocation->paths);
    buf_free(&invocation->replay);
}
