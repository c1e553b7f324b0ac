/* Faults of what reads the bytes of a request, before there is a request: other bytes are
 * understood than those that came.  Private to stack.c and wire.c but for struct fault_wire. */
#ifndef SYNCSPEC_FAULT_WIRE_H
#define SYNCSPEC_FAULT_WIRE_H

#include "base/buf.h"

/* What came on a connection of its own. */
struct fault_wire {
    struct slice raw;
    size_t first; /* bytes of the first segment */
};

#endif
