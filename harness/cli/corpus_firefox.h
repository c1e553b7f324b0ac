/* The recorded sessions of fixtures/firefox as requests. */
#ifndef SYNCSPEC_CLI_CORPUS_FIREFOX_H
#define SYNCSPEC_CLI_CORPUS_FIREFOX_H

#include "cli/corpus_sink.h"

/* Gives the sink the requests of the file, each with its target and body, and a session for each
 * phase.  A file that is not there is none.  False when out of memory, when the file is not as its
 * README says, or when the sink ends it. */
MUST_USE bool cli_corpus_firefox(const char *path, const struct cli_corpus_sink *sink);

#endif
