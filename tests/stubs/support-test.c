/* SPDX-License-Identifier: MIT */
/*
 * The helpers of fastabi.h, run natively: detection and vendor over invented CPUID leaves, patching
 * over the sites of stubs made with transfer=patch.  Must not know how they work, only their
 * documentation.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <fastabi/vcpu.h>
#include <fastabi/event_channel.h>

static int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d: not so: %s\n", __LINE__, #condition);                                 \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

/* ---- CPUID ---- */

static struct {
    uint32_t xen_base, max_leaf, features; /* Xen's leaves; 0: there are none */
    const char *vendor;
} machine;

static void set_text(uint32_t *b, uint32_t *c, uint32_t *d, const char *text)
{
    memcpy(b, text, 4);
    memcpy(c, text + 4, 4);
    memcpy(d, text + 8, 4);
}

static void fake_cpuid(uint32_t leaf, uint32_t regs[4])
{
    regs[0] = regs[1] = regs[2] = regs[3] = 0x11223344;
    if (leaf == 0)
        set_text(&regs[1], &regs[3], &regs[2], machine.vendor); /* EBX, EDX, ECX */
    if (leaf == 0x40000000u && machine.xen_base != leaf) {
        regs[0] = 0x40000006u;
        set_text(&regs[1], &regs[2], &regs[3], "Microsoft Hv");
    }
    if (machine.xen_base != 0 && leaf == machine.xen_base) {
        regs[0] = machine.max_leaf;
        set_text(&regs[1], &regs[2], &regs[3], "XenVMMXenVMM");
    }
    if (machine.xen_base != 0 && leaf == machine.xen_base + 4)
        regs[0] = machine.features;
}

static uint32_t detect(uint32_t base, uint32_t max_leaf, uint32_t features)
{
    machine.xen_base = base;
    machine.max_leaf = max_leaf;
    machine.features = features;
    return xen_fastabi_detect(fake_cpuid);
}

static enum xen_hypercall_vendor vendor(const char *name)
{
    machine.vendor = name;
    return xen_fastabi_vendor(fake_cpuid);
}

static void test_cpuid(void)
{
    CHECK(detect(0, 0, 0) == 0);
    CHECK(detect(0x40000000u, 0x40000004u, 1u << 7) == 0x40000000u);
    CHECK(detect(0x40000000u, 0x40000004u, ~(1u << 7)) == 0);
    CHECK(detect(0x40000000u, 0x40000003u, ~0u) == 0);
    CHECK(detect(0x40000100u, 0x40000105u, 0xffu) == 0x40000100u);
    CHECK(detect(0x4000ff00u, 0x4000ff04u, 0xffu) == 0x4000ff00u);
    CHECK(vendor("GenuineIntel") == Intel);
    CHECK(vendor("AuthenticAMD") == Amd);
    CHECK(vendor("HygonGenuine") == Amd);
    CHECK(vendor("CentaurHauls") == Intel);
    CHECK(vendor("  Shanghai  ") == Intel);
}

/* ---- patching ---- */

extern const int32_t __start_xen_fastabi_sites[], __stop_xen_fastabi_sites[];
#define SITES     __start_xen_fastabi_sites, __stop_xen_fastabi_sites
#define SITES_END __stop_xen_fastabi_sites, __stop_xen_fastabi_sites

/* Code in its own section, so that its bounds are known. */
#define CODE __attribute__((__noinline__, __used__, __section__("patched_code")))
extern
#ifdef __cplusplus
    "C"
#endif
    unsigned char __start_patched_code[],
    __stop_patched_code[];

CODE static long up_twice(uint32_t vcpu)
{
    long first = xen_hypercall_vcpu_up(vcpu);
    return first + xen_hypercall_vcpu_up(vcpu);
}

CODE static long bind(uint32_t *port)
{
    return xen_hypercall_event_channel_bind_ipi(1, port);
}

static int writes;

static int poke(void *data, unsigned char *at, unsigned char byte)
{
    writes++;
    if (*(int *)data != 0)
        return *(int *)data;
    *at = byte;
    return 0;
}

static int patch(enum xen_hypercall_vendor to, const void *start, const void *end, int error)
{
    writes = 0;
    return xen_fastabi_patch(SITES, start, end, to, poke, &error);
}

/* How many sites have this last byte? */
static int count(unsigned char byte)
{
    int n = 0;
    const int32_t *site;
    for (site = __start_xen_fastabi_sites; site != __stop_xen_fastabi_sites; site++) {
        const unsigned char *code = (const unsigned char *)site + *site;
        n += code[0] == 0x0f && code[1] == 0x01 && code[2] == byte;
    }
    return n;
}

static void test_patch(void)
{
    unsigned char *start = __start_patched_code, *end = __stop_patched_code;
    unsigned char *page = (unsigned char *)((uintptr_t)start & ~(uintptr_t)4095);
    unsigned char *first = (unsigned char *)((uintptr_t)__start_xen_fastabi_sites +
                                             (uintptr_t)(intptr_t)*__start_xen_fastabi_sites);
    // cppcheck-suppress comparePointers -- the linker's names for both ends of one section
    const int sites = (int)(__stop_xen_fastabi_sites - __start_xen_fastabi_sites);

    CHECK(mprotect(page, (size_t)(end - page), PROT_READ | PROT_WRITE | PROT_EXEC) == 0);
    CHECK(sites == 3 && count(0xd9) == 3);
    CHECK(patch(Amd, start, end, 0) == 0 && writes == 0);
    CHECK(patch(Intel, start, end, 0) == 0 && writes == 3 && count(0xc1) == 3);
    CHECK(patch(Intel, start, end, 0) == 0 && writes == 0);
    writes = 0;
    CHECK(xen_fastabi_patch(SITES_END, start, end, Amd, poke, &writes) == -2);
    CHECK(patch(Amd, start, end, -5) == -5 && writes == 1 && count(0xc1) == 3);
    /* Sites outside the text: nothing is written, not even to those inside. */
    CHECK(patch(Amd, start, start, 0) == -22 && writes == 0);
    CHECK(patch(Amd, first + 1, end, 0) == -22 && writes == 0);
    CHECK(patch(Amd, start, first + 2, 0) == -22 && writes == 0);
    CHECK(patch(Amd, NULL, NULL, 0) == -22 && writes == 0);
    CHECK(count(0xc1) == 3);
    /* A site that is not a transfer instruction. */
    first[2] = 0xc8;
    CHECK(patch(Amd, start, end, 0) == -22 && writes == 0 && count(0xc1) == 2);
    first[2] = 0xc1;
    CHECK(patch(Amd, start, end, 0) == 0 && writes == 3 && count(0xd9) == 3);
}

int main(int argc, char **argv)
{
    uint32_t port = 0;
    (void)argv;
    test_cpuid();
    test_patch();
    if (argc > 1000) /* never; keeps the code */
        return (int)up_twice(0) + (int)bind(&port);
    return failures != 0;
}
