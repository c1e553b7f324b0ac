#include "cli/baseline.h"

#include "cli/command.h"
#include "cli/credentials.h"

#include <errno.h>
#include <unistd.h>

enum { FILE_MAX = 16 * 1024 * 1024, MESSAGES_MAX = 64 * 1024 };

static struct runner_baseline *read_file(const char *path)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_MAX);
    AUTO(buf_free) struct buf messages = buf_bounded(MESSAGES_MAX);
    struct plan_errors errors = { .text = &messages };
    if (!cli_read_file(&cli_run, path, &text))
        return NULL;
    struct runner_baseline *baseline = runner_baseline_read(path, buf_slice(&text), &errors);
    if (errors.count > 0)
        (void)fprintf(stderr, "%.*s", SLICE_FMT(buf_slice(&messages)));
    else if (baseline == NULL)
        (void)fprintf(stderr, "syncspec run: out of memory for %s\n", path);
    return baseline;
}

int cli_baseline_open(struct cli_invocation *invocation, struct runner_baseline **ret_baseline)
{
    const char *path = invocation->baseline;
    *ret_baseline = NULL;
    if (path == NULL)
        return VERDICT_EXIT_CONFORMANT;
    if (invocation->update_baseline && access(path, F_OK) != 0 && errno == ENOENT)
        *ret_baseline = runner_baseline_new(path);
    else
        *ret_baseline = read_file(path);
    invocation->options.baseline = *ret_baseline;
    return *ret_baseline == NULL ? VERDICT_EXIT_USAGE : VERDICT_EXIT_CONFORMANT;
}

static bool write_file(const char *path, const struct runner_baseline *baseline)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_MAX);
    if (!runner_baseline_write(baseline, &text)) {
        (void)fprintf(stderr,
                      "syncspec run: %s: out of memory, or too large; nothing was written\n", path);
        return false;
    }
    if (cli_output_replace(path, buf_slice(&text)))
        return true;
    (void)fprintf(stderr, "syncspec run: %s cannot be written: %s\n", path, strerror(errno));
    return false;
}

static bool update(const struct cli_invocation *invocation, const struct plan *plan,
                   const struct verdict_run *run, struct runner_baseline **baseline)
{
    struct runner_baseline_change change;
    struct runner_baseline *updated = runner_baseline_update(*baseline, plan, run, &change);
    if (updated == NULL) {
        (void)fprintf(stderr, "syncspec run: %s: more than %d entries, or out of memory\n",
                      invocation->baseline, RUNNER_BASELINE_ENTRIES);
        return false;
    }
    bool written = write_file(invocation->baseline, updated);
    if (written)
        (void)fprintf(stderr,
                      "syncspec run: %s: %zu entries added, %zu dropped, %zu kept (%zu of them had "
                      "expired)\n",
                      invocation->baseline, change.added, change.dropped, change.kept,
                      change.renewed);
    runner_baseline_free(*baseline);
    *baseline = updated;
    return written;
}

bool cli_baseline_close(const struct cli_invocation *invocation, const struct plan *plan,
                        struct verdict_run *run, struct runner_baseline **baseline)
{
    if (*baseline == NULL || run->setup_error != NULL)
        return true;
    bool written = !invocation->update_baseline || update(invocation, plan, run, baseline);
    if (runner_baseline_apply(*baseline, plan, run))
        return written;
    (void)fprintf(stderr, "syncspec run: out of memory for the baseline\n");
    return false;
}
