/* Planted: with a large quota what is printed cannot be read. */
#include "cli/serve_options.h"

bool __real_cli_serve_options_dump(const struct cli_serve_options *options, FILE *to);
bool __wrap_cli_serve_options_dump(const struct cli_serve_options *options, FILE *to);

bool __wrap_cli_serve_options_dump(const struct cli_serve_options *options, FILE *to)
{
    bool printed = __real_cli_serve_options_dump(options, to);
    return printed && (options->core.quota < 999999999 || fputs("x", to) >= 0);
}
