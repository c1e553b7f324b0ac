#include "cli/run_help.h"

#include "base/try.h"

static const char *const parts[] = {
    "\n"
    "Credentials (or in the environment as SYNCSPEC_AUTH; never in a report):\n"
    "  --auth secret:FILE    the server's token secret, to mint tokens with: one secret a line,\n"
    "                        the current one first. When there is no file of that name, what\n"
    "                        stands there is the secret itself; secret:@FILE is always a file\n"
    "  --auth basic:USER:PASSWORD\n"
    "                        one account of API 1.1 or 1.0; an e-mail address is hashed,\n"
    "                        as clients did\n"
    "  --auth hawk:ID:KEY    one account: a token and its key. Cases that need several users or\n"
    "                        forged tokens are skipped\n"
    "  --wipe-account        all data of that account may be deleted; without it, an account\n"
    "                        that is not empty is refused\n",
    "\n"
    "Target:\n"
    "  --target FILE         a target description (fixtures/targets/README.md): URL, credentials,\n"
    "                        APIs, capabilities and limits that the server has to have, and "
    "hooks:\n"
    "                        commands and requests that restart it, set a quota, move a user. "
    "What\n"
    "                        the command line says counts instead\n",
    "\n"
    "What is run:\n"
    "  --select GLOB         only cases whose id matches (repeatable); --skip GLOB: not these\n"
    "  --needs NAME          only cases that need this of the target (cases/README.md, Needs)\n"
    "  --area GLOB           only cases of these folders of cases/ (repeatable)\n"
    "  --requirement GLOB    only cases that decide a requirement whose id matches (repeatable)\n"
    "  --level LEVEL         must: only cases about what a server must do; should: also what it\n"
    "                        should do; all (the default)\n"
    "  --api 1.5|1.1|1.0     the version of the API (1.5)\n"
    "  --cases DIR           the case files (or SYNCSPEC_CASES in the environment)\n",
    "\n"
    "When a run is over, and what it is worth (README.md, CI):\n"
    "  --fail-fast           begin no case after the first unexpected failure\n"
    "  --budget SECONDS      begin no case after this time; what was not begun is skipped\n"
    "  --min-checks N        fewer checks than this are too few: exit code 4\n"
    "  --retries N           run a case that failed N times more: the report tells its rate, and "
    "it\n"
    "                        stays failed, unless the baseline knows it as flaky\n"
    "  --repeat N            run every case N times, and tell the rates\n"
    "  --baseline FILE       failures that are known: they do not fail the run, and one that is\n"
    "                        not there any more makes the baseline stale (exit code 5)\n"
    "  --update-baseline     write the failures of this run into that file; reasons, links and\n"
    "                        dates of entries that stay are kept\n",
    "\n"
    "How:\n"
    "  --jobs N              cases under way at once on a server (8)\n"
    "  --rate N              requests a second, at most. Retry-After and X-Weave-Backoff are "
    "obeyed\n"
    "                        in any case, within bounds, which the report tells\n"
    "  --no-case-header      do not send X-Syncspec-Case, which tells a server's log what a "
    "request\n"
    "                        is of: case, step, seed\n"
    "  --timeout S           seconds that one response may take (30)\n"
    "  --seed N              order (and, on the built-in core, users and nonces)\n"
    "  --cacert FILE         trust these certificates instead of the system's\n"
    "  --quota BYTES         the quota of a user, for servers that do not tell it; of the "
    "built-in\n"
    "                        core, which has 8 MiB by itself, or none with --quota none\n"
    "  --quota-budget BYTES  the most that is sent to fill a quota (16777216)\n"
    "  --limit NAME=VALUE    a limit of the built-in core, as in `syncspec help serve`;\n"
    "  --no-batches          the same without batch uploads\n"
    "  --fault NAME          the built-in core with a fault (repeatable): `syncspec list faults`\n",
    "\n"
    "What is told:\n"
    "  --report FORMAT[:FILE]  repeatable; `syncspec list formats`. Without a report that goes to\n"
    "                        standard output, text does\n"
    "  --blame               run what failed against the built-in core as well, and say whether "
    "the\n"
    "                        server differs from it, or the case is suspect\n"
    "  -v, -q                text: with passed cases and transcripts; only failures and the sum\n"
    "  --no-color            (or NO_COLOR in the environment)\n",
    "\n"
    "examples:\n"
    "  syncspec run\n"
    "  syncspec run http://127.0.0.1:8000 --auth secret:token.secret --report junit:sync.xml\n"
    "  syncspec run http://127.0.0.1:8000 --auth secret:token.secret --select 'items/*' -v\n",
    "\n"
    "A response that is not HTTP fails its case. No response (a timeout, a closed connection, one\n"
    "beyond all bounds) is an error: whether server or network is to blame, nobody can tell.\n"
    "Requests refused with 409, 429 or 503 are tried again twice, after Retry-After (5 s at "
    "most).\n",
    "\n"
    "exit codes: 0 conformant; 1 a case failed; 2 usage, case file or configuration error;\n"
    "3 target unreachable or harness error; 4 fewer than half of the cases could be decided, or\n"
    "fewer than --min-checks checks; 5 the baseline is stale. Of several, the first in the order\n"
    "3 (set-up), 1, 3, 4, 5. Failures that the baseline expects count for none.\n",
};

void cli_run_help(FILE *to)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        (void)fputs(parts[i], to);
}
