/* SPDX-License-Identifier: MIT */
/* Memory that is freed all at once; knows nothing of what is kept in it. */
#ifndef FASTABI_LIB_ARENA_H
#define FASTABI_LIB_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct fastabi_arena_block;

/* Zero-initialised is ready for use. */
struct fastabi_arena {
    struct fastabi_arena_block *blocks; /* newest first */
    char *next;
    char *end;
    size_t bytes; /* of all blocks */
};

/* Zeroed memory, aligned for any pointer or 64-bit integer; NULL when there is none. */
void *fastabi_arena_alloc(struct fastabi_arena *arena, size_t size);

/* The same with any contents. */
void *fastabi_arena_take(struct fastabi_arena *arena, size_t size);

/* A copy of length bytes and a NUL; NULL when there is no memory. */
char *fastabi_arena_copy(struct fastabi_arena *arena, const char *text, size_t length);

/* A text as long as it has to be; NULL when there is no memory. */
char *fastabi_arena_printf(struct fastabi_arena *arena, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));
char *fastabi_arena_vprintf(struct fastabi_arena *arena, const char *format, va_list arguments)
    __attribute__((__format__(__printf__, 2, 0)));

/* How much of it is taken, with what was too little at the ends of blocks. */
size_t fastabi_arena_taken(const struct fastabi_arena *arena);

/* Forget everything in it, but keep the newest block for what comes next. */
void fastabi_arena_reset(struct fastabi_arena *arena);

/* Give everything back. */
void fastabi_arena_free(struct fastabi_arena *arena);

#endif
