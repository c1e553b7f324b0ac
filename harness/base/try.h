/* The idioms that every function of the project shares: results, ownership, cleanup. */
#ifndef SYNCSPEC_BASE_TRY_H
#define SYNCSPEC_BASE_TRY_H

#include <stddef.h>

/* The caller has to look at the result. */
#define MUST_USE __attribute__((warn_unused_result))

/* Runs fn(&variable) when the variable goes out of scope.  By convention fn is called <type>_freep.
 */
#define AUTO(fn) __attribute__((cleanup(fn)))

/* Moves a pointer out of an AUTO variable. */
#define STEAL(pointer)                                                                             \
    __extension__({                                                                                \
        __typeof__(pointer) stolen_ = (pointer);                                                   \
        (pointer) = NULL;                                                                          \
        stolen_;                                                                                   \
    })

/* Returns the error of an enum whose zero means success.  The only macro that returns. */
#define TRY(expression)                                                                            \
    do {                                                                                           \
        __typeof__(expression) try_error_ = (expression);                                          \
        if (try_error_ != 0)                                                                       \
            return try_error_;                                                                     \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The struct of type `type` whose member `member` is at `pointer`. */
#define CONTAINER_OF(pointer, type, member)                                                        \
    ((type *)(void *)((char *)(void *)(pointer)-offsetof(type, member)))

#endif
