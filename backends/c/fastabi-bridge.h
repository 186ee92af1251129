/* SPDX-License-Identifier: MIT */
@BANNER@
/*
 * What the bridges of fastabi/<name>.h share.  A bridge takes the arguments of
 * a classic hypercall and makes the FastABI call; it returns 0 if it did not,
 * and then the classic call has to be made.
 *
 * Each macro here may be defined before the first include.
 */
@BRIDGE_GUARD@

#include "fastabi.h"

#ifdef __cplusplus
@QUIET@
typedef bool xen_fastabi_bool;
#else
__extension__ typedef _Bool xen_fastabi_bool;
#endif

/*
 * The guard: does the hypervisor have FastABI?  By default it is a flag that
 * the includer defines once: unsigned char xen_fastabi_bridge_flag;  A plain
 * flag can be switched where code must not be patched, such as with interrupts
 * off after a live migration.  For another guard define both macros.
 */
#ifndef XEN_FASTABI_BRIDGE_ENABLED
# ifdef __cplusplus
extern "C" unsigned char xen_fastabi_bridge_flag;
# else
extern unsigned char xen_fastabi_bridge_flag;
# endif
# define XEN_FASTABI_BRIDGE_ENABLED() (xen_fastabi_bridge_flag)
# define XEN_FASTABI_BRIDGE_ENABLE(on)                                         \
    ((void)(xen_fastabi_bridge_flag = (on) ? 1 : 0))
#endif

/* For a command that is not constant there is a function out of line. */
#ifndef XEN_FASTABI_OUTLINE
# define XEN_FASTABI_OUTLINE static __attribute__((__noinline__, __unused__))
#endif

/*
 * The guest-physical address of a linear one, as 64 bits, or
 * XEN_FASTABI_NO_PHYS if it is not known.  Without this macro, calls that need
 * it are left to the classic ABI.
 */
#define XEN_FASTABI_NO_PHYS (~(uint64_t)0)
#ifdef XEN_FASTABI_PHYS
# define XEN_FASTABI_HAS_PHYS 1
#else
# define XEN_FASTABI_HAS_PHYS 0
# define XEN_FASTABI_PHYS(pointer) ((void)(pointer), XEN_FASTABI_NO_PHYS)
#endif

/*
 * Are the bytes from a linear address on contiguous in guest-physical memory?
 * They are within one page.
 */
#ifndef XEN_FASTABI_CONTIGUOUS
# define XEN_FASTABI_CONTIGUOUS(pointer, size)                                 \
    (((__UINTPTR_TYPE__)(pointer) & 0xfffu) + (uint64_t)(size) <= 0x1000u)
#endif

/*
 * The pointer in a guest handle of a struct: a member of it, or all it is.  The
 * struct may be packed, and a member volatile.
 */
struct xen_fastabi_pointer {
    void *value_;
} __attribute__((__packed__, __may_alias__));
#ifndef XEN_FASTABI_HANDLE
# define XEN_FASTABI_HANDLE(handle)                                            \
    (((const struct xen_fastabi_pointer *)(__UINTPTR_TYPE__)&(handle))->value_)
#endif
#ifndef XEN_FASTABI_HANDLE_TYPE /* what stands for one in a struct that is not there */
# define XEN_FASTABI_HANDLE_TYPE void *
#endif

/* What stands for a struct whose fields are others in the includer's headers. */
#define XEN_FASTABI_NO_STRUCT(id, tag, aligned, members)                       \
    struct xen_fastabi_absent_##id { members };                                \
    enum { xen_fastabi_has_##id = 0 };                                         \
    typedef struct xen_fastabi_absent_##id xen_fastabi_struct_##id

/* Elements of an array, at any address, and whatever type the caller's have. */
struct xen_fastabi_element8 {
    uint8_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_element16 {
    uint16_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_element32 {
    uint32_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_element64 {
    uint64_t value_;
} __attribute__((__packed__, __may_alias__));

#define XEN_FASTABI_ELEMENT(bits, array, i)                                    \
    (((struct xen_fastabi_element##bits *)(void *)(array))[i].value_)

/*
 * Fields that no register carries are 0 for the hypervisor: is this one?  A
 * cast of the address to an integer takes qualifiers away.
 */
XEN_FASTABI_INLINE
xen_fastabi_bool xen_fastabi_is_zero(const volatile void *field_,
                                     unsigned int size_)
{
    const struct xen_fastabi_element8 *const bytes_ =
        (const struct xen_fastabi_element8 *)(__UINTPTR_TYPE__)field_;
    unsigned int i_;

    if (size_ == 8)
        return !((const struct xen_fastabi_element64 *)(const void *)bytes_)
                    ->value_;
    if (size_ == 4)
        return !((const struct xen_fastabi_element32 *)(const void *)bytes_)
                    ->value_;
    if (size_ == 2)
        return !((const struct xen_fastabi_element16 *)(const void *)bytes_)
                    ->value_;
    for (i_ = 0; i_ < size_; i_++) {
        if (bytes_[i_].value_)
            return 0;
    }
    return 1;
}

/* Is byte i of a field that of a part which a register or a constant fills? */
#define XEN_FASTABI_IS_PART(field, part, i)                                    \
    ((i) - (unsigned int)((const volatile char *)&(part) -                     \
                          (const volatile char *)&(field)) <                   \
     (unsigned int)sizeof(part))

#ifdef XEN_FASTABI_BRIDGE_ENABLE
/**
 * xen_fastabi_bridge_detect - Let bridges make FastABI calls, or stop them.
 * @cpuid_: how to execute CPUID; xen_fastabi_cpuid where nothing else is
 *          needed.
 *
 * To run before the first call, and again in the first code that runs after
 * the system was resumed or migrated.  It makes no hypercall.  With
 * transfer=patch, patch first.
 *
 * Return: the base of Xen's CPUID leaves; 0 when there is no Xen, or one
 * without FastABI, and bridges leave every call to the classic ABI.
 */
XEN_FASTABI_HELPER
uint32_t xen_fastabi_bridge_detect(xen_fastabi_cpuid_func cpuid_)
{
    const uint32_t base_ = xen_fastabi_detect(cpuid_);

    XEN_FASTABI_BRIDGE_ENABLE(base_ != 0);
    return base_;
}
#endif

#ifdef __cplusplus
@LOUD@
#endif

@BRIDGE_END@
