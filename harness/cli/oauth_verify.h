/* The verify endpoint of an accounts service: asked about the bearer tokens that a token server is
 * shown. */
#ifndef SYNCSPEC_CLI_OAUTH_VERIFY_H
#define SYNCSPEC_CLI_OAUTH_VERIFY_H

#include "base/buf.h"
#include "http/target.h"

struct cli_oauth_verify;

/* How long one question may take; whoever asks waits. */
enum { CLI_OAUTH_VERIFY_MS = 3000 };

/* ${url} is copied.  NULL, and static text, when it is no URL or there is no memory. */
MUST_USE struct cli_oauth_verify *cli_oauth_verify_new(struct slice url, const char **ret_error);

/* An auth_bearer_post; ${context} is a struct cli_oauth_verify. */
int cli_oauth_verify_post(void *context, struct slice body, struct buf *out);

/* cli_oauth_verify_free(NULL) does nothing. */
void cli_oauth_verify_free(struct cli_oauth_verify *verify);

#endif
