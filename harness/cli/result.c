#include "cli/result.h"

#include "cli/credentials.h"
#include "reports/load.h"

enum { WRONG_MAX = 1024 };

struct verdict_run *cli_result_read(const struct cli_command *command, const char *path)
{
    AUTO(buf_free) struct buf text = buf_bounded(REPORT_FILE_MAX);
    AUTO(buf_free) struct buf wrong = buf_bounded(WRONG_MAX);
    if (!cli_read_file(command, path, &text))
        return NULL;
    struct verdict_run *run = report_load(buf_slice(&text), &wrong);
    if (run == NULL)
        (void)fprintf(stderr, "%s:%.*s\n", path, SLICE_FMT(buf_slice(&wrong)));
    return run;
}
