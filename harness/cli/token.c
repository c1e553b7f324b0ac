/* syncspec token: what a token server would hand out. */
#include "cli/credentials.h"

#include "http/target.h"
#include "record/bso.h"
#include "verdict/verdict.h"

#include <getopt.h>
#include <stdio.h>

enum { REPLY = 16 * 1024 };

enum format { FORMAT_LINES, FORMAT_AUTH, FORMAT_JSON };

static const char *const formats[] = { "lines", "auth", "json" };

static const char help[] =
    "usage: syncspec token --secret-file FILE --uid N --node URL [OPTIONS]\n"
    "\n"
    "Mints a token, as a token server would, and prints it with the Hawk key that belongs to it.\n"
    "\n"
    "  --secret-file FILE     token secrets, one a line; the first one signs (also: --secret)\n"
    "  --uid N                the user's number on the node\n"
    "  --node URL             the node, scheme://host[:port], as the storage server knows itself\n"
    "  --expires-in SECONDS   from now, default 3600; negative for a token that has expired\n"
    "  --fxa-uid TEXT         account fields, absent by default\n"
    "  --fxa-kid TEXT\n"
    "  --hashed-fxa-uid TEXT\n"
    "  --hashed-device-id TEXT\n"
    "  --format FORMAT        lines (the default): id and key, one a line; auth: hawk:ID:KEY, as\n"
    "                         the other commands take it; json: what a token server answers\n"
    "\n"
    "examples:\n"
    "  syncspec token --secret-file secret.txt --uid 7 --node http://127.0.0.1:8000\n"
    "  export SYNCSPEC_AUTH=$(syncspec token --secret-file secret.txt --uid 7 --format auth \\\n"
    "      --node http://127.0.0.1:8000)\n"
    "\n"
    "exit codes: 0 done; 2 usage or file error; 3 it cannot be printed\n";

struct options {
    const char *secret, *node, *uid, *expires_in, *format;
    const char *fxa_uid, *fxa_kid, *hashed_fxa_uid, *hashed_device_id;
};

static const struct option names[] = {
    { "secret", required_argument, NULL, 0 },
    { "node", required_argument, NULL, 0 },
    { "uid", required_argument, NULL, 0 },
    { "expires-in", required_argument, NULL, 0 },
    { "format", required_argument, NULL, 0 },
    { "fxa-uid", required_argument, NULL, 0 },
    { "fxa-kid", required_argument, NULL, 0 },
    { "hashed-fxa-uid", required_argument, NULL, 0 },
    { "hashed-device-id", required_argument, NULL, 0 },
    { "secret-file", required_argument, NULL, 0 }, /* as serve calls it */
    { 0 },
};

/* In the order of `names`. */
static const size_t places[] = {
    offsetof(struct options, secret),
    offsetof(struct options, node),
    offsetof(struct options, uid),
    offsetof(struct options, expires_in),
    offsetof(struct options, format),
    offsetof(struct options, fxa_uid),
    offsetof(struct options, fxa_kid),
    offsetof(struct options, hashed_fxa_uid),
    offsetof(struct options, hashed_device_id),
    offsetof(struct options, secret),
};

/* The reply of a token server. */
static bool write_json(const struct cli_grant *grant, const struct auth_token *claims,
                       int64_t expires_in, struct buf *out)
{
    AUTO(buf_free) struct buf endpoint = buf_bounded(REPLY);
    buf_add(&endpoint, claims->node);
    (void)buf_add_format(&endpoint, "/1.5/%llu", (unsigned long long)claims->uid);
    buf_add_text(out, "{\"id\": ");
    record_encode_string(buf_slice(&grant->token), out);
    buf_add_text(out, ", \"key\": ");
    record_encode_string(slice_text(grant->key), out);
    (void)buf_add_format(out,
                         ", \"uid\": %llu, \"api_endpoint\": ", (unsigned long long)claims->uid);
    record_encode_string(buf_slice(&endpoint), out);
    buf_add_text(out, ", \"duration\": ");
    buf_add_i64(out, expires_in);
    buf_add_text(out, ", \"hashalg\": \"sha256\"}\n");
    return !endpoint.failed && !out->failed;
}

static int print(const struct cli_grant *grant, const struct auth_token *claims, int64_t expires_in,
                 enum format format)
{
    AUTO(buf_free) struct buf out = buf_bounded(REPLY);
    if (format == FORMAT_JSON)
        (void)write_json(grant, claims, expires_in, &out);
    else
        (void)buf_add_format(&out, format == FORMAT_AUTH ? "hawk:%.*s:%s\n" : "id %.*s\nkey %s\n",
                             SLICE_FMT(buf_slice(&grant->token)), grant->key);
    if (out.failed || fwrite(out.ptr, 1, out.len, stdout) != out.len || fflush(stdout) != 0) {
        (void)fprintf(stderr, "syncspec token: the token cannot be printed\n");
        return VERDICT_EXIT_UNREACHABLE;
    }
    return VERDICT_EXIT_CONFORMANT;
}

/* COUNT_OF(formats) when there is none of that name. */
static size_t format_of(const struct options *options)
{
    size_t i = 0;
    while (options->format != NULL && i < COUNT_OF(formats) &&
           strcmp(options->format, formats[i]) != 0)
        i++;
    return i;
}

/* NULL, or what is missing or wrong. */
static const char *check(const struct options *options, struct auth_token *ret_claims,
                         int64_t *ret_expires_in)
{
    struct http_url node;
    *ret_claims = (struct auth_token){
        .node = slice_text(options->node),
        .fxa_uid = slice_text(options->fxa_uid),
        .fxa_kid = slice_text(options->fxa_kid),
        .hashed_fxa_uid = slice_text(options->hashed_fxa_uid),
        .hashed_device_id = slice_text(options->hashed_device_id),
    };
    *ret_expires_in = CLI_EXPIRES_IN;
    if (options->secret == NULL)
        return "--secret-file FILE is needed: the file of token secrets that the server has too";
    if (options->uid == NULL || !slice_to_u64(slice_text(options->uid), &ret_claims->uid))
        return "--uid N is needed, a number";
    if (options->node == NULL)
        return "--node URL is needed: scheme://host[:port] of the storage server";
    if (options->expires_in != NULL && !cli_seconds(options->expires_in, ret_expires_in))
        return "--expires-in takes whole seconds, at most nine digits";
    if (format_of(options) == COUNT_OF(formats))
        return "--format takes lines, auth or json";
    return http_url_parse(ret_claims->node, &node);
}

static int run(int argc, char **argv)
{
    struct options options = { 0 };
    int row = -1;
    int got;
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":", names, &row)) == 0)
        memcpy((char *)&options + places[row], &optarg, sizeof(optarg));
    if (got != -1)
        return cli_usage_error(&cli_token, got == ':' ? "%s needs a value" : "%s is no option",
                               argv[optind - 1]);
    if (optind < argc)
        return cli_usage_error(&cli_token, "\"%s\" is one argument too many", argv[optind]);
    struct auth_token claims;
    struct cli_grant grant;
    int64_t expires_in;
    const char *fault = check(&options, &claims, &expires_in);
    if (fault != NULL)
        return cli_usage_error(&cli_token, "%s", fault);
    int code = VERDICT_EXIT_USAGE;
    if (cli_grant_mint(&cli_token, options.secret, &claims, expires_in, &grant))
        code = print(&grant, &claims, expires_in, (enum format)format_of(&options));
    cli_grant_free(&grant);
    return code;
}

const struct cli_command cli_token = {
    .name = "token",
    .summary = "mint a token with a server's secret",
    .help = help,
    .run = run,
};
