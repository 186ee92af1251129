/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copies from and to guest memory by its guest-physical address, for the
 * arrays that a handler reaches by a guest handle.  Knows no operation.
 */
#include <asm/hvm/fastabi-phys.h>
#include <asm/hvm/hvm.h>
#if __has_include(<asm/hvm/support.h>)
#include <asm/hvm/support.h> /* the copies, in most releases */
#endif

/* Does [addr, addr + size) lie in the physical address space? */
static bool is_phys(uint64_t addr, unsigned int size)
{
    return !(addr >> PADDR_BITS) && !((addr + size) >> PADDR_BITS);
}

int fastabi_copy_from_phys(void *to, uint64_t addr, unsigned int size)
{
    return !is_phys(addr, size) ||
           hvm_copy_from_guest_phys(to, addr, size) != HVMTRANS_okay;
}

int fastabi_copy_from_frame(void *to, uint64_t gfn, unsigned int size)
{
    if ( gfn >> (PADDR_BITS - PAGE_SHIFT) )
        return 1;

    return fastabi_copy_from_phys(to, gfn << PAGE_SHIFT, size);
}

int fastabi_copy_to_phys(uint64_t addr, void *from, unsigned int size)
{
    /*
     * Of nothing, the address means nothing: a handler would not look at it.
     */
    return size && (!is_phys(addr, size) ||
                    hvm_copy_to_guest_phys(addr, from, size, current) !=
                        HVMTRANS_okay);
}
