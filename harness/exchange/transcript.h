/* An exchange as a reader of a report gets to see it: secrets redacted, bodies cut, and as a curl
 * command. */
#ifndef SYNCSPEC_EXCHANGE_TRANSCRIPT_H
#define SYNCSPEC_EXCHANGE_TRANSCRIPT_H

#include "exchange/exchange.h"
#include "http/target.h"

/* Head and body of the request.  The value of Authorization keeps its scheme and attribute names
 * (and ts, nonce, ext); id, mac, hash and everything of Basic and Bearer become "(redacted)".
 * Cookie headers likewise.  A body beyond LIMIT_TRANSCRIPT_BODY is cut with a line that says how
 * long it was; bytes that are not printable UTF-8 are shown as \xNN. */
bool exchange_transcript_request(const struct exchange_call *call, struct buf *out);

/* Head and body of the response, or a line that says why there is none. */
bool exchange_transcript_response(const struct exchange_call *call, struct buf *out);

/* A shell command that sends the same request: method, URL, headers and body quoted for sh,
 * Authorization replaced by
 * "$(syncspec sign ...)" with the method and URL, so that it works for whoever has the credentials
 * and tells nobody else anything.  A raw call becomes a printf piped into nc. */
bool exchange_transcript_curl(const struct exchange_call *call, const struct http_url *url,
                              struct buf *out);

#endif
