/* Inputs as files, in the form that a fuzzer reads and under the names that it gives its own. */
#ifndef SYNCSPEC_CLI_CORPUS_FILES_H
#define SYNCSPEC_CLI_CORPUS_FILES_H

#include "base/buf.h"

enum { CLI_CORPUS_NAME = 41 }; /* a SHA-1 in hex */

/* A row: to add a format, add one to the table in corpus_files.c. */
struct cli_corpus_format {
    const char *name; /* as in --format */
    size_t most;      /* bytes of one input; what is larger is left out */
    /* Appends the file of an input; NULL: the bytes themselves. */
    bool (*write)(struct slice input, struct buf *out);
    /* The name that the fuzzer gives to a file of that content.  False when out of memory. */
    bool (*name_of)(struct slice content, char ret_name[CLI_CORPUS_NAME]);
};

/* NULL when there is none of that name. */
const struct cli_corpus_format *cli_corpus_format_find(const char *name);

struct cli_corpus_files {
    const char *command; /* for messages */
    const struct cli_corpus_format *format;
    size_t written, there; /* inputs that the folder did not have, and that it had */
    size_t longer;         /* inputs that were left out */
};

/* Makes the folder and those above it.  False after a message. */
MUST_USE bool cli_corpus_make_folder(const struct cli_corpus_files *files, const char *folder);

/* Writes the input into the folder, under a name that the content of its file gives it; a file of
 * that name and size is left as it is.  An empty input is not one.  False after a message. */
MUST_USE bool cli_corpus_write(struct cli_corpus_files *files, const char *folder,
                               struct slice input);

#endif
