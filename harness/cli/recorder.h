/* A transport that writes down what passes through another one: fuzzing seeds. */
#ifndef SYNCSPEC_CLI_RECORDER_H
#define SYNCSPEC_CLI_RECORDER_H

#include "exchange/exchange.h"

/* Passes everything on to ${inner}, which it borrows, and writes for each call
 * ${folder}/http_request/N,
 * ${folder}/http_answer/N and, where the request has a body, ${folder}/record/N; nothing larger
 * than ${most} bytes.  The folders are made.  NULL after telling on standard error what is wrong.
 */
MUST_USE struct exchange *cli_recorder_new(struct exchange *inner, const char *folder, size_t most);

/* How many files were written, and whether all of them could be. */
bool cli_recorder_done(const struct exchange *recorder, size_t *ret_files);

#endif
