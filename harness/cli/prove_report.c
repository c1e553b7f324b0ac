#include "cli/prove_report.h"

#include <stdio.h>

static const char *const ends[] = {
    [CLI_PROVE_RAN] = "ran",
    [CLI_PROVE_CRASHED] = "crashed",
    [CLI_PROVE_TIMED_OUT] = "timed out",
    [CLI_PROVE_UNUSABLE] = "no case could be run",
};

static const char *standing(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    if (row->end != CLI_PROVE_RAN)
        return ends[row->end];
    if (row->fault->conformant)
        return cli_prove_flags(matrix, row) > 0 ? "flagged" : "not flagged";
    return cli_prove_is_killed(matrix, row) ? "killed" : "survives";
}

/* Text. */

static void add_cases(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row,
                      struct buf *out)
{
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct cli_prove_cell *cell = &row->cells[i];
        bool flags = row->fault->conformant && cell->known && cell->outcome == VERDICT_FAIL;
        if (cell->known && (cell->kills != 0 || flags))
            (void)buf_add_format(out, "          %s\n", plan_case_at(matrix->plan, i)->id);
    }
}

static void add_row(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row,
                    bool verbose, struct buf *out)
{
    const char *text = standing(matrix, row);
    bool good = strcmp(text, "killed") == 0 || strcmp(text, "not flagged") == 0;
    if (good && !verbose)
        return;
    (void)buf_add_format(out, "%-11s %s\n          %s\n", text, row->fault->name, row->fault->what);
    if (row->message[0] != '\0')
        (void)buf_add_format(out, "          %s\n", row->message);
    for (size_t i = 0; !good && i < FAULT_BREAKS && row->fault->breaks[i] != NULL; i++)
        (void)buf_add_format(out, "          breaks %s\n", row->fault->breaks[i]);
    if (row->reason != NULL)
        (void)buf_add_format(out, "          reason: %s\n", row->reason);
    add_cases(matrix, row, out);
}

static void add_vacuous(const struct cli_prove_matrix *matrix, bool verbose, struct buf *out)
{
    for (size_t i = 0; i < matrix->case_count; i++) {
        const char *reason = matrix->case_reasons[i];
        if (!cli_prove_is_asked(matrix, i))
            continue;
        bool can_fail = cli_prove_can_fail(matrix, i);
        if (!can_fail && (reason == NULL || verbose))
            (void)buf_add_format(out, "no fault    %s%s%s\n", plan_case_at(matrix->plan, i)->id,
                                 reason == NULL ? "" : ": ", reason == NULL ? "" : reason);
        else if (can_fail && reason != NULL)
            (void)buf_add_format(out, "stale       %s has a reason and a fault that kills it\n",
                                 plan_case_at(matrix->plan, i)->id);
    }
}

/* What there is of an API. */
struct share {
    size_t faults, killed, profiles, cases;
};

static struct share share_of(const struct cli_prove_matrix *matrix, const char *api)
{
    struct share share = { 0 };
    for (size_t i = 0; i < matrix->row_count; i++) {
        const struct cli_prove_row *row = &matrix->rows[i];
        if (strcmp(fault_api(row->fault), api) != 0)
            continue;
        share.profiles += row->fault->conformant;
        share.faults += !row->fault->conformant;
        share.killed += !row->fault->conformant && cli_prove_is_killed(matrix, row);
    }
    for (size_t i = 0; i < matrix->case_count; i++)
        share.cases += strcmp(plan_case_at(matrix->plan, i)->api, api) == 0;
    return share;
}

static void add_shares(const struct cli_prove_matrix *matrix, struct buf *out)
{
    static const char *const apis[] = { "1.5", "1.1", "1.0", "token", "user" };
    for (size_t i = 0; i < COUNT_OF(apis); i++) {
        struct share share = share_of(matrix, apis[i]);
        if (share.faults + share.profiles > 0)
            (void)buf_add_format(out,
                                 "  %-6s %zu faults, %zu killed; %zu conformant profiles; %zu "
                                 "cases\n",
                                 apis[i], share.faults, share.killed, share.profiles, share.cases);
    }
}

static bool write_text(const struct cli_prove_matrix *matrix, const struct cli_prove_style *style,
                       struct buf *out)
{
    for (size_t i = 0; i < matrix->row_count; i++)
        add_row(matrix, &matrix->rows[i], style->verbose, out);
    if (!style->partial)
        add_vacuous(matrix, style->verbose, out);
    (void)buf_add_format(
        out,
        "%zu faults: %zu killed, %zu survive%s\n"
        "%zu conformant profiles: %zu flagged\n",
        matrix->faulty, matrix->killed, matrix->faulty - matrix->killed,
        matrix->faulty - matrix->killed == matrix->survivors ? "" : ", some with a reason",
        matrix->conformant, matrix->flagged);
    if (!style->partial)
        (void)buf_add_format(
            out, "%zu cases: %zu can fail, %zu cannot, %zu of them with a reason\n", matrix->cases,
            matrix->cases - matrix->vacuous - matrix->vacuous_with_reason,
            matrix->vacuous + matrix->vacuous_with_reason, matrix->vacuous_with_reason);
    if (!style->partial)
        add_shares(matrix, out);
    return !out->failed;
}

/* JSON. */

static json_t *row_of(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row)
{
    json_t *cells = json_object();
    json_t *breaks = json_array();
    for (size_t i = 0; i < FAULT_BREAKS && row->fault->breaks[i] != NULL; i++)
        (void)json_array_append_new(breaks, json_string(row->fault->breaks[i]));
    for (size_t i = 0; i < matrix->case_count; i++) {
        const struct cli_prove_cell *cell = &row->cells[i];
        const char *text = cell->kills != 0 ? "kill" : verdict_outcome_name(cell->outcome);
        if (cell->known)
            (void)json_object_set_new(cells, plan_case_at(matrix->plan, i)->id, json_string(text));
    }
    return json_pack("{s:s, s:s, s:s, s:s?, s:b, s:o, s:s, s:s?, s:s, s:o}", "name",
                     row->fault->name, "api", fault_api(row->fault), "what", row->fault->what,
                     "impact", row->fault->impact, "conformant", row->fault->conformant ? 1 : 0,
                     "breaks", breaks, "standing", standing(matrix, row), "reason", row->reason,
                     "message", row->message, "cases", cells);
}

static json_t *vacuous_of(const struct cli_prove_matrix *matrix)
{
    json_t *list = json_object();
    for (size_t i = 0; i < matrix->case_count; i++) {
        if (!cli_prove_is_asked(matrix, i) || cli_prove_can_fail(matrix, i))
            continue;
        const char *reason = matrix->case_reasons[i];
        (void)json_object_set_new(list, plan_case_at(matrix->plan, i)->id,
                                  reason == NULL ? json_null() : json_string(reason));
    }
    return list;
}

static int add_part(const char *bytes, size_t len, void *context)
{
    return buf_add(context, slice_of(bytes, len)) ? 0 : -1;
}

static bool write_json(const struct cli_prove_matrix *matrix, const struct cli_prove_style *style,
                       struct buf *out)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < matrix->row_count; i++)
        (void)json_array_append_new(rows, row_of(matrix, &matrix->rows[i]));
    json_t *root = json_pack(
        "{s:s, s:s, s:{s:I, s:I, s:I, s:I, s:I, s:I}, s:o, s:o}", "format", "syncspec-prove-1",
        "version", SYNCSPEC_VERSION, "totals", "faults", (json_int_t)matrix->faulty, "killed",
        (json_int_t)matrix->killed, "conformant", (json_int_t)matrix->conformant, "flagged",
        (json_int_t)matrix->flagged, "cases", (json_int_t)matrix->cases, "vacuous",
        (json_int_t)matrix->vacuous + (json_int_t)matrix->vacuous_with_reason, "vacuous",
        style->partial ? json_object() : vacuous_of(matrix), "faults", rows);
    bool written = root != NULL && json_dump_callback(root, add_part, out, JSON_INDENT(1)) == 0 &&
                   buf_add_byte(out, '\n');
    json_decref(root);
    return written;
}

/* HTML: one file, nothing else is loaded. */

static void add_escaped(struct buf *out, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        const char *entity = *text == '&'   ? "&amp;"
                             : *text == '<' ? "&lt;"
                             : *text == '>' ? "&gt;"
                             : *text == '"' ? "&quot;"
                                            : NULL;
        if (entity != NULL)
            (void)buf_add_text(out, entity);
        else
            (void)buf_add_byte(out, (uint8_t)*text);
    }
}

static void add_html_cell(const struct cli_prove_matrix *matrix, const struct cli_prove_cell *cell,
                          size_t index, struct buf *out)
{
    if (!cell->known || (cell->kills == 0 && cell->outcome == VERDICT_PASS))
        return;
    const char *mark = cell->kills != 0 ? "kill" : verdict_outcome_name(cell->outcome);
    (void)buf_add_format(out, "<span class=\"%s\">", mark);
    add_escaped(out, plan_case_at(matrix->plan, index)->id);
    (void)buf_add_text(out, "</span> ");
}

static void add_html_row(const struct cli_prove_matrix *matrix, const struct cli_prove_row *row,
                         struct buf *out)
{
    size_t ran = 0;
    (void)buf_add_format(out, "<tr class=\"%s\"><td><b>", standing(matrix, row));
    add_escaped(out, row->fault->name);
    (void)buf_add_format(out, "</b> %s<br>", fault_api(row->fault));
    add_escaped(out, row->fault->what);
    (void)buf_add_text(out, "<br><i>");
    add_escaped(out, row->fault->impact);
    (void)buf_add_format(out, "</i></td><td>%s</td><td>", standing(matrix, row));
    add_escaped(out, row->reason);
    for (size_t i = 0; i < matrix->case_count; i++) {
        ran += row->cells[i].known;
        add_html_cell(matrix, &row->cells[i], i, out);
    }
    (void)buf_add_format(out, "</td><td>%zu</td></tr>\n", ran);
}

static bool write_html(const struct cli_prove_matrix *matrix, const struct cli_prove_style *style,
                       struct buf *out)
{
    static const char head[] =
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>syncspec prove</title>\n"
        "<style>body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}"
        "td,th{border:1px solid #ccc;padding:4px;vertical-align:top;text-align:left}"
        ".kill{color:#060;font-weight:bold}.fail,.error{color:#a00}.warn{color:#850}"
        ".skip,.blocked{color:#777}tr.survives,tr.flagged{background:#fdd}</style>\n"
        "<h1>Faults, and the cases that find them</h1>\n";
    (void)style;
    (void)buf_add_text(out, head);
    (void)buf_add_format(out,
                         "<p>%zu faults, %zu killed; %zu conformant profiles, %zu flagged; %zu "
                         "cases, %zu that no fault kills.</p>\n<table><tr><th>fault</th><th></th>"
                         "<th>cases that did not pass</th><th>cases run</th></tr>\n",
                         matrix->faulty, matrix->killed, matrix->conformant, matrix->flagged,
                         matrix->cases, matrix->vacuous + matrix->vacuous_with_reason);
    for (size_t i = 0; i < matrix->row_count; i++)
        add_html_row(matrix, &matrix->rows[i], out);
    (void)buf_add_text(out, "</table></html>\n");
    return !out->failed;
}

static const struct cli_prove_format formats[] = {
    { "text", write_text },
    { "json", write_json },
    { "html", write_html },
};

const struct cli_prove_format *cli_prove_format_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (slice_is(name, formats[i].name))
            return &formats[i];
    }
    return NULL;
}
