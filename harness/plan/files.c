#include "plan/builder.h"

#include "base/alloc.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILES_MAX = 4096, FOLDERS_DEEP_MAX = 4, PATH_MAX_BYTES = 4096 };

struct names {
    struct plan_ledger *ledger;
    const char *folder;
    char **at; /* relative to the folder */
    size_t count;
};

static void wrong(struct plan_ledger *ledger, const char *file, const char *what, int error)
{
    static const struct plan_place start = { .line = 1, .column = 1 };
    const char *text =
        arena_format(ledger->arena, "%s; %s", what, error == 0 ? "see limits" : strerror(error));
    plan_ledger_wrong(ledger, file, &start, text == NULL ? what : text);
}

/* "folder/name", or NULL when the ledger knows why not. */
static const char *join(struct plan_ledger *ledger, const char *folder, const char *name)
{
    const char *path =
        arena_format(ledger->arena, "%s%s%s", folder, folder[0] == '\0' ? "" : "/", name);
    if (path == NULL)
        ledger->nomem = true;
    return path;
}

static void list(struct names *names, const char *below, unsigned depth);

static void take_entry(struct names *names, const char *below, const char *entry, unsigned depth)
{
    struct stat status;
    const char *name = join(names->ledger, below, entry);
    const char *path = name == NULL ? NULL : join(names->ledger, names->folder, name);
    if (path == NULL || stat(path, &status) != 0)
        return;
    if (S_ISDIR(status.st_mode)) {
        list(names, name, depth + 1);
        return;
    }
    if (!S_ISREG(status.st_mode) || !slice_ends(slice_text(entry), SLICE(".json")))
        return;
    if (names->count == FILES_MAX) {
        wrong(names->ledger, name, "too many files", 0);
        return;
    }
    names->at[names->count++] = (char *)name;
}

static void list(struct names *names, const char *below, unsigned depth)
{
    const char *path = below[0] == '\0' ? names->folder : join(names->ledger, names->folder, below);
    DIR *folder = path == NULL || depth > FOLDERS_DEEP_MAX ? NULL : opendir(path);
    if (folder == NULL) {
        if (path != NULL)
            wrong(names->ledger, path, "the folder cannot be read",
                  depth > FOLDERS_DEEP_MAX ? 0 : errno);
        return;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            take_entry(names, below, entry->d_name, depth);
    closedir(folder);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_file(struct names *names, const char *name, struct buf *content)
{
    const char *path = join(names->ledger, names->folder, name);
    FILE *file = path == NULL ? NULL : fopen(path, "rbe");
    if (file == NULL) {
        if (path != NULL)
            wrong(names->ledger, name, "the file cannot be read", errno);
        content->failed = true;
        return;
    }
    uint8_t part[4096];
    for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
        if (!buf_add(content, slice_of(part, got)))
            break;
    bool broken = ferror(file) != 0;
    int error = errno;
    (void)fclose(file);
    if (broken || content->failed)
        wrong(names->ledger, name, broken ? "the file cannot be read" : "the file is too long",
              broken ? error : 0);
    content->failed = content->failed || broken;
}

void plan_files_read(struct plan_ledger *ledger, const char *folder,
                     void (*take)(void *context, const char *name, struct slice text),
                     void *context)
{
    struct names names = { .ledger = ledger,
                           .folder = folder,
                           .at = alloc_zeroed(FILES_MAX, sizeof(char *)) };
    if (names.at == NULL) {
        ledger->nomem = true;
        return;
    }
    list(&names, "", 0);
    qsort(names.at, names.count, sizeof(*names.at), by_bytes);
    for (size_t i = 0; i < names.count && !ledger->nomem; i++) {
        struct buf content = buf_bounded(LIMIT_CASE_FILE);
        read_file(&names, names.at[i], &content);
        if (!content.failed)
            take(context, names.at[i], buf_slice(&content));
        buf_free(&content);
    }
    alloc_release(names.at);
}
