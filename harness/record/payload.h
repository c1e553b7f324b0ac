/* The encrypted payload of global storage version 5: a JSON object with ciphertext, IV and hmac,
 * which stands as a string in a BSO. */
#ifndef SYNCSPEC_RECORD_PAYLOAD_H
#define SYNCSPEC_RECORD_PAYLOAD_H

#include "base/rng.h"
#include "record/bundle.h"

enum { RECORD_IV = 16 };

/* The steps of opening a payload, in their order: the first one that refuses ends it. */
enum record_payload_err {
    RECORD_PAYLOAD_OK = 0,
    RECORD_PAYLOAD_SHAPE,     /* no JSON object with one text each of ciphertext, IV and hmac */
    RECORD_PAYLOAD_HMAC,      /* made with other keys, or changed since */
    RECORD_PAYLOAD_ENCODING,  /* ciphertext is no base64 of whole blocks, or IV not of 16 bytes */
    RECORD_PAYLOAD_PADDING,   /* of the last block (PKCS#7) */
    RECORD_PAYLOAD_CLEARTEXT, /* no JSON object in UTF-8 */
    RECORD_PAYLOAD_ID,        /* the cleartext is that of another record */
    RECORD_PAYLOAD_NOMEM,
};

/* "shape", "hmac", ...; "open" for RECORD_PAYLOAD_OK. */
const char *record_payload_step(enum record_payload_err err);

/* What was refused at that step, a sentence for people. */
const char *record_payload_reason(enum record_payload_err err);

/* Appends the cleartext, whatever it is.  The HMAC is that of the ciphertext's base64 text, in 64
 * lower-case hex digits (the documents call it base64 in one place, but show hex, and clients send
 * hex); it is compared in constant time before anything else is decoded.  It covers neither IV nor
 * id: another IV goes unnoticed here and damages the first block.  Unknown keys are ignored.
 * Nothing is appended on errors.  With room reserved for ${payload.len} bytes ${out} does not move,
 * so that its secrets can be wiped. */
MUST_USE enum record_payload_err
record_payload_decrypt(struct slice payload, const struct record_bundle *keys, struct buf *out);

/* RECORD_PAYLOAD_OK when the text is a JSON object nested at most LIMIT_JSON_DEPTH deep whose id,
 * where it has one, is ${id}; else _CLEARTEXT or _ID.  An empty ${id} is not compared.
 * ${ret_deleted}, written on success: whether it says that the record was deleted. */
MUST_USE enum record_payload_err record_cleartext_check(struct slice cleartext, struct slice id,
                                                        bool *ret_deleted);

/* Both: decrypts and checks the payload of record ${id}. */
MUST_USE enum record_payload_err record_payload_open(struct slice payload,
                                                     const struct record_bundle *keys,
                                                     struct slice id, struct buf *out);

/* Appends the payload of a cleartext with an IV from ${rng}; false, having appended nothing, when
 * out of memory.  Never use one IV twice with a key, nor a generator that can be guessed, but in
 * tests. */
MUST_USE bool record_payload_seal(struct slice cleartext, const struct record_bundle *keys,
                                  struct rng *rng, struct buf *out);

#endif
