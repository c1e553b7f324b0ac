#include "runner/description.h"

#include "plan/loading.h"
#include "plan/source.h"
#include "runner/world.h"

static const char format[] = "syncspec-target-1";

enum {
    MEMORY = 16 * 1024 * 1024,
    TIMEOUT_DEFAULT = 30, /* seconds */
    TIMEOUT_MAX = 600,
    ARGUMENTS_MAX = 32,
};

static const char *text_of(struct plan_source *source, const struct plan_node *node)
{
    const char *text = node == NULL ? NULL : plan_source_text(source, node);
    return text == NULL ? "" : plan_source_copy(source, text);
}

/* A whole number that is not negative; says so if it is none. */
static bool read_number(struct plan_source *source, const struct plan_node *node, uint64_t most,
                        uint64_t *ret)
{
    uint64_t number;
    if (!slice_to_u64(plan_node_raw(&source->tree, node), &number) || number > most) {
        plan_source_wrong(source, node, "expected a whole number from 0 to %llu",
                          (unsigned long long)most);
        return false;
    }
    *ret = number;
    return true;
}

/* A list of texts, ended by NULL, of which ${is_wrong} says what is wrong, or NULL. */
static const char *const *read_texts(struct plan_source *source, const struct plan_node *list,
                                     const char *(*is_wrong)(const char *text), size_t *ret_count)
{
    const char **texts = plan_source_alloc(source, (size_t)list->count + 1, sizeof(char *));
    size_t count = 0;
    const struct plan_node *node = plan_node_first(list);
    for (; texts != NULL && node != NULL; node = plan_node_next(list, node)) {
        if (!plan_source_typed(source, node, PLAN_TYPE_TEXT))
            continue;
        const char *text = text_of(source, node);
        const char *wrong = text == NULL || is_wrong == NULL ? NULL : is_wrong(text);
        if (wrong != NULL)
            plan_source_wrong(source, node, "%s", wrong);
        texts[count++] = text;
    }
    *ret_count = count;
    return texts;
}

static const char *wrong_api(const char *text)
{
    static const char *const apis[] = { "1.5", "1.1", "1.0", "token", "user" };
    for (size_t i = 0; i < COUNT_OF(apis); i++) {
        if (strcmp(apis[i], text) == 0)
            return NULL;
    }
    return "unknown API; expected 1.5, 1.1, 1.0, token or user";
}

static const char *wrong_capability(const char *text)
{
    return plan_need_find(slice_text(text)) != NULL
               ? NULL
               : "unknown capability; cases/README.md, Needs, has them all";
}

static void read_auth(struct plan_source *source, const struct plan_node *node,
                      struct runner_description *description)
{
    static const struct plan_key keys[] = {
        { "file", PLAN_TYPE_TEXT, false },
        { "environment", PLAN_TYPE_TEXT, false },
    };
    const struct plan_node *members[COUNT_OF(keys)];
    if (!plan_source_members(source, node, keys, COUNT_OF(keys), members))
        return;
    if ((members[0] == NULL) == (members[1] == NULL))
        plan_source_wrong(source, node,
                          "expected either a \"file\" that holds the token secret or the name of "
                          "an \"environment\" variable that holds what --auth takes");
    description->auth_file = text_of(source, members[0]);
    description->auth_environment = text_of(source, members[1]);
}

static void read_limits(struct plan_source *source, const struct plan_node *node,
                        struct runner_description *description)
{
    struct plan_key keys[RUNNER_LIMITS];
    const struct plan_node *members[RUNNER_LIMITS];
    for (size_t i = 0; i < RUNNER_LIMITS; i++)
        keys[i] =
            (struct plan_key){ .name = runner_limit_rows[i].name, .types = PLAN_TYPE_INTEGER };
    if (!plan_source_members(source, node, keys, RUNNER_LIMITS, members))
        return;
    for (size_t i = 0; i < RUNNER_LIMITS; i++) {
        struct runner_limit *limit = &description->limits[i];
        limit->known =
            members[i] != NULL && read_number(source, members[i], INT64_MAX, &limit->value);
    }
}

enum { COMMAND, REQUEST, BODY, TIMEOUT, HOOK_KEYS };

/* "PUT http://127.0.0.1:9000/users/{uid}/quota" */
static void read_request(struct plan_source *source, const struct plan_node *node,
                         struct runner_hook *hook)
{
    const char *text = text_of(source, node);
    const char *blank = text == NULL ? NULL : strchr(text, ' ');
    if (blank == NULL || blank == text || strncmp(blank + 1, "http", 4) != 0) {
        plan_source_wrong(source, node, "expected a method, a blank and a URL");
        return;
    }
    hook->method = arena_text(source->ledger->arena, slice_of(text, (size_t)(blank - text)));
    hook->url = blank + 1;
}

static void read_hook(struct plan_source *source, const struct plan_node *node,
                      struct runner_hook *hook)
{
    static const struct plan_key keys[HOOK_KEYS] = {
        [COMMAND] = { "command", PLAN_TYPE_LIST, false },
        [REQUEST] = { "request", PLAN_TYPE_TEXT, false },
        [BODY] = { "body", PLAN_TYPE_TEXT, false },
        [TIMEOUT] = { "timeout", PLAN_TYPE_INTEGER, false },
    };
    const struct plan_node *members[HOOK_KEYS];
    uint64_t seconds = TIMEOUT_DEFAULT;
    size_t count = 0;
    if (!plan_source_members(source, node, keys, HOOK_KEYS, members))
        return;
    if ((members[COMMAND] == NULL) == (members[REQUEST] == NULL) ||
        (members[BODY] != NULL && members[REQUEST] == NULL))
        plan_source_wrong(source, node,
                          "expected either a \"command\" or a \"request\" (with its \"body\")");
    if (members[COMMAND] != NULL) {
        hook->command = read_texts(source, members[COMMAND], NULL, &count);
        if (count == 0 || count > ARGUMENTS_MAX)
            plan_source_wrong(source, members[COMMAND],
                              "expected a program and at most %d arguments, each a text of its "
                              "own: no shell reads them",
                              ARGUMENTS_MAX - 1);
    }
    if (members[REQUEST] != NULL)
        read_request(source, members[REQUEST], hook);
    hook->body = members[BODY] == NULL ? NULL : text_of(source, members[BODY]);
    if (members[TIMEOUT] != NULL)
        (void)read_number(source, members[TIMEOUT], TIMEOUT_MAX, &seconds);
    hook->timeout_ms = (int)seconds * 1000;
}

static void read_hooks(struct plan_source *source, const struct plan_node *node,
                       struct runner_description *description)
{
    struct plan_key keys[RUNNER_HOOKS];
    const struct plan_node *members[RUNNER_HOOKS];
    for (size_t i = 0; i < RUNNER_HOOKS; i++)
        keys[i] = (struct plan_key){ .name = runner_hook_name((enum runner_hook_kind)i),
                                     .types = PLAN_TYPE_OBJECT };
    if (!plan_source_members(source, node, keys, RUNNER_HOOKS, members))
        return;
    for (size_t i = 0; i < RUNNER_HOOKS; i++) {
        if (members[i] != NULL)
            read_hook(source, members[i], &description->hooks[i]);
    }
}

enum { FORMAT, NAME, NOTE, URL, AUTH, CA_FILE, APIS, CAPABILITIES, LIMITS, QUOTA, HOOKS, KEYS };

static const struct plan_key root_keys[KEYS] = {
    [FORMAT] = { "format", PLAN_TYPE_TEXT, true },
    [NAME] = { "name", PLAN_TYPE_TEXT, true },
    [NOTE] = { "note", PLAN_TYPE_TEXT, false },
    [URL] = { "url", PLAN_TYPE_TEXT, false },
    [AUTH] = { "auth", PLAN_TYPE_OBJECT, false },
    [CA_FILE] = { "ca_file", PLAN_TYPE_TEXT, false },
    [APIS] = { "apis", PLAN_TYPE_LIST, false },
    [CAPABILITIES] = { "capabilities", PLAN_TYPE_LIST, false },
    [LIMITS] = { "limits", PLAN_TYPE_OBJECT, false },
    [QUOTA] = { "quota", PLAN_TYPE_INTEGER, false },
    [HOOKS] = { "hooks", PLAN_TYPE_OBJECT, false },
};

static void read_root(struct plan_source *source, struct runner_description *description)
{
    const struct plan_node *members[KEYS];
    if (!plan_source_members(source, plan_source_root(source), root_keys, KEYS, members))
        return;
    if (strcmp(plan_source_text(source, members[FORMAT]), format) != 0)
        plan_source_wrong(source, members[FORMAT], "unknown format; expected \"%s\"", format);
    description->name = text_of(source, members[NAME]);
    description->note = text_of(source, members[NOTE]);
    description->url = text_of(source, members[URL]);
    description->ca_file = text_of(source, members[CA_FILE]);
    if (members[AUTH] != NULL)
        read_auth(source, members[AUTH], description);
    if (members[APIS] != NULL)
        description->apis = read_texts(source, members[APIS], wrong_api, &description->api_count);
    if (members[CAPABILITIES] != NULL)
        description->declared = read_texts(source, members[CAPABILITIES], wrong_capability,
                                           &description->declared_count);
    if (members[LIMITS] != NULL)
        read_limits(source, members[LIMITS], description);
    if (members[QUOTA] != NULL)
        (void)read_number(source, members[QUOTA], INT64_MAX, &description->quota);
    if (members[HOOKS] != NULL)
        read_hooks(source, members[HOOKS], description);
}

struct runner_description *runner_description_read(const char *name, struct slice text,
                                                   struct plan_errors *errors)
{
    struct arena *arena = arena_new(MEMORY);
    struct runner_description *description =
        arena == NULL ? NULL : arena_new_object(arena, struct runner_description);
    if (description == NULL) {
        arena_free(arena);
        return NULL;
    }
    *description = (struct runner_description){
        .arena = arena,
        .auth_file = "",
        .auth_environment = "",
        .ca_file = "",
    };
    struct plan_ledger ledger = { .arena = arena, .errors = errors };
    struct plan_source source;
    description->file = arena_text(arena, slice_text(name));
    if (plan_source_read(&source, &ledger, name, text))
        read_root(&source, description);
    plan_source_free(&source);
    if (errors->count == 0 && !ledger.nomem && description->file != NULL)
        return description;
    arena_free(arena);
    return NULL;
}

bool runner_description_has_api(const struct runner_description *description, const char *api)
{
    for (size_t i = 0; i < description->api_count; i++) {
        if (strcmp(description->apis[i], api) == 0)
            return true;
    }
    return description->api_count == 0;
}

void runner_description_apply(const struct runner_description *description,
                              struct runner_target *target)
{
    target->description = description->file;
    target->declared = description->declared;
    target->declared_count = description->declared_count;
    memcpy(target->limits, description->limits, sizeof(target->limits));
    memcpy(target->hooks, description->hooks, sizeof(target->hooks));
    if (target->quota == 0)
        target->quota = description->quota;
}

void runner_description_free(struct runner_description *description)
{
    if (description != NULL)
        arena_free(description->arena);
}
