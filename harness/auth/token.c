#include "auth/token.h"

#include "auth/digest.h"
#include "base/base64.h"
#include "base/stamp.h"
#include "record/bso.h"
#include "record/scan.h"

#define INFO_SIGNING "services.mozilla.com/tokenlib/v1/signing"
#define INFO_DERIVE  "services.mozilla.com/tokenlib/v1/derive/"

/* The signature of a payload. */
static bool sign_payload(struct slice secret, struct slice payload, uint8_t ret[AUTH_DIGEST])
{
    uint8_t key[AUTH_DIGEST];
    bool ok = auth_hkdf(secret, (struct slice){ 0 }, SLICE(INFO_SIGNING), key, sizeof(key)) &&
              auth_hmac(slice_of(key, sizeof(key)), payload, ret);
    auth_wipe(key, sizeof(key));
    return ok;
}

bool auth_token_mint_payload(struct slice secret, struct slice payload, struct buf *out)
{
    uint8_t signature[AUTH_DIGEST];
    if (payload.len > SIZE_MAX - AUTH_DIGEST || !sign_payload(secret, payload, signature))
        return false;
    AUTO(buf_free) struct buf whole = buf_bounded(payload.len + AUTH_DIGEST);
    buf_add(&whole, payload);
    buf_add(&whole, slice_of(signature, sizeof(signature)));
    return !whole.failed && base64_encode(buf_slice(&whole), BASE64_URL, out);
}

static void add_text(const char *key, struct slice text, struct buf *out)
{
    buf_add_text(out, key);
    record_encode_string(text, out);
}

static void add_optional(const char *key, struct slice text, struct buf *out)
{
    if (text.len > 0)
        add_text(key, text, out);
}

/* Spaced as the token server spaces it. */
static void write_payload(const struct auth_token *token, struct buf *out)
{
    buf_add_text(out, "{\"uid\": ");
    buf_add_u64(out, token->uid);
    add_text(", \"node\": ", token->node, out);
    buf_add_text(out, ", \"expires\": ");
    if (token->expires % STAMP_SECOND == 0)
        buf_add_i64(out, token->expires / STAMP_SECOND);
    else
        stamp_write(token->expires, out);
    add_optional(", \"fxa_uid\": ", token->fxa_uid, out);
    add_optional(", \"fxa_kid\": ", token->fxa_kid, out);
    add_optional(", \"hashed_fxa_uid\": ", token->hashed_fxa_uid, out);
    add_optional(", \"hashed_device_id\": ", token->hashed_device_id, out);
    add_text(", \"salt\": ", token->salt, out);
    buf_add_byte(out, '}');
}

bool auth_token_mint(struct slice secret, const struct auth_token *token, struct buf *out)
{
    AUTO(buf_free) struct buf payload = buf_bounded(LIMIT_TOKEN);
    write_payload(token, &payload);
    return !payload.failed && auth_token_mint_payload(secret, buf_slice(&payload), out);
}

bool auth_token_key(struct slice secret, struct slice token_text, struct slice salt,
                    char ret_key[AUTH_KEY_TEXT])
{
    uint8_t key[AUTH_DIGEST];
    struct buf text = { .ptr = (uint8_t *)ret_key, .cap = AUTH_KEY_TEXT, .ceiling = AUTH_KEY_TEXT };
    AUTO(buf_free) struct buf info = buf_bounded(sizeof(INFO_DERIVE) + token_text.len);
    buf_add_text(&info, INFO_DERIVE);
    buf_add(&info, token_text);
    bool ok = !info.failed && auth_hkdf(secret, salt, buf_slice(&info), key, sizeof(key)) &&
              base64_encode(slice_of(key, sizeof(key)), BASE64_URL, &text) &&
              buf_add_byte(&text, '\0');
    auth_wipe(key, sizeof(key));
    return ok;
}

enum claim_kind { CLAIM_UID, CLAIM_STAMP, CLAIM_TEXT };

static const struct claim {
    struct slice key;
    enum claim_kind kind;
    bool required;
    size_t offset; /* in struct auth_token */
} claims[] = {
    { SLICE_INIT("uid"), CLAIM_UID, true, offsetof(struct auth_token, uid) },
    { SLICE_INIT("node"), CLAIM_TEXT, true, offsetof(struct auth_token, node) },
    { SLICE_INIT("expires"), CLAIM_STAMP, true, offsetof(struct auth_token, expires) },
    { SLICE_INIT("salt"), CLAIM_TEXT, true, offsetof(struct auth_token, salt) },
    { SLICE_INIT("fxa_uid"), CLAIM_TEXT, false, offsetof(struct auth_token, fxa_uid) },
    { SLICE_INIT("fxa_kid"), CLAIM_TEXT, false, offsetof(struct auth_token, fxa_kid) },
    { SLICE_INIT("hashed_fxa_uid"), CLAIM_TEXT, false,
      offsetof(struct auth_token, hashed_fxa_uid) },
    { SLICE_INIT("hashed_device_id"), CLAIM_TEXT, false,
      offsetof(struct auth_token, hashed_device_id) },
};

/* The row of the key just read, or COUNT_OF(claims). */
static size_t find_claim(const struct record_scan *scan)
{
    size_t i = 0;
    while (i < COUNT_OF(claims) && !record_scan_reads(scan->raw, claims[i].key))
        i++;
    return i;
}

/* The decoded text of the string just read; ${scratch} has the room. */
static bool read_text(const struct record_scan *scan, struct buf *scratch, struct slice *ret_text)
{
    if (!scan->escaped) {
        *ret_text = scan->raw;
        return true;
    }
    size_t from = scratch->len;
    if (!record_scan_unescape(scan->raw, scratch))
        return false;
    *ret_text = slice_of(scratch->ptr + from, scratch->len - from);
    return true;
}

/* Reads the value of a claim into the token. */
static bool read_claim(const struct claim *claim, struct record_scan *scan, struct buf *scratch,
                       struct auth_token *token)
{
    enum record_token kind = record_scan_next(scan);
    uint8_t *field = (uint8_t *)token + claim->offset;
    if (claim->kind == CLAIM_UID)
        return kind == RECORD_SCAN_NUMBER && slice_to_u64(scan->raw, (uint64_t *)(void *)field);
    if (claim->kind == CLAIM_STAMP)
        return kind == RECORD_SCAN_NUMBER && stamp_parse(scan->raw, (int64_t *)(void *)field);
    return kind == RECORD_SCAN_STRING && read_text(scan, scratch, (struct slice *)(void *)field);
}

/* Reads the member whose key was just read. */
static bool read_member(struct record_scan *scan, struct buf *scratch, struct auth_token *token,
                        unsigned *seen)
{
    size_t row = find_claim(scan);
    if (row == COUNT_OF(claims))
        return record_scan_skip(scan, record_scan_next(scan));
    if ((*seen >> row & 1) != 0)
        return false;
    *seen |= 1U << row;
    return read_claim(&claims[row], scan, scratch, token);
}

/* Keys that are not claims of ours are passed. */
static bool read_payload(struct slice payload, struct buf *scratch, struct auth_token *ret_token)
{
    struct record_scan scan = record_scan_of(payload);
    struct auth_token token = { 0 };
    unsigned seen = 0;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return false;
    enum record_token next;
    while ((next = record_scan_next(&scan)) == RECORD_SCAN_KEY) {
        if (!read_member(&scan, scratch, &token, &seen))
            return false;
    }
    if (next != RECORD_SCAN_CLOSE_OBJECT || record_scan_next(&scan) != RECORD_SCAN_END)
        return false;
    for (size_t i = 0; i < COUNT_OF(claims); i++) {
        if (claims[i].required && (seen >> i & 1) == 0)
            return false;
    }
    *ret_token = token;
    return true;
}

/* The secret that signed.  All are tried, so that time does not tell which. */
static enum auth_token_err find_secret(const struct auth_secrets *secrets, struct slice payload,
                                       struct slice signature, struct slice *ret_secret)
{
    enum auth_token_err err = AUTH_TOKEN_FORGED;
    for (size_t i = secrets->count; i-- > 0;) {
        uint8_t right[AUTH_DIGEST];
        if (!sign_payload(secrets->at[i], payload, right))
            return AUTH_TOKEN_NOMEM;
        if (auth_equal(slice_of(right, sizeof(right)), signature)) {
            *ret_secret = secrets->at[i];
            err = AUTH_TOKEN_OK;
        }
    }
    return err;
}

enum auth_token_err auth_token_open(const struct auth_secrets *secrets, struct slice text,
                                    int64_t now, struct buf *scratch,
                                    struct auth_token_opened *ret_opened)
{
    size_t from = scratch->len;
    if (text.len > LIMIT_TOKEN)
        return AUTH_TOKEN_MALFORMED;
    /* Twice: the payload, and what its escaped strings decode to, must not move each other. */
    if (!buf_reserve(scratch, 2 * text.len))
        return AUTH_TOKEN_NOMEM;
    if (!base64_decode(text, BASE64_URL, scratch) || scratch->len - from <= AUTH_DIGEST)
        return AUTH_TOKEN_MALFORMED;
    size_t len = scratch->len - from - AUTH_DIGEST;
    struct slice payload = slice_of(scratch->ptr + from, len);
    struct slice signature = slice_of(scratch->ptr + from + len, AUTH_DIGEST);
    struct slice secret = { 0 };
    struct auth_token token;
    TRY(find_secret(secrets, payload, signature, &secret));
    if (!read_payload(payload, scratch, &token))
        return AUTH_TOKEN_MALFORMED;
    if (!auth_token_key(secret, text, token.salt, ret_opened->key))
        return AUTH_TOKEN_NOMEM;
    ret_opened->token = token;
    return token.expires <= now ? AUTH_TOKEN_EXPIRED : AUTH_TOKEN_OK;
}

const char *auth_secrets_read(struct slice content, struct auth_secrets *ret_secrets)
{
    struct auth_secrets secrets = { 0 };
    while (content.len > 0) {
        struct slice line;
        slice_cut(content, '\n', &line, &content);
        if (slice_ends(line, SLICE("\r")))
            line = slice_head(line, line.len - 1);
        line = slice_trim(line);
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (secrets.count == LIMIT_SECRETS)
            return "the file holds more than 8 secrets";
        secrets.at[secrets.count++] = line;
    }
    if (secrets.count == 0)
        return "the file holds no secret";
    *ret_secrets = secrets;
    return NULL;
}
