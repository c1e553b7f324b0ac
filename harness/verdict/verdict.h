/* What a run says: findings, verdicts, and the run record that every report is written from. */
#ifndef SYNCSPEC_VERDICT_VERDICT_H
#define SYNCSPEC_VERDICT_VERDICT_H

#include "base/arena.h"
#include "verdict/requirement.h"

enum verdict_outcome {
    VERDICT_PASS,
    VERDICT_FAIL,    /* a must is broken */
    VERDICT_WARN,    /* a should, or a de-facto behaviour, is not met */
    VERDICT_SKIP,    /* the target lacks what the case needs: `reason` names it */
    VERDICT_BLOCKED, /* a case that it depends on did not pass */
    VERDICT_ERROR,   /* the harness or the network: says nothing of the server */
};

enum { VERDICT_OUTCOMES = 6 };

/* "pass", "fail", ... */
const char *verdict_outcome_name(enum verdict_outcome outcome);

/* What a baseline says of a finding that is known. */
struct verdict_excuse {
    bool flaky;          /* the finding may be there or not; else it is there every time */
    const char *reason;  /* why it is let be */
    const char *link;    /* where that is dealt with; "": nowhere */
    const char *expires; /* "2027-01-31", the last day that it holds; "": it has no end */
};

/* One expectation that was not met. */
struct verdict_finding {
    const struct verdict_requirement *requirement; /* NULL for harness and network errors */
    enum verdict_outcome severity;                 /* FAIL, WARN or ERROR */
    const char *where;                             /* "step 3, header X-Last-Modified" */
    const char *expected;
    const char *seen;
    size_t exchange;                     /* index into the verdict's exchanges; SIZE_MAX: none */
    const struct verdict_excuse *excuse; /* NULL: no baseline knows it */
};

/* One request and its response as a reader gets to see them: secrets are already redacted, bodies
 * are cut to LIMIT_TRANSCRIPT_BODY and say so. */
struct verdict_exchange {
    const char *title;    /* "step 3" or "step 3, round 2" */
    const char *request;  /* head and body, text */
    const char *response; /* head and body, or "" when none came */
    const char *curl;     /* a command that shows it */
    int64_t duration_ms;
};

/* Who differs: the case that did not pass was run against the built-in core, too. */
enum verdict_side {
    VERDICT_SIDE_SERVER,  /* the built-in core does what the case wants */
    VERDICT_SIDE_BOTH,    /* it does not, either: the case or the suite is suspect */
    VERDICT_SIDE_UNKNOWN, /* it could not say */
};

/* "server", "both", "unknown". */
const char *verdict_side_name(enum verdict_side side);

struct verdict_blame {
    enum verdict_side side;
    const char *text; /* the same in words */
    const char *step; /* title of what the built-in core had at that step; "": nothing */
    const char *request, *response; /* of that; "": nothing */
};

struct verdict {
    const char *id; /* of the case */
    const char *title;
    const char *file; /* of the case, relative to cases/ */
    unsigned line;
    enum verdict_outcome outcome;
    bool expected;      /* a fail or error, and a baseline knows each finding that makes it one */
    bool out_of_reach;  /* a skip: the one account that was given cannot do what the case needs */
    const char *reason; /* of skip, blocked and error; else "" */
    const struct verdict_requirement *const *requirements;
    size_t requirement_count;
    struct verdict_finding *findings;
    size_t finding_count;
    struct verdict_exchange *exchanges; /* kept for verdicts that are not pass or skip */
    size_t exchange_count;
    const char **info; /* which of several right answers came: "step 2: refused with 413" */
    size_t info_count;
    const struct verdict_blame *blame; /* NULL: nobody asked */
    size_t runs;     /* how often it was run; what else stands here is of the first that failed */
    size_t failed;   /* in how many of them it failed or ended in error */
    size_t checks;   /* expectations evaluated */
    size_t requests; /* of all its runs */
    int64_t duration_ms;
    const char *replay; /* one-line command that runs it again */
};

/* What is to be said of a run besides its verdicts. */
enum verdict_notice_kind {
    VERDICT_NOTICE_STALE,   /* an entry of the baseline that is not true any more */
    VERDICT_NOTICE_EXPIRED, /* an entry of the baseline that counts as not there, by its date */
    VERDICT_NOTICE_RATE,    /* a case that does not end the same each time */
    VERDICT_NOTICE_SLOWED,  /* the target asked for fewer requests */
    VERDICT_NOTICE_LEFT,    /* what the run stored and could not delete */
};

enum { VERDICT_NOTICES = 5 };

/* "stale", "expired", "rate", "slowed", "left". */
const char *verdict_notice_name(enum verdict_notice_kind kind);

struct verdict_notice {
    enum verdict_notice_kind kind;
    const char *text;
    struct verdict_notice *next;
};

/* Everything that one run found.  All memory is the arena's. */
struct verdict_run {
    struct arena *arena;
    const char *version; /* of the suite */
    const char *api;     /* "1.5" */
    const char *target;  /* "built-in core" or the URL */
    const char *started; /* RFC 3339, UTC */
    uint64_t seed;
    int64_t duration_ms;
    struct verdict *verdicts; /* in the order of the plan, whatever order they ran in */
    size_t count;
    size_t totals[VERDICT_OUTCOMES];
    size_t expected[VERDICT_OUTCOMES]; /* how many of totals the baseline expects */
    size_t out_of_reach;               /* how many of the skips are so */
    size_t checks, requests;
    size_t min_checks; /* a run of fewer says too little */
    struct verdict_notice *notices;
    const char
        *setup_error; /* the target could not be reached or prepared; NULL when all went well */
};

/* The verdict of that id, or NULL. */
struct verdict *verdict_run_find(const struct verdict_run *run, const char *id);

/* Sets totals, expected, out_of_reach, checks and requests from the verdicts. */
void verdict_run_tally(struct verdict_run *run);

/* Appends a notice; its text is copied.  False when out of memory. */
MUST_USE bool verdict_run_notice(struct verdict_run *run, enum verdict_notice_kind kind,
                                 const char *text);

/* What the baseline says of the first finding that makes an expected verdict one; NULL for any
 * other verdict. */
const struct verdict_excuse *verdict_excuse(const struct verdict *verdict);

/* How many notices of a kind there are. */
size_t verdict_run_count(const struct verdict_run *run, enum verdict_notice_kind kind);

/* Whether too little was exercised: no case was decided, or fewer than half of the selected ones
 * that are within reach, or fewer than min_checks expectations were evaluated. */
bool verdict_run_is_vacuous(const struct verdict_run *run);

/* The worst severity among the findings: ERROR over FAIL over WARN; PASS without findings. */
enum verdict_outcome verdict_of_findings(const struct verdict_finding *findings, size_t count);

/* Exit codes of the command line (README.md, "Exit codes"). */
enum verdict_exit {
    VERDICT_EXIT_CONFORMANT = 0,
    VERDICT_EXIT_FAILED = 1,
    VERDICT_EXIT_USAGE = 2,
    VERDICT_EXIT_UNREACHABLE = 3,
    VERDICT_EXIT_VACUOUS = 4,
    VERDICT_EXIT_STALE = 5,
};

/* The first of these that holds: 3, the set-up failed; 1, a case failed that the baseline does not
 * expect to; 3, a case ended in error likewise; 4, verdict_run_is_vacuous; 5, the baseline is
 * stale; 0. */
enum verdict_exit verdict_run_exit(const struct verdict_run *run);

/* The same in words, for people. */
const char *verdict_run_result(const struct verdict_run *run);

#endif
