#include "verdict/requirement.h"

static const char *const level_names[] = {
    [VERDICT_MUST] = "must",
    [VERDICT_SHOULD] = "should",
    [VERDICT_MAY] = "may",
    [VERDICT_DE_FACTO] = "de-facto",
};

const char *verdict_level_name(enum verdict_level level)
{
    return level_names[level];
}

bool verdict_level_parse(struct slice text, enum verdict_level *ret_level)
{
    for (size_t i = 0; i < COUNT_OF(level_names); i++) {
        if (slice_is(text, level_names[i])) {
            *ret_level = (enum verdict_level)i;
            return true;
        }
    }
    return false;
}

static const struct {
    const char *name, *meaning;
} exclusions[VERDICT_EXCLUSIONS] = {
    [VERDICT_NOT_EXCLUDED] = { "", "" },
    [VERDICT_CLIENT_SIDE] = { "client-side", "binds clients, or passes between them" },
    [VERDICT_NOT_OBSERVABLE] = { "not-observable", "no request brings it about, or shows it" },
    [VERDICT_OPERATORS_CHOICE] = { "operators-choice",
                                   "says how a server is deployed, not how it behaves" },
    [VERDICT_EITHER_IS_RIGHT] = { "either-is-right", "whatever a server does, it is right" },
    [VERDICT_DOCUMENT_ERROR] = { "document-error", "a slip of the text" },
    [VERDICT_NOT_YET] = { "not-yet", "a case can be written" },
};

const char *verdict_exclusion_name(enum verdict_exclusion exclusion)
{
    return exclusions[exclusion].name;
}

const char *verdict_exclusion_meaning(enum verdict_exclusion exclusion)
{
    return exclusions[exclusion].meaning;
}

bool verdict_exclusion_parse(struct slice text, enum verdict_exclusion *ret_exclusion)
{
    for (size_t i = VERDICT_NOT_EXCLUDED + 1; i < COUNT_OF(exclusions); i++) {
        if (slice_is(text, exclusions[i].name)) {
            *ret_exclusion = (enum verdict_exclusion)i;
            return true;
        }
    }
    return false;
}
