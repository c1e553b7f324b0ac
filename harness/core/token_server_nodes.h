/* The storage nodes that a token server gives to users, and how full they are. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_NODES_H
#define SYNCSPEC_CORE_TOKEN_SERVER_NODES_H

#include "base/slice.h"

enum {
    CORE_TOKEN_NODES = 16,
    CORE_TOKEN_NODE_URL = 256, /* bytes of one's URL */
};

enum core_token_node_state {
    CORE_TOKEN_NODE_UP,
    CORE_TOKEN_NODE_BACKOFF, /* keeps its users, gets no new ones for now */
    CORE_TOKEN_NODE_DOWN,    /* the same, for longer */
    CORE_TOKEN_NODE_GONE,    /* its users are assigned anew when they ask next */
};

struct core_token_node {
    char url[CORE_TOKEN_NODE_URL];
    size_t url_len;
    uint32_t capacity;  /* users that it may have at most */
    uint32_t load;      /* users that it has */
    uint32_t available; /* of its capacity, what was released and is not used yet */
    enum core_token_node_state state;
};

/* Zeroed: no nodes. */
struct core_token_nodes {
    struct core_token_node at[CORE_TOKEN_NODES];
    size_t count;
};

/* ${url} is scheme://host[:port][/path], without a '/' at the end; that is what tokens name.  NULL,
 * or static text that says what is wrong. */
MUST_USE const char *core_token_nodes_add(struct core_token_nodes *nodes, struct slice url,
                                          uint32_t capacity);

/* A place for one more user on the least loaded node that is up; on that of the index ${avoided}
 * only when no other has one.  Capacity is released by tenths, so that a new node fills no faster
 * than the others.  Returns nodes->count when there is none. */
MUST_USE size_t core_token_nodes_take(struct core_token_nodes *nodes, size_t avoided);

/* A user has left the node of that index. */
void core_token_nodes_leave(struct core_token_nodes *nodes, size_t index);

/* The index of the node of that URL; nodes->count when there is none. */
MUST_USE size_t core_token_nodes_find(const struct core_token_nodes *nodes, struct slice url);

/* "up", "backoff", "down", "gone".  False, nothing written: no state is called so. */
MUST_USE bool core_token_node_state_read(struct slice text, enum core_token_node_state *ret_state);
struct slice core_token_node_state_text(enum core_token_node_state state);

/* Borrowed from the node. */
static inline struct slice core_token_node_url(const struct core_token_node *node)
{
    return slice_of(node->url, node->url_len);
}

#endif
