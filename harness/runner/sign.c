#include "runner/sign.h"

#include "auth/basic.h"
#include "auth/hawk.h"
#include "base/base64.h"
#include "base/stamp.h"
#include "runner/values.h"

enum { TEXTS = 64 * 1024, NONCE_TRIES = 64, TRUNCATED_MAC = 20, NUMBER = 24 };

static const char nomem[] = "out of memory";

/* A signature being made: what it covers, and what the header then says. */
struct draft {
    const struct runner_signer *signer;
    const json_t *hawk; /* the recipe, or NULL */
    struct runner_credentials credentials;
    struct auth_hawk_input input;
    struct slice sent_ext;
    char ts[NUMBER], nonce[NUMBER];
    char hash[AUTH_MAC_TEXT];
    struct buf path;
    struct buf mac;
};

static struct slice recipe_text(const struct draft *draft, const char *key, struct slice otherwise)
{
    struct slice text = otherwise;
    (void)runner_value_text(json_object_get(draft->hawk, key), &text);
    return text;
}

static void new_nonce(struct draft *draft)
{
    (void)snprintf(draft->nonce, sizeof(draft->nonce), "%016llx",
                   (unsigned long long)rng_u64(draft->signer->rng));
    draft->input.nonce = recipe_text(draft, "nonce", slice_text(draft->nonce));
}

static const char *set_time(struct draft *draft)
{
    int64_t offset = 0;
    const json_t *wanted = json_object_get(draft->hawk, "ts_offset");
    if (wanted != NULL && (!runner_value_integer(wanted, &offset) || llabs(offset) > INT32_MAX))
        return "ts_offset is a number of seconds";
    long long ts = runner_world_now(draft->signer->world) / STAMP_SECOND + offset;
    (void)snprintf(draft->ts, sizeof(draft->ts), "%lld", ts);
    draft->input.ts = slice_text(draft->ts);
    return NULL;
}

static const char *set_place(struct draft *draft, const struct runner_signable *what)
{
    const struct runner_world *world = draft->signer->world;
    const struct runner_grant *grant = draft->signer->grant;
    struct slice host = grant == NULL ? slice_text(world->hostname) : buf_slice(&grant->hostname);
    int64_t port = grant == NULL ? world->target->url.port : grant->url.port;
    const json_t *wanted_port = json_object_get(draft->hawk, "port");
    if (wanted_port != NULL &&
        (!runner_value_integer(wanted_port, &port) || port < 0 || port > UINT16_MAX))
        return "port is a number from 0 to 65535";
    draft->input.port = (uint16_t)port;
    draft->input.host = recipe_text(draft, "host", host);
    draft->input.method = recipe_text(draft, "method", what->method);
    draft->input.target = what->target;
    struct slice path = { 0 };
    if (runner_value_text(json_object_get(draft->hawk, "path"), &path)) {
        bool from_root = slice_starts(path, SLICE("^"));
        (void)buf_add(&draft->path,
                      from_root ? slice_text(world->prefix) : draft->signer->endpoint);
        (void)buf_add(&draft->path, slice_from(path, from_root ? 1 : 0));
        draft->input.target = buf_slice(&draft->path);
    }
    return draft->path.failed ? nomem : NULL;
}

static const char *set_extras(struct draft *draft, const struct runner_signable *what)
{
    draft->sent_ext = recipe_text(draft, "ext", (struct slice){ 0 });
    draft->input.ext = recipe_text(draft, "signed_ext", draft->sent_ext);
    const char *hash = json_string_value(json_object_get(draft->hawk, "hash"));
    if (hash == NULL)
        return NULL;
    struct slice body = strcmp(hash, "wrong") == 0 ? SLICE("some other body") : what->body;
    if (!auth_hawk_payload_hash(what->content_type, body, draft->hash))
        return nomem;
    draft->input.hash = slice_text(draft->hash);
    return NULL;
}

/* The key's bytes; with `"key": "decoded"` those that its base64 stands for. */
static bool read_key(const struct draft *draft, struct buf *key)
{
    struct slice text = buf_slice(&draft->credentials.key);
    if (json_object_get(draft->hawk, "key") == NULL)
        return buf_add(key, text);
    return base64_decode(text, BASE64_URL, key) || base64_decode(text, BASE64_STANDARD, key);
}

static bool compute_mac(struct draft *draft, struct slice key)
{
    struct buf signed_text = buf_bounded(TEXTS);
    uint8_t mac[32];
    bool done = auth_hawk_normalise(&draft->input, &signed_text) && signed_text.len > 0;
    if (done && json_is_false(json_object_get(draft->hawk, "newline")))
        buf_truncate(&signed_text, signed_text.len - 1);
    buf_clear(&draft->mac);
    done = done && auth_hmac(key, buf_slice(&signed_text), mac) &&
           base64_encode(slice_of(mac, sizeof(mac)), BASE64_STANDARD, &draft->mac);
    buf_free(&signed_text);
    return done;
}

static bool has_alphabet_bytes(struct slice mac)
{
    return slice_find(mac, '+') < mac.len || slice_find(mac, '/') < mac.len;
}

/* A MAC without '+' and '/' is the same in both alphabets, and would be right. */
static const char *use_url_alphabet(struct draft *draft, struct slice key)
{
    for (size_t tries = 0; !has_alphabet_bytes(buf_slice(&draft->mac)); tries++) {
        if (tries == NONCE_TRIES)
            return "with this nonce the MAC is the same in both alphabets";
        new_nonce(draft);
        if (!compute_mac(draft, key))
            return nomem;
    }
    for (size_t i = 0; i < draft->mac.len; i++) {
        uint8_t *byte = &draft->mac.ptr[i];
        *byte = *byte == '+' ? '-' : *byte == '/' ? '_' : *byte;
    }
    return NULL;
}

static const char *flip_bit(struct draft *draft)
{
    struct buf bytes = buf_bounded(AUTH_MAC_TEXT);
    bool done = base64_decode(buf_slice(&draft->mac), BASE64_STANDARD, &bytes) && bytes.len > 0;
    if (done) {
        bytes.ptr[0] ^= 1;
        buf_clear(&draft->mac);
        done = base64_encode(buf_slice(&bytes), BASE64_STANDARD, &draft->mac);
    }
    buf_free(&bytes);
    return done ? NULL : nomem;
}

static const char *set_mac(struct draft *draft)
{
    struct buf key = buf_bounded(LIMIT_TOKEN);
    const char *wrong = read_key(draft, &key) ? NULL : "the key is not base64";
    if (wrong == NULL && !compute_mac(draft, buf_slice(&key)))
        wrong = nomem;
    const char *how = json_string_value(json_object_get(draft->hawk, "mac"));
    if (wrong == NULL && how != NULL) {
        if (strcmp(how, "flip") == 0) {
            wrong = flip_bit(draft);
        } else if (strcmp(how, "truncate") == 0) {
            buf_truncate(&draft->mac, TRUNCATED_MAC);
        } else if (strcmp(how, "url-alphabet") == 0) {
            wrong = use_url_alphabet(draft, buf_slice(&key));
        } else {
            buf_clear(&draft->mac);
            wrong = buf_add_text(&draft->mac, how) ? NULL : nomem;
        }
    }
    buf_free(&key);
    return wrong;
}

static bool write_header(const struct draft *draft, struct buf *out)
{
    const struct {
        const char *name;
        struct slice value;
        bool sent;
    } attributes[] = {
        { "id", buf_slice(&draft->credentials.token), true },
        { "ts", draft->input.ts, true },
        { "nonce", draft->input.nonce, true },
        { "mac", buf_slice(&draft->mac), true },
        { "hash", draft->input.hash, draft->input.hash.len > 0 },
        { "ext", draft->sent_ext, draft->sent_ext.len > 0 },
    };
    const char *omit = json_string_value(json_object_get(draft->hawk, "omit"));
    (void)buf_add(out, recipe_text(draft, "scheme", SLICE("Hawk")));
    const char *gap = " ";
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        if (!attributes[i].sent || (omit != NULL && strcmp(omit, attributes[i].name) == 0))
            continue;
        (void)buf_add_format(out, "%s%s=\"", gap, attributes[i].name);
        (void)buf_add(out, attributes[i].value);
        (void)buf_add_byte(out, '"');
        gap = ", ";
    }
    return !out->failed;
}

static const char *sign_hawk(struct draft *draft, const json_t *token,
                             const struct runner_signable *what, struct buf *out)
{
    const struct runner_grant *grant = draft->signer->grant;
    const char *wrong = NULL;
    if (grant == NULL)
        wrong = runner_forge_token(draft->signer, token, &draft->credentials);
    else if (!buf_add(&draft->credentials.token, buf_slice(&grant->id)) ||
             !buf_add(&draft->credentials.key, buf_slice(&grant->key)))
        wrong = nomem;
    if (wrong == NULL)
        wrong = set_time(draft);
    if (wrong == NULL)
        wrong = set_place(draft, what);
    if (wrong == NULL)
        wrong = set_extras(draft, what);
    if (wrong == NULL) {
        new_nonce(draft);
        wrong = set_mac(draft);
    }
    if (wrong == NULL && !write_header(draft, out))
        wrong = "the Authorization value is too long, or out of memory";
    return wrong;
}

static const char *sign_basic(const struct runner_signer *signer, const json_t *auth,
                              struct buf *out)
{
    const json_t *recipe = json_object_get(auth, "basic");
    const struct runner_account *account = &signer->accounts[signer->sender];
    struct slice name = buf_slice(&account->token);
    struct slice password = buf_slice(&account->key);
    if (auth != NULL && recipe == NULL)
        return "for names and passwords auth is \"none\", a header or basic";
    (void)runner_value_text(json_object_get(recipe, "name"), &name);
    (void)runner_value_text(json_object_get(recipe, "password"), &password);
    return auth_basic_sign(name, password, out)
               ? NULL
               : "the name or the password cannot be sent, or out of memory";
}

static const char *sign_bearer(const struct runner_signer *signer, const json_t *recipe,
                               struct buf *out)
{
    struct slice scheme = SLICE("Bearer");
    struct slice bearer = signer->bearer;
    if (bearer.len == 0)
        bearer = buf_slice(&signer->accounts[signer->sender].token);
    (void)runner_value_text(json_object_get(recipe, "scheme"), &scheme);
    (void)buf_add(out, scheme);
    (void)buf_add_byte(out, ' ');
    return buf_add(out, bearer) ? NULL : "the bearer token is too long, or out of memory";
}

const char *runner_sign(const struct runner_signer *signer, const json_t *auth,
                        const struct runner_signable *what, struct buf *out)
{
    struct slice header = { 0 };
    if (runner_value_text(auth, &header))
        return slice_is(header, "none") ? NULL : "auth is \"none\" or an object";
    if (runner_value_text(json_object_get(auth, "header"), &header))
        return buf_add(out, header) ? NULL : nomem;
    if (runner_target_has_names(signer->world->target))
        return sign_basic(signer, auth, out);
    if (runner_target_grants(signer->world->target) && signer->grant == NULL)
        return sign_bearer(signer, json_object_get(auth, "bearer"), out);
    struct draft draft = {
        .signer = signer,
        .hawk = json_object_get(auth, "hawk"),
        .credentials = runner_credentials_empty(),
        .path = buf_bounded(TEXTS),
        .mac = buf_bounded(TEXTS),
    };
    const char *wrong = sign_hawk(&draft, json_object_get(auth, "token"), what, out);
    runner_credentials_free(&draft.credentials);
    buf_free(&draft.path);
    buf_free(&draft.mac);
    return wrong;
}
