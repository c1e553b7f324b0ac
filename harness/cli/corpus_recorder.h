/* A transport that gives what passes through another one to a sink. */
#ifndef SYNCSPEC_CLI_CORPUS_RECORDER_H
#define SYNCSPEC_CLI_CORPUS_RECORDER_H

#include "cli/corpus_sink.h"
#include "exchange/exchange.h"

/* Passes everything on to ${inner}; borrows both.  NULL when out of memory. */
MUST_USE struct exchange *cli_corpus_recorder_new(struct exchange *inner,
                                                  const struct cli_corpus_sink *sink);

/* What comes next belongs to another case: gives the session so far to the sink. */
void cli_corpus_recorder_cut(struct exchange *recorder);

/* Whether the sink took all of it, and memory sufficed. */
bool cli_corpus_recorder_done(const struct exchange *recorder);

#endif
