/* Takes secrets out of bytes that people get to see.  Private to this folder.
 *
 * Two nets, one behind the other: what stands where secrets stand (header fields, Hawk attributes,
 * members of a token response) is redacted by its place; and whatever the request carried as a
 * secret is redacted wherever it stands, be it cut or escaped, in runs of eight bytes or more. */
#ifndef SYNCSPEC_EXCHANGE_REDACT_H
#define SYNCSPEC_EXCHANGE_REDACT_H

#include "exchange/exchange.h"
#include "exchange/secrets.h"

struct exchange_redactor {
    struct exchange_secrets secrets; /* that the request carries */
};

enum exchange_text {
    EXCHANGE_TEXT_HEAD, /* start line and fields, or what was meant to be some */
    EXCHANGE_TEXT_BODY,
    EXCHANGE_TEXT_OTHER, /* a target, a value: only what the request carried */
};

/* Collects what ${call}'s request carries as secrets.  False when out of memory or when they are
 * too many to be kept: then nothing of the call may be shown. */
MUST_USE bool exchange_redactor_init(struct exchange_redactor *redactor,
                                     const struct exchange_call *call);
void exchange_redactor_free(struct exchange_redactor *redactor);

/* Appends ${text} with "(redacted)" for each run of secret bytes.  Returns !out->failed; out of
 * memory counts as failure too. */
MUST_USE bool exchange_redact(const struct exchange_redactor *redactor, enum exchange_text kind,
                              struct slice text, struct buf *out);

/* The head of the request as bytes: what was given, or the raw bytes, body included. */
bool exchange_write_head(const struct exchange_call *call, struct buf *out);

#endif
