#include "cli/serve_file.h"

#include "plan/nearest.h"
#include "plan/source.h"
#include "record/scan.h"
#include "verdict/verdict.h"

#include <errno.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024, TEXTS_MAX = 4 * FILE_MAX, MESSAGES_MAX = 64 * 1024, KEY_MAX = 64 };

/* What is being read. */
struct reading {
    const struct cli_serve_file *file;
    struct cli_serve_options *options;
    struct plan_source source;
};

/* NULL, or what is wrong. */
static const char *slurp(const char *name, struct buf *text)
{
    FILE *file = fopen(name, "rb");
    if (file == NULL)
        return strerror(errno);
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0 && buf_add(text, slice_of(part, got)))
        continue;
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (text->failed)
        return "the file is too large";
    return failed ? "the file cannot be read" : NULL;
}

static const struct cli_serve_option *find(const struct reading *reading,
                                           const struct plan_node *member)
{
    const struct cli_serve_option *row;
    for (size_t i = 0; (row = cli_serve_option_row(i)) != NULL; i++) {
        if (!row->only_command &&
            plan_node_key_is(&reading->source.tree, member, slice_text(row->name)))
            return row;
    }
    return NULL;
}

static void say_unknown(struct reading *reading, const struct plan_node *member)
{
    const char *names[CLI_SERVE_OPTIONS_MAX];
    const struct cli_serve_option *row;
    size_t count = 0;
    for (size_t i = 0; (row = cli_serve_option_row(i)) != NULL; i++) {
        if (!row->only_command)
            names[count++] = row->name;
    }
    struct slice key = slice_head(plan_node_key(&reading->source.tree, member), KEY_MAX);
    const char *near = plan_nearest(key, names, count);
    if (near != NULL)
        plan_source_wrong_key(&reading->source, member,
                              "unknown option \"%.*s\"; did you mean \"%s\"?", SLICE_FMT(key),
                              near);
    else
        plan_source_wrong_key(&reading->source, member,
                              "unknown option \"%.*s\"; see: syncspec help serve", SLICE_FMT(key));
}

/* A value as the command line would give it; NULL when out of memory. */
static const char *text_of(struct reading *reading, const struct plan_node *node)
{
    const char *text = plan_source_text(&reading->source, node);
    struct slice raw = plan_node_raw(&reading->source.tree, node);
    return plan_source_copy(&reading->source,
                            text != NULL ? text : arena_text(reading->options->texts, raw));
}

static void take_text(struct reading *reading, const struct cli_serve_option *row,
                      const struct plan_node *node, const char *text)
{
    const char *wrong = "out of memory";
    if (text != NULL && row->secret && strcmp(text, CLI_SERVE_REDACTED) == 0)
        wrong = "--print-config left this out; put it back";
    else if (text != NULL)
        wrong = cli_serve_option_take(row, reading->options, text);
    if (wrong != NULL)
        plan_source_wrong(&reading->source, node, "%s: %s", row->name, wrong);
}

/* An object of numbers: each member is a value of the option. */
static void take_pairs(struct reading *reading, const struct cli_serve_option *row,
                       const struct plan_node *node)
{
    const struct plan_node *member = plan_node_first(node);
    for (; member != NULL; member = plan_node_next(node, member)) {
        if (!plan_source_typed(&reading->source, member, PLAN_TYPE_INTEGER))
            continue;
        struct slice key = plan_node_key(&reading->source.tree, member);
        struct slice raw = plan_node_raw(&reading->source.tree, member);
        take_text(
            reading, row, member,
            arena_format(reading->options->texts, "%.*s=%.*s", SLICE_FMT(key), SLICE_FMT(raw)));
    }
}

static void take_member(struct reading *reading, const struct plan_node *member)
{
    static const unsigned types[] = {
        [CLI_SERVE_TEXT] = PLAN_TYPE_TEXT,
        [CLI_SERVE_NUMBER] = PLAN_TYPE_INTEGER | PLAN_TYPE_TEXT,
        [CLI_SERVE_FLAG] = PLAN_TYPE_BOOLEAN,
        [CLI_SERVE_OBJECT] = PLAN_TYPE_OBJECT,
        [CLI_SERVE_PAIRS] = PLAN_TYPE_OBJECT,
    };
    const struct cli_serve_option *row = find(reading, member);
    if (row == NULL) {
        say_unknown(reading, member);
        return;
    }
    for (size_t i = 0; row->instead != NULL && i < reading->file->decided_count; i++) {
        if (strcmp(reading->file->decided[i], row->instead) == 0)
            return;
    }
    if (!plan_source_typed(&reading->source, member, types[row->kind]))
        return;
    if (row->kind == CLI_SERVE_PAIRS)
        take_pairs(reading, row, member);
    else
        take_text(reading, row, member, text_of(reading, member));
}

static void take_all(struct reading *reading)
{
    const struct plan_node *root = plan_source_root(&reading->source);
    if (!plan_source_typed(&reading->source, root, PLAN_TYPE_OBJECT))
        return;
    const struct plan_node *member = plan_node_first(root);
    for (; member != NULL; member = plan_node_next(root, member))
        take_member(reading, member);
}

int cli_serve_file_read(const struct cli_serve_file *file, struct cli_serve_options *options)
{
    AUTO(buf_free) struct buf text = buf_bounded(FILE_MAX);
    AUTO(buf_free) struct buf messages = buf_bounded(MESSAGES_MAX);
    const char *wrong = slurp(file->name, &text);
    if (wrong == NULL) {
        options->texts = arena_new(TEXTS_MAX);
        wrong = options->texts == NULL ? "out of memory" : NULL;
    }
    if (wrong != NULL) {
        (void)fprintf(stderr, "syncspec serve: %s: %s\n", file->name, wrong);
        return VERDICT_EXIT_USAGE;
    }
    struct plan_errors errors = { .text = &messages };
    struct plan_ledger ledger = { .arena = options->texts, .errors = &errors };
    struct reading reading = { .file = file, .options = options };
    if (plan_source_read(&reading.source, &ledger, file->name, buf_slice(&text)))
        take_all(&reading);
    plan_source_free(&reading.source);
    if (ledger.nomem)
        (void)fprintf(stderr, "syncspec serve: %s: out of memory\n", file->name);
    if (messages.len > 0)
        (void)fwrite(messages.ptr, 1, messages.len, stderr);
    return errors.count == 0 && !ledger.nomem ? 0 : VERDICT_EXIT_USAGE;
}
