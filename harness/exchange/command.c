/* A shell command that sends the same request. */
#include "exchange/redact.h"
#include "exchange/show.h"
#include "exchange/transcript.h"

enum {
    ARGUMENT_BODY = 4 * 1024, /* a longer one does not belong on a command line */
    WORD_CEILING = 256 * 1024,
};

struct command {
    const struct exchange_call *call;
    const struct http_url *url;
    struct exchange_redactor redactor;
    struct buf *out;
};

static void add_host(const struct http_url *url, bool brackets, struct buf *out)
{
    bool bracket = brackets && slice_find(url->host, ':') < url->host.len;
    buf_add_text(out, bracket ? "[" : "");
    buf_add(out, url->host);
    buf_add_text(out, bracket ? "]" : "");
}

/* scheme://host[:port] */
static void add_origin(const struct http_url *url, struct buf *out)
{
    buf_add_text(out, url->tls ? "https://" : "http://");
    add_host(url, true, out);
    if (url->port != (url->tls ? 443 : 80))
        (void)buf_add_format(out, ":%u", (unsigned)url->port);
}

/* One redacted, quoted word: ${prefix} and ${text}. */
static bool add_word(struct command *command, struct slice prefix, enum exchange_text kind,
                     struct slice text)
{
    struct buf word = buf_bounded(WORD_CEILING);
    bool added = buf_add(&word, prefix) && exchange_redact(&command->redactor, kind, text, &word) &&
                 exchange_quote(buf_slice(&word), command->out);
    buf_free(&word);
    return added;
}

static bool add_url(struct command *command, struct slice target)
{
    struct buf origin = buf_bounded(WORD_CEILING);
    add_origin(command->url, &origin);
    bool added =
        !origin.failed && add_word(command, buf_slice(&origin), EXCHANGE_TEXT_OTHER, target);
    buf_free(&origin);
    return added;
}

/* "$(syncspec sign 'METHOD' 'URL')", without the quotes around. */
static bool add_signature(struct command *command, struct slice method, struct slice target)
{
    buf_add_text(command->out, "$(syncspec sign ");
    bool added = add_word(command, (struct slice){ 0 }, EXCHANGE_TEXT_OTHER, method) &&
                 buf_add_text(command->out, " ") && add_url(command, target);
    return added && buf_add_text(command->out, ")");
}

/* What stands for credentials that only their owner has. */
static bool add_authorization(struct command *command, struct slice value)
{
    struct slice scheme, rest;
    (void)slice_cut(slice_trim(value), ' ', &scheme, &rest);
    if (slice_eq_nocase(scheme, SLICE("Basic")))
        return buf_add_text(command->out, " -u \"$SYNC_USER:$SYNC_PASSWORD\"");
    if (slice_eq_nocase(scheme, SLICE("Bearer")))
        return buf_add_text(command->out, " -H \"Authorization: Bearer $SYNC_BEARER\"");
    buf_add_text(command->out, " -H \"Authorization: ");
    bool added =
        add_signature(command, command->call->request.method_text, command->call->request.target);
    return added && buf_add_text(command->out, "\"");
}

static bool add_field(struct command *command, const struct http_field *field)
{
    struct buf line = buf_bounded(WORD_CEILING);
    if (slice_eq_nocase(field->name, SLICE("Authorization")))
        return add_authorization(command, field->value);
    buf_add_text(command->out, " -H ");
    buf_add(&line, field->name);
    buf_add_text(&line, field->value.len > 0 ? ": " : ";");
    buf_add(&line, field->value);
    bool added = !line.failed &&
                 add_word(command, (struct slice){ 0 }, EXCHANGE_TEXT_HEAD, buf_slice(&line));
    buf_free(&line);
    return added;
}

/* Fields that the curl command would add on its own account. */
static void silence(struct command *command)
{
    static const char *const own[] = { "Accept", "User-Agent" };
    const struct http_request *request = &command->call->request;
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        if (http_fields_get(&request->fields, own[i]) == NULL)
            (void)buf_add_format(command->out, " -H '%s:'", own[i]);
    }
    if (request->body.len > 0 && http_fields_get(&request->fields, "Content-Type") == NULL)
        buf_add_text(command->out, " -H 'Content-Type:'");
}

static bool is_host_of(const struct http_field *field, const struct http_url *url)
{
    struct buf host = buf_bounded(WORD_CEILING);
    add_host(url, true, &host);
    if (url->port != (url->tls ? 443 : 80))
        (void)buf_add_format(&host, ":%u", (unsigned)url->port);
    bool is =
        slice_eq_nocase(field->name, SLICE("Host")) && slice_eq(field->value, buf_slice(&host));
    buf_free(&host);
    return is;
}

enum body_form { BODY_NONE, BODY_ARGUMENT, BODY_PIPE, BODY_FILE };

static enum body_form body_form(const struct http_request *request)
{
    bool sends = slice_is(request->method_text, "POST") || slice_is(request->method_text, "PUT");
    if (request->body.len == 0)
        return sends ? BODY_ARGUMENT : BODY_NONE;
    if (request->body.len > ARGUMENT_BODY)
        return BODY_FILE;
    return exchange_is_plain(request->body) ? BODY_ARGUMENT : BODY_PIPE;
}

static bool add_pipe(struct command *command)
{
    struct buf body = buf_bounded(WORD_CEILING);
    bool added = exchange_redact(&command->redactor, EXCHANGE_TEXT_BODY,
                                 command->call->request.body, &body) &&
                 exchange_quote_printf(buf_slice(&body), command->out);
    buf_free(&body);
    return added && buf_add_text(command->out, " | ");
}

static bool add_body(struct command *command, enum body_form form)
{
    const struct http_request *request = &command->call->request;
    if (form == BODY_ARGUMENT) {
        buf_add_text(command->out, " --data-raw ");
        return add_word(command, (struct slice){ 0 }, EXCHANGE_TEXT_BODY, request->body);
    }
    if (form != BODY_NONE)
        buf_add_text(command->out,
                     form == BODY_PIPE ? " --data-binary @-" : " --data-binary @BODY");
    return true;
}

static bool add_method(struct command *command, enum body_form form)
{
    struct slice method = command->call->request.method_text;
    if (slice_is(method, "HEAD"))
        return buf_add_text(command->out, "curl -sS --head");
    buf_add_text(command->out, "curl -sSi");
    if (slice_is(method, "GET") && form == BODY_NONE)
        return true;
    buf_add_text(command->out, " -X ");
    return add_word(command, (struct slice){ 0 }, EXCHANGE_TEXT_OTHER, method);
}

/* curl would take a '#' for the start of a fragment, and wants a path that begins with '/'. */
static bool add_target(struct command *command)
{
    struct slice target = command->call->request.target;
    bool simple = slice_starts(target, SLICE("/")) && slice_find(target, '#') == target.len &&
                  exchange_is_plain(target) && slice_find(target, ' ') == target.len;
    buf_add_text(command->out, " --http1.1 --globoff --path-as-is");
    if (!simple) {
        buf_add_text(command->out, " --request-target ");
        if (!add_word(command, (struct slice){ 0 }, EXCHANGE_TEXT_OTHER, target))
            return false;
    }
    buf_add_text(command->out, " ");
    return add_url(command, simple ? target : SLICE("/"));
}

static bool write_curl(struct command *command)
{
    const struct http_request *request = &command->call->request;
    enum body_form form = body_form(request);
    bool written = (form != BODY_PIPE || add_pipe(command)) && add_method(command, form);
    for (size_t i = 0; written && i < request->fields.count; i++) {
        const struct http_field *field = &request->fields.at[i];
        written = is_host_of(field, command->url) || add_field(command, field);
    }
    if (!written)
        return false;
    silence(command);
    written = add_body(command, form) && add_target(command);
    if (written && form == BODY_FILE)
        (void)buf_add_format(command->out, " # BODY: a file with the body, %zu bytes",
                             request->body.len);
    return written && !command->out->failed;
}

/* Whether a redacted line is a Hawk Authorization; then ${ret_name} is all before the value. */
static bool is_signed_line(struct slice line, struct slice *ret_name)
{
    struct slice name, value;
    if (!slice_cut(line, ':', &name, &value) || !slice_eq_nocase(name, SLICE("Authorization")))
        return false;
    value = slice_trim(value);
    *ret_name = slice_head(line, (size_t)(value.ptr - line.ptr));
    return slice_eq_nocase(slice_head(value, 5), SLICE("Hawk "));
}

/* printf's format for the raw bytes, with %s where they were signed; false without such a place. */
static bool write_format(struct slice redacted, struct buf *out)
{
    bool has_signature = false;
    while (redacted.len > 0) {
        struct slice line, name, rest;
        bool more = slice_cut(redacted, '\n', &line, &rest);
        bool crlf = more && slice_ends(line, SLICE("\r"));
        if (crlf && !has_signature && is_signed_line(line, &name)) {
            (void)exchange_printf_format(name, out);
            buf_add_text(out, "%s\\r\\n");
            has_signature = true;
        } else {
            (void)exchange_printf_format(slice_head(redacted, line.len + (more ? 1 : 0)), out);
        }
        redacted = rest;
    }
    return has_signature;
}

static bool write_nc(struct command *command)
{
    struct slice raw = command->call->raw;
    struct buf *out = command->out;
    if (raw.len > ARGUMENT_BODY)
        return buf_add_format(out, "# %zu raw bytes, too many for a command line", raw.len);
    struct buf redacted = buf_bounded(WORD_CEILING);
    bool written = exchange_redact(&command->redactor, EXCHANGE_TEXT_HEAD, raw, &redacted);
    buf_add_text(out, "printf '");
    if (written && write_format(buf_slice(&redacted), out)) {
        struct slice method, target, rest;
        (void)slice_cut(buf_slice(&redacted), ' ', &method, &rest);
        (void)slice_cut(rest, ' ', &target, &rest);
        buf_add_text(out, "' \"");
        written = add_signature(command, method, target);
        buf_add_text(out, "\"");
    } else {
        buf_add_text(out, "'");
    }
    buf_free(&redacted);
    buf_add_text(out, " | nc ");
    add_host(command->url, false, out);
    return written && buf_add_format(out, " %u", (unsigned)command->url->port);
}

bool exchange_transcript_curl(const struct exchange_call *call, const struct http_url *url,
                              struct buf *out)
{
    struct command command = { .call = call,
                               .url = call->elsewhere == NULL ? url : call->elsewhere,
                               .out = out };
    if (!exchange_redactor_init(&command.redactor, call))
        return false;
    bool written = call->raw.len > 0 ? write_nc(&command) : write_curl(&command);
    exchange_redactor_free(&command.redactor);
    return written && !out->failed;
}
