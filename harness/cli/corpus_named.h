/* The named seeds of this project's own fuzz targets: what once broke a parser, and borders. */
#ifndef SYNCSPEC_CLI_CORPUS_NAMED_H
#define SYNCSPEC_CLI_CORPUS_NAMED_H

#include "cli/corpus_sink.h"

/* Gives the sink those of the targets below ${folder} that read what a client sends, in the order
 * of their names; one that is not there has none.  False when the sink refuses one, or it cannot be
 * read. */
MUST_USE bool cli_corpus_named(const char *folder, const struct cli_corpus_sink *sink);

#endif
