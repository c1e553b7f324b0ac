#include "runner/baseline.h"

#include "base/alloc.h"
#include "base/utf8.h"

#include <stdlib.h>

enum { DATE = 10, MEMORY = 64 * 1024 * 1024, TEXT_MAX = 4096 };

struct runner_baseline *runner_baseline_new(const char *name)
{
    struct arena *arena = arena_new(MEMORY);
    struct runner_baseline *baseline =
        arena == NULL ? NULL : arena_new_object(arena, struct runner_baseline);
    if (baseline != NULL)
        *baseline =
            (struct runner_baseline){ .arena = arena, .name = arena_text(arena, slice_text(name)) };
    if (baseline != NULL && baseline->name != NULL)
        return baseline;
    arena_free(arena);
    return NULL;
}

void runner_baseline_free(struct runner_baseline *baseline)
{
    if (baseline != NULL)
        arena_free(baseline->arena);
}

int runner_baseline_compare(const void *a, const void *b)
{
    const struct runner_baseline_entry *one = a;
    const struct runner_baseline_entry *other = b;
    int order = strcmp(one->id, other->id);
    if (order == 0)
        order = strcmp(one->requirement, other->requirement);
    return order != 0 ? order : strcmp(one->where, other->where);
}

/* Whether the finding makes its case fail or end in error. */
static bool is_severe(const struct verdict_finding *finding)
{
    return finding->severity == VERDICT_FAIL || finding->severity == VERDICT_ERROR;
}

/* A place may hold bytes that a server sent; in a file each that is not UTF-8 is a '?'. */
static bool is_place(struct slice where, struct slice written)
{
    while (where.len > 0) {
        size_t valid = utf8_valid_length(where);
        if (!slice_eq(slice_head(where, valid), slice_head(written, valid)))
            return false;
        where = slice_from(where, valid);
        written = slice_from(written, valid);
        if (where.len == 0)
            break;
        if (written.len == 0 || written.ptr[0] != '?')
            return false;
        where = slice_from(where, 1);
        written = slice_from(written, 1);
    }
    return written.len == 0;
}

static const char *write_place(struct arena *arena, const char *where)
{
    struct slice rest = slice_text(where);
    char *written = arena_text(arena, rest);
    size_t len = rest.len;
    for (rest = slice_from(rest, utf8_valid_length(rest)); written != NULL && rest.len > 0;
         rest = slice_from(rest, utf8_valid_length(rest))) {
        written[len - rest.len] = '?';
        rest = slice_from(rest, 1);
    }
    return written;
}

static const char *requirement_of(const struct verdict_finding *finding)
{
    return finding->requirement == NULL ? "" : finding->requirement->id;
}

static bool knows(const struct runner_baseline_entry *entry, const struct verdict *verdict,
                  const struct verdict_finding *finding)
{
    return strcmp(entry->id, verdict->id) == 0 &&
           strcmp(entry->requirement, requirement_of(finding)) == 0 &&
           is_place(slice_text(finding->where), slice_text(entry->where));
}

static const struct runner_baseline_entry *find(const struct runner_baseline *baseline,
                                                const struct verdict *verdict,
                                                const struct verdict_finding *finding)
{
    for (size_t i = 0; i < baseline->count; i++) {
        if (knows(&baseline->entries[i], verdict, finding))
            return &baseline->entries[i];
    }
    return NULL;
}

static bool is_seen(const struct runner_baseline_entry *entry, const struct verdict *verdict)
{
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (is_severe(&verdict->findings[i]) && knows(entry, verdict, &verdict->findings[i]))
            return true;
    }
    return false;
}

static bool has_expired(const struct runner_baseline_entry *entry, const char *today)
{
    return entry->excuse.expires[0] != '\0' && strncmp(entry->excuse.expires, today, DATE) < 0;
}

void runner_baseline_judge(const struct runner_baseline *baseline, const char *today,
                           struct verdict *verdict)
{
    size_t severe = 0;
    size_t excused = 0;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        struct verdict_finding *finding = &verdict->findings[i];
        finding->excuse = NULL;
        if (!is_severe(finding))
            continue;
        severe++;
        const struct runner_baseline_entry *entry =
            baseline == NULL ? NULL : find(baseline, verdict, finding);
        if (entry == NULL || has_expired(entry, today))
            continue;
        finding->excuse = &entry->excuse;
        excused++;
    }
    verdict->expected = severe > 0 && excused == severe;
}

/* Whether the case got far enough to tell whether its known findings are there. */
static bool is_decided(const struct verdict *verdict)
{
    return verdict->outcome == VERDICT_PASS || verdict->outcome == VERDICT_WARN ||
           verdict->outcome == VERDICT_FAIL || verdict->finding_count > 0;
}

static bool tell(const struct runner_baseline *baseline, struct verdict_run *run,
                 enum verdict_notice_kind kind, const struct runner_baseline_entry *entry)
{
    static const char *const advice[] = {
        [VERDICT_NOTICE_STALE] = "take the entry out, or let --update-baseline do it",
        [VERDICT_NOTICE_EXPIRED] = "the entry counts as not there: repair it, or set a new date",
    };
    struct buf text = buf_bounded(TEXT_MAX);
    (void)buf_add_text(&text, baseline->name);
    if (entry->line > 0)
        (void)buf_add_format(&text, ":%u", entry->line);
    (void)buf_add_format(&text, ": %.512s, %.512s", entry->id, entry->where);
    const bool expired = kind == VERDICT_NOTICE_EXPIRED;
    (void)buf_add_format(&text,
                         expired ? " was expected until %s" : " is expected, but not there%s",
                         expired ? entry->excuse.expires : "");
    (void)buf_add_format(&text, "; %s", advice[kind]);
    const char *whole = buf_text(&text);
    bool told = whole != NULL && verdict_run_notice(run, kind, whole);
    buf_free(&text);
    return told;
}

static bool tell_of(const struct runner_baseline *baseline, const struct plan *plan,
                    struct verdict_run *run, const struct runner_baseline_entry *entry)
{
    const struct verdict *verdict = verdict_run_find(run, entry->id);
    if (verdict == NULL && plan_case_find(plan, slice_text(entry->id)) == NULL)
        return tell(baseline, run, VERDICT_NOTICE_STALE, entry);
    if (verdict == NULL || !is_decided(verdict))
        return true;
    bool seen = is_seen(entry, verdict);
    if (has_expired(entry, run->started))
        return tell(baseline, run, VERDICT_NOTICE_EXPIRED, entry);
    /* A case ends where it first fails: after a failure that nobody knows, the entry's place may
     * not have been reached. */
    bool whole =
        verdict->expected || verdict->outcome == VERDICT_PASS || verdict->outcome == VERDICT_WARN;
    if (seen || entry->excuse.flaky || !whole)
        return true;
    return tell(baseline, run, VERDICT_NOTICE_STALE, entry);
}

bool runner_baseline_apply(const struct runner_baseline *baseline, const struct plan *plan,
                           struct verdict_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        runner_baseline_judge(baseline, run->started, &run->verdicts[i]);
    bool told = true;
    for (size_t i = 0; told && i < baseline->count; i++)
        told = tell_of(baseline, plan, run, &baseline->entries[i]);
    verdict_run_tally(run);
    return told;
}

/* Entries for a new baseline, in no order yet. */
struct draft {
    struct runner_baseline *baseline;
    size_t room;
    bool failed;
};

static void add(struct draft *draft, const struct runner_baseline_entry *entry)
{
    struct arena *arena = draft->baseline->arena;
    if (draft->failed || draft->baseline->count == draft->room) {
        draft->failed = true;
        return;
    }
    const struct runner_baseline_entry copy = {
        .id = arena_text(arena, slice_text(entry->id)),
        .requirement = arena_text(arena, slice_text(entry->requirement)),
        .where = write_place(arena, entry->where),
        .excuse = {
            .flaky = entry->excuse.flaky,
            .reason = arena_text(arena, slice_text(entry->excuse.reason)),
            .link = arena_text(arena, slice_text(entry->excuse.link)),
            .expires = arena_text(arena, slice_text(entry->excuse.expires)),
        },
    };
    draft->failed = copy.id == NULL || copy.requirement == NULL || copy.where == NULL ||
                    copy.excuse.reason == NULL || copy.excuse.link == NULL ||
                    copy.excuse.expires == NULL;
    if (!draft->failed)
        draft->baseline->entries[draft->baseline->count++] = copy;
}

static void keep_old(struct draft *draft, const struct runner_baseline *old,
                     const struct plan *plan, const struct verdict_run *run,
                     struct runner_baseline_change *change)
{
    for (size_t i = 0; i < old->count; i++) {
        struct runner_baseline_entry entry = old->entries[i];
        const struct verdict *verdict = verdict_run_find(run, entry.id);
        bool expired = has_expired(&entry, run->started);
        bool seen = verdict != NULL && is_seen(&entry, verdict);
        bool stays =
            seen || verdict == NULL || !is_decided(verdict) || (entry.excuse.flaky && !expired);
        bool unknown = verdict == NULL && plan_case_find(plan, slice_text(entry.id)) == NULL;
        if (unknown || !stays) {
            change->dropped++;
            continue;
        }
        if (seen && expired) {
            entry.excuse.expires = "";
            change->renewed++;
        }
        change->kept++;
        add(draft, &entry);
    }
}

static void add_new(struct draft *draft, const struct verdict_run *run,
                    struct runner_baseline_change *change)
{
    char reason[TEXT_MAX];
    (void)snprintf(reason, sizeof(reason),
                   "written by --update-baseline on %.*s; say why, and link to where it is dealt "
                   "with",
                   DATE, run->started);
    for (size_t i = 0; i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        for (size_t j = 0; j < verdict->finding_count; j++) {
            const struct verdict_finding *finding = &verdict->findings[j];
            if (!is_severe(finding) || find(draft->baseline, verdict, finding) != NULL)
                continue;
            const struct runner_baseline_entry entry = {
                .id = verdict->id,
                .requirement = requirement_of(finding),
                .where = finding->where,
                .excuse = { .flaky = verdict->failed < verdict->runs,
                            .reason = reason,
                            .link = "",
                            .expires = "" },
            };
            add(draft, &entry);
            change->added++;
        }
    }
}

static size_t count_severe(const struct verdict_run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++) {
        for (size_t j = 0; j < run->verdicts[i].finding_count; j++)
            count += is_severe(&run->verdicts[i].findings[j]);
    }
    return count;
}

struct runner_baseline *runner_baseline_update(const struct runner_baseline *old,
                                               const struct plan *plan,
                                               const struct verdict_run *run,
                                               struct runner_baseline_change *ret_change)
{
    size_t room = old->count + count_severe(run);
    struct draft draft = { .baseline = runner_baseline_new(old->name) };
    if (draft.baseline == NULL)
        return NULL;
    draft.room = room < RUNNER_BASELINE_ENTRIES ? room : RUNNER_BASELINE_ENTRIES;
    draft.baseline->entries =
        arena_alloc(draft.baseline->arena, room + 1, sizeof(struct runner_baseline_entry));
    draft.failed = draft.baseline->entries == NULL;
    *ret_change = (struct runner_baseline_change){ 0 };
    keep_old(&draft, old, plan, run, ret_change);
    add_new(&draft, run, ret_change);
    if (draft.failed) {
        runner_baseline_free(draft.baseline);
        return NULL;
    }
    qsort(draft.baseline->entries, draft.baseline->count, sizeof(struct runner_baseline_entry),
          runner_baseline_compare);
    return draft.baseline;
}
