/* The recorded sessions of fixtures/firefox: its lines, the values of the recorded server that
 * stand in later requests (times, batches, offsets) with those of ours, and what has been uploaded.
 */
#ifndef SYNCSPEC_TESTS_FIREFOX_SESSION_H
#define SYNCSPEC_TESTS_FIREFOX_SESSION_H

#include "base/arena.h"
#include "base/stamp.h"
#include "record/list.h"
#include "tests/support/support.h"

enum { FIREFOX_TIMES = 2048, FIREFOX_RECORDS = 4096, FIREFOX_COLLECTIONS = 32 };

/* What was uploaded and has not been deleted since. */
struct firefox_record {
    struct slice collection, id, payload;
};

struct firefox_time {
    struct slice collection; /* times of two collections may be equal there and not here */
    int64_t theirs, ours;
};

struct firefox_session {
    struct buf file;
    struct slice rest; /* of the file */
    struct arena *arena;
    struct buf scratch;
    struct firefox_time times[FIREFOX_TIMES];
    size_t time_count;
    struct firefox_record records[FIREFOX_RECORDS];
    size_t record_count;
    struct slice batch[2], offset[2]; /* theirs, ours: the last */
};

void firefox_open(struct firefox_session *session);
void firefox_close(struct firefox_session *session);

/* The next line; false behind the last. */
bool firefox_next(struct firefox_session *session, struct slice *ret_line);

/* What stands at the pointer of a JSON text: a string without its quotes, anything else as it is;
 * nothing when it is absent. */
struct slice firefox_at(struct slice json, const char *pointer);

/* The collection that a path is about; empty for info/... and for all of storage. */
struct slice firefox_collection(struct slice path);

void firefox_note_time(struct firefox_session *session, struct slice collection,
                       struct slice theirs, struct slice ours);
void firefox_note_opaque(struct firefox_session *session, struct slice pair[2], struct slice theirs,
                         struct slice ours);

/* Writes the path with our values in place of theirs; and a condition. */
void firefox_translate_path(struct firefox_session *session, struct slice path, struct buf *out);
void firefox_translate_time(struct firefox_session *session, struct slice collection,
                            struct slice text, struct buf *out);

/* What a request that was accepted has changed. */
void firefox_put(struct firefox_session *session, struct slice collection, struct slice id,
                 struct slice payload);
void firefox_delete(struct firefox_session *session, struct slice path);

const struct firefox_record *firefox_find(const struct firefox_session *session,
                                          struct slice collection, struct slice id);

/* The records of a JSON list, or the one record of a JSON object, one after another; false behind
 * the last.  The test fails when it is none. */
struct firefox_reader {
    struct record_list list;
    struct slice object; /* not read yet */
};
struct firefox_reader firefox_read(struct firefox_session *session, struct slice json);
bool firefox_read_next(struct firefox_session *session, struct firefox_reader *reader,
                       struct record_update *ret_update);

#endif
