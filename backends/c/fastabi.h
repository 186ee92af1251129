/* SPDX-License-Identifier: MIT */
@BANNER@
/*
 * Xen FastABI for x86-64 guests: constants, detection and patching.  The stubs
 * of each hypercall are in fastabi/<name>.h.
 *
 * A call puts the hypercall's index or-ed with __HYPERVISOR_FASTABI_MASK into
 * rax, the sub-operation's index into rdi, inputs into rsi, r8, r9, r10, r11
 * and r12, and executes vmcall (Intel) or vmmcall (AMD).  rax comes back with
 * the result or a negative errno; outputs are in registers as well, and every
 * register that is not an output keeps its value.
 */
@GUARD@

#ifndef __x86_64__
# error "FastABI is for x86-64 guests"
@LONG@
#endif

@TYPES@

#ifndef __HYPERVISOR_FASTABI_MASK
# define __HYPERVISOR_FASTABI_MASK 0x40000000U
#endif

/* EAX bit of the Xen CPUID leaf base + 4. */
#ifndef XEN_HVM_CPUID_FASTABI
# define XEN_HVM_CPUID_FASTABI (1u << 7)
#endif

/* Whose instruction reaches the hypervisor. */
enum xen_hypercall_vendor {
    Intel, /* vmcall, 0f 01 c1 */
    Amd    /* vmmcall, 0f 01 d9 */
};

/*
 * Stubs are always inlined: a caller that must not be instrumented (noinstr)
 * may use them, and a constant vendor leaves one instruction.  May be defined
 * before the first include.
 */
#ifndef XEN_FASTABI_INLINE
@INLINE@
#endif

@HELPER@

/*
 * Who can make a call, by the hypervisor's own checks: the value of
 * XEN_FASTABI_CLASS_<operation>.
 */
#define XEN_FASTABI_CALLER_ANY          1u /* any guest */
#define XEN_FASTABI_CALLER_DEVICE_MODEL 2u /* that of the domain acted on */
#define XEN_FASTABI_CALLER_CONTROL      3u /* a control domain */
#define XEN_FASTABI_CALLER_HARDWARE     4u /* the hardware domain */

/* Compile-time assertions, C89 included. */
#define XEN_FASTABI_ASSERT(name, condition)                                    \
    typedef char xen_fastabi_assert_##name[(condition) ? 1 : -1]               \
        __attribute__((__unused__))
@RESULT@

/* A field has the width and the sign of an integer type. */
#define XEN_FASTABI_ASSERT_FIELD(name, structure, field, type)                 \
    XEN_FASTABI_ASSERT(name,                                                   \
                       sizeof(((structure *)0)->field) == sizeof(type) &&      \
                       ((__typeof__(((structure *)0)->field))-1 < 1) ==        \
                       ((type)-1 < 1))

/*
 * Integers in a struct that may be another one than the caller's; see
 * struct_compat in the specification.
 */
typedef uint8_t xen_fastabi_alias_u8 __attribute__((__may_alias__));
typedef uint16_t xen_fastabi_alias_u16 __attribute__((__may_alias__));
typedef uint32_t xen_fastabi_alias_u32 __attribute__((__may_alias__));
typedef uint64_t xen_fastabi_alias_u64 __attribute__((__may_alias__));
typedef int8_t xen_fastabi_alias_i8 __attribute__((__may_alias__));
typedef int16_t xen_fastabi_alias_i16 __attribute__((__may_alias__));
typedef int32_t xen_fastabi_alias_i32 __attribute__((__may_alias__));
typedef int64_t xen_fastabi_alias_i64 __attribute__((__may_alias__));

/*
 * The argument, made a pointer of type "to" if it is one of type "from" (an
 * array of which will do).
 */
#define XEN_FASTABI_CONVERT(from, to, argument)                                \
    __builtin_choose_expr(                                                     \
        __builtin_types_compatible_p(__typeof__(0 ? (argument) : (argument)),  \
                                     from),                                    \
        (to)(void *)(argument), (argument))

/*
 * The transfer instruction of a vendor that is an operand of the asm statement.
 * A constant was folded into the operand, and leaves one instruction; else
 * there is a test at run time.
 */
#define XEN_FASTABI_BY_VENDOR             \
    ".ifc %[vendor_],{$|}0\n\t"           \
    "vmcall\n\t"                          \
    ".else\n\t"                           \
    ".ifc %[vendor_],{$|}1\n\t"           \
    "vmmcall\n\t"                         \
    ".else\n\t"                           \
    "test{l|} %[vendor_], %[vendor_]\n\t" \
    "jne 1f\n\t"                          \
    "vmcall\n\t"                          \
    "jmp 2f\n"                            \
    "1:\tvmmcall\n"                       \
    "2:\n\t"                              \
    ".endif\n\t"                          \
    ".endif"

/*
 * Flags of section xen_fastabi_sites. R keeps it, and the code that it names,
 * through a linker's --gc-sections. GNU as before 2.36 and LLVM before 13 do
 * not know R: define this as "a?" for them, and let the linker script KEEP the
 * section.
 */
#ifndef XEN_FASTABI_SITES_FLAGS
# define XEN_FASTABI_SITES_FLAGS "aR?"
#endif

/* vmmcall, its place recorded for xen_fastabi_patch(). */
#define XEN_FASTABI_PATCHABLE                                                  \
    "1:\tvmmcall\n\t"                                                          \
    ".pushsection xen_fastabi_sites,"                                          \
    "\"" XEN_FASTABI_SITES_FLAGS "\",@progbits\n\t"                            \
    ".balign 4\n\t"                                                            \
    ".long 1b - .\n\t"                                                         \
    ".popsection"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- detection ---- */

/* Execute CPUID with ECX 0: EAX, EBX, ECX and EDX into regs. */
typedef void (*xen_fastabi_cpuid_func)(uint32_t leaf_, uint32_t regs_[4]);

XEN_FASTABI_HELPER void xen_fastabi_cpuid(uint32_t leaf_, uint32_t regs_[4])
{
    __asm__ __volatile__ ("cpuid"
                          : "=a" (regs_[0]), "=b" (regs_[1]), "=c" (regs_[2]),
                            "=d" (regs_[3])
                          : "0" (leaf_), "2" (0));
}

/**
 * xen_fastabi_detect - Is there a Xen that speaks FastABI?
 * @cpuid_: how to execute CPUID; xen_fastabi_cpuid if nothing else is needed.
 *
 * Scans the leaves where Xen may be found: it comes after others when it shows
 * several interfaces.
 *
 * Return: the base of Xen's CPUID leaves; 0 when there is no Xen, or one
 * without FastABI.
 */
XEN_FASTABI_HELPER uint32_t xen_fastabi_detect(xen_fastabi_cpuid_func cpuid_)
{
    uint32_t base_, regs_[4];

    for (base_ = 0x40000000u; base_ < 0x40010000u; base_ += 0x100u) {
        cpuid_(base_, regs_);
        if (regs_[1] == 0x566e6558u && regs_[2] == 0x65584d4du &&
            regs_[3] == 0x4d4d566eu && /* "XenVMMXenVMM" */
            regs_[0] >= base_ + 4) {
            cpuid_(base_ + 4, regs_);
            return regs_[0] & XEN_HVM_CPUID_FASTABI ? base_ : 0;
        }
    }
    return 0;
}

/**
 * xen_fastabi_vendor - Which transfer instruction does this processor have?
 * @cpuid_: as for xen_fastabi_detect().
 */
XEN_FASTABI_HELPER enum xen_hypercall_vendor
xen_fastabi_vendor(xen_fastabi_cpuid_func cpuid_)
{
    uint32_t regs_[4];

    cpuid_(0, regs_);
    return regs_[1] == 0x756e6547u ||   /* "GenuineIntel" */
           regs_[1] == 0x746e6543u ||   /* "CentaurHauls" */
           regs_[1] == 0x68532020u      /* "  Shanghai  " */
               ? Intel : Amd;
}

/* ---- patching, for stubs generated with transfer=patch ---- */

/*
 * Write one byte of code; the text may be mapped read-only where it runs.  0,
 * or what patching returns.
 */
typedef int (*xen_fastabi_write_func)(void *data_, unsigned char *at_,
                                      unsigned char byte_);

XEN_FASTABI_HELPER unsigned char *xen_fastabi_site(const int32_t *site_)
{
    return (unsigned char *)((uintptr_t)site_ + (uintptr_t)(int64_t)*site_);
}

/**
 * xen_fastabi_patch - Give stubs the transfer instruction of this processor.
 * @sites_: start of section xen_fastabi_sites, of the kernel or of a module.
 * @end_: its end.
 * @text_: start of the code that the sites must lie in.
 * @text_end_: its end.
 * @vendor_: whose instruction it shall be.
 * @write_: writes one byte; called for sites that have the other instruction.
 * @data_: handed to @write_.
 *
 * To run before the first call, on one processor: on Intel a site that was not
 * patched is #UD.  It may run again.  The sites are looked at first: if one
 * lies outside the text, or is not a transfer instruction, nothing is written.
 *
 * Return: 0; -22 (-EINVAL) for a bad site; -2 (-ENOENT) if there are no sites,
 * as where a linker has dropped the section; what @write_ returned if that was
 * not 0.
 */
XEN_FASTABI_HELPER int
xen_fastabi_patch(const int32_t *sites_, const int32_t *end_, const void *text_,
                  const void *text_end_, enum xen_hypercall_vendor vendor_,
                  xen_fastabi_write_func write_, void *data_)
{
    const unsigned char byte_ = vendor_ == Intel ? 0xc1 : 0xd9;
    const int32_t *site_;
    int status_;

    if (sites_ >= end_)
        return -2;
    for (site_ = sites_; site_ < end_; site_++) {
        const volatile unsigned char *code_ = xen_fastabi_site(site_);

        if ((uintptr_t)code_ < (uintptr_t)text_ || (uintptr_t)text_end_ < 3 ||
            (uintptr_t)code_ > (uintptr_t)text_end_ - 3)
            return -22;
        if (code_[0] != 0x0f || code_[1] != 0x01 ||
            (code_[2] != 0xc1 && code_[2] != 0xd9))
            return -22;
    }
    for (site_ = sites_; site_ < end_; site_++) {
        unsigned char *code_ = xen_fastabi_site(site_);

        if (*(volatile unsigned char *)(code_ + 2) == byte_)
            continue;
        status_ = write_(data_, code_ + 2, byte_);
        if (status_)
            return status_;
    }
    return 0;
}

#ifdef __cplusplus
}
#endif

@END@
