#include "core/call.h"

#include "core/reply.h"

bool core_call_collection(struct core_call *call, struct store_collection *ret_collection)
{
    *ret_collection = (struct store_collection){ 0 };
    enum store_err err = store_collection(call->txn, call->collection, ret_collection);
    if (err == STORE_OK || err == STORE_ABSENT)
        return true;
    core_reply_retry(call);
    return false;
}
