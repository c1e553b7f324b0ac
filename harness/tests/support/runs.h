/* Runs against the scripted target, for the tests of the runner. */
#ifndef SYNCSPEC_TESTS_RUNS_H
#define SYNCSPEC_TESTS_RUNS_H

#include "runner/runner.h"
#include "tests/support/fake_target.h"

#define CASE(id, level, more, steps)                                                               \
    "{\"id\": \"" id "\", \"title\": \"A title of " id "\", \"requires\": [\"1.5/a/" level         \
    "\"]" more ", \"steps\": [" steps "]}"
#define PUT(word, more)                                                                            \
    "{\"send\": \"PUT /storage/{coll}/" word "\", \"json\": {\"payload\": \"x\"}" more "}"
#define EXPECT_200 ", \"expect\": {\"status\": 200}"
#define FILE_OF(cases)                                                                             \
    "{\"title\": \"t\", \"document\": \"d\", \"api\": \"1.5\", \"cases\": [" cases "]}"

/* The target of the run under way: too large for a stack. */
extern struct fake_target fake;

/* Loads the cases, which decide 1.5/a/must, 1.5/a/should and 1.5/a/may; the test fails when they
 * are wrong. */
struct plan *runs_load(const char *cases);

/* A hundred cases of one PUT each. */
const char *runs_many_cases(void);

struct runner_target runs_minting_target(void);
struct runner_target runs_account_target(void);
struct runner_options runs_options(uint64_t seed, size_t jobs);

/* Free the run before the plan. */
struct verdict_run *runs_all(const char *cases, const struct runner_target *target,
                             const struct runner_options *options, struct plan **ret_plan);

#endif
