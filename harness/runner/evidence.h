/* What one case has seen, kept until its verdict is known. */
#ifndef SYNCSPEC_RUNNER_EVIDENCE_H
#define SYNCSPEC_RUNNER_EVIDENCE_H

#include "runner/world.h"

enum {
    RUNNER_EXCHANGES_KEPT = 32, /* the oldest that no finding cites goes first */
    RUNNER_INFO_KEPT = 32,
    RUNNER_FINDINGS_KEPT = 64, /* warnings beyond are dropped; worse takes the place of one */
};

struct runner_evidence_entry {
    struct buf title, request, response, curl;
    int64_t duration_ms;
    size_t number; /* the first exchange of the case is 1 */
    bool cited;
};

struct runner_evidence {
    const struct runner_world *world;
    struct arena *arena; /* of the findings' texts */
    struct runner_evidence_entry *entries[RUNNER_EXCHANGES_KEPT];
    size_t entry_count;
    size_t added; /* entries ever */
    struct verdict_finding findings[RUNNER_FINDINGS_KEPT];
    const struct runner_evidence_entry *cites[RUNNER_FINDINGS_KEPT]; /* NULL: no exchange */
    size_t finding_count;
    const char *info[RUNNER_INFO_KEPT];
    size_t info_count;
    bool nomem; /* something could not be kept */
};

/* False when out of memory. */
MUST_USE bool runner_evidence_init(struct runner_evidence *evidence,
                                   const struct runner_world *world);

/* Keeps the transcript of an exchange that has ended.  Its number, by which findings cite it; 0
 * when out of memory. */
size_t runner_evidence_add(struct runner_evidence *evidence, const struct exchange_call *call,
                           const char *title);

/* Keeps a finding; its texts are copied.  It is about the exchange of that number, if any. */
void runner_evidence_find(struct runner_evidence *evidence, const struct verdict_finding *finding,
                          size_t exchange);

/* Keeps what was observed, ${where} in the case; once, however often it is said. */
void runner_evidence_inform(struct runner_evidence *evidence, const char *where, const char *text);

/* Moves the findings, what was observed, and with ${exchanges} also those, into ${verdict} and the
 * run's arena.  False when out of memory. */
MUST_USE bool runner_evidence_move(const struct runner_evidence *evidence, bool exchanges,
                                   struct verdict *verdict);

void runner_evidence_free(struct runner_evidence *evidence);

#endif
