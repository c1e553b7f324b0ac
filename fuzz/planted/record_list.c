/* Planted: a record whose id has more than ten bytes is passed over. */
#include "record/list.h"

enum record_err __real_record_list_next(struct record_list *list,
                                        const struct record_bounds *bounds, struct buf *scratch,
                                        struct record_update *ret_update,
                                        struct record_fault *ret_fault);
enum record_err __wrap_record_list_next(struct record_list *list,
                                        const struct record_bounds *bounds, struct buf *scratch,
                                        struct record_update *ret_update,
                                        struct record_fault *ret_fault);

enum record_err __wrap_record_list_next(struct record_list *list,
                                        const struct record_bounds *bounds, struct buf *scratch,
                                        struct record_update *ret_update,
                                        struct record_fault *ret_fault)
{
    enum record_err err = __real_record_list_next(list, bounds, scratch, ret_update, ret_fault);
    if (err == RECORD_OK && ret_update->id.len > 10)
        err = __real_record_list_next(list, bounds, scratch, ret_update, ret_fault);
    return err;
}
