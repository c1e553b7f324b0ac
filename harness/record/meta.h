/* The record meta/global, the one that is not encrypted: which engines take part, and in which
 * storage format. */
#ifndef SYNCSPEC_RECORD_META_H
#define SYNCSPEC_RECORD_META_H

#include "base/arena.h"

enum {
    RECORD_META_VERSION = 5,  /* the storage version that this folder reads */
    RECORD_META_ENGINES = 256 /* at most, and as many declined names */
};

struct record_engine {
    struct slice name, sync_id;
    uint64_t version;
    struct record_engine *next;
};

struct record_declined {
    struct slice name;
    struct record_declined *next;
};

struct record_meta {
    struct slice sync_id;
    uint64_t storage_version;
    struct record_engine *engines;    /* in the order of the text */
    struct record_declined *declined; /* likewise; NULL also when the key is absent */
    size_t engine_count, declined_count;
};

/* What a client may do with the data. */
enum record_meta_use {
    RECORD_META_READ_WRITE,
    RECORD_META_READ,      /* older: for reports, or to be upgraded */
    RECORD_META_HANDS_OFF, /* newer: nothing may be changed */
};

/* An engine in neither list has not been decided on.  In both: enabled. */
enum record_meta_engine { RECORD_ENGINE_UNDECIDED, RECORD_ENGINE_ENABLED, RECORD_ENGINE_DECLINED };

/* Reads the payload of meta/global (the text in the BSO's string).  Texts borrow from ${payload} or
 * the arena.  Unknown keys are ignored; engines and declined may be absent.  NULL on success, else
 * the rule that is broken, static text. */
MUST_USE const char *record_meta_read(struct slice payload, struct arena *arena,
                                      struct record_meta *ret_meta);

enum record_meta_use record_meta_use_of(const struct record_meta *meta);

enum record_meta_engine record_meta_engine_of(const struct record_meta *meta, struct slice name);

#endif
