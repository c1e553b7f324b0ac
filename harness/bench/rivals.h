/* The parsers that ours is measured against.  Apart, as http_parser.h and our headers claim the
 * same names. */
#ifndef SYNCSPEC_BENCH_RIVALS_H
#define SYNCSPEC_BENCH_RIVALS_H

#include "base/slice.h"

/* What a parser found; the same for all. */
struct bench_found {
    size_t fields; /* 0: not a request */
    size_t target_len;
};

/* Each leaves the target and all fields behind as slices. */
struct bench_found bench_http_parser(struct slice wire);
struct bench_found bench_picohttpparser(struct slice wire);

#endif
