/* What the documents of the protocol ask of a server. */
#ifndef SYNCSPEC_VERDICT_REQUIREMENT_H
#define SYNCSPEC_VERDICT_REQUIREMENT_H

#include "base/slice.h"

/* How much a requirement binds a server. */
enum verdict_level {
    VERDICT_MUST,
    VERDICT_SHOULD,
    VERDICT_MAY,
    VERDICT_DE_FACTO, /* not in the text, but clients expect it */
};

/* "must", "should", "may", "de-facto". */
const char *verdict_level_name(enum verdict_level level);
MUST_USE bool verdict_level_parse(struct slice text, enum verdict_level *ret_level);

/* One requirement of the protocol's documents, in our words. */
struct verdict_requirement {
    const char *id;
    enum verdict_level level;
    const char *statement;
    const char *source; /* document and heading */
    const char *impact; /* what a client suffers when it is broken; "" when nothing was written */
    const char *note;   /* what servers do, and what must not be held against them; "": nothing */
    enum verdict_exclusion exclusion;
    const char *because; /* of the exclusion, in words; "" when cases decide it */
};

#endif
