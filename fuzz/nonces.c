/* A nonce is new once: what was noted and may not be forgotten yet is a replay, what was not noted
 * is none, and nothing is refused for want of room that there is.  The input has steps of three
 * bytes: by how many seconds the clock moves, which nonce, and how old its time is. */
#include "auth/nonce.h"

#include "fuzz/check.h"

enum { STEP = 3, NOTED_MAX = 1024, CAPACITY = 600, SKEW = 60, START = 1700000000 };

/* What was taken for new. */
struct noted {
    struct entry {
        uint64_t ts;
        uint8_t name;
    } at[NOTED_MAX];
    size_t count;
};

static bool was_noted(const struct noted *noted, const struct entry *entry)
{
    for (size_t i = 0; i < noted->count; i++) {
        if (noted->at[i].ts == entry->ts && noted->at[i].name == entry->name)
            return true;
    }
    return false;
}

/* How many may not be forgotten. */
static size_t held(const struct noted *noted, uint64_t least)
{
    size_t count = 0;
    for (size_t i = 0; i < noted->count; i++)
        count += noted->at[i].ts >= least;
    return count;
}

static void step(struct auth_nonces *nonces, struct noted *noted, const struct entry *entry,
                 uint64_t now)
{
    static const char ids[] = "abcd";
    const struct auth_nonce nonce = { .id = slice_of(&ids[entry->name % 4], 1),
                                      .nonce = slice_of(&entry->name, 1),
                                      .ts = entry->ts };
    enum auth_nonce_seen seen = auth_nonces_note(nonces, &nonce, now, SKEW);
    bool known = was_noted(noted, entry);
    if (seen == AUTH_NONCE_REPLAYED)
        FUZZ_CHECK(known);
    else
        FUZZ_CHECK(!known || entry->ts < now - SKEW);
    FUZZ_CHECK(seen != AUTH_NONCE_FULL || held(noted, now - SKEW) >= CAPACITY);
    if (seen == AUTH_NONCE_NEW && !known)
        noted->at[noted->count++] = *entry;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct noted noted;
    struct auth_nonces *nonces = auth_nonces_new(CAPACITY);
    uint64_t now = START;
    FUZZ_CHECK(nonces != NULL);
    noted.count = 0;
    for (size_t i = 0; i + STEP <= size && noted.count < NOTED_MAX; i += STEP) {
        now += data[i] % 16;
        const struct entry entry = { .ts = now - data[i + 2] % (2 * SKEW), .name = data[i + 1] };
        step(nonces, &noted, &entry, now);
    }
    auth_nonces_free(nonces);
    return 0;
}
