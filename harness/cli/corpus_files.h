/* Inputs as files, in the form that a fuzzer reads. */
#ifndef SYNCSPEC_CLI_CORPUS_FILES_H
#define SYNCSPEC_CLI_CORPUS_FILES_H

#include "base/buf.h"

/* A row: to add a format, add one to the table in corpus_files.c. */
struct cli_corpus_format {
    const char *name;    /* as in --format */
    const char *meaning; /* for help */
    size_t most;         /* bytes of one input; what is larger is left out */
    size_t digits;       /* of the digest that is a file's name */
    /* Appends the file of an input; NULL: the bytes themselves. */
    bool (*write)(struct slice input, struct buf *out);
};

/* NULL past the last; NULL when there is none of that name. */
const struct cli_corpus_format *cli_corpus_format_at(size_t index);
const struct cli_corpus_format *cli_corpus_format_find(const char *name);

struct cli_corpus_files {
    const char *command; /* for messages */
    const struct cli_corpus_format *format;
    size_t count; /* inputs that were written; an input that is there already is not */
};

/* Makes the folder and those above it.  False after a message. */
MUST_USE bool cli_corpus_make_folder(const struct cli_corpus_files *files, const char *folder);

/* Writes the input into the folder, under a name that its content gives it.  False after a message.
 */
MUST_USE bool cli_corpus_write(struct cli_corpus_files *files, const char *folder,
                               struct slice input);

#endif
