/* What monitors ask (Dockerflow): /__heartbeat__, /__lbheartbeat__, /__version__, for anybody. */
#ifndef SYNCSPEC_CORE_HEALTH_H
#define SYNCSPEC_CORE_HEALTH_H

#include "core/call.h"

/* Whether ${path} is one of them; the call, which has no transaction, is then answered. */
bool core_health_answer(struct core_call *call, struct slice path, struct store *store);

#endif
