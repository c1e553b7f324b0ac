#include "exchange/marks.h"

enum { NAME_REACH = 64 }; /* where a name may stand in a line that has no colon */

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

static bool is_word(uint8_t byte)
{
    uint8_t low = lower(byte);
    return (low >= 'a' && low <= 'z') || (byte >= '0' && byte <= '9');
}

/* The offset of ${word}, which is in lower case, in ${text}, whatever the case of letters; text.len
 * without one. */
static size_t search(struct slice text, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= text.len; i++) {
        if (lower(text.ptr[i]) == (uint8_t)word[0] &&
            slice_eq_nocase(slice_of(text.ptr + i, len), slice_of(word, len)))
            return i;
    }
    return text.len;
}

static void mark(struct slice part, struct slice text, uint8_t *marks)
{
    if (part.len > 0)
        memset(marks + (part.ptr - text.ptr), 1, part.len);
}

/* What a name holds when its value is a secret. */
static const char *const secret_words[] = {
    "authorization", "cookie", "auth-token", "api-key", "password",
};

static size_t search_secret_word(struct slice text, size_t *ret_end)
{
    for (size_t i = 0; i < COUNT_OF(secret_words); i++) {
        size_t at = search(text, secret_words[i]);
        *ret_end = at + strlen(secret_words[i]);
        if (at < text.len)
            return at;
    }
    return text.len;
}

/* Whether a line is, or was meant to be, a field with a secret: then its value, perhaps empty. */
static bool is_secret_line(struct slice line, struct slice *ret_value)
{
    struct slice name;
    size_t end;
    bool colon = slice_cut(line, ':', &name, ret_value);
    bool is_name = colon && slice_find(name, '/') == name.len && slice_find(name, '?') == name.len;
    if (is_name && search_secret_word(name, &end) < name.len)
        return true;
    if (colon && !is_name)
        return false;
    /* "Authorization Hawk ...": the colon is missing, or comes later. */
    size_t start = 0;
    while (start < line.len && !is_word(line.ptr[start]))
        start++;
    bool found = search_secret_word(slice_head(slice_from(line, start), NAME_REACH), &end) == 0;
    *ret_value = slice_from(line, start + end);
    return found && start < line.len;
}

static bool is_hawk_public(struct slice name)
{
    return slice_is(name, "ts") || slice_is(name, "nonce") || slice_is(name, "ext");
}

static bool is_hawk_name(struct slice name)
{
    return is_hawk_public(name) || slice_is(name, "id") || slice_is(name, "mac") ||
           slice_is(name, "hash") || slice_is(name, "app") || slice_is(name, "dlg");
}

/* Cuts `name="value"` with what separates it off the front; false: it is something else. */
static bool cut_attribute(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    if (!slice_cut(*rest, '=', ret_name, rest) || rest->len == 0 || rest->ptr[0] != '"')
        return false;
    *ret_name = slice_trim(*ret_name);
    return is_hawk_name(*ret_name) && slice_cut(slice_from(*rest, 1), '"', ret_value, rest);
}

/* Whether it reads as attributes of Hawk; marks what is secret of them. */
static bool mark_hawk(struct slice attributes, struct slice text, uint8_t *marks)
{
    struct slice rest = slice_trim(attributes);
    while (rest.len > 0) {
        struct slice name, value;
        if (!cut_attribute(&rest, &name, &value))
            return false;
        if (!is_hawk_public(name))
            mark(value, text, marks);
        rest = slice_trim(rest);
        if (rest.len > 0 && rest.ptr[0] != ',')
            return false;
        rest = slice_trim(slice_from(rest, 1));
    }
    return true;
}

/* False: it is not what it should be, so that its end is in doubt. */
static bool mark_value(struct slice value, struct slice text, uint8_t *marks)
{
    static const char *const schemes[] = { "Hawk", "Basic", "Bearer", "BrowserID" };
    struct slice scheme, rest;
    bool known = false, hawk = false;
    value = slice_trim(value);
    if (slice_cut(value, ' ', &scheme, &rest)) {
        hawk = slice_eq_nocase(scheme, SLICE("Hawk"));
        if (hawk && mark_hawk(rest, text, marks))
            return rest.len > 0;
        for (size_t i = 0; i < COUNT_OF(schemes); i++) {
            known = known || slice_eq_nocase(scheme, slice_text(schemes[i]));
        }
        value = known ? rest : value;
    }
    mark(value, text, marks);
    return known && !hawk && value.len > 0 && slice_find(value, ' ') == value.len;
}

/* `id="..."` and so on wherever they stand in the line: also where the field's name was broken. */
static void mark_attributes(struct slice line, struct slice text, uint8_t *marks)
{
    static const char *const names[] = { "id=\"", "mac=\"", "hash=\"" };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct slice rest = line;
        for (size_t at; (at = search(rest, names[i])) < rest.len;) {
            struct slice value;
            bool apart = at == 0 || !is_word(rest.ptr[at - 1]);
            rest = slice_from(rest, at + strlen(names[i]));
            (void)slice_cut(rest, '"', &value, &rest);
            if (apart)
                mark(value, text, marks);
        }
    }
}

/* Cuts a line off; CR and LF alone end one too. */
static struct slice cut_line(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->ptr[len] != '\n' && rest->ptr[len] != '\r')
        len++;
    struct slice line = slice_head(*rest, len);
    *rest = slice_from(*rest, len);
    *rest = slice_from(*rest, slice_starts(*rest, SLICE("\r\n")) ? 2 : 1);
    return line;
}

/* Whether the line begins with a name and a colon. */
static bool is_field(struct slice line)
{
    size_t at = 0;
    while (at < line.len && (is_word(line.ptr[at]) || line.ptr[at] == '-'))
        at++;
    return at > 0 && at < line.len && line.ptr[at] == ':';
}

/* What the line before says of one that is no field. */
enum behind {
    BEHIND_OTHER,
    BEHIND_SECRET,  /* it may go on: folded, or cut by a stray line end */
    BEHIND_DAMAGED, /* even across an empty line */
};

static enum behind mark_line(struct slice line, enum behind behind, struct slice text,
                             uint8_t *marks)
{
    struct slice value;
    if (line.len == 0)
        return behind == BEHIND_DAMAGED ? behind : BEHIND_OTHER;
    if (behind != BEHIND_OTHER && !is_field(line)) {
        mark(line, text, marks);
        return behind;
    }
    if (is_secret_line(line, &value))
        return mark_value(value, text, marks) ? BEHIND_SECRET : BEHIND_DAMAGED;
    mark_attributes(line, text, marks);
    return BEHIND_OTHER;
}

void exchange_marks_head(struct slice text, uint8_t *marks)
{
    enum behind behind = BEHIND_OTHER;
    for (struct slice rest = text; rest.len > 0;)
        behind = mark_line(cut_line(&rest), behind, text, marks);
}

/* The text of a JSON member's value, from behind its opening quote to its closing one. */
static struct slice member_text(struct slice after_name)
{
    size_t at = 0;
    while (at < after_name.len && strchr(" \t\r\n:", after_name.ptr[at]) != NULL &&
           after_name.ptr[at] != '\0')
        at++;
    if (at == after_name.len || after_name.ptr[at] != '"')
        return slice_of(after_name.ptr, 0);
    struct slice rest = slice_from(after_name, at + 1);
    size_t end = 0;
    while (end < rest.len && rest.ptr[end] != '"')
        end += rest.ptr[end] == '\\' ? 2 : 1;
    return slice_head(rest, end);
}

static void mark_member(struct slice text, struct slice name, uint8_t *marks)
{
    struct slice rest = text;
    for (size_t at; (at = slice_search(rest, name)) < rest.len;) {
        rest = slice_from(rest, at + name.len);
        mark(member_text(rest), text, marks);
    }
}

void exchange_marks_body(struct slice text, uint8_t *marks)
{
    static const struct slice names[] = {
        SLICE_INIT("\"key\""),           SLICE_INIT("\"access_token\""), SLICE_INIT("\"id_token\""),
        SLICE_INIT("\"refresh_token\""), SLICE_INIT("\"assertion\""),    SLICE_INIT("\"password\""),
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        mark_member(text, names[i], marks);
    /* A token server's response: there the id is a token. */
    if (slice_search(text, SLICE("\"api_endpoint\"")) < text.len)
        mark_member(text, SLICE("\"id\""), marks);
}
