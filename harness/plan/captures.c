#include "plan/captures.h"

#include "plan/nearest.h"
#include "plan/template.h"
#include "record/scan.h"

#include <limits.h>

static const struct predefined {
    const char *name;
    const char *need; /* NULL: none */
    const char *api;  /* that has it; NULL: each */
} predefined[] = {
    { "coll", NULL, NULL },
    { "coll2", NULL, NULL },
    { "coll3", NULL, NULL },
    { "uid", NULL, NULL },
    { "other.uid", "users", NULL },
    { "third.uid", "users", NULL },
    { "now", NULL, NULL },
    { "origin", NULL, NULL },
    { "node", NULL, NULL },
    { "host", NULL, NULL },
    { "endpoint", NULL, NULL },
    { "round", NULL, NULL },
    { "branch", NULL, NULL },
    { "authorization", NULL, NULL },
    { "limit.max_request_bytes", "max_request_bytes", NULL },
    { "limit.max_post_records", "max_post_records", NULL },
    { "limit.max_post_bytes", "max_post_bytes", NULL },
    { "limit.max_record_payload_bytes", "max_record_payload_bytes", NULL },
    { "limit.max_total_records", "max_total_records", NULL },
    { "limit.max_total_bytes", "max_total_bytes", NULL },
    { "quota.bytes", "quota", NULL },
    { "quota.writes", "quota", NULL },
    { "name", NULL, "user" },
    { "other.name", "users", "user" },
    { "third.name", "users", "user" },
    { "password", NULL, "user" },
    { "address", NULL, "user" },
    { "address.name", NULL, "user" },
};

/* Branches of no number. */
#define SHARED UINT_MAX
#define GONE   (UINT_MAX - 1)

static const struct predefined *find_predefined(const struct plan_captures *captures,
                                                struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(predefined); i++) {
        const char *api = predefined[i].api;
        if (slice_is(name, predefined[i].name) && (api == NULL || strcmp(api, captures->api) == 0))
            return &predefined[i];
    }
    return NULL;
}

static bool is_seen(const struct plan_captures *captures, const struct plan_kept *kept)
{
    return kept->branch == 0 || kept->branch == captures->branch;
}

/* Marks every keep of the name that is seen; NULL when there is none. */
static const struct plan_kept *mark(struct plan_captures *captures, struct slice name)
{
    const struct plan_kept *found = NULL;
    for (size_t i = 0; i < captures->count; i++) {
        if (!slice_is(name, captures->kept[i].name) || !is_seen(captures, &captures->kept[i]))
            continue;
        captures->kept[i].used = true;
        found = &captures->kept[i];
    }
    return found;
}

/* Whether a branch keeps it where it is not seen; then that is said. */
static bool is_hidden(struct plan_captures *captures, const struct plan_node *node,
                      struct slice name)
{
    for (size_t i = 0; i < captures->count; i++) {
        struct plan_kept *kept = &captures->kept[i];
        if (!slice_is(name, kept->name))
            continue;
        kept->used = true;
        if (kept->branch == SHARED)
            plan_source_wrong(captures->source, node,
                              "{%s} is collected by branches that run at the same time; use it "
                              "after them",
                              kept->name);
        else if (kept->branch == GONE)
            plan_source_wrong(captures->source, node,
                              "{%s} ends with the branch that kept it; `collect` what is looked "
                              "at after a parallel of copies",
                              kept->name);
        else
            plan_source_wrong(captures->source, node,
                              "{%s} is kept in another branch, which runs at the same time; use "
                              "it after them",
                              kept->name);
        return true;
    }
    return false;
}

static void undefined(struct plan_captures *captures, const struct plan_node *node,
                      struct slice name)
{
    const char *names[COUNT_OF(predefined) + PLAN_KEPT_MAX];
    size_t count = 0;
    if (captures->broken || is_hidden(captures, node, name))
        return;
    for (size_t i = 0; i < captures->count; i++)
        names[count++] = captures->kept[i].name;
    for (size_t i = 0; i < COUNT_OF(predefined); i++)
        if (find_predefined(captures, slice_text(predefined[i].name)) != NULL)
            names[count++] = predefined[i].name;
    const char *near = plan_nearest(name, names, count);
    if (near != NULL)
        plan_source_wrong(captures->source, node, "undefined capture {%.*s}; did you mean {%s}?",
                          SLICE_FMT(slice_head(name, 64)), near);
    else
        plan_source_wrong(captures->source, node,
                          "undefined capture {%.*s}; keep it in a step before this one, or write "
                          "{{ for {",
                          SLICE_FMT(slice_head(name, 64)));
}

static void use_predefined(struct plan_captures *captures, const struct plan_node *node,
                           const struct predefined *row, const struct plan_captures_where *where)
{
    if (row->need != NULL)
        captures->need(captures->context, row->need);
    if (strcmp(row->name, "round") == 0 && where->repeats == 0)
        plan_source_wrong(captures->source, node,
                          "{round} outside of a repeat; it counts the rounds of one");
    if (strcmp(row->name, "branch") == 0 && captures->branch == 0)
        plan_source_wrong(captures->source, node,
                          "{branch} outside of a parallel; it counts the branches of one");
    if (strcmp(row->name, "authorization") != 0)
        return;
    if (!where->raw)
        plan_source_wrong(captures->source, node,
                          "{authorization} outside of raw; requests of send are signed anyway");
    else if (!where->signs)
        plan_source_wrong(captures->source, node,
                          "{authorization} without \"sign\"; expected what is signed, as "
                          "\"sign\": \"GET /info/collections\"");
}

/* {row.KEY} */
static void use_row(struct plan_captures *captures, const struct plan_node *node,
                    const struct plan_part *part, bool alone,
                    const struct plan_captures_where *where)
{
    const struct plan_source *source = captures->source;
    struct slice key = slice_from(part->text, 4);
    const struct plan_node *row = captures->rows == NULL ? NULL : plan_node_first(captures->rows);
    bool found = false, text = true;
    for (; row != NULL; row = plan_node_next(captures->rows, row)) {
        const struct plan_node *member = plan_node_first(row);
        while (member != NULL && !plan_node_key_is(&source->tree, member, key))
            member = plan_node_next(row, member);
        found = found || member != NULL;
        text = text && (member == NULL || member->kind == PLAN_NODE_STRING ||
                        member->kind == PLAN_NODE_NUMBER);
    }
    if (!found)
        plan_source_wrong(captures->source, node, "{%.*s}, which no \"rows\" of the case have",
                          SLICE_FMT(slice_head(part->text, 64)));
    else if (!text && !(alone && where->lists && !part->adds))
        plan_source_wrong(captures->source, node,
                          "{%.*s} is neither text nor number; expected it alone in a text of a "
                          "body or a matcher",
                          SLICE_FMT(slice_head(part->text, 64)));
}

static void use(struct plan_captures *captures, const struct plan_node *node,
                const struct plan_part *part, bool alone, const struct plan_captures_where *where)
{
    if (slice_starts(part->text, SLICE("row."))) {
        use_row(captures, node, part, alone, where);
        return;
    }
    const struct predefined *row = find_predefined(captures, part->text);
    if (row != NULL) {
        use_predefined(captures, node, row, where);
        return;
    }
    const struct plan_kept *kept = mark(captures, part->text);
    if (kept == NULL)
        undefined(captures, node, part->text);
    else if (kept->list && !(alone && where->lists && !part->adds))
        plan_source_wrong(captures->source, node,
                          "{%s} is a list; expected it alone in a text of a body or a matcher",
                          kept->name);
}

static void use_text(struct plan_captures *captures, const struct plan_node *node,
                     struct slice text, const struct plan_captures_where *where)
{
    struct plan_part part;
    bool alone = plan_part_alone(text, &part);
    for (part = plan_part_next(&text); part.kind != PLAN_PART_END; part = plan_part_next(&text)) {
        if (part.kind == PLAN_PART_BAD)
            plan_source_wrong(captures->source, node, "%s", part.wrong);
        else if (part.kind == PLAN_PART_CAPTURE)
            use(captures, node, &part, alone, where);
    }
}

static bool has_brace(struct slice text)
{
    return slice_find(text, '{') < text.len || slice_find(text, '}') < text.len;
}

/* The key of a member, unescaped, when there is anything to expand in it. */
static bool read_key(struct plan_captures *captures, const struct plan_node *node, struct buf *out)
{
    struct slice raw = plan_node_key(&captures->source->tree, node);
    if (!has_brace(raw) && slice_find(raw, '\\') == raw.len)
        return false;
    if (record_scan_unescape(raw, out))
        return true;
    captures->source->ledger->nomem = true;
    return false;
}

static void use_key(struct plan_captures *captures, const struct plan_node *node,
                    const struct plan_captures_where *where)
{
    struct plan_captures_where here = *where;
    here.lists = false;
    AUTO(buf_free) struct buf key = buf_bounded((size_t)node->key_len + 1);
    if (read_key(captures, node, &key))
        use_text(captures, node, buf_slice(&key), &here);
}

void plan_captures_use(struct plan_captures *captures, const struct plan_node *node,
                       const struct plan_captures_where *where)
{
    for (const struct plan_node *at = node; at < node + node->span; at++) {
        if (at != node)
            use_key(captures, at, where);
        const char *text = plan_source_text(captures->source, at);
        if (text != NULL)
            use_text(captures, at, slice_text(text), where);
    }
}

static void mark_text(struct plan_captures *captures, struct slice text)
{
    struct plan_part part;
    for (part = plan_part_next(&text); part.kind != PLAN_PART_END && part.kind != PLAN_PART_BAD;
         part = plan_part_next(&text))
        if (part.kind == PLAN_PART_CAPTURE)
            (void)mark(captures, part.text);
}

void plan_captures_use_again(struct plan_captures *captures, const struct plan_node *node)
{
    for (const struct plan_node *at = node; at < node + node->span; at++) {
        AUTO(buf_free) struct buf key = buf_bounded((size_t)at->key_len + 1);
        if (at != node && read_key(captures, at, &key))
            mark_text(captures, buf_slice(&key));
        mark_text(captures, slice_text(plan_source_text(captures->source, at)));
    }
}

/* Whether the name is kept otherwise already; then that is said. */
static bool clashes(struct plan_captures *captures, const struct plan_node *node, const char *name,
                    bool list)
{
    for (size_t i = 0; i < captures->count; i++) {
        const struct plan_kept *kept = &captures->kept[i];
        if (strcmp(kept->name, name) != 0)
            continue;
        if (kept->list != list) {
            plan_source_wrong_key(captures->source, node, "{%s} is kept as a text and as a list",
                                  name);
            return true;
        }
        if (!list && !is_seen(captures, kept) && kept->branch != GONE) {
            plan_source_wrong_key(captures->source, node,
                                  "{%s} is kept in two branches, and nobody knows by which last; "
                                  "expected a name for each",
                                  name);
            return true;
        }
    }
    return false;
}

const char *plan_captures_keep(struct plan_captures *captures, const struct plan_node *node,
                               bool list)
{
    struct plan_source *source = captures->source;
    AUTO(buf_free) struct buf name = buf_bounded((size_t)node->key_len + 1);
    if (!record_scan_unescape(plan_node_key(&source->tree, node), &name))
        source->ledger->nomem = true;
    const char *text = plan_source_copy(source, buf_text(&name));
    if (text == NULL)
        return NULL;
    if (find_predefined(captures, slice_text(text)) != NULL) {
        plan_source_wrong_key(source, node, "{%s} is always defined; expected another name", text);
        return NULL;
    }
    if (!plan_capture_name_valid(slice_text(text))) {
        plan_source_wrong_key(source, node,
                              "a bad name for a capture; expected a letter, then letters, digits "
                              "and _, at most 32");
        return NULL;
    }
    if (clashes(captures, node, text, list))
        return NULL;
    if (captures->count == PLAN_KEPT_MAX) {
        plan_source_wrong_key(source, node, "too many captures; at most %d", PLAN_KEPT_MAX);
        return NULL;
    }
    captures->kept[captures->count++] =
        (struct plan_kept){ .name = text,
                            .node = node,
                            .list = list,
                            .branch = list && captures->branch > 0 ? SHARED : captures->branch };
    return text;
}

void plan_captures_enter(struct plan_captures *captures, unsigned branch)
{
    captures->branch = branch;
}

void plan_captures_leave(struct plan_captures *captures, bool copies)
{
    for (size_t i = 0; i < captures->count; i++) {
        struct plan_kept *kept = &captures->kept[i];
        if (kept->branch == SHARED || (kept->branch > 0 && kept->branch != GONE && !copies))
            kept->branch = 0;
        else if (kept->branch > 0)
            kept->branch = GONE;
    }
    captures->branch = 0;
}

void plan_captures_end(struct plan_captures *captures)
{
    for (size_t i = 0; i < captures->count && !captures->broken; i++)
        if (!captures->kept[i].used)
            plan_source_wrong_key(captures->source, captures->kept[i].node,
                                  "the capture {%s} is never used after it is kept",
                                  captures->kept[i].name);
}
