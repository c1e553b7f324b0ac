/* Planted: an ext of more than 40 bytes loses its last byte. */
#include "auth/hawk.h"

bool __real_auth_hawk_parse(struct slice header, struct auth_hawk *ret_hawk);
bool __wrap_auth_hawk_parse(struct slice header, struct auth_hawk *ret_hawk);

bool __wrap_auth_hawk_parse(struct slice header, struct auth_hawk *ret_hawk)
{
    bool read = __real_auth_hawk_parse(header, ret_hawk);
    if (read && ret_hawk->ext.len > 40)
        ret_hawk->ext.len--;
    return read;
}
