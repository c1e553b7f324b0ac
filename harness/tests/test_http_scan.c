#include "http/scan.h"
#include "tests/support/support.h"

enum { LONGEST = 40 };

static bool in_text(uint8_t byte, const char *text)
{
    return byte != 0 && strchr(text, byte) != NULL;
}

static bool is_alnum(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

static unsigned kinds_by_grammar(uint8_t byte)
{
    unsigned kinds = 0;
    if (is_alnum(byte) || in_text(byte, "!#$%&'*+-.^_`|~"))
        kinds |= HTTP_BYTE_TOKEN;
    if (byte > 0x20 && byte < 0x7f && byte != '#')
        kinds |= HTTP_BYTE_TARGET;
    if (byte == '\t' || (byte >= 0x20 && byte != 0x7f))
        kinds |= HTTP_BYTE_VALUE;
    if (in_text(byte, "0123456789abcdefABCDEF"))
        kinds |= HTTP_BYTE_HEX;
    if (in_text(byte, "0123456789"))
        kinds |= HTTP_BYTE_DIGIT;
    if (is_alnum(byte) || in_text(byte, "-._~!$&'()*+,;="))
        kinds |= HTTP_BYTE_HOST;
    return kinds;
}

static void the_table_of_bytes_is_the_grammar(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++)
        assert_int_equal(http_byte_kinds[byte], kinds_by_grammar((uint8_t)byte));
}

typedef const uint8_t *scan(const uint8_t *at, const uint8_t *end);

/* The scanner stops at the byte when it is not of the kind, at any place of any length, with an
 * unreadable page behind the text. */
static void check_stops(scan *stop_of, unsigned kind, uint8_t filler)
{
    uint8_t text[LONGEST];
    memset(text, filler, sizeof(text));
    struct support_edge edge = support_edge_of(slice_of(text, sizeof(text)));
    uint8_t *bytes = (uint8_t *)edge.map + (edge.bytes.ptr - (const uint8_t *)edge.map);
    const uint8_t *end = bytes + LONGEST;
    for (size_t len = 0; len <= LONGEST; len++)
        assert_ptr_equal(stop_of(end - len, end), end);
    for (size_t at = 0; at < LONGEST; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            bytes[at] = (uint8_t)byte;
            bool stops = (http_byte_kinds[byte] & kind) == 0;
            assert_ptr_equal(stop_of(bytes, end), stops ? bytes + at : end);
        }
        bytes[at] = filler;
    }
    support_edge_free(&edge);
}

static void values_targets_and_names_end_at_the_first_byte_of_another_kind(void **state)
{
    (void)state;
    check_stops(http_scan_value, HTTP_BYTE_VALUE, 'v');
    check_stops(http_scan_value, HTTP_BYTE_VALUE, 0xff);
    check_stops(http_scan_target, HTTP_BYTE_TARGET, '/');
    check_stops(http_scan_name, HTTP_BYTE_TOKEN, 'n');
    check_stops(http_scan_name, HTTP_BYTE_TOKEN, '_');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_of_bytes_is_the_grammar),
        cmocka_unit_test(values_targets_and_names_end_at_the_first_byte_of_another_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
