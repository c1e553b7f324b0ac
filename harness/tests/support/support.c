#include "tests/support/support.h"

#include "base/alloc.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_CEILING = 64 * 1024 * 1024 };

struct support_edge support_edge_of(struct slice bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (bytes.len + page - 1) / page * page;
    struct support_edge edge = { .map_len = room + page };
    edge.map = mmap(NULL, edge.map_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(edge.map, MAP_FAILED);
    uint8_t *base = edge.map;
    assert_int_equal(mprotect(base + room, page, PROT_NONE), 0);
    if (bytes.len > 0)
        memcpy(base + room - bytes.len, bytes.ptr, bytes.len);
    edge.bytes = slice_of(base + room - bytes.len, bytes.len);
    return edge;
}

void support_edge_free(struct support_edge *edge)
{
    assert_int_equal(munmap(edge->map, edge->map_len), 0);
    *edge = (struct support_edge){ 0 };
}

void support_sweep_allocations(void (*once)(void *context), void *context)
{
    int64_t before = alloc_live();
    for (uint64_t nth = 0;; nth++) {
        alloc_fail_at(nth);
        once(context);
        bool failed = alloc_has_failed();
        alloc_fail_at(UINT64_MAX);
        assert_int_equal(alloc_live(), before);
        if (!failed)
            return;
    }
}

struct buf support_read_file(const char *path)
{
    char full[4096];
    assert_true(snprintf(full, sizeof(full), "%s/%s", SYNCSPEC_ROOT, path) < (int)sizeof(full));
    FILE *file = fopen(full, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", full);
    struct buf content = buf_bounded(FILE_CEILING);
    uint8_t part[4096];
    size_t got;
    while ((got = fread(part, 1, sizeof(part), file)) > 0)
        assert_true(buf_add(&content, slice_of(part, got)));
    assert_int_equal(fclose(file), 0);
    return content;
}
