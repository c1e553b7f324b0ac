/* What requests cost in the core and each store, in process and without signatures: rates beside
 * bare means of the same durability, and nanoseconds per request over the size of a collection,
 * which should not grow.
 *
 * usage: bench_core FOLDER [RECORDS]     FOLDER: where the files go, empty; RECORDS: in the largest
 *                                        collection (1000000) */
#include "bench/bench_known.h"
#include "bench/bench_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    PATH_TEXT = 4096,
    SORTS = 4,
    HITS = 10,
    PROBED = 99991, /* a prime: probes are spread over a collection */
};

static const double rate_seconds = 1, probe_seconds = 0.1;

static const char *const stores[] = { "memory", "sqlite" };

/* ---- rates ---- */

struct rates {
    struct bench_world world;
    struct bench_known *known;
    uint64_t written, known_written;
    uint64_t puts, gets; /* records from 0 on */
};

typedef bool step(struct rates *rates);

static bool put(struct rates *rates)
{
    rates->written++;
    return bench_world_put(&rates->world, "rates", rates->puts++);
}

static bool post(struct rates *rates)
{
    rates->written += BENCH_POSTED;
    return bench_world_post(&rates->world, "rates", "", rates->written, BENCH_POSTED);
}

static bool batch(struct rates *rates)
{
    rates->written += BENCH_BATCH;
    return bench_world_batch(&rates->world, "rates", rates->written);
}

static bool get(struct rates *rates)
{
    struct buf *target = &rates->world.target;
    (void)buf_add_format(target, "/storage/rates/%012" PRIu64, rates->gets++ % rates->puts * 7919);
    return bench_world_send(&rates->world, HTTP_METHOD_GET);
}

static bool get_page(struct rates *rates)
{
    return bench_world_get(&rates->world, "/storage/rates?full=1&limit=100");
}

static bool write_known(struct rates *rates, size_t count)
{
    uint64_t first = rates->known_written;
    rates->known_written += count;
    return bench_known_write(rates->known, first, count);
}

static bool write_one(struct rates *rates)
{
    return write_known(rates, 1);
}

static bool write_posted(struct rates *rates)
{
    return write_known(rates, BENCH_POSTED);
}

static bool write_batch(struct rates *rates)
{
    return write_known(rates, BENCH_BATCH);
}

static bool read_one(struct rates *rates)
{
    return bench_known_read(rates->known, rates->gets++ % BENCH_POSTED, 1);
}

static bool read_posted(struct rates *rates)
{
    return bench_known_read(rates->known, 0, BENCH_POSTED);
}

static const struct {
    const char *name;
    step *ours, *known;
    double records; /* of one step */
} rate_rows[] = {
    { "PUT of a record", put, write_one, 1 },
    { "POST of 100", post, write_posted, BENCH_POSTED },
    { "batch of 10,000", batch, write_batch, BENCH_BATCH },
    { "GET of a record", get, read_one, 1 },
    { "GET of 100, full", get_page, read_posted, BENCH_POSTED },
};

/* Steps per second; 0 when one failed. */
static double rate(struct rates *rates, step *once)
{
    double begun = bench_world_now(), took = 0;
    size_t steps = 0;
    while (took < rate_seconds) {
        if (!once(rates))
            return 0;
        steps++;
        took = bench_world_now() - begun;
    }
    return (double)steps / took;
}

static bool print_rates(const char *store, const char *spec, const char *known_file)
{
    struct rates rates = { .known = bench_known_open(known_file) };
    bool good = bench_world_open(&rates.world, spec) && rates.known != NULL;
    (void)printf("%s: records a second; beside %s\n", store,
                 known_file != NULL ? "bare SQLite statements, WAL, synchronous = FULL"
                                    : "tsearch and malloc of libc");
    for (size_t i = 0; i < COUNT_OF(rate_rows) && good; i++) {
        double ours = rate(&rates, rate_rows[i].ours) * rate_rows[i].records;
        double known = rate(&rates, rate_rows[i].known) * rate_rows[i].records;
        good = ours > 0 && known > 0;
        (void)printf("  %-18s %10.0f   %10.0f   %5.1f %%\n", rate_rows[i].name, ours, known,
                     100 * ours / known);
    }
    bench_world_close(&rates.world);
    bench_known_close(rates.known);
    return good;
}

/* ---- cost over size ---- */

static const char *const sorts[SORTS] = { "", "&sort=newest", "&sort=oldest", "&sort=index" };

struct sized {
    struct bench_world world;
    uint64_t count;
    char since[STAMP_TEXT_MAX]; /* HITS records were written later */
    struct buf offsets[SORTS];  /* of the middle, per sort; empty: there is none */
    uint64_t next;
};

typedef bool probe(struct sized *sized, size_t sort);

static uint64_t any_record(struct sized *sized)
{
    return sized->next++ * PROBED % sized->count;
}

static bool probe_get(struct sized *sized, size_t sort)
{
    (void)sort;
    (void)buf_add_format(&sized->world.target, "/storage/sized/%012" PRIu64,
                         any_record(sized) * 7919);
    return bench_world_send(&sized->world, HTTP_METHOD_GET);
}

static bool probe_put(struct sized *sized, size_t sort)
{
    (void)sort;
    return bench_world_put(&sized->world, "sized", any_record(sized));
}

static bool probe_newer(struct sized *sized, size_t sort)
{
    (void)buf_add_format(&sized->world.target, "/storage/sized?newer=%s%s", sized->since,
                         sorts[sort]);
    return bench_world_send(&sized->world, HTTP_METHOD_GET);
}

static bool probe_page(struct sized *sized, size_t sort)
{
    struct buf *target = &sized->world.target;
    (void)buf_add_format(target, "/storage/sized?limit=100%s", sorts[sort]);
    if (sized->offsets[sort].len > 0) {
        (void)buf_add_text(target, "&offset=");
        (void)buf_add(target, buf_slice(&sized->offsets[sort]));
    }
    return bench_world_send(&sized->world, HTTP_METHOD_GET);
}

static bool probe_collections(struct sized *sized, size_t sort)
{
    (void)sort;
    return bench_world_get(&sized->world, "/info/collections");
}

static bool probe_usage(struct sized *sized, size_t sort)
{
    (void)sort;
    return bench_world_get(&sized->world, "/info/collection_usage");
}

static const struct {
    const char *name;
    probe *run;
    size_t sort;
} probes[] = {
    { "GET of a record", probe_get, 0 },         { "newer=, 10 hits", probe_newer, 0 },
    { "newer=, newest first", probe_newer, 1 },  { "newer=, oldest first", probe_newer, 2 },
    { "newer=, by sortindex", probe_newer, 3 },  { "100 in the middle", probe_page, 0 },
    { "100, newest first", probe_page, 1 },      { "100, oldest first", probe_page, 2 },
    { "100, by sortindex", probe_page, 3 },      { "info/collections", probe_collections, 0 },
    { "info/collection_usage", probe_usage, 0 }, { "PUT over a record", probe_put, 0 },
};

enum { PROBES = COUNT_OF(probes), SIZES = 4 };

static bool find_middle(struct sized *sized, size_t sort)
{
    struct slice offset;
    (void)buf_add_format(&sized->world.target, "/storage/sized?limit=%" PRIu64 "%s",
                         sized->count / 2 + 1, sorts[sort]);
    if (!bench_world_send(&sized->world, HTTP_METHOD_GET))
        return false;
    sized->offsets[sort] = buf_bounded(PATH_TEXT);
    return !http_reply_get(&sized->world.reply, "X-Weave-Next-Offset", &offset) ||
           buf_add(&sized->offsets[sort], offset);
}

static bool prepare(struct sized *sized)
{
    if (!bench_world_fill(&sized->world, "sized", sized->count))
        return false;
    stamp_text(sized->world.clock.now, sized->since);
    for (size_t i = 0; i < HITS; i++) {
        if (!probe_put(sized, 0))
            return false;
    }
    for (size_t i = 0; i < SORTS; i++) {
        if (!find_middle(sized, i))
            return false;
    }
    return true;
}

/* Nanoseconds of one; 0 when it failed. */
static double cost(struct sized *sized, size_t row)
{
    double begun = 0, took = 0;
    for (size_t runs = 0; runs < 3 || took < probe_seconds; runs++) {
        if (runs == 1) /* the first one warms */
            begun = bench_world_now();
        if (!probes[row].run(sized, probes[row].sort))
            return 0;
        took = runs == 0 ? 0 : bench_world_now() - begun;
        if (took >= probe_seconds && runs >= 2)
            return took / (double)runs * 1e9;
    }
    return 0;
}

static bool measure_size(const char *spec, uint64_t count, double ret_costs[PROBES])
{
    struct sized sized = { .count = count };
    bool good = bench_world_open(&sized.world, spec) && prepare(&sized);
    for (size_t i = 0; i < PROBES && good; i++) {
        ret_costs[i] = cost(&sized, i);
        good = ret_costs[i] > 0;
    }
    for (size_t i = 0; i < SORTS; i++)
        buf_free(&sized.offsets[i]);
    bench_world_close(&sized.world);
    return good;
}

static bool print_costs(const char *store, const char *folder, uint64_t most)
{
    const uint64_t sizes[SIZES] = { 1, most / 1000 > 1 ? most / 1000 : 1,
                                    most / 10 > 1 ? most / 10 : 1, most };
    double costs[SIZES][PROBES];
    (void)printf("%s: ns a request; records in the collection:\n  %-22s", store, "");
    for (size_t i = 0; i < SIZES; i++) {
        char spec[PATH_TEXT];
        (void)snprintf(spec, sizeof(spec), "%s", store);
        if (strcmp(store, "sqlite") == 0)
            (void)snprintf(spec, sizeof(spec), "sqlite:%s/sized-%zu.db", folder, i);
        if (!measure_size(spec, sizes[i], costs[i]))
            return false;
        (void)printf(" %10" PRIu64, sizes[i]);
    }
    (void)printf("\n");
    for (size_t row = 0; row < PROBES; row++) {
        (void)printf("  %-22s", probes[row].name);
        for (size_t i = 0; i < SIZES; i++)
            (void)printf(" %10.0f", costs[i][row]);
        (void)printf("\n");
    }
    return true;
}

int main(int argc, char **argv)
{
    uint64_t most = 1000000;
    if (argc < 2 || argc > 3 ||
        (argc == 3 && (!slice_to_u64(slice_text(argv[2]), &most) || most == 0))) {
        (void)fprintf(stderr, "usage: bench_core FOLDER [RECORDS]\n");
        return 2;
    }
#ifndef __OPTIMIZE__
    puts("built without optimisation: these numbers mean nothing");
#endif
    char spec[PATH_TEXT], known[PATH_TEXT];
    (void)snprintf(spec, sizeof(spec), "sqlite:%s/rates.db", argv[1]);
    (void)snprintf(known, sizeof(known), "%s/known.db", argv[1]);
    bool good = print_rates("memory", "memory", NULL) && print_rates("sqlite", spec, known);
    for (size_t i = 0; i < COUNT_OF(stores) && good; i++)
        good = print_costs(stores[i], argv[1], most);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
