#include "reports/report.h"

#include "reports/formats.h"

static const struct report_format *const formats[] = {
    &report_text, &report_json,  &report_junit,  &report_tap,
    &report_html, &report_sarif, &report_github,
};

const struct report_format *report_format_at(size_t index)
{
    return index < COUNT_OF(formats) ? formats[index] : NULL;
}

const struct report_format *report_format_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (slice_is(name, formats[i]->name))
            return formats[i];
    }
    return NULL;
}
