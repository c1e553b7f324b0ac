/* The `auth` of a step. */
#include "plan/loading.h"

enum { CHOICES_MAX = 6 };

struct rule {
    struct plan_key key;
    const char *choices[CHOICES_MAX]; /* texts that it may be; none: any */
};

static const struct rule hawk_rules[] = {
    { { "method", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "path", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "host", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "port", PLAN_TYPE_INTEGER | PLAN_TYPE_TEXT, false }, { 0 } },
    { { "ts_offset", PLAN_TYPE_INTEGER, false }, { 0 } },
    { { "nonce", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "mac", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "hash", PLAN_TYPE_TEXT, false }, { "right", "wrong" } },
    { { "ext", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "signed_ext", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "omit", PLAN_TYPE_TEXT, false }, { "id", "ts", "nonce", "mac" } },
    { { "key", PLAN_TYPE_TEXT, false }, { "decoded" } },
    { { "newline", PLAN_TYPE_BOOLEAN, false }, { 0 } },
    { { "scheme", PLAN_TYPE_TEXT, false }, { 0 } },
};

static const struct rule token_rules[] = {
    { { "expires_in", PLAN_TYPE_INTEGER, false }, { 0 } },
    { { "uid", PLAN_TYPE_TEXT, false }, { "other", "third" } },
    { { "node", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "secret", PLAN_TYPE_TEXT, false }, { "wrong", "rotated" } },
    { { "damage", PLAN_TYPE_TEXT, false },
      { "payload", "signature", "truncate", "padding", "extra" } },
    { { "payload", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "salt", PLAN_TYPE_TEXT, false }, { 0 } },
};

/* What an accounts service mints. */
static const struct rule bearer_rules[] = {
    { { "scope", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "generation", PLAN_TYPE_INTEGER | PLAN_TYPE_TEXT, false }, { 0 } },
    { { "expires_in", PLAN_TYPE_INTEGER, false }, { 0 } },
    { { "client_id", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "issuer", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "typ", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "scheme", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "foreign_key", PLAN_TYPE_BOOLEAN, false }, { 0 } },
    { { "damage", PLAN_TYPE_TEXT, false }, { "payload", "signature", "truncate" } },
};

static const struct rule basic_rules[] = {
    { { "name", PLAN_TYPE_TEXT, false }, { 0 } },
    { { "password", PLAN_TYPE_TEXT, false }, { 0 } },
};

static void check_choice(struct plan_loading *loading, const struct plan_node *node,
                         const struct rule *rule)
{
    const char *text = plan_source_text(loading->source, node);
    AUTO(buf_free) struct buf choices = buf_bounded(256);
    if (rule->choices[0] == NULL)
        return;
    for (size_t i = 0; i < CHOICES_MAX && rule->choices[i] != NULL; i++) {
        if (strcmp(rule->choices[i], text) == 0)
            return;
        buf_add_format(&choices, "%s\"%s\"", i > 0 ? ", " : "", rule->choices[i]);
    }
    plan_source_wrong(loading->source, node, "bad \"%s\"; expected one of %.*s", rule->key.name,
                      SLICE_FMT(buf_slice(&choices)));
}

static void check_rules(struct plan_loading *loading, const struct plan_node *node,
                        const struct rule *rules, size_t count,
                        const struct plan_node **ret_members)
{
    struct plan_key keys[PLAN_KEYS_MAX];
    for (size_t i = 0; i < count; i++)
        keys[i] = rules[i].key;
    bool good = plan_source_members(loading->source, node, keys, count, ret_members);
    for (size_t i = 0; i < count; i++)
        if (ret_members[i] != NULL)
            check_choice(loading, ret_members[i], &rules[i]);
    if (good && node->count == 0)
        plan_source_wrong(loading->source, node, "nothing is changed; expected at least one key");
}

static bool is_text(struct plan_loading *loading, const struct plan_node *node, const char *text)
{
    const char *value = plan_source_text(loading->source, node);
    return value != NULL && strcmp(value, text) == 0;
}

static const struct plan_node *find_member(const struct rule *rules, size_t count,
                                           const struct plan_node *const *members, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rules[i].key.name, name) == 0)
            return members[i];
    return NULL;
}

static void check_hawk(struct plan_loading *loading, const struct plan_node *node)
{
    const struct plan_node *members[COUNT_OF(hawk_rules)];
    check_rules(loading, node, hawk_rules, COUNT_OF(hawk_rules), members);
    const struct plan_node *path = find_member(hawk_rules, COUNT_OF(hawk_rules), members, "path");
    const struct plan_node *ext = find_member(hawk_rules, COUNT_OF(hawk_rules), members, "ext");
    const struct plan_node *other =
        find_member(hawk_rules, COUNT_OF(hawk_rules), members, "signed_ext");
    if (path != NULL)
        (void)plan_path_check(loading, path, slice_text(plan_source_text(loading->source, path)));
    if (other != NULL && ext == NULL)
        plan_source_wrong_key(loading->source, other,
                              "\"signed_ext\" without \"ext\"; expected the one that is sent");
}

static void check_token(struct plan_loading *loading, const struct plan_node *node)
{
    const struct plan_node *members[COUNT_OF(token_rules)];
    check_rules(loading, node, token_rules, COUNT_OF(token_rules), members);
    plan_loading_need(loading, "mint");
    if (find_member(token_rules, COUNT_OF(token_rules), members, "uid") != NULL)
        plan_loading_need(loading, "users");
    if (is_text(loading, find_member(token_rules, COUNT_OF(token_rules), members, "secret"),
                "rotated"))
        plan_loading_need(loading, "rotated-secret");
}

static void check_bearer(struct plan_loading *loading, const struct plan_node *node)
{
    const struct plan_node *members[COUNT_OF(bearer_rules)];
    check_rules(loading, node, bearer_rules, COUNT_OF(bearer_rules), members);
    plan_loading_need(loading, "accounts");
}

static void check_basic(struct plan_loading *loading, const struct plan_node *node)
{
    const struct plan_node *members[COUNT_OF(basic_rules)];
    check_rules(loading, node, basic_rules, COUNT_OF(basic_rules), members);
}

/* By the order of plan_auth_check: Hawk for 1.5, Bearer for the token server, Basic for the rest.
 */
static bool suits(const struct plan_loading *loading, size_t key)
{
    bool hawk = plan_loading_is_of(loading, "1.5");
    bool bearer = plan_loading_is_of(loading, "token");
    return key <= 2 ? hawk : key == 3 ? bearer : !hawk && !bearer;
}

void plan_auth_check(struct plan_loading *loading, const struct plan_node *auth)
{
    static const struct plan_key keys[] = {
        { "header", PLAN_TYPE_TEXT, false },  { "hawk", PLAN_TYPE_OBJECT, false },
        { "token", PLAN_TYPE_OBJECT, false }, { "bearer", PLAN_TYPE_OBJECT, false },
        { "basic", PLAN_TYPE_OBJECT, false },
    };
    static void (*const check[])(struct plan_loading *,
                                 const struct plan_node *) = { NULL, check_hawk, check_token,
                                                               check_bearer, check_basic };
    const struct plan_node *members[COUNT_OF(keys)];
    if (plan_source_text(loading->source, auth) != NULL) {
        if (!is_text(loading, auth, "none"))
            plan_source_wrong(loading->source, auth,
                              "bad \"auth\"; expected \"none\" or an object");
        return;
    }
    bool good = plan_source_members(loading->source, auth, keys, COUNT_OF(keys), members);
    if (good && auth->count == 0)
        plan_source_wrong(loading->source, auth,
                          "nothing is changed; expected \"header\", \"hawk\", \"token\", "
                          "\"bearer\" or \"basic\"");
    if (members[0] != NULL && auth->count > 1)
        plan_source_wrong_key(loading->source, members[0],
                              "\"header\" beside other keys; expected it alone");
    for (size_t i = 1; i < COUNT_OF(keys); i++) {
        if (members[i] == NULL)
            continue;
        if (!suits(loading, i))
            plan_source_wrong_key(loading->source, members[i],
                                  "\"%s\" is not how requests of this API are signed",
                                  keys[i].name);
        check[i](loading, members[i]);
    }
}
