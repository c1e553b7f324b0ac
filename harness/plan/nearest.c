#include "plan/nearest.h"

enum { WORD_MAX = 64, EDITS_MAX = 2 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance, one row at a time. */
static size_t distance(struct slice a, struct slice b)
{
    size_t row[WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t above = row[j];
            size_t change = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            row[j] = least(change, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[b.len];
}

const char *plan_nearest(struct slice typed, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t best_distance = EDITS_MAX + 1;
    if (typed.len > WORD_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct slice word = slice_text(words[i]);
        if (word.len > WORD_MAX)
            continue;
        size_t edits = distance(typed, word);
        if (edits < best_distance && edits < word.len) {
            best = words[i];
            best_distance = edits;
        }
    }
    return best;
}
