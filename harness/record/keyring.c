#include "record/keyring.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "record/bso.h"
#include "record/member.h"

struct entry {
    uint8_t name[LIMIT_COLLECTION_NAME];
    size_t name_len;
    struct record_bundle keys;
};

struct record_keyring {
    struct record_bundle fallback;
    size_t count;
    struct entry entries[RECORD_KEYRING_MAX];
};

static const char not_json[] = "the text is one JSON object";
static const char not_pair[] = "a pair of keys is a list of two base64 texts of 32 bytes";
static const char not_collections[] = "collections is an object of pairs by collection name";

/* Reads the next element of a list as a key. */
static bool read_key(struct record_scan *scan, uint8_t ret_key[RECORD_KEY])
{
    uint8_t letters[6 * 44]; /* each may be an escape */
    uint8_t bytes[RECORD_KEY + 1];
    struct buf text = { .ptr = letters, .cap = sizeof(letters), .ceiling = sizeof(letters) };
    struct buf key = { .ptr = bytes, .cap = sizeof(bytes), .ceiling = sizeof(bytes) };
    bool ok = record_scan_next(scan) == RECORD_SCAN_STRING &&
              record_scan_unescape(scan->raw, &text) &&
              base64_decode(buf_slice(&text), BASE64_STANDARD, &key) && key.len == RECORD_KEY;
    if (ok)
        memcpy(ret_key, bytes, RECORD_KEY);
    mac_wipe(letters, sizeof(letters));
    mac_wipe(bytes, sizeof(bytes));
    return ok;
}

static const char *read_pair(struct record_scan *scan, enum record_token token,
                             struct record_bundle *ret_keys)
{
    bool ok = token == RECORD_SCAN_OPEN_LIST && read_key(scan, ret_keys->encryption) &&
              read_key(scan, ret_keys->hmac) && record_scan_next(scan) == RECORD_SCAN_CLOSE_LIST;
    return ok ? NULL : not_pair;
}

static const struct entry *find_entry(const struct record_keyring *keyring, struct slice name)
{
    for (size_t i = 0; i < keyring->count; i++) {
        if (slice_eq(record_keyring_name(keyring, i), name))
            return &keyring->entries[i];
    }
    return NULL;
}

static const char *read_name(const struct record_keyring *keyring, struct slice raw,
                             struct entry *entry)
{
    uint8_t letters[6 * LIMIT_COLLECTION_NAME];
    struct buf text = { .ptr = letters, .cap = sizeof(letters), .ceiling = sizeof(letters) };
    if (!record_scan_unescape(raw, &text) || !record_collection_valid(buf_slice(&text)))
        return not_collections;
    if (find_entry(keyring, buf_slice(&text)) != NULL)
        return "a collection has one pair of keys";
    memcpy(entry->name, text.ptr, text.len);
    entry->name_len = text.len;
    return NULL;
}

static const char *read_collections(struct record_keyring *keyring, struct record_scan *scan,
                                    enum record_token token)
{
    struct slice name = { 0 };
    if (token != RECORD_SCAN_OPEN_OBJECT)
        return not_collections;
    while ((token = record_member_next(scan, &name)) != RECORD_SCAN_CLOSE_OBJECT) {
        if (token == RECORD_SCAN_BAD)
            return not_json;
        if (keyring->count == RECORD_KEYRING_MAX)
            return "at most 256 collections have keys of their own";
        struct entry *entry = &keyring->entries[keyring->count];
        const char *rule = read_name(keyring, name, entry);
        if (rule == NULL)
            rule = read_pair(scan, token, &entry->keys);
        if (rule != NULL)
            return rule;
        keyring->count++;
    }
    return NULL;
}

static const char *read_default(struct record_keyring *keyring, struct record_scan *scan,
                                enum record_token token)
{
    return read_pair(scan, token, &keyring->fallback);
}

static const char *read_collection(struct record_keyring *keyring, struct record_scan *scan,
                                   enum record_token token)
{
    (void)keyring;
    bool right = token == RECORD_SCAN_STRING && record_scan_reads(scan->raw, SLICE("crypto"));
    return right ? NULL : "collection is \"crypto\"";
}

/* Each reads the value just begun, and returns NULL or the rule that it breaks. */
static const struct field {
    struct slice key;
    const char *(*read)(struct record_keyring *keyring, struct record_scan *scan,
                        enum record_token token);
    bool needed;
} fields[] = {
    { SLICE_INIT("default"), read_default, true },
    { SLICE_INIT("collections"), read_collections, false },
    { SLICE_INIT("collection"), read_collection, true },
};

static const char *read_member(struct record_keyring *keyring, struct record_scan *scan,
                               struct slice key, enum record_token token, unsigned *seen)
{
    size_t row = 0;
    while (row < COUNT_OF(fields) && !record_scan_reads(key, fields[row].key))
        row++;
    if (row == COUNT_OF(fields))
        return record_scan_skip(scan, token) ? NULL : not_json;
    if ((*seen >> row & 1) != 0)
        return "a key stands once";
    *seen |= 1U << row;
    return fields[row].read(keyring, scan, token);
}

static const char *read_all(struct record_keyring *keyring, struct slice cleartext)
{
    struct record_scan scan = record_scan_of(cleartext);
    struct slice key = { 0 };
    enum record_token token;
    unsigned seen = 0; /* a bit per row */
    if (record_scan_next(&scan) != RECORD_SCAN_OPEN_OBJECT)
        return not_json;
    while ((token = record_member_next(&scan, &key)) != RECORD_SCAN_CLOSE_OBJECT) {
        const char *rule =
            token == RECORD_SCAN_BAD ? not_json : read_member(keyring, &scan, key, token, &seen);
        if (rule != NULL)
            return rule;
    }
    if (record_scan_next(&scan) != RECORD_SCAN_END)
        return not_json;
    for (size_t row = 0; row < COUNT_OF(fields); row++) {
        if (fields[row].needed && (seen >> row & 1) == 0)
            return "there is a default pair of keys, and collection is \"crypto\"";
    }
    return NULL;
}

const char *record_keyring_read(struct slice cleartext, struct record_keyring **ret_keyring)
{
    AUTO(record_keyring_freep) struct record_keyring *keyring = alloc_new(struct record_keyring);
    if (keyring == NULL)
        return "there is memory for the keys";
    const char *rule = read_all(keyring, cleartext);
    if (rule == NULL)
        *ret_keyring = STEAL(keyring);
    return rule;
}

const struct record_bundle *record_keyring_find(const struct record_keyring *keyring,
                                                struct slice collection)
{
    const struct entry *entry = find_entry(keyring, collection);
    return entry == NULL ? &keyring->fallback : &entry->keys;
}

size_t record_keyring_count(const struct record_keyring *keyring)
{
    return keyring->count;
}

struct slice record_keyring_name(const struct record_keyring *keyring, size_t index)
{
    return slice_of(keyring->entries[index].name, keyring->entries[index].name_len);
}

void record_keyring_free(struct record_keyring *keyring)
{
    if (keyring == NULL)
        return;
    mac_wipe(keyring, sizeof(*keyring));
    alloc_release(keyring);
}

void record_keyring_freep(struct record_keyring **keyring)
{
    record_keyring_free(*keyring);
}
