#include "cli/corpus_files.h"

#include "base/mac.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, FILE_ROOM = 8 * 1024 * 1024, NAME_ROOM = 2 * MAC_SIZE + 1 };

/* A file of Go's corpus: the version, and the arguments of the fuzz function as Go writes them. */
static bool write_go(struct slice input, struct buf *out)
{
    buf_add_text(out, "go test fuzz v1\n[]byte(\"");
    for (size_t i = 0; i < input.len; i++) {
        uint8_t byte = input.ptr[i];
        if (byte < ' ' || byte > '~')
            (void)buf_add_format(out, "\\x%02x", byte);
        else if (byte == '"' || byte == '\\')
            (void)buf_add_format(out, "\\%c", byte);
        else
            buf_add_byte(out, byte);
    }
    return buf_add_text(out, "\")\n");
}

static const struct cli_corpus_format formats[] = {
    { "raw", "the bytes; for anything", (size_t)64 * 1024, 16, NULL },
    { "go", "as `go test -fuzz` keeps them in testdata/fuzz/NAME", (size_t)64 * 1024, 16,
      write_go },
    { "rust", "the bytes, named as cargo-fuzz names them in fuzz/corpus/NAME", (size_t)64 * 1024,
      40, NULL },
    { "afl", "the bytes, at most 10 KiB, as afl-fuzz wants its seeds", (size_t)10 * 1024, 16,
      NULL },
};

const struct cli_corpus_format *cli_corpus_format_at(size_t index)
{
    return index < COUNT_OF(formats) ? &formats[index] : NULL;
}

const struct cli_corpus_format *cli_corpus_format_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    }
    return NULL;
}

static bool say(const struct cli_corpus_files *files, const char *path, const char *what)
{
    (void)fprintf(stderr, "syncspec %s: %s: %s\n", files->command, path, what);
    return false;
}

bool cli_corpus_make_folder(const struct cli_corpus_files *files, const char *folder)
{
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof(path), "%s", folder);
    if (length <= 0 || (size_t)length >= sizeof(path))
        return say(files, folder, "the name is empty or too long");
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(path, 0777); /* what is wrong with it shows at the end */
        *slash = '/';
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST || say(files, folder, strerror(errno));
}

/* The first digits of the SHA-256 in hex. */
static bool name_of(struct slice input, size_t digits, char ret_name[NAME_ROOM])
{
    uint8_t digest[MAC_SIZE];
    if (!mac_sha256(&input, 1, digest))
        return false;
    for (size_t i = 0; i < sizeof(digest); i++)
        (void)snprintf(ret_name + 2 * i, 3, "%02x", digest[i]);
    ret_name[digits] = '\0';
    return true;
}

/* True also when it was there. */
static bool write_file(struct cli_corpus_files *files, const char *path, struct slice bytes)
{
    FILE *file = fopen(path, "wbx");
    if (file == NULL)
        return errno == EEXIST || say(files, path, strerror(errno));
    bool written = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    int error = errno;
    if (fclose(file) != 0)
        written = false;
    if (!written) {
        (void)remove(path);
        return say(files, path, strerror(error));
    }
    files->count++;
    return true;
}

bool cli_corpus_write(struct cli_corpus_files *files, const char *folder, struct slice input)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_ROOM);
    char path[PATH_ROOM], name[NAME_ROOM];
    if (input.len == 0 || input.len > files->format->most)
        return true;
    if (!name_of(input, files->format->digits, name) ||
        (files->format->write != NULL && !files->format->write(input, &text)))
        return say(files, folder, "out of memory");
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof(path))
        return say(files, folder, "the name is too long");
    return write_file(files, path, files->format->write != NULL ? buf_slice(&text) : input);
}
