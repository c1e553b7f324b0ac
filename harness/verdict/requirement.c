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
