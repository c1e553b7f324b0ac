/* storage/<collection>: GET and DELETE; and DELETE of everything. */
#include "core/offset.h"
#include "core/query.h"
#include "core/quota.h"
#include "core/reply.h"
#include "core/sweep.h"
#include "http/media.h"
#include "record/list.h"

/* JSON is what a client gets that does not mind. */
static bool choose_format(struct core_call *call, enum record_format *ret_format)
{
    const struct core_dialect *dialect = call->dialect;
    const struct slice *accept = http_fields_get(&call->request->fields, "Accept");
    const char *offers[CORE_DIALECT_FORMATS];
    for (size_t i = 0; i < dialect->format_count; i++)
        offers[i] = record_format_media_type(dialect->formats[i]);
    size_t chosen = accept == NULL ? 0 : http_media_choose(*accept, offers, dialect->format_count);
    bool found = chosen < dialect->format_count;
    if (!found && dialect->refuses_accept) {
        core_reply_error(call, 406, CORE_CODE_UNKNOWN);
        return false;
    }
    *ret_format = found ? dialect->formats[chosen] : RECORD_JSON;
    return true;
}

struct listing {
    struct record_writer writer;
    const struct core_query *query;
    struct core_filter filter;
    struct core_offset last;
    uint8_t last_id[LIMIT_BSO_ID];
    bool cut; /* the body is as long as a reply may be */
};

/* Room for the most that a record can take: six bytes for each byte of its payload. */
static bool fits(const struct buf *out, const struct record_bso *bso)
{
    enum { AROUND = 1024 };
    return (out->ceiling - out->len) / 6 > bso->payload.len + AROUND;
}

static bool add_record(void *context, const struct record_bso *bso)
{
    struct listing *listing = context;
    enum core_filter_verdict verdict = core_filter_judge(&listing->filter, bso);
    if (verdict != CORE_FILTER_TAKE)
        return verdict == CORE_FILTER_PASS;
    if (!fits(listing->writer.out, bso)) {
        listing->cut = true;
        return false;
    }
    enum store_order order = listing->query->select.order;
    memcpy(listing->last_id, bso->id.ptr, bso->id.len);
    listing->last = (struct core_offset){
        .order = order,
        .number = order == STORE_BY_INDEX ? (bso->has_sortindex ? bso->sortindex : INT64_MIN)
                                          : bso->modified,
        .id = slice_of(listing->last_id, bso->id.len),
    };
    return listing->query->full ? record_writer_bso(&listing->writer, bso)
                                : record_writer_id(&listing->writer, bso->id);
}

static void set_next_offset(struct core_call *call, const struct core_offset *last)
{
    size_t at = call->scratch->len;
    if (!core_offset_write(last, call->scratch)) {
        call->failed = true;
        return;
    }
    core_reply_field(call, "X-Weave-Next-Offset", slice_from(buf_slice(call->scratch), at));
}

static void list(struct core_call *call, const struct core_query *query, enum record_format format)
{
    struct listing listing = { .writer = record_writer_of(&call->reply->body, format),
                               .query = query,
                               .filter = query->filter };
    struct store_sink sink = { .visit = add_record, .context = &listing };
    listing.writer.kind = call->dialect->kind;
    enum store_err err = store_list(call->txn, call->collection, &query->select, &sink);
    if (err != STORE_OK && err != STORE_ABSENT) {
        core_reply_retry(call);
        return;
    }
    record_writer_end(&listing.writer);
    core_reply_field(call, "Content-Type", slice_text(record_format_media_type(format)));
    core_reply_count(call, "X-Weave-Records", listing.writer.count);
    if (listing.cut && call->dialect->old_queries)
        core_reply_error(call, 413, CORE_CODE_LIMIT); /* no way to tell that there is more */
    else if ((sink.more || listing.cut) && !call->dialect->old_queries)
        set_next_offset(call, &listing.last);
}

void core_collection_get(struct core_call *call)
{
    enum record_format format;
    struct core_query query;
    if (!choose_format(call, &format) || !core_query_parse(call, &query))
        return;
    struct store_collection collection;
    if (!core_call_collection(call, &collection) || !core_precond_holds(call, collection.modified))
        return;
    core_reply_json(call);
    core_reply_modified(call, collection.modified);
    list(call, &query, format);
}

static enum store_err delete_named(struct core_call *call, const struct store_query *select)
{
    TRY(store_touch(call->txn, call->collection));
    for (size_t i = 0; i < select->id_count; i++) {
        enum store_err err = store_remove(call->txn, call->collection, select->ids[i]);
        if (err != STORE_OK && err != STORE_ABSENT)
            return err;
    }
    return STORE_OK;
}

static void finish_delete(struct core_call *call, enum store_err err)
{
    if (err != STORE_OK) {
        core_reply_retry(call);
        return;
    }
    core_reply_written(call, store_stamp(call->txn));
    core_quota_report(call);
    call->commit = true;
}

/* Nothing changes but that batches are gone which were opened for the collection, so the answer is
 * of the time of the last change. */
static void delete_nothing(struct core_call *call, const struct core_query *query)
{
    if (query->whole && store_remove_collection(call->txn, call->collection) != STORE_ABSENT) {
        core_reply_retry(call);
        return;
    }
    core_reply_unchanged(call);
    core_quota_report(call);
    call->commit = true;
    call->unseen = true;
}

void core_collection_delete(struct core_call *call)
{
    struct core_query query;
    struct store_collection collection;
    if (!core_query_parse_delete(call, &query))
        return;
    if (!core_call_collection(call, &collection) || !core_precond_holds(call, collection.modified))
        return;
    if (collection.modified == 0)
        delete_nothing(call, &query);
    else if (query.whole)
        finish_delete(call, store_remove_collection(call->txn, call->collection));
    else if (call->dialect->old_queries)
        finish_delete(call, core_sweep(call, &query));
    else
        finish_delete(call, delete_named(call, &query.select));
}

/* The text of 1.1 calls what is missing a precondition: so 412. */
static bool confirmed(struct core_call *call)
{
    if (!call->dialect->confirms_wipe ||
        http_fields_get(&call->request->fields, "X-Confirm-Delete") != NULL)
        return true;
    core_reply_error(call, 412, CORE_CODE_OVERWRITE);
    return false;
}

void core_storage_delete(struct core_call *call)
{
    if (confirmed(call) && core_precond_holds(call, store_modified(call->txn)))
        finish_delete(call, store_remove_all(call->txn));
}
