/* SPDX-License-Identifier: MIT */
/* malloc and its like for a whole program: they count, and fail when they are asked to. */
#ifndef TESTS_FAILING_ALLOC_H
#define TESTS_FAILING_ALLOC_H

#include <stdbool.h>

extern struct allocator {
    bool counting;
    bool all_after; /* not only the N-th fails, but those after it too */
    long failing;   /* N; 0: none */
    long count;     /* allocations so far */
    long failed;    /* how many did */
    /* Allocated and not freed, while counting; a sanitizer's realpath() makes it less. */
    long live;
    void (*on_count)(void); /* NULL, or called at each of them, which may allocate */
} allocator;

#endif
