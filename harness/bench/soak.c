/* Loads a server of this machine as many real clients do, checks every answer, and reads everything
 * back.
 *
 * usage: soak [OPTIONS] http://127.0.0.1:PORT --secret FILE [--pid PID]
 *        soak [OPTIONS] --secret FILE -- SERVER ARGUMENT...      starts it
 *   --seconds N       how long (60)
 *   --connections N   (200)
 *   --users N         each with two devices (150)
 *   --seed N
 *   --kill N          kills the server N times within that time, and starts it again: what it
 *                     acknowledged has to be there
 *
 * Exit codes: 0 nothing was violated; 1 something was; 2 usage; 3 the server cannot be had. */
#include "base/alloc.h"
#include "base/clock.h"
#include "bench/soak_crowd.h"
#include "bench/soak_server.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
    TURN_MS = 20,
    SAMPLE_MS = 250,
    SETTLE_MS = 120 * 1000, /* for what is under way, and the last audits */
    SECRETS = 64 * 1024,
    SECONDS_MAX = 7 * 24 * 3600,
    KILLS_MAX = 10000,
};

struct options {
    uint64_t seconds, connections, users, seed, kills, pid;
    const char *url, *secret_file;
    char *const *command;
};

struct soak {
    const struct options *options;
    struct soak_crowd crowd;
    struct soak_server server;
    struct slice secret;
    int64_t sampled_ms;
};

static const struct number {
    const char *name;
    size_t offset;
    uint64_t least, most;
} numbers[] = {
    { "--seconds", offsetof(struct options, seconds), 1, SECONDS_MAX },
    { "--connections", offsetof(struct options, connections), 1, SOAK_LINKS_MAX },
    { "--users", offsetof(struct options, users), 1, SOAK_USERS_MAX },
    { "--seed", offsetof(struct options, seed), 0, UINT64_MAX },
    { "--kill", offsetof(struct options, kills), 0, KILLS_MAX },
    { "--pid", offsetof(struct options, pid), 1, INT32_MAX },
};

static bool take_number(struct options *options, const char *name, const char *value)
{
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t number;
        if (strcmp(numbers[i].name, name) != 0)
            continue;
        if (value == NULL || !slice_to_u64(slice_text(value), &number) ||
            number < numbers[i].least || number > numbers[i].most)
            return false;
        memcpy((char *)options + numbers[i].offset, &number, sizeof(number));
        return true;
    }
    return false;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            options->command = argv + i + 1;
            break;
        }
        if (argv[i][0] != '-') {
            options->url = argv[i];
            continue;
        }
        const char *name = argv[i];
        const char *value = i + 1 < argc ? argv[++i] : NULL;
        if (strcmp(name, "--secret") == 0)
            options->secret_file = value;
        else if (!take_number(options, name, value))
            return false;
    }
    bool starts = options->command != NULL && options->command[0] != NULL;
    return options->secret_file != NULL && starts == (options->url == NULL) &&
           (starts || options->kills == 0);
}

/* Starts the server, or takes the one that there is. */
static bool meet(struct soak *soak)
{
    const struct options *options = soak->options;
    const char *wrong = NULL;
    if (options->command != NULL) {
        if (!soak_server_start(&soak->server, options->command))
            return false;
    } else {
        wrong = soak_place_read(slice_text(options->url), &soak->server.place);
        if (wrong != NULL)
            (void)fprintf(stderr, "soak: %s: %s\n", options->url, wrong);
    }
    if (wrong != NULL)
        return false;
    if (soak_crowd_meet(&soak->crowd, &soak->server.place, soak->secret))
        return true;
    (void)fprintf(stderr, "soak: the server cannot be reached\n");
    return false;
}

static void work_until(struct soak *soak, int64_t until_ms, bool last)
{
    struct soak_crowd *crowd = &soak->crowd;
    pid_t pid = soak->server.pid > 0 ? soak->server.pid : (pid_t)soak->options->pid;
    for (int64_t now; (now = clock_monotonic_ms()) < until_ms;) {
        if (now >= soak->sampled_ms + SAMPLE_MS && pid > 0) {
            soak->sampled_ms = now;
            soak_tally_sample(&crowd->tally, pid);
        }
        soak_crowd_turn(crowd, last, TURN_MS);
        if (last && soak_crowd_busy(crowd) == 0)
            return;
    }
}

/* Everything is read back and compared. */
static void audit(struct soak *soak)
{
    soak_crowd_want_audits(&soak->crowd);
    work_until(soak, clock_monotonic_ms() + SETTLE_MS, true);
    size_t busy = soak_crowd_busy(&soak->crowd);
    if (busy > 0)
        soak_tally_violation(&soak->crowd.tally, "%zu users could not be read back", busy);
}

/* The server dies at some moment and comes back with what it had. */
static bool kill_and_return(struct soak *soak)
{
    (void)soak_server_stop(&soak->server, SIGKILL);
    soak_crowd_lose(&soak->crowd);
    if (!meet(soak))
        return false;
    audit(soak);
    return true;
}

static bool run(struct soak *soak)
{
    const struct options *options = soak->options;
    struct rng_seeded rng = rng_seeded_with(options->seed ^ UINT64_C(0xD1E));
    int64_t round_ms = (int64_t)(options->seconds * 1000 / (options->kills + 1));
    if (!meet(soak))
        return false;
    soak->sampled_ms = clock_monotonic_ms();
    for (uint64_t i = 0; i < options->kills; i++) {
        int64_t ms = round_ms / 2 + (int64_t)rng_below(&rng.base, (uint64_t)round_ms);
        work_until(soak, clock_monotonic_ms() + ms, false);
        if (!kill_and_return(soak))
            return false;
    }
    work_until(soak, clock_monotonic_ms() + round_ms, false);
    audit(soak);
    return true;
}

static int soak_with(const struct options *options, struct slice secret)
{
    struct soak *soak = alloc_new(struct soak);
    int code = 3;
    if (soak == NULL)
        return code;
    soak->options = options;
    soak->secret = secret;
    int64_t begin = clock_monotonic_ms();
    if (soak_crowd_init(&soak->crowd, options->users, options->connections, options->seed) &&
        run(soak)) {
        int64_t took = clock_monotonic_ms() - begin;
        if (!soak_server_stop(&soak->server, SIGTERM))
            soak_tally_violation(&soak->crowd.tally, "the server did not end well");
        soak_tally_print(&soak->crowd.tally, took);
        code = soak->crowd.tally.violations > 0 ? 1 : 0;
    }
    (void)soak_server_stop(&soak->server, SIGKILL);
    soak_crowd_free(&soak->crowd);
    alloc_release(soak);
    return code;
}

int main(int argc, char **argv)
{
    struct options options = { .seconds = 60, .connections = 200, .users = 150, .seed = 1 };
    struct buf text = buf_bounded(SECRETS);
    struct slice secret;
    int code = 2;
    soak_prepare();
    if (!read_options(argc, argv, &options))
        (void)fprintf(stderr, "usage: soak [--seconds N] [--connections N] [--users N] [--seed N] "
                              "[--kill N] --secret FILE (URL [--pid PID] | -- SERVER...)\n");
    else if (!soak_secret_read(options.secret_file, &text, &secret))
        (void)fprintf(stderr, "soak: %s holds no secret\n", options.secret_file);
    else
        code = soak_with(&options, secret);
    buf_free(&text);
    return code;
}
