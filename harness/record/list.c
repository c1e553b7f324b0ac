#include "record/list.h"

#include "record/decode.h"

enum { WHOISI_LENGTH = 4 }; /* bytes of the length before each value */

const char *record_format_media_type(enum record_format format)
{
    static const char *const types[] = {
        [RECORD_JSON] = "application/json",
        [RECORD_NEWLINES] = "application/newlines",
        [RECORD_WHOISI] = "application/whoisi",
    };
    return types[format];
}

struct record_list record_list_of(struct slice body, enum record_format format)
{
    return (struct record_list){ .scan = record_scan_of(body), .format = format };
}

/* Leaves the list in this state for good. */
static enum record_err finish(struct record_list *list, enum record_err err)
{
    list->over = err;
    return err;
}

/* Goes to the next element of the JSON list: RECORD_OK when its value has begun. */
static enum record_err next_element(struct record_list *list, enum record_token *ret_token)
{
    struct record_scan *scan = &list->scan;
    enum record_token token = record_scan_next(scan);
    if (!list->opened && token != RECORD_SCAN_BAD) {
        if (token != RECORD_SCAN_OPEN_LIST)
            return record_decode_shape(scan, "the body is a JSON list", &list->fault);
        list->opened = true;
        token = record_scan_next(scan);
    }
    if (token == RECORD_SCAN_CLOSE_LIST && record_scan_next(scan) == RECORD_SCAN_END)
        return RECORD_END;
    if (token == RECORD_SCAN_BAD || token == RECORD_SCAN_CLOSE_LIST)
        return record_decode_bad(scan, &list->fault);
    *ret_token = token;
    return RECORD_OK;
}

/* A scan of the line at list->at, and the line's end; offsets stay those of the body. */
static struct record_scan take_line(struct record_list *list)
{
    struct slice body = list->scan.text;
    size_t end = list->at + slice_find(slice_from(body, list->at), '\n');
    struct record_scan line = record_scan_of(slice_head(body, end));
    line.at = list->at;
    list->at = end < body.len ? end + 1 : end;
    return line;
}

static enum record_err next_line(struct record_list *list, struct record_scan *ret_line,
                                 enum record_token *ret_token)
{
    if (list->at == list->scan.text.len)
        return RECORD_END;
    *ret_line = take_line(list);
    *ret_token = record_scan_next(ret_line);
    return *ret_token == RECORD_SCAN_BAD ? record_decode_bad(ret_line, &list->fault) : RECORD_OK;
}

/* RECORD_SHAPE for the value just begun at ${scan}, unless what is left of the body is not JSON. */
static enum record_err refuse_shape(struct record_list *list, struct record_scan *scan,
                                    const char *rule)
{
    if (record_decode_shape(scan, rule, &list->fault) == RECORD_MALFORMED)
        return RECORD_MALFORMED;
    while (list->format == RECORD_NEWLINES && list->at < list->scan.text.len) {
        struct record_scan line = take_line(list);
        if (!record_scan_drain(&line))
            return record_decode_bad(&line, &list->fault);
    }
    return RECORD_SHAPE;
}

/* Decodes the element whose value ${scan} has just begun. */
static enum record_err decode_element(struct record_list *list, struct record_scan *scan,
                                      const struct record_bounds *bounds, struct buf *scratch,
                                      struct record_update *ret_update)
{
    size_t start = scan->start;
    enum record_err err = record_decode_open(scan, bounds, scratch, ret_update, &list->fault);
    if (err != RECORD_OK && err != RECORD_INVALID)
        return finish(list, err);
    if (list->format == RECORD_NEWLINES && record_scan_next(scan) != RECORD_SCAN_END)
        return finish(list, record_decode_bad(scan, &list->fault));
    if (ret_update->has_id)
        return err;
    scan->start = start;
    return finish(list, refuse_shape(list, scan, "each record of a list has an id"));
}

enum record_err record_list_next(struct record_list *list, const struct record_bounds *bounds,
                                 struct buf *scratch, struct record_update *ret_update,
                                 struct record_fault *ret_fault)
{
    struct record_scan line;
    struct record_scan *scan = list->format == RECORD_JSON ? &list->scan : &line;
    enum record_token token = RECORD_SCAN_BAD;
    struct record_update update;
    enum record_err err = list->over;
    if (err == RECORD_OK) {
        err = list->format == RECORD_JSON ? next_element(list, &token)
                                          : next_line(list, &line, &token);
        if (err != RECORD_OK)
            err = finish(list, err);
        else if (token != RECORD_SCAN_OPEN_OBJECT)
            err = finish(list, refuse_shape(list, scan, "a record is a JSON object"));
        else
            err = decode_element(list, scan, bounds, scratch, &update);
    }
    if (err == RECORD_OK || err == RECORD_INVALID)
        *ret_update = update;
    if (err != RECORD_OK && err != RECORD_END)
        *ret_fault = list->fault;
    return err;
}

struct record_writer record_writer_of(struct buf *out, enum record_format format)
{
    return (struct record_writer){ .out = out, .format = format };
}

static void begin_value(struct record_writer *writer)
{
    if (writer->format == RECORD_JSON)
        buf_add_byte(writer->out, writer->count == 0 ? '[' : ',');
    writer->count++;
    writer->at = writer->out->len;
    if (writer->format == RECORD_WHOISI) /* the length, told when the value is written */
        buf_add(writer->out, slice_of((const uint8_t[WHOISI_LENGTH]){ 0 }, WHOISI_LENGTH));
}

static void tell_length(struct record_writer *writer)
{
    size_t len = writer->out->len - writer->at - WHOISI_LENGTH;
    for (size_t i = WHOISI_LENGTH; i-- > 0; len >>= 8)
        writer->out->ptr[writer->at + i] = (uint8_t)len;
}

static bool end_value(struct record_writer *writer)
{
    if (writer->format == RECORD_NEWLINES)
        buf_add_byte(writer->out, '\n');
    if (writer->format == RECORD_WHOISI && !writer->out->failed)
        tell_length(writer);
    return !writer->out->failed;
}

bool record_writer_bso(struct record_writer *writer, const struct record_bso *bso)
{
    begin_value(writer);
    record_encode(writer->kind, bso, writer->out);
    return end_value(writer);
}

bool record_writer_id(struct record_writer *writer, struct slice id)
{
    begin_value(writer);
    record_encode_string(id, writer->out);
    return end_value(writer);
}

bool record_writer_end(struct record_writer *writer)
{
    if (writer->format == RECORD_JSON && writer->count == 0)
        buf_add_byte(writer->out, '[');
    if (writer->format == RECORD_JSON)
        buf_add_byte(writer->out, ']');
    return !writer->out->failed;
}
