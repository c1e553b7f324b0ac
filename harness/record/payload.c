#include "record/payload.h"

#include "base/base64.h"
#include "record/member.h"

#include <openssl/evp.h>
#include <stdio.h>

enum {
    BLOCK = 16,
    HMAC_TEXT = 2 * MAC_SIZE + 1,
    PAYLOAD_MAX = LIMIT_REPLY_BODY, /* keeps lengths in what OpenSSL counts with, an int */
};

/* The decoded texts of a payload. */
struct texts {
    struct slice ciphertext, iv, hmac;
};

static const struct field {
    struct slice key;
    size_t offset;
} fields[] = {
    { SLICE_INIT("ciphertext"), offsetof(struct texts, ciphertext) },
    { SLICE_INIT("IV"), offsetof(struct texts, iv) },
    { SLICE_INIT("hmac"), offsetof(struct texts, hmac) },
};

static const struct {
    const char *step, *reason;
} steps[] = {
    [RECORD_PAYLOAD_OK] = { "open", "it is open" },
    [RECORD_PAYLOAD_SHAPE] = { "shape", "the payload is no JSON object with one text each of "
                                        "ciphertext, IV and hmac" },
    [RECORD_PAYLOAD_HMAC] = { "hmac", "the HMAC is not that of these keys: the record was made "
                                      "with others, or was changed" },
    [RECORD_PAYLOAD_ENCODING] = { "encoding", "ciphertext is no base64 of whole blocks, or IV is "
                                              "no base64 of 16 bytes" },
    [RECORD_PAYLOAD_PADDING] = { "padding", "the last block does not end with PKCS#7 padding" },
    [RECORD_PAYLOAD_CLEARTEXT] = { "cleartext", "the cleartext is no JSON object in UTF-8" },
    [RECORD_PAYLOAD_ID] = { "id", "the cleartext has the id of another record" },
    [RECORD_PAYLOAD_NOMEM] = { "memory", "there is no memory for it" },
};

const char *record_payload_step(enum record_payload_err err)
{
    return steps[err].step;
}

const char *record_payload_reason(enum record_payload_err err)
{
    return steps[err].reason;
}

/* The decoded text of the value just read; ${scratch} holds it when it has escapes. */
static enum record_payload_err read_text(const struct record_scan *scan, enum record_token token,
                                         struct buf *scratch, struct slice *ret_text)
{
    if (token != RECORD_SCAN_STRING || scan->unpaired)
        return RECORD_PAYLOAD_SHAPE;
    *ret_text = scan->raw;
    if (!scan->escaped)
        return RECORD_PAYLOAD_OK;
    /* Room for all texts at once: what is decoded later does not move what was decoded before. */
    size_t from = scratch->len;
    if (!buf_reserve(scratch, scan->text.len - from) || !record_scan_unescape(scan->raw, scratch))
        return RECORD_PAYLOAD_NOMEM;
    *ret_text = slice_of(scratch->ptr + from, scratch->len - from);
    return RECORD_PAYLOAD_OK;
}

/* The row of a key, or COUNT_OF(fields). */
static size_t find_field(struct slice key)
{
    size_t row = 0;
    while (row < COUNT_OF(fields) && !record_scan_reads(key, fields[row].key))
        row++;
    return row;
}

static enum record_payload_err read_texts(struct slice payload, struct buf *scratch,
                                          struct texts *ret_texts)
{
    struct record_scan scan = record_scan_of(payload);
    struct slice key = { 0 };
    enum record_token token;
    unsigned seen = 0; /* a bit per row */
    if (payload.len > PAYLOAD_MAX || record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return RECORD_PAYLOAD_SHAPE;
    while ((token = record_member_next(&scan, &key)) != RECORD_SCAN_CLOSE_OBJECT) {
        size_t row = find_field(key);
        if (row < COUNT_OF(fields)) {
            struct slice text;
            TRY(read_text(&scan, token, scratch, &text));
            memcpy((char *)ret_texts + fields[row].offset, &text, sizeof(text));
        }
        if (!record_scan_skip(&scan, token) || (row < COUNT_OF(fields) && (seen >> row & 1) != 0))
            return RECORD_PAYLOAD_SHAPE;
        seen |= 1U << row;
    }
    bool complete = (seen & 7U) == 7U && record_scan_next(&scan) == RECORD_SCAN_END;
    return complete ? RECORD_PAYLOAD_OK : RECORD_PAYLOAD_SHAPE;
}

static bool write_hmac(struct slice ciphertext, const struct record_bundle *keys,
                       char ret_hex[HMAC_TEXT])
{
    uint8_t mac[MAC_SIZE];
    if (!mac_hmac(slice_of(keys->hmac, sizeof(keys->hmac)), ciphertext, mac))
        return false;
    for (size_t i = 0; i < sizeof(mac); i++)
        (void)snprintf(ret_hex + 2 * i, 3, "%02x", mac[i]);
    mac_wipe(mac, sizeof(mac));
    return true;
}

static enum record_payload_err check_hmac(const struct texts *texts,
                                          const struct record_bundle *keys)
{
    char right[HMAC_TEXT];
    if (!write_hmac(texts->ciphertext, keys, right))
        return RECORD_PAYLOAD_NOMEM;
    bool same = mac_equal(slice_of(right, HMAC_TEXT - 1), texts->hmac);
    mac_wipe(right, sizeof(right));
    return same ? RECORD_PAYLOAD_OK : RECORD_PAYLOAD_HMAC;
}

static enum record_payload_err decode_iv(struct slice text, uint8_t ret_iv[RECORD_IV])
{
    uint8_t bytes[RECORD_IV + 2]; /* base64 is decoded in groups of three */
    struct buf iv = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
    if (!base64_decode(text, BASE64_STANDARD, &iv) || iv.len != RECORD_IV)
        return RECORD_PAYLOAD_ENCODING;
    memcpy(ret_iv, bytes, RECORD_IV);
    return RECORD_PAYLOAD_OK;
}

/* Whole blocks, in place.  The padding stays. */
static bool decipher(const struct record_bundle *keys, const uint8_t iv[RECORD_IV], uint8_t *bytes,
                     size_t len)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int done = 0;
    bool ok = context != NULL &&
              EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), NULL, keys->encryption, iv) == 1 &&
              EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
              EVP_DecryptUpdate(context, bytes, &done, bytes, (int)len) == 1 && (size_t)done == len;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

/* How many bytes of the last block are padding; 0: it is wrong. */
static size_t padding_of(struct slice blocks)
{
    size_t count = blocks.ptr[blocks.len - 1];
    if (count == 0 || count > BLOCK)
        return 0;
    for (size_t i = 2; i <= count; i++) { /* the last byte is the count itself */
        if (blocks.ptr[blocks.len - i] != count)
            return 0;
    }
    return count;
}

/* Replaces the blocks that were appended to ${out} behind ${before} by their cleartext. */
static enum record_payload_err open_blocks(const struct record_bundle *keys,
                                           const uint8_t iv[RECORD_IV], size_t before,
                                           struct buf *out)
{
    size_t len = out->len - before;
    if (len == 0 || len % BLOCK != 0)
        return RECORD_PAYLOAD_ENCODING;
    if (!decipher(keys, iv, out->ptr + before, len))
        return RECORD_PAYLOAD_NOMEM;
    size_t padding = padding_of(buf_slice(out));
    if (padding == 0)
        return RECORD_PAYLOAD_PADDING;
    buf_truncate(out, out->len - padding);
    return RECORD_PAYLOAD_OK;
}

/* Takes back what was appended behind ${before}. */
static void take_back(struct buf *out, size_t before)
{
    if (out->len > before)
        mac_wipe(out->ptr + before, out->len - before);
    buf_truncate(out, before);
}

enum record_payload_err record_payload_decrypt(struct slice payload,
                                               const struct record_bundle *keys, struct buf *out)
{
    AUTO(buf_free) struct buf scratch = buf_bounded(payload.len);
    struct texts texts;
    uint8_t iv[RECORD_IV];
    size_t before = out->len;
    TRY(read_texts(payload, &scratch, &texts));
    TRY(check_hmac(&texts, keys));
    TRY(decode_iv(texts.iv, iv));
    if (!buf_reserve(out, texts.ciphertext.len))
        return RECORD_PAYLOAD_NOMEM;
    if (!base64_decode(texts.ciphertext, BASE64_STANDARD, out))
        return RECORD_PAYLOAD_ENCODING;
    enum record_payload_err err = open_blocks(keys, iv, before, out);
    if (err != RECORD_PAYLOAD_OK)
        take_back(out, before);
    return err;
}

enum record_payload_err record_cleartext_check(struct slice cleartext, struct slice id,
                                               bool *ret_deleted)
{
    struct record_scan scan = record_scan_of(cleartext);
    struct slice key = { 0 };
    enum record_token token;
    bool same = true;
    bool deleted = false;
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return RECORD_PAYLOAD_CLEARTEXT;
    while ((token = record_member_next(&scan, &key)) != RECORD_SCAN_CLOSE_OBJECT) {
        if (token != RECORD_SCAN_BAD && record_scan_reads(key, SLICE("id")))
            same = same && token == RECORD_SCAN_STRING && record_scan_reads(scan.raw, id);
        else if (token != RECORD_SCAN_BAD && record_scan_reads(key, SLICE("deleted")))
            deleted = token == RECORD_SCAN_TRUE;
        if (!record_scan_skip(&scan, token))
            return RECORD_PAYLOAD_CLEARTEXT;
    }
    if (record_scan_next(&scan) != RECORD_SCAN_END)
        return RECORD_PAYLOAD_CLEARTEXT;
    if (!same && id.len > 0)
        return RECORD_PAYLOAD_ID;
    *ret_deleted = deleted;
    return RECORD_PAYLOAD_OK;
}

enum record_payload_err record_payload_open(struct slice payload, const struct record_bundle *keys,
                                            struct slice id, struct buf *out)
{
    size_t before = out->len;
    bool deleted;
    TRY(record_payload_decrypt(payload, keys, out));
    enum record_payload_err err =
        record_cleartext_check(slice_from(buf_slice(out), before), id, &deleted);
    if (err != RECORD_PAYLOAD_OK)
        take_back(out, before);
    return err;
}

/* Appends padded blocks to an empty buf. */
static bool encipher(struct slice cleartext, const struct record_bundle *keys,
                     const uint8_t iv[RECORD_IV], struct buf *out)
{
    static const uint8_t none[1] = { 0 };
    int done = 0;
    int last = 0;
    if (cleartext.len > PAYLOAD_MAX || !buf_reserve(out, cleartext.len + BLOCK))
        return false;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool ok = context != NULL &&
              EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), NULL, keys->encryption, iv) == 1 &&
              EVP_EncryptUpdate(context, out->ptr, &done, cleartext.len > 0 ? cleartext.ptr : none,
                                (int)cleartext.len) == 1 &&
              EVP_EncryptFinal_ex(context, out->ptr + done, &last) == 1;
    EVP_CIPHER_CTX_free(context);
    out->len = ok ? (size_t)done + (size_t)last : 0;
    return ok;
}

bool record_payload_seal(struct slice cleartext, const struct record_bundle *keys, struct rng *rng,
                         struct buf *out)
{
    AUTO(buf_free) struct buf blocks = buf_bounded((size_t)PAYLOAD_MAX + BLOCK);
    AUTO(buf_free) struct buf text = buf_bounded((size_t)2 * PAYLOAD_MAX);
    uint8_t iv[RECORD_IV];
    char hmac[HMAC_TEXT];
    size_t before = out->len;
    rng_fill(rng, iv, sizeof(iv));
    if (!encipher(cleartext, keys, iv, &blocks) ||
        !base64_encode(buf_slice(&blocks), BASE64_STANDARD, &text) ||
        !write_hmac(buf_slice(&text), keys, hmac))
        return false;
    buf_add_text(out, "{\"ciphertext\":\"");
    buf_add(out, buf_slice(&text));
    buf_add_text(out, "\",\"IV\":\"");
    base64_encode(slice_of(iv, sizeof(iv)), BASE64_STANDARD, out);
    buf_add_text(out, "\",\"hmac\":\"");
    buf_add_text(out, hmac);
    buf_add_text(out, "\"}");
    if (out->failed)
        buf_truncate(out, before);
    return !out->failed;
}
