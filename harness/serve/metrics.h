/* What a server counted, in the Prometheus text format (exposition format 0.0.4). */
#ifndef SYNCSPEC_SERVE_METRICS_H
#define SYNCSPEC_SERVE_METRICS_H

#include "base/buf.h"
#include "serve/counters.h"

#define SERVE_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* The HELP and TYPE lines of a family ("counter", "gauge", "histogram"). */
void serve_metrics_family(struct buf *out, const char *name, const char *type, const char *help);

/* Such a family of one sample without labels. */
void serve_metrics_single(struct buf *out, const char *name, const char *type, const char *help,
                          uint64_t value);

/* All families of the counters. */
void serve_metrics_counters(struct buf *out, const struct serve_counters *counters);

/* The memory of this process, as far as the system tells, and the
 * version of this program. */
void serve_metrics_process(struct buf *out);

#endif
