#include "cli/corpus_firefox.h"

#include "cli/corpus_steps.h"
#include "http/writer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIELDS = 8, ROOM = 4 * 1024 * 1024, PHASE_ROOM = 128 };

/* What is being read. */
struct reading {
    const struct cli_corpus_sink *sink;
    struct buf wire, session, target, body;
    struct cli_corpus_steps steps;
    char phase[PHASE_ROOM];
    int64_t now;
};

static bool give(const struct reading *reading, enum cli_corpus_kind kind, struct slice bytes)
{
    return bytes.len == 0 || reading->sink->take(reading->sink->context, kind, bytes);
}

static bool end_phase(struct reading *reading)
{
    bool taken = reading->steps.requests == 0 || reading->steps.out.failed ||
                 (give(reading, CLI_CORPUS_SESSION, buf_slice(&reading->session)) &&
                  give(reading, CLI_CORPUS_STEPS, buf_slice(&reading->steps.out)));
    buf_clear(&reading->session);
    cli_corpus_steps_clear(&reading->steps);
    return taken;
}

/* Hundredths of the recording's decimal seconds. */
static void read_time(struct reading *reading, const json_t *line)
{
    double seconds = strtod(json_string_value(json_object_get(line, "t")), NULL);
    reading->now = CLI_SESSION_START + (int64_t)(seconds * 100);
}

static size_t read_fields(const json_t *line, struct http_field *fields)
{
    const char *name;
    json_t *value;
    size_t count = 0;
    fields[count++] = (struct http_field){ SLICE("Host"), SLICE("127.0.0.1:8000") };
    fields[count++] =
        (struct http_field){ SLICE("Accept"), SLICE("application/json;q=0.9,*/*;q=0.2") };
    json_object_foreach(json_object_get(line, "fields"), name, value)
    {
        if (count < FIELDS && json_is_string(value))
            fields[count++] =
                (struct http_field){ slice_text(name), slice_text(json_string_value(value)) };
    }
    return count;
}

static bool read_body(struct reading *reading, const json_t *line)
{
    const json_t *body = json_object_get(line, "body");
    buf_clear(&reading->body);
    if (body == NULL)
        return true;
    char *text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
    bool added = text != NULL && buf_add_text(&reading->body, text);
    free(text);
    return added;
}

static bool take_request(struct reading *reading, const json_t *line, const char *send)
{
    struct http_field fields[FIELDS];
    struct http_request request = { .minor = 1, .fields = { fields, read_fields(line, fields) } };
    struct slice path;
    slice_cut(slice_text(send), ' ', &request.method_text, &path);
    buf_clear(&reading->wire);
    buf_clear(&reading->target);
    buf_add_text(&reading->target, "/1.5/1");
    if (!buf_add(&reading->target, path) || !read_body(reading, line))
        return false;
    read_time(reading, line);
    request.target = buf_slice(&reading->target);
    request.body = buf_slice(&reading->body);
    if (!http_write_request(&request, &reading->wire))
        return false;
    buf_add(&reading->session, buf_slice(&reading->wire));
    cli_corpus_steps_add(&reading->steps, &request, reading->now);
    return give(reading, CLI_CORPUS_REQUEST, buf_slice(&reading->wire)) &&
           give(reading, CLI_CORPUS_TARGET, request.target) &&
           give(reading, CLI_CORPUS_RECORD, request.body);
}

static bool take_line(struct reading *reading, const char *text)
{
    json_t *line = json_loads(text, 0, NULL);
    const char *phase = json_string_value(json_object_get(line, "phase"));
    const char *send = json_string_value(json_object_get(line, "send"));
    const char *when = json_string_value(json_object_get(line, "t"));
    bool taken = line != NULL && phase != NULL;
    if (taken && strncmp(phase, reading->phase, sizeof(reading->phase) - 1) != 0) {
        taken = end_phase(reading);
        (void)snprintf(reading->phase, sizeof(reading->phase), "%s", phase);
    }
    if (taken && send != NULL && when != NULL)
        taken = take_request(reading, line, send);
    json_decref(line);
    return taken;
}

bool cli_corpus_firefox(const char *path, const struct cli_corpus_sink *sink)
{
    FILE *file = fopen(path, "r");
    struct reading reading = { .sink = sink,
                               .wire = buf_bounded(ROOM),
                               .session = buf_bounded(ROOM),
                               .target = buf_bounded(ROOM),
                               .body = buf_bounded(ROOM),
                               .steps = cli_corpus_steps_of() };
    char *line = NULL;
    size_t room = 0;
    bool taken = true;
    while (taken && file != NULL && getline(&line, &room, file) > 0)
        taken = take_line(&reading, line);
    taken = taken && end_phase(&reading);
    free(line);
    if (file != NULL)
        (void)fclose(file);
    buf_free(&reading.wire);
    buf_free(&reading.session);
    buf_free(&reading.target);
    buf_free(&reading.body);
    cli_corpus_steps_free(&reading.steps);
    return taken;
}
