#include "tests/store_folder.h"

#include "tests/support/support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void folder_make(struct folder *folder, const char *under)
{
    const char *given = getenv("TMPDIR");
    if (under == NULL)
        under = given != NULL && given[0] != '\0' ? given : "/tmp";
    *folder = (struct folder){ 0 };
    int length = snprintf(folder->path, FOLDER_PATH / 2, "%s/store.XXXXXX", under);
    assert_in_range(length, 1, FOLDER_PATH / 2 - 1);
    assert_non_null(mkdtemp(folder->path));
    folder_next(folder);
}

void folder_next(struct folder *folder)
{
    folder->files++;
    int length = snprintf(folder->file, FOLDER_PATH, "%s/%u.sqlite", folder->path, folder->files);
    assert_in_range(length, 1, FOLDER_PATH - 1);
}

struct store *folder_try(const struct folder *folder, const char **ret_error)
{
    char spec[FOLDER_PATH + 8];
    (void)snprintf(spec, sizeof(spec), "sqlite:%s", folder->file);
    return store_open(spec, ret_error);
}

struct store *folder_open(const struct folder *folder)
{
    const char *error = NULL;
    struct store *store = folder_try(folder, &error);
    if (store == NULL)
        fail_msg("%s", error);
    return store;
}

void folder_forget(const struct folder *folder)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        char path[FOLDER_PATH + 8];
        (void)snprintf(path, sizeof(path), "%s%s", folder->file, ends[i]);
        (void)unlink(path);
    }
}

void folder_remove(struct folder *folder)
{
    DIR *entries = opendir(folder->path);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        (void)unlinkat(dirfd(entries), entry->d_name, 0);
    (void)closedir(entries);
    (void)rmdir(folder->path);
}

struct folder folder_of_group;

int folder_set_up(void **state)
{
    (void)state;
    folder_make(&folder_of_group, NULL);
    return 0;
}

int folder_tear_down(void **state)
{
    (void)state;
    folder_remove(&folder_of_group);
    return 0;
}

int folder_renew(void **state)
{
    (void)state;
    folder_next(&folder_of_group);
    return 0;
}
