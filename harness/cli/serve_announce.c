#include "cli/serve_announce.h"

#include <jansson.h>
#include <stdlib.h>

static const char *take_seconds(uint32_t *ret_seconds, const char *value)
{
    uint64_t seconds;
    if (!slice_to_u64(slice_text(value), &seconds) || seconds > CORE_WAIT_MAX)
        return "expected seconds, at most a year; 0: none";
    *ret_seconds = (uint32_t)seconds;
    return NULL;
}

const char *cli_serve_take_maintenance(struct cli_serve_options *options, const char *value)
{
    return take_seconds(&options->core.operations.maintenance, value);
}

const char *cli_serve_take_backoff(struct cli_serve_options *options, const char *value)
{
    return take_seconds(&options->core.operations.backoff, value);
}

/* Keeps a copy of the alert, for which there is room once. */
static const char *keep(struct cli_serve_options *options, const char *text)
{
    struct core_operations *operations = &options->core.operations;
    size_t len = strlen(text);
    if (operations->alert.len > 0)
        return "an alert was given already";
    if (len == 0 || len > sizeof(options->alert))
        return "expected an alert of 1 to 1024 bytes";
    memcpy(options->alert, text, len);
    operations->alert = slice_of(options->alert, len);
    return core_operations_fault(operations);
}

const char *cli_serve_take_alert(struct cli_serve_options *options, const char *value)
{
    if (value[0] == '{')
        return "an alert that begins with { is read as an object: see --soft-eol";
    return keep(options, value);
}

/* Adds the code to {"message": TEXT, "url": TEXT}. */
static const char *take_object(struct cli_serve_options *options, const char *value,
                               const char *code)
{
    const char *message, *url;
    json_auto_t *given = json_loads(value, JSON_REJECT_DUPLICATES, NULL);
    if (given == NULL || json_unpack(given, "{s:s, s:s!}", "message", &message, "url", &url) != 0)
        return "expected {\"message\": TEXT, \"url\": TEXT}";
    json_auto_t *alert = json_pack("{s:s, s:s, s:s}", "code", code, "message", message, "url", url);
    char *text = json_dumps(alert, JSON_ENSURE_ASCII | JSON_COMPACT);
    const char *wrong = text == NULL ? "out of memory" : keep(options, text);
    free(text);
    return wrong;
}

const char *cli_serve_take_soft_eol(struct cli_serve_options *options, const char *value)
{
    return take_object(options, value, "soft-eol");
}

const char *cli_serve_take_hard_eol(struct cli_serve_options *options, const char *value)
{
    const char *wrong = take_object(options, value, "hard-eol");
    options->core.operations.decommissioned = wrong == NULL;
    return wrong;
}
