#include "http/media.h"
#include "tests/support/support.h"

static void a_media_type_stands_without_parameters_and_blanks(void **state)
{
    (void)state;
    assert_slice(http_media_type(SLICE("application/json; charset=utf-8")), "application/json");
    assert_slice(http_media_type(SLICE(" Text/Plain ;a=\"b;c\"")), "Text/Plain");
    assert_slice(http_media_type(SLICE("")), "");
    assert_slice(http_media_type(SLICE(";")), "");
}

static void the_preferred_offer_is_chosen(void **state)
{
    (void)state;
    static const char *const offers[] = { "application/json", "application/newlines",
                                          "text/plain" };
    enum { JSON, NEWLINES, PLAIN, NONE };
    static const struct {
        const char *accept;
        size_t chosen;
    } rows[] = {
        { "", JSON },
        { " ", JSON },
        { "*/*", JSON },
        { "application/json;q=0.9,*/*;q=0.2", JSON },
        { "application/newlines", NEWLINES },
        { "APPLICATION/Newlines", NEWLINES },
        { "application/newlines;q=0.5, application/json;q=0.4", NEWLINES },
        { "application/newlines;q=0.5, application/json;q=0.501", JSON },
        { "application/newlines;q=0.501, application/json;q=0.5", NEWLINES },
        { "application/json;q=0.5, text/plain;q=0.999", PLAIN },
        { "application/*, text/plain", PLAIN },
        { "application/*;q=0.9, text/plain;q=0.8", JSON },
        { "application/json;q=0, */*", NEWLINES },
        { "application/json;q=0, application/*", NEWLINES },
        { "*/*;q=0.1, text/*;q=0.2", PLAIN },
        { "text/html", NONE },
        { "*/*;q=0", NONE },
        { "text/html, application/newlines ; Q=1.000", NEWLINES },
        { "application/newlines;charset=utf-8", NEWLINES },
        { "a/b;c=\"d,application/json\", text/plain", PLAIN },
        { "a/b;c=\"d\\\",application/json\", text/plain", PLAIN },
        { "application/json;q=1.001, text/plain", PLAIN },
        { "application/json;q=2, text/plain", PLAIN },
        { "application/json;q=0.1234, text/plain", PLAIN },
        { "application/json;q=, text/plain", PLAIN },
        { "application/json;q=05, text/plain", PLAIN },
        { "application/json;q=0.x, text/plain", PLAIN },
        { "application/json;q=.5, text/plain", PLAIN },
        { "application/json;q=0,5", NONE },
        { "*/json, text/plain", PLAIN },
        { "json, text/plain", PLAIN },
        { "/json, application/, text/plain", PLAIN },
        { ",,text/plain,", PLAIN },
        { "nonsense", NONE },
        { "\"", NONE },
        { "text/plain;q=0.5, text/plain;q=0.9, application/json;q=0.8", PLAIN },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge edge = support_edge_of(slice_text(rows[i].accept));
        size_t chosen = http_media_choose(edge.bytes, offers, COUNT_OF(offers));
        if (chosen != rows[i].chosen)
            fail_msg("%s: %zu", rows[i].accept, chosen);
        support_edge_free(&edge);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_media_type_stands_without_parameters_and_blanks),
        cmocka_unit_test(the_preferred_offer_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
