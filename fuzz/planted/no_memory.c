/* Planted: a list that is no meta/global leaks. */
#include "base/alloc.h"
#include "record/meta.h"

const char *__real_record_meta_read(struct slice payload, struct arena *arena,
                                    struct record_meta *ret_meta);
const char *__wrap_record_meta_read(struct slice payload, struct arena *arena,
                                    struct record_meta *ret_meta);

const char *__wrap_record_meta_read(struct slice payload, struct arena *arena,
                                    struct record_meta *ret_meta)
{
    const char *wrong = __real_record_meta_read(payload, arena, ret_meta);
    static void *leaked;
    if (slice_starts(payload, SLICE("[")))
        leaked = alloc_zeroed(1, 1);
    (void)leaked;
    return wrong;
}
