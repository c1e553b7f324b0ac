/* Reads a file of Go's corpus as the Go language has its strings, knowing nothing of our writer. */
#ifndef SYNCSPEC_TESTS_GO_CORPUS_H
#define SYNCSPEC_TESTS_GO_CORPUS_H

#include "base/buf.h"

/* Puts the one []byte of the file in place of what ${out} has.  False when it is no such file: of
 * another version, with other arguments, or with a string that Go's compiler refuses or that is not
 * plain ASCII. */
MUST_USE bool go_corpus_read(struct slice file, struct buf *out);

#endif
