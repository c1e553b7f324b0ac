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

void plan_auth_check(struct plan_loading *loading, const struct plan_node *auth)
{
    static const struct plan_key keys[] = {
        { "header", PLAN_TYPE_TEXT, false },
        { "hawk", PLAN_TYPE_OBJECT, false },
        { "token", PLAN_TYPE_OBJECT, false },
    };
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
                          "nothing is changed; expected \"header\", \"hawk\" or \"token\"");
    if (members[0] != NULL && auth->count > 1)
        plan_source_wrong_key(loading->source, members[0],
                              "\"header\" beside other keys; expected it alone");
    if (members[1] != NULL)
        check_hawk(loading, members[1]);
    if (members[2] != NULL)
        check_token(loading, members[2]);
}
