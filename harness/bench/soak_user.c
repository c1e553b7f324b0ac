#include "bench/soak_user.h"

#include "base/clock.h"
#include "base/stamp.h"

#include <inttypes.h>

enum { TOKEN_LIVES = 24 * 3600 };

bool soak_user_mint(struct soak_user *user, struct slice secret, struct slice node)
{
    struct buf text = buf_bounded(SOAK_TOKEN);
    const struct auth_token token = {
        .uid = user->uid,
        .node = node,
        .expires = clock_now(clock_real()) + (int64_t)TOKEN_LIVES * STAMP_SECOND,
        .salt = SLICE("50a4ed"),
        .fxa_uid = SLICE("soak"),
        .fxa_kid = SLICE("0000000000001-soak"),
    };
    bool made = auth_token_mint(secret, &token, &text) && buf_add_byte(&text, '\0') &&
                auth_token_key(secret, slice_of(text.ptr, text.len - 1), token.salt, user->key);
    if (made)
        memcpy(user->token, text.ptr, text.len);
    buf_free(&text);
    return made;
}

void soak_user_sends(struct soak_user *user)
{
    user->writing++;
    user->generation++;
}

/* Whether ${later}, whose condition held, has overlooked ${earlier}. */
static bool overlooks(const struct soak_ack *later, const struct soak_ack *earlier)
{
    const struct soak_write *a = &later->write;
    const struct soak_write *b = &earlier->write;
    if (a->condition < 0 || earlier->stamp <= a->condition || earlier->stamp >= later->stamp ||
        a->shelf != b->shelf)
        return false;
    return a->whole ? b->kind == SOAK_PUT || b->kind == SOAK_DROP
                    : b->kind == SOAK_PUT && (a->slots & b->slots) != 0;
}

/* Whether what ${later} is about was removed between the two, so that its condition held after all.
 */
static bool removed_between(const struct soak_user *user, const struct soak_ack *later,
                            const struct soak_ack *earlier)
{
    for (size_t i = 0; i < SOAK_RING; i++) {
        const struct soak_ack *ack = &user->ring[i];
        const struct soak_write *write = &ack->write;
        if (ack->stamp <= earlier->stamp || ack->stamp >= later->stamp)
            continue;
        if (write->kind == SOAK_WIPE ||
            (write->kind == SOAK_REMOVE && write->shelf == later->write.shelf) ||
            (write->kind == SOAK_DROP && !later->write.whole &&
             write->shelf == later->write.shelf && (write->slots & later->write.slots) != 0))
            return true;
    }
    return false;
}

/* Once no write is under way, all of the latest ones are known.  Each is looked at once. */
static void look_back(struct soak_user *user)
{
    for (size_t i = 0; i < SOAK_RING; i++) {
        struct soak_ack *later = &user->ring[i];
        for (size_t k = 0; k < SOAK_RING; k++) {
            const struct soak_ack *earlier = &user->ring[k];
            if (overlooks(later, earlier) && !removed_between(user, later, earlier))
                soak_tally_violation(user->tally,
                                     "user %" PRIu64 ": lost update in %s: the write of %" PRId64
                                     " was conditional on nothing newer than %" PRId64
                                     ", but there is one of %" PRId64,
                                     user->uid, soak_shelf_rows[later->write.shelf].name,
                                     later->stamp, later->write.condition, earlier->stamp);
        }
    }
    for (size_t i = 0; i < SOAK_RING; i++)
        user->ring[i].write.condition = -1;
}

static bool is_known(const struct soak_user *user, int64_t stamp)
{
    for (size_t i = 0; i < SOAK_RING; i++) {
        if (user->ring[i].stamp == stamp)
            return true;
    }
    return false;
}

static void end(struct soak_user *user)
{
    user->writing--;
    user->generation++;
}

void soak_user_acknowledged(struct soak_user *user, const struct soak_write *write, int64_t stamp,
                            int64_t floor)
{
    const struct soak_ack ack = { .write = *write, .stamp = stamp };
    end(user);
    user->tally->acknowledged++;
    if (stamp <= floor)
        soak_tally_violation(user->tally,
                             "user %" PRIu64 ": a write got the stamp %" PRId64
                             ", but one of %" PRId64 " was acknowledged before it was sent",
                             user->uid, stamp, floor);
    if (is_known(user, stamp))
        soak_tally_violation(user->tally, "user %" PRIu64 ": two writes have the stamp %" PRId64,
                             user->uid, stamp);
    user->ring[user->ring_at++ % SOAK_RING] = ack;
    soak_contents_apply(&user->contents, write, stamp);
    if (stamp > user->floor)
        user->floor = stamp;
    if (user->writing == 0)
        look_back(user);
}

void soak_user_refused(struct soak_user *user)
{
    end(user);
}

void soak_user_lost(struct soak_user *user, const struct soak_write *write)
{
    end(user);
    user->tally->unsure++;
    if (user->doubt.count < SOAK_UNSURE)
        user->doubt.writes[user->doubt.count++] = *write;
}
