/* SPDX-License-Identifier: MIT */
/**
 * @file tests/fastabi/main.c
 * @ref test-fastabi
 *
 * @page test-fastabi FastABI
 *
 * Hypercalls that pass everything in registers.  Each check makes the same
 * call in the classic ABI, or looks at its effect there.
 *
 * The headers in include/fastabi/ are generated:
 *
 *     fastabi-gen generate -b c --profile xtf -O style=value -o include \
 *         --only version.version --only event_channel.alloc_unbound \
 *         --only event_channel.status --only event_channel.close
 *
 * @see tests/fastabi/main.c
 */
#include <xtf.h>

#include <fastabi/event_channel.h>
#include <fastabi/version.h>

const char test_title[] = "FastABI";

#define POISON 0x5a5a5a5a5a5a5a5aul

static enum xen_hypercall_vendor vendor;

struct regs {
    unsigned long rax, rdi, rsi, r8, r9, r10, r11, r12;
};

/* A call by hand: every register that FastABI uses, before and after. */
static struct regs call(unsigned long rax, unsigned long rdi)
{
    register unsigned long r8 asm ("r8") = POISON + 8;
    register unsigned long r9 asm ("r9") = POISON + 9;
    register unsigned long r10 asm ("r10") = POISON + 10;
    register unsigned long r11 asm ("r11") = POISON + 11;
    register unsigned long r12 asm ("r12") = POISON + 12;
    unsigned long rsi = POISON + 2;

    if ( vendor == XEN_FASTABI_AMD )
        asm volatile ("vmmcall"
                      : "+a" (rax), "+D" (rdi), "+S" (rsi), "+r" (r8),
                        "+r" (r9), "+r" (r10), "+r" (r11), "+r" (r12)
                      :: "memory");
    else
        asm volatile ("vmcall"
                      : "+a" (rax), "+D" (rdi), "+S" (rsi), "+r" (r8),
                        "+r" (r9), "+r" (r10), "+r" (r11), "+r" (r12)
                      :: "memory");

    return (struct regs){ rax, rdi, rsi, r8, r9, r10, r11, r12 };
}

/* What is refused changes no register but rax. */
static void check_refused(const char *what, unsigned long rax,
                          unsigned long rdi, long expected)
{
    struct regs after = call(rax, rdi);

    if ( (long)after.rax != expected )
        xtf_failure("Fail: %s: got %ld, expected %ld\n",
                    what, (long)after.rax, expected);

    if ( after.rdi != rdi || after.rsi != POISON + 2 || after.r8 != POISON + 8 ||
         after.r9 != POISON + 9 || after.r10 != POISON + 10 ||
         after.r11 != POISON + 11 || after.r12 != POISON + 12 )
        xtf_failure("Fail: %s: a register changed\n", what);
}

static void check_refusals(void)
{
    const unsigned long evtchn = __HYPERVISOR_FASTABI_MASK |
        __HYPERVISOR_event_channel_op;

    check_refused("unknown hypercall", __HYPERVISOR_FASTABI_MASK | 63, 0,
                  -ENOSYS);
    check_refused("unknown sub-operation", evtchn, 0x1000, -ENOSYS);
    check_refused("sub-operation above 32 bits", evtchn,
                  (1ul << 32) | EVTCHNOP_status, -ENOSYS);
    check_refused("bits above eax", (1ul << 32) | evtchn, EVTCHNOP_status,
                  -EINVAL);
}

/* An event channel that one ABI makes and closes is there in the other. */
static void check_event_channel(void)
{
    struct evtchn_status classic = { .dom = DOMID_SELF };
    uint32_t status = ~0u, vcpu = ~0u, bound_to = ~0u;
    evtchn_port_t port = ~0u, remote = ~0u;
    long rc;

    rc = xen_hypercall_event_channel_alloc_unbound(vendor, DOMID_SELF,
                                                   DOMID_SELF, &port);
    if ( rc )
    {
        xtf_failure("Fail: alloc_unbound: %ld\n", rc);
        return;
    }

    classic.port = port;
    rc = hypercall_event_channel_op(EVTCHNOP_status, &classic);
    if ( rc || classic.status != EVTCHN_STATUS_unbound )
    {
        xtf_failure("Fail: port %u, in the classic ABI: %ld, status %u\n",
                    port, rc, classic.status);
        return;
    }

    rc = xen_hypercall_event_channel_status(vendor, DOMID_SELF, port, &status,
                                            &vcpu, &bound_to, &remote);
    if ( rc || status != classic.status || vcpu != classic.vcpu )
        xtf_failure("Fail: status: %ld, status %u, vcpu %u\n",
                    rc, status, vcpu);

    rc = xen_hypercall_event_channel_close(vendor, port);
    if ( rc )
        xtf_failure("Fail: close: %ld\n", rc);

    rc = hypercall_event_channel_op(EVTCHNOP_status, &classic);
    if ( rc || classic.status != EVTCHN_STATUS_closed )
        xtf_failure("Fail: closed port, in the classic ABI: %ld, status %u\n",
                    rc, classic.status);

    status = ~0u;
    rc = xen_hypercall_event_channel_status(vendor, DOMID_SELF, ~0u, &status,
                                            &vcpu, &bound_to, &remote);
    if ( rc != -EINVAL || status != ~0u )
        xtf_failure("Fail: status of no port: %ld, status %u\n", rc, status);
}

void test_main(void)
{
    long fast, classic;

    if ( !xen_fastabi_detect(xen_fastabi_cpuid) )
    {
        xtf_skip("Skip: no FastABI\n");
        return;
    }

    vendor = xen_fastabi_vendor(xen_fastabi_cpuid);

    fast = xen_hypercall_version_version(vendor);
    classic = hypercall_xen_version(XENVER_version, NULL);
    if ( fast != classic )
        xtf_failure("Fail: version 0x%lx, in the classic ABI 0x%lx\n",
                    fast, classic);

    check_refusals();
    check_event_channel();

    xtf_success(NULL);
}

/*
 * Local variables:
 * mode: C
 * c-file-style: "BSD"
 * c-basic-offset: 4
 * tab-width: 4
 * indent-tabs-mode: nil
 * End:
 */
