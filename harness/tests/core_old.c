#include "tests/core_old.h"

#include <stdio.h>

int old_set_up(void **state)
{
    (void)bench_set_up(state);
    struct bench *bench = *state;
    bench->named = &bench->auth;
    bench_restart(bench);
    return 0;
}

int old_ask(struct bench *bench, const char *version, const char *line, const char *fields,
            const char *body)
{
    char text[LIMIT_TARGET];
    const char *path = strchr(line, ' ') + 1;
    int len =
        snprintf(text, sizeof(text), "%.*s//%s/ann%s", (int)(path - line), line, version, path);
    assert_in_range(len, 1, sizeof(text) - 1);
    return bench_send_bytes(bench, text, fields, slice_text(body));
}
