/* SPDX-License-Identifier: MIT */
/* See failing-alloc.h.  Must not know what runs. */
#include "failing-alloc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sanitizer.h"

/* glibc's, below the names that are replaced; a sanitizer has its own below these. */
#ifdef SANITIZED
extern void *__interceptor_malloc(size_t size);
extern void *__interceptor_calloc(size_t count, size_t size);
extern void *__interceptor_realloc(void *memory, size_t size);
extern void *__interceptor_aligned_alloc(size_t alignment, size_t size);
extern void __interceptor_free(void *memory);
#define real_malloc  __interceptor_malloc
#define real_calloc  __interceptor_calloc
#define real_realloc __interceptor_realloc
#define real_aligned __interceptor_aligned_alloc
#define real_free    __interceptor_free
#else
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);
#define real_malloc  __libc_malloc
#define real_calloc  __libc_calloc
#define real_realloc __libc_realloc
#define real_aligned __libc_memalign
#define real_free    __libc_free
#endif

/* Also for libyaml and libc, whatever -fvisibility says. */
#define REPLACED __attribute__((__visibility__("default")))

struct allocator allocator;

static bool must_fail(void)
{
    if (!allocator.counting)
        return false;
    allocator.count++;
    if (allocator.on_count) {
        allocator.counting = false;
        allocator.on_count();
        allocator.counting = true;
    }
    if (!allocator.failing || (allocator.all_after ? allocator.count < allocator.failing
                                                   : allocator.count != allocator.failing))
        return false;
    allocator.failed++;
    errno = ENOMEM;
    return true;
}

static void *count_in(void *memory)
{
    allocator.live += allocator.counting && memory;
    return memory;
}

REPLACED void *malloc(size_t size)
{
    return must_fail() ? NULL : count_in(real_malloc(size));
}

REPLACED void *calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : count_in(real_calloc(count, size));
}

REPLACED void *realloc(void *memory, size_t size)
{
    if (must_fail())
        return NULL;
    return memory ? real_realloc(memory, size) : count_in(real_malloc(size));
}

REPLACED void *aligned_alloc(size_t alignment, size_t size)
{
    return must_fail() ? NULL : count_in(real_aligned(alignment, size));
}

REPLACED void free(void *memory)
{
    allocator.live -= allocator.counting && memory;
    real_free(memory);
}

/* libc's own copies call its malloc directly where they were inlined; these do not. */
REPLACED char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

REPLACED char *strndup(const char *text, size_t length)
{
    size_t size = strnlen(text, length);
    char *copy = malloc(size + 1);

    if (!copy)
        return NULL;
    copy[size] = '\0';
    return memcpy(copy, text, size);
}
