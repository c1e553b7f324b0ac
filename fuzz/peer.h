/* An independent parser of requests: Debian's libhttp-parser.  Apart, as http_parser.h and our
 * headers claim the same names. */
#ifndef SYNCSPEC_FUZZ_PEER_H
#define SYNCSPEC_FUZZ_PEER_H

#include "base/buf.h"

enum peer_verdict {
    PEER_READ,    /* just one request, which ends where the input ends */
    PEER_REFUSED, /* or more or less than one request */
    PEER_UNABLE,  /* a method that it does not know, a change of protocol, or an error of its own */
};

/* Writes what it read to ${log}: the target without a scheme, a line name=value for each field, the
 * body. */
enum peer_verdict peer_read(struct slice wire, struct buf *log);

/* What it says of the last input that it refused.  Static text. */
const char *peer_reason(void);

#endif
