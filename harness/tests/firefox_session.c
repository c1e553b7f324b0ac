#include "tests/firefox_session.h"

#include "http/target.h"
#include "record/scan.h"

#include <ctype.h>

enum { ARENA = 8 * 1024 * 1024, SCRATCH = 4 * 1024 * 1024 };

void firefox_open(struct firefox_session *session)
{
    session->file = support_read_file("fixtures/firefox/two-devices.jsonl");
    session->rest = buf_slice(&session->file);
    session->arena = arena_new(ARENA);
    session->scratch = buf_bounded(SCRATCH);
    assert_non_null(session->arena);
    assert_true(buf_reserve(&session->scratch, SCRATCH));
}

void firefox_close(struct firefox_session *session)
{
    buf_free(&session->file);
    buf_free(&session->scratch);
    arena_free(session->arena);
}

bool firefox_next(struct firefox_session *session, struct slice *ret_line)
{
    return slice_cut(session->rest, '\n', ret_line, &session->rest);
}

struct slice firefox_at(struct slice json, const char *pointer)
{
    struct slice raw = { 0 };
    size_t offset;
    enum record_token kind = record_scan_pointer(json, slice_text(pointer), &raw, &offset);
    if (kind == RECORD_SCAN_BAD || kind == RECORD_SCAN_END)
        return (struct slice){ 0 };
    return kind == RECORD_SCAN_STRING ? slice_of(raw.ptr + 1, raw.len - 2) : raw;
}

struct slice firefox_collection(struct slice path)
{
    static const struct slice before = SLICE_INIT("/storage/");
    if (!slice_starts(path, before))
        return (struct slice){ 0 };
    struct slice name = slice_from(path, before.len);
    size_t len = 0;
    while (len < name.len && name.ptr[len] != '/' && name.ptr[len] != '?')
        len++;
    return slice_head(name, len);
}

static int64_t read_time(struct slice text)
{
    int64_t stamp;
    if (!stamp_parse(text, &stamp))
        fail_msg("\"%.*s\" is no time", SLICE_FMT(text));
    return stamp;
}

static struct firefox_time *find_time(struct firefox_session *session, struct slice collection,
                                      int64_t theirs)
{
    for (size_t i = session->time_count; i > 0; i--) {
        struct firefox_time *time = &session->times[i - 1];
        if (time->theirs == theirs && slice_eq(time->collection, collection))
            return time;
    }
    return NULL;
}

void firefox_note_time(struct firefox_session *session, struct slice collection,
                       struct slice theirs, struct slice ours)
{
    int64_t there = read_time(theirs), here = read_time(ours);
    struct firefox_time *known = find_time(session, collection, there);
    if (known != NULL && known->ours == here)
        return;
    assert_true(session->time_count < FIREFOX_TIMES);
    session->times[session->time_count++] =
        (struct firefox_time){ arena_copy(session->arena, collection), there, here };
}

void firefox_note_opaque(struct firefox_session *session, struct slice pair[2], struct slice theirs,
                         struct slice ours)
{
    pair[0] = arena_copy(session->arena, theirs);
    pair[1] = arena_copy(session->arena, ours);
}

/* As JavaScript writes the number, unless the text was that of a header taken unchanged. */
void firefox_translate_time(struct firefox_session *session, struct slice collection,
                            struct slice text, struct buf *out)
{
    int64_t theirs = read_time(text);
    bool far = theirs > 2 * (int64_t)2000000000 * STAMP_SECOND; /* "never mind" in quick writes */
    if (far || slice_is(text, "0")) {
        buf_add(out, text);
        return;
    }
    struct firefox_time *known = find_time(session, collection, theirs);
    if (known == NULL) {
        fail_msg("nothing of %.*s was modified at %.*s", SLICE_FMT(collection), SLICE_FMT(text));
        return;
    }
    stamp_write(known->ours, out);
    bool number = !slice_ends(text, SLICE("0"));
    while (number && (out->ptr[out->len - 1] == '0' || out->ptr[out->len - 1] == '.')) {
        bool point = out->ptr[out->len - 1] == '.';
        out->len--;
        number = !point;
    }
}

/* encodeURIComponent */
static void add_encoded(struct buf *out, struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (isalnum(byte) || strchr("-_.!~*'()", byte) != NULL)
            buf_add_byte(out, byte);
        else
            buf_add_format(out, "%%%02X", byte);
    }
}

static void translate_opaque(const struct slice pair[2], struct slice value, struct buf *out)
{
    if (!slice_eq(pair[0], value))
        fail_msg("%.*s was never given out", SLICE_FMT(value));
    add_encoded(out, pair[1]);
}

void firefox_translate_path(struct firefox_session *session, struct slice path, struct buf *out)
{
    struct slice before, query;
    struct http_parameter parameter;
    char separator = '?';
    bool has_query = slice_cut(path, '?', &before, &query);
    buf_add(out, has_query ? before : path);
    while (has_query && http_target_parameter(&query, &parameter)) {
        struct slice value = parameter.value;
        buf_add_format(out, "%c%.*s=", separator, SLICE_FMT(parameter.name));
        separator = '&';
        if (slice_is(parameter.name, "newer"))
            firefox_translate_time(session, firefox_collection(path), value, out);
        else if (slice_is(parameter.name, "batch") && !slice_is(value, "true"))
            translate_opaque(session->batch, value, out);
        else if (slice_is(parameter.name, "offset"))
            translate_opaque(session->offset, value, out);
        else
            buf_add(out, value);
    }
}

const struct firefox_record *firefox_find(const struct firefox_session *session,
                                          struct slice collection, struct slice id)
{
    for (size_t i = 0; i < session->record_count; i++) {
        const struct firefox_record *record = &session->records[i];
        if (slice_eq(record->id, id) && slice_eq(record->collection, collection))
            return record;
    }
    return NULL;
}

void firefox_put(struct firefox_session *session, struct slice collection, struct slice id,
                 struct slice payload)
{
    const struct firefox_record *known = firefox_find(session, collection, id);
    size_t at = known == NULL ? session->record_count++ : (size_t)(known - session->records);
    assert_true(at < FIREFOX_RECORDS);
    session->records[at] = (struct firefox_record){ arena_copy(session->arena, collection),
                                                    arena_copy(session->arena, id),
                                                    arena_copy(session->arena, payload) };
}

static bool is_among(struct slice id, struct slice ids)
{
    while (ids.len > 0) {
        struct slice one;
        (void)slice_cut(ids, ',', &one, &ids);
        if (slice_eq(one, id))
            return true;
    }
    return false;
}

void firefox_delete(struct firefox_session *session, struct slice path)
{
    struct slice collection = firefox_collection(path);
    static const struct slice by_ids = SLICE_INIT("?ids=");
    size_t behind = slice_search(path, by_ids);
    struct slice ids =
        behind == path.len ? (struct slice){ 0 } : slice_from(path, behind + by_ids.len);
    size_t head = strlen("/storage/") + collection.len;
    if (ids.len == 0 && collection.len > 0 && path.len > head)
        ids = slice_from(path, head + 1); /* behind the '/' */
    size_t kept = 0;
    for (size_t i = 0; i < session->record_count; i++) {
        struct firefox_record record = session->records[i];
        bool here = collection.len == 0 || slice_eq(record.collection, collection);
        if (!here || (ids.len > 0 && !is_among(record.id, ids)))
            session->records[kept++] = record;
    }
    session->record_count = kept;
}

struct firefox_reader firefox_read(struct firefox_session *session, struct slice json)
{
    buf_clear(&session->scratch);
    if (slice_starts(json, SLICE("{")))
        return (struct firefox_reader){ .object = json };
    return (struct firefox_reader){ .list = record_list_of(json, RECORD_JSON) };
}

bool firefox_read_next(struct firefox_session *session, struct firefox_reader *reader,
                       struct record_update *ret_update)
{
    const struct record_bounds bounds = { .payload_bytes = SIZE_MAX };
    struct record_fault fault = { 0 };
    enum record_err err = RECORD_END;
    if (reader->list.scan.text.ptr != NULL)
        err = record_list_next(&reader->list, &bounds, &session->scratch, ret_update, &fault);
    else if (reader->object.len > 0)
        err = record_decode(reader->object, &bounds, &session->scratch, ret_update, &fault);
    reader->object = (struct slice){ 0 };
    if (err != RECORD_OK && err != RECORD_END)
        fail_msg("no record: %s", fault.rule);
    return err == RECORD_OK;
}
