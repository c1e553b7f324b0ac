/* Which mutant is on, and which ones a process came by.  Linked into every program of the mutated
 * build. */
#include "ci/mutation/runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MUTANTS_MAX = 65536 };

int mutant_number;
unsigned char mutant_reached[MUTANTS_MAX];

static const char *reached_file;

/* What forked processes came by is added, too: each writes a file of its own. */
static void tell(void)
{
    char name[4096];
    (void)snprintf(name, sizeof(name), "%s.%ld", reached_file, (long)getpid());
    FILE *file = fopen(name, "wb");
    if (file == NULL)
        return;
    (void)fwrite(mutant_reached, 1, sizeof(mutant_reached), file);
    (void)fclose(file);
}

__attribute__((constructor)) static void begin(void)
{
    const char *number = getenv("MUTANT");
    mutant_number = number == NULL ? 0 : atoi(number);
    reached_file = getenv("MUTANT_REACHED");
    if (reached_file != NULL)
        (void)atexit(tell);
}
