#include "runner/evidence.h"

#include "base/alloc.h"
#include "exchange/transcript.h"

enum {
    FINDINGS_MEMORY = 4 * 1024 * 1024,
    TITLE_MAX = 256,
    TRANSCRIPT_MAX = 512 * 1024, /* a head of LIMIT_ANSWER_HEAD, its control bytes written out */
    CURL_MAX = 64 * 1024,
};

bool runner_evidence_init(struct runner_evidence *evidence, const struct runner_world *world)
{
    *evidence = (struct runner_evidence){ .world = world, .arena = arena_new(FINDINGS_MEMORY) };
    return evidence->arena != NULL;
}

static void free_entry(struct runner_evidence_entry *entry)
{
    buf_free(&entry->title);
    buf_free(&entry->request);
    buf_free(&entry->response);
    buf_free(&entry->curl);
    alloc_release(entry);
}

/* Makes room for one more: drops the oldest entry that no finding cites, or else the oldest. */
static void make_room(struct runner_evidence *evidence)
{
    size_t at = 0;
    if (evidence->entry_count < RUNNER_EXCHANGES_KEPT)
        return;
    while (at < evidence->entry_count && evidence->entries[at]->cited)
        at++;
    if (at == evidence->entry_count)
        at = 0;
    for (size_t i = 0; i < evidence->finding_count; i++) {
        if (evidence->cites[i] == evidence->entries[at])
            evidence->cites[i] = NULL;
    }
    free_entry(evidence->entries[at]);
    evidence->entry_count--;
    memmove(&evidence->entries[at], &evidence->entries[at + 1],
            (evidence->entry_count - at) * sizeof(struct runner_evidence_entry *));
}

/* A text that is too long to be shown is replaced; running out of memory is another matter. */
static void or_instead(struct buf *text, bool fits, const char *instead)
{
    if (fits)
        return;
    buf_clear(text);
    (void)buf_add_text(text, instead);
}

size_t runner_evidence_add(struct runner_evidence *evidence, const struct exchange_call *call,
                           const char *title)
{
    make_room(evidence);
    struct runner_evidence_entry *entry = alloc_new(struct runner_evidence_entry);
    if (entry == NULL) {
        evidence->nomem = true;
        return 0;
    }
    *entry = (struct runner_evidence_entry){
        .title = buf_bounded(TITLE_MAX),
        .request = buf_bounded(TRANSCRIPT_MAX),
        .response = buf_bounded(TRANSCRIPT_MAX),
        .curl = buf_bounded(CURL_MAX),
        .duration_ms = call->duration_ms,
        .number = ++evidence->added,
    };
    (void)buf_add_text(&entry->title, title);
    or_instead(&entry->request, exchange_transcript_request(call, &entry->request),
               "(too long to be shown)");
    or_instead(&entry->response, exchange_transcript_response(call, &entry->response),
               "(too long to be shown)");
    or_instead(&entry->curl,
               exchange_transcript_curl(call, &evidence->world->target->url, &entry->curl),
               "# too long for a command line: run the case again instead");
    evidence->entries[evidence->entry_count++] = entry;
    return entry->number;
}

static const char *keep_text(struct runner_evidence *evidence, const char *text)
{
    struct slice bytes = slice_text(text);
    char *copy = arena_text(evidence->arena, bytes);
    if (copy == NULL) {
        evidence->nomem = true;
        return "";
    }
    runner_world_scrub(evidence->world, copy, bytes.len);
    return copy;
}

/* Where the finding goes: at the end, or, when there is no room, in the place of the last warning.
 * Another warning goes nowhere then. */
static size_t place_for(struct runner_evidence *evidence, enum verdict_outcome severity)
{
    if (evidence->finding_count < RUNNER_FINDINGS_KEPT)
        return evidence->finding_count++;
    size_t at = severity == VERDICT_WARN ? 0 : RUNNER_FINDINGS_KEPT;
    while (at > 0 && evidence->findings[at - 1].severity != VERDICT_WARN)
        at--;
    if (at == 0)
        return RUNNER_FINDINGS_KEPT;
    evidence->cites[at - 1] = NULL;
    return at - 1;
}

/* The entry of that number, if it is still kept. */
static struct runner_evidence_entry *entry_of(const struct runner_evidence *evidence, size_t number)
{
    for (size_t i = evidence->entry_count; i > 0; i--) {
        if (evidence->entries[i - 1]->number == number)
            return evidence->entries[i - 1];
    }
    return NULL;
}

void runner_evidence_find(struct runner_evidence *evidence, const struct verdict_finding *finding,
                          size_t exchange)
{
    size_t at = place_for(evidence, finding->severity);
    if (at == RUNNER_FINDINGS_KEPT)
        return;
    evidence->findings[at] = (struct verdict_finding){
        .requirement = finding->requirement,
        .severity = finding->severity,
        .where = keep_text(evidence, finding->where),
        .expected = keep_text(evidence, finding->expected),
        .seen = keep_text(evidence, finding->seen),
        .exchange = SIZE_MAX,
    };
    struct runner_evidence_entry *entry = entry_of(evidence, exchange);
    if (entry == NULL)
        return;
    entry->cited = true;
    evidence->cites[at] = entry;
}

void runner_evidence_inform(struct runner_evidence *evidence, const char *where, const char *text)
{
    const char *line = arena_format(evidence->arena, "%s: %s", where, text);
    if (line == NULL) {
        evidence->nomem = true;
        return;
    }
    for (size_t i = 0; i < evidence->info_count; i++) {
        if (strcmp(evidence->info[i], line) == 0)
            return;
    }
    if (evidence->info_count < RUNNER_INFO_KEPT)
        evidence->info[evidence->info_count++] = keep_text(evidence, line);
}

static const char *move_text(const struct runner_evidence *evidence, const struct buf *text,
                             bool *ok)
{
    char *copy = arena_text(evidence->world->arena, buf_slice(text));
    if (copy == NULL)
        *ok = false;
    else
        runner_world_scrub(evidence->world, copy, text->len);
    return copy;
}

static bool move_exchanges(const struct runner_evidence *evidence, struct verdict *verdict)
{
    bool ok = true;
    if (evidence->entry_count == 0)
        return true;
    verdict->exchanges =
        arena_alloc(evidence->world->arena, evidence->entry_count, sizeof(struct verdict_exchange));
    if (verdict->exchanges == NULL)
        return false;
    for (size_t i = 0; ok && i < evidence->entry_count; i++) {
        const struct runner_evidence_entry *entry = evidence->entries[i];
        verdict->exchanges[i] = (struct verdict_exchange){
            .title = move_text(evidence, &entry->title, &ok),
            .request = move_text(evidence, &entry->request, &ok),
            .response = move_text(evidence, &entry->response, &ok),
            .curl = move_text(evidence, &entry->curl, &ok),
            .duration_ms = entry->duration_ms,
        };
    }
    verdict->exchange_count = ok ? evidence->entry_count : 0;
    return ok;
}

/* Where the entry that a finding cites now stands. */
static size_t index_of(const struct runner_evidence *evidence,
                       const struct runner_evidence_entry *entry)
{
    for (size_t i = 0; entry != NULL && i < evidence->entry_count; i++) {
        if (evidence->entries[i] == entry)
            return i;
    }
    return SIZE_MAX;
}

static bool move_finding(const struct runner_evidence *evidence, size_t at, bool exchanges,
                         struct verdict_finding *ret)
{
    struct arena *arena = evidence->world->arena;
    *ret = evidence->findings[at];
    ret->where = arena_text(arena, slice_text(ret->where));
    ret->expected = arena_text(arena, slice_text(ret->expected));
    ret->seen = arena_text(arena, slice_text(ret->seen));
    ret->exchange = exchanges ? index_of(evidence, evidence->cites[at]) : SIZE_MAX;
    return ret->where != NULL && ret->expected != NULL && ret->seen != NULL;
}

static bool move_info(const struct runner_evidence *evidence, struct verdict *verdict)
{
    struct arena *arena = evidence->world->arena;
    if (evidence->info_count == 0)
        return true;
    verdict->info = arena_alloc(arena, evidence->info_count, sizeof(const char *));
    if (verdict->info == NULL)
        return false;
    for (size_t i = 0; i < evidence->info_count; i++) {
        const char *line = arena_text(arena, slice_text(evidence->info[i]));
        if (line == NULL)
            return false;
        verdict->info[verdict->info_count++] = line;
    }
    return true;
}

bool runner_evidence_move(const struct runner_evidence *evidence, bool exchanges,
                          struct verdict *verdict)
{
    if (evidence->nomem || !move_info(evidence, verdict) ||
        (exchanges && !move_exchanges(evidence, verdict)))
        return false;
    if (evidence->finding_count == 0)
        return true;
    verdict->findings = arena_alloc(evidence->world->arena, evidence->finding_count,
                                    sizeof(struct verdict_finding));
    if (verdict->findings == NULL)
        return false;
    for (size_t i = 0; i < evidence->finding_count; i++) {
        if (!move_finding(evidence, i, exchanges, &verdict->findings[i]))
            return false;
    }
    verdict->finding_count = evidence->finding_count;
    return true;
}

void runner_evidence_free(struct runner_evidence *evidence)
{
    for (size_t i = 0; i < evidence->entry_count; i++)
        free_entry(evidence->entries[i]);
    arena_free(evidence->arena);
    *evidence = (struct runner_evidence){ 0 };
}
