#include "auth/basic_scheme.h"

#include "auth/basic.h"
#include "auth/digest.h"
#include "base/alloc.h"
#include "http/target.h"

struct basic_scheme {
    struct auth_scheme base;
    struct auth_basic_config config;
    uint8_t prefix[];
};

/* Whether the user's name stands in the path where it should. */
static bool names_user(const struct basic_scheme *self, struct slice target, struct slice user)
{
    struct slice path = http_target_split(target).path;
    struct slice segment = { 0 };
    AUTO(buf_free) struct buf name = buf_bounded(LIMIT_TARGET);
    if (!slice_starts(path, self->config.prefix))
        return false;
    path = slice_from(path, self->config.prefix.len);
    for (unsigned i = 0; i <= self->config.path_segments; i++) {
        if (!http_target_segment(&path, &segment))
            return false;
    }
    return http_percent_decode(segment, &name) && slice_eq_nocase(buf_slice(&name), user);
}

static enum auth_result check(struct auth_scheme *scheme, const struct http_request *request,
                              const struct auth_origin *origin, int64_t now,
                              struct auth_identity *ret_identity)
{
    struct basic_scheme *self = CONTAINER_OF(scheme, struct basic_scheme, base);
    const struct slice *header = http_fields_get(&request->fields, "Authorization");
    struct slice user, password, name;
    char room[RECORD_USERNAME_TEXT];
    (void)now; /* a password does not expire */
    if (header == NULL)
        return AUTH_MISSING;
    slice_cut(*header, ' ', &name, &password);
    if (!slice_eq_nocase(name, SLICE("Basic")))
        return AUTH_MISSING;
    AUTO(buf_free) struct buf scratch = buf_bounded(LIMIT_FIELD_VALUE);
    if (!buf_reserve(&scratch, header->len < LIMIT_FIELD_VALUE ? header->len : LIMIT_FIELD_VALUE))
        return AUTH_BUSY;
    enum auth_result result = AUTH_MALFORMED;
    struct auth_identity identity = { 0 };
    if (http_fields_count(&request->fields, "Authorization") == 1 &&
        auth_basic_parse(*header, &scratch, &user, &password)) {
        user = auth_basic_name(user, room);
        result = self->config.check(self->config.context, user, password, &identity);
        if (result == AUTH_OK && !names_user(self, origin->target, user))
            result = AUTH_WRONG_USER;
    }
    auth_wipe(scratch.ptr, scratch.len);
    if (result == AUTH_OK)
        *ret_identity = identity;
    return result;
}

static void free_scheme(struct auth_scheme *scheme)
{
    alloc_release(CONTAINER_OF(scheme, struct basic_scheme, base));
}

static const struct auth_scheme_ops ops = { .name = "Basic", .check = check, .free = free_scheme };

struct auth_scheme *auth_basic_scheme_new(const struct auth_basic_config *config)
{
    struct basic_scheme *self = alloc_zeroed(1, sizeof(*self) + config->prefix.len);
    if (self == NULL)
        return NULL;
    self->base.ops = &ops;
    self->config = *config;
    if (config->prefix.len > 0)
        memcpy(self->prefix, config->prefix.ptr, config->prefix.len);
    self->config.prefix = slice_of(self->prefix, config->prefix.len);
    return &self->base;
}
