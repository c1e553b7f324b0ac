/* --print-config: the options in force, in the form of a configuration file. */
#include "cli/serve_options.h"

#include <jansson.h>
#include <stdlib.h>

enum { DUMP_MAX = 256 * 1024 };

/* Whether it can stand in JSON as it is: with no zero before it, and no larger than what is read as
 * an integer.  Any other number is shown as a text. */
static bool is_number(const char *text)
{
    uint64_t number;
    struct slice digits = slice_text(text);
    return slice_to_u64(digits, &number) && number <= INT64_MAX &&
           (digits.len == 1 || !slice_starts(digits, SLICE("0")));
}

/* Text that is not UTF-8 cannot be shown: the buf then fails. */
static void write_text(const char *text, struct buf *json)
{
    json_auto_t *string = json_string(text);
    char *quoted = json_dumps(string, JSON_ENCODE_ANY);
    if (quoted == NULL)
        json->failed = true;
    else
        buf_add_text(json, quoted);
    free(quoted);
}

static void write_value(const struct cli_serve_options *options, size_t index, struct buf *json)
{
    const struct cli_serve_option *row = cli_serve_option_row(index);
    const char *taken = options->taken[index];
    if (row->show != NULL)
        row->show(options, json);
    else if (row->secret)
        buf_add_text(json, "\"" CLI_SERVE_REDACTED "\"");
    else if (row->kind == CLI_SERVE_FLAG || row->kind == CLI_SERVE_OBJECT ||
             (row->kind == CLI_SERVE_NUMBER && is_number(taken)))
        buf_add_text(json, taken);
    else
        write_text(taken, json);
}

bool cli_serve_options_dump(const struct cli_serve_options *options, FILE *to)
{
    AUTO(buf_free) struct buf json = buf_bounded(DUMP_MAX);
    const struct cli_serve_option *row;
    const char *before = "{\n  ";
    for (size_t i = 0; (row = cli_serve_option_row(i)) != NULL; i++) {
        if (row->only_command || (options->taken[i] == NULL && row->show == NULL))
            continue;
        buf_add_format(&json, "%s\"%s\": ", before, row->name);
        write_value(options, i, &json);
        before = ",\n  ";
    }
    buf_add_text(&json, "\n}\n");
    return !json.failed && fwrite(json.ptr, 1, json.len, to) == json.len && fflush(to) == 0;
}
