#include "runner/hook.h"

#include "base/clock.h"
#include "exchange/via.h"
#include "runner/account.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 64, TEXT_MAX = 64 * 1024, STEP_MS = 10, GRACE_MS = 5000, DETAIL = 256 };

static const char *const names[RUNNER_HOOKS] = {
    [RUNNER_HOOK_RESTART] = "restart",
    [RUNNER_HOOK_QUOTA] = "quota",
    [RUNNER_HOOK_MOVE] = "move",
};

const char *runner_hook_name(enum runner_hook_kind kind)
{
    return names[kind];
}

enum runner_hook_kind runner_hook_find(const char *name)
{
    int kind = 0;
    while (kind < RUNNER_HOOKS && strcmp(names[kind], name) != 0)
        kind++;
    return (enum runner_hook_kind)kind;
}

/* What a hook is run with. */
struct running {
    const struct runner_world *world;
    const struct runner_hook *hook;
    const struct runner_account *account; /* NULL: nobody's */
    uint64_t value;
    char wrong[DETAIL];
};

static bool add_name(const struct running *running, struct buf *out)
{
    const struct runner_target *target = running->world->target;
    if (target->auth == RUNNER_AUTH_BASIC)
        return http_percent_encode(target->user, out);
    if (runner_target_grants(target)) {
        char id[RUNNER_ACCOUNT_ID];
        runner_account_id(running->account, id);
        return buf_add_text(out, id);
    }
    if (runner_target_has_names(target))
        (void)buf_add_text(out, RUNNER_NAME);
    return buf_add_u64(out, running->account->uid);
}

/* Appends ${text} with what its braces stand for. */
static bool expand(const struct running *running, const char *text, struct buf *out)
{
    struct slice rest = slice_text(text);
    while (rest.len > 0) {
        if (running->account != NULL && slice_starts(rest, SLICE("{uid}"))) {
            (void)buf_add_u64(out, running->account->uid);
            rest = slice_from(rest, 5);
        } else if (running->account != NULL && slice_starts(rest, SLICE("{name}"))) {
            (void)add_name(running, out);
            rest = slice_from(rest, 6);
        } else if (slice_starts(rest, SLICE("{value}"))) {
            (void)buf_add_u64(out, running->value);
            rest = slice_from(rest, 7);
        } else {
            (void)buf_add_byte(out, rest.ptr[0]);
            rest = slice_from(rest, 1);
        }
    }
    return !out->failed;
}

/* Waits for the process, at most the hook's time; then ends it and what it started. */
static bool await(struct running *running, pid_t pid)
{
    int64_t give_up = clock_monotonic_ms() + running->hook->timeout_ms;
    int status = 0;
    pid_t ended = 0;
    while ((ended = waitpid(pid, &status, WNOHANG)) == 0 && clock_monotonic_ms() < give_up)
        (void)poll(NULL, 0, STEP_MS);
    if (ended == 0) {
        (void)kill(-pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        (void)snprintf(running->wrong, sizeof(running->wrong), "did not end within %d s",
                       running->hook->timeout_ms / 1000);
        return false;
    }
    if (ended == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (ended == pid && WIFEXITED(status))
        (void)snprintf(running->wrong, sizeof(running->wrong), "ended with exit code %d",
                       WEXITSTATUS(status));
    else
        (void)snprintf(running->wrong, sizeof(running->wrong), "ended by signal %d",
                       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return false;
}

/* A group of its own, so that all of it can be ended; nothing to read; its output on our standard
 * error, as a server that it starts may go on writing. */
static int spawn(char *const *arguments, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t usual;
    int wrong = posix_spawn_file_actions_init(&actions);
    if (wrong != 0)
        return wrong;
    wrong = posix_spawnattr_init(&attributes);
    if (wrong != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return wrong;
    }
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    wrong = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
    if (wrong == 0)
        wrong = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    if (wrong == 0)
        wrong = posix_spawnattr_setsigdefault(&attributes, &usual);
    if (wrong == 0)
        wrong =
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    if (wrong == 0)
        wrong = posix_spawnp(ret_pid, arguments[0], &actions, &attributes, arguments, environ);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return wrong;
}

static bool run_command(struct running *running)
{
    AUTO(buf_free) struct buf text = buf_bounded(TEXT_MAX);
    size_t places[ARGUMENTS_MAX];
    char *arguments[ARGUMENTS_MAX + 1] = { NULL };
    size_t count = 0;
    for (; running->hook->command[count] != NULL && count < ARGUMENTS_MAX; count++) {
        places[count] = text.len;
        if (!expand(running, running->hook->command[count], &text) || !buf_add_byte(&text, 0)) {
            (void)snprintf(running->wrong, sizeof(running->wrong), "is too long");
            return false;
        }
    }
    for (size_t i = 0; i < count; i++)
        arguments[i] = (char *)text.ptr + places[i];
    pid_t pid = 0;
    int wrong = count == 0 ? EINVAL : spawn(arguments, &pid);
    if (wrong == 0)
        return await(running, pid);
    (void)snprintf(running->wrong, sizeof(running->wrong), "cannot be started: %s",
                   strerror(wrong));
    return false;
}

/* Sends the call and looks at the status.  False, with a message, when it is not 2xx. */
static bool send_call(struct running *running, struct exchange *exchange,
                      struct exchange_call *call)
{
    int64_t give_up = clock_monotonic_ms() + running->hook->timeout_ms + GRACE_MS;
    call->timeout_ms = running->hook->timeout_ms;
    exchange_start(exchange, call);
    while (exchange_next(exchange, STEP_MS) == NULL && clock_monotonic_ms() < give_up)
        continue;
    if (call->outcome == EXCHANGE_ANSWERED && call->answer.status / 100 == 2)
        return true;
    if (call->outcome == EXCHANGE_ANSWERED)
        (void)snprintf(running->wrong, sizeof(running->wrong), "was answered with status %d",
                       call->answer.status);
    else
        (void)snprintf(running->wrong, sizeof(running->wrong), "got no answer: %s",
                       exchange_outcome_text(call->outcome));
    return false;
}

/* Sends the request whose URL and body are expanded. */
static bool send_request(struct running *running, struct slice url_text, struct slice body)
{
    struct http_url url;
    char host[DETAIL];
    const char *wrong = http_url_parse(url_text, &url);
    const struct exchange_curl_config config = {
        .url = url,
        .connect_ms = running->hook->timeout_ms,
        .connections = 1,
    };
    struct exchange *exchange = wrong == NULL ? exchange_via_curl(&config, &wrong) : NULL;
    if (exchange == NULL) {
        (void)snprintf(running->wrong, sizeof(running->wrong), "cannot be sent: %s", wrong);
        return false;
    }
    bool ipv6 = slice_find(url.host, ':') < url.host.len;
    (void)snprintf(host, sizeof(host), ipv6 ? "[%.*s]:%u" : "%.*s:%u", SLICE_FMT(url.host),
                   (unsigned)url.port);
    const struct http_field fields[] = {
        { SLICE("Host"), slice_text(host) },
        { SLICE("Content-Type"), SLICE("application/json") },
    };
    struct exchange_call call;
    exchange_call_init(&call);
    call.request = (struct http_request){
        .method_text = slice_text(running->hook->method),
        .method = HTTP_METHOD_OTHER,
        .target = url.path.len > 0 ? url.path : SLICE("/"),
        .minor = 1,
        .fields = { .at = fields, .count = body.len > 0 ? 2 : 1 },
        .body = body,
        .content_length = body.len,
        .has_length = body.len > 0,
        .keep_alive = true,
    };
    bool sent = send_call(running, exchange, &call);
    exchange_free(exchange);
    exchange_call_free(&call);
    return sent;
}

static bool run_request(struct running *running)
{
    AUTO(buf_free) struct buf url = buf_bounded(TEXT_MAX);
    AUTO(buf_free) struct buf body = buf_bounded(TEXT_MAX);
    if (expand(running, running->hook->url, &url) &&
        expand(running, running->hook->body == NULL ? "" : running->hook->body, &body))
        return send_request(running, buf_slice(&url), buf_slice(&body));
    (void)snprintf(running->wrong, sizeof(running->wrong), "is too long");
    return false;
}

static bool run(struct running *running)
{
    const struct runner_hook *hook = running->hook;
    if (hook->command != NULL)
        return run_command(running);
    if (hook->url != NULL)
        return run_request(running);
    bool done = hook->call(hook->context, running->account, running->value);
    if (!done)
        (void)snprintf(running->wrong, sizeof(running->wrong), "did not succeed");
    return done;
}

const char *runner_hook_run(const struct runner_world *world, const char *name,
                            const struct runner_account *account, uint64_t value)
{
    enum runner_hook_kind kind = runner_hook_find(name);
    struct running running = { .world = world, .account = account, .value = value };
    bool done = false;
    if (kind == RUNNER_HOOKS || !runner_hook_is_given(&world->target->hooks[kind])) {
        (void)snprintf(running.wrong, sizeof(running.wrong), "is not given");
    } else {
        running.hook = &world->target->hooks[kind];
        done = run(&running);
    }
    if (done)
        return NULL;
    const char *text = arena_format(world->arena, "the hook \"%.32s\" %s", name, running.wrong);
    return text == NULL ? "out of memory" : text;
}
