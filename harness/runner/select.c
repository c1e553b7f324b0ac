#include "runner/select.h"

#include <fnmatch.h>
#include <string.h>

enum { AREA_MAX = 256 };

static bool matches_any(const char *const *globs, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(globs[i], id, 0) == 0)
            return true;
    }
    return false;
}

bool runner_select_id(const struct runner_options *options, const char *id)
{
    if (options->select_count > 0 && !matches_any(options->select, options->select_count, id))
        return false;
    return !matches_any(options->skip, options->skip_count, id);
}

/* Whether the folder that the case's file stands in matches. */
static bool is_in_area(const struct runner_options *options, const struct plan_case *plan_case)
{
    char area[AREA_MAX];
    const char *slash = strchr(plan_case->file, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - plan_case->file);
    if (options->area_count == 0)
        return true;
    if (len >= sizeof(area))
        return false;
    memcpy(area, plan_case->file, len);
    area[len] = '\0';
    return matches_any(options->areas, options->area_count, area);
}

static bool decides_any(const struct runner_options *options, const struct plan_case *plan_case)
{
    for (size_t i = 0; i < plan_case->requirement_count; i++) {
        if (matches_any(options->requirements, options->requirement_count,
                        plan_case->requirements[i]->id))
            return true;
    }
    return options->requirement_count == 0;
}

static bool needs_any(const struct runner_options *options, const struct plan_case *plan_case)
{
    for (size_t i = 0; i < plan_case->need_count; i++) {
        for (size_t j = 0; j < options->needs_count; j++) {
            if (strcmp(plan_case->needs[i], options->needs[j]) == 0)
                return true;
        }
    }
    return options->needs_count == 0;
}

bool runner_select_case(const struct runner_options *options, const struct plan_case *plan_case)
{
    if (strcmp(plan_case->api, options->api) != 0 || !runner_select_id(options, plan_case->id) ||
        !is_in_area(options, plan_case) || !decides_any(options, plan_case) ||
        !needs_any(options, plan_case))
        return false;
    if (plan_case->requirement_count == 0 || options->level == VERDICT_MAY ||
        options->level == VERDICT_DE_FACTO)
        return true;
    return plan_case->requirements[0]->level <= options->level;
}
