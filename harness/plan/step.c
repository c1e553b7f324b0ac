#include "plan/loading.h"

#include "base/limits.h"
#include "base/stamp.h"
#include "plan/generate.h"
#include "plan/refusal.h"
#include "plan/template.h"

enum { WAIT_MAX = 60 * STAMP_SECOND, REPEATS_MAX = 3 };

enum {
    IN_SEND = 1 << PLAN_SEND,
    IN_RAW = 1 << PLAN_RAW,
    IN_WAIT = 1 << PLAN_WAIT,
    IN_REPEAT = 1 << PLAN_REPEAT,
    IN_CHECK = 1 << PLAN_CHECK,
    IN_PARALLEL = 1 << PLAN_PARALLEL,
    IN_HOOK = 1 << PLAN_HOOK,
};

enum step_key {
    KEY_SEND, /* the first seven are the kinds, in the order of enum plan_step_kind */
    KEY_RAW,
    KEY_WAIT,
    KEY_REPEAT,
    KEY_CHECK,
    KEY_PARALLEL,
    KEY_HOOK,
    KEY_JSON,
    KEY_NEWLINES,
    KEY_TEXT,
    KEY_HEX,
    KEY_HEADERS,
    KEY_AS,
    KEY_ENDPOINT_OF,
    KEY_AUTH,
    KEY_GRANTED,
    KEY_SIGN,
    KEY_SPLITS,
    KEY_EXPECT,
    KEY_PREFER,
    KEY_REQUIREMENT,
    KEY_KEEP,
    KEY_COLLECT,
    KEY_TWIN,
    KEY_OBSERVE,
    KEY_OR_CLOSED,
    KEY_UNTIL,
    KEY_WHILE_HEADER,
    KEY_STEPS,
    KEY_VALUE,
    KEYS,
};

enum { KINDS = KEY_HOOK + 1 };

static const struct plan_key keys[KEYS] = {
    [KEY_SEND] = { "send", PLAN_TYPE_TEXT, false },
    [KEY_RAW] = { "raw", PLAN_TYPE_TEXT, false },
    [KEY_WAIT] = { "wait", PLAN_TYPE_NUMBER, false },
    [KEY_REPEAT] = { "repeat", PLAN_TYPE_INTEGER | PLAN_TYPE_TEXT, false },
    [KEY_CHECK] = { "check", PLAN_TYPE_ANY, false },
    [KEY_PARALLEL] = { "parallel", PLAN_TYPE_LIST | PLAN_TYPE_INTEGER, false },
    [KEY_HOOK] = { "hook", PLAN_TYPE_TEXT, false },
    [KEY_JSON] = { "json", PLAN_TYPE_ANY, false },
    [KEY_NEWLINES] = { "newlines", PLAN_TYPE_LIST | PLAN_TYPE_OBJECT | PLAN_TYPE_TEXT, false },
    [KEY_TEXT] = { "text", PLAN_TYPE_TEXT, false },
    [KEY_HEX] = { "hex", PLAN_TYPE_TEXT, false },
    [KEY_HEADERS] = { "headers", PLAN_TYPE_OBJECT, false },
    [KEY_AS] = { "as", PLAN_TYPE_TEXT, false },
    [KEY_ENDPOINT_OF] = { "endpoint_of", PLAN_TYPE_TEXT, false },
    [KEY_AUTH] = { "auth", PLAN_TYPE_TEXT | PLAN_TYPE_OBJECT, false },
    [KEY_GRANTED] = { "granted", PLAN_TYPE_OBJECT, false },
    [KEY_SIGN] = { "sign", PLAN_TYPE_TEXT, false },
    [KEY_SPLITS] = { "splits", PLAN_TYPE_LIST, false },
    [KEY_EXPECT] = { "expect", PLAN_TYPE_OBJECT, false },
    [KEY_PREFER] = { "prefer", PLAN_TYPE_OBJECT, false },
    [KEY_REQUIREMENT] = { "requirement", PLAN_TYPE_TEXT, false },
    [KEY_KEEP] = { "keep", PLAN_TYPE_OBJECT, false },
    [KEY_COLLECT] = { "collect", PLAN_TYPE_OBJECT, false },
    [KEY_TWIN] = { "twin", PLAN_TYPE_BOOLEAN, false },
    [KEY_OBSERVE] = { "observe", PLAN_TYPE_LIST, false },
    [KEY_OR_CLOSED] = { "or_closed", PLAN_TYPE_BOOLEAN, false },
    [KEY_UNTIL] = { "until", PLAN_TYPE_OBJECT, false },
    [KEY_WHILE_HEADER] = { "while_header", PLAN_TYPE_TEXT, false },
    [KEY_STEPS] = { "steps", PLAN_TYPE_LIST, false },
    [KEY_VALUE] = { "value", PLAN_TYPE_INTEGER | PLAN_TYPE_TEXT, false },
};

/* The kinds of step that a key may stand in; the kinds themselves stand alone. */
static const unsigned stands_in[KEYS] = {
    [KEY_SEND] = IN_SEND,
    [KEY_RAW] = IN_RAW,
    [KEY_WAIT] = IN_WAIT,
    [KEY_REPEAT] = IN_REPEAT,
    [KEY_CHECK] = IN_CHECK,
    [KEY_PARALLEL] = IN_PARALLEL,
    [KEY_HOOK] = IN_HOOK,
    [KEY_JSON] = IN_SEND,
    [KEY_NEWLINES] = IN_SEND,
    [KEY_TEXT] = IN_SEND,
    [KEY_HEX] = IN_SEND,
    [KEY_HEADERS] = IN_SEND,
    [KEY_AS] = IN_SEND | IN_RAW | IN_HOOK,
    [KEY_ENDPOINT_OF] = IN_SEND,
    [KEY_AUTH] = IN_SEND | IN_RAW,
    [KEY_GRANTED] = IN_SEND,
    [KEY_SIGN] = IN_RAW,
    [KEY_SPLITS] = IN_RAW,
    [KEY_EXPECT] = IN_SEND | IN_RAW | IN_CHECK,
    [KEY_PREFER] = IN_SEND | IN_RAW | IN_CHECK,
    [KEY_REQUIREMENT] = IN_SEND | IN_RAW | IN_CHECK,
    [KEY_KEEP] = IN_SEND | IN_RAW,
    [KEY_COLLECT] = IN_SEND,
    [KEY_TWIN] = IN_SEND | IN_RAW,
    [KEY_OBSERVE] = IN_SEND | IN_RAW | IN_CHECK,
    [KEY_OR_CLOSED] = IN_SEND | IN_RAW,
    [KEY_UNTIL] = IN_REPEAT,
    [KEY_WHILE_HEADER] = IN_REPEAT,
    [KEY_STEPS] = IN_REPEAT | IN_PARALLEL,
    [KEY_VALUE] = IN_HOOK,
};

/* A step being loaded. */
struct members {
    const struct plan_node *node;
    const struct plan_node *at[KEYS];
    bool broken; /* something of it was wrong already: nothing is concluded from what is missing */
};

/* Exactly one of the seven; false and said otherwise. */
static bool find_kind(struct plan_loading *loading, const struct members *members,
                      enum plan_step_kind *ret_kind)
{
    size_t found = KINDS;
    for (size_t i = 0; i < KINDS; i++) {
        if (members->at[i] == NULL)
            continue;
        if (found < KINDS) {
            plan_source_wrong_key(loading->source, members->at[i],
                                  "a step is \"%s\" or \"%s\"; expected one of them",
                                  keys[found].name, keys[i].name);
            return false;
        }
        found = i;
    }
    if (found == KINDS) {
        if (!members->broken)
            plan_source_wrong(loading->source, members->node,
                              "a step of no kind; expected one of send, raw, wait, repeat, check, "
                              "parallel, hook");
        loading->captures.broken = true;
        return false;
    }
    *ret_kind = (enum plan_step_kind)found;
    return true;
}

static void check_places(struct plan_loading *loading, const struct members *members,
                         enum plan_step_kind kind)
{
    for (size_t i = KINDS; i < KEYS; i++)
        if (members->at[i] != NULL && (stands_in[i] & 1U << kind) == 0)
            plan_source_wrong_key(loading->source, members->at[i],
                                  "\"%s\" does not belong in a %s step", keys[i].name,
                                  keys[kind].name);
}

static void load_requirement(struct plan_loading *loading, const struct plan_node *node,
                             struct plan_step *step)
{
    step->requirement = loading->requirement_count > 0 ? loading->requirements[0] : NULL;
    if (node == NULL)
        return;
    const char *id = plan_source_text(loading->source, node);
    for (size_t i = 0; i < loading->requirement_count; i++) {
        if (strcmp(loading->requirements[i]->id, id) == 0) {
            step->requirement = loading->requirements[i];
            return;
        }
    }
    plan_source_wrong(loading->source, node,
                      "\"%s\" is not among the case's requirements; expected one of \"requires\"",
                      id);
}

static void load_wait(struct plan_loading *loading, const struct members *members,
                      struct plan_step *step)
{
    const struct plan_node *node = members->at[KEY_WAIT];
    struct slice text = plan_node_raw(&loading->source->tree, node);
    if (!stamp_parse(text, &step->wait) || step->wait <= 0 || step->wait > WAIT_MAX) {
        plan_source_wrong(loading->source, node,
                          "a wait of %.*s seconds; expected more than 0 and at most 60",
                          SLICE_FMT(slice_head(text, 40)));
        return;
    }
    if (loading->repeats == 0)
        loading->waits += step->wait;
}

static void load_rounds(struct plan_loading *loading, const struct plan_node *node,
                        struct plan_step *step)
{
    const struct plan_captures_where where = { .repeats = loading->repeats };
    const json_t *json = plan_source_json(loading->source, node);
    struct plan_part part;
    if (json_is_string(json)) {
        step->rounds = plan_source_copy(loading->source, json_string_value(json));
        plan_captures_use(&loading->captures, node, &where);
        if (!plan_part_alone(slice_text(json_string_value(json)), &part))
            plan_source_wrong(loading->source, node,
                              "a repeat without a bound; expected a number or an expression");
        return;
    }
    json_int_t rounds = json_integer_value(json);
    if (rounds < 1 || rounds > LIMIT_REPEAT)
        plan_source_wrong(loading->source, node, "a repeat out of bounds; expected 1 to %d",
                          LIMIT_REPEAT);
    step->rounds = arena_format(loading->source->ledger->arena, "%lld", (long long)rounds);
    loading->source->ledger->nomem |= step->rounds == NULL;
}

static void load_repeat(struct plan_loading *loading, const struct members *members,
                        struct plan_step *step)
{
    const struct plan_node *header = members->at[KEY_WHILE_HEADER];
    const struct plan_node *steps = members->at[KEY_STEPS];
    load_rounds(loading, members->at[KEY_REPEAT], step);
    if (loading->repeats == REPEATS_MAX) {
        plan_source_wrong(loading->source, members->node, "repeats nested too deep; at most %d",
                          REPEATS_MAX);
        return;
    }
    if (header != NULL) {
        step->while_header =
            plan_source_copy(loading->source, plan_source_text(loading->source, header));
        if (!plan_token_valid(slice_text(plan_source_text(loading->source, header))))
            plan_source_wrong(loading->source, header, "a bad name; expected that of a header");
    }
    if (steps == NULL) {
        if (!members->broken)
            plan_source_wrong(loading->source, members->node,
                              "the key \"steps\" is missing; it is required");
        return;
    }
    loading->repeats++;
    plan_steps_load(loading, steps, &step->steps, &step->step_count);
    plan_expectations_load(loading, members->at[KEY_UNTIL], false, &step->until);
    plan_captures_use_again(&loading->captures, members->node);
    loading->repeats--;
}

/* The matcher of the status, or NULL. */
static const json_t *find_status(const struct plan_step *step)
{
    for (size_t i = 0; i < step->expect.count; i++)
        if (strcmp(step->expect.at[i].kind, "status") == 0)
            return step->expect.at[i].matcher;
    return NULL;
}

static void load_twin(struct plan_loading *loading, const struct members *members,
                      struct plan_step *step)
{
    const json_t *status = find_status(step);
    const struct plan_node *twin = members->at[KEY_TWIN];
    step->twin = twin != NULL && json_is_true(plan_source_json(loading->source, twin));
    if (status != NULL && loading->refusal == NULL && plan_status_refuses(status))
        loading->refusal = members->node;
    if (!step->twin)
        return;
    loading->has_twin = true;
    if (status == NULL || !plan_status_accepts(status))
        plan_source_wrong_key(loading->source, twin,
                              "a twin that does not have to succeed; expected a \"status\" that "
                              "admits no refusal");
}

static void load_expectations(struct plan_loading *loading, const struct members *members,
                              struct plan_step *step)
{
    bool check = step->kind == PLAN_CHECK;
    plan_expectations_load(loading, members->at[KEY_EXPECT], check, &step->expect);
    plan_expectations_load(loading, members->at[KEY_PREFER], check, &step->prefer);
    if (!members->broken && members->at[KEY_EXPECT] == NULL && members->at[KEY_PREFER] == NULL &&
        members->at[KEY_KEEP] == NULL)
        plan_source_wrong(loading->source, members->node,
                          "a step that expects nothing; expected \"expect\", \"prefer\" or "
                          "\"keep\"");
}

static void load_keeps(struct plan_loading *loading, const struct members *members,
                       struct plan_step *step)
{
    size_t room = 0;
    for (size_t i = KEY_KEEP; i <= KEY_COLLECT; i++)
        room += members->at[i] == NULL ? 0 : members->at[i]->count;
    if (room == 0)
        return;
    step->keep = plan_source_alloc(loading->source, room, sizeof(*step->keep));
    if (step->keep == NULL)
        return;
    plan_keeps_load(loading, members->at[KEY_KEEP], false, step);
    plan_keeps_load(loading, members->at[KEY_COLLECT], true, step);
}

/* What closes says nothing that could be kept, and is no success. */
static void load_or_closed(struct plan_loading *loading, const struct members *members,
                           struct plan_step *step)
{
    const struct plan_node *node = members->at[KEY_OR_CLOSED];
    step->or_closed = node != NULL && json_is_true(plan_source_json(loading->source, node));
    if (!step->or_closed)
        return;
    if (members->at[KEY_KEEP] != NULL)
        plan_source_wrong_key(loading->source, members->at[KEY_KEEP],
                              "\"keep\" beside \"or_closed\": there may be no answer; expected "
                              "\"collect\", or another step");
    if (step->twin)
        plan_source_wrong_key(loading->source, node,
                              "\"or_closed\" in a twin, which has to succeed");
}

static void load_message(struct plan_loading *loading, const struct members *members,
                         struct plan_step *step)
{
    struct plan_message message = {
        .send = members->at[KEY_SEND],
        .raw = members->at[KEY_RAW],
        .sign = members->at[KEY_SIGN],
        .splits = members->at[KEY_SPLITS],
        .bodies = { [PLAN_BODY_JSON] = members->at[KEY_JSON],
                    [PLAN_BODY_NEWLINES] = members->at[KEY_NEWLINES],
                    [PLAN_BODY_TEXT] = members->at[KEY_TEXT],
                    [PLAN_BODY_HEX] = members->at[KEY_HEX] },
        .headers = members->at[KEY_HEADERS],
        .as = members->at[KEY_AS],
        .endpoint_of = members->at[KEY_ENDPOINT_OF],
        .auth = members->at[KEY_AUTH],
        .granted = members->at[KEY_GRANTED],
    };
    plan_message_load(loading, &message, step);
    load_expectations(loading, members, step);
    load_keeps(loading, members, step);
    load_twin(loading, members, step);
    load_or_closed(loading, members, step);
    plan_observations_load(loading, members->at[KEY_OBSERVE], step);
}

static void load_check(struct plan_loading *loading, const struct members *members,
                       struct plan_step *step)
{
    const struct plan_node *node = members->at[KEY_CHECK];
    const struct plan_captures_where where = { .lists = true, .repeats = loading->repeats };
    const struct plan_where root = { 0 };
    const char *pointer = "";
    step->value = plan_source_json(loading->source, node);
    plan_captures_use(&loading->captures, node, &where);
    const char *wrong =
        plan_value_wrong(step->value, &root, loading->source->ledger->arena, &pointer);
    if (wrong != NULL)
        plan_source_wrong(loading->source, node, "%s", wrong);
    load_expectations(loading, members, step);
    plan_observations_load(loading, members->at[KEY_OBSERVE], step);
}

static void load_parallel(struct plan_loading *loading, const struct members *members,
                          struct plan_step *step)
{
    plan_branches_load(loading, members->at[KEY_PARALLEL], members->at[KEY_STEPS], step);
}

static void load_hook(struct plan_loading *loading, const struct members *members,
                      struct plan_step *step)
{
    plan_hook_load(loading, members->at[KEY_HOOK], members->at[KEY_AS], members->at[KEY_VALUE],
                   step);
}

static void load_step(struct plan_loading *loading, const struct plan_node *node,
                      struct plan_step *step)
{
    static void (*const load[])(struct plan_loading *, const struct members *,
                                struct plan_step *) = {
        [PLAN_SEND] = load_message,  [PLAN_RAW] = load_message, [PLAN_WAIT] = load_wait,
        [PLAN_REPEAT] = load_repeat, [PLAN_CHECK] = load_check, [PLAN_PARALLEL] = load_parallel,
        [PLAN_HOOK] = load_hook,
    };
    struct members members = { .node = node };
    struct plan_place place = plan_source_place(loading->source, node);
    *step = (struct plan_step){ .number = ++loading->step_count,
                                .line = place.line,
                                .column = place.column,
                                .as = "me",
                                .endpoint_of = "me" };
    members.broken = !plan_source_members(loading->source, node, keys, KEYS, members.at);
    loading->captures.broken |= members.broken;
    if (!find_kind(loading, &members, &step->kind))
        return;
    check_places(loading, &members, step->kind);
    load_requirement(loading, members.at[KEY_REQUIREMENT], step);
    load[step->kind](loading, &members, step);
}

void plan_steps_load(struct plan_loading *loading, const struct plan_node *list,
                     struct plan_step **ret_steps, size_t *ret_count)
{
    if (list->count == 0) {
        plan_source_wrong(loading->source, list, "no steps; expected at least one");
        return;
    }
    *ret_steps = plan_source_alloc(loading->source, list->count, sizeof(**ret_steps));
    if (*ret_steps == NULL)
        return;
    const struct plan_node *node = plan_node_first(list);
    for (; node != NULL; node = plan_node_next(list, node))
        load_step(loading, node, &(*ret_steps)[(*ret_count)++]);
}
