#include "cli/corpus_named.h"

#include "cli/credentials.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_ROOM = 4096, INPUT_ROOM = 1024 * 1024 };

/* Only targets whose input is nothing but the bytes of the message. */
static const struct {
    const char *target;
    enum cli_corpus_kind kind;
} targets[] = {
    { "http_request", CLI_CORPUS_REQUEST },
    { "http_peer", CLI_CORPUS_REQUEST },
    { "http_pipelined", CLI_CORPUS_SESSION },
    { "record", CLI_CORPUS_RECORD },
    { "record_list", CLI_CORPUS_RECORD },
    { "record_newlines", CLI_CORPUS_RECORD },
    { "hawk", CLI_CORPUS_HAWK },
    { "basic", CLI_CORPUS_HAWK },
};

static int is_seed(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool give_file(const char *path, enum cli_corpus_kind kind,
                      const struct cli_corpus_sink *sink)
{
    AUTO(buf_free) struct buf bytes = buf_bounded(INPUT_ROOM);
    return cli_read_file(&cli_corpus, path, &bytes) &&
           sink->take(sink->context, kind, buf_slice(&bytes));
}

static bool give_folder(const char *folder, enum cli_corpus_kind kind,
                        const struct cli_corpus_sink *sink)
{
    char path[PATH_ROOM];
    struct dirent **entries;
    int count = scandir(folder, &entries, is_seed, alphasort);
    bool given = true;
    for (int i = 0; i < count; i++) {
        int length = snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        given = given && length > 0 && (size_t)length < sizeof(path) && give_file(path, kind, sink);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return given;
}

bool cli_corpus_named(const char *folder, const struct cli_corpus_sink *sink)
{
    char path[PATH_ROOM];
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        int length = snprintf(path, sizeof(path), "%s/%s", folder, targets[i].target);
        if (length < 0 || (size_t)length >= sizeof(path) ||
            !give_folder(path, targets[i].kind, sink))
            return false;
    }
    return true;
}
