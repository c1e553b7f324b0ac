#include "fault/wire.h"

#include "fault/area.h"
#include "fault/hooks.h"

#define SMUGGLED "behind a proxy, one user's request becomes part of another's"
#define AGAIN    "a client tries again without an end"
#define BROKEN   "/fault/broken"

static const struct slice line_end = SLICE_INIT("\r\n");

/* One line of a head, and what is behind the head. */
struct heard {
    struct slice line;
    bool is_first;            /* the request line */
    struct slice name, value; /* of a field */
    struct slice behind;
    struct buf *out;
};

/* Cuts the head off.  False: there is none, or its lines do not end in CR LF. */
static bool cut_head(struct slice raw, struct slice *ret_head, struct slice *ret_behind)
{
    size_t end = slice_search(raw, SLICE("\r\n\r\n"));
    *ret_head = slice_head(raw, end + line_end.len);
    *ret_behind = slice_from(raw, end + 2 * line_end.len);
    return end < raw.len;
}

/* Writes the request anew: ${write} says what becomes of each line, ${behind} stands for the
 * rest. */
static bool rewrite(const struct fault_wire *wire, struct slice behind,
                    void (*write)(struct heard *heard), struct buf *out)
{
    struct slice head;
    struct heard heard = { .is_first = true, .out = out };
    if (!cut_head(wire->raw, &head, &heard.behind))
        return false;
    heard.behind = behind;
    while (head.len > 0) {
        size_t len = slice_search(head, line_end);
        heard.line = slice_head(head, len);
        head = slice_from(head, len + line_end.len);
        heard.name = slice_head(heard.line, slice_find(heard.line, ':'));
        heard.value = slice_trim(slice_from(heard.line, heard.name.len + 1));
        write(&heard);
        heard.is_first = false;
    }
    buf_add(out, line_end);
    return buf_add(out, behind);
}

static void keep(struct heard *heard)
{
    buf_add(heard->out, heard->line);
    buf_add(heard->out, line_end);
}

static bool is(const struct heard *heard, const char *name)
{
    return !heard->is_first && slice_eq_nocase(heard->name, slice_text(name));
}

/* How many fields of that name the request has, and the value of the last. */
static size_t count_fields(struct slice raw, const char *name, struct slice *ret_value)
{
    struct slice head, behind;
    size_t count = 0;
    if (!cut_head(raw, &head, &behind))
        return 0;
    while (head.len > 0) {
        size_t len = slice_search(head, line_end);
        struct slice line = slice_head(head, len);
        size_t colon = slice_find(line, ':');
        head = slice_from(head, len + line_end.len);
        if (!slice_eq_nocase(slice_head(line, colon), slice_text(name)))
            continue;
        *ret_value = slice_trim(slice_from(line, colon + 1));
        count++;
    }
    return count;
}

static void write_length(struct heard *heard)
{
    buf_add(heard->out, SLICE("Content-Length: "));
    buf_add_u64(heard->out, heard->behind.len);
    buf_add(heard->out, line_end);
}

/* The field says how much there is. */
static void keep_counted(struct heard *heard)
{
    if (is(heard, "Content-Length") || is(heard, "Transfer-Encoding"))
        write_length(heard);
    else
        keep(heard);
}

static void keep_but_a_later_length(struct heard *heard)
{
    if (!is(heard, "Content-Length") ||
        slice_search(buf_slice(heard->out), SLICE("-Length:")) >= buf_slice(heard->out).len)
        keep(heard);
}

static void keep_chunked(struct heard *heard)
{
    if (is(heard, "Transfer-Encoding"))
        buf_add(heard->out, SLICE("Transfer-Encoding: chunked\r\n"));
    else
        keep(heard);
}

static void keep_as_version_1(struct heard *heard)
{
    if (!heard->is_first) {
        keep(heard);
        return;
    }
    buf_add(heard->out, slice_head(heard->line, slice_search(heard->line, SLICE(" HTTP/"))));
    buf_add(heard->out, SLICE(" HTTP/1.1\r\n"));
}

static bool hear_first_length(const struct fault_wire *wire, struct buf *out)
{
    struct slice value, head, behind;
    return count_fields(wire->raw, "Content-Length", &value) > 1 &&
           cut_head(wire->raw, &head, &behind) &&
           rewrite(wire, behind, keep_but_a_later_length, out);
}

static bool hear_any_length(const struct fault_wire *wire, struct buf *out)
{
    struct slice value, head, behind;
    uint64_t length;
    return count_fields(wire->raw, "Content-Length", &value) == 1 &&
           !slice_to_u64(value, &length) && cut_head(wire->raw, &head, &behind) &&
           rewrite(wire, behind, keep_counted, out);
}

/* A size that cannot be read is that of all there is. */
static bool hear_broken_chunk(const struct fault_wire *wire, struct buf *out)
{
    static const char hex[] = "0123456789abcdefABCDEF";
    enum { DIGITS = 16 };
    struct slice value, head, behind;
    if (count_fields(wire->raw, "Transfer-Encoding", &value) != 1 ||
        !cut_head(wire->raw, &head, &behind))
        return false;
    size_t size = slice_search(behind, line_end);
    if (size == behind.len || (size <= DIGITS && strchr(hex, behind.ptr[0]) != NULL))
        return false;
    behind = slice_from(behind, size + line_end.len);
    behind = slice_head(behind, slice_search(behind, SLICE("\r\n0\r\n")));
    return rewrite(wire, behind, keep_counted, out);
}

static bool hear_any_coding(const struct fault_wire *wire, struct buf *out)
{
    struct slice value, head, behind;
    return count_fields(wire->raw, "Transfer-Encoding", &value) == 1 &&
           !slice_is(value, "chunked") && cut_head(wire->raw, &head, &behind) &&
           rewrite(wire, behind, keep_chunked, out);
}

static bool hear_first_segment(const struct fault_wire *wire, struct buf *out)
{
    return wire->first < wire->raw.len && buf_add(out, slice_head(wire->raw, wire->first));
}

/* What came behind a body is of it, too. */
static bool hear_all_as_body(const struct fault_wire *wire, struct buf *out)
{
    struct slice value, head, behind;
    uint64_t length;
    return count_fields(wire->raw, "Content-Length", &value) == 1 && slice_to_u64(value, &length) &&
           cut_head(wire->raw, &head, &behind) && length < behind.len &&
           rewrite(wire, behind, keep_counted, out);
}

static bool hear_any_version(const struct fault_wire *wire, struct buf *out)
{
    struct slice head, behind;
    if (!cut_head(wire->raw, &head, &behind))
        return false;
    struct slice line = slice_head(head, slice_search(head, line_end));
    return !slice_ends(line, SLICE(" HTTP/1.1")) && !slice_ends(line, SLICE(" HTTP/1.0")) &&
           slice_search(line, SLICE(" HTTP/")) < line.len &&
           rewrite(wire, behind, keep_as_version_1, out);
}

/* What is then asked for ends in a 500. */
static bool break_down(struct buf *out)
{
    return buf_add_text(out, "GET " BROKEN " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
}

static void fail(struct fault_call *call)
{
    if (slice_is(call->request.target, BROKEN))
        fault_call_answer(call, 500, "0");
}

static bool break_at_length_and_chunks(const struct fault_wire *wire, struct buf *out)
{
    struct slice value;
    return count_fields(wire->raw, "Content-Length", &value) > 0 &&
           count_fields(wire->raw, "Transfer-Encoding", &value) > 0 && break_down(out);
}

static bool break_at_blank(const struct fault_wire *wire, struct buf *out)
{
    struct slice head, behind;
    return cut_head(wire->raw, &head, &behind) && slice_search(head, SLICE(" : ")) < head.len &&
           break_down(out);
}

static bool break_without_host(const struct fault_wire *wire, struct buf *out)
{
    struct slice value, head, behind;
    return cut_head(wire->raw, &head, &behind) && count_fields(wire->raw, "Host", &value) != 1 &&
           break_down(out);
}

static bool break_at_odd_byte(const struct fault_wire *wire, struct buf *out)
{
    for (size_t i = 0; i < wire->raw.len; i++) {
        uint8_t byte = wire->raw.ptr[i];
        bool alone = byte == '\n' && (i == 0 || wire->raw.ptr[i - 1] != '\r');
        if (alone || byte == 0x7F || (byte < ' ' && byte != '\r' && byte != '\n' && byte != '\t'))
            return break_down(out);
    }
    return false;
}

static bool break_at_url(const struct fault_wire *wire, struct buf *out)
{
    struct slice line = slice_head(wire->raw, slice_search(wire->raw, line_end));
    return slice_search(line, SLICE(" http://")) < line.len && break_down(out);
}

/* A length in characters: the body ends too early. */
static void count_characters(struct fault_call *call)
{
    struct slice body = buf_slice(&call->reply->body);
    size_t characters = 0;
    for (size_t i = 0; i < body.len; i++)
        characters += (body.ptr[i] & 0xC0) != 0x80;
    if (characters < body.len)
        buf_truncate(&call->reply->body, characters);
}

static bool was_refused(struct fault_call *call)
{
    const struct fault_cell *cell = fault_call_cell(call, "refused %.*s", SLICE_FMT(call->user));
    return cell != NULL && cell->number == 400;
}

static void answer_spoilt(struct fault_call *call)
{
    if (was_refused(call))
        fault_call_answer(call, 400, "0");
}

static void remember_status(struct fault_call *call)
{
    struct fault_cell *cell = fault_call_cell(call, "refused %.*s", SLICE_FMT(call->user));
    if (cell != NULL)
        cell->number = cell->number == 400 ? 0 : call->reply->status;
}

static bool is_long(struct fault_call *call)
{
    enum { LONG = 4096 };
    return call->request.target.len > LONG;
}

static const struct fault rows[] = {
    { .name = "wire-first-length-counts",
      .what = "Of two Content-Length fields the first one counts",
      .impact = SMUGGLED,
      .breaks = { "1.5/http/framing" },
      .hear = hear_first_length },
    { .name = "wire-length-is-a-guess",
      .what = "A Content-Length that is no number stands for all that comes",
      .impact = SMUGGLED,
      .breaks = { "1.5/http/framing" },
      .hear = hear_any_length },
    { .name = "wire-broken-chunk-is-the-body",
      .what = "A chunk whose size cannot be read is taken for the whole body",
      .impact = SMUGGLED,
      .breaks = { "1.5/http/framing" },
      .hear = hear_broken_chunk },
    { .name = "wire-any-coding-is-chunked",
      .what = "A transfer coding that is not known is taken for chunked",
      .impact = SMUGGLED,
      .breaks = { "1.5/http/framing" },
      .hear = hear_any_coding },
    { .name = "wire-length-and-chunks-is-500",
      .what = "A request with a length and a coding ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/framing" },
      .before = fail,
      .hear = break_at_length_and_chunks },
    { .name = "wire-first-segment-only",
      .what = "A request is what the first segment holds",
      .impact = "on a slow line nothing is ever uploaded",
      .breaks = { "1.5/http/segments" },
      .hear = hear_first_segment },
    { .name = "wire-next-request-is-body",
      .what = "What is sent behind a request becomes part of its body",
      .impact = "a client that sends ahead loses both requests",
      .breaks = { "1.5/http/pipelining" },
      .hear = hear_all_as_body },
    { .name = "wire-any-version",
      .what = "A request of HTTP/7.3 is answered as if it were one of HTTP/1.1",
      .impact = "what a later version means is misunderstood",
      .breaks = { "1.5/http/version" },
      .hear = hear_any_version },
    { .name = "wire-blank-before-colon-is-500",
      .what = "A blank before a colon ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/syntax" },
      .before = fail,
      .hear = break_at_blank },
    { .name = "wire-no-host-is-500",
      .what = "A request without a Host field, or with two, ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/syntax" },
      .before = fail,
      .hear = break_without_host },
    { .name = "wire-odd-byte-is-500",
      .what = "A control byte, or a line that ends in LF alone, ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/syntax" },
      .before = fail,
      .hear = break_at_odd_byte },
    { .name = "wire-url-is-500",
      .what = "A request line with a whole URL ends in a 500",
      .impact = "clients behind a proxy cannot sync",
      .breaks = { "1.5/http/syntax" },
      .before = fail,
      .hear = break_at_url },
    { .name = "wire-length-in-characters",
      .what = "Content-Length counts the characters of a body, not its bytes",
      .impact = "records with letters beyond ASCII never arrive whole",
      .breaks = { "1.5/http/content-length-exact" },
      .after = count_characters },
    { .name = "wire-400-spoils-connection",
      .what = "What is left of a refused body is taken for the next request",
      .impact = "one bad record makes good requests fail",
      .breaks = { "1.5/http/keepalive" },
      .before = answer_spoilt,
      .after = remember_status },
    { .name = "wire-long-target-is-500",
      .what = "A target of more than 4 KiB ends in a 500",
      .impact = AGAIN,
      .breaks = { "1.5/http/large-heads" },
      .when = is_long,
      .before = fault_answer,
      .number = 500,
      .text = "0" },
};

const struct fault_area fault_wires = FAULT_AREA(rows);
