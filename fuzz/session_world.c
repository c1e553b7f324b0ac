#include "fuzz/session_world.h"

#include "base/alloc.h"
#include "fuzz/check.h"
#include "record/scan.h"

enum { TARGET_ROOM = 128 * 1024, BODY_ROOM = 256 * 1024, VALUE_ROOM = 1024, RECORDS_MAX = 31 };

static enum auth_result believe(struct auth_scheme *scheme, const struct http_request *request,
                                const struct auth_origin *origin, int64_t now,
                                struct auth_identity *ret_identity)
{
    struct session_world *world = CONTAINER_OF(scheme, struct session_world, auth);
    (void)request;
    (void)origin;
    (void)now;
    ret_identity->uid = session_world_uid(world, world->asker);
    return AUTH_OK;
}

static const struct auth_scheme_ops believing = { .name = "Test", .check = believe };

static struct core_config config_of(uint8_t choice)
{
    struct core_config config = core_config_default();
    config.quota = choice & CLI_SESSION_QUOTA ? 4096 : 0;
    config.quota_per_collection = choice & CLI_SESSION_CROWDED ? 1024 : 0;
    config.batches = (choice & CLI_SESSION_PLAIN) == 0;
    config.cors = (choice & CLI_SESSION_CORS) != 0;
    if (choice & CLI_SESSION_PREFIX)
        config.public_url = SLICE("https://sync.example.com:8443/prefix");
    if (choice & CLI_SESSION_TIGHT)
        config.limits = (struct core_limits){ .max_request_bytes = 4096,
                                              .max_post_records = 6,
                                              .max_post_bytes = 1024,
                                              .max_total_records = 10,
                                              .max_total_bytes = 2048,
                                              .max_record_payload_bytes = 200,
                                              .max_ids = 5 };
    return config;
}

void session_world_open(struct session_world *world, struct store *store, uint64_t base,
                        uint8_t config)
{
    *world = (struct session_world){ .store = store,
                                     .base = base,
                                     .clock = clock_virtual_at(CLI_SESSION_START),
                                     .rng = rng_seeded_with(config),
                                     .auth.ops = &believing,
                                     .target = buf_bounded(TARGET_ROOM),
                                     .body = buf_bounded(BODY_ROOM),
                                     .fails_at = UINT64_MAX };
    for (size_t i = 0; i < SESSION_FIELDS; i++)
        world->values[i] = buf_bounded(VALUE_ROOM);
    http_reply_init(&world->reply);
    const struct core_config chosen = config_of(config);
    const struct core_env env = { .store = store,
                                  .auth = &world->auth,
                                  .named = &world->auth,
                                  .clock = &world->clock.base,
                                  .rng = &world->rng.base };
    world->core = core_new(&chosen, &env);
    FUZZ_CHECK(world->core != NULL);
}

void session_world_close(struct session_world *world)
{
    core_free(world->core);
    http_reply_free(&world->reply);
    buf_free(&world->target);
    buf_free(&world->body);
    for (size_t i = 0; i < SESSION_FIELDS; i++)
        buf_free(&world->values[i]);
}

/* The field's value, still empty; NULL when there is room for no more fields. */
static struct buf *add_field(struct session_world *world, const char *name)
{
    if (world->field_count == SESSION_FIELDS)
        return NULL;
    struct buf *value = &world->values[world->field_count];
    world->fields[world->field_count++].name = slice_text(name);
    buf_clear(value);
    return value;
}

/* "/1.5/<uid>", "/1.1/u<n>" or "/1.0/u<n>", behind the public prefix where that is in force. */
static void begin_target(struct session_world *world)
{
    static const char *const versions[] = { "/1.5/", "/1.5/", "/1.1/u", "/1.0/u" };
    buf_clear(&world->target);
    buf_add_text(&world->target, versions[world->version]);
    buf_add_u64(&world->target, session_world_uid(world, world->asker));
}

static void begin_request(struct session_world *world, enum http_method method, unsigned who,
                          unsigned version)
{
    world->asker = who;
    world->version = version;
    world->endpoint = true;
    world->request = (struct http_request){ .method = method,
                                            .method_text = slice_text(http_method_name(method)),
                                            .minor = 1 };
    buf_clear(&world->body);
    begin_target(world);
}

static void add_collection(struct session_world *world, uint8_t what)
{
    static const char *const names[] = {
        "bookmarks", "tabs", "a",   "crypto", "abcdefghijklmnopqrstuvwxyz012345",
        "A.b-c_d",   "b",    "c%21"
    };
    buf_add_text(&world->target, "/storage/");
    buf_add_text(&world->target, names[what % COUNT_OF(names)]);
}

static void add_id(struct buf *out, uint8_t id)
{
    if (id % 32 == 31)
        buf_add_text(out, "an-id-of-64-characters-abcdefghijklmnopqrstuvwxyz0123456789-abcd");
    else
        buf_add_format(out, "id%u", id % 32);
}

/* The members of a record, all but the id. */
static void add_record(struct buf *out, uint8_t spec)
{
    static const char *const payloads[] = {
        "",
        ",\"payload\":null",
        ",\"payload\":\"\"",
        ",\"payload\":\"x\"",
        ",\"payload\":\"\\u00e9\\ud83d\\ude00 twenty\"",
        ",\"payload\":7",
        ",\"payload\":\"0123456789012345678901234567890123456789012345678901234567890123\"",
        NULL,
    };
    static const char *const indexes[] = { "", ",\"sortindex\":null", ",\"sortindex\":-7",
                                           ",\"sortindex\":42" };
    static const char *const ttls[] = {
        "",           ",\"ttl\":null",  ",\"ttl\":1",         ",\"ttl\":60",
        ",\"ttl\":0", ",\"ttl\":3600.", ",\"ttl\":999999999", ",\"unknown\":[{}]"
    };
    const char *payload = payloads[spec % 8];
    if (payload != NULL)
        buf_add_text(out, payload);
    else
        buf_add_format(out, ",\"payload\":\"%0600d\"", spec);
    buf_add_text(out, indexes[spec / 8 % 4]);
    buf_add_text(out, ttls[spec / 32]);
}

/* The upper five bits of ${step->what} say how many records. */
static void add_records(struct session_world *world, const struct session_step *step)
{
    buf_add_byte(&world->body, '[');
    for (unsigned i = 0; i < step->what / 8U; i++) {
        buf_add_text(&world->body, i > 0 ? ",{\"id\":\"" : "{\"id\":\"");
        add_id(&world->body, (uint8_t)(step->id + i));
        buf_add_byte(&world->body, '"');
        add_record(&world->body, (uint8_t)(step->more + i * (step->id / 32U)));
        buf_add_byte(&world->body, '}');
    }
    buf_add_byte(&world->body, ']');
}

static void type_body(struct session_world *world)
{
    struct buf *value = add_field(world, "Content-Type");
    if (value != NULL)
        buf_add_text(value, "application/json");
}

static void make_put(struct session_world *world, const struct session_step *step)
{
    begin_request(world, HTTP_METHOD_PUT, step->who, step->version);
    add_collection(world, step->what);
    buf_add_byte(&world->target, '/');
    add_id(&world->target, step->id);
    buf_add_text(&world->body, "{\"id\":\"");
    add_id(&world->body, step->id);
    buf_add_byte(&world->body, '"');
    add_record(&world->body, step->more);
    buf_add_byte(&world->body, '}');
    type_body(world);
}

static void make_post(struct session_world *world, const struct session_step *step)
{
    begin_request(world, HTTP_METHOD_POST, step->who, step->version);
    add_collection(world, step->what);
    add_records(world, step);
    type_body(world);
}

/* The upper bits of the id: begin, go on, commit, or all at once. */
static void make_batch(struct session_world *world, const struct session_step *step)
{
    static const char *const queries[] = { "?batch=true",
                                           "?batch=", "?batch=", "?batch=true&commit=true" };
    make_post(world, step);
    unsigned how = step->id / 64;
    buf_add_text(&world->target, queries[how]);
    if (how == 1 || how == 2)
        buf_add_text(&world->target, world->users[step->who].batch);
    if (how == 2)
        buf_add_text(&world->target, "&commit=true");
}

/* A time about the last one that the user has seen. */
static void add_time(struct session_world *world, const struct session_step *step, struct buf *out)
{
    char text[STAMP_TEXT_MAX];
    int64_t time = world->users[step->who].seen + (int8_t)step->more;
    stamp_text(time > 0 ? time : 0, text);
    buf_add_text(out, text);
}

static void make_list(struct session_world *world, const struct session_step *step)
{
    static const char *const sorts[] = { "", "&sort=newest", "&sort=oldest", "&sort=index" };
    begin_request(world, HTTP_METHOD_GET, step->who, step->version);
    add_collection(world, step->what);
    buf_add_text(&world->target, step->what & 8 ? "?full=1" : "?");
    buf_add_text(&world->target, sorts[step->what / 16 % 4]);
    if (step->id % 32 < 16)
        buf_add_format(&world->target, "&limit=%u", step->id % 16);
    if (step->what & 64 && world->users[step->who].offset[0] != '\0')
        buf_add_format(&world->target, "&offset=%s", world->users[step->who].offset);
    if (step->what & 128) {
        buf_add_text(&world->target, step->id & 32 ? "&newer=" : "&older=");
        add_time(world, step, &world->target);
    }
    if (step->id & 64)
        buf_add_format(&world->target, "&ids=id%u,id%u,id3", step->more % 32, step->more / 32);
    struct buf *accept = step->id & 128 ? add_field(world, "Accept") : NULL;
    if (accept != NULL)
        buf_add_text(accept, step->more & 1 ? "application/newlines" : "application/whoisi");
}

static void make_get(struct session_world *world, const struct session_step *step)
{
    bool deletes = step->kind == CLI_SESSION_DELETE;
    begin_request(world, deletes ? HTTP_METHOD_DELETE : HTTP_METHOD_GET, step->who, step->version);
    add_collection(world, step->what);
    buf_add_byte(&world->target, '/');
    add_id(&world->target, step->id);
}

static void make_clear(struct session_world *world, const struct session_step *step)
{
    begin_request(world, HTTP_METHOD_DELETE, step->who, step->version);
    if (step->kind == CLI_SESSION_WIPE) {
        buf_add_text(&world->target, step->what & 1 ? "/storage" : "");
        struct buf *confirm = step->what & 2 ? add_field(world, "X-Confirm-Delete") : NULL;
        if (confirm != NULL)
            buf_add_text(confirm, "1");
        return;
    }
    add_collection(world, step->what);
    if (step->what & 8)
        buf_add_format(&world->target, "?ids=id%u,id%u", step->id % 32, step->more % 32);
}

static void make_info(struct session_world *world, const struct session_step *step)
{
    static const char *const paths[] = { "/info/collections",
                                         "/info/collection_counts",
                                         "/info/collection_usage",
                                         "/info/quota",
                                         "/info/configuration",
                                         "/info/nothing",
                                         "/storage",
                                         "" };
    begin_request(world, HTTP_METHOD_GET, step->who, step->version);
    buf_add_text(&world->target, paths[step->what % COUNT_OF(paths)]);
}

static void make_text(struct session_world *world, const struct session_step *step)
{
    const struct session_user *user = &world->users[step->who];
    enum http_method method = step->what % (HTTP_METHOD_OTHER + 1);
    begin_request(world, method, step->who, step->version);
    if (method == HTTP_METHOD_OTHER)
        world->request.method_text = SLICE("MOVE");
    struct slice target = step->target;
    if (slice_starts(target, SLICE("//"))) {
        world->endpoint = false;
        buf_clear(&world->target);
        target = slice_from(target, 1);
    }
    for (size_t i = 0; i < target.len; i++) {
        if (target.ptr[i] == CLI_SESSION_BATCH_ID)
            buf_add_text(&world->target, user->batch);
        else if (target.ptr[i] == CLI_SESSION_OFFSET)
            buf_add_text(&world->target, user->offset);
        else
            buf_add_byte(&world->target, target.ptr[i]);
    }
    buf_add(&world->body, step->body);
}

static void note_field(struct session_world *world, const struct session_step *step)
{
    struct buf *value =
        add_field(world, cli_session_fields[step->what % COUNT_OF(cli_session_fields)]);
    if (value != NULL)
        buf_add(value, step->value);
}

static void note_condition(struct session_world *world, const struct session_step *step)
{
    struct buf *value =
        add_field(world, step->what & 1 ? "X-If-Modified-Since" : "X-If-Unmodified-Since");
    if (value != NULL)
        add_time(world, step, value);
}

static void operate(struct session_world *world, const struct session_step *step)
{
    struct core_operations *operations = core_operations_of(world->core);
    operations->maintenance = step->what % 8 == 7 ? 60 : 0;
    operations->backoff = step->id % 4 == 3 ? 30 : 0;
    operations->decommissioned = step->more == 0xff;
    operations->alert = step->more % 2 != 0
                            ? SLICE("{\"code\":\"hard-eol\",\"message\":\"m\",\"url\":\"u\"}")
                            : (struct slice){ 0 };
}

/* Clocks step back, but not behind the epoch, nor to where times end. */
static void step_clock(struct session_world *world, const struct session_step *step)
{
    int64_t now = world->clock.now + step->clock;
    if (now >= 0 && now < CLI_SESSION_START * 16)
        clock_virtual_advance(&world->clock, step->clock);
}

typedef void make(struct session_world *world, const struct session_step *step);

bool session_world_make(struct session_world *world, const struct session_step *step)
{
    static make *const requests[CLI_SESSION_STEPS] = {
        [CLI_SESSION_PUT] = make_put,     [CLI_SESSION_GET] = make_get,
        [CLI_SESSION_DELETE] = make_get,  [CLI_SESSION_POST] = make_post,
        [CLI_SESSION_LIST] = make_list,   [CLI_SESSION_CLEAR] = make_clear,
        [CLI_SESSION_WIPE] = make_clear,  [CLI_SESSION_INFO] = make_info,
        [CLI_SESSION_BATCH] = make_batch, [CLI_SESSION_TEXT] = make_text,
    };
    static make *const others[CLI_SESSION_STEPS] = {
        [CLI_SESSION_CLOCK] = step_clock,
        [CLI_SESSION_FIELD] = note_field,
        [CLI_SESSION_IF] = note_condition,
        [CLI_SESSION_OPERATE] = operate,
    };
    if (step->kind == CLI_SESSION_NOMEM)
        world->fails_at = step->what % 64;
    else if (others[step->kind] != NULL)
        others[step->kind](world, step);
    if (requests[step->kind] == NULL)
        return false;
    requests[step->kind](world, step);
    return !world->target.failed && !world->body.failed && world->target.len > 0 &&
           world->target.ptr[0] == '/';
}

/* Keeps the value of a string member, or of a field, for requests to come. */
static void remember(struct session_world *world)
{
    struct session_user *user = &world->users[world->asker];
    struct slice value, id = { 0 };
    int64_t stamp;
    size_t offset;
    if (http_reply_get(&world->reply, "X-Last-Modified", &value) && stamp_parse(value, &stamp))
        user->seen = stamp;
    if (http_reply_get(&world->reply, "X-Weave-Next-Offset", &value) && value.len < SESSION_TOKEN) {
        memcpy(user->offset, value.ptr, value.len);
        user->offset[value.len] = '\0';
    }
    if (world->request.method != HTTP_METHOD_POST || world->reply.status != 202 ||
        record_scan_pointer(buf_slice(&world->reply.body), SLICE("/batch"), &id, &offset) !=
            RECORD_SCAN_STRING ||
        id.len - 2 >= SESSION_TOKEN)
        return;
    memcpy(user->batch, id.ptr + 1, id.len - 2);
    user->batch[id.len - 2] = '\0';
}

void session_world_send(struct session_world *world)
{
    for (size_t i = 0; i < world->field_count; i++)
        world->fields[i].value = slice_trim(buf_slice(&world->values[i]));
    world->request.fields = (struct http_fields){ world->fields, world->field_count };
    world->request.target = buf_slice(&world->target);
    world->request.body = buf_slice(&world->body);
    world->request.content_length = world->body.len;
    world->request.has_length = world->body.len > 0;
    alloc_fail_at(world->fails_at);
    core_handle(world->core, &world->request, &world->reply);
    alloc_fail_at(UINT64_MAX);
    world->fails_at = UINT64_MAX;
    world->field_count = 0;
    remember(world);
}

void session_world_get(struct session_world *world, unsigned who, const char *path)
{
    world->field_count = 0;
    world->fails_at = UINT64_MAX;
    begin_request(world, HTTP_METHOD_GET, who, 0);
    FUZZ_CHECK(buf_add_text(&world->target, path));
    session_world_send(world);
}
