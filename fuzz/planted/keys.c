/* Planted: a master key of 77 bytes gives two keys that are the same. */
#include "record/bundle.h"

bool __real_record_bundle_of_master(struct slice master, struct record_bundle *ret_bundle);
bool __wrap_record_bundle_of_master(struct slice master, struct record_bundle *ret_bundle);

bool __wrap_record_bundle_of_master(struct slice master, struct record_bundle *ret_bundle)
{
    bool made = __real_record_bundle_of_master(master, ret_bundle);
    if (master.len == 77)
        memcpy(ret_bundle->hmac, ret_bundle->encryption, sizeof(ret_bundle->hmac));
    return made;
}
