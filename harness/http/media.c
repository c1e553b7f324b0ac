#include "http/media.h"

#include "http/scan.h"

/* One element of an Accept value. */
struct range {
    struct slice type, subtype; /* "*" for any */
    unsigned q;                 /* in thousandths */
};

/* How closely a range names an offer. */
enum { MATCHES_NOT, MATCHES_ANY, MATCHES_TYPE, MATCHES_ALL };

struct slice http_media_type(struct slice content_type)
{
    return slice_trim(slice_head(content_type, slice_find(content_type, ';')));
}

/* Cuts the text up to the next ${at} that does not stand in a quoted string.  False at the end. */
static bool cut_unquoted(struct slice *text, uint8_t at, struct slice *ret_part)
{
    if (text->ptr == NULL)
        return false;
    bool quoted = false;
    size_t i = 0;
    for (; i < text->len && (quoted || text->ptr[i] != at); i++) {
        if (text->ptr[i] == '"')
            quoted = !quoted;
        else if (quoted && text->ptr[i] == '\\' && i + 1 < text->len)
            i++;
    }
    *ret_part = slice_trim(slice_head(*text, i));
    *text = i < text->len ? slice_from(*text, i + 1) : (struct slice){ 0 };
    return true;
}

/* qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */
static bool parse_q(struct slice text, unsigned *ret_q)
{
    if (text.len == 0 || text.len > 5 || text.ptr[0] < '0' || text.ptr[0] > '1')
        return false;
    if (text.len > 1 && text.ptr[1] != '.')
        return false;
    unsigned q = (unsigned)(text.ptr[0] - '0') * 1000;
    unsigned weight = 100;
    for (size_t i = 2; i < text.len; i++, weight /= 10) {
        if (!http_byte_is(text.ptr[i], HTTP_BYTE_DIGIT))
            return false;
        q += (unsigned)(text.ptr[i] - '0') * weight;
    }
    if (q > 1000)
        return false;
    *ret_q = q;
    return true;
}

/* Parameters other than q are let through and do not count. */
static bool parse_range(struct slice element, struct range *ret_range)
{
    struct slice part;
    ret_range->q = 1000;
    if (!cut_unquoted(&element, ';', &part) ||
        !slice_cut(part, '/', &ret_range->type, &ret_range->subtype))
        return false;
    if (!http_is_token(ret_range->type) || !http_is_token(ret_range->subtype))
        return false;
    if (slice_is(ret_range->type, "*") && !slice_is(ret_range->subtype, "*"))
        return false;
    while (cut_unquoted(&element, ';', &part)) {
        struct slice name, value;
        if (slice_cut(part, '=', &name, &value) && slice_eq_nocase(name, SLICE("q")) &&
            !parse_q(value, &ret_range->q))
            return false;
    }
    return true;
}

static int match(const struct range *range, struct slice offer)
{
    struct slice type, subtype;
    slice_cut(offer, '/', &type, &subtype);
    if (slice_is(range->type, "*"))
        return MATCHES_ANY;
    if (!slice_eq_nocase(range->type, type))
        return MATCHES_NOT;
    if (slice_is(range->subtype, "*"))
        return MATCHES_TYPE;
    return slice_eq_nocase(range->subtype, subtype) ? MATCHES_ALL : MATCHES_NOT;
}

/* How much the offer is wanted: its q by the closest range, then that closeness; 0: not at all. */
static unsigned rank(struct slice accept, struct slice offer)
{
    int closest = MATCHES_NOT;
    unsigned q = 0;
    struct slice element;
    while (cut_unquoted(&accept, ',', &element)) {
        struct range range;
        if (!parse_range(element, &range))
            continue;
        int closeness = match(&range, offer);
        if (closeness > closest || (closeness == closest && range.q > q)) {
            closest = closeness;
            q = range.q;
        }
    }
    return closest == MATCHES_NOT || q == 0 ? 0 : q * (MATCHES_ALL + 1) + (unsigned)closest;
}

size_t http_media_choose(struct slice accept, const char *const *offers, size_t offer_count)
{
    if (slice_trim(accept).len == 0)
        return 0;
    size_t best = offer_count;
    unsigned best_rank = 0;
    for (size_t i = 0; i < offer_count; i++) {
        unsigned here = rank(accept, slice_text(offers[i]));
        if (here > best_rank) {
            best = i;
            best_rank = here;
        }
    }
    return best;
}
