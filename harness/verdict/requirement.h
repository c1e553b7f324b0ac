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

/* Why no case decides a requirement. */
enum verdict_exclusion {
    VERDICT_NOT_EXCLUDED,     /* cases do */
    VERDICT_CLIENT_SIDE,      /* it binds clients, or passes between them */
    VERDICT_NOT_OBSERVABLE,   /* no request brings it about, or shows it */
    VERDICT_OPERATORS_CHOICE, /* it says how a server is deployed, not how it behaves */
    VERDICT_EITHER_IS_RIGHT,
    VERDICT_DOCUMENT_ERROR,
    VERDICT_NOT_YET, /* a case can be written */
};

enum { VERDICT_EXCLUSIONS = 7 };

/* "client-side", ...; and what it says of a requirement, for people.  Both are "" for
 * VERDICT_NOT_EXCLUDED, which no text is parsed as. */
const char *verdict_exclusion_name(enum verdict_exclusion exclusion);
const char *verdict_exclusion_meaning(enum verdict_exclusion exclusion);
MUST_USE bool verdict_exclusion_parse(struct slice text, enum verdict_exclusion *ret_exclusion);

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
