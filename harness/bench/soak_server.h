/* A server that is started here, so that it can be killed here. */
#ifndef SYNCSPEC_BENCH_SOAK_SERVER_H
#define SYNCSPEC_BENCH_SOAK_SERVER_H

#include "bench/soak_request.h"

#include <sys/types.h>

struct soak_server {
    pid_t pid; /* 0: none */
    struct soak_place place;
};

/* Runs the command (NULL behind the last argument), which has to print one line that holds the URL
 * at which it serves, on a loopback address.  False after telling what is wrong. */
MUST_USE bool soak_server_start(struct soak_server *server, char *const *command);

/* Sends the signal and waits for its end.  Whether it ended by itself with exit code 0. */
bool soak_server_stop(struct soak_server *server, int with);

/* Reads the file of secrets into ${text}; ${ret_secret} is the first of them.  False when it holds
 * none. */
MUST_USE bool soak_secret_read(const char *path, struct buf *text, struct slice *ret_secret);

/* Takes as many descriptors as the system gives, and lets a server that goes away be an error. */
void soak_prepare(void);

/* NULL, or what is wrong with the URL of a server to be loaded: only loopback is. */
const char *soak_place_read(struct slice url, struct soak_place *ret_place);

#endif
