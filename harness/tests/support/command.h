/* The command as people run it, for its tests. */
#ifndef SYNCSPEC_TESTS_COMMAND_H
#define SYNCSPEC_TESTS_COMMAND_H

#include "base/buf.h"

/* What a command printed on both outputs, and its exit code. */
struct command_outcome {
    struct buf text;
    int code;
};

/* From now on `syncspec` is ${binary} and the folder ${folder}.  False when that cannot be. */
MUST_USE bool command_prepare(const char *binary, const char *folder);

/* Runs a line of a shell.  The caller buf_free()s the text. */
struct command_outcome command_run(const char *line);

/* Runs it and fails the test unless it ends with that code, having printed exactly that text, or a
 * text that has that part. */
void command_expect(const char *line, int code, const char *text);
void command_expect_part(const char *line, int code, const char *part);

/* Writes a file; the test fails when it cannot be written. */
void command_file(const char *path, const char *text);

#endif
