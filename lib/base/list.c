/* SPDX-License-Identifier: MIT */
/* Lists of texts that grow in an arena; knows nothing of what they say. */
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int grow(struct fastabi_list *list, struct fastabi_arena *arena)
{
    size_t capacity = list->capacity ? 2 * list->capacity : 32;
    const char **items = fastabi_arena_alloc(arena, capacity * sizeof(*items));

    if (!items)
        return -ENOMEM;
    if (list->count)
        memcpy(items, list->items, list->count * sizeof(*items));
    list->items = items;
    list->capacity = capacity;
    return 0;
}

int fastabi_list_add(struct fastabi_list *list, struct fastabi_arena *arena, const char *text)
{
    if (list->count == list->capacity && grow(list, arena))
        return -ENOMEM;
    text = fastabi_arena_copy(arena, text, strlen(text));
    if (!text)
        return -ENOMEM;
    list->items[list->count++] = text;
    return 0;
}

int fastabi_list_add_once(struct fastabi_list *list, struct fastabi_arena *arena, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->items[i], text))
            return 0;
    }
    return fastabi_list_add(list, arena, text);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void fastabi_list_sort(struct fastabi_list *list, size_t from)
{
    if (list->count > from)
        qsort(list->items + from, list->count - from, sizeof(*list->items), compare);
}

const char *fastabi_list_join(const struct fastabi_list *list, struct fastabi_arena *arena)
{
    const char *joined = "";

    for (size_t i = 0; i < list->count && joined; i++)
        joined = fastabi_arena_printf(arena, "%s%s%s", joined, i ? ", " : "", list->items[i]);
    return joined;
}
