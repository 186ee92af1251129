/* SPDX-License-Identifier: MIT */
/* The word that a misspelt one was meant to be.  Knows nothing of what the words are. */
#include <string.h>

#include <fastabi/context.h>

#define GUESS_MAX       64  /* characters of a word that is guessed at */
#define DISTANCE_PREFIX 100 /* of a word and its beginning: any other similarity is better */

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The cost of replacing a by b: less when they differ in case only, or are '-' and '_'. */
static unsigned int compare(char a, char b)
{
    if (a == b)
        return 0;
    if (to_lower(a) == to_lower(b) || (strchr("-_. ", a) && strchr("-_. ", b)))
        return 1;
    return 4;
}

static unsigned int smaller(unsigned int a, unsigned int b)
{
    return a < b ? a : b;
}

/* Characters to insert, remove, replace or swap to make one word from the other, in quarters. */
static unsigned int measure_distance(const char *a, const char *b)
{
    unsigned int rows[3][GUESS_MAX + 1];
    unsigned int *before = rows[0], *above = rows[1], *row = rows[2];
    size_t length = strlen(b);

    for (size_t j = 0; j <= length; j++)
        above[j] = 4 * (unsigned int)j;
    for (size_t i = 1; a[i - 1]; i++) {
        unsigned int *next = before;

        row[0] = 4 * (unsigned int)i;
        for (size_t j = 1; j <= length; j++) {
            row[j] = smaller(above[j - 1] + compare(a[i - 1], b[j - 1]),
                             4 + smaller(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 4);
        }
        before = above;
        above = row;
        row = next;
    }
    return above[length];
}

void fastabi_guess_try(struct fastabi_guess *guess, const char *candidate)
{
    size_t length, other, shorter;
    unsigned int distance, limit;

    if (!guess || guess->size < sizeof(*guess) || !guess->word || !candidate)
        return;
    length = strlen(guess->word);
    other = strlen(candidate);
    shorter = length < other ? length : other;
    if (!shorter || length > GUESS_MAX || other > GUESS_MAX)
        return;
    distance = measure_distance(guess->word, candidate);
    /* a third of a short word is another word, not a misspelt one */
    limit = shorter < 3 ? 3 : shorter < 6 ? 4 : 8 + 4 * (shorter > 12);
    /* a word that was not written to its end, or has one too many: "sched" for "sched_op" */
    if (distance > limit && shorter >= 3 && !strncmp(guess->word, candidate, shorter) &&
        distance <= 20)
        distance = limit = DISTANCE_PREFIX;
    if (distance > limit || (guess->best && distance >= guess->distance))
        return;
    guess->best = candidate;
    guess->distance = distance;
}
