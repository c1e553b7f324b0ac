#include "exchange/redact.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "exchange/marks.h"
#include "http/target.h"

enum {
    SECRET_MIN = 4, /* a shorter one is redacted in its place only */
    PARTS_MAX = EXCHANGE_SECRETS / 2,
    HEAD_BYTES = LIMIT_GENERATED + LIMIT_HEAD,
};

static bool add_secret(struct exchange_redactor *redactor, struct slice secret)
{
    return secret.len < SECRET_MIN || exchange_secrets_add(&redactor->secrets, secret);
}

/* As JSON writers may write it: with "\/". */
static bool add_escaped(struct exchange_redactor *redactor, struct slice secret)
{
    struct buf escaped = buf_bounded(2 * secret.len + 1);
    for (size_t i = 0; i < secret.len; i++) {
        if (secret.ptr[i] == '/')
            buf_add_byte(&escaped, '\\');
        buf_add_byte(&escaped, secret.ptr[i]);
    }
    bool added = !escaped.failed && add_secret(redactor, buf_slice(&escaped));
    buf_free(&escaped);
    return added;
}

/* As it would stand in a URL. */
static bool add_encoded(struct exchange_redactor *redactor, struct slice secret)
{
    struct buf encoded = buf_bounded(3 * secret.len + 1);
    bool added = http_percent_encode(secret, &encoded) && add_secret(redactor, buf_slice(&encoded));
    buf_free(&encoded);
    return added;
}

/* Whether what follows ${before} is the credentials of Basic: only these are decoded, for a token
 * decodes to what is no secret. */
static bool is_basic(struct slice before)
{
    static const struct slice scheme = SLICE_INIT("basic ");
    return before.len >= scheme.len &&
           slice_eq_nocase(slice_from(before, before.len - scheme.len), scheme);
}

/* The password in the credentials of Basic. */
static bool add_decoded(struct exchange_redactor *redactor, struct slice secret)
{
    struct buf decoded = buf_bounded(secret.len + 4);
    struct slice user, password;
    bool added = true;
    if (base64_decode(secret, BASE64_STANDARD, &decoded) &&
        slice_cut(buf_slice(&decoded), ':', &user, &password))
        added = add_secret(redactor, password) && add_escaped(redactor, password) &&
                add_encoded(redactor, password);
    buf_free(&decoded);
    return added;
}

static bool add_forms(struct exchange_redactor *redactor, struct slice before, struct slice secret)
{
    bool special = slice_find(secret, '/') < secret.len || slice_find(secret, '+') < secret.len ||
                   slice_find(secret, '=') < secret.len;
    if (!add_secret(redactor, secret) || (is_basic(before) && !add_decoded(redactor, secret)))
        return false;
    return !special || (add_escaped(redactor, secret) && add_encoded(redactor, secret));
}

/* The short parts of a marked run that is no clean value; longer ones are found as parts of it. */
static void add_parts(struct exchange_redactor *redactor, struct slice run)
{
    static const struct slice words[] = { SLICE_INIT("hawk"), SLICE_INIT("basic"),
                                          SLICE_INIT("bearer"), SLICE_INIT("nonce"),
                                          SLICE_INIT("hash") };
    static const struct slice separators = SLICE_INIT(" \t,;\"':=");
    while (run.len > 0 && redactor->secrets.count < PARTS_MAX) {
        size_t len = 0;
        while (len < run.len && slice_find(separators, run.ptr[len]) == separators.len)
            len++;
        struct slice part = slice_head(run, len);
        bool word = len >= EXCHANGE_SHARED_RUN;
        for (size_t i = 0; i < COUNT_OF(words); i++)
            word = word || slice_eq_nocase(part, words[i]);
        if (!word)
            (void)add_secret(redactor, part);
        run = slice_from(run, len + 1);
    }
}

static bool collect(struct exchange_redactor *redactor, struct slice head, const uint8_t *marks)
{
    for (size_t at = 0; at < head.len;) {
        size_t end = at;
        while (end < head.len && marks[end] == marks[at])
            end++;
        struct slice run = slice_of(head.ptr + at, end - at);
        if (marks[at] == 1 && !add_forms(redactor, slice_head(head, at), run))
            return false;
        if (marks[at] == 1)
            add_parts(redactor, run);
        at = end;
    }
    return true;
}

static void add_line(struct buf *out, struct slice name, struct slice value)
{
    buf_add(out, name);
    buf_add(out, SLICE(": "));
    buf_add(out, value);
    buf_add(out, SLICE("\r\n"));
}

bool exchange_write_head(const struct exchange_call *call, struct buf *out)
{
    const struct http_request *request = &call->request;
    if (call->raw.len > 0)
        return buf_add(out, call->raw);
    buf_add(out, request->method_text);
    buf_add(out, SLICE(" "));
    buf_add(out, request->target);
    buf_add(out, SLICE(" HTTP/1.1\r\n"));
    for (size_t i = 0; i < request->fields.count; i++)
        add_line(out, request->fields.at[i].name, request->fields.at[i].value);
    return buf_add(out, SLICE("\r\n"));
}

bool exchange_redactor_init(struct exchange_redactor *redactor, const struct exchange_call *call)
{
    exchange_secrets_init(&redactor->secrets);
    struct buf head = buf_bounded(HEAD_BYTES);
    uint8_t *marks = NULL;
    bool made = exchange_write_head(call, &head);
    if (made)
        marks = alloc_zeroed(head.len, 1);
    made = made && marks != NULL;
    if (made) {
        exchange_marks_head(buf_slice(&head), marks);
        made = collect(redactor, buf_slice(&head), marks);
    }
    alloc_release(marks);
    buf_free(&head);
    if (!made)
        exchange_redactor_free(redactor);
    return made;
}

void exchange_redactor_free(struct exchange_redactor *redactor)
{
    exchange_secrets_free(&redactor->secrets);
}

static void write_unmarked(struct slice text, const uint8_t *marks, struct buf *out)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && marks[end] == marks[at])
            end++;
        if (marks[at] == 1)
            buf_add(out, SLICE("(redacted)"));
        else
            buf_add(out, slice_of(text.ptr + at, end - at));
        at = end;
    }
}

bool exchange_redact(const struct exchange_redactor *redactor, enum exchange_text kind,
                     struct slice text, struct buf *out)
{
    uint8_t *marks = alloc_zeroed(text.len, 1);
    if (marks == NULL)
        return false;
    if (kind == EXCHANGE_TEXT_HEAD)
        exchange_marks_head(text, marks);
    if (kind == EXCHANGE_TEXT_BODY)
        exchange_marks_body(text, marks);
    exchange_secrets_mark(&redactor->secrets, text, marks);
    write_unmarked(text, marks, out);
    alloc_release(marks);
    return !out->failed;
}
