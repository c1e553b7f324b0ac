/* Hooks: what a command or request gets, and what is told when it fails. */
#include "base/clock.h"
#include "runner/account.h"
#include "tests/support/hostile.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TEXT_MAX = 64 * 1024 };

static struct runner_target target;
static const struct runner_account account = { .uid = 1234567890 };

/* NULL, or what is wrong; valid until the arena of ${world} is freed. */
static const char *run(struct runner_world *world, const struct runner_hook *hook)
{
    target = (struct runner_target){ 0 };
    target.hooks[RUNNER_HOOK_QUOTA] = *hook;
    *world = (struct runner_world){ .target = &target, .arena = arena_new(TEXT_MAX) };
    assert_non_null(world->arena);
    return runner_hook_run(world, "quota", &account, 4096);
}

static void a_command_gets_its_arguments_as_they_are(void **state)
{
    (void)state;
    char path[] = "/tmp/syncspec-hook-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    const char *const command[] = {
        "/bin/sh", "-c",    "printf '%s|' \"$@\" >\"$0\"",
        path,      "{uid}", "a={value};$(id)",
        "{name}",  "{",     "*",
        "",        NULL,
    };
    const struct runner_hook hook = { .command = command, .timeout_ms = 30000 };
    struct runner_world world;
    assert_null(run(&world, &hook));
    FILE *file = fopen(path, "rb");
    char text[256];
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof(text), file);
    assert_int_equal(fclose(file), 0);
    assert_slice(slice_of(text, len), "1234567890|a=4096;$(id)|1234567890|{|*||");
    assert_int_equal(unlink(path), 0);
    arena_free(world.arena);
}

static void a_command_that_fails_is_told_of(void **state)
{
    (void)state;
    static const char *const no_program[] = { "/nonexistent/program", NULL };
    static const char *const exits[] = { "/bin/sh", "-c", "exit 7", NULL };
    static const char *const dies[] = { "/bin/sh", "-c", "kill -TERM $$", NULL };
    static const char *const hangs[] = { "/bin/sh", "-c", "sleep 60 & wait", NULL };
    static const struct {
        const char *const *command;
        int timeout_ms;
        const char *says;
    } rows[] = {
        { no_program, 30000, "the hook \"quota\" cannot be started: No such file" },
        { exits, 30000, "the hook \"quota\" ended with exit code 7" },
        { dies, 30000, "the hook \"quota\" ended by signal 15" },
        { hangs, 100, "the hook \"quota\" did not end within 0 s" },
        { NULL, 0, "the hook \"quota\" is not given" },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct runner_hook hook = { .command = rows[i].command,
                                          .timeout_ms = rows[i].timeout_ms };
        struct runner_world world;
        int64_t started_ms = clock_monotonic_ms();
        const char *wrong = run(&world, &hook);
        assert_non_null(wrong);
        assert_non_null(strstr(wrong, rows[i].says));
        assert_true(clock_monotonic_ms() - started_ms < 30000);
        arena_free(world.arena);
    }
}

static void a_request_succeeds_with_2xx_only(void **state)
{
    (void)state;
    static const struct hostile_step good[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 204 No Content\r\n\r\n"),
    };
    static const struct hostile_step bad[] = {
        { .verb = HOSTILE_READ },
        HOSTILE_SENDS("HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\nsecret"),
    };
    static const struct hostile_step none[] = { { .verb = HOSTILE_READ } };
    static const struct hostile_script scripts[] = { HOSTILE_SCRIPT(good), HOSTILE_SCRIPT(bad),
                                                     HOSTILE_SCRIPT(none) };
    static const char *const says[] = { NULL, "was answered with status 404", "got no answer" };
    struct hostile *server = hostile_start(scripts, COUNT_OF(scripts));
    char url[64];
    assert_non_null(server);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/u/{uid}", hostile_port(server));
    const struct runner_hook hook = {
        .method = "PUT", .url = url, .body = "{\"bytes\": {value}}", .timeout_ms = 30000
    };
    for (size_t i = 0; i < COUNT_OF(says); i++) {
        struct runner_world world;
        const char *wrong = run(&world, &hook);
        assert_int_equal(wrong == NULL, says[i] == NULL);
        if (wrong != NULL && says[i] != NULL) {
            assert_non_null(strstr(wrong, says[i]));
            assert_null(strstr(wrong, "secret"));
        }
        arena_free(world.arena);
    }
    struct slice sent = hostile_received(server, 0);
    assert_true(slice_starts(sent, SLICE("PUT /u/1234567890 HTTP/1.1\r\n")));
    assert_true(slice_ends(sent, SLICE("{\"bytes\": 4096}")));
    hostile_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gets_its_arguments_as_they_are),
        cmocka_unit_test(a_command_that_fails_is_told_of),
        cmocka_unit_test(a_request_succeeds_with_2xx_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
