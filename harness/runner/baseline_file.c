/* A baseline as a file: reports/baseline-schema.json is the format. */
#include "plan/source.h"
#include "runner/baseline.h"

#include <stdio.h>
#include <stdlib.h>

static const char format[] = "syncspec-baseline-1";
static const char flaky[] = "flaky";
static const char failing[] = "failing";

enum { CASE, REQUIREMENT, WHERE, CLASS, REASON, LINK, EXPIRES, ENTRY_KEYS };

static const struct plan_key entry_keys[ENTRY_KEYS] = {
    [CASE] = { "case", PLAN_TYPE_TEXT, true },
    [REQUIREMENT] = { "requirement", PLAN_TYPE_TEXT, false },
    [WHERE] = { "where", PLAN_TYPE_TEXT, true },
    [CLASS] = { "class", PLAN_TYPE_TEXT, false },
    [REASON] = { "reason", PLAN_TYPE_TEXT, true },
    [LINK] = { "link", PLAN_TYPE_TEXT, false },
    [EXPIRES] = { "expires", PLAN_TYPE_TEXT, false },
};

/* "2027-01-31". */
static bool is_date(struct slice text)
{
    struct slice year;
    struct slice month;
    struct slice day;
    uint64_t number[3];
    return text.len == 10 && slice_cut(text, '-', &year, &month) && year.len == 4 &&
           slice_cut(month, '-', &month, &day) && month.len == 2 &&
           slice_to_u64(year, &number[0]) && slice_to_u64(month, &number[1]) &&
           slice_to_u64(day, &number[2]) && number[1] >= 1 && number[1] <= 12 && number[2] >= 1 &&
           number[2] <= 31;
}

/* "" for a key that is not there. */
static const char *text_of(struct plan_source *source, const struct plan_node *node)
{
    const char *text = node == NULL ? NULL : plan_source_text(source, node);
    return text == NULL ? "" : plan_source_copy(source, text);
}

static void read_entry(struct plan_source *source, const struct plan_node *node,
                       struct runner_baseline *baseline)
{
    const struct plan_node *members[ENTRY_KEYS];
    if (!plan_source_members(source, node, entry_keys, ENTRY_KEYS, members))
        return;
    const char *class = text_of(source, members[CLASS]);
    const char *expires = text_of(source, members[EXPIRES]);
    struct plan_place place = plan_source_place(source, node);
    if (class != NULL && class[0] != '\0' && strcmp(class, flaky) != 0 &&
        strcmp(class, failing) != 0)
        plan_source_wrong(source, members[CLASS], "unknown class; expected failing or flaky");
    if (expires != NULL && members[EXPIRES] != NULL && !is_date(slice_text(expires)))
        plan_source_wrong(source, members[EXPIRES],
                          "no date; expected the last day that the entry holds, as 2027-01-31");
    if (class == NULL || expires == NULL || source->ledger->nomem)
        return;
    baseline->entries[baseline->count++] = (struct runner_baseline_entry){
        .id = text_of(source, members[CASE]),
        .requirement = text_of(source, members[REQUIREMENT]),
        .where = text_of(source, members[WHERE]),
        .excuse = {
            .flaky = strcmp(class, flaky) == 0,
            .reason = text_of(source, members[REASON]),
            .link = text_of(source, members[LINK]),
            .expires = expires,
        },
        .line = place.line,
        .column = place.column,
    };
}

static void refuse_doubles(struct plan_source *source, const struct runner_baseline *baseline)
{
    for (size_t i = 1; i < baseline->count; i++) {
        const struct runner_baseline_entry *entry = &baseline->entries[i];
        const struct plan_place place = { .line = entry->line, .column = entry->column };
        if (runner_baseline_compare(entry - 1, entry) == 0)
            plan_ledger_wrong(source->ledger, source->name, &place,
                              "an entry for this case, requirement and place stands here and "
                              "elsewhere; one is enough");
    }
}

static void read_root(struct plan_source *source, struct runner_baseline *baseline)
{
    static const struct plan_key keys[] = {
        { "format", PLAN_TYPE_TEXT, true },
        { "entries", PLAN_TYPE_LIST, true },
    };
    const struct plan_node *members[COUNT_OF(keys)];
    const struct plan_node *root = plan_source_root(source);
    if (!plan_source_members(source, root, keys, COUNT_OF(keys), members))
        return;
    if (strcmp(plan_source_text(source, members[0]), format) != 0)
        plan_source_wrong(source, members[0], "unknown format; expected \"%s\"", format);
    if (members[1]->count > RUNNER_BASELINE_ENTRIES) {
        plan_source_wrong(source, members[1], "more than %d entries", RUNNER_BASELINE_ENTRIES);
        return;
    }
    baseline->entries =
        plan_source_alloc(source, members[1]->count + 1, sizeof(struct runner_baseline_entry));
    const struct plan_node *entry = plan_node_first(members[1]);
    for (; entry != NULL && !source->ledger->nomem; entry = plan_node_next(members[1], entry))
        read_entry(source, entry, baseline);
    if (baseline->count == 0 || source->ledger->nomem)
        return;
    qsort(baseline->entries, baseline->count, sizeof(struct runner_baseline_entry),
          runner_baseline_compare);
    refuse_doubles(source, baseline);
}

struct runner_baseline *runner_baseline_read(const char *name, struct slice text,
                                             struct plan_errors *errors)
{
    struct runner_baseline *baseline = runner_baseline_new(name);
    if (baseline == NULL)
        return NULL;
    struct plan_ledger ledger = { .arena = baseline->arena, .errors = errors };
    struct plan_source source;
    if (plan_source_read(&source, &ledger, name, text))
        read_root(&source, baseline);
    plan_source_free(&source);
    if (errors->count == 0 && !ledger.nomem)
        return baseline;
    runner_baseline_free(baseline);
    return NULL;
}

/* Adds the member unless the text is empty.  False when out of memory. */
static bool set(json_t *object, const char *key, const char *text)
{
    return text[0] == '\0' || json_object_set_new(object, key, json_string(text)) == 0;
}

static json_t *entry_of(const struct runner_baseline_entry *entry)
{
    json_t *object = json_object();
    const struct verdict_excuse *excuse = &entry->excuse;
    if (set(object, "case", entry->id) && set(object, "requirement", entry->requirement) &&
        set(object, "where", entry->where) &&
        set(object, "class", excuse->flaky ? flaky : failing) &&
        set(object, "reason", excuse->reason) && set(object, "link", excuse->link) &&
        set(object, "expires", excuse->expires))
        return object;
    json_decref(object);
    return NULL;
}

static int add_part(const char *bytes, size_t len, void *context)
{
    return buf_add(context, slice_of(bytes, len)) ? 0 : -1;
}

bool runner_baseline_write(const struct runner_baseline *baseline, struct buf *out)
{
    json_t *list = json_array();
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < baseline->count; i++)
        ok = json_array_append_new(list, entry_of(&baseline->entries[i])) == 0;
    json_t *root = json_pack("{s:s, s:o}", "format", format, "entries", list);
    ok = ok && root != NULL && json_dump_callback(root, add_part, out, JSON_INDENT(2)) == 0 &&
         buf_add_byte(out, '\n');
    json_decref(root);
    return ok;
}
