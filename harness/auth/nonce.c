#include "auth/nonce.h"

#include "auth/digest.h"
#include "base/alloc.h"
#include "base/buf.h"
#include "base/rng.h"

enum { FIRST_SLOTS = 256 };

/* Free when the digest is 0.  64 bits are enough: the key is secret, so nobody makes two equal
 * ones, and by chance one request in 10^13 is taken for a replay when millions are kept. */
struct slot {
    uint64_t digest;
    uint64_t ts;
};

/* Open addressing; at most half of the slots, a power of two, are taken. */
struct auth_nonces {
    struct slot *slots;
    size_t slot_count, count, capacity;
    uint64_t oldest; /* no ts in the table is lower */
    uint8_t key[AUTH_DIGEST];
};

struct auth_nonces *auth_nonces_new(size_t capacity)
{
    struct auth_nonces *nonces = alloc_new(struct auth_nonces);
    if (nonces == NULL)
        return NULL;
    nonces->slots = alloc_zeroed(FIRST_SLOTS, sizeof(struct slot));
    nonces->slot_count = FIRST_SLOTS;
    nonces->capacity = capacity;
    nonces->oldest = UINT64_MAX;
    rng_fill(rng_system(), nonces->key, sizeof(nonces->key));
    if (nonces->slots == NULL) {
        alloc_release(nonces);
        return NULL;
    }
    return nonces;
}

void auth_nonces_free(struct auth_nonces *nonces)
{
    if (nonces == NULL)
        return;
    auth_wipe(nonces->key, sizeof(nonces->key));
    alloc_release(nonces->slots);
    alloc_release(nonces);
}

/* The slot of that digest, or the free one where it belongs. */
static struct slot *find(struct slot *slots, size_t slot_count, const struct slot *wanted)
{
    size_t at = (size_t)wanted->digest & (slot_count - 1);
    while (slots[at].digest != 0 && slots[at].digest != wanted->digest)
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

/* Moves what is not older than ${least} into a table of ${slot_count} slots. */
static bool rebuild(struct auth_nonces *nonces, size_t slot_count, uint64_t least)
{
    struct slot *slots = alloc_zeroed(slot_count, sizeof(struct slot));
    if (slots == NULL)
        return false;
    nonces->oldest = UINT64_MAX;
    nonces->count = 0;
    for (size_t i = 0; i < nonces->slot_count; i++) {
        const struct slot *old = &nonces->slots[i];
        if (old->digest == 0 || old->ts < least)
            continue;
        *find(slots, slot_count, old) = *old;
        nonces->count++;
        nonces->oldest = old->ts < nonces->oldest ? old->ts : nonces->oldest;
    }
    alloc_release(nonces->slots);
    nonces->slots = slots;
    nonces->slot_count = slot_count;
    return true;
}

/* Makes room for one more, where the bounds allow it. */
static bool make_room(struct auth_nonces *nonces, uint64_t least)
{
    bool crowded = nonces->count >= nonces->slot_count / 2;
    if (!crowded && nonces->count < nonces->capacity)
        return true;
    /* Forgetting walks the whole table, so it has to be worth it; at most once a second it is. */
    if (nonces->oldest < least && !rebuild(nonces, nonces->slot_count, least))
        return false;
    if (nonces->count >= nonces->capacity)
        return false;
    return nonces->count < nonces->slot_count / 2 || rebuild(nonces, nonces->slot_count * 2, least);
}

static bool digest(const struct auth_nonces *nonces, const struct auth_nonce *nonce,
                   struct slot *ret_slot)
{
    uint8_t mac[AUTH_DIGEST];
    uint64_t head[] = { nonce->id.len, nonce->ts };
    AUTO(buf_free) struct buf text = buf_bounded(sizeof(head) + nonce->id.len + nonce->nonce.len);
    buf_add(&text, slice_of(head, sizeof(head)));
    buf_add(&text, nonce->id);
    buf_add(&text, nonce->nonce);
    if (text.failed ||
        !auth_hmac(slice_of(nonces->key, sizeof(nonces->key)), buf_slice(&text), mac))
        return false;
    memcpy(&ret_slot->digest, mac, sizeof(ret_slot->digest));
    ret_slot->digest += ret_slot->digest == 0; /* never free */
    ret_slot->ts = nonce->ts;
    return true;
}

enum auth_nonce_seen auth_nonces_note(struct auth_nonces *nonces, const struct auth_nonce *nonce,
                                      uint64_t now, uint64_t skew)
{
    struct slot entry;
    if (!digest(nonces, nonce, &entry))
        return AUTH_NONCE_FULL;
    if (find(nonces->slots, nonces->slot_count, &entry)->digest != 0)
        return AUTH_NONCE_REPLAYED;
    if (!make_room(nonces, now > skew ? now - skew : 0))
        return AUTH_NONCE_FULL;
    *find(nonces->slots, nonces->slot_count, &entry) = entry;
    nonces->count++;
    nonces->oldest = entry.ts < nonces->oldest ? entry.ts : nonces->oldest;
    return AUTH_NONCE_NEW;
}
