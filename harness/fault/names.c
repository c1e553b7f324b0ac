/* Names and passwords of Basic that are read otherwise than they are meant. */
#include "auth/basic.h"
#include "fault/area.h"
#include "fault/judging.h"

#define LOCKED "users with good names and passwords cannot sync"

enum { CREDENTIALS = 4096 };

/* Refuses good credentials with that sign in the name, or in the password. */
static void refuse(struct fault_judging *judging, uint8_t sign, bool in_name)
{
    AUTO(buf_free) struct buf scratch = buf_bounded(CREDENTIALS);
    const struct slice *header = http_fields_get(&judging->request->fields, "Authorization");
    struct slice name, password;
    if (judging->result != AUTH_OK || header == NULL ||
        !auth_basic_parse(*header, &scratch, &name, &password))
        return;
    struct slice text = in_name ? name : password;
    if (slice_find(text, sign) < text.len)
        judging->result = AUTH_BAD_MAC;
}

static void refuse_addresses(struct fault_judging *judging)
{
    refuse(judging, '@', true);
}

static void refuse_colons(struct fault_judging *judging)
{
    refuse(judging, ':', false);
}

static const struct fault rows[] = {
    { .name = "name-address-is-no-name",
      .what = "An e-mail address as the name is not hashed before it is looked for",
      .impact = LOCKED,
      .breaks = { "1.1/auth/email-username" },
      .api = "user",
      .judge = refuse_addresses },
    { .name = "name-password-ends-at-a-colon",
      .what = "A password ends at its first colon",
      .impact = LOCKED,
      .breaks = { "1.1/auth/password-colon" },
      .api = "user",
      .judge = refuse_colons },
};

const struct fault_area fault_names = FAULT_AREA(rows);
