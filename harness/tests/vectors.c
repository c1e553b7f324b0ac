#include "tests/vectors.h"

#include "tests/support/support.h"

json_t *vectors_load(const char *path)
{
    AUTO(buf_free) struct buf file = support_read_file(path);
    json_error_t error;
    json_t *object = json_loadb((const char *)file.ptr, file.len, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return object;
}

struct slice vectors_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return slice_of(json_string_value(value), json_string_length(value));
}

static unsigned digit(uint8_t c)
{
    return c <= '9' ? c - (unsigned)'0' : c - (unsigned)'a' + 10;
}

struct buf vectors_bytes(const json_t *object, const char *key)
{
    assert_non_null(json_object_get(object, key));
    struct slice hex = vectors_text(object, key);
    struct buf bytes = buf_bounded(hex.len);
    assert_int_equal(hex.len % 2, 0);
    for (size_t i = 0; i < hex.len; i += 2)
        buf_add_byte(&bytes, (uint8_t)(digit(hex.ptr[i]) << 4 | digit(hex.ptr[i + 1])));
    assert_false(bytes.failed);
    return bytes;
}
