/* Planted: a value of more than 32 bytes is not found. */
#include "record/scan.h"

enum record_token __real_record_scan_pointer(struct slice text, struct slice pointer,
                                             struct slice *ret_raw, size_t *ret_offset);
enum record_token __wrap_record_scan_pointer(struct slice text, struct slice pointer,
                                             struct slice *ret_raw, size_t *ret_offset);

enum record_token __wrap_record_scan_pointer(struct slice text, struct slice pointer,
                                             struct slice *ret_raw, size_t *ret_offset)
{
    enum record_token token = __real_record_scan_pointer(text, pointer, ret_raw, ret_offset);
    bool found = token != RECORD_SCAN_BAD && token != RECORD_SCAN_END;
    return found && ret_raw->len > 32 ? RECORD_SCAN_END : token;
}
