/* Whatever clients of several users ask of the core, while the clock steps and memory fails: times
 * strictly rise, users do not see each other, counts are what is listed and usage what that sums up
 * to, and what is refused changes nothing.  cli/corpus_session.h is the coding of the input. */
#include "fuzz/session_check.h"

#include "base/alloc.h"
#include "fuzz/check.h"
#include "store/memory.h"

enum { STORE_ROOM = 64 * 1024 * 1024, STEPS_MAX = 512 };

static uint64_t requests;

/* Told at the end of the process: an input holds many requests. */
__attribute__((destructor)) static void tell(void)
{
    (void)fprintf(stderr, "requests: %llu\n", (unsigned long long)requests);
}

static void read_states(struct session_world *world, struct session_state states[SESSION_USERS])
{
    for (unsigned who = 0; who < SESSION_USERS; who++)
        states[who] = session_state_of(world, who);
}

/* What has to hold behind each step; ${states} are those before it, and become those behind. */
static void run(struct session_world *world, const struct session_step *step,
                struct session_state states[SESSION_USERS])
{
    struct session_state after[SESSION_USERS];
    if (step->kind == CLI_SESSION_AUDIT)
        session_audit(world, step->who);
    if (session_world_make(world, step)) {
        session_world_send(world);
        requests++;
        memcpy(after, states, sizeof(after));
        after[world->asker] = session_state_of(world, world->asker);
        session_check_reply(world, states, after);
        memcpy(states, after, sizeof(after));
    } else if (step->kind == CLI_SESSION_CLOCK) {
        read_states(world, states); /* records expire */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session_world world;
    struct session_state states[SESSION_USERS], end[SESSION_USERS];
    struct session_step step;
    struct slice rest = slice_of(data, size);
    int64_t live = alloc_live();
    struct store *store = store_memory_new(STORE_ROOM);
    FUZZ_CHECK(store != NULL);
    session_world_open(&world, store, 0, size > 0 ? data[0] : 0);
    read_states(&world, states);
    rest = slice_from(rest, 1);
    for (size_t i = 0; i < STEPS_MAX && session_next(&rest, &step); i++)
        run(&world, &step, states);
    read_states(&world, end); /* others' requests have left everybody's data as they were */
    FUZZ_CHECK(memcmp(states, end, sizeof(end)) == 0);
    for (unsigned who = 0; who < SESSION_USERS; who++)
        session_audit(&world, who);
    session_world_close(&world);
    store_free(store);
    FUZZ_CHECK(alloc_live() == live);
    return 0;
}
