#include "cli/prove_work.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "cli/builtin.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CHILD_MS = 120 * 1000,
    LINE = 64,
    TALK_MAX = 1024 * 1024, /* bytes that a child may say */
    POLL_MS = 1000,
    CHILDREN_MAX = 64,
};

/* What the children are given. */
struct shared {
    const struct cli_prove_work *work;
    struct core_accounts_keys *keys; /* of the accounts double; NULL: each makes its own */
};

struct child {
    pid_t pid; /* 0: none */
    int from;  /* what it says */
    struct cli_prove_row *row;
    struct buf said;
    int64_t until_ms;
    bool timed_out;
};

/* The child's side. */

/* A case has ended: what comes is to find the fault as the first one did. */
static void forget(void *context, const struct verdict *verdict, size_t done, size_t total)
{
    (void)verdict;
    (void)done;
    (void)total;
    fault_stack_forget(context);
}

/* The ids of cells, as globs: ids hold nothing that a glob makes special. */
struct chosen {
    const char **ids;
    size_t count;
};

/* Runs the chosen cases, and tells of all but those that were blocked, which are left in
 * ${chosen}.  NULL, or what is wrong. */
static const char *run_chosen(FILE *to, const struct shared *shared,
                              const struct cli_prove_row *row, struct chosen *chosen)
{
    const struct cli_prove_work *work = shared->work;
    static char wrong[CLI_PROVE_MESSAGE];
    struct cli_builtin builtin = { 0 };
    struct runner_target target = { 0 };
    struct runner_options options = runner_options_default();
    struct cli_builtin_config config = {
        .core = core_config_default(),
        .seed = work->seed,
        .keys = shared->keys,
    };
    struct verdict_run *run = NULL;
    const struct plan *plan = work->matrix->plan;
    options.select = chosen->ids;
    options.select_count = chosen->count;
    options.api = fault_api(row->fault);
    options.seed = work->seed;
    const char *error = fault_set_add(&config.faults, slice_text(row->fault->name));
    if (error == NULL && cli_builtin_init(&builtin, &config, &target) &&
        cli_builtin_serve(&builtin, options.api, &target)) {
        options.progress = forget;
        options.progress_context = builtin.faults;
        run = runner_run(plan, &target, &options, builtin.exchange);
    }
    if (error == NULL && (run == NULL || run->setup_error != NULL))
        error = run == NULL ? "out of memory" : run->setup_error;
    if (error != NULL)
        (void)snprintf(wrong, sizeof(wrong), "%s", error);
    chosen->count = 0;
    for (size_t i = 0, at = 0; error == NULL && i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        while (strcmp(plan_case_at(plan, at)->id, verdict->id) != 0)
            at++;
        if (verdict->outcome == VERDICT_BLOCKED)
            chosen->ids[chosen->count++] = plan_case_at(plan, at)->id;
        else
            (void)fprintf(to, "%zu %d %u\n", at, (int)verdict->outcome,
                          (unsigned)cli_prove_kills(row, verdict));
    }
    runner_free_run(run);
    cli_builtin_free(&builtin);
    return error == NULL ? NULL : wrong;
}

/* A case that another one blocks is run once more without it: it may find the fault, too. */
static void run_row(FILE *to, const struct shared *shared, const struct cli_prove_row *row)
{
    const struct cli_prove_matrix *matrix = shared->work->matrix;
    enum { PASSES = 4 };
    struct chosen chosen = {
        .ids = alloc_zeroed(matrix->case_count + 1, sizeof(*chosen.ids)),
    };
    const char *wrong = chosen.ids == NULL ? "out of memory" : NULL;
    for (size_t i = 0; wrong == NULL && i < matrix->case_count; i++) {
        if (row->cells[i].wanted && !row->cells[i].known)
            chosen.ids[chosen.count++] = plan_case_at(matrix->plan, i)->id;
    }
    for (int pass = 0; wrong == NULL && chosen.count > 0 && pass < PASSES; pass++)
        wrong = run_chosen(to, shared, row, &chosen);
    if (wrong == NULL)
        (void)fputs("end\n", to);
    else
        (void)fprintf(to, "unusable %s\n", wrong);
    alloc_release((void *)(uintptr_t)chosen.ids);
}

/* Never returns: nothing of the parent's is to be undone here. */
static void be_child(int fd, const struct shared *shared, const struct cli_prove_row *row)
{
    FILE *to = fdopen(fd, "w");
    if (to != NULL)
        run_row(to, shared, row);
    _exit(to != NULL && fclose(to) == 0 ? 0 : 1);
}

/* The parent's side. */

static bool begin(const struct shared *shared, struct child *child, struct cli_prove_row *row)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    (void)fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(ends[0]);
        be_child(ends[1], shared, row);
    }
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return false;
    }
    *child = (struct child){
        .pid = pid,
        .from = ends[0],
        .row = row,
        .said = buf_bounded(TALK_MAX),
        .until_ms = clock_monotonic_ms() + CHILD_MS,
    };
    return true;
}

static bool take_cell(struct slice line, struct cli_prove_row *row, size_t case_count)
{
    struct slice word;
    uint64_t numbers[3];
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        slice_cut(line, ' ', &word, &line);
        if (!slice_to_u64(word, &numbers[i]))
            return false;
    }
    if (numbers[0] >= case_count || numbers[1] >= VERDICT_OUTCOMES || numbers[2] > UINT8_MAX)
        return false;
    struct cli_prove_cell *cell = &row->cells[numbers[0]];
    cell->known = true;
    cell->outcome = (enum verdict_outcome)numbers[1];
    cell->kills = (uint8_t)numbers[2];
    return true;
}

static void set_end(struct cli_prove_row *row, enum cli_prove_end end, struct slice message)
{
    row->end = end;
    (void)snprintf(row->message, sizeof(row->message), "%.*s", SLICE_FMT(message));
}

static void take_words(struct child *child, size_t case_count, int status)
{
    struct cli_prove_row *row = child->row;
    struct slice rest = buf_slice(&child->said);
    const struct slice unusable = SLICE("unusable ");
    char text[LINE];
    for (struct slice line; rest.len > 0;) {
        slice_cut(rest, '\n', &line, &rest);
        if (slice_is(line, "end"))
            return;
        if (slice_starts(line, unusable)) {
            set_end(row, CLI_PROVE_UNUSABLE, slice_from(line, unusable.len));
            return;
        }
        if (!take_cell(line, row, case_count))
            break;
    }
    (void)snprintf(text, sizeof(text), WIFSIGNALED(status) ? "signal %d" : "exit code %d",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    set_end(row, child->timed_out ? CLI_PROVE_TIMED_OUT : CLI_PROVE_CRASHED, slice_text(text));
}

static void end(struct child *child, size_t case_count)
{
    int status = 0;
    (void)close(child->from);
    while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    take_words(child, case_count, status);
    buf_free(&child->said);
    child->pid = 0;
}

/* Reads what there is; false when the child has said everything. */
static bool hear(struct child *child)
{
    uint8_t part[4096];
    ssize_t got = read(child->from, part, sizeof(part));
    if (got < 0 && errno == EINTR)
        return true;
    return got > 0 && buf_add(&child->said, slice_of(part, (size_t)got));
}

static void wait_for_some(struct child *children, size_t count, size_t case_count)
{
    struct pollfd polls[CHILDREN_MAX];
    for (size_t i = 0; i < count; i++)
        polls[i] =
            (struct pollfd){ .fd = children[i].pid == 0 ? -1 : children[i].from, .events = POLLIN };
    (void)poll(polls, count, POLL_MS);
    for (size_t i = 0; i < count; i++) {
        struct child *child = &children[i];
        if (child->pid == 0)
            continue;
        if (polls[i].revents != 0 && !hear(child)) {
            end(child, case_count);
        } else if (clock_monotonic_ms() > child->until_ms && !child->timed_out) {
            child->timed_out = true;
            (void)kill(child->pid, SIGKILL);
        }
    }
}

static bool has_work(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    for (size_t i = 0; i < matrix->case_count; i++) {
        if (row->cells[i].wanted && !row->cells[i].known)
            return true;
    }
    return false;
}

static struct cli_prove_row *next_row(const struct cli_prove_work *work, size_t *at)
{
    while (*at < work->matrix->row_count && !has_work(work->matrix, &work->matrix->rows[*at]))
        (*at)++;
    return *at < work->matrix->row_count ? &work->matrix->rows[(*at)++] : NULL;
}

/* Runs the rows, as many at once as is wanted. */
static bool run_rows(const struct shared *shared)
{
    const struct cli_prove_work *work = shared->work;
    struct child children[CHILDREN_MAX] = { 0 };
    size_t count = work->jobs < CHILDREN_MAX ? work->jobs : CHILDREN_MAX;
    size_t at = 0;
    bool good = true;
    for (size_t busy = 1; busy > 0;) {
        busy = 0;
        for (size_t i = 0; i < count; i++) {
            struct cli_prove_row *row = children[i].pid == 0 && good ? next_row(work, &at) : NULL;
            if (row != NULL && !begin(shared, &children[i], row)) {
                (void)fprintf(stderr, "syncspec prove: no process can be made: %s\n",
                              strerror(errno));
                good = false;
            }
            busy += children[i].pid != 0;
        }
        if (work->progress)
            (void)fprintf(stderr, "\r\x1b[K%zu/%zu faults", at, work->matrix->row_count);
        if (busy > 0)
            wait_for_some(children, count, work->matrix->case_count);
    }
    if (work->progress)
        (void)fprintf(stderr, "\r\x1b[K");
    return good;
}

/* A key pair takes longer than a fault of the token server. */
static bool wants_keys(const struct cli_prove_matrix *matrix)
{
    for (size_t i = 0; i < matrix->row_count; i++) {
        const struct cli_prove_row *row = &matrix->rows[i];
        if (strcmp(fault_api(row->fault), "token") == 0 && has_work(matrix, row))
            return true;
    }
    return false;
}

bool cli_prove_work(const struct cli_prove_work *work)
{
    const struct shared shared = {
        .work = work,
        .keys = wants_keys(work->matrix) ? core_accounts_keys_new() : NULL,
    };
    bool good = run_rows(&shared);
    core_accounts_keys_free(shared.keys);
    return good;
}
