#include "exchange/transcript.h"

#include "exchange/redact.h"
#include "exchange/show.h"

enum {
    HEAD_SHOWN = 16 * 1024,
    BEHIND_CUT = LIMIT_TOKEN, /* read beyond a cut, so that a secret across it is recognised */
    REDACTED_CEILING = 4 * (HEAD_SHOWN + BEHIND_CUT) * 4,
};

/* Appends the first ${most} bytes of the text, redacted, and a line about the rest. */
static bool show_part(const struct exchange_redactor *redactor, enum exchange_text kind,
                      struct slice text, size_t most, struct buf *out)
{
    struct buf redacted = buf_bounded(REDACTED_CEILING);
    bool shown = exchange_redact(redactor, kind, slice_head(text, most + BEHIND_CUT), &redacted);
    struct slice part = buf_slice(&redacted);
    if (text.len > most)
        part = slice_head(part, most);
    if (shown)
        shown = exchange_show(
            part, kind == EXCHANGE_TEXT_HEAD ? EXCHANGE_LINES_HTTP : EXCHANGE_LINES_TEXT, out);
    buf_free(&redacted);
    if (text.len > most)
        (void)buf_add_format(out, "\n(the first %zu of %zu bytes)\n", most, text.len);
    return shown && !out->failed;
}

static bool show_body(const struct exchange_redactor *redactor, struct slice body, struct buf *out)
{
    return body.len == 0 ||
           show_part(redactor, EXCHANGE_TEXT_BODY, body, LIMIT_TRANSCRIPT_BODY, out);
}

bool exchange_transcript_request(const struct exchange_call *call, struct buf *out)
{
    struct exchange_redactor redactor;
    if (!exchange_redactor_init(&redactor, call))
        return false;
    struct buf head = buf_bounded(LIMIT_GENERATED + LIMIT_HEAD);
    bool shown = exchange_write_head(call, &head) &&
                 show_part(&redactor, EXCHANGE_TEXT_HEAD, buf_slice(&head), HEAD_SHOWN, out);
    if (shown && call->raw.len == 0)
        shown = show_body(&redactor, call->request.body, out);
    buf_free(&head);
    exchange_redactor_free(&redactor);
    return shown && !out->failed;
}

static bool show_reason(const struct exchange_redactor *redactor, const struct exchange_call *call,
                        struct buf *out)
{
    (void)buf_add_format(out, "(no response: %s", exchange_outcome_text(call->outcome));
    if (call->detail[0] != '\0') {
        buf_add_text(out, ": ");
        if (!show_part(redactor, EXCHANGE_TEXT_HEAD, slice_text(call->detail), sizeof(call->detail),
                       out))
            return false;
    }
    return buf_add_text(out, ")\n");
}

bool exchange_transcript_response(const struct exchange_call *call, struct buf *out)
{
    struct exchange_redactor redactor;
    if (!exchange_redactor_init(&redactor, call))
        return false;
    bool shown = true;
    if (call->outcome != EXCHANGE_ANSWERED)
        shown = show_reason(&redactor, call, out);
    if (shown && call->text.len > 0)
        shown = show_part(&redactor, EXCHANGE_TEXT_HEAD, buf_slice(&call->text), HEAD_SHOWN, out);
    if (shown)
        shown = show_body(&redactor, buf_slice(&call->body), out);
    exchange_redactor_free(&redactor);
    return shown && !out->failed;
}
