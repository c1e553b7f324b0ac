#include "record/scan.h"

#include "base/utf8.h"
#include "record/text.h"

/* What may come next. */
enum state {
    STATE_VALUE,
    STATE_FIRST_KEY,   /* or '}' */
    STATE_FIRST_VALUE, /* or ']' */
    STATE_KEY,
    STATE_AFTER, /* ',' or the end of what is open */
    STATE_BAD,
};

struct record_scan record_scan_of(struct slice text)
{
    return (struct record_scan){ .text = text, .state = STATE_VALUE };
}

/* A fault at scan->at. */
static enum record_token bad(struct record_scan *scan, const char *rule)
{
    scan->rule = rule;
    scan->state = STATE_BAD;
    return RECORD_SCAN_BAD;
}

/* The byte at scan->at; 0, which no rule allows outside a string, at the end. */
static uint8_t peek(const struct record_scan *scan)
{
    return scan->at < scan->text.len ? scan->text.ptr[scan->at] : 0;
}

static void skip_blanks(struct record_scan *scan)
{
    for (uint8_t c = peek(scan); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = peek(scan))
        scan->at++;
}

/* Whether what was opened last is an object; something is open. */
static bool in_object(const struct record_scan *scan)
{
    return (scan->objects >> (scan->depth - 1) & 1) != 0;
}

static enum record_token open_level(struct record_scan *scan, bool object)
{
    if (scan->depth == LIMIT_JSON_DEPTH)
        return bad(scan, "values are nested at most 32 deep");
    uint64_t bit = UINT64_C(1) << scan->depth++;
    scan->objects = object ? scan->objects | bit : scan->objects & ~bit;
    scan->state = object ? STATE_FIRST_KEY : STATE_FIRST_VALUE;
    scan->at++;
    return object ? RECORD_SCAN_OPEN_OBJECT : RECORD_SCAN_OPEN_LIST;
}

static enum record_token close_level(struct record_scan *scan)
{
    bool object = in_object(scan);
    scan->depth--;
    scan->state = STATE_AFTER;
    scan->at++;
    return object ? RECORD_SCAN_CLOSE_OBJECT : RECORD_SCAN_CLOSE_LIST;
}

/* The value of four hex digits, or -1. */
static int32_t hex4(const uint8_t digits[4])
{
    int32_t value = 0;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = digits[i];
        int digit = -1;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (c | 0x20) - 'a' + 10;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static bool is_high(int32_t unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(int32_t unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The code unit of the \uXXXX at the start of ${text}, or -1. */
static int32_t unit_at(struct slice text)
{
    bool begins = text.len >= 6 && text.ptr[0] == '\\' && text.ptr[1] == 'u';
    return begins ? hex4(text.ptr + 2) : -1;
}

/* What each letter behind a backslash stands for; 0: no such escape. */
static const uint8_t escapes[128] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* Checks the escape at scan->at and goes behind it. */
static bool check_escape(struct record_scan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at);
    uint8_t letter = rest.len > 1 ? rest.ptr[1] : 0;
    scan->escaped = true;
    if (letter < 128 && escapes[letter] != 0) {
        scan->at += 2;
        return true;
    }
    int32_t unit = unit_at(rest);
    if (unit < 0)
        return false;
    bool pair = is_high(unit) && is_low(unit_at(slice_from(rest, 6)));
    if (!pair && (is_high(unit) || is_low(unit)))
        scan->unpaired = true;
    scan->at += pair ? 12 : 6;
    return true;
}

/* Checks the bytes from 0x80 on that begin at scan->at and goes behind them. */
static bool check_utf8(struct record_scan *scan)
{
    size_t end = scan->at;
    while (end < scan->text.len && scan->text.ptr[end] >= 0x80)
        end++;
    struct slice run = slice_of(scan->text.ptr + scan->at, end - scan->at);
    size_t valid = utf8_valid_length(run);
    scan->at += valid;
    return valid == run.len;
}

/* Reads the string whose opening quote is at scan->at. */
static enum record_token read_string(struct record_scan *scan)
{
    scan->at++;
    for (;;) {
        scan->at += record_text_plain(slice_from(scan->text, scan->at), 0x80);
        if (scan->at == scan->text.len)
            return bad(scan, "a string ends with a quote");
        uint8_t c = scan->text.ptr[scan->at];
        if (c == '"')
            break;
        if (c < 0x20)
            return bad(scan, "control characters in strings are escaped");
        if (c >= 0x80 && !check_utf8(scan))
            return bad(scan, "the text is UTF-8");
        if (c == '\\' && !check_escape(scan))
            return bad(scan, "a backslash begins one of the escapes of RFC 8259");
    }
    scan->raw = slice_of(scan->text.ptr + scan->start + 1, scan->at - scan->start - 1);
    scan->at++;
    scan->state = STATE_AFTER;
    return RECORD_SCAN_STRING;
}

static enum record_token read_key(struct record_scan *scan)
{
    if (peek(scan) != '"')
        return bad(scan, "a key is a string");
    if (read_string(scan) == RECORD_SCAN_BAD)
        return RECORD_SCAN_BAD;
    skip_blanks(scan);
    if (peek(scan) != ':')
        return bad(scan, "a colon follows a key");
    scan->at++;
    scan->state = STATE_VALUE;
    return RECORD_SCAN_KEY;
}

/* Goes behind the digits at scan->at; false without any. */
static bool skip_digits(struct record_scan *scan)
{
    size_t from = scan->at;
    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return scan->at > from;
}

static enum record_token read_number(struct record_scan *scan)
{
    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (!skip_digits(scan))
        return bad(scan, "a minus sign is followed by a digit");
    if (peek(scan) == '.') {
        scan->at++;
        if (!skip_digits(scan))
            return bad(scan, "a decimal point is followed by a digit");
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        if (!skip_digits(scan))
            return bad(scan, "an exponent has a digit");
    }
    scan->state = STATE_AFTER;
    return RECORD_SCAN_NUMBER;
}

static const struct word {
    struct slice text;
    enum record_token token;
} words[] = {
    { SLICE_INIT("true"), RECORD_SCAN_TRUE },
    { SLICE_INIT("false"), RECORD_SCAN_FALSE },
    { SLICE_INIT("null"), RECORD_SCAN_NULL },
};

static enum record_token read_word(struct record_scan *scan)
{
    struct slice rest = slice_from(scan->text, scan->at);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_starts(rest, words[i].text)) {
            scan->at += words[i].text.len;
            scan->state = STATE_AFTER;
            return words[i].token;
        }
    }
    return bad(scan, "a value begins here");
}

static enum record_token read_value(struct record_scan *scan)
{
    uint8_t c = peek(scan);
    if (c == '"')
        return read_string(scan);
    if (c == '{' || c == '[')
        return open_level(scan, c == '{');
    if (c == '-' || (c >= '0' && c <= '9'))
        return read_number(scan);
    return read_word(scan);
}

/* Takes the comma; false when there is none. */
static bool take_comma(struct record_scan *scan)
{
    if (peek(scan) != ',')
        return false;
    scan->at++;
    skip_blanks(scan);
    scan->state = in_object(scan) ? STATE_KEY : STATE_VALUE;
    return true;
}

static enum record_token read_token(struct record_scan *scan)
{
    bool may_close = scan->depth > 0 && scan->state != STATE_VALUE && scan->state != STATE_KEY;
    if (may_close && peek(scan) == (in_object(scan) ? '}' : ']')) {
        scan->start = scan->at;
        return close_level(scan);
    }
    if (scan->state == STATE_AFTER && scan->depth == 0)
        return scan->at == scan->text.len ? RECORD_SCAN_END
                                          : bad(scan, "nothing follows the value");
    if (scan->state == STATE_AFTER && !take_comma(scan))
        return bad(scan, "a comma or the closing bracket follows a value");
    scan->start = scan->at;
    bool key = scan->state == STATE_KEY || scan->state == STATE_FIRST_KEY;
    return key ? read_key(scan) : read_value(scan);
}

enum record_token record_scan_next(struct record_scan *scan)
{
    if (scan->state == STATE_BAD)
        return RECORD_SCAN_BAD;
    skip_blanks(scan);
    scan->escaped = false;
    scan->unpaired = false;
    enum record_token token = read_token(scan);
    if (token != RECORD_SCAN_STRING && token != RECORD_SCAN_KEY && token != RECORD_SCAN_END &&
        token != RECORD_SCAN_BAD)
        scan->raw = slice_of(scan->text.ptr + scan->start, scan->at - scan->start);
    return token;
}

bool record_scan_skip(struct record_scan *scan, enum record_token token)
{
    if (token == RECORD_SCAN_BAD)
        return false;
    if (token != RECORD_SCAN_OPEN_OBJECT && token != RECORD_SCAN_OPEN_LIST)
        return true;
    uint8_t outside = (uint8_t)(scan->depth - 1);
    while (scan->depth > outside) {
        if (record_scan_next(scan) == RECORD_SCAN_BAD)
            return false;
    }
    return true;
}

bool record_scan_drain(struct record_scan *scan)
{
    enum record_token token;
    do {
        token = record_scan_next(scan);
    } while (token != RECORD_SCAN_END && token != RECORD_SCAN_BAD);
    return token == RECORD_SCAN_END;
}

/* Decodes the escape at the start of ${raw}, which the scanner accepted.  Returns how many bytes it
 * takes there, 0 for half a surrogate pair. */
static size_t decode_escape(struct slice raw, struct buf *out)
{
    if (raw.ptr[1] != 'u') {
        buf_add_byte(out, escapes[raw.ptr[1]]);
        return 2;
    }
    int32_t unit = unit_at(raw);
    if (is_high(unit)) {
        int32_t low = unit_at(slice_from(raw, 6));
        if (!is_low(low))
            return 0;
        utf8_add((uint32_t)(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)), out);
        return 12;
    }
    if (is_low(unit))
        return 0;
    utf8_add((uint32_t)unit, out);
    return 6;
}

bool record_scan_unescape(struct slice raw, struct buf *out)
{
    size_t before = out->len;
    if (!buf_reserve(out, raw.len))
        return false;
    for (;;) {
        size_t run = slice_find(raw, '\\');
        buf_add(out, slice_head(raw, run));
        raw = slice_from(raw, run);
        if (raw.len == 0)
            return true;
        size_t taken = decode_escape(raw, out);
        if (taken == 0) {
            buf_truncate(out, before);
            return false;
        }
        raw = slice_from(raw, taken);
    }
}

bool record_scan_reads(struct slice raw, struct slice text)
{
    while (raw.len > 0) {
        uint8_t bytes[4];
        struct buf one = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
        size_t taken = 1;
        if (raw.ptr[0] == '\\')
            taken = decode_escape(raw, &one);
        else
            buf_add_byte(&one, raw.ptr[0]);
        if (taken == 0 || !slice_starts(text, buf_slice(&one)))
            return false;
        raw = slice_from(raw, taken);
        text = slice_from(text, one.len);
    }
    return text.len == 0;
}
