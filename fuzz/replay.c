/* Runs a fuzz target's property over every file of the folders that are its arguments: how the
 * named seeds are tests where there is no libFuzzer.  Arguments that start with '-' are libFuzzer's
 * and ignored. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { SEED_CEILING = 64 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The property gets a block of just the file's size, so that a sanitizer sees one byte too far. */
static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size > 0 ? size : 1);
    int failed = 1;
    if (file != NULL && bytes != NULL && fread(bytes, 1, size, file) == size)
        failed = LLVMFuzzerTestOneInput(bytes, size);
    if (failed != 0)
        (void)fprintf(stderr, "replay: %s could not be run\n", path);
    free(bytes);
    if (file != NULL && fclose(file) != 0)
        failed = 1;
    return failed;
}

/* The number of files that were run; -1 on failure. */
static long replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return -1;
    long count = 0;
    for (const struct dirent *entry; count >= 0 && (entry = readdir(folder)) != NULL;) {
        char full[PATH_MAX];
        struct stat info;
        int len = snprintf(full, sizeof(full), "%s/%s", path, entry->d_name);
        if (len < 0 || (size_t)len >= sizeof(full) || stat(full, &info) != 0)
            count = -1;
        else if (!S_ISREG(info.st_mode))
            continue;
        else if (info.st_size > SEED_CEILING || replay_file(full, (size_t)info.st_size) != 0)
            count = -1;
        else
            count++;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    long total = 0;
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-')
            continue;
        long count = replay_folder(argv[i]);
        if (count <= 0) {
            (void)fprintf(stderr, "replay: no seed could be run in %s\n", argv[i]);
            return 1;
        }
        total += count;
    }
    (void)printf("replay: %ld seeds\n", total);
    return total > 0 ? 0 : 1;
}
