/* Every fixed bound of the project, in bytes unless the name says otherwise.  What an operator may
 * change is configuration of the core (core/config.h); what stands here is what keeps any input
 * from taking the process. */
#ifndef SYNCSPEC_BASE_LIMITS_H
#define SYNCSPEC_BASE_LIMITS_H

enum {
    /* HTTP messages, both directions (RFC 9112). */
    LIMIT_METHOD = 32, /* past it: 501 */
    LIMIT_TARGET =
        24 * 1024, /* past it: 414; holds ids= with 100 ids of 64 characters, all escaped */
    LIMIT_FIELD_NAME = 256,        /* past it: 431 */
    LIMIT_FIELD_VALUE = 8 * 1024,  /* past it: 431 */
    LIMIT_FIELD_COUNT = 100,       /* past it: 431 */
    LIMIT_HEAD = 48 * 1024,        /* start line and fields together; past it: 431 */
    LIMIT_CHUNK_LINE = 256,        /* chunk size with extensions; past it: 400 */
    LIMIT_TRAILER_COUNT = 16,      /* past it: 431 */
    LIMIT_REASON = 256,            /* reason phrase of a response */
    LIMIT_BODY = 16 * 1024 * 1024, /* default bound of a message body that a parser lets through */
    LIMIT_REPLY_FIELD_COUNT = 32,  /* fields of a response that we write */
    LIMIT_REPLY_HEAD = 16 * 1024,  /* their bytes */
    LIMIT_REPLY_BODY = 64 * 1024 * 1024,

    /* Records (SyncStorage API 1.5, Basic Storage Object). */
    LIMIT_BSO_ID = 64,
    LIMIT_COLLECTION_NAME = 32,
    LIMIT_SORTINDEX = 999999999, /* either sign */
    LIMIT_TTL = 999999999,       /* seconds */
    LIMIT_JSON_DEPTH = 32,       /* of anything that we decode ourselves */
    LIMIT_IDS = 100,             /* ids of one query */

    /* Credentials. */
    LIMIT_TOKEN = 4 * 1024, /* a Hawk id, base64url text */
    LIMIT_HAWK_ATTRIBUTE = 4 * 1024,
    LIMIT_NONCE = 256,
    LIMIT_NONCES_KEPT = 2 * 1024 * 1024, /* entries of the replay cache, by default */
    LIMIT_SECRETS = 8,                   /* token secrets valid at once, for rotation */

    /* The suite's side. */
    LIMIT_CASE_FILE = 4 * 1024 * 1024,
    LIMIT_ANSWER_HEAD = 256 * 1024, /* what we read of a target's response head */
    LIMIT_ANSWER_BODY = 64 * 1024 * 1024,
    LIMIT_TRANSCRIPT_BODY = 2 * 1024,   /* bytes of a body that a report shows */
    LIMIT_REPEAT = 10000,               /* rounds of one repeat step */
    LIMIT_GENERATED = 32 * 1024 * 1024, /* bytes that one generator may make */
};

#endif
