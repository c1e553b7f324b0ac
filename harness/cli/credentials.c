#include "cli/credentials.h"

#include "auth/digest.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/stamp.h"

#include <errno.h>
#include <stdio.h>

enum { SECRET_FILE = 64 * 1024 };

bool cli_read_file(const struct cli_command *command, const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "syncspec %s: %s: %s\n", command->name, path, strerror(errno));
        return false;
    }
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && buf_add(out, slice_of(part, got)))
        continue;
    const char *fault = ferror(file) != 0 ? "cannot be read" : out->failed ? "is too large" : NULL;
    (void)fclose(file);
    auth_wipe(part, sizeof(part));
    if (fault != NULL)
        (void)fprintf(stderr, "syncspec %s: %s %s\n", command->name, path, fault);
    return fault == NULL;
}

/* The claims with what only minting knows. */
static bool mint(struct slice secret, const struct auth_token *claims, int64_t expires_in,
                 struct cli_grant *grant)
{
    uint8_t random[3];
    char salt[2 * sizeof(random) + 1];
    rng_fill(rng_system(), random, sizeof(random));
    (void)snprintf(salt, sizeof(salt), "%02x%02x%02x", random[0], random[1], random[2]);
    struct auth_token token = *claims;
    int64_t now = clock_now(clock_real()) / STAMP_SECOND;
    token.expires = (now + expires_in > 0 ? now + expires_in : 0) * STAMP_SECOND;
    token.salt = slice_text(salt);
    return auth_token_mint(secret, &token, &grant->token) &&
           auth_token_key(secret, buf_slice(&grant->token), token.salt, grant->key);
}

bool cli_grant_mint(const struct cli_command *command, const char *secret_path,
                    const struct auth_token *claims, int64_t expires_in,
                    struct cli_grant *ret_grant)
{
    struct buf content = buf_bounded(SECRET_FILE);
    struct auth_secrets secrets;
    const char *fault = NULL;
    *ret_grant = (struct cli_grant){ .token = buf_bounded(LIMIT_TOKEN) };
    bool ok = cli_read_file(command, secret_path, &content);
    if (ok) {
        fault = auth_secrets_read(buf_slice(&content), &secrets);
        if (fault == NULL && !mint(secrets.at[0], claims, expires_in, ret_grant))
            fault = "the token would be too long";
    }
    if (fault != NULL)
        (void)fprintf(stderr, "syncspec %s: %s: %s\n", command->name, secret_path, fault);
    auth_wipe(content.ptr, content.len);
    buf_free(&content);
    return ok && fault == NULL;
}

void cli_grant_free(struct cli_grant *grant)
{
    auth_wipe(grant->key, sizeof(grant->key));
    buf_free(&grant->token);
}

bool cli_seconds(const char *text, int64_t *ret_seconds)
{
    bool past = text[0] == '-';
    uint64_t seconds;
    if (!slice_to_u64(slice_text(text + past), &seconds) || seconds > LIMIT_TTL)
        return false;
    *ret_seconds = past ? -(int64_t)seconds : (int64_t)seconds;
    return true;
}
