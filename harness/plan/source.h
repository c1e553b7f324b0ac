/* One file under the loader: its JSON, where every value of it stands, and what is wrong with it.
 */
#ifndef SYNCSPEC_PLAN_SOURCE_H
#define SYNCSPEC_PLAN_SOURCE_H

#include "plan/plan.h"
#include "plan/tree.h"

/* Where errors go, and whether memory ran out. */
struct plan_ledger {
    struct arena *arena;
    struct plan_errors *errors;
    bool nomem;
};

/* A place in the text, counted from 1; columns are characters. */
struct plan_place {
    size_t offset;
    unsigned line, column;
};

struct plan_source {
    struct plan_ledger *ledger;
    const char *name;       /* what errors call it */
    struct plan_tree tree;  /* borrows the text */
    json_t *root;           /* owned until it is taken */
    const json_t **json;    /* of each node of the tree */
    struct plan_place last; /* the place that was asked for last */
};

/* Reads the text.  False when it is not JSON (said in the ledger) or memory ran out.  To be freed
 * in either case. */
MUST_USE bool plan_source_read(struct plan_source *source, struct plan_ledger *ledger,
                               const char *name, struct slice text);
void plan_source_free(struct plan_source *source);

const struct plan_node *plan_source_root(const struct plan_source *source);
const json_t *plan_source_json(const struct plan_source *source, const struct plan_node *node);

/* The content of a string; NULL for anything else. */
const char *plan_source_text(const struct plan_source *source, const struct plan_node *node);

/* Where the value, or its key (when it is a member), begins. */
struct plan_place plan_source_place(struct plan_source *source, const struct plan_node *node);
struct plan_place plan_source_key_place(struct plan_source *source, const struct plan_node *node);

/* Says that something is wrong at the value, at its key, at a place. */
void plan_source_wrong(struct plan_source *source, const struct plan_node *node, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
void plan_source_wrong_key(struct plan_source *source, const struct plan_node *node,
                           const char *format, ...) __attribute__((format(printf, 3, 4)));
void plan_ledger_wrong(struct plan_ledger *ledger, const char *file, const struct plan_place *place,
                       const char *text);

/* Which kinds of value a key may have. */
enum plan_type {
    PLAN_TYPE_TEXT = 1,
    PLAN_TYPE_NUMBER = 2,
    PLAN_TYPE_INTEGER = 4,
    PLAN_TYPE_OBJECT = 8,
    PLAN_TYPE_LIST = 16,
    PLAN_TYPE_BOOLEAN = 32,
    PLAN_TYPE_NULL = 64,
    PLAN_TYPE_ANY = 127,
};

/* Whether the value is of one of the types; if not, says so. */
bool plan_source_typed(struct plan_source *source, const struct plan_node *node, unsigned types);

struct plan_key {
    const char *name;
    unsigned types;
    bool required;
};

enum { PLAN_KEYS_MAX = 32 };

/* Takes an object apart: ${ret_members}[i] is the value of ${keys}[i], NULL when it is missing or
 * of a wrong type.  Says everything that is wrong: unknown keys, missing keys, wrong types, empty
 * texts of required keys.  False when anything was.  */
bool plan_source_members(struct plan_source *source, const struct plan_node *node,
                         const struct plan_key *keys, size_t count,
                         const struct plan_node **ret_members);

/* Says that a key is not one of ${keys}, with the nearest known one. */
void plan_source_unknown(struct plan_source *source, const struct plan_node *node,
                         const struct plan_key *keys, size_t count);

/* Memory of the ledger's arena; NULL is noted in the ledger. */
void *plan_source_alloc(struct plan_source *source, size_t count, size_t size);

/* A copy of a text; NULL for NULL. */
const char *plan_source_copy(struct plan_source *source, const char *text);

#endif
