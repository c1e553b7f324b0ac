/* Planted: a name that holds a '~' loses its last byte. */
#include "auth/basic.h"

bool __real_auth_basic_parse(struct slice header, struct buf *scratch, struct slice *ret_user,
                             struct slice *ret_password);
bool __wrap_auth_basic_parse(struct slice header, struct buf *scratch, struct slice *ret_user,
                             struct slice *ret_password);

bool __wrap_auth_basic_parse(struct slice header, struct buf *scratch, struct slice *ret_user,
                             struct slice *ret_password)
{
    bool read = __real_auth_basic_parse(header, scratch, ret_user, ret_password);
    if (read && slice_find(*ret_user, '~') < ret_user->len)
        ret_user->len--;
    return read;
}
