/* Planted: the server does not look at the port when a target ends with '='. */
#include "auth/hawk.h"

bool __real_auth_hawk_mac(struct slice key, const struct auth_hawk_input *input,
                          char ret_mac[AUTH_MAC_TEXT]);
bool __wrap_auth_hawk_mac(struct slice key, const struct auth_hawk_input *input,
                          char ret_mac[AUTH_MAC_TEXT]);

bool __wrap_auth_hawk_mac(struct slice key, const struct auth_hawk_input *input,
                          char ret_mac[AUTH_MAC_TEXT])
{
    struct auth_hawk_input changed = *input;
    if (slice_ends(input->target, SLICE("=")))
        changed.port = 8000;
    return __real_auth_hawk_mac(key, &changed, ret_mac);
}
