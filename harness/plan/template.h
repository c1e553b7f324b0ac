/* Templates: texts with {expressions}, cut into parts.  cases/README.md, "Captures". */
#ifndef SYNCSPEC_PLAN_TEMPLATE_H
#define SYNCSPEC_PLAN_TEMPLATE_H

#include "base/slice.h"

enum plan_part_kind {
    PLAN_PART_END,
    PLAN_PART_LITERAL, /* text as it stands */
    PLAN_PART_CAPTURE, /* {name}, {name + 0.01} */
    PLAN_PART_IDS,     /* {$ids:prefix:first:count} */
    PLAN_PART_BAD,     /* `wrong` says why */
};

enum { PLAN_IDS_MAX = 10000 };

struct plan_part {
    enum plan_part_kind kind;
    struct slice text;     /* the literal, the capture's name, or the prefix of the ids */
    bool adds;             /* arithmetic follows the name */
    bool fraction;         /* ... with a point in the number */
    int64_t addend;        /* in hundredths */
    uint64_t first, count; /* of the ids */
    const char *wrong;     /* static text */
};

/* Cuts the next part off ${rest}.  PLAN_PART_BAD leaves ${rest} empty. */
struct plan_part plan_part_next(struct slice *rest);

/* Whether the template is one expression and nothing else; then that part. */
bool plan_part_alone(struct slice text, struct plan_part *ret_part);

/* Whether the bytes may name a capture of a case: a letter, then letters, digits and '_'; at most
 * 32. */
bool plan_capture_name_valid(struct slice name);

/* Reads a decimal with optional sign into hundredths; digits past the second are dropped.
 * ${ret_fraction}: whether it has a point.  Writes on success only. */
MUST_USE bool plan_hundredths_parse(struct slice text, int64_t *ret_value, bool *ret_fraction);

#endif
