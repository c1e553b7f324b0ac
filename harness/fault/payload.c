/* Payloads that do not come back as they were sent. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/txn.h"

#define LOST "data come back other than they were stored, and other devices cannot read them"

/* The payload with each byte as ${change} wants it: how many bytes it becomes in ${out}, at most
 * four. */
typedef size_t change_byte(struct slice rest, size_t *ret_taken, uint8_t out[4]);

static void change_payload(struct fault_txn *txn, struct record_update *update, change_byte *change)
{
    uint8_t *room = fault_txn_room(txn, 4 * update->payload.len + 1);
    size_t len = 0;
    if (room == NULL || update->payload_is != RECORD_VALUE)
        return;
    for (size_t at = 0; at < update->payload.len;) {
        size_t taken = 1;
        len += change(slice_from(update->payload, at), &taken, room + len);
        at += taken;
    }
    update->payload = slice_of(room, len);
}

static size_t keep(struct slice rest, uint8_t out[4])
{
    out[0] = rest.ptr[0];
    return 1;
}

static size_t drop_cr(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    (void)ret_taken;
    return slice_starts(rest, SLICE("\r\n")) ? 0 : keep(rest, out);
}

static size_t compose(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    /* e and a combining acute accent are one letter in another form. */
    if (!slice_starts(rest, SLICE("e\xcc\x81")))
        return keep(rest, out);
    *ret_taken = 3;
    out[0] = 0xc3;
    out[1] = 0xa9;
    return 2;
}

static size_t three_bytes(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    if (rest.ptr[0] < 0xf0)
        return keep(rest, out);
    *ret_taken = 4;
    out[0] = '?';
    return 1;
}

static size_t encode_again(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    uint8_t byte = rest.ptr[0];
    (void)ret_taken;
    if (byte < 0x80)
        return keep(rest, out);
    out[0] = (uint8_t)(0xc0 | byte >> 6);
    out[1] = (uint8_t)(0x80 | (byte & 0x3f));
    return 2;
}

static size_t strip_slash(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    if (rest.ptr[0] != '\\' || rest.len < 2)
        return keep(rest, out);
    *ret_taken = 2;
    return keep(slice_from(rest, 1), out);
}

static size_t no_controls(struct slice rest, size_t *ret_taken, uint8_t out[4])
{
    (void)ret_taken;
    return rest.ptr[0] < ' ' ? 0 : keep(rest, out);
}

static void bend_newlines(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, drop_cr);
}

static void bend_compose(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, compose);
}

static void bend_three_bytes(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, three_bytes);
}

static void bend_encode_again(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, encode_again);
}

static void bend_slashes(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, strip_slash);
}

static void bend_controls(struct fault_txn *txn, struct record_update *update)
{
    change_payload(txn, update, no_controls);
}

static void bend_at_nul(struct fault_txn *txn, struct record_update *update)
{
    (void)txn;
    update->payload = slice_head(update->payload, slice_find(update->payload, '\0'));
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void bend_trim(struct fault_txn *txn, struct record_update *update)
{
    struct slice *payload = &update->payload;
    (void)txn;
    while (payload->len > 0 && is_blank(payload->ptr[payload->len - 1]))
        payload->len--;
    while (payload->len > 0 && is_blank(payload->ptr[0]))
        *payload = slice_from(*payload, 1);
}

/* Parsed and written again: what is between the tokens of JSON goes. */
static void bend_compact(struct fault_txn *txn, struct record_update *update)
{
    uint8_t *room = fault_txn_room(txn, update->payload.len + 1);
    size_t len = 0;
    bool quoted = false;
    size_t first = 0;
    while (first < update->payload.len && is_blank(update->payload.ptr[first]))
        first++;
    if (room == NULL || !slice_starts(slice_from(update->payload, first), SLICE("{")))
        return;
    for (size_t i = 0; i < update->payload.len; i++) {
        uint8_t byte = update->payload.ptr[i];
        quoted ^= byte == '"' && (i == 0 || update->payload.ptr[i - 1] != '\\');
        if (quoted || !is_blank(byte))
            room[len++] = byte;
    }
    update->payload = slice_of(room, len);
}

static void bend_cut(struct fault_txn *txn, struct record_update *update)
{
    update->payload = slice_head(update->payload, (size_t)txn->fault->number);
}

/* A column that holds bytes but counts letters, or the other way round. */
static void bend_empty_large(struct fault_txn *txn, struct record_update *update)
{
    if (update->payload.len > (size_t)txn->fault->number)
        update->payload.len = 0;
}

static const struct fault rows[] = {
    { .name = "payload-trimmed",
      .what = "Blanks at both ends of a payload are cut off",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode", "format5/server/opaque" },
      .bend = bend_trim },
    { .name = "payload-crlf-to-lf",
      .what = "CR LF in a payload becomes LF",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode", "format5/server/opaque" },
      .bend = bend_newlines },
    { .name = "payload-normalised",
      .what = "Payloads are brought into Unicode's composed form",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode" },
      .bend = bend_compose },
    { .name = "payload-utf8mb3",
      .what = "Characters of four bytes become question marks, as in a column of MySQL's utf8",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode", "1.5/bso/payload-utf8-wire",
                  "1.5/batch/commit-visible-all" },
      .bend = bend_three_bytes },
    { .name = "payload-encoded-twice",
      .what = "UTF-8 is taken for Latin-1 and encoded again",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-utf8-wire", "1.5/bso/payload-opaque-unicode" },
      .bend = bend_encode_again },
    { .name = "payload-encoded-twice-in-batches",
      .what = "UTF-8 is taken for Latin-1 and encoded again where a batch is committed",
      .impact = LOST,
      .breaks = { "1.5/batch/commit-visible-all" },
      .on = FAULT_POST | FAULT_COLLECTION,
      .bend = bend_encode_again },
    { .name = "payload-slashes-stripped",
      .what = "Backslashes in payloads are taken for escapes and dropped",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode", "format5/server/opaque" },
      .bend = bend_slashes },
    { .name = "payload-controls-dropped",
      .what = "Control characters are dropped from payloads",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode" },
      .bend = bend_controls },
    { .name = "payload-ends-at-nul",
      .what = "A payload ends at its first U+0000, as texts of C do",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-opaque-unicode" },
      .bend = bend_at_nul },
    { .name = "payload-json-compacted",
      .what = "A payload that looks like JSON is parsed and written anew",
      .impact = "its HMAC does not fit any more: every device drops the record",
      .breaks = { "format5/server/opaque" },
      .bend = bend_compact },
    { .name = "payload-cut-at-64k",
      .what = "Payloads are cut at 65535 bytes, as in a column of MySQL's TEXT",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-256k", "format5/server/opaque" },
      .bend = bend_cut,
      .number = 65535 },
    { .name = "payload-cut-by-one",
      .what = "A payload of exactly 256 KiB loses its last byte",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-256k" },
      .bend = bend_cut,
      .number = 262143 },
    { .name = "payload-large-ones-are-empty",
      .what = "A payload of more than 200000 bytes is stored as an empty one",
      .impact = LOST,
      .breaks = { "1.5/bso/payload-256k", "format5/server/opaque" },
      .bend = bend_empty_large,
      .number = 200000 },
};

const struct fault_area fault_payload = FAULT_AREA(rows);
