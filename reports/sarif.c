#include "reports/clean.h"
#include "reports/formats.h"

#include <jansson.h>

/* Cleaned text as a string; NULL when out of memory. */
static json_t *text_of(const char *text)
{
    struct buf clean = buf_bounded(REPORT_TEXT_MAX);
    json_t *string = NULL;
    if (report_add_clean(text, REPORT_LINES, &clean))
        string = json_stringn(clean.ptr == NULL ? "" : (const char *)clean.ptr, clean.len);
    buf_free(&clean);
    return string;
}

static json_t *message_of(const struct verdict_finding *finding)
{
    struct buf text = buf_bounded(REPORT_TEXT_MAX);
    (void)buf_add_format(&text, "%s: expected %s, seen %s", finding->where, finding->expected,
                         finding->seen);
    if (finding->requirement != NULL && finding->requirement->impact[0] != '\0')
        (void)buf_add_format(&text, ". %s", finding->requirement->impact);
    const char *whole = buf_text(&text);
    json_t *message = whole == NULL ? NULL : json_pack("{s:o}", "text", text_of(whole));
    buf_free(&text);
    return message;
}

static json_t *suppressions_of(const struct verdict_excuse *excuse)
{
    if (excuse == NULL)
        return json_array();
    return json_pack("[{s:s, s:o}]", "kind", "external", "justification", text_of(excuse->reason));
}

/* A rule is a requirement; a finding without one is about the harness or the network. */
static json_t *result_of(const struct verdict *verdict, const struct verdict_finding *finding)
{
    const char *rule = finding->requirement == NULL ? "harness" : finding->requirement->id;
    const char *level = finding->severity == VERDICT_WARN ? "warning" : "error";
    json_t *location = json_pack("{s:{s:{s:o}, s:{s:I}}}", "physicalLocation", "artifactLocation",
                                 "uri", text_of(verdict->file), "region", "startLine",
                                 (json_int_t)(verdict->line == 0 ? 1 : verdict->line));
    return json_pack("{s:o, s:s, s:o, s:[o], s:o, s:{s:o, s:o}, s:{s:o, s:o}}", "ruleId",
                     text_of(rule), "level", level, "message", message_of(finding), "locations",
                     location, "suppressions", suppressions_of(finding->excuse),
                     "partialFingerprints", "case", text_of(verdict->id), "where",
                     text_of(finding->where), "properties", "case", text_of(verdict->id), "replay",
                     text_of(verdict->replay));
}

static json_t *rule_of(const struct verdict_requirement *requirement)
{
    return json_pack("{s:o, s:{s:o}, s:{s:o}, s:{s:s}}", "id", text_of(requirement->id),
                     "shortDescription", "text", text_of(requirement->statement), "help", "text",
                     text_of(requirement->source), "properties", "level",
                     verdict_level_name(requirement->level));
}

/* Takes over ${value}; false when out of memory. */
static bool append(json_t *list, json_t *value)
{
    return json_array_append_new(list, value) == 0;
}

static bool add_rule(json_t *rules, json_t *seen, const struct verdict_requirement *requirement)
{
    if (requirement == NULL || json_object_get(seen, requirement->id) != NULL)
        return true;
    return json_object_set_new(seen, requirement->id, json_true()) == 0 &&
           append(rules, rule_of(requirement));
}

static bool add_all(const struct verdict_run *run, json_t *rules, json_t *results)
{
    json_t *seen = json_object();
    bool added = seen != NULL && rules != NULL && results != NULL;
    for (size_t i = 0; added && i < run->count; i++) {
        const struct verdict *verdict = &run->verdicts[i];
        for (size_t j = 0; added && j < verdict->finding_count; j++)
            added = add_rule(rules, seen, verdict->findings[j].requirement) &&
                    append(results, result_of(verdict, &verdict->findings[j]));
    }
    json_decref(seen);
    return added;
}

static json_t *notifications_of(const struct verdict_run *run)
{
    json_t *list = json_array();
    bool added = list != NULL;
    if (added && run->setup_error != NULL)
        added = append(list, json_pack("{s:s, s:{s:o}}", "level", "error", "message", "text",
                                       text_of(run->setup_error)));
    for (const struct verdict_notice *one = run->notices; added && one != NULL; one = one->next)
        added = append(list, json_pack("{s:s, s:{s:o}}", "level",
                                       one->kind == VERDICT_NOTICE_STALE ? "error" : "note",
                                       "message", "text", text_of(one->text)));
    if (added)
        return list;
    json_decref(list);
    return NULL;
}

static int add_part(const char *bytes, size_t len, void *context)
{
    return buf_add(context, slice_of(bytes, len)) ? 0 : -1;
}

static bool write_sarif(const struct verdict_run *run, const struct report_style *style,
                        struct buf *out)
{
    (void)style;
    json_t *rules = json_array();
    json_t *results = json_array();
    if (!add_all(run, rules, results)) {
        json_decref(rules);
        json_decref(results);
        return false;
    }
    json_t *root =
        json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:o, s:o}}, s:[{s:b, s:i, s:o}], s:o}]}", "$schema",
                  "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0", "runs",
                  "tool", "driver", "name", "syncspec", "version", text_of(run->version), "rules",
                  rules, "invocations", "executionSuccessful", (int)(run->setup_error == NULL),
                  "exitCode", (int)verdict_run_exit(run), "toolExecutionNotifications",
                  notifications_of(run), "results", results);
    bool written = root != NULL && json_dump_callback(root, add_part, out, JSON_INDENT(2)) == 0 &&
                   buf_add_byte(out, '\n');
    json_decref(root);
    return written;
}

const struct report_format report_sarif = {
    .name = "sarif",
    .meaning = "SARIF 2.1.0 for code scanning; expected failures are suppressed",
    .write = write_sarif,
};
