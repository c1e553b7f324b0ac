#include "cli/cases.h"

#include "check/check.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ERRORS_MAX = 1024 * 1024 };

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* ../share/syncspec/cases from where the binary is; false when that cannot be told. */
static bool beside_binary(char ret_path[PATH_MAX])
{
    static const char tail[] = "/../share/syncspec/cases";
    ssize_t len = readlink("/proc/self/exe", ret_path, PATH_MAX - sizeof(tail));
    if (len <= 0)
        return false;
    ret_path[len] = '\0';
    char *slash = strrchr(ret_path, '/');
    if (slash == NULL)
        return false;
    memcpy(slash, tail, sizeof(tail));
    return true;
}

bool cli_cases_folder(const char *folder, char ret_path[PATH_MAX])
{
    if (folder == NULL)
        folder = getenv("SYNCSPEC_CASES");
    if (folder == NULL && is_folder(SYNCSPEC_CASES))
        folder = SYNCSPEC_CASES;
    bool found = folder == NULL ? beside_binary(ret_path)
                                : snprintf(ret_path, PATH_MAX, "%s", folder) < PATH_MAX;
    return found && is_folder(ret_path);
}

struct plan *cli_load_cases(const char *folder)
{
    char path[PATH_MAX];
    if (!cli_cases_folder(folder, path)) {
        (void)fprintf(stderr, "syncspec: %s is no folder of cases; give --cases DIR\n",
                      folder == NULL ? "there" : folder);
        return NULL;
    }
    folder = path;
    struct buf text = buf_bounded(ERRORS_MAX);
    struct plan_errors errors = { .text = &text };
    struct plan *plan = plan_load(folder, check_vocabulary(), &errors);
    if (plan == NULL) {
        (void)fwrite(text.ptr, 1, text.len, stderr);
        if (text.len > 0 && text.ptr[text.len - 1] != '\n')
            (void)fputc('\n', stderr);
        (void)fprintf(stderr, "syncspec: the cases in %s cannot be used: %zu mistake%s\n", folder,
                      errors.count, errors.count == 1 ? "" : "s");
    }
    buf_free(&text);
    return plan;
}
