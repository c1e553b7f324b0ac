/* syncspec decrypt: what is in encrypted records, for those who have the keys. */
#include "cli/credentials.h"

#include "record/keyring.h"
#include "record/legacy.h"
#include "record/list.h"
#include "record/meta.h"
#include "record/payload.h"
#include "verdict/verdict.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { SECRET_TEXT = 4 * 1024, META_ROOM = 1024 * 1024 };

static const char help[] =
    "usage: syncspec decrypt --kb HEX|@FILE [--keys FILE] [--collection NAME] [FILE|-]\n"
    "       syncspec decrypt --sync-key KEY|@FILE --username U ...\n"
    "\n"
    "Opens records of global storage version 5, as they come from a server: one record, a JSON\n"
    "list or one record a line. Prints one line of JSON for each, with its cleartext or with the\n"
    "step that refused it: record, shape, hmac, encoding, padding, cleartext, id, keys, meta.\n"
    "Keys are never printed: of crypto/keys, the collections with keys of their own are.\n"
    "\n"
    "  --kb HEX|@FILE         the account's master key, 64 hex digits; default: the environment\n"
    "                         variable SYNCSPEC_KB, which takes the same\n"
    "  --sync-key KEY|@FILE   the sync key of an old client instead: x-xxxxx-xxxxx-...\n"
    "  --username U           of its account; an address is hashed as those clients did\n"
    "  --keys FILE            the record crypto/keys; without it, the records are of collection\n"
    "                         crypto themselves\n"
    "  --collection NAME      whose records they are; default: those under the default pair of\n"
    "                         keys. Records of meta are read as meta/global, without any key\n"
    "\n"
    "Other processes can read a command line: leave keys in files or in SYNCSPEC_KB.\n"
    "\n"
    "examples:\n"
    "  syncspec decrypt --kb @kb.txt keys.json\n"
    "  syncspec decrypt --kb @kb.txt --keys keys.json --collection bookmarks bookmarks.json\n"
    "  syncspec decrypt --collection meta < global.json\n"
    "\n"
    "exit codes: 0 all records were opened; 1 one was not; 2 usage or file error; 3 they cannot "
    "be\n"
    "printed; 4 there are none\n";

struct options {
    const char *kb, *sync_key, *username, *keys, *collection;
};

static const struct option names[] = {
    { "kb", required_argument, NULL, 0 },         { "sync-key", required_argument, NULL, 0 },
    { "username", required_argument, NULL, 0 },   { "keys", required_argument, NULL, 0 },
    { "collection", required_argument, NULL, 0 }, { 0 },
};

/* In the order of `names`. */
static const size_t places[] = {
    offsetof(struct options, kb),         offsetof(struct options, sync_key),
    offsetof(struct options, username),   offsetof(struct options, keys),
    offsetof(struct options, collection),
};

/* What the records are taken for. */
enum kind { KIND_COLLECTION, KIND_CRYPTO, KIND_META };

struct opening {
    enum kind kind;
    const struct record_bundle *keys; /* NULL for KIND_META */
    struct buf cleartext;
    struct buf line;
    size_t opened, refused;
};

static bool failed(const char *path, const char *fault)
{
    (void)fprintf(stderr, "syncspec decrypt: %s: %s\n", path, fault);
    return false;
}

/* Appends the value, or what is in the file behind its '@'.  False with a message printed. */
static bool read_secret(const char *value, struct buf *out)
{
    if (!buf_reserve(out, SECRET_TEXT)) /* it never moves, so that it can be wiped */
        return failed("memory", "there is none");
    if (value[0] == '@')
        return cli_read_file(&cli_decrypt, value + 1, out);
    return buf_add_text(out, value) || failed("the key", "it is too long");
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hex(struct slice hex, uint8_t ret_key[RECORD_KEY])
{
    for (size_t i = 0; i < RECORD_KEY && hex.len == 2 * (size_t)RECORD_KEY; i++) {
        int high = hex_digit(hex.ptr[2 * i]);
        int low = hex_digit(hex.ptr[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_key[i] = (uint8_t)(high << 4 | low);
    }
    return hex.len == 2 * (size_t)RECORD_KEY;
}

static bool derive_from_kb(struct slice text, struct record_bundle *ret_keys)
{
    uint8_t kb[RECORD_KEY];
    bool ok = (read_hex(text, kb) || failed("--kb", "expected 64 hex digits")) &&
              (record_bundle_of_master(slice_of(kb, sizeof(kb)), ret_keys) ||
               failed("memory", "there is none"));
    mac_wipe(kb, sizeof(kb));
    return ok;
}

static bool derive_from_sync_key(struct slice text, const char *username,
                                 struct record_bundle *ret_keys)
{
    uint8_t key[RECORD_SYNC_KEY];
    char hashed[RECORD_USERNAME_TEXT];
    struct slice name = slice_text(username);
    bool ok = true;
    if (slice_find(name, '@') < name.len) {
        ok = record_username_of(name, hashed) || failed("memory", "there is none");
        name = slice_text(ok ? hashed : NULL);
    }
    ok = ok &&
         (record_sync_key_read(text, key) ||
          failed("--sync-key", "expected 26 letters, x-xxxxx-xxxxx-xxxxx-xxxxx-xxxxx")) &&
         (record_bundle_of_sync_key(key, name, ret_keys) || failed("memory", "there is none"));
    mac_wipe(key, sizeof(key));
    return ok;
}

/* The bundle of the account.  VERDICT_EXIT_CONFORMANT, or the exit code with a message printed. */
static int derive(const struct options *options, struct record_bundle *ret_keys)
{
    const char *kb =
        options->kb != NULL || options->sync_key != NULL ? options->kb : getenv("SYNCSPEC_KB");
    if ((kb == NULL) == (options->sync_key == NULL))
        return cli_usage_error(&cli_decrypt, "either --kb (or SYNCSPEC_KB) or --sync-key is "
                                             "needed");
    if ((options->sync_key == NULL) != (options->username == NULL))
        return cli_usage_error(&cli_decrypt, "--sync-key and --username go together");
    AUTO(mac_wipe_buf) struct buf secret = buf_bounded(SECRET_TEXT);
    if (!read_secret(kb != NULL ? kb : options->sync_key, &secret))
        return VERDICT_EXIT_USAGE;
    struct slice text = buf_slice(&secret);
    while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
        text.len--;
    bool ok = kb != NULL ? derive_from_kb(text, ret_keys)
                         : derive_from_sync_key(text, options->username, ret_keys);
    return ok ? VERDICT_EXIT_CONFORMANT : VERDICT_EXIT_USAGE;
}

static bool take_refusal(struct opening *opening, const char *step, const char *reason)
{
    struct buf *line = &opening->line;
    (void)buf_add_format(line, ",\"refused\":\"%s\",\"reason\":", step);
    record_encode_string(slice_text(reason), line);
    return false;
}

/* Of crypto/keys, nothing is shown but whose keys they are. */
static bool show_keys(struct opening *opening)
{
    AUTO(record_keyring_freep) struct record_keyring *keyring = NULL;
    const char *rule = record_keyring_read(buf_slice(&opening->cleartext), &keyring);
    if (rule != NULL)
        return take_refusal(opening, "keys", rule);
    buf_add_text(&opening->line, ",\"keys_of\":[\"default\"");
    for (size_t i = 0; i < record_keyring_count(keyring); i++) {
        buf_add_byte(&opening->line, ',');
        record_encode_string(record_keyring_name(keyring, i), &opening->line);
    }
    return buf_add_byte(&opening->line, ']');
}

static bool show_meta(struct opening *opening, struct slice payload)
{
    struct record_meta meta;
    struct arena *arena = arena_new(META_ROOM);
    const char *rule =
        arena == NULL ? "there is memory for it" : record_meta_read(payload, arena, &meta);
    arena_free(arena);
    if (rule != NULL)
        return take_refusal(opening, "meta", rule);
    if (record_meta_use_of(&meta) == RECORD_META_HANDS_OFF)
        (void)failed("meta/global", "the data is of a newer storage version than 5");
    return buf_add(&opening->cleartext, payload);
}

/* Writes what is in the record behind its id.  False when it was refused. */
static bool open_payload(struct opening *opening, const struct record_update *record)
{
    struct slice payload = record->payload_is == RECORD_VALUE ? record->payload : SLICE("");
    if (opening->kind == KIND_META && !show_meta(opening, payload))
        return false;
    if (opening->kind != KIND_META) {
        /* With room for all of it, a cleartext does not move before it is wiped. */
        enum record_payload_err err = RECORD_PAYLOAD_NOMEM;
        if (buf_reserve(&opening->cleartext, payload.len))
            err = record_payload_open(payload, opening->keys, record->id, &opening->cleartext);
        if (err != RECORD_PAYLOAD_OK)
            return take_refusal(opening, record_payload_step(err), record_payload_reason(err));
    }
    if (opening->kind == KIND_CRYPTO)
        return show_keys(opening);
    /* Line ends stand between the tokens of JSON only, where a blank does as well. */
    for (size_t i = 0; i < opening->cleartext.len; i++) {
        uint8_t *c = &opening->cleartext.ptr[i];
        *c = *c == '\n' || *c == '\r' ? ' ' : *c;
    }
    buf_add_text(&opening->line, ",\"cleartext\":");
    return buf_add(&opening->line, buf_slice(&opening->cleartext));
}

/* Prints the line of one record; ${rule}, when it is not NULL, was broken by the record itself. */
static void open_record(struct opening *opening, const struct record_update *record,
                        const char *rule)
{
    struct buf *line = &opening->line;
    opening->cleartext = buf_bounded(LIMIT_ANSWER_BODY);
    *line = buf_bounded((size_t)2 * LIMIT_ANSWER_BODY);
    buf_add_text(line, "{\"id\":");
    record_encode_string(record->id, line);
    bool opened =
        rule == NULL ? open_payload(opening, record) : take_refusal(opening, "record", rule);
    buf_add_text(line, "}\n");
    if (line->failed)
        (void)failed("memory", "there is none for this record");
    else
        (void)fwrite(line->ptr, 1, line->len, stdout);
    opening->opened += opened && !line->failed;
    opening->refused += !opened || line->failed;
    mac_wipe_buf(&opening->cleartext);
    mac_wipe_buf(line);
}

static const struct record_bounds bounds = { .payload_bytes = LIMIT_ANSWER_BODY };

static enum record_err open_list(struct opening *opening, struct slice body,
                                 enum record_format format, struct record_fault *ret_fault)
{
    AUTO(buf_free) struct buf scratch = buf_bounded(LIMIT_ANSWER_BODY);
    struct record_list list = record_list_of(body, format);
    struct record_update record;
    enum record_err err = RECORD_NOMEM;
    if (!buf_reserve(&scratch, body.len))
        return err;
    while ((err = record_list_next(&list, &bounds, &scratch, &record, ret_fault)) == RECORD_OK ||
           err == RECORD_INVALID)
        open_record(opening, &record, err == RECORD_OK ? NULL : ret_fault->rule);
    return err == RECORD_END ? RECORD_OK : err;
}

/* One record, a list, or lines of records.  False with a message printed. */
static bool open_all(struct opening *opening, struct slice body, const char *path)
{
    AUTO(buf_free) struct buf scratch = buf_bounded(LIMIT_ANSWER_BODY);
    struct record_update record;
    struct record_fault fault = { .rule = "there is memory for it" };
    enum record_err err = RECORD_NOMEM;
    if (slice_trim(body).len == 0)
        return true;
    if (buf_reserve(&scratch, body.len))
        err = record_decode(body, &bounds, &scratch, &record, &fault);
    if (err == RECORD_OK || err == RECORD_INVALID) {
        open_record(opening, &record, err == RECORD_OK ? NULL : fault.rule);
        return true;
    }
    if (err == RECORD_MALFORMED && slice_trim(body).ptr[0] == '{')
        err = open_list(opening, body, RECORD_NEWLINES, &fault);
    else if (err != RECORD_NOMEM)
        err = open_list(opening, body, RECORD_JSON, &fault);
    if (err != RECORD_OK)
        (void)fprintf(stderr, "syncspec decrypt: %s: byte %zu: %s\n", path, fault.offset,
                      fault.rule);
    return err == RECORD_OK;
}

/* The keys in a file that holds the record crypto/keys.  False with a message printed. */
static bool read_keyring(const char *path, const struct record_bundle *keys,
                         struct record_keyring **ret_keyring)
{
    AUTO(buf_free) struct buf file = buf_bounded(LIMIT_BODY);
    AUTO(buf_free) struct buf scratch = buf_bounded(LIMIT_BODY);
    AUTO(mac_wipe_buf) struct buf cleartext = buf_bounded(LIMIT_BODY);
    struct record_update record;
    struct record_fault fault = { .rule = "there is memory for it" };
    if (!cli_read_file(&cli_decrypt, path, &file))
        return false;
    if (!buf_reserve(&scratch, file.len) || !buf_reserve(&cleartext, file.len) ||
        record_decode(buf_slice(&file), &bounds, &scratch, &record, &fault) != RECORD_OK)
        return failed(path, fault.rule);
    struct slice payload = record.payload_is == RECORD_VALUE ? record.payload : SLICE("");
    enum record_payload_err err = record_payload_open(payload, keys, record.id, &cleartext);
    if (err != RECORD_PAYLOAD_OK)
        return failed(path, record_payload_reason(err));
    const char *rule = record_keyring_read(buf_slice(&cleartext), ret_keyring);
    return rule == NULL || failed(path, rule);
}

static int conclude(const struct opening *opening)
{
    size_t total = opening->opened + opening->refused;
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        (void)failed("standard output", "the records cannot be printed");
        return VERDICT_EXIT_UNREACHABLE;
    }
    if (opening->refused > 0)
        (void)fprintf(stderr, "syncspec decrypt: %zu of %zu records were not opened\n",
                      opening->refused, total);
    if (total == 0)
        (void)failed("the input", "there is no record in it");
    return opening->refused > 0 ? VERDICT_EXIT_FAILED
           : total == 0         ? VERDICT_EXIT_VACUOUS
                                : VERDICT_EXIT_CONFORMANT;
}

static int decrypt(const struct options *options, enum kind kind, const char *path)
{
    struct record_bundle bundle = { 0 };
    AUTO(record_keyring_freep) struct record_keyring *keyring = NULL;
    AUTO(buf_free) struct buf body = buf_bounded(LIMIT_ANSWER_BODY);
    struct opening opening = { .kind = kind, .keys = &bundle };
    int code = kind == KIND_META ? VERDICT_EXIT_CONFORMANT : derive(options, &bundle);
    if (code == VERDICT_EXIT_CONFORMANT && kind == KIND_COLLECTION) {
        if (!read_keyring(options->keys, &bundle, &keyring))
            code = VERDICT_EXIT_USAGE;
        else
            opening.keys = record_keyring_find(keyring, slice_text(options->collection));
    }
    if (code == VERDICT_EXIT_CONFORMANT &&
        (!cli_read_file(&cli_decrypt, strcmp(path, "-") == 0 ? "/dev/stdin" : path, &body) ||
         !open_all(&opening, buf_slice(&body), path)))
        code = VERDICT_EXIT_USAGE;
    if (code == VERDICT_EXIT_CONFORMANT)
        code = conclude(&opening);
    record_bundle_wipe(&bundle);
    return code;
}

static int run(int argc, char **argv)
{
    struct options options = { 0 };
    int row = -1;
    int got;
    opterr = 0;
    optind = 1;
    while ((got = getopt_long(argc, argv, ":", names, &row)) == 0)
        memcpy((char *)&options + places[row], &optarg, sizeof(optarg));
    if (got != -1)
        return cli_usage_error(&cli_decrypt, got == ':' ? "%s needs a value" : "%s is no option",
                               argv[optind - 1]);
    if (argc - optind > 1)
        return cli_usage_error(&cli_decrypt, "\"%s\" is one argument too many", argv[optind + 1]);
    struct slice collection = slice_text(options.collection);
    enum kind kind = KIND_COLLECTION;
    if (slice_is(collection, "meta"))
        kind = KIND_META;
    else if (slice_is(collection, "crypto") || (options.collection == NULL && options.keys == NULL))
        kind = KIND_CRYPTO;
    if (kind == KIND_COLLECTION && options.keys == NULL)
        return cli_usage_error(&cli_decrypt, "records of %s need --keys FILE", options.collection);
    return decrypt(&options, kind, optind < argc ? argv[optind] : "-");
}

const struct cli_command cli_decrypt = {
    .name = "decrypt",
    .summary = "open encrypted records with an account's keys",
    .help = help,
    .run = run,
};
