#include "auth/hawk.h"

#include "tests/support/support.h"
#include "tests/vectors.h"

static struct auth_hawk_input input_of(const json_t *vector)
{
    return (struct auth_hawk_input){
        .ts = vectors_text(vector, "ts"),
        .nonce = vectors_text(vector, "nonce"),
        .method = vectors_text(vector, "method"),
        .target = vectors_text(vector, "target"),
        .host = vectors_text(vector, "host"),
        .port = (uint16_t)json_integer_value(json_object_get(vector, "port")),
        .hash = vectors_text(vector, "hash"),
        .ext = vectors_text(vector, "ext"),
    };
}

/* Parsing the header gives back what was signed. */
static void check_header(const json_t *vector, const struct auth_hawk_input *input)
{
    struct support_edge header = support_edge_of(vectors_text(vector, "header"));
    struct buf signed_header = buf_bounded(LIMIT_FIELD_VALUE);
    struct auth_hawk hawk;
    assert_true(auth_hawk_sign(vectors_text(vector, "id"), vectors_text(vector, "key"), input,
                               &signed_header));
    assert_true(slice_eq(buf_slice(&signed_header), header.bytes));
    assert_true(auth_hawk_parse(header.bytes, &hawk));
    assert_true(slice_eq(hawk.id, vectors_text(vector, "id")));
    assert_true(slice_eq(hawk.ts, input->ts));
    assert_true(slice_eq(hawk.nonce, input->nonce));
    assert_true(slice_eq(hawk.mac, vectors_text(vector, "mac")));
    assert_true(slice_eq(hawk.hash, input->hash));
    assert_int_equal(hawk.has_hash, input->hash.len > 0);
    assert_false(hawk.has_ext);
    buf_free(&signed_header);
    support_edge_free(&header);
}

static void check_request(const json_t *vector)
{
    const struct auth_hawk_input input = input_of(vector);
    struct buf text = buf_bounded(LIMIT_HEAD);
    char mac[AUTH_MAC_TEXT];
    char hash[AUTH_MAC_TEXT];
    assert_true(auth_hawk_normalise(&input, &text));
    assert_true(slice_eq(buf_slice(&text), vectors_text(vector, "normalised")));
    assert_true(auth_hawk_mac(vectors_text(vector, "key"), &input, mac));
    assert_true(slice_eq(slice_text(mac), vectors_text(vector, "mac")));
    if (input.hash.len > 0) {
        assert_true(auth_hawk_payload_hash(vectors_text(vector, "content_type"),
                                           vectors_text(vector, "body"), hash));
        assert_true(slice_eq(slice_text(hash), input.hash));
    }
    if (json_object_get(vector, "header") != NULL)
        check_header(vector, &input);
    buf_free(&text);
}

static void requests_give_the_known_answers(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/hawk.json");
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "requests"), index, vector)
    {
        check_request(vector);
    }
    assert_int_equal(index, 10);
    json_decref(file);
}

static const json_t *request_named(const json_t *file, struct slice name)
{
    size_t index;
    json_t *vector;
    json_array_foreach(json_object_get(file, "requests"), index, vector)
    {
        if (slice_eq(vectors_text(vector, "name"), name))
            return vector;
    }
    return NULL;
}

static void common_mistakes_give_another_mac(void **state)
{
    (void)state;
    json_t *file = vectors_load("fixtures/vectors/hawk.json");
    size_t index;
    json_t *mistake;
    json_array_foreach(json_object_get(file, "mistakes"), index, mistake)
    {
        const json_t *vector = request_named(file, vectors_text(mistake, "of"));
        const struct auth_hawk_input input = input_of(vector);
        char mac[AUTH_MAC_TEXT];
        assert_true(auth_hawk_mac(vectors_text(vector, "key"), &input, mac));
        assert_false(auth_equal(slice_text(mac), vectors_text(mistake, "mac")));
    }
    assert_int_equal(index, 4);
    json_decref(file);
}

static void media_type_counts_without_case_blanks_and_parameters(void **state)
{
    (void)state;
    char plain[AUTH_MAC_TEXT];
    char decorated[AUTH_MAC_TEXT];
    assert_true(auth_hawk_payload_hash(SLICE("text/plain"), SLICE("x"), plain));
    assert_true(
        auth_hawk_payload_hash(SLICE(" TEXT/Plain ; charset=utf-8"), SLICE("x"), decorated));
    assert_string_equal(plain, decorated);
    assert_true(auth_hawk_payload_hash(SLICE("text/plai"), SLICE("x"), decorated));
    assert_string_not_equal(plain, decorated);
}

static void headers_are_read_strictly(void **state)
{
    (void)state;
    static const struct row {
        const char *header;
        bool ok;
    } rows[] = {
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", true },
        { "hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", true },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\" ", true },
        { "Hawk  mac=\"m\",nonce=\"n\" ,\tts=\"1\",id=\"i\"", true },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", ext=\"\", hash=\"\"", true },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", ext=\"a "
          "b!#$%&'()*+,-./:;<=>?@[]^`{|}~\"",
          true },
        { "", false },
        { "Hawk", false },
        { "Hawk ", false },
        { "Basic id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawkid=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\"", false },
        { "Hawk id=\"\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", id=\"i\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", nonce=\"n\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", app=\"a\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\",", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\" mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\",, nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m", false },
        { "Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=m", false },
        { "Hawk id='i', ts='1', nonce='n', mac='m'", false },
        { "Hawk id =\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk ID=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"1.5\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"-1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\", ts=\"18446744073709551616\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\\\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"i\tj\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
        { "Hawk id=\"\xC3\xA9\", ts=\"1\", nonce=\"n\", mac=\"m\"", false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct support_edge header = support_edge_of(slice_text(rows[i].header));
        struct auth_hawk hawk;
        if (auth_hawk_parse(header.bytes, &hawk) != rows[i].ok)
            fail_msg("%s", rows[i].header);
        support_edge_free(&header);
    }
}

static void an_empty_ext_is_there(void **state)
{
    (void)state;
    struct auth_hawk hawk;
    assert_true(
        auth_hawk_parse(SLICE("Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", ext=\"\""), &hawk));
    assert_true(hawk.has_ext);
    assert_false(hawk.has_hash);
}

static void every_letter_of_method_and_host_has_its_case(void **state)
{
    (void)state;
    const struct auth_hawk_input input = { .ts = SLICE("1"),
                                           .nonce = SLICE("n"),
                                           .method = SLICE("`az{AZ"),
                                           .target = SLICE("/"),
                                           .host = SLICE("@AZ[az"),
                                           .port = 1 };
    struct buf text = buf_bounded(256);
    assert_true(auth_hawk_normalise(&input, &text));
    assert_slice(buf_slice(&text), "hawk.1.header\n1\nn\n`AZ{AZ\n/\n@az[az\n1\n\n\n");
    buf_free(&text);
}

/* Any of them may be by far the longest. */
static void a_long_part_of_a_request_is_signed(void **state)
{
    (void)state;
    static const size_t offsets[] = {
        offsetof(struct auth_hawk_input, ts),     offsetof(struct auth_hawk_input, nonce),
        offsetof(struct auth_hawk_input, method), offsetof(struct auth_hawk_input, target),
        offsetof(struct auth_hawk_input, host),   offsetof(struct auth_hawk_input, hash),
        offsetof(struct auth_hawk_input, ext),
    };
    static uint8_t bytes[500];
    const struct slice text = slice_of(bytes, sizeof(bytes));
    memset(bytes, 'x', sizeof(bytes));
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        struct auth_hawk_input input = { .port = 443 };
        char mac[AUTH_MAC_TEXT];
        memcpy((char *)&input + offsets[i], &text, sizeof(text));
        assert_true(auth_hawk_mac(SLICE("key"), &input, mac));
    }
}

static void no_start_of_a_header_is_one_but_where_an_attribute_ends(void **state)
{
    (void)state;
    const struct slice whole = SLICE("Hawk id=\"i\", ts=\"1\", nonce=\"n\", mac=\"m\", ext=\"e\"");
    const size_t shortest = whole.len - (sizeof(", ext=\"e\"") - 1);
    for (size_t len = 0; len <= whole.len; len++) {
        struct support_edge header = support_edge_of(slice_head(whole, len));
        struct auth_hawk hawk;
        assert_int_equal(auth_hawk_parse(header.bytes, &hawk), len == whole.len || len == shortest);
        support_edge_free(&header);
    }
}

static void attributes_are_bounded(void **state)
{
    (void)state;
    for (size_t len = LIMIT_NONCE; len <= LIMIT_NONCE + 1; len++) {
        struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
        struct auth_hawk hawk;
        buf_add_text(&header, "Hawk id=\"i\", ts=\"1\", mac=\"m\", nonce=\"");
        for (size_t i = 0; i < len; i++)
            buf_add_byte(&header, 'n');
        buf_add_byte(&header, '"');
        assert_int_equal(auth_hawk_parse(buf_slice(&header), &hawk), len == LIMIT_NONCE);
        buf_free(&header);
    }
}

static void signing_puts_nothing_into_a_header_that_ends_it(void **state)
{
    (void)state;
    static const char *const bad[] = { "a\"b", "a\\b", "a\r\nX: y", "\x7f" };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        const struct auth_hawk_input input = { .ts = SLICE("1"),
                                               .nonce = slice_text(bad[i]),
                                               .method = SLICE("GET"),
                                               .target = SLICE("/"),
                                               .host = SLICE("h"),
                                               .port = 80 };
        struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
        assert_false(auth_hawk_sign(SLICE("id"), SLICE("key"), &input, &header));
        assert_int_equal(header.len, 0);
        buf_free(&header);
    }
}

static void sign_once(void *context)
{
    (void)context;
    const struct auth_hawk_input input = { .ts = SLICE("1"), .nonce = SLICE("n"), .port = 80 };
    struct buf header = buf_bounded(LIMIT_FIELD_VALUE);
    char hash[AUTH_MAC_TEXT];
    (void)!auth_hawk_sign(SLICE("id"), SLICE("key"), &input, &header);
    (void)!auth_hawk_payload_hash(SLICE("text/plain"), SLICE("x"), hash);
    buf_free(&header);
}

static void signing_survives_without_memory(void **state)
{
    (void)state;
    support_sweep_allocations(sign_once, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_give_the_known_answers),
        cmocka_unit_test(common_mistakes_give_another_mac),
        cmocka_unit_test(media_type_counts_without_case_blanks_and_parameters),
        cmocka_unit_test(headers_are_read_strictly),
        cmocka_unit_test(an_empty_ext_is_there),
        cmocka_unit_test(every_letter_of_method_and_host_has_its_case),
        cmocka_unit_test(a_long_part_of_a_request_is_signed),
        cmocka_unit_test(no_start_of_a_header_is_one_but_where_an_attribute_ends),
        cmocka_unit_test(attributes_are_bounded),
        cmocka_unit_test(signing_puts_nothing_into_a_header_that_ends_it),
        cmocka_unit_test(signing_survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
