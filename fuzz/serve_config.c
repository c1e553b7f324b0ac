/* A configuration file reads, or is told what is wrong with it at a place; what reads is printed as
 * a file that reads and prints the same. */
#include "cli/serve_file.h"

#include "cli/command.h"
#include "cli/credentials.h"
#include "fuzz/check.h"

#include <errno.h>

#define NAME "the input"

/* What the options' neighbours ask of theirs, and never here. */
const struct cli_command cli_serve = { .name = "serve" };

bool cli_read_file(const struct cli_command *command, const char *path, struct buf *out)
{
    (void)command;
    return buf_add_text(out, path);
}

/* fopen is wrapped by the linker: the property opens nothing but its input, whatever file the input
 * names. */
FILE *__wrap_fopen(const char *name, const char *mode);
FILE *__real_fopen(const char *name, const char *mode);

static struct slice input;
static bool running;

FILE *__wrap_fopen(const char *name, const char *mode)
{
    if (!running)
        return __real_fopen(name, mode);
    if (strcmp(name, NAME) == 0)
        return input.len > 0 ? fmemopen((void *)(uintptr_t)input.ptr, input.len, "rb")
                             : __real_fopen("/dev/null", "rb");
    errno = ENOENT;
    return NULL;
}

/* What was made as a file: its text, owned. */
struct text {
    char *ptr;
    size_t len;
};

/* Reads it; what is said on standard error goes to ${ret_said}. */
static int read_options(struct slice text, struct cli_serve_options *options, struct text *ret_said)
{
    static const struct cli_serve_file file = { .name = NAME };
    FILE *kept = stderr, *said = open_memstream(&ret_said->ptr, &ret_said->len);
    FUZZ_CHECK(said != NULL);
    *options = cli_serve_options_initial();
    input = text;
    stderr = said;
    running = true;
    int code = cli_serve_file_read(&file, options);
    running = false;
    stderr = kept;
    FUZZ_CHECK(fclose(said) == 0);
    return code;
}

static struct text print(const struct cli_serve_options *options)
{
    struct text text = { 0 };
    FILE *to = open_memstream(&text.ptr, &text.len);
    FUZZ_CHECK(to != NULL && cli_serve_options_dump(options, to) && fclose(to) == 0);
    return text;
}

static void check_same(const struct cli_serve_options *options)
{
    struct cli_serve_options again;
    struct text said, first = print(options);
    int code = read_options(slice_of(first.ptr, first.len), &again, &said);
    if (code != 0)
        (void)fprintf(stderr, "%s%s", first.ptr, said.ptr);
    FUZZ_CHECK(code == 0);
    struct text second = print(&again);
    FUZZ_CHECK(slice_eq(slice_of(first.ptr, first.len), slice_of(second.ptr, second.len)));
    cli_serve_options_free(&again);
    free(first.ptr);
    free(second.ptr);
    free(said.ptr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cli_serve_options options;
    struct text said;
    int code = read_options(slice_of(data, size), &options, &said);
    FUZZ_CHECK((code == 0) == (said.len == 0) && (code == 0 || code == 2));
    if (code == 0 && !options.has_secret)
        check_same(&options);
    cli_serve_options_free(&options);
    free(said.ptr);
    return 0;
}
