#include "cli/corpus_files.h"

#include "base/mac.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096, FILE_ROOM = 8 * 1024 * 1024, GO_DIGITS = 16 };

static void write_go_byte(uint8_t byte, struct buf *out)
{
    static const char named[] = "\a\b\f\n\r\t\v\"\\", names[] = "abfnrtv\"\\";
    const char *at = byte != '\0' ? strchr(named, byte) : NULL;
    if (at != NULL)
        (void)buf_add_format(out, "\\%c", names[at - named]);
    else if (byte < ' ' || byte > '~')
        (void)buf_add_format(out, "\\x%02x", byte);
    else
        buf_add_byte(out, byte);
}

/* A file of Go's corpus: the version, and the argument of the fuzz function as Go writes it; but
 * for letters past ASCII, which Go would write as they are where they are UTF-8. */
static bool write_go(struct slice input, struct buf *out)
{
    buf_add_text(out, "go test fuzz v1\n[]byte(\"");
    for (size_t i = 0; i < input.len; i++)
        write_go_byte(input.ptr[i], out);
    return buf_add_text(out, "\")\n");
}

static void write_hex(const uint8_t *bytes, size_t digits, char *ret_text)
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < digits; i++)
        ret_text[i] = hex[bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 0xf];
    ret_text[digits] = '\0';
}

/* As `go test -fuzz` names what it keeps: by half of a half of its SHA-256. */
static bool name_go(struct slice content, char ret_name[CLI_CORPUS_NAME])
{
    uint8_t digest[MAC_SIZE];
    if (!mac_sha256(&content, 1, digest))
        return false;
    write_hex(digest, GO_DIGITS, ret_name);
    return true;
}

/* As libFuzzer does, and all that are made of it: what they find of the same bytes is the same
 * file. */
static bool name_libfuzzer(struct slice content, char ret_name[CLI_CORPUS_NAME])
{
    uint8_t digest[MAC_SHA1_SIZE];
    if (!mac_sha1(content, digest))
        return false;
    write_hex(digest, CLI_CORPUS_NAME - 1, ret_name);
    return true;
}

static const struct cli_corpus_format formats[] = {
    { "raw", (size_t)64 * 1024, NULL, name_libfuzzer },
    { "go", (size_t)64 * 1024, write_go, name_go },
    { "rust", (size_t)64 * 1024, NULL, name_libfuzzer },
    { "afl", (size_t)10 * 1024, NULL, name_libfuzzer },
};

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

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
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
    if (mkdir(path, 0777) == 0 || is_folder(path))
        return true;
    return say(files, folder, errno == EEXIST ? "a file, not a folder" : strerror(errno));
}

/* What an export that was cut short left behind has another size. */
static bool is_there(const char *path, size_t size)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size == (off_t)size;
}

static bool write_file(struct cli_corpus_files *files, const char *path, struct slice bytes)
{
    if (is_there(path, bytes.len)) {
        files->there++;
        return true;
    }
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return say(files, path, strerror(errno));
    bool written = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    int error = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        error = errno;
    }
    if (!written) {
        (void)remove(path);
        return say(files, path, strerror(error));
    }
    files->written++;
    return true;
}

bool cli_corpus_write(struct cli_corpus_files *files, const char *folder, struct slice input)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_ROOM);
    const struct cli_corpus_format *format = files->format;
    char path[PATH_ROOM], name[CLI_CORPUS_NAME];
    if (input.len > format->most)
        files->longer++;
    if (input.len == 0 || input.len > format->most)
        return true;
    if (format->write != NULL && !format->write(input, &text))
        return say(files, folder, "out of memory");
    struct slice content = format->write != NULL ? buf_slice(&text) : input;
    if (!format->name_of(content, name))
        return say(files, folder, "out of memory");
    int length = snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof(path))
        return say(files, folder, "the name is too long");
    return write_file(files, path, content);
}
