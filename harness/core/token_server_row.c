#include "core/token_server_row.h"

#include "base/buf.h"

enum { ROOM = 1024, NUMBER_TEXT = 24 };

/* The key is the uid.  The value: words with a blank between them, of which the client state may be
 * empty, and no other. */
enum store_err core_token_row_keep(struct store *store, const struct core_token_row *row)
{
    const struct core_token_record *record = &row->record;
    AUTO(buf_free) struct buf key = buf_bounded(NUMBER_TEXT);
    AUTO(buf_free) struct buf value = buf_bounded(ROOM);
    if (store == NULL)
        return STORE_OK;
    buf_add_u64(&key, record->uid);
    const uint64_t numbers[] = { record->number, record->generation, record->keys_changed_at,
                                 record->replaced, record->moved };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        buf_add_u64(&value, numbers[i]);
        buf_add_byte(&value, ' ');
    }
    buf_add(&value, slice_of(record->state, record->state_len));
    buf_add_byte(&value, ' ');
    buf_add(&value, row->node);
    buf_add_byte(&value, ' ');
    buf_add(&value, row->account);
    const struct store_kept kept = { CORE_TOKEN_KIND_RECORD, buf_slice(&key), buf_slice(&value) };
    return key.failed || value.failed ? STORE_NOMEM : store_keep(store, &kept);
}

bool core_token_row_read(const struct store_kept *kept, struct core_token_row *ret_row)
{
    uint64_t numbers[5];
    struct slice word, state, node, rest = kept->value;
    uint64_t uid;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        slice_cut(rest, ' ', &word, &rest);
        if (!slice_to_u64(word, &numbers[i]))
            return false;
    }
    slice_cut(rest, ' ', &state, &rest);
    slice_cut(rest, ' ', &node, &rest);
    if (!slice_to_u64(kept->key, &uid) || state.len > CORE_TOKEN_STATE || rest.len == 0 ||
        rest.len > CORE_TOKEN_ACCOUNT)
        return false;
    *ret_row = (struct core_token_row){
        .record = { .uid = uid,
                    .number = numbers[0],
                    .generation = numbers[1],
                    .keys_changed_at = numbers[2],
                    .replaced = numbers[3] != 0,
                    .moved = numbers[4] != 0,
                    .state_len = state.len },
        .node = node,
        .account = rest,
    };
    if (state.len > 0)
        memcpy(ret_row->record.state, state.ptr, state.len);
    return true;
}
