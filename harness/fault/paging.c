/* Pages of a collection. */
#include "fault/area.h"
#include "fault/hooks.h"

#define TWICE   "a client downloads records that it has, as if they were new"
#define MISSING "records are missing on the device, and nothing tells it"

/* Pages of the order `text` all begin at the start. */
static void no_offset_in_order(struct fault_call *call)
{
    struct slice sort;
    bool ordered = fault_call_parameter(call, "sort", &sort);
    if (ordered ? slice_is(sort, call->fault->text) : call->fault->text[0] == '\0')
        fault_call_drop_parameter(call, "offset");
}

static void no_offset_without_limit(struct fault_call *call)
{
    if (!fault_call_has(call, "limit"))
        fault_call_drop_parameter(call, "offset");
}

/* The last record of a page that is not the last one is neither on it nor on the next. */
static void lose_border(struct fault_call *call)
{
    struct slice *elements;
    struct slice next;
    size_t count = fault_call_elements(call, &elements);
    if (count > 0 && http_reply_get(call->reply, "X-Weave-Next-Offset", &next))
        fault_call_set_elements(call, elements, count - 1);
}

/* ... or on both. */
static void repeat_border(struct fault_call *call)
{
    struct slice *elements;
    size_t count = fault_call_elements(call, &elements);
    struct fault_cell *cell =
        fault_call_cell(call, "%.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(call->collection));
    if (cell == NULL || count == 0)
        return;
    struct slice before = arena_copy(call->arena, buf_slice(&cell->text));
    buf_clear(&cell->text);
    buf_add(&cell->text, elements[count - 1]);
    if (!fault_call_has(call, "offset") || before.len == 0)
        return;
    struct slice *all = arena_alloc(call->arena, count + 1, sizeof(*all));
    if (all == NULL)
        return;
    all[0] = before;
    memcpy(all + 1, elements, count * sizeof(*all));
    fault_call_set_elements(call, all, count + 1);
}

/* Nothing comes behind the second page. */
static void end_after_two(struct fault_call *call)
{
    int64_t pages =
        fault_call_count(call, "%.*s %.*s", SLICE_FMT(call->user), SLICE_FMT(call->collection));
    if (fault_call_has(call, "offset") && pages > 2)
        http_reply_unset(call->reply, "X-Weave-Next-Offset");
}

static void offset_always(struct fault_call *call)
{
    struct slice next;
    bool limited = fault_call_has(call, "limit");
    if (limited == (call->fault->number == 1) &&
        !http_reply_get(call->reply, "X-Weave-Next-Offset", &next))
        (void)http_reply_set_text(call->reply, "X-Weave-Next-Offset", "AAAA");
}

static void add_colon(struct fault_call *call)
{
    struct slice next;
    if (http_reply_get(call->reply, "X-Weave-Next-Offset", &next))
        (void)http_reply_set(call->reply, "X-Weave-Next-Offset",
                             fault_call_text(call, "%.*s:1", SLICE_FMT(next)));
}

static void cut_colon(struct fault_call *call)
{
    struct slice offset;
    if (!fault_call_parameter(call, "offset", &offset))
        return;
    if (slice_ends(offset, SLICE("%3A1")) || slice_ends(offset, SLICE("%3a1")))
        fault_call_set_parameter(call, "offset", slice_head(offset, offset.len - 4));
    else if (slice_ends(offset, SLICE(":1")))
        fault_call_set_parameter(call, "offset", slice_head(offset, offset.len - 2));
}

static const struct fault rows[] = {
    { .name = "paging-newer-dropped-on-page-two",
      .what = "newer is looked at for the first page only",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-resume", "1.5/get/offset-params-constant" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "newer",
      .other = "offset" },
    { .name = "paging-older-dropped-on-page-two",
      .what = "older is looked at for the first page only",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-params-constant" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "older",
      .other = "offset" },
    { .name = "paging-full-dropped-on-page-two",
      .what = "full is looked at for the first page only",
      .impact = "a client gets ids where it expects records",
      .breaks = { "1.5/get/offset-resume", "1.5/get/offset-params-constant",
                  "1.5/get/offset-all-sorts" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_beside,
      .text = "full",
      .other = "offset" },
    { .name = "paging-starts-anew-by-newest",
      .what = "offset does not count with sort=newest",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_offset_in_order,
      .text = "newest" },
    { .name = "paging-starts-anew-by-oldest",
      .what = "offset does not count with sort=oldest",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_offset_in_order,
      .text = "oldest" },
    { .name = "paging-starts-anew-by-index",
      .what = "offset does not count with sort=index",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_offset_in_order,
      .text = "index" },
    { .name = "paging-starts-anew-without-sort",
      .what = "offset does not count without sort",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_offset_in_order,
      .text = "" },
    { .name = "paging-starts-anew-without-limit",
      .what = "offset does not count without limit",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-no-limit" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = no_offset_without_limit },
    { .name = "paging-loses-the-border",
      .what = "The last record of each page but the last one is lost",
      .impact = MISSING,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume", "1.5/get/limit" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = lose_border },
    { .name = "paging-repeats-the-border",
      .what = "The last record of each page is the first one of the next",
      .impact = TWICE,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume", "1.5/get/offset-no-limit" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = repeat_border },
    { .name = "paging-ends-after-two",
      .what = "Nothing comes behind the second page",
      .impact = MISSING,
      .breaks = { "1.5/get/offset-all-sorts", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = end_after_two },
    { .name = "paging-no-next-offset",
      .what = "X-Weave-Next-Offset is never sent",
      .impact = MISSING,
      .breaks = { "1.5/get/next-offset-present", "1.5/get/offset-resume" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = fault_unset,
      .text = "X-Weave-Next-Offset" },
    { .name = "paging-next-offset-on-the-last-page",
      .what = "X-Weave-Next-Offset is sent with every limit, also when all is delivered",
      .impact = "a client asks without an end",
      .breaks = { "1.5/get/limit-ge-total" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = offset_always,
      .number = 1 },
    { .name = "paging-next-offset-without-limit",
      .what = "X-Weave-Next-Offset is sent without a limit",
      .impact = "a client that got everything asks again",
      .breaks = { "1.5/get/next-offset-only-with-limit" },
      .warned = "a deployed server has a limit of its own",
      .on = FAULT_GET | FAULT_COLLECTION,
      .status = 200,
      .after = offset_always },
    { .name = "paging-next-offset-has-a-colon",
      .what = "X-Weave-Next-Offset holds a colon, which base64url has not",
      .impact = "a client that does not encode it asks for something else",
      .breaks = { "1.5/get/next-offset-charset" },
      .warned = "deployed servers have one in it",
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = cut_colon,
      .after = add_colon },
    { .name = "paging-wrong-offset-is-500",
      .what = "An offset that the server has not made ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/offset-invalid" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .after = fault_refusal_is_500,
      .text = "offset" },
    { .name = "limit-is-ignored",
      .what = "limit is not looked at",
      .impact = "a small device gets more than it can hold",
      .breaks = { "1.5/get/limit", "1.5/get/next-offset-present" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_parameter,
      .text = "limit" },
    { .name = "limit-wrong-is-ignored",
      .what = "A limit that is negative or no number is ignored",
      .impact = "a small device gets more than it can hold",
      .breaks = { "1.5/get/limit-positive" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_drop_wrong_time,
      .text = "limit" },
    { .name = "limit-zero-is-500",
      .what = "A limit of 0 ends in a 500",
      .impact = "a client tries again without an end",
      .breaks = { "1.5/get/limit-zero" },
      .on = FAULT_GET | FAULT_COLLECTION,
      .before = fault_value_is_500,
      .text = "limit",
      .other = "0" },
};

const struct fault_area fault_paging = FAULT_AREA(rows);
