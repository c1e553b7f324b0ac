/* A session gets the same replies, to the byte, from a core over memory and from one over SQLite,
 * and leaves the same data.  cli/corpus_session.h is the coding of the input. */
#include "fuzz/session_check.h"

#include "fuzz/check.h"
#include "store/memory.h"
#include "store/sqlite.h"

#include <unistd.h>

enum { STORE_ROOM = 64 * 1024 * 1024, STEPS_MAX = 64, INPUTS_MAX = 2000 };

/* One file serves many inputs, each with users of its own: making a file takes longer than a
 * session.  In memory where the system has a folder for that. */
static struct {
    struct store *store;
    char path[64];
    uint64_t inputs;
} disk;

static void remove_file(void)
{
    static const char *const endings[] = { "", "-wal", "-shm" };
    char path[sizeof(disk.path) + sizeof("-wal")];
    store_free(disk.store);
    disk.store = NULL;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        (void)snprintf(path, sizeof(path), "%s%s", disk.path, endings[i]);
        (void)unlink(path);
    }
}

static struct store *open_disk(void)
{
    const char *error = NULL;
    if (disk.store != NULL && ++disk.inputs % INPUTS_MAX != 0)
        return disk.store;
    if (disk.store != NULL)
        remove_file();
    else
        (void)atexit(remove_file);
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(disk.path, sizeof(disk.path), "%s/syncspec-fuzz-%ld.db", folder, (long)getpid());
    disk.store = store_sqlite_open(slice_text(disk.path), 0, &error);
    FUZZ_CHECK(disk.store != NULL);
    return disk.store;
}

/* /__version__ names the store; nothing else does. */
static void check_same(const struct session_world *world, const struct http_reply *a,
                       const struct http_reply *b)
{
    FUZZ_CHECK(a->status == b->status && a->count == b->count);
    FUZZ_CHECK(
        slice_eq(buf_slice(&a->body), buf_slice(&b->body)) ||
        (!world->endpoint && slice_starts(buf_slice(&b->body), SLICE("{\"name\":\"syncspec\""))));
    for (size_t i = 0; i < a->count; i++) {
        struct http_field one = http_reply_field(a, i), other = http_reply_field(b, i);
        FUZZ_CHECK(slice_eq(one.name, other.name) && slice_eq(one.value, other.value));
    }
}

/* The same step in both worlds.  The clock does not step back: a record that had expired by then
 * may be there again or not, as the backend has thrown it away or not. */
static void run(struct session_world worlds[2], const struct session_step *step)
{
    bool sent[2];
    if (step->kind == CLI_SESSION_CLOCK && step->clock < 0)
        return;
    for (size_t i = 0; i < 2; i++) {
        sent[i] = session_world_make(&worlds[i], step);
        worlds[i].fails_at = UINT64_MAX; /* the stores allocate each in its own way */
        if (sent[i])
            session_world_send(&worlds[i]);
    }
    FUZZ_CHECK(sent[0] == sent[1]);
    if (sent[0])
        check_same(&worlds[0], &worlds[0].reply, &worlds[1].reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session_world worlds[2];
    struct session_step step;
    struct slice rest = slice_of(data, size);
    struct store *stores[] = { store_memory_new(STORE_ROOM), open_disk() };
    for (size_t i = 0; i < 2; i++)
        session_world_open(&worlds[i], stores[i], disk.inputs * SESSION_USERS,
                           size > 0 ? data[0] : 0);
    rest = slice_from(rest, 1);
    for (size_t i = 0; i < STEPS_MAX && session_next(&rest, &step); i++)
        run(worlds, &step);
    for (unsigned who = 0; who < SESSION_USERS; who++) {
        struct session_state memory = session_state_of(&worlds[0], who);
        struct session_state file = session_state_of(&worlds[1], who);
        FUZZ_CHECK(memory.modified == file.modified && memory.batch_bytes == file.batch_bytes);
        FUZZ_CHECK(memory.digest == file.digest);
    }
    for (size_t i = 0; i < 2; i++)
        session_world_close(&worlds[i]);
    store_free(stores[0]);
    return 0;
}
