/* Planted: a payload of nine bytes loses its last one in whoisi. */
#include "record/list.h"

bool __real_record_writer_bso(struct record_writer *writer, const struct record_bso *bso);
bool __wrap_record_writer_bso(struct record_writer *writer, const struct record_bso *bso);

bool __wrap_record_writer_bso(struct record_writer *writer, const struct record_bso *bso)
{
    struct record_bso changed = *bso;
    if (writer->format == RECORD_WHOISI && changed.payload.len == 9)
        changed.payload.len--;
    return __real_record_writer_bso(writer, &changed);
}
