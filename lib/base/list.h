/* SPDX-License-Identifier: MIT */
/* Lists of texts in an arena; knows nothing of what they say. */
#ifndef FASTABI_LIB_LIST_H
#define FASTABI_LIB_LIST_H

#include <stddef.h>

struct fastabi_arena;

/* Zero-initialised is empty. */
struct fastabi_list {
    const char **items;
    size_t count;
    size_t capacity;
};

/* Add a copy at the end.  0 or -ENOMEM. */
int fastabi_list_add(struct fastabi_list *list, struct fastabi_arena *arena, const char *text);

/* The same, unless the text is there already. */
int fastabi_list_add_once(struct fastabi_list *list, struct fastabi_arena *arena, const char *text);

/* Sort the items from that one on, by their bytes: the locale has no say. */
void fastabi_list_sort(struct fastabi_list *list, size_t from);

/* "a, b, c", in the arena; NULL: no memory. */
const char *fastabi_list_join(const struct fastabi_list *list, struct fastabi_arena *arena);

#endif
