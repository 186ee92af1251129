/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies from and to guests, once more: where the compiler knows that a handle
 * is that of the argument area, because the handler is inlined into a function
 * of FastABI's, a copy is a few moves.  Everywhere else nothing of this is
 * left. Included after xen/guest_access.h, whose macros it goes on to use, by
 * the files that have such handlers.
 */
#ifndef X86_HVM_FASTABI_COPY_H
#define X86_HVM_FASTABI_COPY_H

#include <asm/hvm/fastabi.h>

/* Above it memcpy() is a call. */
#define FASTABI_INLINE_MAX 64

/* Where a handle is within what a vCPU has of the address space. */
#define fastabi_offset(p) \
    ((unsigned long)(p) & ((1UL << ARG_XLAT_VA_SHIFT) - 1))

/*
 * Only ever true of a constant, so neither a branch nor a load is left of it.
 * Nothing but the address of the area, from which handles are made, has bits
 * that compilers know.
 */
#define fastabi_is_known(p, len)                                 \
    (__builtin_constant_p(len) && (len) <= FASTABI_INLINE_MAX && \
     __builtin_constant_p(fastabi_offset(p)) &&                  \
     fastabi_offset(p) >= FASTABI_AREA_SIZE &&                   \
     fastabi_offset(p) <= 2 * FASTABI_AREA_SIZE - (len))

static always_inline void *fastabi_known(const void *p)
{
    return (void *)p - FASTABI_TO_HANDLE;
}

#define FASTABI_COPY_TO(name)                                          \
    static always_inline unsigned int fastabi_##name(void *to,         \
                                                     const void *from, \
                                                     unsigned int len) \
    {                                                                  \
        if ( !fastabi_is_known(to, len) )                              \
            return name(to, from, len);                                \
        __builtin_memcpy(fastabi_known(to), from, len);                \
        return 0;                                                      \
    }

#define FASTABI_COPY_FROM(name)                                        \
    static always_inline unsigned int fastabi_##name(void *to,         \
                                                     const void *from, \
                                                     unsigned int len) \
    {                                                                  \
        if ( !fastabi_is_known(from, len) )                            \
            return name(to, from, len);                                \
        __builtin_memcpy(to, fastabi_known(from), len);                \
        return 0;                                                      \
    }

FASTABI_COPY_TO(raw_copy_to_guest)
FASTABI_COPY_TO(__raw_copy_to_guest)
FASTABI_COPY_FROM(raw_copy_from_guest)
FASTABI_COPY_FROM(__raw_copy_from_guest)

#undef FASTABI_COPY_TO
#undef FASTABI_COPY_FROM

#undef raw_copy_to_guest
#undef __raw_copy_to_guest
#undef raw_copy_from_guest
#undef __raw_copy_from_guest

#define raw_copy_to_guest     fastabi_raw_copy_to_guest
#define __raw_copy_to_guest   fastabi___raw_copy_to_guest
#define raw_copy_from_guest   fastabi_raw_copy_from_guest
#define __raw_copy_from_guest fastabi___raw_copy_from_guest

#endif /* X86_HVM_FASTABI_COPY_H */
