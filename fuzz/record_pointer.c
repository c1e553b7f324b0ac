/* A JSON pointer leads to the value to which it leads in what jansson reads.  The input has the
 * pointer in its first line and a JSON text behind it. */
#include "record/scan.h"

#include "fuzz/deep.h"

#include <jansson.h>

enum { NAME_ROOM = 1024 };

/* The member's name without ~0 and ~1; false when it is too long to be asked for. */
static bool plain_name(struct slice name, char out[NAME_ROOM])
{
    size_t len = 0;
    if (name.len >= NAME_ROOM)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = (char)name.ptr[i];
        if (c == '~' && i + 1 < name.len)
            c = name.ptr[++i] == '1' ? '/' : '~';
        out[len++] = c;
    }
    out[len] = '\0';
    return strlen(out) == len;
}

static const json_t *element(const json_t *list, struct slice name)
{
    uint64_t index;
    bool plain = slice_to_u64(name, &index) && (name.len == 1 || name.ptr[0] != '0');
    return plain ? json_array_get(list, index) : NULL;
}

/* The value; NULL when there is none. */
static const json_t *walk(const json_t *value, struct slice pointer)
{
    char room[NAME_ROOM];
    struct slice name;
    if (pointer.len > 0 && pointer.ptr[0] != '/')
        return NULL;
    for (bool more = pointer.len > 0; more && value != NULL;) {
        more = slice_cut(slice_from(pointer, 1), '/', &name, &pointer);
        if (more)
            pointer = slice_of(pointer.ptr - 1, pointer.len + 1); /* the slash leads the next */
        if (json_is_array(value))
            value = element(value, name);
        else
            value = plain_name(name, room) ? json_object_get(value, room) : NULL;
    }
    return value;
}

static void check_same(const json_t *theirs, struct slice raw)
{
    json_t *ours = json_loadb((const char *)raw.ptr, raw.len,
                              JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    FUZZ_CHECK(ours != NULL && json_equal(ours, theirs));
    json_decref(ours);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice pointer, text, raw = { 0 };
    size_t offset = 0;
    slice_cut(slice_of(data, size), '\n', &pointer, &text);
    enum record_token token = record_scan_pointer(text, pointer, &raw, &offset);
    bool found = token != RECORD_SCAN_BAD && token != RECORD_SCAN_END;
    FUZZ_CHECK(!found || (raw.ptr == text.ptr + offset && offset + raw.len <= text.len));
    uint64_t outcome = (uint64_t)token;
    for (size_t i = 0; i < pointer.len && i < 8; i++)
        fuzz_note(&outcome, pointer.ptr[i]);
    if (!fuzz_goes_deep(outcome) || slice_find(text, 0) < text.len ||
        slice_find(pointer, 0) < pointer.len)
        return 0;
    json_t *whole =
        json_loadb((const char *)text.ptr, text.len,
                   JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
    const json_t *theirs = whole == NULL ? NULL : walk(whole, pointer);
    if (whole != NULL)
        FUZZ_CHECK(found == (theirs != NULL));
    if (theirs != NULL)
        check_same(theirs, raw);
    json_decref(whole);
    return 0;
}
