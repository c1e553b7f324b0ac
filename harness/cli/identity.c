#include "cli/identity.h"

#include "auth/basic.h"
#include "base/base64.h"
#include "record/scan.h"

#include <stdio.h>
#include <sys/stat.h>

enum { SECRETS_MAX = 64 * 1024, SIGNATURE = 32, PASSWORD_WORDS = 2 };

struct cli_identity cli_identity_empty(void)
{
    return (struct cli_identity){ .text = buf_bounded(SECRETS_MAX) };
}

void cli_identity_free(struct cli_identity *identity)
{
    buf_free(&identity->text);
}

static const char *read_text(struct cli_identity *identity, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return "its file cannot be opened";
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 &&
           buf_add(&identity->text, slice_of(part, got)))
        continue;
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || identity->text.failed)
        return "its file cannot be read, or is too large";
    identity->file = path;
    return NULL;
}

static const char *read_file(struct cli_identity *identity, const char *path,
                             struct runner_target *target)
{
    const char *wrong = read_text(identity, path);
    return wrong != NULL ? wrong : auth_secrets_read(buf_slice(&identity->text), &target->secrets);
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

static const char *read_secret(struct cli_identity *identity, const char *value,
                               struct runner_target *target)
{
    target->auth = RUNNER_AUTH_SECRET;
    if (value[0] == '@')
        return read_file(identity, value + 1, target);
    if (value[0] == '\0')
        return "the secret is empty";
    if (is_file(value))
        return read_file(identity, value, target);
    if (!buf_add_text(&identity->text, value))
        return "the secret is too long";
    target->secrets = (struct auth_secrets){ .at = { buf_slice(&identity->text) }, .count = 1 };
    return NULL;
}

/* The uid in a token's payload, without looking at its signature; 0 when it cannot be read. */
static uint64_t token_uid(struct slice token)
{
    struct buf bytes = buf_bounded(LIMIT_TOKEN);
    struct slice raw = { 0 };
    size_t offset = 0;
    uint64_t uid = 0;
    if (base64_decode(token, BASE64_URL, &bytes) && bytes.len > SIGNATURE &&
        (record_scan_pointer(slice_head(buf_slice(&bytes), bytes.len - SIGNATURE), SLICE("/uid"),
                             &raw, &offset) != RECORD_SCAN_NUMBER ||
         !slice_to_u64(raw, &uid)))
        uid = 0;
    buf_free(&bytes);
    return uid;
}

static const char *read_hawk(struct cli_identity *identity, const char *value,
                             struct runner_target *target)
{
    target->auth = RUNNER_AUTH_HAWK;
    if (!buf_add_text(&identity->text, value))
        return "the credentials are too long";
    if (!slice_cut(buf_slice(&identity->text), ':', &target->hawk_id, &target->hawk_key) ||
        target->hawk_id.len == 0 || target->hawk_key.len == 0)
        return "expected hawk:ID:KEY";
    target->uid = token_uid(target->hawk_id);
    return NULL;
}

static const char *read_basic(struct cli_identity *identity, const char *value,
                              struct runner_target *target)
{
    struct slice user, password;
    char room[RECORD_USERNAME_TEXT];
    target->auth = RUNNER_AUTH_BASIC;
    if (!slice_cut(slice_text(value), ':', &user, &password) || user.len == 0)
        return "expected basic:USER:PASSWORD";
    user = auth_basic_name(user, room);
    buf_reserve(&identity->text, user.len + password.len);
    buf_add(&identity->text, user);
    buf_add(&identity->text, password);
    if (user.len == 0 || identity->text.failed)
        return "the credentials are too long";
    target->user = slice_head(buf_slice(&identity->text), user.len);
    target->password = slice_from(buf_slice(&identity->text), user.len);
    return NULL;
}

static const char *read_accounts(struct cli_identity *identity, const char *value,
                                 struct runner_target *target)
{
    target->auth = RUNNER_AUTH_ACCOUNTS;
    if (!buf_add_text(&identity->text, value))
        return "the URL is too long";
    return http_url_parse(buf_slice(&identity->text), &target->accounts);
}

static const char *read_bearer(struct cli_identity *identity, const char *value,
                               struct runner_target *target)
{
    struct slice rest;
    const char *wrong = read_text(identity, value);
    target->auth = RUNNER_AUTH_BEARER;
    if (wrong != NULL)
        return wrong;
    (void)slice_cut(buf_slice(&identity->text), '\n', &target->bearer, &rest);
    (void)slice_cut(rest, '\n', &target->key_id, &rest);
    target->bearer = slice_trim(target->bearer);
    target->key_id = slice_trim(target->key_id);
    return target->bearer.len > 0 && target->key_id.len > 0
               ? NULL
               : "expected a file with the bearer token and, on the next line, its X-KeyID";
}

static const char *make_names(struct cli_identity *identity, struct runner_target *target)
{
    target->auth = RUNNER_AUTH_NAMES;
    for (size_t i = 0; i < PASSWORD_WORDS; i++)
        (void)buf_add_format(&identity->text, "%016llx", (unsigned long long)rng_u64(rng_system()));
    target->password = buf_slice(&identity->text);
    return identity->text.failed ? "out of memory" : NULL;
}

const char *cli_identity_read(struct cli_identity *identity, const char *value,
                              struct runner_target *target)
{
    buf_clear(&identity->text);
    if (strncmp(value, "secret:", 7) == 0)
        return read_secret(identity, value + 7, target);
    if (strncmp(value, "hawk:", 5) == 0)
        return read_hawk(identity, value + 5, target);
    if (strncmp(value, "basic:", 6) == 0)
        return read_basic(identity, value + 6, target);
    if (strncmp(value, "accounts:", 9) == 0)
        return read_accounts(identity, value + 9, target);
    if (strncmp(value, "bearer:", 7) == 0)
        return read_bearer(identity, value + 7, target);
    if (strcmp(value, "names") == 0)
        return make_names(identity, target);
    return "expected secret:FILE, secret:TEXT, hawk:ID:KEY, basic:USER:PASSWORD, accounts:URL or "
           "bearer:FILE";
}
