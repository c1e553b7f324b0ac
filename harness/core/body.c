#include "core/body.h"

#include "core/reply.h"
#include "http/media.h"
#include "record/scan.h"

static const struct {
    struct slice type;
    enum record_format format;
} types[] = {
    { SLICE_INIT("application/json"), RECORD_JSON },
    { SLICE_INIT("text/plain"), RECORD_JSON },
    { SLICE_INIT("application/newlines"), RECORD_NEWLINES },
};

bool core_body_format(struct core_call *call, enum record_format *ret_format)
{
    const struct http_fields *fields = &call->request->fields;
    const struct slice *coding = http_fields_get(fields, "Content-Encoding");
    const struct slice *type = http_fields_get(fields, "Content-Type");
    bool plain = coding == NULL || slice_eq_nocase(*coding, SLICE("identity"));
    bool untyped = !call->dialect->typed_bodies || (type == NULL && call->request->body.len == 0);
    if (plain && untyped) {
        *ret_format = RECORD_JSON;
        return true;
    }
    for (size_t i = 0; plain && type != NULL && i < COUNT_OF(types); i++) {
        if (slice_eq_nocase(http_media_type(*type), types[i].type)) {
            *ret_format = types[i].format;
            return true;
        }
    }
    core_reply_error(call, 415, CORE_CODE_UNKNOWN);
    return false;
}

void core_body_refuse(struct core_call *call, enum record_err err)
{
    if (err == RECORD_NOMEM)
        core_reply_retry(call);
    else
        core_reply_error(call, 400, err == RECORD_MALFORMED ? CORE_CODE_JSON : CORE_CODE_RECORD);
}

bool core_body_has_zero_iv(struct slice collection, const struct record_update *update)
{
    if (!slice_is(collection, "crypto") || update->payload_is != RECORD_VALUE)
        return false;
    struct slice raw;
    size_t offset;
    return record_scan_pointer(update->payload, SLICE("/IV"), &raw, &offset) ==
               RECORD_SCAN_STRING &&
           slice_is(raw, "\"AAAAAAAAAAAAAAAAAAAAAA==\"");
}
