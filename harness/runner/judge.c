#include "runner/judge.h"

const char *runner_judge(const struct plan_expectations *expectations, struct plan_scope *scope,
                         const struct check_subject *subject, struct check_report *report)
{
    for (size_t i = 0; i < expectations->count; i++) {
        const struct plan_expectation *expectation = &expectations->at[i];
        const struct check_kind *kind = check_kind_find(expectation->kind);
        if (kind == NULL)
            return "there is no such kind of expectation";
        json_t *matcher = NULL;
        const char *wrong = plan_expand_json(scope, expectation->matcher, &matcher);
        if (wrong != NULL)
            return wrong;
        kind->run(subject, matcher, report);
        json_decref(matcher);
        if (report->nomem)
            return "out of memory";
    }
    return NULL;
}
