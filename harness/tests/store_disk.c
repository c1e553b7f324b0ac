#include "tests/store_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CALLS = 2, PATH_BYTES = 1024 };

static struct {
    bool broken;
    uint64_t left;
    int error;
} calls[CALLS];

static bool failed;
static uint64_t syncs;
static const char *image;

void disk_break(enum disk_call call, uint64_t nth, int error)
{
    failed = false;
    calls[call].broken = true;
    calls[call].left = nth;
    calls[call].error = error;
}

bool disk_has_failed(void)
{
    return failed;
}

void disk_mend(void)
{
    memset(calls, 0, sizeof(calls));
    failed = false;
}

uint64_t disk_syncs(void)
{
    return syncs;
}

void disk_keep_image(const char *folder)
{
    image = folder;
}

static bool fails(enum disk_call call)
{
    if (!calls[call].broken)
        return false;
    if (calls[call].left > 0) {
        calls[call].left--;
        return false;
    }
    failed = true;
    errno = calls[call].error;
    return true;
}

static bool copy_bytes(int from, int into)
{
    static char bytes[1 << 16];
    ssize_t got;
    for (off_t at = 0; (got = pread(from, bytes, sizeof(bytes), at)) > 0; at += got) {
        if (write(into, bytes, (size_t)got) != got)
            return false;
    }
    return got == 0;
}

static bool copy_file(int file, const char *name)
{
    char copy[PATH_BYTES];
    (void)snprintf(copy, sizeof(copy), "%s/%s", image, name);
    int into = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (into < 0)
        return false;
    bool copied = copy_bytes(file, into);
    return close(into) == 0 && copied;
}

/* A file that was removed is gone for good when its folder is synced. */
static bool forget_removed(int folder)
{
    DIR *entries = opendir(image);
    if (entries == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (faccessat(folder, entry->d_name, F_OK, 0) != 0)
            (void)unlinkat(dirfd(entries), entry->d_name, 0);
    }
    return closedir(entries) == 0;
}

static bool take_image(int file)
{
    char link[64], path[PATH_BYTES];
    struct stat status;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof(path) - 1);
    if (length <= 0 || fstat(file, &status) != 0)
        return false;
    path[length] = '\0';
    const char *name = strrchr(path, '/');
    return S_ISDIR(status.st_mode) ? forget_removed(file)
                                   : name != NULL && copy_file(file, name + 1);
}

/* In the place of the C library's. */

ssize_t pwrite64(int file, const void *bytes, size_t len, off64_t at)
{
    return fails(DISK_WRITE) ? -1 : syscall(SYS_pwrite64, file, bytes, len, at);
}

int fdatasync(int file)
{
    if (fails(DISK_SYNC))
        return -1;
    syncs++;
    if (image != NULL && !take_image(file))
        return -1;
    return (int)syscall(SYS_fdatasync, file);
}
