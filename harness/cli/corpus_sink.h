/* What passes between a client and a server, taken apart for fuzzers. */
#ifndef SYNCSPEC_CLI_CORPUS_SINK_H
#define SYNCSPEC_CLI_CORPUS_SINK_H

#include "base/slice.h"

enum cli_corpus_kind {
    CLI_CORPUS_REQUEST, /* one as it goes over the wire */
    CLI_CORPUS_ANSWER,
    CLI_CORPUS_RECORD,  /* the body of a request */
    CLI_CORPUS_HAWK,    /* the value of an Authorization field */
    CLI_CORPUS_TARGET,  /* path and query */
    CLI_CORPUS_SESSION, /* all requests of a case, one behind the other */
    CLI_CORPUS_STEPS,   /* the same, coded as cli/corpus_session.h says */
    CLI_CORPUS_KINDS
};

/* Gets the inputs one by one; they are borrowed.  False ends it. */
struct cli_corpus_sink {
    bool (*take)(void *context, enum cli_corpus_kind kind, struct slice bytes);
    void *context;
};

#endif
