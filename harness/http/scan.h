/* Finds the end of a run of allowed bytes, sixteen at a time.  Private to this folder. */
#ifndef SYNCSPEC_HTTP_SCAN_H
#define SYNCSPEC_HTTP_SCAN_H

#include "base/slice.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What a byte may be part of. */
enum {
    HTTP_BYTE_TOKEN = 1,  /* RFC 9110, section 5.6.2 */
    HTTP_BYTE_TARGET = 2, /* visible ASCII but '#', which begins a fragment and is never sent */
    HTTP_BYTE_VALUE = 4,  /* field content: HTAB, SP, visible ASCII, obs-text */
    HTTP_BYTE_HEX = 8,
    HTTP_BYTE_DIGIT = 16,
    HTTP_BYTE_HOST = 32, /* reg-name and port (RFC 3986, section 3.2.2), without '%' and ':' */
};

extern const uint8_t http_byte_kinds[256];

static inline bool http_byte_is(uint8_t byte, unsigned kinds)
{
    return (http_byte_kinds[byte] & kinds) != 0;
}

/* The value of a hexadecimal digit. */
static inline uint8_t http_byte_hex(uint8_t digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

enum { HTTP_LANES = 16 };

typedef uint8_t http_lanes __attribute__((vector_size(HTTP_LANES)));

static inline http_lanes http_lanes_load(const uint8_t *at)
{
    http_lanes lanes;
    memcpy(&lanes, at, sizeof(lanes));
    return lanes;
}

static inline http_lanes http_lanes_of(uint8_t byte)
{
    return (http_lanes){ byte, byte, byte, byte, byte, byte, byte, byte,
                         byte, byte, byte, byte, byte, byte, byte, byte };
}

/* The index of the first lane that is 0xff (each is 0xff or 0), or HTTP_LANES. */
static inline size_t http_lanes_first(http_lanes hits)
{
#ifdef __SSE2__
    unsigned mask = (unsigned)_mm_movemask_epi8((__m128i)hits);
    return (size_t)__builtin_ctz(mask | 1U << HTTP_LANES);
#else
    for (size_t i = 0; i < HTTP_LANES; i++) {
        if (hits[i] != 0)
            return i;
    }
    return HTTP_LANES;
#endif
}

/* The first byte in [at, end) that is not of the kind, or `end`. */
static inline const uint8_t *http_scan_kind(const uint8_t *at, const uint8_t *end, unsigned kind)
{
    while (at < end && http_byte_is(*at, kind))
        at++;
    return at;
}

static inline const uint8_t *http_scan_value(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= HTTP_LANES) {
        http_lanes lanes = http_lanes_load(at);
        http_lanes bad = (http_lanes)(lanes < http_lanes_of(0x20));
        bad &= (http_lanes)(lanes != http_lanes_of('\t'));
        bad |= (http_lanes)(lanes == http_lanes_of(0x7f));
        size_t first = http_lanes_first(bad);
        at += first;
        if (first < HTTP_LANES)
            return at;
    }
    return http_scan_kind(at, end, HTTP_BYTE_VALUE);
}

static inline const uint8_t *http_scan_target(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= HTTP_LANES) {
        http_lanes lanes = http_lanes_load(at);
        http_lanes bad = (http_lanes)(lanes - http_lanes_of(0x21) > http_lanes_of(0x7e - 0x21));
        bad |= (http_lanes)(lanes == http_lanes_of('#'));
        size_t first = http_lanes_first(bad);
        at += first;
        if (first < HTTP_LANES)
            return at;
    }
    return http_scan_kind(at, end, HTTP_BYTE_TARGET);
}

/* Letters and '-' make up almost every field name: these go by lanes, the rest of the token
 * alphabet by the table. */
static inline const uint8_t *http_scan_name(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= HTTP_LANES) {
        http_lanes lanes = http_lanes_load(at);
        http_lanes lower = lanes | http_lanes_of(0x20);
        http_lanes bad = (http_lanes)(lower - http_lanes_of('a') > http_lanes_of('z' - 'a'));
        bad &= (http_lanes)(lanes != http_lanes_of('-'));
        size_t first = http_lanes_first(bad);
        at += first;
        if (first < HTTP_LANES && !http_byte_is(*at, HTTP_BYTE_TOKEN))
            return at;
        if (first < HTTP_LANES)
            at++;
    }
    return http_scan_kind(at, end, HTTP_BYTE_TOKEN);
}

static inline bool http_is_token(struct slice text)
{
    return text.len > 0 && http_scan_name(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

/* In origin-form. */
static inline bool http_is_target(struct slice text)
{
    return text.len > 0 && text.ptr[0] == '/' &&
           http_scan_target(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

static inline bool http_is_value(struct slice text)
{
    return text.len == 0 || http_scan_value(text.ptr, text.ptr + text.len) == text.ptr + text.len;
}

#endif
