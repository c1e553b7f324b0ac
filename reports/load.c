#include "reports/load.h"

#include <jansson.h>
#include <stdarg.h>

enum { MEMORY = 1024 * 1024 * 1024, PLACE_MAX = 256, KEYS_MAX = 32 };

/* A million of the highest add up to no overflow. */
#define COUNT_MAX INT64_C(1000000000000)

/* What is being read, and what is wrong with it first. */
struct reading {
    struct arena *arena;
    struct buf *wrong;
    bool failed;
    const struct verdict_requirement *requirements;
    size_t requirement_count;
};

/* A value and the pointer that leads to it. */
struct place {
    const json_t *value;
    char pointer[PLACE_MAX];
};

static void complain(struct reading *reading, const struct place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(struct reading *reading, const struct place *place, const char *format, ...)
{
    char text[PLACE_MAX];
    va_list args;
    va_start(args, format);
    if (vsnprintf(text, sizeof(text), format, args) < 0)
        text[0] = '\0';
    va_end(args);
    if (!reading->failed)
        (void)buf_add_format(reading->wrong, "%s: %s",
                             place->pointer[0] == '\0' ? "/" : place->pointer, text);
    reading->failed = true;
}

static struct place member(const struct place *object, const char *key)
{
    struct place place = { .value = json_object_get(object->value, key) };
    if (snprintf(place.pointer, sizeof(place.pointer), "%.200s/%.50s", object->pointer, key) < 0)
        place.pointer[0] = '\0';
    return place;
}

static struct place element(const struct place *list, size_t index)
{
    struct place place = { .value = json_array_get(list->value, index) };
    if (snprintf(place.pointer, sizeof(place.pointer), "%.200s/%zu", list->pointer, index) < 0)
        place.pointer[0] = '\0';
    return place;
}

/* Whether the place is an object with these keys and no others. */
static bool is_object(struct reading *reading, const struct place *place, const char *const *keys,
                      size_t count)
{
    if (!json_is_object(place->value)) {
        complain(reading, place, "expected an object");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (json_object_get(place->value, keys[i]) == NULL)
            complain(reading, place, "the key \"%s\" is missing", keys[i]);
    }
    if (!reading->failed && json_object_size(place->value) != count)
        complain(reading, place, "has keys that no result has");
    return !reading->failed;
}

static const char *text_of(struct reading *reading, const struct place *object, const char *key)
{
    struct place place = member(object, key);
    if (!json_is_string(place.value)) {
        complain(reading, &place, "expected a text");
        return "";
    }
    const char *text = arena_text(
        reading->arena, slice_of(json_string_value(place.value), json_string_length(place.value)));
    if (text == NULL)
        complain(reading, &place, "out of memory");
    return text == NULL ? "" : text;
}

static size_t count_of(struct reading *reading, const struct place *object, const char *key)
{
    struct place place = member(object, key);
    json_int_t count = json_is_integer(place.value) ? json_integer_value(place.value) : -1;
    if (count >= 0 && count <= COUNT_MAX)
        return (size_t)count;
    complain(reading, &place, "expected a whole number, 0 to 1000000000000");
    return 0;
}

static bool truth_of(struct reading *reading, const struct place *object, const char *key)
{
    struct place place = member(object, key);
    if (!json_is_boolean(place.value))
        complain(reading, &place, "expected true or false");
    return json_is_true(place.value);
}

/* Which of the names that ${name} has for 0 to ${count} - 1 the text is. */
static int name_of(struct reading *reading, const struct place *object, const char *key,
                   const char *(*name)(int index), int count)
{
    struct place place = member(object, key);
    for (int i = 0; i < count && json_is_string(place.value); i++) {
        if (strcmp(name(i), json_string_value(place.value)) == 0)
            return i;
    }
    complain(reading, &place, "is none of the words that may stand here");
    return 0;
}

static const char *outcome_name(int index)
{
    return verdict_outcome_name((enum verdict_outcome)index);
}

static const char *level_name(int index)
{
    return verdict_level_name((enum verdict_level)index);
}

static const char *side_name(int index)
{
    return verdict_side_name((enum verdict_side)index);
}

static const char *notice_name(int index)
{
    return verdict_notice_name((enum verdict_notice_kind)index);
}

static const char *class_name(int index)
{
    return index == 0 ? "failing" : "flaky";
}

/* The place of a list, and room for what its elements become; NULL for an empty or wrong one. */
static void *room_of(struct reading *reading, const struct place *list, size_t size,
                     size_t *ret_count)
{
    *ret_count = 0;
    if (!json_is_array(list->value)) {
        complain(reading, list, "expected a list");
        return NULL;
    }
    size_t count = json_array_size(list->value);
    void *room = count == 0 ? NULL : arena_alloc(reading->arena, count, size);
    if (count > 0 && room == NULL)
        complain(reading, list, "out of memory");
    *ret_count = room == NULL ? 0 : count;
    return room;
}

static const struct verdict_requirement *find(struct reading *reading, const struct place *place)
{
    for (size_t i = 0; i < reading->requirement_count && json_is_string(place->value); i++) {
        if (strcmp(reading->requirements[i].id, json_string_value(place->value)) == 0)
            return &reading->requirements[i];
    }
    complain(reading, place, "names no requirement of this result");
    return NULL;
}

static void read_requirements(struct reading *reading, const struct place *root)
{
    static const char *const keys[] = { "id", "level", "statement", "source", "impact", "note" };
    const struct place all = member(root, "requirements");
    const char *id = NULL;
    json_t *value = NULL;
    size_t count = 0;
    if (!json_is_object(all.value)) {
        complain(reading, &all, "expected an object");
        return;
    }
    struct verdict_requirement *room =
        arena_alloc(reading->arena, json_object_size(all.value) + 1, sizeof(*room));
    if (room == NULL) {
        complain(reading, &all, "out of memory");
        return;
    }
    /* The iteration macro takes no const object, and changes nothing. */
    json_object_foreach((json_t *)(uintptr_t)all.value, id, value)
    {
        const struct place one = member(&all, id);
        if (!is_object(reading, &one, keys, COUNT_OF(keys)))
            return;
        room[count] = (struct verdict_requirement){
            .id = text_of(reading, &one, "id"),
            .level = (enum verdict_level)name_of(reading, &one, "level", level_name,
                                                 VERDICT_DE_FACTO + 1),
            .statement = text_of(reading, &one, "statement"),
            .source = text_of(reading, &one, "source"),
            .impact = text_of(reading, &one, "impact"),
            .note = text_of(reading, &one, "note"),
            .because = "",
        };
        if (strcmp(room[count++].id, id) != 0)
            complain(reading, &one, "has another id than its key");
    }
    reading->requirements = room;
    reading->requirement_count = count;
}

static const struct verdict_excuse *read_excuse(struct reading *reading, const struct place *object)
{
    static const char *const keys[] = { "class", "reason", "link", "expires" };
    const struct place place = member(object, "excuse");
    if (json_is_null(place.value) || !is_object(reading, &place, keys, COUNT_OF(keys)))
        return NULL;
    struct verdict_excuse *excuse = arena_new_object(reading->arena, struct verdict_excuse);
    if (excuse == NULL) {
        complain(reading, &place, "out of memory");
        return NULL;
    }
    *excuse = (struct verdict_excuse){
        .flaky = name_of(reading, &place, "class", class_name, 2) == 1,
        .reason = text_of(reading, &place, "reason"),
        .link = text_of(reading, &place, "link"),
        .expires = text_of(reading, &place, "expires"),
    };
    return excuse;
}

static struct verdict_finding read_finding(struct reading *reading, const struct place *one)
{
    static const char *const keys[] = { "severity", "requirement", "where", "expected",
                                        "seen",     "exchange",    "excuse" };
    if (!is_object(reading, one, keys, COUNT_OF(keys)))
        return (struct verdict_finding){ 0 };
    const struct place requirement = member(one, "requirement");
    const struct place exchange = member(one, "exchange");
    return (struct verdict_finding){
        .requirement = json_is_null(requirement.value) ? NULL : find(reading, &requirement),
        .severity =
            (enum verdict_outcome)name_of(reading, one, "severity", outcome_name, VERDICT_OUTCOMES),
        .where = text_of(reading, one, "where"),
        .expected = text_of(reading, one, "expected"),
        .seen = text_of(reading, one, "seen"),
        .exchange = json_is_null(exchange.value) ? SIZE_MAX : count_of(reading, one, "exchange"),
        .excuse = read_excuse(reading, one),
    };
}

static struct verdict_exchange read_exchange(struct reading *reading, const struct place *one)
{
    static const char *const keys[] = { "title", "request", "response", "curl", "duration_ms" };
    if (!is_object(reading, one, keys, COUNT_OF(keys)))
        return (struct verdict_exchange){ 0 };
    return (struct verdict_exchange){
        .title = text_of(reading, one, "title"),
        .request = text_of(reading, one, "request"),
        .response = text_of(reading, one, "response"),
        .curl = text_of(reading, one, "curl"),
        .duration_ms = (int64_t)count_of(reading, one, "duration_ms"),
    };
}

static const struct verdict_blame *read_blame(struct reading *reading, const struct place *object)
{
    static const char *const keys[] = { "side", "text", "step", "request", "response" };
    const struct place place = member(object, "blame");
    if (json_is_null(place.value) || !is_object(reading, &place, keys, COUNT_OF(keys)))
        return NULL;
    struct verdict_blame *blame = arena_new_object(reading->arena, struct verdict_blame);
    if (blame == NULL) {
        complain(reading, &place, "out of memory");
        return NULL;
    }
    *blame = (struct verdict_blame){
        .side = (enum verdict_side)name_of(reading, &place, "side", side_name,
                                           VERDICT_SIDE_UNKNOWN + 1),
        .text = text_of(reading, &place, "text"),
        .step = text_of(reading, &place, "step"),
        .request = text_of(reading, &place, "request"),
        .response = text_of(reading, &place, "response"),
    };
    return blame;
}

static void read_lists(struct reading *reading, const struct place *one, struct verdict *verdict)
{
    const struct place requirements = member(one, "requirements");
    const struct place findings = member(one, "findings");
    const struct place exchanges = member(one, "exchanges");
    const struct place info = member(one, "info");
    const struct verdict_requirement **ids =
        room_of(reading, &requirements, sizeof(void *), &verdict->requirement_count);
    for (size_t i = 0; i < verdict->requirement_count; i++) {
        const struct place id = element(&requirements, i);
        ids[i] = find(reading, &id);
    }
    verdict->requirements = ids;
    verdict->findings =
        room_of(reading, &findings, sizeof(struct verdict_finding), &verdict->finding_count);
    for (size_t i = 0; i < verdict->finding_count && !reading->failed; i++) {
        const struct place finding = element(&findings, i);
        verdict->findings[i] = read_finding(reading, &finding);
    }
    verdict->exchanges =
        room_of(reading, &exchanges, sizeof(struct verdict_exchange), &verdict->exchange_count);
    for (size_t i = 0; i < verdict->exchange_count && !reading->failed; i++) {
        const struct place exchange = element(&exchanges, i);
        verdict->exchanges[i] = read_exchange(reading, &exchange);
    }
    verdict->info = room_of(reading, &info, sizeof(char *), &verdict->info_count);
    for (size_t i = 0; i < verdict->info_count; i++) {
        const struct place text = element(&info, i);
        const char *said = json_string_value(text.value);
        verdict->info[i] = said == NULL ? NULL : arena_text(reading->arena, slice_text(said));
        if (verdict->info[i] == NULL)
            complain(reading, &text, "expected a text, and memory for it");
    }
}

static struct verdict read_verdict(struct reading *reading, const struct place *one)
{
    static const char *const keys[] = {
        "id",        "title",       "file",         "line",         "outcome",
        "expected",  "reason",      "requirements", "findings",     "info",
        "exchanges", "blame",       "runs",         "failed",       "checks",
        "requests",  "duration_ms", "replay",       "out_of_reach",
    };
    bool has_reach = json_object_get(one->value, "out_of_reach") != NULL;
    if (!is_object(reading, one, keys, COUNT_OF(keys) - (has_reach ? 0 : 1)))
        return (struct verdict){ 0 };
    struct verdict verdict = {
        .id = text_of(reading, one, "id"),
        .title = text_of(reading, one, "title"),
        .file = text_of(reading, one, "file"),
        .line = (unsigned)count_of(reading, one, "line"),
        .outcome =
            (enum verdict_outcome)name_of(reading, one, "outcome", outcome_name, VERDICT_OUTCOMES),
        .expected = truth_of(reading, one, "expected"),
        .out_of_reach = has_reach && truth_of(reading, one, "out_of_reach"),
        .reason = text_of(reading, one, "reason"),
        .blame = read_blame(reading, one),
        .runs = count_of(reading, one, "runs"),
        .failed = count_of(reading, one, "failed"),
        .checks = count_of(reading, one, "checks"),
        .requests = count_of(reading, one, "requests"),
        .duration_ms = (int64_t)count_of(reading, one, "duration_ms"),
        .replay = text_of(reading, one, "replay"),
    };
    read_lists(reading, one, &verdict);
    bool excused = verdict.finding_count > 0;
    for (size_t i = 0; i < verdict.finding_count && !reading->failed; i++) {
        const struct verdict_finding *finding = &verdict.findings[i];
        bool severe = finding->severity == VERDICT_FAIL || finding->severity == VERDICT_ERROR;
        excused = excused && (!severe || finding->excuse != NULL);
    }
    if (verdict.expected && !excused)
        complain(reading, one, "is expected, but has a finding that no baseline knows");
    if (verdict.out_of_reach && verdict.outcome != VERDICT_SKIP)
        complain(reading, one, "is out of reach, but no skip");
    return verdict;
}

static void read_notices(struct reading *reading, const struct place *root, struct verdict_run *run)
{
    static const char *const keys[] = { "kind", "text" };
    const struct place list = member(root, "notices");
    size_t count = 0;
    struct verdict_notice *room = room_of(reading, &list, sizeof(struct verdict_notice), &count);
    for (size_t i = 0; i < count; i++) {
        const struct place one = element(&list, i);
        if (!is_object(reading, &one, keys, COUNT_OF(keys)))
            return;
        room[i] = (struct verdict_notice){
            .kind = (enum verdict_notice_kind)name_of(reading, &one, "kind", notice_name,
                                                      VERDICT_NOTICES),
            .text = text_of(reading, &one, "text"),
            .next = i + 1 < count ? &room[i + 1] : NULL,
        };
    }
    run->notices = room;
}

static void read_verdicts(struct reading *reading, const struct place *root,
                          struct verdict_run *run)
{
    const struct place list = member(root, "verdicts");
    run->verdicts = room_of(reading, &list, sizeof(struct verdict), &run->count);
    for (size_t i = 0; i < run->count && !reading->failed; i++) {
        const struct place one = element(&list, i);
        run->verdicts[i] = read_verdict(reading, &one);
    }
}

/* Whether what was counted is what the verdicts give. */
static void check_totals(struct reading *reading, const struct place *root, const char *key,
                         const size_t counts[VERDICT_OUTCOMES])
{
    const char *keys[VERDICT_OUTCOMES];
    const struct place totals = member(root, key);
    for (int i = 0; i < VERDICT_OUTCOMES; i++)
        keys[i] = outcome_name(i);
    if (!is_object(reading, &totals, keys, VERDICT_OUTCOMES))
        return;
    for (size_t i = 0; i < VERDICT_OUTCOMES; i++) {
        if (count_of(reading, &totals, keys[i]) != counts[i])
            complain(reading, &totals, "%zu \"%s\" are in the verdicts", counts[i], keys[i]);
    }
}

static void check_sums(struct reading *reading, const struct place *root,
                       const struct verdict_run *run)
{
    check_totals(reading, root, "totals", run->totals);
    check_totals(reading, root, "expected", run->expected);
    if (count_of(reading, root, "checks") != run->checks ||
        count_of(reading, root, "requests") != run->requests)
        complain(reading, root, "checks or requests are not the sums of those of the verdicts");
    if (count_of(reading, root, "exit_code") != (size_t)verdict_run_exit(run))
        complain(reading, root, "the exit code would be %d", (int)verdict_run_exit(run));
}

static uint64_t seed_of(struct reading *reading, const struct place *root)
{
    const struct place place = member(root, "seed");
    uint64_t seed = 0;
    if (!slice_to_u64(slice_text(json_string_value(place.value)), &seed))
        complain(reading, &place, "expected a number as a text");
    return seed;
}

static void read_root(struct reading *reading, const struct place *root, struct verdict_run *run)
{
    static const char *const keys[] = {
        "format",      "version",   "api",         "target",       "started",  "seed",
        "duration_ms", "exit_code", "setup_error", "totals",       "expected", "checks",
        "min_checks",  "requests",  "notices",     "requirements", "verdicts",
    };
    const struct place setup_error = member(root, "setup_error");
    if (!is_object(reading, root, keys, COUNT_OF(keys)))
        return;
    if (strcmp(text_of(reading, root, "format"), "syncspec-result-1") != 0)
        complain(reading, root, "the format is not syncspec-result-1");
    run->version = text_of(reading, root, "version");
    run->api = text_of(reading, root, "api");
    run->target = text_of(reading, root, "target");
    run->started = text_of(reading, root, "started");
    run->seed = seed_of(reading, root);
    run->duration_ms = (int64_t)count_of(reading, root, "duration_ms");
    run->min_checks = count_of(reading, root, "min_checks");
    if (!json_is_null(setup_error.value))
        run->setup_error = text_of(reading, root, "setup_error");
    read_requirements(reading, root);
    if (!reading->failed)
        read_verdicts(reading, root, run);
    if (!reading->failed)
        read_notices(reading, root, run);
    if (reading->failed)
        return;
    verdict_run_tally(run);
    check_sums(reading, root, run);
}

struct verdict_run *report_load(struct slice text, struct buf *wrong)
{
    json_error_t error;
    json_t *json = json_loadb(text.len == 0 ? "" : (const char *)text.ptr, text.len,
                              JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        (void)buf_add_format(wrong, "%d:%d: %s", error.line, error.column, error.text);
        return NULL;
    }
    struct arena *arena = arena_new(MEMORY);
    struct verdict_run *run = arena == NULL ? NULL : arena_new_object(arena, struct verdict_run);
    struct reading reading = { .arena = arena, .wrong = wrong };
    const struct place root = { .value = json };
    if (run == NULL)
        complain(&reading, &root, "out of memory");
    else
        read_root(&reading, &root, run);
    json_decref(json);
    if (reading.failed) {
        arena_free(arena);
        return NULL;
    }
    run->arena = arena;
    return run;
}
