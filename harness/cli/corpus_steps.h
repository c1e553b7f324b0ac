/* Codes requests as the steps of a session (cli/corpus_session.h). */
#ifndef SYNCSPEC_CLI_CORPUS_STEPS_H
#define SYNCSPEC_CLI_CORPUS_STEPS_H

#include "cli/corpus_session.h"
#include "http/message.h"

enum { CLI_CORPUS_USERS = 4, CLI_CORPUS_USER_MAX = 64 };

struct cli_corpus_steps {
    struct buf out;
    size_t requests;
    int64_t now; /* that the session has come to */
    struct {
        uint8_t name[CLI_CORPUS_USER_MAX];
        size_t len;
    } users[CLI_CORPUS_USERS]; /* as their paths call them, in the order in which they come up */
    size_t user_count;
};

struct cli_corpus_steps cli_corpus_steps_of(void);

/* Adds the request, sent at ${now}, behind a step of the clock; out.failed when it does not fit. */
void cli_corpus_steps_add(struct cli_corpus_steps *steps, const struct http_request *request,
                          int64_t now);

/* Begins another session. */
void cli_corpus_steps_clear(struct cli_corpus_steps *steps);
void cli_corpus_steps_free(struct cli_corpus_steps *steps);

#endif
