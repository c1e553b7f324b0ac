/* What `token` and `sign` share: files, and tokens minted with a secret. */
#ifndef SYNCSPEC_CLI_CREDENTIALS_H
#define SYNCSPEC_CLI_CREDENTIALS_H

#include "auth/token.h"
#include "cli/command.h"

enum { CLI_EXPIRES_IN = 3600 }; /* seconds, when nothing else is asked for */

/* A token and its key.  Wipe it with cli_grant_free. */
struct cli_grant {
    struct buf token;
    char key[AUTH_KEY_TEXT];
};

/* Appends the file's bytes, at most the ceiling of ${out}.  False with a message printed. */
MUST_USE bool cli_read_file(const struct cli_command *command, const char *path, struct buf *out);

/* Mints with the first secret of that file; a new salt and the expiry, ${expires_in} seconds from
 * now, are filled in.  False with a message printed. */
MUST_USE bool cli_grant_mint(const struct cli_command *command, const char *secret_path,
                             const struct auth_token *claims, int64_t expires_in,
                             struct cli_grant *ret_grant);

void cli_grant_free(struct cli_grant *grant);

/* Decimal seconds, with '-' for the past; at most nine digits. */
MUST_USE bool cli_seconds(const char *text, int64_t *ret_seconds);

#endif
