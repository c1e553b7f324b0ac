/* A field is written exactly when its name is a token and its value is text without control
 * characters, and is found again under its name, in any case, as it was.  The input has a field a
 * line, name and value with a colon between. */
#include "fuzz/check.h"
#include "http/parser.h"
#include "http/writer.h"

#include <ctype.h>

enum { FIELDS = 8, ROOM = 64 * 1024 };

static bool is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (!isalnum(byte) && (byte == 0 || strchr("!#$%&'*+-.^_`|~", byte) == NULL))
            return false;
    }
    return text.len > 0;
}

static bool is_value(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((text.ptr[i] < ' ' && text.ptr[i] != '\t') || text.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

/* Writes x-, the name in capitals, so that it is none that the parser knows. */
static struct slice name_of(struct slice text, char room[LIMIT_FIELD_NAME])
{
    text = slice_head(text, LIMIT_FIELD_NAME - 2);
    memcpy(room, "x-", 2);
    for (size_t i = 0; i < text.len; i++)
        room[2 + i] = (char)toupper(text.ptr[i]);
    return slice_of(room, 2 + text.len);
}

static void check_read(const struct http_field *sent, size_t count, struct slice wire)
{
    struct http_parser *parser = http_parser_new(HTTP_REQUESTS, NULL);
    FUZZ_CHECK(parser != NULL && http_parser_next(parser, &wire) == HTTP_EVENT_HEAD);
    const struct http_fields *fields = &http_parser_request(parser)->fields;
    FUZZ_CHECK(fields->count == count);
    for (size_t i = 0; i < count; i++) {
        char lower[LIMIT_FIELD_NAME + 1] = "";
        size_t first = count;
        for (size_t k = count; k > 0; k--)
            first = slice_eq_nocase(sent[k - 1].name, sent[i].name) ? k - 1 : first;
        for (size_t k = 0; k < sent[i].name.len; k++)
            lower[k] = (char)tolower(sent[i].name.ptr[k]);
        FUZZ_CHECK(slice_eq(fields->at[i].name, sent[i].name));
        FUZZ_CHECK(slice_eq(fields->at[i].value, slice_trim(sent[i].value)));
        FUZZ_CHECK(http_fields_get(fields, lower) == &fields->at[first].value);
    }
    http_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char rooms[FIELDS][LIMIT_FIELD_NAME];
    struct http_field fields[FIELDS + 1] = { { SLICE("Host"), SLICE("h") } };
    struct slice rest = slice_of(data, size), line;
    size_t count = 1;
    bool good = true;
    for (; count <= FIELDS && rest.len > 0; count++) {
        struct http_field *field = &fields[count];
        slice_cut(rest, '\n', &line, &rest);
        slice_cut(line, ':', &field->name, &field->value);
        field->name = name_of(field->name, rooms[count - 1]);
        field->value = slice_head(field->value, LIMIT_HEAD / (2 * FIELDS));
        good = good && is_token(field->name) && is_value(field->value);
    }
    const struct http_request request = {
        .method_text = SLICE("GET"), .target = SLICE("/"), .minor = 1, .fields = { fields, count }
    };
    FUZZ_BUF(wire, ROOM);
    buf_clear(&wire);
    FUZZ_CHECK(http_write_request(&request, &wire) == good);
    if (good)
        check_read(fields, count, buf_slice(&wire));
    return 0;
}
