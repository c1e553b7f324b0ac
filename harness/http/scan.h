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

/* Signed, as that is what SSE2 compares. */
typedef int8_t http_lanes __attribute__((vector_size(HTTP_LANES)));
typedef uint8_t http_lanes_unsigned __attribute__((vector_size(HTTP_LANES)));

static inline http_lanes http_lanes_load(const uint8_t *at)
{
    http_lanes lanes;
    memcpy(&lanes, at, sizeof(lanes));
    return lanes;
}

static inline http_lanes http_lanes_of(int byte)
{
    int8_t b = (int8_t)byte;
    return (http_lanes){ b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b };
}

/* The index of the first lane that is 0 (each is -1 or 0), or HTTP_LANES. */
static inline size_t http_lanes_first_zero(http_lanes lanes)
{
#ifdef __SSE2__
    unsigned mask = (unsigned)_mm_movemask_epi8((__m128i)lanes);
    return (size_t)__builtin_ctz(~mask);
#else
    size_t i = 0;
    while (i < HTTP_LANES && lanes[i] != 0)
        i++;
    return i;
#endif
}

/* -1 where the byte is from ${low} to ${high}, both ASCII: shifted so that ${high} is the highest
 * signed value, one comparison is enough. */
static inline http_lanes http_lanes_between(http_lanes lanes, int low, int high)
{
    int shift = INT8_MAX - high;
    http_lanes_unsigned shifted =
        (http_lanes_unsigned)lanes + (http_lanes_unsigned)http_lanes_of(shift);
    return (http_lanes)((http_lanes)shifted > http_lanes_of(low - 1 + shift));
}

/* The first byte in [at, end) that is not of the kind, or `end`. */
static inline const uint8_t *http_scan_kind(const uint8_t *at, const uint8_t *end, unsigned kind)
{
    while (at < end && http_byte_is(*at, kind))
        at++;
    return at;
}

/* Each of the scanners below knows by lanes the bytes that make up almost all of real input, and
 * asks the table about sixteen bytes in which another one stands. */

static inline const uint8_t *http_scan_value(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= HTTP_LANES; at += HTTP_LANES) {
        http_lanes good = http_lanes_between(http_lanes_load(at), ' ', '~');
        size_t first = http_lanes_first_zero(good);
        if (first == HTTP_LANES)
            continue;
        const uint8_t *stop = http_scan_kind(at + first, at + HTTP_LANES, HTTP_BYTE_VALUE);
        if (stop < at + HTTP_LANES)
            return stop;
    }
    return http_scan_kind(at, end, HTTP_BYTE_VALUE);
}

static inline const uint8_t *http_scan_target(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= HTTP_LANES; at += HTTP_LANES) {
        http_lanes lanes = http_lanes_load(at);
        http_lanes good = http_lanes_between(lanes, '!', '~');
        good &= (http_lanes)(lanes != http_lanes_of('#'));
        size_t first = http_lanes_first_zero(good);
        if (first < HTTP_LANES)
            return at + first;
    }
    return http_scan_kind(at, end, HTTP_BYTE_TARGET);
}

static inline const uint8_t *http_scan_name(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= HTTP_LANES; at += HTTP_LANES) {
        http_lanes lanes = http_lanes_load(at);
        http_lanes good = http_lanes_between(lanes | http_lanes_of(0x20), 'a', 'z');
        good |= (http_lanes)(lanes == http_lanes_of('-'));
        size_t first = http_lanes_first_zero(good);
        if (first == HTTP_LANES)
            continue;
        const uint8_t *stop = http_scan_kind(at + first, at + HTTP_LANES, HTTP_BYTE_TOKEN);
        if (stop < at + HTTP_LANES)
            return stop;
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
