#include "core/offset.h"

#include "base/base64.h"

/* One byte for the order, eight for the number (most significant first), the rest is the id. */
enum { NUMBER_BYTES = 8, HEAD = 1 + NUMBER_BYTES };

bool core_offset_write(const struct core_offset *offset, struct buf *out)
{
    uint8_t bytes[HEAD + LIMIT_BSO_ID];
    if (offset->id.len > LIMIT_BSO_ID)
        return false;
    uint64_t number = (uint64_t)offset->number;
    bytes[0] = (uint8_t)offset->order;
    for (size_t i = NUMBER_BYTES; i > 0; i--, number >>= 8)
        bytes[i] = (uint8_t)number;
    memcpy(bytes + HEAD, offset->id.ptr, offset->id.len);
    return base64_encode(slice_of(bytes, HEAD + offset->id.len), BASE64_URL, out);
}

bool core_offset_read(struct slice text, enum store_order order, struct buf *scratch,
                      struct core_offset *ret_offset)
{
    size_t at = scratch->len;
    if (!base64_decode(text, BASE64_URL, scratch))
        return false;
    struct slice bytes = slice_from(buf_slice(scratch), at);
    if (bytes.len < HEAD || bytes.ptr[0] != (uint8_t)order)
        return false;
    uint64_t number = 0;
    for (size_t i = 1; i <= NUMBER_BYTES; i++)
        number = number << 8 | bytes.ptr[i];
    struct slice id = slice_from(bytes, HEAD);
    if (!record_id_valid(id))
        return false;
    *ret_offset = (struct core_offset){ .order = order, .number = (int64_t)number, .id = id };
    return true;
}
