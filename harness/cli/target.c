#include "cli/target.h"

#include "cli/command.h"
#include "cli/credentials.h"

#include <stdlib.h>

enum { FILE_MAX = 1024 * 1024, MESSAGES_MAX = 64 * 1024 };

/* Adds ${path}, as seen from the folder of the description, behind ${lead}, ended by a NUL. */
static void add_path(struct buf *out, const char *lead, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    (void)buf_add_text(out, lead);
    if (path[0] != '/' && slash != NULL)
        (void)buf_add(out, slice_of(file, (size_t)(slash - file) + 1));
    (void)buf_add_text(out, path);
    (void)buf_add_byte(out, '\0');
}

static struct runner_description *read_file(const char *path)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_MAX);
    AUTO(buf_free) struct buf messages = buf_bounded(MESSAGES_MAX);
    struct plan_errors errors = { .text = &messages };
    if (!cli_read_file(&cli_run, path, &text))
        return NULL;
    struct runner_description *description =
        runner_description_read(path, buf_slice(&text), &errors);
    if (errors.count > 0)
        (void)fprintf(stderr, "%.*s", SLICE_FMT(buf_slice(&messages)));
    else if (description == NULL)
        (void)fprintf(stderr, "syncspec run: out of memory for %s\n", path);
    return description;
}

/* Only what the command line does not say. */
static int complete(struct cli_invocation *invocation, const struct runner_description *description)
{
    struct buf *paths = &invocation->paths;
    add_path(paths, "secret:@", description->file, description->auth_file);
    size_t second = paths->len;
    add_path(paths, "", description->file, description->ca_file);
    if (paths->failed)
        return cli_usage_error(&cli_run, "%s: its paths are too long", description->file);
    if (invocation->url == NULL && description->url[0] != '\0')
        invocation->url = description->url;
    if (invocation->ca_file == NULL && description->ca_file[0] != '\0')
        invocation->ca_file = (const char *)paths->ptr + second;
    if (invocation->auth != NULL || invocation->url == NULL)
        return 0;
    invocation->auth_described = true;
    if (description->auth_file[0] != '\0')
        invocation->auth = (const char *)paths->ptr;
    if (description->auth_environment[0] != '\0')
        invocation->auth = getenv(description->auth_environment);
    return description->auth_environment[0] != '\0' && invocation->auth == NULL
               ? cli_usage_error(&cli_run,
                                 "%s takes the credentials from the environment: %s is not set "
                                 "(to what --auth takes)",
                                 description->file, description->auth_environment)
               : 0;
}

int cli_target_read(struct cli_invocation *invocation)
{
    if (invocation->description_file == NULL)
        return 0;
    const struct runner_description *description = invocation->description =
        read_file(invocation->description_file);
    if (description == NULL)
        return VERDICT_EXIT_USAGE;
    if (!runner_description_has_api(description, invocation->options.api))
        return cli_usage_error(&cli_run, "%s: the server does not have API %s", description->file,
                               invocation->options.api);
    int code = complete(invocation, description);
    if (invocation->url == NULL && invocation->core.quota > 0 && description->quota > 0)
        invocation->core.quota = description->quota;
    runner_description_apply(description, &invocation->target);
    return code;
}
