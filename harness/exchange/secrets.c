#include "exchange/secrets.h"

enum {
    WINDOW = 6, /* a shared run of eight bytes holds a window that begins at a multiple of three */
    STRIDE = 3,
    SECRET_BYTES = 256 * 1024,
};

void exchange_secrets_init(struct exchange_secrets *secrets)
{
    secrets->bytes = buf_bounded(SECRET_BYTES);
    secrets->count = 0;
    memset(secrets->sieve, 0, sizeof(secrets->sieve));
}

void exchange_secrets_free(struct exchange_secrets *secrets)
{
    buf_free(&secrets->bytes);
    secrets->count = 0;
}

static size_t sieve_slot(const uint8_t *window)
{
    uint64_t bytes = 0;
    memcpy(&bytes, window, WINDOW);
    return (size_t)(bytes * UINT64_C(0x9E3779B97F4A7C15) >> 48);
}

bool exchange_secrets_add(struct exchange_secrets *secrets, struct slice secret)
{
    if (secret.len == 0)
        return true;
    if (secrets->count == EXCHANGE_SECRETS)
        return false;
    secrets->places[secrets->count++] =
        (struct exchange_secret_place){ secrets->bytes.len, secret.len };
    for (size_t window = 0; window + WINDOW <= secret.len; window += STRIDE) {
        size_t slot = sieve_slot(secret.ptr + window);
        secrets->sieve[slot / 64] |= UINT64_C(1) << slot % 64;
    }
    return buf_add(&secrets->bytes, secret);
}

static struct slice secret_at(const struct exchange_secrets *secrets, size_t i)
{
    return slice_of(secrets->bytes.ptr + secrets->places[i].at, secrets->places[i].len);
}

/* Marks what stands around text[at] and secret[window] alike, if it is long enough to be the
 * secret. */
static void mark_around(struct slice text, size_t at, struct slice secret, size_t window,
                        uint8_t *marks)
{
    size_t before = 0, after = 0;
    while (before < window && before < at &&
           text.ptr[at - before - 1] == secret.ptr[window - before - 1])
        before++;
    while (window + after < secret.len && at + after < text.len &&
           text.ptr[at + after] == secret.ptr[window + after])
        after++;
    if (before + after >= EXCHANGE_SHARED_RUN || before + after == secret.len)
        memset(marks + at - before, 1, before + after);
}

static bool is_marked(const uint8_t *marks)
{
    return memcmp(marks, "\1\1\1\1\1\1", WINDOW) == 0;
}

static void mark_at(struct slice text, size_t at, struct slice secret, uint8_t *marks)
{
    for (size_t window = 0; window + WINDOW <= secret.len; window += STRIDE) {
        if (memcmp(text.ptr + at, secret.ptr + window, WINDOW) == 0)
            mark_around(text, at, secret, window, marks);
    }
}

/* Those that have no window. */
static void mark_short(struct slice text, struct slice secret, uint8_t *marks)
{
    for (size_t at = 0; at + secret.len <= text.len; at++) {
        if (memcmp(text.ptr + at, secret.ptr, secret.len) == 0)
            memset(marks + at, 1, secret.len);
    }
}

void exchange_secrets_mark(const struct exchange_secrets *secrets, struct slice text,
                           uint8_t *marks)
{
    for (size_t at = 0; at + WINDOW <= text.len; at++) {
        size_t slot = sieve_slot(text.ptr + at);
        if ((secrets->sieve[slot / 64] >> slot % 64 & 1) == 0 || is_marked(marks + at))
            continue;
        for (size_t i = 0; i < secrets->count; i++)
            mark_at(text, at, secret_at(secrets, i), marks);
    }
    for (size_t i = 0; i < secrets->count; i++) {
        if (secrets->places[i].len < WINDOW)
            mark_short(text, secret_at(secrets, i), marks);
    }
}
