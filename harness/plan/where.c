#include "plan/where.h"

#include "base/limits.h"

enum { POINTER_MAX = 2048 };

static void write_key(const char *key, struct buf *out)
{
    for (; *key != '\0'; key++) {
        if (*key == '~')
            buf_add_text(out, "~0");
        else if (*key == '/')
            buf_add_text(out, "~1");
        else
            buf_add_byte(out, (uint8_t)*key);
    }
}

void plan_where_write(const struct plan_where *where, struct buf *out)
{
    if (where == NULL || where->up == NULL)
        return;
    plan_where_write(where->up, out);
    buf_add_byte(out, '/');
    if (where->key != NULL)
        write_key(where->key, out);
    else
        buf_add_u64(out, where->index);
}

const char *plan_where_text(const struct plan_where *where, struct arena *arena)
{
    AUTO(buf_free) struct buf pointer = buf_bounded(POINTER_MAX);
    plan_where_write(where, &pointer);
    const char *text = pointer.failed ? NULL : arena_text(arena, buf_slice(&pointer));
    return text == NULL ? "" : text;
}
