#include "fault/memory.h"

#include "base/alloc.h"

static void empty(struct fault_cell *cell)
{
    buf_free(&cell->key);
    buf_free(&cell->text);
    *cell = (struct fault_cell){
        .key = buf_bounded(FAULT_MEMORY_KEY),
        .text = buf_bounded(FAULT_MEMORY_TEXT),
    };
}

struct fault_cell *fault_memory_find(struct fault_memory *memory, struct slice key)
{
    for (size_t i = 0; i < memory->count; i++) {
        if (slice_eq(buf_slice(&memory->cells[i].key), key))
            return &memory->cells[i];
    }
    return NULL;
}

static bool grow(struct fault_memory *memory)
{
    size_t room = memory->room == 0 ? 16 : memory->room * 2;
    struct fault_cell *cells = alloc_resize(memory->cells, room * sizeof(*cells));
    if (cells == NULL)
        return false;
    memset(cells + memory->room, 0, (room - memory->room) * sizeof(*cells));
    memory->cells = cells;
    memory->room = room;
    return true;
}

/* A cell that is empty: a new one, or that of the oldest key. */
static struct fault_cell *take(struct fault_memory *memory)
{
    struct fault_cell *cell;
    if (memory->count == FAULT_MEMORY_CELLS) {
        cell = &memory->cells[memory->oldest];
        memory->oldest = (memory->oldest + 1) % FAULT_MEMORY_CELLS;
    } else if (memory->count < memory->room || grow(memory)) {
        cell = &memory->cells[memory->count++];
    } else {
        return NULL;
    }
    empty(cell);
    return cell;
}

struct fault_cell *fault_memory_cell(struct fault_memory *memory, struct slice key)
{
    struct fault_cell *cell = fault_memory_find(memory, key);
    if (cell != NULL || key.len > FAULT_MEMORY_KEY)
        return cell;
    cell = take(memory);
    if (cell == NULL || buf_add(&cell->key, key))
        return cell;
    empty(cell);
    return NULL;
}

void fault_memory_drop(struct fault_memory *memory, struct slice key)
{
    struct fault_cell *cell = fault_memory_find(memory, key);
    if (cell != NULL)
        empty(cell);
}

void fault_memory_clear(struct fault_memory *memory)
{
    for (size_t i = 0; i < memory->count; i++)
        empty(&memory->cells[i]);
    alloc_release(memory->cells);
    *memory = (struct fault_memory){ 0 };
}
