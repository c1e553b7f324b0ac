#include "exchange/easy.h"

#include "base/alloc.h"
#include "exchange/call.h"

enum {
    IDLE_SECONDS = 1, /* a connection that rested for longer is not used again */
    ORIGIN_TEXT = 320,
    HEADER_LINE = 9216, /* a name, a value and what is between them */
};

struct exchange_easy {
    CURL *handle;
    struct curl_slist *headers;
    struct exchange_reader reader;
    struct exchange_call *call; /* NULL: none under way */
    const struct http_url *url; /* of the target */
    int connect_ms;
    int sends;          /* how often the request went out */
    uint64_t received;  /* bytes behind the head that came */
    uint64_t delivered; /* those of them that libcurl took for the body */
    int64_t started;
    char error[CURL_ERROR_SIZE];
};

/* A callback that wants libcurl to stop returns another count than it was given. */
static size_t take(struct exchange_easy *easy, const char *bytes, size_t len)
{
    struct slice input = slice_of(bytes, len);
    switch (exchange_reader_feed(&easy->reader, &input)) {
    case EXCHANGE_READ_MORE:
        return len;
    case EXCHANGE_READ_DONE:
        if (input.len == 0) {
            exchange_call_end(easy->call, EXCHANGE_ANSWERED, "%s", "");
            return len;
        }
        exchange_call_end(easy->call, EXCHANGE_GARBAGE, "%zu bytes or more stand behind the body",
                          input.len);
        return 0;
    default:
        return 0;
    }
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange_easy *easy = context;
    /* Trailer fields come a second time, with the raw body. */
    if (easy->reader.in_body)
        return size * count;
    return take(easy, bytes, size * count);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange_easy *easy = context;
    easy->delivered += size * count;
    return take(easy, bytes, size * count);
}

static int on_debug(CURL *handle, curl_infotype type, char *bytes, size_t len, void *context)
{
    struct exchange_easy *easy = context;
    (void)handle;
    (void)bytes;
    if (type == CURLINFO_DATA_IN)
        easy->received += len;
    return 0;
}

static bool is_safe(const struct exchange_call *call)
{
    enum http_method method = exchange_call_method(call);
    return method == HTTP_METHOD_GET || method == HTTP_METHOD_HEAD || method == HTTP_METHOD_OPTIONS;
}

/* Called each time before libcurl sends the request. */
static int on_request(void *context, char *remote_ip, char *local_ip, int remote_port,
                      int local_port)
{
    struct exchange_easy *easy = context;
    (void)remote_ip;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    easy->sends++;
    if (easy->sends == 1 || (easy->sends == 2 && is_safe(easy->call)))
        return CURL_PREREQFUNC_OK;
    exchange_call_end(easy->call, EXCHANGE_CLOSED,
                      "the server closed a kept connection without an answer");
    return CURL_PREREQFUNC_ABORT;
}

/* Where a chain of curl_easy_setopt ends at the first failure. */
#define SET(option, value) (curl_easy_setopt(handle, (option), (value)) == CURLE_OK)

static bool set_origin(CURL *handle, const struct exchange_curl_config *config)
{
    bool set = SET(CURLOPT_PROTOCOLS_STR, "http,https") &&
               SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
               SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_PROXY, "") &&
               SET(CURLOPT_NOPROXY, "*") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
               SET(CURLOPT_SSL_VERIFYPEER, 1L) && SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!set || config->ca_file == NULL)
        return set;
    return SET(CURLOPT_CAINFO, config->ca_file) && SET(CURLOPT_CAPATH, NULL);
}

static bool set_manners(struct exchange_easy *easy)
{
    CURL *handle = easy->handle;
    return SET(CURLOPT_PRIVATE, easy) && SET(CURLOPT_ERRORBUFFER, easy->error) &&
           SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_TCP_NODELAY, 1L) &&
           SET(CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS) && SET(CURLOPT_PATH_AS_IS, 1L) &&
           SET(CURLOPT_ACCEPT_ENCODING, NULL) && SET(CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
           SET(CURLOPT_HTTP_TRANSFER_DECODING, 0L) && SET(CURLOPT_HTTP09_ALLOWED, 0L) &&
           SET(CURLOPT_HEADERFUNCTION, on_header) && SET(CURLOPT_HEADERDATA, easy) &&
           SET(CURLOPT_WRITEFUNCTION, on_body) && SET(CURLOPT_WRITEDATA, easy) &&
           SET(CURLOPT_DEBUGFUNCTION, on_debug) && SET(CURLOPT_DEBUGDATA, easy) &&
           SET(CURLOPT_VERBOSE, 1L) && SET(CURLOPT_PREREQFUNCTION, on_request) &&
           SET(CURLOPT_PREREQDATA, easy);
}

struct exchange_easy *exchange_easy_new(const struct exchange_curl_config *config)
{
    struct exchange_easy *easy = alloc_new(struct exchange_easy);
    if (easy == NULL)
        return NULL;
    easy->connect_ms = config->connect_ms;
    easy->url = &config->url;
    easy->handle = curl_easy_init();
    if (easy->handle != NULL && set_origin(easy->handle, config) && set_manners(easy))
        return easy;
    exchange_easy_free(easy);
    return NULL;
}

/* Bytes that would leave their place on the wire, or that libcurl's C texts cannot hold. */
static bool has_control(struct slice text, bool blanks_too)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        bool blank = byte == ' ' || byte == '\t';
        if (blank ? blanks_too : byte < ' ' || byte == 0x7f)
            return true;
    }
    return false;
}

static bool add_line(struct exchange_easy *easy, const char *line)
{
    struct curl_slist *longer = curl_slist_append(easy->headers, line);
    if (longer == NULL)
        return false;
    easy->headers = longer;
    return true;
}

/* The message's frame is the transport's: see http_write_request. */
static bool is_framing(struct slice name)
{
    return slice_eq_nocase(name, SLICE("Content-Length")) ||
           slice_eq_nocase(name, SLICE("Transfer-Encoding"));
}

/* libcurl's forms: "Name: value", and "Name;" for an empty value. */
static bool add_field(struct exchange_easy *easy, const struct http_field *field)
{
    struct buf line = buf_bounded((size_t)LIMIT_HEAD);
    buf_add(&line, field->name);
    if (field->value.len > 0)
        buf_add(&line, SLICE(": "));
    else
        buf_add(&line, SLICE(";"));
    buf_add(&line, field->value);
    const char *text = buf_text(&line);
    bool added = text != NULL && add_line(easy, text);
    buf_free(&line);
    return added;
}

/* Fields that libcurl would send on its own account, unless they are asked for. */
static bool silence(struct exchange_easy *easy, const struct http_fields *fields)
{
    static const char *const own[] = { "Accept", "Expect", "User-Agent", "Content-Type" };
    for (size_t i = 0; i < COUNT_OF(own); i++) {
        char line[32];
        if (http_fields_get(fields, own[i]) != NULL)
            continue;
        (void)snprintf(line, sizeof(line), "%s:", own[i]);
        if (!add_line(easy, line))
            return false;
    }
    return true;
}

static bool set_fields(struct exchange_easy *easy)
{
    CURL *handle = easy->handle;
    const struct http_fields *fields = &easy->call->request.fields;
    for (size_t i = 0; i < fields->count; i++) {
        if (!is_framing(fields->at[i].name) && !add_field(easy, &fields->at[i]))
            return false;
    }
    return silence(easy, fields) && SET(CURLOPT_HTTPHEADER, easy->headers);
}

static bool set_text(CURL *handle, CURLoption option, struct slice text)
{
    struct buf copy = buf_bounded((size_t)LIMIT_HEAD);
    const char *value = buf_add(&copy, text) ? buf_text(&copy) : NULL;
    bool set = value != NULL && SET(option, value);
    buf_free(&copy);
    return set;
}

static bool set_body(struct exchange_easy *easy)
{
    CURL *handle = easy->handle;
    const struct exchange_call *call = easy->call;
    enum http_method method = exchange_call_method(call);
    struct slice body = call->request.body;
    /* NOBODY would leave the body of a HEAD request unsent; it stays so, as no case sends one. */
    if (method == HTTP_METHOD_HEAD)
        return SET(CURLOPT_NOBODY, 1L);
    if (body.len == 0 && method != HTTP_METHOD_POST && method != HTTP_METHOD_PUT)
        return SET(CURLOPT_NOBODY, 0L) && SET(CURLOPT_HTTPGET, 1L);
    return SET(CURLOPT_NOBODY, 0L) && SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) &&
           SET(CURLOPT_POSTFIELDS, body.len > 0 ? (const char *)body.ptr : "");
}

/* libcurl takes 0 for no limit; here it is the shortest one. */
static long limit_of(int ms)
{
    return ms > 0 ? ms : 1;
}

/* "http://host:port/". */
static bool write_origin(const struct http_url *url, char ret_text[ORIGIN_TEXT])
{
    bool bracket = slice_find(url->host, ':') < url->host.len;
    int wrote =
        snprintf(ret_text, ORIGIN_TEXT, "%s://%s%.*s%s:%u/", url->tls ? "https" : "http",
                 bracket ? "[" : "", SLICE_FMT(url->host), bracket ? "]" : "", (unsigned)url->port);
    return wrote > 0 && wrote < ORIGIN_TEXT;
}

static bool set_url(struct exchange_easy *easy)
{
    CURL *handle = easy->handle;
    const struct http_url *url = easy->call->elsewhere;
    char origin[ORIGIN_TEXT];
    return write_origin(url == NULL ? easy->url : url, origin) && SET(CURLOPT_URL, origin);
}

static bool set_call(struct exchange_easy *easy)
{
    CURL *handle = easy->handle;
    const struct exchange_call *call = easy->call;
    return set_url(easy) && set_body(easy) &&
           set_text(handle, CURLOPT_CUSTOMREQUEST, call->request.method_text) &&
           set_text(handle, CURLOPT_REQUEST_TARGET, call->request.target) && set_fields(easy) &&
           SET(CURLOPT_TIMEOUT_MS, limit_of(call->timeout_ms)) &&
           SET(CURLOPT_CONNECTTIMEOUT_MS, limit_of(easy->connect_ms));
}

/* Static text that says why libcurl could not send it as it is; NULL: it can. */
static const char *find_obstacle(const struct http_request *request)
{
    if (request->method_text.len == 0 || has_control(request->method_text, true))
        return "the method is no token";
    if (request->target.len == 0 || has_control(request->target, true))
        return "the target holds a blank or a control byte";
    if (http_fields_count(&request->fields, "Host") > 1)
        return "Host stands more than once: that takes raw bytes";
    if (slice_eq(request->method_text, SLICE("HEAD")) && request->body.len > 0)
        return "a HEAD request with a body takes raw bytes";
    for (size_t i = 0; i < request->fields.count; i++) {
        const struct http_field *field = &request->fields.at[i];
        bool colon = slice_find(field->name, ':') < field->name.len;
        if (field->name.len == 0 || colon || has_control(field->name, true) ||
            has_control(field->value, false))
            return "a field would break out of its line";
        if (slice_eq_nocase(field->name, SLICE("Host")) && field->value.len == 0)
            return "an empty Host takes raw bytes";
    }
    return NULL;
}

static void forget(struct exchange_easy *easy)
{
    curl_slist_free_all(easy->headers);
    easy->headers = NULL;
    http_parser_free(easy->reader.parser);
    easy->reader.parser = NULL;
    easy->call = NULL;
}

bool exchange_easy_begin(struct exchange_easy *easy, struct exchange_call *call)
{
    const char *obstacle = find_obstacle(&call->request);
    if (obstacle != NULL) {
        exchange_call_end(call, EXCHANGE_BROKEN, "%s", obstacle);
        return false;
    }
    easy->call = call;
    easy->sends = 0;
    easy->received = easy->delivered = 0;
    easy->error[0] = '\0';
    easy->started = clock_monotonic_ms();
    struct http_parser *parser = exchange_reader_parser();
    if (parser != NULL)
        easy->reader = exchange_reader_of(call, parser);
    if (parser != NULL && set_call(easy))
        return true;
    exchange_call_end(call, EXCHANGE_BROKEN, "out of memory for the request");
    forget(easy);
    return false;
}

/* What each of libcurl's results says of the exchange; any other one is a fault of ours. */
static const struct outcome_row {
    CURLcode code;
    enum exchange_outcome outcome;
} outcome_rows[] = {
    { CURLE_COULDNT_RESOLVE_HOST, EXCHANGE_UNREACHABLE },
    { CURLE_COULDNT_CONNECT, EXCHANGE_UNREACHABLE },
    { CURLE_SSL_CONNECT_ERROR, EXCHANGE_UNREACHABLE },
    { CURLE_PEER_FAILED_VERIFICATION, EXCHANGE_UNREACHABLE },
    { CURLE_SSL_ISSUER_ERROR, EXCHANGE_UNREACHABLE },
    { CURLE_SSL_INVALIDCERTSTATUS, EXCHANGE_UNREACHABLE },
    { CURLE_SSL_CLIENTCERT, EXCHANGE_UNREACHABLE },
    { CURLE_OPERATION_TIMEDOUT, EXCHANGE_TIMEOUT },
    { CURLE_GOT_NOTHING, EXCHANGE_CLOSED },
    { CURLE_PARTIAL_FILE, EXCHANGE_CLOSED },
    { CURLE_RECV_ERROR, EXCHANGE_CLOSED },
    { CURLE_SEND_ERROR, EXCHANGE_CLOSED },
    { CURLE_WEIRD_SERVER_REPLY, EXCHANGE_GARBAGE },
    { CURLE_UNSUPPORTED_PROTOCOL, EXCHANGE_GARBAGE }, /* HTTP/0.9: no status line */
    { CURLE_FILESIZE_EXCEEDED, EXCHANGE_GARBAGE },    /* a Content-Length past 64 bits */
    { CURLE_BAD_CONTENT_ENCODING, EXCHANGE_GARBAGE },
};

static enum exchange_outcome outcome_of(const struct exchange_easy *easy, CURLcode code)
{
    if (code == CURLE_OPERATION_TIMEDOUT && easy->sends == 0)
        return EXCHANGE_UNREACHABLE;
    /* libcurl 7.88 reports a field line past its own bound of 100 KiB as a lack of memory. */
    if (code == CURLE_OUT_OF_MEMORY && easy->sends > 0 && !easy->reader.in_body)
        return EXCHANGE_TOO_LARGE;
    for (size_t i = 0; i < COUNT_OF(outcome_rows); i++) {
        if (outcome_rows[i].code == code)
            return outcome_rows[i].outcome;
    }
    return EXCHANGE_BROKEN;
}

/* The server has sent a whole response, by libcurl's judgement; now by ours. */
static void finish(struct exchange_easy *easy)
{
    struct exchange_call *call = easy->call;
    if (easy->received > easy->delivered) {
        call->outcome = EXCHANGE_PENDING;
        exchange_call_end(call, EXCHANGE_GARBAGE, "%llu bytes or more stand behind the body",
                          (unsigned long long)(easy->received - easy->delivered));
    }
    if (call->outcome == EXCHANGE_PENDING &&
        exchange_reader_close(&easy->reader) == EXCHANGE_READ_DONE)
        exchange_call_end(call, EXCHANGE_ANSWERED, "%s", "");
    if (call->outcome == EXCHANGE_ANSWERED && easy->sends > 1)
        (void)snprintf(call->detail, sizeof(call->detail),
                       "sent twice: the server had closed the kept connection");
}

struct exchange_call *exchange_easy_end(struct exchange_easy *easy, CURLcode code)
{
    struct exchange_call *call = easy->call;
    call->duration_ms = clock_monotonic_ms() - easy->started;
    call->answer.body = buf_slice(&call->body);
    if (code == CURLE_OK)
        finish(easy);
    const char *text = easy->error[0] != '\0' ? easy->error : curl_easy_strerror(code);
    exchange_call_end(call, outcome_of(easy, code), "%s", text);
    forget(easy);
    return call;
}

CURL *exchange_easy_handle(const struct exchange_easy *easy)
{
    return easy->handle;
}

void exchange_easy_free(struct exchange_easy *easy)
{
    if (easy == NULL)
        return;
    curl_easy_cleanup(easy->handle);
    forget(easy);
    alloc_release(easy);
}
