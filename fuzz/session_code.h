/* Reads the steps of a session: cli/corpus_session.h is the coding. */
#ifndef SYNCSPEC_FUZZ_SESSION_CODE_H
#define SYNCSPEC_FUZZ_SESSION_CODE_H

#include "cli/corpus_session.h"

struct session_step {
    enum cli_session_step kind;
    unsigned who;           /* 0 to 3 */
    unsigned version;       /* 0 to 3 */
    uint8_t what, id, more; /* the three bytes */
    int64_t clock;          /* CLI_SESSION_CLOCK: by how much, in hundredths */
    struct slice target, body, value;
};

/* Cuts the next step off the front of ${rest}; false at the end, and where a step is cut. */
bool session_next(struct slice *rest, struct session_step *ret_step);

#endif
