/* Authorization headers: attributes are taken away, doubled and moved, and their values changed. */
#include "fuzz/mutate.h"

static struct slice pick_attribute(struct rng *rng)
{
    static const char *const attributes[] = {
        " id=\"aWQ\"",
        " ts=\"1700000000\"",
        " ts=\"18446744073709551616\"",
        " nonce=\"n\"",
        " mac=\"bWFj\"",
        " hash=\"aGFzaA==\"",
        " ext=\"a b\"",
        " ext=\"\"",
        " app=\"x\"",
        " id=unquoted",
        "",
        " ID=\"case\"",
    };
    return MUTATE_PICK(attributes, rng);
}

/* What stands between the quotes is changed, or everything when there are none. */
static void change(struct slice attribute, struct rng *rng, struct buf *out)
{
    struct slice name, value;
    if (!slice_cut(attribute, '"', &name, &value) || value.len == 0) {
        mutate_bytes(attribute, rng, out);
        return;
    }
    buf_add(out, slice_head(attribute, name.len + 1));
    mutate_bytes(slice_head(value, value.len - 1), rng, out);
    buf_add(out, slice_from(value, value.len - 1));
}

void mutate_input(struct slice input, struct rng *rng, struct buf *out)
{
    struct mutate_parts attributes = { .count = 0 };
    struct buf changed = buf_bounded(UINT16_MAX);
    size_t blank = slice_find(input, ' ');
    struct slice scheme = slice_head(input, blank), rest = slice_from(input, blank), attribute;
    for (bool more = true; more;) {
        more = slice_cut(rest, ',', &attribute, &rest);
        if (!mutate_parts_add(&attributes, attribute))
            return;
    }
    size_t at = rng_below(rng, attributes.count);
    if (rng_below(rng, 2) == 0)
        mutate_parts_shuffle(&attributes, rng);
    else if (rng_below(rng, 2) == 0)
        mutate_parts_insert(&attributes, at, pick_attribute(rng));
    else {
        change(attributes.at[at], rng, &changed);
        attributes.at[at] = buf_slice(&changed);
    }
    buf_add(out, rng_below(rng, 16) == 0 ? SLICE("hAWK") : scheme);
    for (size_t i = 0; i < attributes.count; i++) {
        if (i > 0)
            buf_add_byte(out, ',');
        buf_add(out, attributes.at[i]);
    }
    buf_free(&changed);
}
