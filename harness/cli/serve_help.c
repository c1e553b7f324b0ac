/* The list of options in the help of `syncspec serve`. */
#include "cli/serve_options.h"

#include <string.h>

enum { INDENT = 23, WIDTH = 80, LABEL_TEXT = 64 };

/* How many bytes of ${text} stand on one line: up to the last blank that leaves it short enough. */
static size_t line_of(struct slice text, size_t room)
{
    if (text.len <= room)
        return text.len;
    size_t len = room;
    while (len > 0 && text.ptr[len] != ' ')
        len--;
    return len > 0 ? len : room;
}

static void print_meaning(FILE *to, const char *meaning, int column)
{
    struct slice rest = slice_text(meaning);
    while (rest.len > 0) {
        size_t len = line_of(rest, WIDTH - INDENT);
        (void)fprintf(to, "%*s%.*s\n", INDENT - column, "", (int)len, (const char *)rest.ptr);
        column = 0;
        while (len < rest.len && rest.ptr[len] == ' ')
            len++;
        rest = slice_of(rest.ptr + len, rest.len - len);
    }
}

static void print_row(FILE *to, const struct cli_serve_option *row)
{
    char label[LABEL_TEXT];
    int length =
        snprintf(label, sizeof(label), "  --%s%s%s", row->name, row->argument != NULL ? " " : "",
                 row->argument != NULL ? row->argument : "");
    AUTO(buf_free) struct buf text = buf_bounded(2048);
    buf_add_text(&text, row->meaning);
    if (row->initial != NULL)
        buf_add_format(&text, " (%s)", row->initial);
    bool fits = length + 1 < INDENT;
    (void)fprintf(to, "%s%s", label, fits ? "" : "\n");
    const char *meaning = buf_text(&text);
    print_meaning(to, meaning != NULL ? meaning : row->meaning, fits ? length : 0);
}

void cli_serve_options_help(FILE *to)
{
    const struct cli_serve_option *row;
    for (size_t i = 0; (row = cli_serve_option_row(i)) != NULL; i++)
        print_row(to, row);
}
