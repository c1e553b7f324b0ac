/* Planted: a payload whose HMAC is empty opens. */
#include "record/payload.h"

enum record_payload_err __real_record_payload_decrypt(struct slice payload,
                                                      const struct record_bundle *keys,
                                                      struct buf *out);
enum record_payload_err __wrap_record_payload_decrypt(struct slice payload,
                                                      const struct record_bundle *keys,
                                                      struct buf *out);

enum record_payload_err __wrap_record_payload_decrypt(struct slice payload,
                                                      const struct record_bundle *keys,
                                                      struct buf *out)
{
    enum record_payload_err err = __real_record_payload_decrypt(payload, keys, out);
    bool empty = slice_search(payload, SLICE("\"hmac\":\"\"")) < payload.len;
    return err == RECORD_PAYLOAD_HMAC && empty ? RECORD_PAYLOAD_OK : err;
}
