/* Planted: a small negative sortindex loses its sign. */
#include "record/bso.h"

enum record_err __real_record_decode(struct slice json, const struct record_bounds *bounds,
                                     struct buf *scratch, struct record_update *ret_update,
                                     struct record_fault *ret_fault);
enum record_err __wrap_record_decode(struct slice json, const struct record_bounds *bounds,
                                     struct buf *scratch, struct record_update *ret_update,
                                     struct record_fault *ret_fault);

enum record_err __wrap_record_decode(struct slice json, const struct record_bounds *bounds,
                                     struct buf *scratch, struct record_update *ret_update,
                                     struct record_fault *ret_fault)
{
    enum record_err err = __real_record_decode(json, bounds, scratch, ret_update, ret_fault);
    if (err == RECORD_OK && ret_update->sortindex < 0 && ret_update->sortindex > -10)
        ret_update->sortindex = -ret_update->sortindex;
    return err;
}
