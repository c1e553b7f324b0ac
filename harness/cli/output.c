#include "cli/output.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Twice the memory of a run record: escapes. */
static const size_t report_max = (size_t)1024 * 1024 * 1024;

const char *cli_output_read(const char *value, struct cli_output *ret_output)
{
    struct slice format;
    struct slice file;
    bool has_file = slice_cut(slice_text(value), ':', &format, &file);
    ret_output->format = report_format_find(format);
    if (ret_output->format == NULL)
        return "no such format; `syncspec list formats` tells them";
    if (has_file && file.len == 0)
        return "expected a file behind the colon";
    ret_output->file = has_file ? (const char *)file.ptr : NULL;
    return NULL;
}

static bool write_all(int fd, struct slice bytes)
{
    while (bytes.len > 0) {
        ssize_t wrote = write(fd, bytes.ptr, bytes.len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        bytes = slice_from(bytes, (size_t)wrote);
    }
    return true;
}

/* As a file that open() makes would have it; mkstemp's are for their owner alone. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);
    (void)umask(mask);
    return (mode_t)0666 & ~mask;
}

static bool replace(const char *path, struct slice bytes)
{
    char temporary[PATH_MAX];
    int len = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkstemp(temporary);
    if (fd < 0)
        return false;
    bool written = write_all(fd, bytes) && fchmod(fd, usual_mode()) == 0 && fsync(fd) == 0;
    int reason = errno;
    written = close(fd) == 0 && written;
    if (written && rename(temporary, path) == 0)
        return true;
    if (written)
        reason = errno;
    (void)unlink(temporary);
    errno = reason;
    return false;
}

bool cli_output_replace(const char *path, struct slice bytes)
{
    struct stat info;
    if (stat(path, &info) != 0 || S_ISREG(info.st_mode))
        return replace(path, bytes);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    bool written = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    return fclose(file) == 0 && written;
}

bool cli_output_write(const struct cli_output *output, const struct verdict_run *run,
                      const struct report_style *style)
{
    struct buf text = buf_bounded(report_max);
    bool written = output->format->write(run, style, &text);
    if (!written) {
        (void)fprintf(stderr, "syncspec run: out of memory for the %s report\n",
                      output->format->name);
    } else if (output->file == NULL) {
        written = fwrite(text.ptr, 1, text.len, stdout) == text.len && fflush(stdout) == 0;
        if (!written)
            perror("syncspec run: standard output");
    } else {
        written = cli_output_replace(output->file, buf_slice(&text));
        if (!written)
            (void)fprintf(stderr, "syncspec run: %s cannot be written: %s\n", output->file,
                          strerror(errno));
    }
    buf_free(&text);
    return written;
}
