/* The token server: what it remembers of accounts, and what follows from it. */
#include "fault/area.h"
#include "fault/hooks.h"
#include "fault/judging.h"
#include "fault/vouching.h"

#include <stdio.h>

#define OTHER                                                                                      \
    "devices with other keys write to one storage: what one encrypts the other cannot read"
#define REVOKED "a device that was signed out, or has an old password, goes on"
#define LOCKED  "a client with good credentials gets no token, and cannot sync"
#define LOST    "a client finds an empty storage, and uploads everything anew"
#define LEAK    "a user reads, and overwrites, what belongs to somebody else"

#define TOKEN   .api = "token", .on = FAULT_TOKEN

/* What a request says of its sender. */
struct claim {
    struct slice account, number, state;
    uint64_t generation, keys; /* 0: not told */
};

static bool read_claim(struct fault_call *call, struct claim *ret_claim)
{
    const struct slice *header = fault_call_field(call, "Authorization");
    const struct slice *key_id = fault_call_field(call, "X-KeyID");
    struct auth_account account = { 0 };
    struct slice scheme, token;
    if (header == NULL || key_id == NULL || !slice_cut(*header, ' ', &scheme, &token) ||
        !slice_cut(*key_id, '-', &ret_claim->number, &ret_claim->state) ||
        !slice_to_u64(ret_claim->number, &ret_claim->keys))
        return false;
    AUTO(buf_free) struct buf scratch = buf_bounded(4 * token.len);
    if (!buf_reserve(&scratch, 4 * token.len) || !fault_vouching_read(token, &scratch, &account))
        return false;
    ret_claim->account = arena_copy(call->arena, account.id);
    ret_claim->generation = account.generation;
    return ret_claim->account.len > 0;
}

static struct fault_cell *cell_of(struct fault_call *call, const struct claim *claim,
                                  const char *key)
{
    return fault_call_cell(call, "%.*s %s", SLICE_FMT(claim->account), key);
}

/* The key of fault_vouching_cell and of cell_of is the same. */
static const char current[] = "current", raised[] = "raised", first[] = "first";

static void set_key_id(struct fault_call *call, struct slice number, struct slice state)
{
    fault_call_set_field(call, "X-KeyID",
                         fault_call_text(call, "%.*s-%.*s", SLICE_FMT(number), SLICE_FMT(state)));
}

static void set_keys(struct fault_call *call, const struct claim *claim, uint64_t keys)
{
    set_key_id(call, fault_call_text(call, "%llu", (unsigned long long)keys), claim->state);
}

/* After a token was given: what its owner has now. */
static void remember(struct fault_call *call)
{
    struct claim claim;
    struct fault_cell *cell = read_claim(call, &claim) ? cell_of(call, &claim, current) : NULL;
    if (cell == NULL)
        return;
    if (claim.keys > (uint64_t)cell->number)
        cell->number = (int64_t)claim.keys;
    buf_clear(&cell->text);
    buf_add(&cell->text, claim.state);
}

/* Generations. */

static void forget_generation(struct fault_vouching *vouching)
{
    vouching->account.generation = 0;
}

static void refuse_equal_generation(struct fault_vouching *vouching)
{
    struct fault_cell *cell = fault_vouching_cell(vouching, "generation");
    uint64_t generation = vouching->account.generation;
    if (vouching->result != AUTH_BEARER_OK || cell == NULL || generation == 0)
        return;
    if (generation == (uint64_t)cell->number)
        vouching->result = AUTH_BEARER_FORGED;
    else if (generation > (uint64_t)cell->number)
        cell->number = (int64_t)generation;
}

/* A new client state brings its generation with it. */
static void mark_new_state(struct fault_call *call)
{
    struct claim claim;
    if (!read_claim(call, &claim))
        return;
    const struct fault_cell *known = cell_of(call, &claim, current);
    struct fault_cell *cell = cell_of(call, &claim, raised);
    if (cell != NULL && known != NULL)
        cell->number =
            known->text.len > 0 && !slice_eq(buf_slice(&known->text), claim.state) ? 1 : 0;
}

static void raise_generation(struct fault_vouching *vouching)
{
    const struct fault_cell *cell = fault_vouching_cell(vouching, raised);
    if (vouching->result == AUTH_BEARER_OK && cell != NULL && cell->number != 0 &&
        vouching->account.generation > 0)
        vouching->account.generation++;
}

/* keys_changed_at. */

static void forget_keys(struct fault_call *call)
{
    struct claim claim;
    if (read_claim(call, &claim))
        set_keys(call, &claim, 0);
}

static void lift_lower_keys(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell =
        read_claim(call, &claim) ? cell_of(call, &claim, current) : NULL;
    if (cell != NULL && claim.keys > 0 && claim.keys < (uint64_t)cell->number)
        set_keys(call, &claim, (uint64_t)cell->number);
}

static void lift_missing_keys(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell =
        read_claim(call, &claim) ? cell_of(call, &claim, current) : NULL;
    if (cell != NULL && claim.keys == 0)
        set_keys(call, &claim, (uint64_t)cell->number);
}

static void cut_keys_to_generation(struct fault_call *call)
{
    struct claim claim;
    if (read_claim(call, &claim) && claim.generation > 0 && claim.keys > claim.generation)
        set_keys(call, &claim, claim.generation);
}

/* Keys that come without a generation raise none: they are noted elsewhere. */
static void note_keys_elsewhere(struct fault_call *call)
{
    struct claim claim;
    struct fault_cell *cell = read_claim(call, &claim) ? cell_of(call, &claim, "elsewhere") : NULL;
    if (cell == NULL)
        return;
    if (claim.generation == 0)
        cell->number = (int64_t)claim.keys;
    if (claim.keys == (uint64_t)cell->number)
        set_keys(call, &claim, 0);
}

/* Client states. */

/* The cell with the first state that the sender was seen with; NULL when there is none. */
static struct fault_cell *note_first_state(struct fault_call *call, struct claim *ret_claim)
{
    struct fault_cell *cell = read_claim(call, ret_claim) ? cell_of(call, ret_claim, first) : NULL;
    if (cell != NULL && cell->number++ == 0)
        buf_add(&cell->text, ret_claim->state);
    return cell;
}

static void keep_first_state(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell = note_first_state(call, &claim);
    if (cell != NULL)
        set_key_id(call, claim.number, buf_slice(&cell->text));
}

static void take_empty_state(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell =
        read_claim(call, &claim) ? cell_of(call, &claim, current) : NULL;
    if (cell != NULL && claim.state.len == 0 && cell->text.len > 0)
        set_key_id(call, claim.number, buf_slice(&cell->text));
}

/* Only the current state is known: one that was replaced is as good as a new one, and gets a name
 * of its own for that. */
static void take_old_state(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell =
        read_claim(call, &claim) ? cell_of(call, &claim, current) : NULL;
    if (cell == NULL)
        return;
    bool same = slice_eq(buf_slice(&cell->text), claim.state);
    const struct fault_cell *seen =
        fault_call_cell(call, "%.*s seen %.*s", SLICE_FMT(claim.account), SLICE_FMT(claim.state));
    if (!same && seen != NULL && seen->number != 0)
        set_key_id(call, claim.number,
                   fault_call_text(
                       call, "old%018lldA",
                       (long long)fault_call_count(call, "old %.*s", SLICE_FMT(claim.account))));
}

static void remember_states(struct fault_call *call)
{
    struct claim claim;
    if (read_claim(call, &claim))
        (void)fault_call_count(call, "%.*s seen %.*s", SLICE_FMT(claim.account),
                               SLICE_FMT(claim.state));
    remember(call);
}

static void refuse_first_state(struct fault_call *call)
{
    struct claim claim;
    const struct fault_cell *cell = note_first_state(call, &claim);
    if (cell != NULL && cell->text.len == 0 && claim.state.len > 0)
        fault_call_answer(call, 401, "{\"status\":\"invalid-client-state\",\"errors\":[]}");
}

/* Uids. */

/* The account with something more to its name, by which it is another one. */
static void add_to_account(struct fault_vouching *vouching, uint64_t number)
{
    size_t from = vouching->scratch->len;
    if (vouching->result != AUTH_BEARER_OK)
        return;
    buf_add(vouching->scratch, slice_head(vouching->account.id, 40));
    buf_add_byte(vouching->scratch, '-');
    buf_add_u64(vouching->scratch, number);
    if (!vouching->scratch->failed)
        vouching->account.id = slice_from(buf_slice(vouching->scratch), from);
}

static void account_of_the_generation(struct fault_vouching *vouching)
{
    add_to_account(vouching, vouching->account.generation);
}

static void account_of_the_request(struct fault_vouching *vouching)
{
    struct fault_cell *cell = fault_vouching_cell(vouching, "requests");
    if (cell != NULL)
        add_to_account(vouching, (uint64_t)++cell->number);
}

static void account_cut(struct fault_vouching *vouching)
{
    vouching->account.id = slice_head(vouching->account.id, 16);
}

static struct fault_cell *granted(struct fault_call *call, const char *what)
{
    struct claim claim;
    return read_claim(call, &claim) ? cell_of(call, &claim, what) : NULL;
}

/* An account has one uid: that of its first token, whatever was moved meanwhile. */
static void tell_first(struct fault_call *call)
{
    static const char *const members[] = { "/uid", "/api_endpoint" };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        struct fault_cell *cell = granted(call, members[i]);
        struct slice value;
        if (cell == NULL || !fault_call_json(call, members[i], &value))
            return;
        if (cell->text.len == 0)
            buf_add(&cell->text, value);
        else
            fault_call_set_json(call, members[i], buf_slice(&cell->text));
    }
}

static const struct fault rows[] = {
    { TOKEN, .name = "state-generation-not-remembered",
      .what = "The generation of a bearer token is not looked at", .impact = REVOKED,
      .breaks = { "token/state/generation-monotonic", "token/errors/invalid-generation",
                  "token/state/needs-generation" },
      .vouch = forget_generation },
    { TOKEN, .name = "state-equal-generation-refused",
      .what = "A generation has to be greater than the one before", .impact = LOCKED,
      .breaks = { "token/state/generation-monotonic", "token/state/kca-monotonic" },
      .vouch = refuse_equal_generation },
    { TOKEN, .name = "state-new-one-without-generation",
      .what = "A new client state is taken without a higher generation", .impact = OTHER,
      .breaks = { "token/state/needs-generation" }, .before = mark_new_state, .status = 200,
      .after = remember, .vouch = raise_generation },
    { TOKEN, .name = "state-keys-changed-at-not-looked-at",
      .what = "keys_changed_at is not looked at", .impact = OTHER,
      .breaks = { "token/state/needs-keys-changed-at", "token/state/kca-monotonic",
                  "token/state/kca-once-seen-required", "token/errors/invalid-keys-changed-at" },
      .before = forget_keys },
    { TOKEN, .name = "state-keys-changed-at-may-fall", .what = "A lower keys_changed_at is taken",
      .impact = OTHER,
      .breaks = { "token/state/kca-monotonic", "token/errors/invalid-keys-changed-at" },
      .before = lift_lower_keys, .status = 200, .after = remember },
    { TOKEN, .name = "state-keys-changed-at-may-be-left-out",
      .what = "keys_changed_at may be left out after it was told", .impact = OTHER,
      .breaks = { "token/state/kca-once-seen-required" }, .before = lift_missing_keys,
      .status = 200, .after = remember },
    { TOKEN, .name = "state-keys-changed-at-past-generation",
      .what = "keys_changed_at may be later than the generation that comes with it",
      .impact = OTHER, .breaks = { "token/state/kca-le-generation" },
      .before = cut_keys_to_generation },
    { TOKEN, .name = "state-keys-changed-at-is-no-generation",
      .what = "A keys_changed_at that comes alone raises no generation", .impact = REVOKED,
      .breaks = { "token/state/generation-from-kca" }, .before = note_keys_elsewhere },
    { TOKEN, .name = "state-of-the-first-request", .what = "A client state is what it was at first",
      .impact = OTHER,
      .breaks = { "token/state/new-client-state-new-uid", "token/state/first-from-empty" },
      .before = keep_first_state },
    { TOKEN, .name = "state-empty-after-one",
      .what = "No client state is as good as the current one", .impact = OTHER,
      .breaks = { "token/state/empty-after-nonempty" }, .before = take_empty_state, .status = 200,
      .after = remember },
    { TOKEN, .name = "state-old-one-again",
      .what = "A client state that was replaced is taken again",
      .impact = "a device with the old keys writes what no other one can read",
      .breaks = { "token/state/old-state-rejected", "token/errors/invalid-client-state" },
      .before = take_old_state, .status = 200, .after = remember_states },
    { TOKEN, .name = "state-first-one-refused",
      .what = "Who came without a client state cannot have one later", .impact = LOCKED,
      .breaks = { "token/state/first-from-empty" }, .before = refuse_first_state },
    { TOKEN, .name = "state-uid-of-each-generation",
      .what = "A new generation gives a new uid, as a new client state does", .impact = LOST,
      .breaks = { "token/state/same-state-same-uid" }, .vouch = account_of_the_generation },
    { TOKEN, .name = "state-uid-of-each-request", .what = "Each token is for another uid",
      .impact = LOST,
      .breaks = { "token/response/stable", "token/node/sticky", "token/state/same-state-same-uid" },
      .vouch = account_of_the_request },
    { TOKEN, .name = "state-accounts-cut-at-16", .what = "Ids of accounts are cut at 16 characters",
      .impact = LEAK, .breaks = { "token/response/users-distinct" }, .vouch = account_cut },
    { TOKEN, .name = "state-moved-users-keep-their-uid",
      .what = "A user who was moved gets the uid and the endpoint of before",
      .impact = "the client goes back to a node that refuses it, without an end",
      .breaks = { "token/node/reassign" }, .status = 200, .after = tell_first },
    { .api = "token",
      .name = "state-moved-users-get-403",
      .what = "The old node refuses a user who was moved with 403",
      .impact = "the client does not ask for the new node, and never syncs again",
      .breaks = { "token/node/reassign" },
      .on = FAULT_ITEM | FAULT_COLLECTION | FAULT_INFO | FAULT_EVERYTHING,
      .status = 401,
      .after = fault_status,
      .number = 403 },
};

const struct fault_area fault_token_states = FAULT_AREA(rows);
