#include "bench/soak_request.h"

#include "auth/hawk.h"
#include "base/base64.h"
#include "base/clock.h"
#include "base/stamp.h"
#include "http/target.h"
#include "http/writer.h"
#include "record/bso.h"

#include <inttypes.h>
#include <stdio.h>

enum { NONCE_BYTES = 8, FIELDS_MAX = 8, HEADER_BYTES = 2048, PAYLOAD_BYTES = 64 * 1024 };

struct soak_request soak_request_empty(void)
{
    return (struct soak_request){
        .target = buf_bounded(LIMIT_TARGET),
        .body = buf_bounded(SOAK_REQUEST_BYTES),
    };
}

void soak_request_begin(struct soak_request *request, enum http_method method, uint64_t uid,
                        const char *path)
{
    buf_clear(&request->target);
    buf_clear(&request->body);
    request->method = method;
    request->unmodified = -1;
    request->modified = -1;
    request->wipes = false;
    (void)buf_add_format(&request->target, "/1.5/%" PRIu64 "%s", uid, path);
}

void soak_request_name(struct soak_request *request, unsigned shelf, unsigned slot)
{
    char id[SOAK_ID];
    (void)buf_add_format(&request->target, "/storage/%s", soak_shelf_rows[shelf].name);
    if (slot == SOAK_SLOTS)
        return;
    soak_id(shelf, slot, id);
    (void)buf_add_byte(&request->target, '/');
    (void)http_percent_encode(slice_text(id), &request->target);
}

void soak_request_record(struct soak_request *request, unsigned shelf, unsigned slot,
                         uint64_t number)
{
    const struct soak_shelf_row *row = &soak_shelf_rows[shelf];
    struct buf *body = &request->body;
    struct buf payload = buf_bounded(PAYLOAD_BYTES);
    char id[SOAK_ID];
    soak_id(shelf, slot, id);
    (void)soak_payload(shelf, slot, number, &payload);
    (void)buf_add_text(body, "{\"id\":");
    (void)record_encode_string(slice_text(id), body);
    (void)buf_add_text(body, ",\"payload\":");
    (void)record_encode_string(buf_slice(&payload), body);
    if (row->has_sortindex)
        (void)buf_add_format(body, ",\"sortindex\":%d", (int)soak_sortindex(number));
    if (row->ttl > 0)
        (void)buf_add_format(body, ",\"ttl\":%u", row->ttl);
    (void)buf_add_byte(body, '}');
    buf_free(&payload);
}

bool soak_request_sign(const struct soak_user *user, const struct soak_place *place,
                       const char *method, struct slice target, struct buf *out)
{
    uint8_t bytes[NONCE_BYTES];
    char ts[STAMP_TEXT_MAX];
    AUTO(buf_free) struct buf nonce = buf_bounded(64);
    rng_fill(rng_system(), bytes, sizeof(bytes));
    (void)base64_encode(slice_of(bytes, sizeof(bytes)), BASE64_STANDARD, &nonce);
    (void)snprintf(ts, sizeof(ts), "%lld", (long long)(clock_now(clock_real()) / STAMP_SECOND));
    const struct auth_hawk_input input = {
        .ts = slice_text(ts),
        .nonce = buf_slice(&nonce),
        .method = slice_text(method),
        .target = target,
        .host = slice_text(place->host),
        .port = place->port,
    };
    return auth_hawk_sign(slice_text(user->token), slice_text(user->key), &input, out);
}

bool soak_request_write(const struct soak_request *request, const struct soak_user *user,
                        const struct soak_place *place, struct buf *out)
{
    char host[SOAK_HOST + 8];
    char unmodified[STAMP_TEXT_MAX];
    char modified[STAMP_TEXT_MAX];
    struct http_field fields[FIELDS_MAX];
    size_t count = 0;
    AUTO(buf_free) struct buf authorization = buf_bounded(HEADER_BYTES);
    if (request->target.failed || request->body.failed ||
        !soak_request_sign(user, place, http_method_name(request->method),
                           buf_slice(&request->target), &authorization))
        return false;
    (void)snprintf(host, sizeof(host), "%s:%u", place->host, (unsigned)place->port);
    fields[count++] = (struct http_field){ SLICE("Host"), slice_text(host) };
    fields[count++] =
        (struct http_field){ SLICE("Accept"), SLICE("application/json;q=0.9,*/*;q=0.2") };
    fields[count++] = (struct http_field){ SLICE("authorization"), buf_slice(&authorization) };
    if (request->body.len > 0)
        fields[count++] = (struct http_field){ SLICE("content-type"), SLICE("text/plain") };
    stamp_text(request->unmodified, unmodified);
    stamp_text(request->modified, modified);
    if (request->unmodified >= 0)
        fields[count++] =
            (struct http_field){ SLICE("x-if-unmodified-since"), slice_text(unmodified) };
    if (request->modified >= 0)
        fields[count++] = (struct http_field){ SLICE("x-if-modified-since"), slice_text(modified) };
    if (request->wipes)
        fields[count++] = (struct http_field){ SLICE("x-confirm-delete"), SLICE("1") };
    const struct http_request message = {
        .method = request->method,
        .method_text = slice_text(http_method_name(request->method)),
        .target = buf_slice(&request->target),
        .minor = 1,
        .fields = { .at = fields, .count = count },
        .body = buf_slice(&request->body),
    };
    return http_write_request(&message, out);
}

void soak_request_free(struct soak_request *request)
{
    buf_free(&request->target);
    buf_free(&request->body);
}
