/* Tokens that are read otherwise than they are made. */
#include "auth/hawk.h"
#include "base/base64.h"
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "record/scan.h"

#define LOCKED "clients of some token servers cannot sync"

enum { SIGNATURE = 32 };

/* Appends the payload of the token that a good request has; false: it has none. */
static bool read_payload(const struct fault_judging *judging, struct buf *out)
{
    const struct slice *header = http_fields_get(&judging->request->fields, "Authorization");
    struct auth_hawk hawk;
    if (judging->result != AUTH_OK || header == NULL || !auth_hawk_parse(*header, &hawk) ||
        !base64_decode(hawk.id, BASE64_URL, out) || out->len < SIGNATURE)
        return false;
    buf_truncate(out, out->len - SIGNATURE);
    return true;
}

/* The raw text of a member of the payload; empty: there is none. */
static struct slice member(struct slice payload, struct slice pointer)
{
    struct slice raw = { 0 };
    size_t offset = 0;
    return record_scan_pointer(payload, pointer, &raw, &offset) == RECORD_SCAN_BAD
               ? (struct slice){ 0 }
               : raw;
}

static void refuse_another_order(struct fault_judging *judging)
{
    AUTO(buf_free) struct buf payload = buf_bounded(LIMIT_TOKEN);
    if (read_payload(judging, &payload) && !slice_starts(buf_slice(&payload), SLICE("{\"uid\":")))
        judging->result = AUTH_BAD_TOKEN;
}

static void derive_of_six_letters(struct fault_judging *judging)
{
    enum { QUOTED = 8 };
    AUTO(buf_free) struct buf payload = buf_bounded(LIMIT_TOKEN);
    if (read_payload(judging, &payload) &&
        member(buf_slice(&payload), SLICE("/salt")).len != QUOTED)
        judging->result = AUTH_BAD_MAC;
}

static void refuse_fractions(struct fault_judging *judging)
{
    AUTO(buf_free) struct buf payload = buf_bounded(LIMIT_TOKEN);
    if (!read_payload(judging, &payload))
        return;
    struct slice expires = member(buf_slice(&payload), SLICE("/expires"));
    if (slice_find(expires, '.') < expires.len)
        judging->result = AUTH_BAD_TOKEN;
}

static const struct fault rows[] = {
    { .name = "token-payload-in-one-order",
      .what = "A token whose payload has blanks, or does not begin with its uid, is refused",
      .impact = LOCKED,
      .breaks = { "token/format/json-free-form" },
      .judge = refuse_another_order },
    { .name = "token-key-of-six-letters",
      .what = "The Hawk key is derived right only from a salt of six letters",
      .impact = LOCKED,
      .breaks = { "token/format/derived-key" },
      .judge = derive_of_six_letters },
    { .name = "token-expiry-without-fraction",
      .what = "A token whose expiry has a fraction is refused",
      .impact = LOCKED,
      .breaks = { "token/format/payload-fields" },
      .judge = refuse_fractions },
};

const struct fault_area fault_tokens = FAULT_AREA(rows);
