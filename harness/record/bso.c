#include "record/bso.h"

#include "base/stamp.h"
#include "record/text.h"

bool record_id_valid(struct slice id)
{
    if (id.len < 1 || id.len > LIMIT_BSO_ID)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        if (id.ptr[i] < 0x20 || id.ptr[i] > 0x7E)
            return false;
    }
    return true;
}

bool record_id_valid_for(enum record_kind kind, struct slice id)
{
    return record_id_valid(id) && (kind != RECORD_OLD_WBO || slice_find(id, ',') == id.len);
}

static bool in_name(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

bool record_collection_valid(struct slice name)
{
    if (name.len < 1 || name.len > LIMIT_COLLECTION_NAME)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!in_name(name.ptr[i]))
            return false;
    }
    return true;
}

/* The letter of the two-byte escapes; 0: \u00XX. */
static const uint8_t short_escapes[128] = {
    ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
    ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
};

/* Appends the escape of a byte that cannot stand for itself, all of which are ASCII. */
static void add_escape(uint8_t byte, struct buf *out)
{
    static const uint8_t hex[] = "0123456789abcdef";
    if (short_escapes[byte & 0x7F] != 0)
        buf_add(out, slice_of((uint8_t[]){ '\\', short_escapes[byte & 0x7F] }, 2));
    else
        buf_add(out,
                slice_of((uint8_t[]){ '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] }, 6));
}

bool record_encode_string(struct slice text, struct buf *out)
{
    buf_add_byte(out, '"');
    while (text.len > 0) {
        size_t run = record_text_plain(text, 0);
        buf_add(out, slice_head(text, run));
        text = slice_from(text, run);
        if (text.len > 0) {
            add_escape(text.ptr[0], out);
            text = slice_from(text, 1);
        }
    }
    return buf_add_byte(out, '"');
}

static void add_relations(const struct record_bso *bso, struct buf *out)
{
    static const char *const keys[RECORD_RELATIONS] = {
        [RECORD_PARENT] = ",\"parentid\":",
        [RECORD_PREDECESSOR] = ",\"predecessorid\":",
    };
    for (size_t i = 0; i < RECORD_RELATIONS; i++) {
        if (bso->relations[i].len == 0)
            continue;
        buf_add_text(out, keys[i]);
        record_encode_string(bso->relations[i], out);
    }
}

bool record_encode(enum record_kind kind, const struct record_bso *bso, struct buf *out)
{
    buf_add(out, SLICE("{\"id\":"));
    record_encode_string(bso->id, out);
    buf_add(out, SLICE(",\"modified\":"));
    stamp_write(bso->modified, out);
    if (bso->has_sortindex) {
        buf_add(out, SLICE(",\"sortindex\":"));
        buf_add_i64(out, bso->sortindex);
    }
    if (kind != RECORD_BSO)
        add_relations(bso, out);
    buf_add(out, SLICE(",\"payload\":"));
    record_encode_string(bso->payload, out);
    return buf_add_byte(out, '}');
}
