/* SPDX-License-Identifier: MIT */
/*
 * Names: what is an identifier, a field path or a number, and sets of names.  Knows nothing of
 * YAML.
 */
#ifndef FASTABI_LIB_NAMES_H
#define FASTABI_LIB_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fastabi/context.h>

#include "base/arena.h"

#define FASTABI_IDENTIFIER_MAX 128

/* A C identifier of at most FASTABI_IDENTIFIER_MAX characters. */
bool fastabi_is_identifier(const char *text);

/* a, a.b, a[2], u.x[0].y */
bool fastabi_is_field_path(const char *text);

/*
 * An integer as the language writes it: decimal or 0x hexadecimal, without leading zeros; with
 * a '-' only if negative is allowed.  0, -EINVAL (no integer), or -ERANGE (more than 64 bits).
 */
int fastabi_parse_integer(const char *text, bool negative, int64_t *value);

/* A set of names with something attached to each; zero-initialised is empty. Lives in an arena. */
struct fastabi_names {
    struct fastabi_names_slot *slots;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    uint64_t seed; /* of the hash, another in each process */
};

/*
 * Add a name (kept by reference) with what it stands for.  If the name was there, *there becomes
 * what it stood for and nothing is added; else *there is NULL.  0 or -ENOMEM.
 */
int fastabi_names_add(struct fastabi_names *names, struct fastabi_arena *arena, const char *name,
                      const void *value, const void **there);

/* What a name stands for, or NULL. */
const void *fastabi_names_find(const struct fastabi_names *names, const char *name);

/* Try each name of a set for a guess. */
void fastabi_names_guess(const struct fastabi_names *names, struct fastabi_guess *guess);

/* Add a number as if it were a name.  A set holds names or numbers. */
int fastabi_numbers_add(struct fastabi_names *names, struct fastabi_arena *arena, uint64_t number,
                        const void *value, const void **there);

#endif
