/* SPDX-License-Identifier: MIT */
/*
 * Places where an array or a buffer of a call can be: good ones, and those that the hypervisor has
 * to refuse.  Also a domain besides this one, for dom0.
 */
#ifndef GUEST_PLACES_H
#define GUEST_PLACES_H

#include "boot/runtime.h"
#include "builder/domain.h"

/*
 * An address for SIZE bytes, at most a page, of the place with this name, made ready for the next
 * call; CONTENT is there as far as the guest can write it, or 0x5a if it is NULL.  NULL: no place
 * has the name.
 */
unsigned char *place_find(const char *name, const void *content, size_t size);
bool place_is_good(const char *name); /* can be read and written, by the guest too */
void place_leave(const char *name);   /* after the call */

/* For tables of cases: every place that every guest has, and one that dom0 can make. */
#define EVERYWHERE(operation, function)                                                            \
    { operation, "within a page", function, 0 }, { operation, "across pages", function, 0 },       \
        { operation, "at the end of memory", function, 0 },                                        \
        { operation, "over the end of memory", function, 0 },                                      \
        { operation, "not memory", function, 0 },                                                  \
        { operation, "past all addresses", function, 0 },                                          \
    {                                                                                              \
        operation, "memory that may only be read", function, 0                                     \
    }
#define FOREIGN(operation, function)                                                               \
    {                                                                                              \
        operation, "memory of another domain", function, DOM0                                      \
    }

/* For dom0: a domain that never runs, made when it is first asked for; and away with it. */
const struct domain *other_domain(void);
void other_domain_end(void);

#endif
