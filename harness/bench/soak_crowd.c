#include "bench/soak_crowd.h"

#include "base/alloc.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 256, ANSWER_US = 60 * 1000000 };

bool soak_crowd_init(struct soak_crowd *crowd, size_t users, size_t links, uint64_t seed)
{
    struct rng_seeded rng = rng_seeded_with(seed);
    uint64_t base = 1000000 + rng_below(&rng.base, 1000000) * SOAK_USERS_MAX;
    *crowd = (struct soak_crowd){
        .users = alloc_zeroed(users, sizeof(struct soak_user)),
        .user_count = users,
        .devices = alloc_zeroed(users * SOAK_DEVICES, sizeof(struct soak_device)),
        .device_count = users * SOAK_DEVICES,
        .links = alloc_zeroed(links, sizeof(struct soak_link)),
        .link_count = links,
        .poll = epoll_create1(EPOLL_CLOEXEC),
    };
    if (crowd->users == NULL || crowd->devices == NULL || crowd->links == NULL || crowd->poll < 0)
        return false;
    for (size_t i = 0; i < links; i++)
        crowd->links[i].fd = -1;
    for (size_t i = 0; i < users; i++) {
        crowd->users[i].uid = base + i;
        crowd->users[i].wants_wipe = true;
        crowd->users[i].tally = &crowd->tally;
    }
    for (size_t i = 0; i < crowd->device_count; i++) {
        if (!soak_device_init(&crowd->devices[i], &crowd->users[i / SOAK_DEVICES],
                              rng_u64(&rng.base)))
            return false;
    }
    return true;
}

/* Watches for room as well while there is something that could not be sent. */
static bool watch(const struct soak_crowd *crowd, struct soak_link *link, int operation)
{
    struct epoll_event event = {
        .events = EPOLLIN | (soak_link_is_full(link) ? EPOLLOUT : 0U),
        .data.ptr = link,
    };
    return epoll_ctl(crowd->poll, operation, link->fd, &event) == 0;
}

static bool open_link(struct soak_crowd *crowd, struct soak_link *link)
{
    return soak_link_open(link, &crowd->place) && watch(crowd, link, EPOLL_CTL_ADD);
}

bool soak_crowd_meet(struct soak_crowd *crowd, const struct soak_place *place, struct slice secret)
{
    char node[SOAK_HOST * 2];
    crowd->place = *place;
    (void)snprintf(node, sizeof(node), "http://%s:%u", place->host, (unsigned)place->port);
    for (size_t i = 0; i < crowd->user_count; i++) {
        if (!soak_user_mint(&crowd->users[i], secret, slice_text(node)))
            return false;
    }
    for (size_t i = 0; i < crowd->link_count; i++) {
        if (!open_link(crowd, &crowd->links[i]))
            return false;
    }
    return true;
}

/* A connection that ends while nothing was asked on it is only opened again. */
static void mend(struct soak_crowd *crowd, struct soak_link *link)
{
    if (link->device != NULL) {
        soak_tally_violation(&crowd->tally, "%s %.*s: a connection without an answer",
                             http_method_name(link->device->request.method),
                             SLICE_FMT(buf_slice(&link->device->request.target)));
        soak_device_lose(link->device);
        link->device = NULL;
    }
    soak_link_close(link);
    if (!open_link(crowd, link))
        soak_tally_violation(&crowd->tally, "the server takes no connection");
}

/* The next device that has something to ask, each looked at once. */
static struct soak_device *find_device(struct soak_crowd *crowd, size_t *looked, bool last)
{
    while (*looked < crowd->device_count) {
        struct soak_device *device = &crowd->devices[crowd->next++ % crowd->device_count];
        ++*looked;
        if (soak_device_ask(device, last))
            return device;
    }
    return NULL;
}

static void ask_all(struct soak_crowd *crowd, bool last)
{
    size_t looked = 0;
    for (size_t i = 0; i < crowd->link_count; i++) {
        struct soak_link *link = &crowd->links[i];
        if (link->device != NULL || (link->fd < 0 && !open_link(crowd, link)))
            continue;
        struct soak_device *device = find_device(crowd, &looked, last);
        if (device == NULL)
            return;
        if (soak_link_ask(link, device, &crowd->place) == SOAK_LINK_BROKEN)
            mend(crowd, link);
        else if (soak_link_is_full(link))
            (void)watch(crowd, link, EPOLL_CTL_MOD);
    }
}

static void take_event(struct soak_crowd *crowd, struct soak_link *link)
{
    bool was_full = soak_link_is_full(link);
    if (soak_link_work(link) == SOAK_LINK_BROKEN)
        mend(crowd, link);
    else if (was_full != soak_link_is_full(link))
        (void)watch(crowd, link, EPOLL_CTL_MOD);
}

static void give_up_late(struct soak_crowd *crowd)
{
    int64_t now = soak_link_now_us();
    for (size_t i = 0; i < crowd->link_count; i++) {
        struct soak_link *link = &crowd->links[i];
        if (link->device != NULL && now - link->asked_us > ANSWER_US)
            mend(crowd, link);
    }
}

void soak_crowd_turn(struct soak_crowd *crowd, bool last, int wait_ms)
{
    struct epoll_event events[EVENTS];
    ask_all(crowd, last);
    int count = epoll_wait(crowd->poll, events, EVENTS, wait_ms);
    for (int i = 0; i < count; i++)
        take_event(crowd, events[i].data.ptr);
    if (count <= 0)
        give_up_late(crowd);
}

void soak_crowd_want_audits(struct soak_crowd *crowd)
{
    for (size_t i = 0; i < crowd->user_count; i++)
        crowd->users[i].wants_audit = true;
}

size_t soak_crowd_busy(const struct soak_crowd *crowd)
{
    size_t busy = 0;
    for (size_t i = 0; i < crowd->user_count; i++) {
        const struct soak_user *user = &crowd->users[i];
        busy += user->wants_audit || user->under_way > 0;
    }
    return busy;
}

void soak_crowd_lose(struct soak_crowd *crowd)
{
    for (size_t i = 0; i < crowd->link_count; i++) {
        soak_link_close(&crowd->links[i]);
        crowd->links[i].device = NULL;
    }
    for (size_t i = 0; i < crowd->device_count; i++)
        soak_device_lose(&crowd->devices[i]);
}

void soak_crowd_free(struct soak_crowd *crowd)
{
    for (size_t i = 0; crowd->links != NULL && i < crowd->link_count; i++)
        soak_link_close(&crowd->links[i]);
    for (size_t i = 0; crowd->devices != NULL && i < crowd->device_count; i++)
        soak_device_free(&crowd->devices[i]);
    if (crowd->poll >= 0)
        (void)close(crowd->poll);
    alloc_release(crowd->links);
    alloc_release(crowd->devices);
    alloc_release(crowd->users);
}
