/* Which inputs show a parser what another one has shown it. */
#ifndef SYNCSPEC_CLI_CORPUS_ALIKE_H
#define SYNCSPEC_CLI_CORPUS_ALIKE_H

#include "base/buf.h"
#include "cli/corpus_sink.h"

/* Two inputs are alike when they differ in nothing but which digits stand where a digit stands, and
 * in the credentials (of an Authorization field, in requests): the suite makes up users, nonces and
 * names of collections all the time. */
struct cli_corpus_alike {
    bool exact; /* no: only the same bytes are alike */
    struct buf shape;
    struct buf seen; /* digests of shapes */
};

struct cli_corpus_alike cli_corpus_alike_of(bool exact);

/* Whether it is the first one of its shape.  False when out of memory: then ->seen.failed. */
MUST_USE bool cli_corpus_alike_first(struct cli_corpus_alike *alike, enum cli_corpus_kind kind,
                                     struct slice input);

void cli_corpus_alike_free(struct cli_corpus_alike *alike);

#endif
