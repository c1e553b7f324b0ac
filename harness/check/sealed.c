#include "check/matchers.h"

#include "base/limits.h"
#include "plan/sealed.h"
#include "record/payload.h"

enum { NODES_MAX = 1024 * 1024 };

/* Says at which step it did not open, and why. */
static bool closed(struct check_match *match, const struct check_value *value,
                   const struct plan_where *where, enum record_payload_err err)
{
    AUTO(buf_free) struct buf expected = buf_bounded(LIMIT_FIELD_VALUE);
    match->report->nomem = match->report->nomem || err == RECORD_PAYLOAD_NOMEM;
    buf_add_format(&expected, "a payload that the keys open (it does not at step %s: %s)",
                   record_payload_step(err), record_payload_reason(err));
    const char *said = buf_text(&expected);
    return check_mismatch(match, value, where, said == NULL ? "a payload that opens" : said);
}

/* The cleartext is no JSON: at which byte. */
static bool unreadable(struct check_match *match, const struct plan_tree *tree,
                       const struct plan_where *where)
{
    AUTO(buf_free) struct buf expected = buf_bounded(LIMIT_FIELD_VALUE);
    const struct check_value cleartext = { .kind = CHECK_TEXT, .raw = tree->text };
    match->report->nomem = match->report->nomem || tree->wrong == NULL;
    buf_add_format(&expected, "a cleartext that is JSON (at byte %zu: %s)", tree->wrong_at,
                   tree->wrong == NULL ? "out of memory" : tree->wrong);
    const char *said = buf_text(&expected);
    return check_mismatch(match, &cleartext, where, said == NULL ? "JSON" : said);
}

/* Holds the matcher against what was sealed. */
static bool matches_cleartext(struct check_match *match, struct slice cleartext,
                              const json_t *matcher, const struct plan_where *where)
{
    AUTO(plan_tree_free) struct plan_tree tree = plan_tree_of(cleartext, NODES_MAX);
    struct check_match inner = *match;
    if (!plan_tree_read(&tree))
        return unreadable(match, &tree, where);
    const struct check_value value = check_value_of(&tree, tree.nodes);
    inner.tree = &tree;
    inner.strings_count = false;
    return check_matches(&inner, &value, matcher, where);
}

static enum record_payload_err open_payload(const struct check_value *value, const json_t *keys,
                                            struct buf *cleartext)
{
    AUTO(buf_free) struct buf scratch = { 0 };
    struct record_bundle bundle;
    struct slice payload;
    if (!check_value_text(value, &scratch, &payload))
        return RECORD_PAYLOAD_SHAPE;
    if (plan_keys_read(keys, &bundle) != NULL)
        return RECORD_PAYLOAD_NOMEM; /* they were right when the case was read */
    enum record_payload_err err = record_payload_decrypt(payload, &bundle, cleartext);
    record_bundle_wipe(&bundle);
    return err;
}

CHECK_MATCHER(opens)
{
    const struct plan_where here = { .up = where, .key = "$opens" };
    AUTO(buf_free) struct buf cleartext = buf_bounded(LIMIT_ANSWER_BODY);
    enum record_payload_err err = open_payload(value, json_object_get(operand, "keys"), &cleartext);
    if (err != RECORD_PAYLOAD_OK)
        return closed(match, value, where, err);
    return matches_cleartext(match, buf_slice(&cleartext), json_object_get(operand, "cleartext"),
                             &here);
}

CHECK_WRONG(opens)
{
    const json_t *keys = json_object_get(operand, "keys");
    const json_t *cleartext = json_object_get(operand, "cleartext");
    if (keys == NULL || cleartext == NULL || json_object_size(operand) != 2)
        return check_wrong_at(where, arena, ret_pointer,
                              "a wrong operand; expected {\"keys\": keys, \"cleartext\": matcher}");
    const struct plan_where at_keys = { .up = where, .key = "keys" };
    const char *wrong = plan_keys_wrong(keys);
    if (wrong != NULL)
        return check_wrong_at(&at_keys, arena, ret_pointer, wrong);
    const struct plan_where here = { .up = where, .key = "cleartext" };
    return check_matcher_wrong(cleartext, &here, arena, ret_pointer);
}
