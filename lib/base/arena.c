/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once; knows nothing of what is kept in it. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)32 * 1024)
#define ALIGNMENT   sizeof(uint64_t)

struct fastabi_arena_block {
    struct fastabi_arena_block *older;
    char *end;
};

static int add_block(struct fastabi_arena *arena, size_t size)
{
    size_t bytes = size > BLOCK_BYTES ? size : BLOCK_BYTES;
    struct fastabi_arena_block *block = malloc(sizeof(*block) + bytes);

    if (!block)
        return -1;
    block->older = arena->blocks;
    arena->blocks = block;
    arena->next = (char *)(block + 1);
    arena->end = arena->next + bytes;
    block->end = arena->end;
    arena->bytes += bytes;
    return 0;
}

static void *take(struct fastabi_arena *arena, size_t size)
{
    void *memory;

    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if ((size_t)(arena->end - arena->next) < size && add_block(arena, size))
        return NULL;
    memory = arena->next;
    arena->next += size;
    return memory;
}

void *fastabi_arena_alloc(struct fastabi_arena *arena, size_t size)
{
    void *memory = take(arena, size);

    return memory ? memset(memory, 0, size) : NULL;
}

char *fastabi_arena_copy(struct fastabi_arena *arena, const char *text, size_t length)
{
    char *copy = take(arena, length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *fastabi_arena_vprintf(struct fastabi_arena *arena, const char *format, va_list arguments)
{
    va_list again;
    char *text = NULL;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0)
        text = take(arena, (size_t)length + 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *fastabi_arena_printf(struct fastabi_arena *arena, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = fastabi_arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

void fastabi_arena_reset(struct fastabi_arena *arena)
{
    struct fastabi_arena_block *newest = arena->blocks;

    if (!newest)
        return;
    arena->blocks = newest->older;
    newest->older = NULL;
    char *end = newest->end;
    fastabi_arena_free(arena);
    arena->blocks = newest;
    arena->next = (char *)(newest + 1);
    arena->end = end;
    arena->bytes = (size_t)(arena->end - arena->next);
}

void fastabi_arena_free(struct fastabi_arena *arena)
{
    while (arena->blocks) {
        struct fastabi_arena_block *block = arena->blocks;

        arena->blocks = block->older;
        free(block);
    }
    arena->next = NULL;
    arena->end = NULL;
    arena->bytes = 0;
}
