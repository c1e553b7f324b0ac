/* One exchange over libcurl with one scripted server, for the tests of that transport. */
#ifndef SYNCSPEC_TESTS_EXCHANGE_STAGE_H
#define SYNCSPEC_TESTS_EXCHANGE_STAGE_H

#include "exchange/via.h"
#include "tests/support/hostile.h"

enum { STAGE_PATIENCE_MS = 20 * 1000, STAGE_MANY = 24 };

struct stage {
    struct hostile *server;
    struct exchange *exchange;
    struct exchange_call call; /* GET / until the test says otherwise */
};

/* Answers every request with 200 and "hi". */
extern const struct hostile_step stage_polite_steps[3];
#define STAGE_POLITE HOSTILE_SCRIPT(stage_polite_steps)
extern const struct hostile_script stage_polite[1];

/* The test fails when something of it cannot be had. */
struct stage stage_begin(const struct hostile_script *scripts, size_t count);
void stage_end(struct stage *stage);

/* Makes the call and waits for its end. */
void stage_run(struct stage *stage);

/* Fails the test, saying why, unless the call was answered with that status. */
void stage_answered(const struct exchange_call *call, int status);

#endif
