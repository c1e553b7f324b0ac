#include "core/token_server_nodes.h"

#include "http/target.h"

enum { RELEASE_PART = 10 };

const char *core_token_nodes_add(struct core_token_nodes *nodes, struct slice url,
                                 uint32_t capacity)
{
    struct http_url parts;
    const char *error = http_url_parse(url, &parts);
    if (error != NULL)
        return error;
    if (nodes->count == CORE_TOKEN_NODES)
        return "there are too many nodes";
    struct core_token_node *node = &nodes->at[nodes->count];
    if (url.len > sizeof(node->url) || slice_ends(url, SLICE("/")))
        return "the URL of a node is too long, or ends with /";
    *node = (struct core_token_node){ .capacity = capacity, .url_len = url.len };
    memcpy(node->url, url.ptr, url.len);
    nodes->count++;
    return NULL;
}

/* Whether ${a} is less loaded than ${b}, relative to what each may bear. */
static bool less_loaded(const struct core_token_node *a, const struct core_token_node *b)
{
    return (uint64_t)a->load * b->capacity < (uint64_t)b->load * a->capacity;
}

/* The count of nodes when none has a place. */
static size_t find_place(const struct core_token_nodes *nodes, size_t avoided)
{
    size_t best = nodes->count;
    for (size_t i = 0; i < nodes->count; i++) {
        const struct core_token_node *node = &nodes->at[i];
        if (i == avoided || node->state != CORE_TOKEN_NODE_UP || node->available == 0 ||
            node->load >= node->capacity)
            continue;
        if (best == nodes->count || less_loaded(node, &nodes->at[best]))
            best = i;
    }
    return best;
}

/* A tenth of the capacity, at least one place, at most what is left. */
static void release_capacity(struct core_token_nodes *nodes)
{
    for (size_t i = 0; i < nodes->count; i++) {
        struct core_token_node *node = &nodes->at[i];
        if (node->state != CORE_TOKEN_NODE_UP || node->load >= node->capacity)
            continue;
        uint32_t left = node->capacity - node->load;
        uint32_t part = node->capacity / RELEASE_PART;
        part = part > 0 ? part : 1;
        node->available = part < left ? part : left;
    }
}

size_t core_token_nodes_take(struct core_token_nodes *nodes, size_t avoided)
{
    size_t index = find_place(nodes, avoided);
    if (index == nodes->count) {
        release_capacity(nodes);
        index = find_place(nodes, avoided);
    }
    if (index == nodes->count)
        index = find_place(nodes, nodes->count);
    if (index < nodes->count) {
        nodes->at[index].load++;
        nodes->at[index].available--;
    }
    return index;
}

void core_token_nodes_leave(struct core_token_nodes *nodes, size_t index)
{
    if (index < nodes->count && nodes->at[index].load > 0)
        nodes->at[index].load--;
}

size_t core_token_nodes_find(const struct core_token_nodes *nodes, struct slice url)
{
    size_t i = 0;
    while (i < nodes->count && !slice_eq(core_token_node_url(&nodes->at[i]), url))
        i++;
    return i;
}

static const char *const states[] = {
    [CORE_TOKEN_NODE_UP] = "up",
    [CORE_TOKEN_NODE_BACKOFF] = "backoff",
    [CORE_TOKEN_NODE_DOWN] = "down",
    [CORE_TOKEN_NODE_GONE] = "gone",
};

bool core_token_node_state_read(struct slice text, enum core_token_node_state *ret_state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        if (slice_is(text, states[i])) {
            *ret_state = (enum core_token_node_state)i;
            return true;
        }
    }
    return false;
}

struct slice core_token_node_state_text(enum core_token_node_state state)
{
    return slice_text(states[state]);
}
