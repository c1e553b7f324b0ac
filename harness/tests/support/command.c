#include "tests/support/command.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOM = 1024 * 1024, LINE = 2048 };

bool command_prepare(const char *binary, const char *folder)
{
    char path[LINE];
    const char *slash = strrchr(binary, '/');
    const char *usual = getenv("PATH");
    if (slash == NULL || usual == NULL ||
        snprintf(path, sizeof(path), "%.*s:%s", (int)(slash - binary), binary, usual) >= LINE)
        return false;
    return chdir(folder) == 0 && setenv("PATH", path, 1) == 0;
}

struct command_outcome command_run(const char *line)
{
    char whole[LINE];
    uint8_t part[4096];
    size_t got;
    struct command_outcome outcome = { .text = buf_bounded(ROOM) };
    assert_true(snprintf(whole, sizeof(whole), "exec 2>&1; %s", line) < LINE);
    FILE *pipe = popen(whole, "r");
    assert_non_null(pipe);
    while ((got = fread(part, 1, sizeof(part), pipe)) > 0)
        assert_true(buf_add(&outcome.text, slice_of(part, got)));
    int status = pclose(pipe);
    assert_true(WIFEXITED(status));
    outcome.code = WEXITSTATUS(status);
    return outcome;
}

void command_expect(const char *line, int code, const char *text)
{
    struct command_outcome outcome = command_run(line);
    if (outcome.code != code || !slice_is(buf_slice(&outcome.text), text))
        fail_msg("%s: exit code %d, \"%.*s\"", line, outcome.code,
                 SLICE_FMT(buf_slice(&outcome.text)));
    buf_free(&outcome.text);
}

void command_expect_part(const char *line, int code, const char *part)
{
    struct command_outcome outcome = command_run(line);
    struct slice text = buf_slice(&outcome.text);
    if (outcome.code != code || slice_search(text, slice_text(part)) == text.len)
        fail_msg("%s: exit code %d, \"%.*s\"", line, outcome.code, SLICE_FMT(text));
    buf_free(&outcome.text);
}

void command_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}
