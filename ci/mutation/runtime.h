/* Included into every file of the mutated build, before its first line. */
#ifndef MUTATION_RUNTIME_H
#define MUTATION_RUNTIME_H

extern int mutant_number;
extern unsigned char mutant_reached[];

static inline int mutant_on(int number)
{
    mutant_reached[number] = 1;
    return mutant_number == number;
}

#endif
