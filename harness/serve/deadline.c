#include "serve/deadline.h"

void serve_deadlines_init(struct serve_deadlines *deadlines, const unsigned ms[SERVE_LIMITS])
{
    for (size_t i = 0; i < SERVE_LIMITS; i++) {
        struct serve_deadline *ring = &deadlines->queues[i];
        *ring = (struct serve_deadline){ .before = ring, .after = ring };
        deadlines->ms[i] = ms[i] > 0 ? ms[i] : 1;
    }
}

void serve_deadlines_clear(struct serve_deadline *deadline)
{
    if (deadline->before == NULL)
        return;
    deadline->before->after = deadline->after;
    deadline->after->before = deadline->before;
    deadline->before = deadline->after = NULL;
}

void serve_deadlines_set(struct serve_deadlines *deadlines, struct serve_deadline *deadline,
                         enum serve_limit limit, int64_t now)
{
    struct serve_deadline *ring = &deadlines->queues[limit];
    serve_deadlines_clear(deadline);
    deadline->limit = limit;
    deadline->at = now + deadlines->ms[limit];
    deadline->before = ring->before;
    deadline->after = ring;
    ring->before->after = deadline;
    ring->before = deadline;
}

struct serve_deadline *serve_deadlines_first(struct serve_deadlines *deadlines,
                                             enum serve_limit limit)
{
    struct serve_deadline *ring = &deadlines->queues[limit];
    return ring->after == ring ? NULL : ring->after;
}

static struct serve_deadline *earliest(struct serve_deadlines *deadlines)
{
    struct serve_deadline *found = NULL;
    for (size_t i = 0; i < SERVE_LIMITS; i++) {
        struct serve_deadline *first = serve_deadlines_first(deadlines, (enum serve_limit)i);
        if (first != NULL && (found == NULL || first->at < found->at))
            found = first;
    }
    return found;
}

struct serve_deadline *serve_deadlines_due(struct serve_deadlines *deadlines, int64_t now)
{
    struct serve_deadline *found = earliest(deadlines);
    if (found == NULL || found->at > now)
        return NULL;
    serve_deadlines_clear(found);
    return found;
}

int64_t serve_deadlines_next(struct serve_deadlines *deadlines)
{
    const struct serve_deadline *found = earliest(deadlines);
    return found == NULL ? INT64_MAX : found->at;
}
