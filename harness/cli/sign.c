/* syncspec sign: the Authorization header of one request. */
#include "cli/credentials.h"

#include "auth/basic.h"
#include "auth/digest.h"
#include "auth/hawk.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/rng.h"
#include "base/stamp.h"
#include "http/target.h"
#include "verdict/verdict.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { PRINTED = 128 * 1024 };

static const char help[] =
    "usage: syncspec sign METHOD URL --auth AUTH [OPTIONS]\n"
    "\n"
    "Signs one request with Hawk and prints the value of its Authorization header, good once and\n"
    "for about a minute; or gives the header of HTTP Basic, for APIs 1.1 and 1.0.\n"
    "\n"
    "  --auth hawk:ID:KEY     a token and its key, as `syncspec token` prints them\n"
    "  --auth secret:FILE     mint a token with the first secret of that file; needs --uid\n"
    "  --auth basic:USER:PASSWORD\n"
    "                         an e-mail address as USER is hashed, as clients did\n"
    "  --uid N                the user's number on the node\n"
    "  --node URL             the node that the token names; default: scheme, host and port of "
    "URL\n"
    "  --body FILE            the body that will be sent; its hash is signed too\n"
    "  --content-type TYPE    of the body, default application/json\n"
    "  --curl                 print a whole curl command instead\n"
    "\n"
    "Other processes can read a command line. Without --auth, AUTH is taken from the environment\n"
    "variable SYNCSPEC_AUTH, which they cannot; secret:FILE puts no secret on the command line\n"
    "either.\n"
    "\n"
    "examples:\n"
    "  url=http://127.0.0.1:8000/1.5/7/info/collections\n"
    "  curl -H \"Authorization: $(syncspec sign GET $url --auth secret:secret.txt --uid 7)\" $url\n"
    "  syncspec sign PUT http://127.0.0.1:8000/1.5/7/storage/notes/a --body note.json \\\n"
    "      --auth secret:secret.txt --uid 7 --curl | sh\n"
    "\n"
    "exit codes: 0 done; 2 usage or file error; 3 it cannot be printed\n";

struct options {
    const char *auth, *uid, *node, *body, *content_type;
    bool curl;
};

static const struct option names[] = {
    { "auth", required_argument, NULL, 0 },
    { "uid", required_argument, NULL, 0 },
    { "node", required_argument, NULL, 0 },
    { "body", required_argument, NULL, 0 },
    { "content-type", required_argument, NULL, 0 },
    { "curl", no_argument, NULL, 'c' },
    { 0 },
};

/* In the order of `names`. */
static const size_t places[] = {
    offsetof(struct options, auth),         offsetof(struct options, uid),
    offsetof(struct options, node),         offsetof(struct options, body),
    offsetof(struct options, content_type),
};

/* The request to be signed. */
struct request {
    const struct options *options;
    struct slice method;
    struct slice text;   /* the URL as typed */
    struct slice origin; /* scheme://host[:port] of it */
    struct http_url url; /* of the origin */
    struct buf target;
    struct buf body;
};

/* Splits a URL that may have a query.  NULL, or what is wrong with it. */
static const char *split_url(struct request *request)
{
    struct slice rest = slice_from(request->text, slice_search(request->text, SLICE("://")) + 3);
    size_t len = 0;
    while (len < rest.len && rest.ptr[len] != '/' && rest.ptr[len] != '?')
        len++;
    for (size_t i = 0; i < request->text.len; i++) {
        uint8_t c = request->text.ptr[i];
        if (c <= 0x20 || c >= 0x7F || c == '#')
            return "blanks, fragments and characters that are not ASCII have to be encoded";
    }
    request->origin = slice_head(request->text, request->text.len - (rest.len - len));
    rest = slice_from(rest, len);
    request->target = buf_bounded(LIMIT_TARGET);
    if (rest.len == 0 || rest.ptr[0] == '?')
        buf_add_byte(&request->target, '/');
    if (!buf_add(&request->target, rest))
        return "it is too long";
    return http_url_parse(request->origin, &request->url);
}

/* `hawk:ID:KEY`. */
static bool take_hawk(struct slice auth, struct cli_grant *grant)
{
    struct slice id;
    struct slice key;
    if (!slice_cut(auth, ':', &id, &key) || id.len == 0 || key.len == 0 ||
        key.len >= sizeof(grant->key) || !buf_add(&grant->token, id))
        return false;
    memcpy(grant->key, key.ptr, key.len);
    return true;
}

static const char *auth_text(const struct options *options)
{
    return options->auth != NULL ? options->auth : getenv("SYNCSPEC_AUTH");
}

/* `USER:PASSWORD`, which needs no signature: appends the header's value. */
static bool write_basic(struct slice auth, struct buf *out)
{
    struct slice user, password;
    char room[RECORD_USERNAME_TEXT];
    return slice_cut(auth, ':', &user, &password) && user.len > 0 &&
           auth_basic_sign(auth_basic_name(user, room), password, out);
}

/* Credentials as --auth says.  VERDICT_EXIT_CONFORMANT, or the exit code with a message printed. */
static int take_auth(const struct request *request, struct cli_grant *grant)
{
    const struct options *options = request->options;
    const char *text = auth_text(options);
    struct slice auth = slice_text(text);
    if (slice_starts(auth, SLICE("hawk:")))
        return take_hawk(slice_from(auth, 5), grant)
                   ? VERDICT_EXIT_CONFORMANT
                   : cli_usage_error(&cli_sign, "expected hawk:ID:KEY, with a key of at most 44 "
                                                "characters");
    if (!slice_starts(auth, SLICE("secret:")))
        return cli_usage_error(&cli_sign,
                               "--auth (or SYNCSPEC_AUTH) is hawk:ID:KEY, secret:FILE or "
                               "basic:USER:PASSWORD");
    struct auth_token claims = { .node = options->node != NULL ? slice_text(options->node)
                                                               : request->origin };
    if (options->uid == NULL || !slice_to_u64(slice_text(options->uid), &claims.uid))
        return cli_usage_error(&cli_sign, "secret:FILE needs --uid N, a number");
    return cli_grant_mint(&cli_sign, text + 7, &claims, CLI_EXPIRES_IN, grant)
               ? VERDICT_EXIT_CONFORMANT
               : VERDICT_EXIT_USAGE;
}

static const char *content_type(const struct options *options)
{
    return options->content_type != NULL ? options->content_type : "application/json";
}

/* Appends the header's value. */
static bool sign(const struct request *request, const struct cli_grant *grant, struct buf *out)
{
    uint8_t random[9];
    char ts[STAMP_TEXT_MAX];
    char hash[AUTH_MAC_TEXT] = "";
    AUTO(buf_free) struct buf nonce = buf_bounded(sizeof(random) * 2);
    rng_fill(rng_system(), random, sizeof(random));
    (void)snprintf(ts, sizeof(ts), "%lld", (long long)(clock_now(clock_real()) / STAMP_SECOND));
    if (!base64_encode(slice_of(random, sizeof(random)), BASE64_URL, &nonce))
        return false;
    if (request->options->body != NULL &&
        !auth_hawk_payload_hash(slice_text(content_type(request->options)),
                                buf_slice(&request->body), hash))
        return false;
    const struct auth_hawk_input input = {
        .ts = slice_text(ts),
        .nonce = buf_slice(&nonce),
        .method = request->method,
        .target = buf_slice(&request->target),
        .host = request->url.host,
        .port = request->url.port,
        .hash = slice_text(hash),
    };
    return auth_hawk_sign(buf_slice(&grant->token), slice_text(grant->key), &input, out);
}

/* Appends a word of a shell command. */
static void add_quoted(struct slice word, struct buf *out)
{
    buf_add_byte(out, '\'');
    while (word.len > 0) {
        size_t run = slice_find(word, '\'');
        buf_add(out, slice_head(word, run));
        if (run < word.len)
            buf_add_text(out, "'\\''");
        word = slice_from(word, run + 1);
    }
    buf_add_byte(out, '\'');
}

static void add_option(const char *name, const char *start, struct slice rest, struct buf *out)
{
    AUTO(buf_free) struct buf value = buf_bounded(PRINTED);
    buf_add_text(&value, start);
    buf_add(&value, rest);
    (void)buf_add_format(out, " %s ", name);
    add_quoted(buf_slice(&value), out);
    out->failed = out->failed || value.failed;
}

static void write_curl(const struct request *request, struct slice header, struct buf *out)
{
    const struct options *options = request->options;
    bool head = slice_is(request->method, "HEAD");
    buf_add_text(out, "curl --path-as-is --globoff -i");
    if (head)
        buf_add_text(out, " --head");
    else
        add_option("-X", "", request->method, out);
    add_option("-H", "Authorization: ", header, out);
    if (options->body != NULL) {
        add_option("-H", "Content-Type: ", slice_text(content_type(options)), out);
        add_option("--data-binary", "@", slice_text(options->body), out);
    }
    buf_add_byte(out, ' ');
    add_quoted(request->text, out);
}

/* Appends the header's value.  VERDICT_EXIT_CONFORMANT, or the exit code with a message printed. */
static int authorize(const struct request *request, struct buf *out)
{
    struct slice auth = slice_text(auth_text(request->options));
    if (slice_starts(auth, SLICE("basic:")))
        return write_basic(slice_from(auth, 6), out)
                   ? VERDICT_EXIT_CONFORMANT
                   : cli_usage_error(&cli_sign, "expected basic:USER:PASSWORD, without control "
                                                "characters");
    struct cli_grant grant = { .token = buf_bounded(LIMIT_TOKEN) };
    int code = take_auth(request, &grant);
    if (code == VERDICT_EXIT_CONFORMANT && !sign(request, &grant, out))
        code = cli_usage_error(&cli_sign, "the id or the key cannot stand in a header");
    cli_grant_free(&grant);
    return code;
}

static int sign_and_print(const struct request *request)
{
    AUTO(buf_free) struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    AUTO(buf_free) struct buf out = buf_bounded(PRINTED);
    int code = authorize(request, &header);
    if (code != VERDICT_EXIT_CONFORMANT)
        return code;
    if (request->options->curl)
        write_curl(request, buf_slice(&header), &out);
    else
        buf_add(&out, buf_slice(&header));
    buf_add_byte(&out, '\n');
    bool printed = !out.failed && fwrite(out.ptr, 1, out.len, stdout) == out.len;
    return printed && fflush(stdout) == 0 ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_UNREACHABLE;
}

/* Reads what the arguments name.  VERDICT_EXIT_CONFORMANT, or the exit code. */
static int prepare(struct request *request)
{
    const char *body = request->options->body;
    for (size_t i = 0; i < request->method.len; i++) {
        if (request->method.ptr[i] < 'A' || request->method.ptr[i] > 'Z')
            return cli_usage_error(&cli_sign, "METHOD is written in capital letters");
    }
    const char *fault = split_url(request);
    if (fault != NULL)
        return cli_usage_error(&cli_sign, "URL: %s", fault);
    if (body != NULL && !cli_read_file(&cli_sign, body, &request->body))
        return VERDICT_EXIT_USAGE;
    return VERDICT_EXIT_CONFORMANT;
}

static int run(int argc, char **argv)
{
    struct options options = { 0 };
    int row = -1;
    int got;
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":", names, &row)) == 0 || got == 'c') {
        if (got == 'c')
            options.curl = true;
        else
            memcpy((char *)&options + places[row], &optarg, sizeof(optarg));
    }
    if (got != -1)
        return cli_usage_error(&cli_sign, got == ':' ? "%s needs a value" : "%s is no option",
                               argv[optind - 1]);
    if (argc - optind != 2)
        return cli_usage_error(&cli_sign, "METHOD and URL are needed, and nothing else");
    struct request request = { .options = &options,
                               .method = slice_text(argv[optind]),
                               .text = slice_text(argv[optind + 1]),
                               .body = buf_bounded(LIMIT_BODY) };
    int code = prepare(&request);
    if (code == VERDICT_EXIT_CONFORMANT)
        code = sign_and_print(&request);
    buf_free(&request.target);
    buf_free(&request.body);
    return code;
}

const struct cli_command cli_sign = {
    .name = "sign",
    .summary = "sign a request: an Authorization header, or a curl command",
    .help = help,
    .run = run,
};
