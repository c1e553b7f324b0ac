/* What is secret or made by chance in the bytes of a message. */
#ifndef SYNCSPEC_CLI_CORPUS_CREDENTIALS_H
#define SYNCSPEC_CLI_CORPUS_CREDENTIALS_H

#include "base/buf.h"

/* How many letters of base64, of either alphabet, stand in front. */
size_t cli_corpus_base64(struct slice text);

/* Puts the letter A in place of each letter of a signature of a JSON Web Token: three runs of
 * base64 with dots between, of which the first begins with a brace.  The accounts double has other
 * keys in each process, and what is written should be the same each time. */
void cli_corpus_blank_signatures(struct buf *text);

#endif
