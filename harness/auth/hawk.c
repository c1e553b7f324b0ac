#include "auth/hawk.h"

#include "base/base64.h"

static const struct attribute {
    struct slice name;
    size_t offset; /* of its slice in struct auth_hawk */
    size_t limit;
} attributes[] = {
    { SLICE_INIT("id"), offsetof(struct auth_hawk, id), LIMIT_TOKEN },
    { SLICE_INIT("ts"), offsetof(struct auth_hawk, ts), 20 },
    { SLICE_INIT("nonce"), offsetof(struct auth_hawk, nonce), LIMIT_NONCE },
    { SLICE_INIT("mac"), offsetof(struct auth_hawk, mac), LIMIT_HAWK_ATTRIBUTE },
    { SLICE_INIT("hash"), offsetof(struct auth_hawk, hash), LIMIT_HAWK_ATTRIBUTE },
    { SLICE_INIT("ext"), offsetof(struct auth_hawk, ext), LIMIT_HAWK_ATTRIBUTE },
};

/* Hawk allows printable ASCII but the quote and the backslash. */
static bool value_allowed(struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.ptr[i];
        if (c < 0x20 || c > 0x7E || c == '"' || c == '\\')
            return false;
    }
    return true;
}

static struct slice skip_blanks(struct slice text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = slice_from(text, 1);
    return text;
}

/* Cuts `name="value"` and the comma behind it off ${rest}.  False when there is no such thing, or
 * the comma is followed by nothing. */
static bool cut_attribute(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
    struct slice text;
    if (!slice_cut(*rest, '=', ret_name, &text) || text.len == 0 || text.ptr[0] != '"')
        return false;
    if (!slice_cut(slice_from(text, 1), '"', ret_value, &text))
        return false;
    text = skip_blanks(text);
    if (text.len > 0) {
        if (text.ptr[0] != ',')
            return false;
        text = skip_blanks(slice_from(text, 1));
        if (text.len == 0)
            return false;
    }
    *rest = text;
    return true;
}

/* Stores the attribute.  False when it is unknown, repeated or not allowed. */
static bool store_attribute(struct auth_hawk *hawk, struct slice name, struct slice value,
                            unsigned *seen)
{
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        if (!slice_eq(name, attributes[i].name))
            continue;
        if ((*seen >> i & 1) != 0 || value.len > attributes[i].limit || !value_allowed(value))
            return false;
        *seen |= 1U << i;
        memcpy((uint8_t *)hawk + attributes[i].offset, &value, sizeof(value));
        return true;
    }
    return false;
}

bool auth_hawk_parse(struct slice header, struct auth_hawk *ret_hawk)
{
    struct slice scheme;
    struct slice rest;
    if (!slice_cut(header, ' ', &scheme, &rest) || !slice_eq_nocase(scheme, SLICE("Hawk")))
        return false;
    struct auth_hawk hawk = { 0 };
    unsigned seen = 0;
    rest = skip_blanks(rest);
    while (rest.len > 0) {
        struct slice name;
        struct slice value;
        if (!cut_attribute(&rest, &name, &value) || !store_attribute(&hawk, name, value, &seen))
            return false;
    }
    uint64_t ts;
    if (hawk.id.len == 0 || hawk.nonce.len == 0 || hawk.mac.len == 0 || !slice_to_u64(hawk.ts, &ts))
        return false;
    hawk.has_hash = hawk.hash.ptr != NULL;
    hawk.has_ext = hawk.ext.ptr != NULL;
    *ret_hawk = hawk;
    return true;
}

static void add_upper(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        buf_add_byte(out, c >= 'a' && c <= 'z' ? (uint8_t)(c - 0x20) : c);
    }
}

static void add_lower(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];
        buf_add_byte(out, c >= 'A' && c <= 'Z' ? (uint8_t)(c + 0x20) : c);
    }
}

static void add_line(struct slice text, struct buf *out)
{
    buf_add(out, text);
    buf_add_byte(out, '\n');
}

bool auth_hawk_normalise(const struct auth_hawk_input *input, struct buf *out)
{
    add_line(SLICE("hawk.1.header"), out);
    add_line(input->ts, out);
    add_line(input->nonce, out);
    add_upper(input->method, out);
    buf_add_byte(out, '\n');
    add_line(input->target, out);
    add_lower(input->host, out);
    buf_add_byte(out, '\n');
    buf_add_u64(out, input->port);
    buf_add_byte(out, '\n');
    add_line(input->hash, out);
    add_line(input->ext, out);
    return !out->failed;
}

/* The digest as base64 text with NUL. */
static bool write_digest(const uint8_t digest[AUTH_DIGEST], char ret_text[AUTH_MAC_TEXT])
{
    struct buf out = { .ptr = (uint8_t *)ret_text, .cap = AUTH_MAC_TEXT, .ceiling = AUTH_MAC_TEXT };
    return base64_encode(slice_of(digest, AUTH_DIGEST), BASE64_STANDARD, &out) &&
           buf_add_byte(&out, '\0');
}

bool auth_hawk_mac(struct slice key, const struct auth_hawk_input *input,
                   char ret_mac[AUTH_MAC_TEXT])
{
    uint8_t mac[AUTH_DIGEST];
    size_t most = 64 + input->ts.len + input->nonce.len + input->method.len + input->target.len +
                  input->host.len + input->hash.len + input->ext.len;
    AUTO(buf_free) struct buf text = buf_bounded(most);
    return buf_reserve(&text, most) && auth_hawk_normalise(input, &text) &&
           auth_hmac(key, buf_slice(&text), mac) && write_digest(mac, ret_mac);
}

bool auth_hawk_payload_hash(struct slice content_type, struct slice body,
                            char ret_hash[AUTH_MAC_TEXT])
{
    uint8_t digest[AUTH_DIGEST];
    struct slice type = slice_trim(slice_head(content_type, slice_find(content_type, ';')));
    AUTO(buf_free) struct buf lower = buf_bounded(LIMIT_FIELD_VALUE);
    add_lower(type, &lower);
    const struct slice parts[] = { SLICE("hawk.1.payload\n"), buf_slice(&lower), SLICE("\n"), body,
                                   SLICE("\n") };
    return !lower.failed && auth_sha256(parts, COUNT_OF(parts), digest) &&
           write_digest(digest, ret_hash);
}

static bool add_attribute(const char *name, struct slice value, struct buf *out)
{
    buf_add_text(out, name);
    buf_add_text(out, "=\"");
    buf_add(out, value);
    buf_add_byte(out, '"');
    return value_allowed(value) && !out->failed;
}

bool auth_hawk_sign(struct slice id, struct slice key, const struct auth_hawk_input *input,
                    struct buf *out)
{
    char mac[AUTH_MAC_TEXT];
    size_t before = out->len;
    bool ok = auth_hawk_mac(key, input, mac) && add_attribute("Hawk id", id, out) &&
              add_attribute(", ts", input->ts, out) &&
              add_attribute(", nonce", input->nonce, out) &&
              (input->hash.len == 0 || add_attribute(", hash", input->hash, out)) &&
              (input->ext.len == 0 || add_attribute(", ext", input->ext, out)) &&
              add_attribute(", mac", slice_text(mac), out);
    if (!ok)
        buf_truncate(out, before);
    return ok;
}
