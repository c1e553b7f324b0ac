/* Everything that the cases and the recorded Firefox say to a server, for fuzzers. */
#ifndef SYNCSPEC_CLI_CORPUS_COLLECT_H
#define SYNCSPEC_CLI_CORPUS_COLLECT_H

#include "cli/corpus_sink.h"

/* Runs the cases of ${folder} (NULL: all of the suite) against the built-in core and reads the
 * recorded sessions of fixtures/firefox, where they are; gives the sink what passes by, the same
 * each time.  0, or the exit code after a message of ${command}'s. */
MUST_USE int cli_corpus_collect(const char *command, const char *folder,
                                const struct cli_corpus_sink *sink);

#endif
