/* Reads JSON objects whose members are known beforehand: a table says what each is and where it
 * goes.  One pass, strict, no tree. */
#ifndef SYNCSPEC_AUTH_MEMBERS_H
#define SYNCSPEC_AUTH_MEMBERS_H

#include "record/scan.h"

enum auth_member_kind {
    AUTH_MEMBER_TEXT,    /* struct slice */
    AUTH_MEMBER_WORDS,   /* struct slice: a string, or a list of strings joined by blanks */
    AUTH_MEMBER_COUNT,   /* uint64_t: a number of digits only */
    AUTH_MEMBER_INTEGER, /* int64_t: the same, perhaps with '-' */
    AUTH_MEMBER_SECONDS, /* int64_t, a stamp: a non-negative decimal, as dates of JWTs are */
    AUTH_MEMBER_FLAG,    /* bool */
    AUTH_MEMBER_ANY,     /* nothing is written: only its presence counts */
};

struct auth_member {
    struct slice name;
    enum auth_member_kind kind;
    size_t offset; /* in what ${into} points to */
};

enum { AUTH_MEMBERS_MAX = 32 };

struct auth_members {
    const struct auth_member *at;
    size_t count; /* at most AUTH_MEMBERS_MAX */
};

/* Reads a whole text.  Bit i of ${ret_seen} is set when row i
 * was there and not null.  Members of other names are passed; one that is repeated, or not of its
 * kind, makes it false.  Texts point into ${json} or, when they hold escapes or are joined, into
 * ${scratch}, which must have room for json.len more bytes reserved.  On false ${into} may be
 * partly written. */
MUST_USE bool auth_members_read(struct slice json, const struct auth_members *table,
                                struct buf *scratch, void *into, uint32_t *ret_seen);

/* The same for the object that ${scan} has just opened; stops behind its '}'. */
MUST_USE bool auth_members_read_open(struct record_scan *scan, const struct auth_members *table,
                                     struct buf *scratch, void *into, uint32_t *ret_seen);

#endif
