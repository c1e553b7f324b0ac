#include "reports/clean.h"
#include "reports/formats.h"

#include <jansson.h>

/* Cleaned text as a string; NULL when out of memory. */
static json_t *text_of(const char *text)
{
    struct buf clean = buf_bounded(REPORT_TEXT_MAX);
    json_t *string = NULL;
    if (report_add_clean(text, REPORT_UTF8, &clean))
        string = json_stringn(clean.ptr == NULL ? "" : (const char *)clean.ptr, clean.len);
    buf_free(&clean);
    return string;
}

static json_t *count_of(size_t count)
{
    return json_integer((json_int_t)count);
}

static json_t *requirement_of(const struct verdict_requirement *requirement)
{
    return json_pack("{s:o, s:s, s:o, s:o, s:o, s:o}", "id", text_of(requirement->id), "level",
                     verdict_level_name(requirement->level), "statement",
                     text_of(requirement->statement), "source", text_of(requirement->source),
                     "impact", text_of(requirement->impact), "note", text_of(requirement->note));
}

static json_t *excuse_of(const struct verdict_excuse *excuse)
{
    if (excuse == NULL)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "class", excuse->flaky ? "flaky" : "failing", "reason",
                     text_of(excuse->reason), "link", text_of(excuse->link), "expires",
                     text_of(excuse->expires));
}

static json_t *finding_of(const struct verdict_finding *finding)
{
    json_t *requirement =
        finding->requirement == NULL ? json_null() : text_of(finding->requirement->id);
    json_t *exchange = finding->exchange == SIZE_MAX ? json_null() : count_of(finding->exchange);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "severity",
                     verdict_outcome_name(finding->severity), "requirement", requirement, "where",
                     text_of(finding->where), "expected", text_of(finding->expected), "seen",
                     text_of(finding->seen), "exchange", exchange, "excuse",
                     excuse_of(finding->excuse));
}

static json_t *exchange_of(const struct verdict_exchange *exchange)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:I}", "title", text_of(exchange->title), "request",
                     text_of(exchange->request), "response", text_of(exchange->response), "curl",
                     text_of(exchange->curl), "duration_ms", (json_int_t)exchange->duration_ms);
}

/* Takes over both; false, with ${list} released, when either is NULL. */
static bool append(json_t **list, json_t *value)
{
    if (*list != NULL && json_array_append_new(*list, value) == 0)
        return true;
    json_decref(*list);
    *list = NULL;
    return false;
}

static json_t *requirement_ids(const struct verdict *verdict)
{
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->requirement_count; i++) {
        if (!append(&list, text_of(verdict->requirements[i]->id)))
            break;
    }
    return list;
}

static json_t *findings_of(const struct verdict *verdict)
{
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->finding_count; i++) {
        if (!append(&list, finding_of(&verdict->findings[i])))
            break;
    }
    return list;
}

static json_t *info_of(const struct verdict *verdict)
{
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->info_count; i++) {
        if (!append(&list, text_of(verdict->info[i])))
            break;
    }
    return list;
}

static json_t *exchanges_of(const struct verdict *verdict)
{
    json_t *list = json_array();
    for (size_t i = 0; i < verdict->exchange_count; i++) {
        if (!append(&list, exchange_of(&verdict->exchanges[i])))
            break;
    }
    return list;
}

static json_t *blame_of(const struct verdict_blame *blame)
{
    if (blame == NULL)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "side", verdict_side_name(blame->side), "text",
                     text_of(blame->text), "step", text_of(blame->step), "request",
                     text_of(blame->request), "response", text_of(blame->response));
}

/* Adds what few verdicts have. */
static json_t *with_reach(json_t *made, const struct verdict *verdict)
{
    if (made == NULL || !verdict->out_of_reach ||
        json_object_set_new(made, "out_of_reach", json_true()) == 0)
        return made;
    json_decref(made);
    return NULL;
}

static json_t *verdict_of(const struct verdict *verdict)
{
    json_t *made = json_pack(
        "{s:o, s:o, s:o, s:I, s:s, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, "
        "s:I, s:I, s:o}",
        "id", text_of(verdict->id), "title", text_of(verdict->title), "file",
        text_of(verdict->file), "line", (json_int_t)verdict->line, "outcome",
        verdict_outcome_name(verdict->outcome), "expected", (int)verdict->expected, "reason",
        text_of(verdict->reason), "requirements", requirement_ids(verdict), "findings",
        findings_of(verdict), "info", info_of(verdict), "exchanges", exchanges_of(verdict), "blame",
        blame_of(verdict->blame), "runs", (json_int_t)verdict->runs, "failed",
        (json_int_t)verdict->failed, "checks", (json_int_t)verdict->checks, "requests",
        (json_int_t)verdict->requests, "duration_ms", (json_int_t)verdict->duration_ms, "replay",
        text_of(verdict->replay));
    return with_reach(made, verdict);
}

static json_t *verdicts_of(const struct verdict_run *run)
{
    json_t *list = json_array();
    for (size_t i = 0; i < run->count; i++) {
        if (!append(&list, verdict_of(&run->verdicts[i])))
            break;
    }
    return list;
}

/* Every requirement that a verdict names, once, by id: verdicts and findings refer to them. */
static json_t *requirements_of(const struct verdict_run *run)
{
    json_t *all = json_object();
    for (size_t i = 0; i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        size_t count = verdict->requirement_count + verdict->finding_count;
        for (size_t j = 0; j < count; j++) {
            const struct verdict_requirement *one =
                j < verdict->requirement_count
                    ? verdict->requirements[j]
                    : verdict->findings[j - verdict->requirement_count].requirement;
            if (one == NULL || json_object_get(all, one->id) != NULL)
                continue;
            if (json_object_set_new(all, one->id, requirement_of(one)) != 0) {
                json_decref(all);
                return NULL;
            }
        }
    }
    return all;
}

static json_t *notices_of(const struct verdict_run *run)
{
    json_t *list = json_array();
    for (const struct verdict_notice *one = run->notices; one != NULL; one = one->next) {
        if (!append(&list, json_pack("{s:s, s:o}", "kind", verdict_notice_name(one->kind), "text",
                                     text_of(one->text))))
            break;
    }
    return list;
}

static json_t *totals_of(const size_t counts[VERDICT_OUTCOMES])
{
    json_t *totals = json_object();
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        const char *name = verdict_outcome_name((enum verdict_outcome)i);
        if (json_object_set_new(totals, name, count_of(counts[i])) != 0) {
            json_decref(totals);
            return NULL;
        }
    }
    return totals;
}

static int add_part(const char *bytes, size_t len, void *context)
{
    return buf_add(context, slice_of(bytes, len)) ? 0 : -1;
}

static bool write_json(const struct verdict_run *run, const struct report_style *style,
                       struct buf *out)
{
    (void)style;
    char seed[24];
    (void)snprintf(seed, sizeof(seed), "%llu", (unsigned long long)run->seed);
    json_t *setup_error = run->setup_error == NULL ? json_null() : text_of(run->setup_error);
    json_t *root = json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:s, s:I, s:i, s:o, s:o, s:o, s:I, s:I, s:I, s:o, "
        "s:o, s:o}",
        "format", "syncspec-result-1", "version", run->version, "api", run->api, "target",
        text_of(run->target), "started", run->started, "seed", seed, "duration_ms",
        (json_int_t)run->duration_ms, "exit_code", (int)verdict_run_exit(run), "setup_error",
        setup_error, "totals", totals_of(run->totals), "expected", totals_of(run->expected),
        "checks", (json_int_t)run->checks, "min_checks", (json_int_t)run->min_checks, "requests",
        (json_int_t)run->requests, "notices", notices_of(run), "requirements", requirements_of(run),
        "verdicts", verdicts_of(run));
    bool written = root != NULL && json_dump_callback(root, add_part, out, JSON_INDENT(2)) == 0 &&
                   buf_add_byte(out, '\n');
    json_decref(root);
    return written;
}

const struct report_format report_json = {
    .name = "json",
    .meaning = "everything, as reports/schema.json describes it",
    .write = write_json,
};
