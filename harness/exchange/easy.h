/* One call at a time on a libcurl easy handle.  Private to this folder.
 *
 * What libcurl 7.88 does by itself, and what is made of it here:
 * - A request on a kept connection that the server closes before one line of an answer is sent
 *   again by libcurl, up to five times, whatever its method.  Here a safe method (GET, HEAD,
 *   OPTIONS) is sent again once at most; any other ends as EXCHANGE_CLOSED, so that nothing is
 *   written twice unnoticed.  Connections that were idle for more than a second are not used again,
 *   which makes that rare.  After a line of an answer libcurl repeats nothing.
 * - It reads leniently.  Therefore it decodes neither transfer nor content coding, and every byte
 *   that it hands over goes through our own parser.
 * - It drops what stands behind a response of known length.  It shows those bytes to its debug
 *   callback, and that is how they are noticed. */
#ifndef SYNCSPEC_EXCHANGE_EASY_H
#define SYNCSPEC_EXCHANGE_EASY_H

#include "exchange/reader.h"
#include "exchange/via.h"

#include <curl/curl.h>

struct exchange_easy;

/* Borrows ${config}.  NULL when out of memory or when libcurl lacks an option. */
MUST_USE struct exchange_easy *exchange_easy_new(const struct exchange_curl_config *config);

/* Makes the handle send the call.  False when the call has ended instead (EXCHANGE_BROKEN). */
MUST_USE bool exchange_easy_begin(struct exchange_easy *easy, struct exchange_call *call);

/* libcurl is done with it: ends the call and returns it. */
struct exchange_call *exchange_easy_end(struct exchange_easy *easy, CURLcode code);

/* For curl_multi_add_handle; its CURLINFO_PRIVATE is the exchange_easy. */
CURL *exchange_easy_handle(const struct exchange_easy *easy);

void exchange_easy_free(struct exchange_easy *easy);

#endif
