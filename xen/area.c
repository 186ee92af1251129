/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies from and to the argument area of a vCPU.  Knows no operation.
 */
#include <xen/lib.h>
#include <xen/nospec.h>
#include <xen/sched.h>
#include <xen/string.h>

#include <asm/hvm/fastabi-area.h>

/*
 * Where len bytes at p are, or NULL: they are not all in the area.  What p is
 * fastabi_is_area() has seen, so it is not just before the area.  A guest
 * may have the branches up to here predicted wrong in a classic call, whose
 * p is an address of its choice: that leads to the start of the area, or to
 * address 0 and no further, where nothing is mapped.
 */
static always_inline void *in_area(const void *p, unsigned int len)
{
    void *area = current->hcall_fastabi;
    unsigned long offset = p - FASTABI_HANDLE(area);

    ASSERT(!area || area == COMPAT_ARG_XLAT_VIRT_BASE);

    if ( unlikely(offset + len > FASTABI_AREA_SIZE) )
        return NULL;

    return area + array_index_nospec(offset, FASTABI_AREA_SIZE);
}

/* Small structs, in every call: without the detour of memcpy(). */
static always_inline void copy(void *to, const void *from, unsigned int len)
{
    unsigned long words = len / 8, bytes = len % 8;

    /* clang-format off */
    asm volatile ( "rep movsq\n\t"
                   "mov %[bytes], %[words]\n\t"
                   "rep movsb"
                   : "+&D" (to), "+&S" (from), [words] "+&c" (words)
                   : [bytes] "r" (bytes)
                   : "memory" );
    /* clang-format on */
}

unsigned int fastabi_copy_to(void *to, const void *from, unsigned int len)
{
    to = in_area(to, len);
    if ( unlikely(!to) )
        return len;

    copy(to, from, len);

    return 0;
}

unsigned int fastabi_copy_from(void *to, const void *from, unsigned int len)
{
    from = in_area(from, len);
    if ( unlikely(!from) )
        return len;

    copy(to, from, len);

    return 0;
}

unsigned int fastabi_clear(void *to, unsigned int len)
{
    to = in_area(to, len);
    if ( unlikely(!to) )
        return len;

    memset(to, 0, len);

    return 0;
}
