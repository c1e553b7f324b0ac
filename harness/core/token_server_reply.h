/* Errors as the token server tells them: {"status": ..., "errors": [{...}]}. */
#ifndef SYNCSPEC_CORE_TOKEN_SERVER_REPLY_H
#define SYNCSPEC_CORE_TOKEN_SERVER_REPLY_H

#include "core/token_server_users.h"
#include "http/reply.h"

enum core_token_refusal {
    CORE_TOKEN_REFUSE_URL,
    CORE_TOKEN_REFUSE_APPLICATION,
    CORE_TOKEN_REFUSE_VERSION,
    CORE_TOKEN_REFUSE_METHOD,
    CORE_TOKEN_REFUSE_ACCEPT,
    CORE_TOKEN_REFUSE_STATE_VALUE,    /* X-Client-State is not one */
    CORE_TOKEN_REFUSE_NO_CREDENTIALS, /* none, or half of them */
    CORE_TOKEN_REFUSE_SCHEME,
    CORE_TOKEN_REFUSE_CREDENTIALS,
    CORE_TOKEN_REFUSE_NO_KEY_ID,
    CORE_TOKEN_REFUSE_KEY_ID,
    CORE_TOKEN_REFUSE_STATE_MISMATCH, /* X-KeyID and X-Client-State differ */
    CORE_TOKEN_REFUSE_BUSY,
};

/* Makes the reply this error; its fields are kept, its body is not.  ${name}: of what is wrong,
 * when the refusal has none of its own; visible ASCII, else it is left out. */
void core_token_refuse(struct http_reply *reply, enum core_token_refusal refusal,
                       struct slice name);

/* The same for what the users' records say; ${err} is not CORE_TOKEN_OK. */
void core_token_refuse_claim(struct http_reply *reply, enum core_token_err err);

#endif
