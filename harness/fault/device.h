/* Which device of a user is asking, as far as a server can tell: each has a token of its own. */
#ifndef SYNCSPEC_FAULT_DEVICE_H
#define SYNCSPEC_FAULT_DEVICE_H

#include "fault/call.h"

/* The id of the token that the request is signed with; empty when there is none. */
struct slice fault_device(struct fault_call *call);

/* For `when`: whether the user has been seen with another token before.  Notes this one. */
bool fault_device_is_second(struct fault_call *call);

#endif
