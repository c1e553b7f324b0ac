#include "cli/serve_options.h"

#include "auth/password.h"
#include "base/stamp.h"
#include "cli/serve_announce.h"
#include "cli/services.h"
#include "http/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    SKEW_MAX = 366 * 24 * 3600,
    BATCH_SECONDS_MAX = 366 * 24 * 3600,
    SECRET_FILE_MAX = 64 * 1024,
    NONCES_MAX = 64 * 1024 * 1024,
};

/* Each takes an option's value (NULL for one without) and says what is wrong with it, or NULL. */

static const char *take_address(const char *value, char ret_host[CLI_SERVE_ADDRESS_TEXT],
                                uint16_t *ret_port)
{
    const char *colon = strrchr(value, ':');
    uint64_t port;
    if (colon == NULL || !slice_to_u64(slice_text(colon + 1), &port) || port > UINT16_MAX)
        return "expected HOST:PORT, with a port from 0 (the kernel chooses) to 65535";
    struct slice host = slice_of(value, (size_t)(colon - value));
    if (slice_starts(host, SLICE("[")) && slice_ends(host, SLICE("]")))
        host = slice_of(host.ptr + 1, host.len - 2);
    if (slice_is(host, "localhost"))
        host = SLICE("127.0.0.1");
    if (host.len == 0 || host.len >= CLI_SERVE_ADDRESS_TEXT)
        return "expected HOST:PORT, with an address as HOST";
    memcpy(ret_host, host.ptr, host.len);
    ret_host[host.len] = '\0';
    *ret_port = (uint16_t)port;
    return NULL;
}

static const char *take_listen(struct cli_serve_options *options, const char *value)
{
    return take_address(value, options->host, &options->port);
}

static const char *take_metrics(struct cli_serve_options *options, const char *value)
{
    return take_address(value, options->metrics_host, &options->metrics_port);
}

static const char *take_access_log(struct cli_serve_options *options, const char *value)
{
    options->access_log = value;
    return value[0] == '\0' ? "expected a file, or -" : NULL;
}

static const char *take_secret_file(struct cli_serve_options *options, const char *value)
{
    if (options->has_secret)
        return "a secret was given already";
    FILE *file = fopen(value, "rb");
    if (file == NULL)
        return strerror(errno);
    struct buf *text = &options->secret_text;
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && buf_add(text, slice_of(part, got)))
        continue;
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed || text->failed)
        return text->failed ? "the file is too large" : "the file cannot be read";
    options->has_secret = true;
    return auth_secrets_read(buf_slice(text), &options->secrets);
}

static const char *take_secret(struct cli_serve_options *options, const char *value)
{
    if (value[0] == '@')
        return take_secret_file(options, value + 1);
    if (options->has_secret)
        return "a secret was given already";
    if (value[0] == '\0')
        return "the secret is empty";
    options->secrets = (struct auth_secrets){ .at = { slice_text(value) }, .count = 1 };
    options->has_secret = true;
    return NULL;
}

static const char *take_quota(struct cli_serve_options *options, const char *value)
{
    if (strcmp(value, "none") == 0) {
        options->core.quota = 0;
        return NULL;
    }
    if (!slice_to_u64(slice_text(value), &options->core.quota) || options->core.quota == 0)
        return "expected a number of bytes, or none";
    return NULL;
}

static const char *take_quota_per_collection(struct cli_serve_options *options, const char *value)
{
    uint64_t *quota = &options->core.quota_per_collection;
    return slice_to_u64(slice_text(value), quota) && *quota > 0 ? NULL
                                                                : "expected a number of bytes";
}

static const char *take_no_batches(struct cli_serve_options *options, const char *value)
{
    options->core.batches = strcmp(value, "false") == 0;
    return NULL;
}

static const char *take_batch_lifetime(struct cli_serve_options *options, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds == 0 || seconds > BATCH_SECONDS_MAX)
        return "expected seconds, at most a year";
    options->core.batch_lifetime = (int64_t)seconds * STAMP_SECOND;
    return NULL;
}

static const char *take_limit(struct cli_serve_options *options, const char *value)
{
    struct slice name, number;
    uint64_t limit;
    const char *error = NULL;
    if (!slice_cut(slice_text(value), '=', &name, &number) || !slice_to_u64(number, &limit))
        return "expected NAME=NUMBER";
    return core_config_set_limit(&options->core, name, limit, &error) ? NULL : error;
}

static const char *take_fault(struct cli_serve_options *options, const char *value)
{
    const char *wrong = NULL;
    struct slice rest = slice_text(value);
    struct slice name;
    for (bool more = true; more && wrong == NULL;) {
        more = slice_cut(rest, ',', &name, &rest);
        wrong = fault_set_add(&options->faults, name);
    }
    for (size_t i = 0; wrong == NULL && i < options->faults.count; i++) {
        if (options->faults.at[i]->hear != NULL)
            wrong = "that fault is one of the bytes on the wire, which only run and prove have";
    }
    return wrong;
}

static const char *take_public_url(struct cli_serve_options *options, const char *value)
{
    struct slice url = slice_text(value);
    if (slice_ends(url, SLICE("/"))) /* tokens name the node without it */
        url.len--;
    options->core.public_url = url;
    return core_config_fault(&options->core);
}

static const char *take_store(struct cli_serve_options *options, const char *value)
{
    options->store = value;
    return NULL;
}

static const char *take_skew(struct cli_serve_options *options, const char *value)
{
    uint64_t skew;
    if (!slice_to_u64(slice_text(value), &skew) || skew > SKEW_MAX)
        return "expected seconds, at most a year; 0 accepts any clock";
    options->skew = (uint32_t)skew;
    return NULL;
}

static const char *take_nonces(struct cli_serve_options *options, const char *value)
{
    uint64_t nonces;
    if (!slice_to_u64(slice_text(value), &nonces) || nonces == 0 || nonces > NONCES_MAX)
        return "expected a number from 1 to 67108864";
    options->nonces = (size_t)nonces;
    return NULL;
}

static const char *take_jwks(struct cli_serve_options *options, const char *value)
{
    options->jwks = value;
    return NULL;
}

static const char *take_oauth_verify(struct cli_serve_options *options, const char *value)
{
    struct http_url url;
    options->oauth_verify = value;
    return http_url_parse(slice_text(value), &url);
}

static const char *take_issuer(struct cli_serve_options *options, const char *value)
{
    options->issuer = value;
    return NULL;
}

static const char *take_nodes(struct cli_serve_options *options, const char *value)
{
    return cli_services_take_nodes(&options->nodes, value);
}

static const char *take_token_duration(struct cli_serve_options *options, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds == 0 || seconds > SKEW_MAX)
        return "expected seconds, at most a year";
    options->token_duration = (uint32_t)seconds;
    return NULL;
}

static const char *take_password_cost(struct cli_serve_options *options, const char *value)
{
    uint64_t cost;
    if (!slice_to_u64(slice_text(value), &cost) || cost < AUTH_PASSWORD_COST_MIN ||
        cost > AUTH_PASSWORD_COST_MAX)
        return "expected a number from 4 to 14";
    options->password_cost = (uint8_t)cost;
    return NULL;
}

static const char *take_config(struct cli_serve_options *options, const char *value)
{
    options->config = value;
    return NULL;
}

static void show_limits(const struct cli_serve_options *options, struct buf *json)
{
    const struct core_limit_row *row;
    for (size_t i = 0; (row = core_config_limit_row(i)) != NULL; i++) {
        buf_add_format(json, "%s\"%s\": ", i == 0 ? "{" : ", ", row->name);
        buf_add_u64(json, core_config_limit(&options->core, row));
    }
    buf_add_text(json, "}");
}

#define FLAG(member) .kind = CLI_SERVE_FLAG, .flag = offsetof(struct cli_serve_options, member)

static const struct cli_serve_option rows[] = {
    { "config", "FILE",
      "a JSON object with these options (their names without dashes; numbers, true and false, "
      "limit an object); the command line wins over it",
      .take = take_config, .only_command = true },
    { "print-config", NULL, "print the options in force as such a file, without secrets, and end",
      FLAG(print_config), .only_command = true },
    { "listen", "HOST:PORT", "address to bind; port 0: any free one", .take = take_listen,
      .initial = "127.0.0.1:8000" },
    { "secret-file", "FILE",
      "the token secrets, one a line, the current one first; blank lines and lines that start "
      "with # do not count",
      .take = take_secret_file, .instead = "secret" },
    { "secret", "TEXT",
      "the token secret itself, or @FILE.  Every user of the machine sees a command line: prefer "
      "a file.  Without any secret one is made, and standard error says in which file it is",
      .take = take_secret, .instead = "secret", .secret = true },
    { "quota", "BYTES|none", "payload bytes that one user may keep", .kind = CLI_SERVE_NUMBER,
      .take = take_quota, .initial = "8388608" },
    { "quota-per-collection", "BYTES", "payload bytes that one collection of a user may keep",
      .kind = CLI_SERVE_NUMBER, .take = take_quota_per_collection },
    { "no-batches", NULL, "every POST is stored at once, as by servers without batch uploads",
      .kind = CLI_SERVE_FLAG, .take = take_no_batches },
    { "batch-lifetime", "SECONDS", "how long an open batch is kept", .kind = CLI_SERVE_NUMBER,
      .take = take_batch_lifetime, .initial = "7200" },
    { "limit", "NAME=VALUE",
      "one of the limits of /info/configuration, e.g. max_post_records=100; repeatable",
      .kind = CLI_SERVE_PAIRS, .take = take_limit, .show = show_limits },
    { "fault", "NAME[,NAME]",
      "be wrong in that way, to try a tool on: `syncspec list faults` tells the names; repeatable",
      .take = take_fault, .only_command = true },
    { "public-url", "URL",
      "how clients reach it, when a proxy stands before it.  Requests are signed for this URL, "
      "and tokens for another node are refused",
      .take = take_public_url },
    { "any-node", NULL, "accept tokens whatever node they name", FLAG(any_node) },
    { "store", "SPEC", "where records are kept: memory, or sqlite:FILE, which survives a crash",
      .take = take_store, .initial = "memory" },
    { "skew", "SECONDS", "how far a request's clock may differ; 0: not checked",
      .kind = CLI_SERVE_NUMBER, .take = take_skew, .initial = "60" },
    { "nonces", "COUNT",
      "signed requests that are remembered so that none is accepted twice, each as long as the "
      "skew "
      "(and twice that when its clock is ahead); a request beyond them gets 503.  Memory is taken "
      "as they come: 32 to 64 bytes each, for moments twice that",
      .kind = CLI_SERVE_NUMBER, .take = take_nonces, .initial = "2097152" },
    { "allow-replay", NULL, "accept a signed request more than once: for load generators",
      FLAG(allow_replay) },
    { "access-log", "FILE|-",
      "one line per request: time, client, method, path, status, bytes, milliseconds; never a "
      "header, of a query only names.  SIGHUP opens the file anew; - is standard output",
      .take = take_access_log },
    { "metrics", "HOST:PORT",
      "a second listener, for monitors and administrators: GET /metrics is in Prometheus' text "
      "format; for maintenance, and for moving users, see below",
      .take = take_metrics },
    { "maintenance", "SECONDS",
      "begin in maintenance: every storage request gets 503 with this Retry-After",
      .kind = CLI_SERVE_NUMBER, .take = cli_serve_take_maintenance, .initial = "0" },
    { "backoff", "SECONDS", "X-Weave-Backoff on every storage reply; 0: none",
      .kind = CLI_SERVE_NUMBER, .take = cli_serve_take_backoff, .initial = "0" },
    { "alert", "TEXT", "X-Weave-Alert on every reply of storage and of the User API",
      .take = cli_serve_take_alert, .instead = "alert" },
    { "soft-eol", "JSON",
      "X-Weave-Alert with the code soft-eol, which announces the end of a server; JSON is "
      "{\"message\": TEXT, \"url\": TEXT}",
      .kind = CLI_SERVE_OBJECT, .take = cli_serve_take_soft_eol, .instead = "alert" },
    { "hard-eol", "JSON",
      "the same with hard-eol, and every storage request gets 513: the server is no more",
      .kind = CLI_SERVE_OBJECT, .take = cli_serve_take_hard_eol, .instead = "alert" },
    { "token-server", NULL,
      "the token server at /1.0/sync/1.5; what it knows of users is kept in a sqlite store, else "
      "it forgets them at the end, but gives the same accounts the same numbers again.  Needs "
      "--accounts, --jwks or --oauth-verify",
      FLAG(token_server) },
    { "jwks", "FILE", "the keys of the accounts service whose tokens the token server takes",
      .take = take_jwks },
    { "oauth-verify", "URL",
      "the accounts service's verify endpoint, which is asked about each token: for 3 seconds at "
      "most, in which other requests wait",
      .take = take_oauth_verify },
    { "issuer", "URL", "the `iss` that these tokens must have", .take = take_issuer },
    { "node", "URL[=USERS],...",
      "the storage nodes that the token server gives out, and how many users each may have; "
      "unless said, this server",
      .take = take_nodes },
    { "token-duration", "SECONDS", "how long a token lives", .kind = CLI_SERVE_NUMBER,
      .take = take_token_duration, .initial = "3600" },
    { "no-new-users", NULL, "the token server refuses accounts that it does not know",
      FLAG(no_new_users) },
    { "accounts", NULL,
      "a TEST DOUBLE of an accounts service: /v1/jwks, /v1/verify, and POST "
      "/accounts-double/token, which gives anybody a token for any account.  On loopback only",
      FLAG(accounts) },
    { "user-api", NULL,
      "the User API 1.0 at /user/1.0/, and storage APIs 1.1 and 1.0 for its users; accounts are "
      "kept in a sqlite store, else until the end; no mail is sent and no captcha asked",
      FLAG(user_api) },
    { "password-cost", "LOG2",
      "of the scrypt hashes of passwords, each of which every request of APIs 1.1 and 1.0 "
      "computes; 4 for tests",
      .kind = CLI_SERVE_NUMBER, .take = take_password_cost, .initial = "14" },
};

const struct cli_serve_option *cli_serve_option_row(size_t index)
{
    return index < COUNT_OF(rows) ? &rows[index] : NULL;
}

_Static_assert(COUNT_OF(rows) <= CLI_SERVE_OPTIONS_MAX, "no room for the values of all options");

bool cli_serve_is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

static const char *take_flag(const struct cli_serve_option *row, struct cli_serve_options *options,
                             const char *value)
{
    bool on = strcmp(value, "true") == 0;
    if (!on && strcmp(value, "false") != 0)
        return "expected true or false";
    if (row->take != NULL)
        return row->take(options, value);
    memcpy((char *)options + row->flag, &on, sizeof(on));
    return NULL;
}

const char *cli_serve_option_take(const struct cli_serve_option *row,
                                  struct cli_serve_options *options, const char *value)
{
    options->taken[row - rows] = value;
    return row->kind == CLI_SERVE_FLAG ? take_flag(row, options, value) : row->take(options, value);
}

struct cli_serve_options cli_serve_options_initial(void)
{
    struct cli_serve_options options = {
        .core = core_config_default(),
        .secret_text = buf_bounded(SECRET_FILE_MAX),
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *initial = rows[i].kind == CLI_SERVE_FLAG ? "false" : rows[i].initial;
        if (initial != NULL)
            (void)cli_serve_option_take(&rows[i], &options, initial);
    }
    return options;
}

void cli_serve_options_free(struct cli_serve_options *options)
{
    if (options->secret_text.ptr != NULL)
        explicit_bzero(options->secret_text.ptr, options->secret_text.len);
    buf_free(&options->secret_text);
    arena_free(options->texts);
    options->texts = NULL;
}
