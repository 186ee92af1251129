/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once; knows nothing of what is kept in it. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Where tests let it be 0, each piece is a block, and the lack of memory for it can be tried. */
#ifndef BLOCK_BYTES
#define BLOCK_BYTES ((size_t)32 * 1024)
#endif
#define HUGE_BYTES ((size_t)2 << 20)
#define HUGE_FROM  ((size_t)512 * 1024)
#define ALIGNMENT  sizeof(uint64_t)

struct fastabi_arena_block {
    struct fastabi_arena_block *older;
    char *end;
};

/*
 * Memory for a block.  Once much is kept, blocks are as large as a huge page of the processor, and
 * the kernel is asked for one: thousands of page faults take a third of the time of a run.
 */
static struct fastabi_arena_block *new_block(const struct fastabi_arena *arena, size_t *bytes)
{
    struct fastabi_arena_block *block;

    if (arena->bytes < HUGE_FROM || *bytes > HUGE_BYTES - sizeof(*block)) {
        *bytes = *bytes > BLOCK_BYTES ? *bytes : BLOCK_BYTES;
        return malloc(sizeof(*block) + *bytes);
    }
    block = aligned_alloc(HUGE_BYTES, HUGE_BYTES);
    *bytes = HUGE_BYTES - sizeof(*block);
#ifdef MADV_HUGEPAGE
    if (block)
        madvise(block, HUGE_BYTES, MADV_HUGEPAGE);
#endif
    return block;
}

static int add_block(struct fastabi_arena *arena, size_t size)
{
    size_t bytes = size;
    struct fastabi_arena_block *block = new_block(arena, &bytes);

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

void *fastabi_arena_take(struct fastabi_arena *arena, size_t size)
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
    void *memory = fastabi_arena_take(arena, size);

    return memory ? memset(memory, 0, size) : NULL;
}

char *fastabi_arena_copy(struct fastabi_arena *arena, const char *text, size_t length)
{
    char *copy = fastabi_arena_take(arena, length + 1);

    if (!copy)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/*
 * Print where there is room, if the template has no conversions but "%s" and "%u".  Returns the
 * length, or -1 if the template has others or the text does not fit.
 */
static int print_simple(char *to, size_t room, const char *format, va_list arguments)
{
    char digits[3 * sizeof(unsigned int)];
    size_t length = 0;

    while (*format) {
        const char *piece = format;
        size_t bytes = strcspn(format, "%");

        if (bytes) {
            format += bytes;
        } else if (format[1] == 's') {
            piece = va_arg(arguments, const char *);
            bytes = piece ? strlen(piece) : room;
            format += 2;
        } else if (format[1] == 'u') {
            unsigned int value = va_arg(arguments, unsigned int);
            char *digit = digits + sizeof(digits);

            do
                *--digit = (char)('0' + value % 10);
            while (value /= 10);
            piece = digit;
            bytes = (size_t)(digits + sizeof(digits) - digit);
            format += 2;
        } else {
            return -1;
        }
        if (bytes >= room - length)
            return -1;
        memcpy(to + length, piece, bytes);
        length += bytes;
    }
    to[length] = '\0';
    return (int)length;
}

char *fastabi_arena_vprintf(struct fastabi_arena *arena, const char *format, va_list arguments)
{
    size_t room = (size_t)(arena->end - arena->next);
    va_list again;
    char *text = NULL;
    int length;

    va_copy(again, arguments);
    length = room ? print_simple(arena->next, room, format, again) : -1;
    va_end(again);
    va_copy(again, arguments);
    if (length < 0)
        length = vsnprintf(room ? arena->next : NULL, room, format, arguments);
    if (length >= 0)
        text = fastabi_arena_take(arena, (size_t)length + 1);
    if (text && (size_t)length >= room)
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

size_t fastabi_arena_taken(const struct fastabi_arena *arena)
{
    return arena->bytes - (size_t)(arena->end - arena->next);
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
