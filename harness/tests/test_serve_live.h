/* A live server in a thread of the test, and blocking clients with time limits. */
#ifndef SYNCSPEC_TESTS_TEST_SERVE_LIVE_H
#define SYNCSPEC_TESTS_TEST_SERVE_LIVE_H

#include "serve/serve.h"
#include "tests/support/support.h"

#include <pthread.h>
#include <stdatomic.h>

struct live {
    struct serve *serve;
    pthread_t thread;
    bool served;           /* what serve_run returned, once joined */
    atomic_size_t handled; /* requests that reached the handler */
};

struct live_client {
    int socket;
    struct buf in; /* received and not yet looked at */
};

struct live_answer {
    int status;
    struct buf head; /* as received, with the empty line */
    struct buf body;
};

/* The defaults with a handler: "/big/N" answers with N bytes, "/close" with the last answer of its
 * connection, everything else with method, target and body. */
struct serve_config live_config(void);

void live_start(struct live *live, const struct serve_config *config);

/* Stops it if it runs, and asserts that it ended well. */
void live_end(struct live *live);

/* Joins the thread of a server that was told to stop, and frees it. */
void live_join(struct live *live);

struct live_client live_connect(const struct live *live);
struct live_client live_connect_to(uint16_t port);
void live_disconnect(struct live_client *client);
void live_send(struct live_client *client, struct slice bytes);
void live_send_text(struct live_client *client, const char *text);

/* The next answer, interim ones included; false when the server closed the connection before it.
 * An answer to HEAD has no body. */
MUST_USE bool live_receive(struct live_client *client, bool to_head, struct live_answer *answer);
void live_answer_free(struct live_answer *answer);

/* Whether the head has this line. */
bool live_has_line(struct live_answer *answer, const char *line);

/* Receives one answer with that status (and body, unless NULL); frees it. */
void live_expect(struct live_client *client, int status, const char *body);

/* Asserts that the server closes (or resets) the connection without sending more. */
void live_expect_closed(struct live_client *client);

#endif
