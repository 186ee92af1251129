/* SPDX-License-Identifier: MIT */
/* Names: identifiers, field paths, numbers, and sets of them.  Knows nothing of YAML. */
#include "base/names.h"

#include <errno.h>
#include <string.h>
#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#else
#include <time.h>
#include <unistd.h>
#endif

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the identifier that text starts with; 0 when there is none. */
static size_t span_identifier(const char *text)
{
    size_t length = 0;

    if (!is_letter(text[0]))
        return 0;
    while (is_letter(text[length]) || is_digit(text[length]))
        length++;
    return length;
}

bool fastabi_is_identifier(const char *text)
{
    size_t length = span_identifier(text);

    return length && length <= FASTABI_IDENTIFIER_MAX && !text[length];
}

/* Length of "[123]"; 0 when there is none. */
static size_t span_subscript(const char *text)
{
    size_t length = 1;

    if (text[0] != '[' || !is_digit(text[1]) || (text[1] == '0' && text[2] != ']'))
        return 0;
    while (is_digit(text[length]))
        length++;
    return length <= 9 && text[length] == ']' ? length + 1 : 0;
}

bool fastabi_is_field_path(const char *text)
{
    const char *start = text;

    for (;;) {
        size_t length = span_identifier(text);

        if (!length)
            return false;
        text += length;
        while ((length = span_subscript(text)))
            text += length;
        if (*text != '.')
            return !*text && text - start <= FASTABI_IDENTIFIER_MAX;
        text++;
    }
}

static int digit_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

int fastabi_parse_integer(const char *text, bool negative, int64_t *value)
{
    uint64_t magnitude = 0;
    bool minus = negative && *text == '-';
    uint64_t limit = minus ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    unsigned int base = 10;

    text += minus;
    if (text[0] == '0' && text[1] == 'x') {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && text[1]) {
        return -EINVAL;
    }
    if (!*text)
        return -EINVAL;
    bool overflow = false;

    for (; *text; text++) {
        unsigned int digit = (unsigned int)digit_value(*text);

        if (digit >= base)
            return -EINVAL;
        if (magnitude > (limit - digit) / base)
            overflow = true;
        else
            magnitude = magnitude * base + digit;
    }
    if (overflow)
        return -ERANGE;
    if (minus && !magnitude)
        return -EINVAL;
    *value = minus ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return 0;
}

/* ---- sets ---- */

struct fastabi_names_slot {
    const void *value; /* NULL: empty */
    const char *name;  /* NULL for a number */
    uint64_t hash;     /* or the number itself */
};

/* Spread over all bits, so that neighbours do not stay neighbours. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    value = (value ^ value >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return value ^ value >> 32;
}

/*
 * A number that the author of a specification cannot know: with it, 100,000 names could be chosen
 * to share a slot, which takes half a minute.  Nothing depends on the order of a set.
 */
static uint64_t find_seed(void)
{
    uint64_t seed = 0;
#ifdef HAVE_GETAUXVAL
    const void *random = (const void *)getauxval(AT_RANDOM);

    if (random)
        memcpy(&seed, random, sizeof(seed));
#else
    struct timespec now;

    if (!clock_gettime(CLOCK_REALTIME, &now))
        seed = (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec;
    seed ^= (uint64_t)getpid() << 48 ^ (uint64_t)(uintptr_t)&seed;
#endif
    return mix(seed);
}

static uint64_t hash_name(uint64_t seed, const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ seed;

    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

/* The slot of a name or number, or a free one for it.  There must be one. */
static struct fastabi_names_slot *find_slot(const struct fastabi_names *names, const char *name,
                                            uint64_t hash)
{
    size_t mask = names->capacity - 1;
    size_t i = (size_t)mix(hash ^ names->seed) & mask;

    for (;; i = (i + 1) & mask) {
        struct fastabi_names_slot *slot = &names->slots[i];

        if (!slot->value || (slot->hash == hash && (!name || !strcmp(slot->name, name))))
            return slot;
    }
}

/*
 * A few names, and most mappings have no more, are a list without hashes: looking at the first
 * character of each takes less time.  Numbers are hashed at any size.
 */
#define FEW 8

static struct fastabi_names_slot *find_in_list(const struct fastabi_names *names, const char *name)
{
    size_t i = 0;

    while (i < names->count &&
           (names->slots[i].name[0] != name[0] || strcmp(names->slots[i].name, name)))
        i++;
    return &names->slots[i];
}

/* Old slots stay in the arena: together they are no larger than the new ones. */
static int grow(struct fastabi_names *names, struct fastabi_arena *arena)
{
    struct fastabi_names old = *names;

    if (old.capacity == FEW)
        names->seed = find_seed();
    names->capacity = old.capacity ? 2 * old.capacity : FEW;
    names->slots = fastabi_arena_alloc(arena, names->capacity * sizeof(*names->slots));
    if (!names->slots) {
        *names = old;
        return -ENOMEM;
    }
    for (size_t i = 0; i < old.capacity; i++) {
        struct fastabi_names_slot *slot = &old.slots[i];

        if (slot->name && old.capacity == FEW)
            slot->hash = hash_name(names->seed, slot->name);
        if (slot->value)
            *find_slot(names, slot->name, slot->hash) = *slot;
    }
    return 0;
}

static int add(struct fastabi_names *names, struct fastabi_arena *arena, const char *name,
               uint64_t number, const void *value, const void **there)
{
    struct fastabi_names_slot *slot;
    uint64_t hash = number;

    if (4 * (names->count + 1) > 3 * names->capacity && grow(names, arena))
        return -ENOMEM;
    if (name && names->capacity == FEW) {
        slot = find_in_list(names, name);
    } else {
        if (name)
            hash = hash_name(names->seed, name);
        slot = find_slot(names, name, hash);
    }
    *there = slot->value;
    if (!slot->value) {
        *slot = (struct fastabi_names_slot){ value, name, hash };
        names->count++;
    }
    return 0;
}

int fastabi_names_add(struct fastabi_names *names, struct fastabi_arena *arena, const char *name,
                      const void *value, const void **there)
{
    return add(names, arena, name, 0, value, there);
}

const void *fastabi_names_find(const struct fastabi_names *names, const char *name)
{
    if (!names->capacity)
        return NULL;
    if (names->capacity == FEW)
        return find_in_list(names, name)->value;
    return find_slot(names, name, hash_name(names->seed, name))->value;
}

void fastabi_names_guess(const struct fastabi_names *names, struct fastabi_guess *guess)
{
    for (size_t i = 0; i < names->capacity; i++) {
        const struct fastabi_names_slot *slot = &names->slots[i];

        /* of equally similar names the first in the alphabet, whatever the order of the set */
        if (slot->value && slot->name) {
            struct fastabi_guess other = { .size = sizeof(struct fastabi_guess),
                                           .word = guess->word };

            fastabi_guess_try(&other, slot->name);
            if (other.best &&
                (!guess->best || other.distance < guess->distance ||
                 (other.distance == guess->distance && strcmp(other.best, guess->best) < 0)))
                *guess = other;
        }
    }
}

int fastabi_numbers_add(struct fastabi_names *names, struct fastabi_arena *arena, uint64_t number,
                        const void *value, const void **there)
{
    return add(names, arena, NULL, number, value, there);
}
