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

#if defined(_MSC_VER) && !defined(__GNUC__) && !defined(__clang__)
# error "FastABI needs inline assembly: use functions of -b asm -O form=functions"
#elif !defined(__x86_64__)
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

@VENDORS@

/* A constant that is not a vendor is an error where it is given. */
extern uint32_t xen_fastabi_not_a_vendor(void) __attribute__((__error__(
    "the vendor is XEN_FASTABI_INTEL or XEN_FASTABI_AMD")));
#define XEN_FASTABI_VENDOR(vendor)                                             \
    (__builtin_constant_p(vendor) && (uint32_t)(vendor) > 1u                   \
         ? xen_fastabi_not_a_vendor() : (uint32_t)(vendor))

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
 * A program may keep r12 for itself (-ffixed-r12), which no compiler tells.  If
 * XEN_FASTABI_RESERVED_R12 is defined, a stub that changes r12 is an error.
 */
#ifdef XEN_FASTABI_RESERVED_R12
extern void xen_fastabi_r12_is_reserved(void) __attribute__((__error__(
    "this stub changes r12, and XEN_FASTABI_RESERVED_R12 is defined")));
# define XEN_FASTABI_USES_R12 xen_fastabi_r12_is_reserved()
#else
# define XEN_FASTABI_USES_R12 ((void)0)
#endif

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

/*
 * The struct of an operation: the includer's, or where its headers lack that, a
 * stand-in with the fields that the operation carries, so that only its stub
 * cannot be used.  aligned: are there fields of more than a byte?
 *
 * Only templates can ask whether a struct is known.  In C a variable that is
 * declared, and nowhere defined, tells: what is not known has no size (clang),
 * and is aligned to a byte (GCC), as is what is packed.  #pragma pack cannot be
 * told from that: a program whose headers have all structs may say so by
 * XEN_FASTABI_ALL_STRUCTS.
 */
#if defined(__cplusplus) && !defined(XEN_FASTABI_ALL_STRUCTS)
extern "C++" {
template <unsigned long> struct xen_fastabi_sized { typedef int type_; };
template <typename known_, typename absent_, typename = int>
struct xen_fastabi_choice {
    enum { value_ = 0 };
    typedef absent_ type_;
};
template <typename known_, typename absent_>
struct xen_fastabi_choice<
    known_, absent_, typename xen_fastabi_sized<sizeof(known_)>::type_> {
    enum { value_ = 1 };
    typedef known_ type_;
};
}
# define XEN_FASTABI_CHOOSE(id, tag, aligned)                                  \
    typedef xen_fastabi_choice<struct tag, struct xen_fastabi_absent_##id>     \
        xen_fastabi_choice_##id;                                               \
    enum { xen_fastabi_has_##id = xen_fastabi_choice_##id::value_ };           \
    typedef xen_fastabi_choice_##id::type_ xen_fastabi_struct_##id
#else
# if defined(XEN_FASTABI_ALL_STRUCTS) ||                                       \
    !(defined(__GNUC__) || defined(__clang__))
#  define XEN_FASTABI_KNOWN(id, tag, aligned) 1
# elif defined(__clang__)
#  define XEN_FASTABI_KNOWN(id, tag, aligned)                                  \
    __builtin_types_compatible_p(                                              \
        __typeof__(1 ? (void *)((__INTPTR_TYPE__)(__builtin_object_size(       \
                                    &xen_fastabi_probe_##id, 0) !=             \
                                       (__SIZE_TYPE__)-1) - 1)                 \
                     : (int *)0), int *)
# else
struct xen_fastabi_packed { char first_; int second_; }; /* -fpack-struct */
#  ifdef __has_builtin
#   if __has_builtin(__builtin_has_attribute) && !defined(XEN_FASTABI_IS_PACKED)
#    define XEN_FASTABI_IS_PACKED(tag)                                         \
    __builtin_has_attribute(struct tag, __packed__)
#   endif
#  endif
/* Of gcc before 10, where a struct that is packed counts as absent. */
#  ifndef XEN_FASTABI_IS_PACKED
#   define XEN_FASTABI_IS_PACKED(tag) 0
#  endif
#  define XEN_FASTABI_KNOWN(id, tag, aligned)                                  \
    (!(aligned) || sizeof(struct xen_fastabi_packed) != 8 ||                   \
     __alignof__(xen_fastabi_probe_##id) > 1 || XEN_FASTABI_IS_PACKED(tag))
# endif
# ifdef __cplusplus
#  define XEN_FASTABI_CHOOSE(id, tag, aligned)                                 \
    enum { xen_fastabi_has_##id = 1 };                                         \
    typedef struct tag xen_fastabi_struct_##id
# else
#  define XEN_FASTABI_CHOOSE(id, tag, aligned)                                 \
    extern struct tag xen_fastabi_probe_##id;                                  \
    enum { xen_fastabi_has_##id = XEN_FASTABI_KNOWN(id, tag, aligned) };       \
    typedef __typeof__(*__builtin_choose_expr(                                 \
        xen_fastabi_has_##id, (struct tag *)0,                                 \
        (struct xen_fastabi_absent_##id *)0)) xen_fastabi_struct_##id
# endif
#endif
#define XEN_FASTABI_STRUCT(id, tag, aligned, members)                          \
    struct tag;                                                                \
    struct xen_fastabi_absent_##id { members };                                \
    extern void *xen_fastabi_lacks_##id(void) __attribute__((__error__(        \
        "the headers that were included lack struct " #tag                     \
        ", or hide it in this __XEN_INTERFACE_VERSION__")));                   \
    XEN_FASTABI_CHOOSE(id, tag, aligned)

/* In a stub: where the fields are. */
#define XEN_FASTABI_FIELDS(id)                                                 \
    xen_fastabi_struct_##id *const fields_ =                                   \
        xen_fastabi_has_##id                                                   \
            ? (xen_fastabi_struct_##id *)param_                                \
            : (xen_fastabi_struct_##id *)xen_fastabi_lacks_##id()

#define XEN_FASTABI_ASSERT_STRUCT(name, id, condition)                         \
    XEN_FASTABI_ASSERT(name, !xen_fastabi_has_##id || (condition))

/*
 * A field has the width and the sign of an integer type.  What sign an enum
 * has, C++ does not say.
 */
#ifdef __cplusplus
#define XEN_FASTABI_IS_ENUM(type) __is_enum(type)
#else
#define XEN_FASTABI_IS_ENUM(type) 0
#endif
#define XEN_FASTABI_HAS_SIGN(type)                                             \
    ((type)(XEN_FASTABI_IS_ENUM(type) ? 0 : -1) < 1)
#define XEN_FASTABI_ASSERT_FIELD(name, structure, field, type)                 \
    XEN_FASTABI_ASSERT(                                                        \
        name, sizeof(((structure *)0)->field) == sizeof(type) &&               \
                  (XEN_FASTABI_IS_ENUM(__typeof__(((structure *)0)->field)) || \
                   XEN_FASTABI_HAS_SIGN(                                       \
                       __typeof__(((structure *)0)->field)) ==                 \
                       XEN_FASTABI_HAS_SIGN(type)))

/*
 * Integers in a struct that may be another one than the caller's, and packed;
 * see struct_compat in the specification.
 */
struct xen_fastabi_alias_u8 {
    uint8_t value_;
} __attribute__((__may_alias__));
struct xen_fastabi_alias_u16 {
    uint16_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_alias_u32 {
    uint32_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_alias_u64 {
    uint64_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_alias_i8 {
    int8_t value_;
} __attribute__((__may_alias__));
struct xen_fastabi_alias_i16 {
    int16_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_alias_i32 {
    int32_t value_;
} __attribute__((__packed__, __may_alias__));
struct xen_fastabi_alias_i64 {
    int64_t value_;
} __attribute__((__packed__, __may_alias__));

#define XEN_FASTABI_ALIAS(type, id, fields, field)                             \
    (((struct xen_fastabi_alias_##type *)(void *)((char *)(fields) +           \
          __builtin_offsetof(xen_fastabi_struct_##id, field)))->value_)

/*
 * The argument, made a pointer of type "to" if it is one of type "from" (an
 * array of which will do).
 */
#define XEN_FASTABI_CONVERT(from, to, argument)                                \
    __builtin_choose_expr(                                                     \
        __builtin_types_compatible_p(__typeof__(((void)0, (argument))),        \
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
    "jne 2f\n\t"                          \
    "vmcall\n\t"                          \
    "jmp 3f\n"                            \
    "2:\tvmmcall\n"                       \
    "3:\n\t"                              \
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
    "2:\tvmmcall\n\t"                                                          \
    ".pushsection xen_fastabi_sites,"                                          \
    "\"" XEN_FASTABI_SITES_FLAGS "\",@progbits\n\t"                            \
    ".balign 4\n\t"                                                            \
    ".long 2b - .\n\t"                                                         \
    ".popsection"

#ifdef __cplusplus
@QUIET@
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
               ? XEN_FASTABI_INTEL : XEN_FASTABI_AMD;
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
    return (unsigned char *)((__UINTPTR_TYPE__)site_ +
                             (__UINTPTR_TYPE__)(int64_t)*site_);
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
    const unsigned char byte_ = vendor_ == XEN_FASTABI_INTEL ? 0xc1 : 0xd9;
    const int32_t *site_;
    int status_;

    if (sites_ >= end_)
        return -2;
    for (site_ = sites_; site_ < end_; site_++) {
        const volatile unsigned char *code_ = xen_fastabi_site(site_);

        if ((__UINTPTR_TYPE__)code_ < (__UINTPTR_TYPE__)text_ ||
            (__UINTPTR_TYPE__)text_end_ < 3 ||
            (__UINTPTR_TYPE__)code_ > (__UINTPTR_TYPE__)text_end_ - 3)
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
@LOUD@
#endif

@END@
