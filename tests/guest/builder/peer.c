/* SPDX-License-Identifier: MIT */
/*
 * Two domains that have to do with each other: event channels between them, frames that one grants
 * and the other maps, and what neither may do in the other's name.  Both run this kernel, possibly
 * with the stubs of two languages; the first offers, the second takes.  Everything is done once for
 * each way to call, and must come out the same.  Knows operations by name and no language.
 */
#include "boot/runtime.h"

#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>

#include "kernel/operation.h"
#include "kernel/state.h"

#include "mailbox.h"

#define MILLISECOND 1000000ull
#define WAIT_NS     (10000 * MILLISECOND)
#define WORDS       8
#define REF         16 /* of the first grant; those below 8 are reserved */
#define MAX_SEEN    256

enum way { BY_CLASSIC, BY_STUB, BY_REGISTERS, WAYS };
static const char *const way_names[WAYS] = { "classic", "stub", "registers" };

static volatile struct mailbox *const mailbox = (volatile struct mailbox *)(uintptr_t)
    MAILBOX_ADDRESS;
static enum way way;
static bool first;           /* the one that offers */
static uint64_t told[WORDS]; /* what the peer said last */

/* ---- the peer ---- */

static void meet(void)
{
    uint64_t end = xen_system_time() + WAIT_NS;

    mailbox->step = mailbox->step + 1;
    for (unsigned looks = 0; mailbox->peer_step < mailbox->step; looks++) {
        struct sched_poll poll = { .timeout = xen_system_time() + MILLISECOND / 4 };

        if (looks > LOOKS_AT_LEAST && xen_system_time() > end)
            tap_bail("the peer is gone, after %s", tap_done());
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
    }
}

/* Tell the peer these words, and hear its own. */
static void tell(uint64_t a, uint64_t b)
{
    mailbox->word[0] = a;
    mailbox->word[1] = b;
    meet();
    for (unsigned i = 0; i < WORDS; i++)
        told[i] = mailbox->peer_word[i];
    meet();
}

/* ---- calls ---- */

struct input {
    const char *name;
    uint64_t value;
};
#define IN(name, value)                                                                            \
    {                                                                                              \
        name, (uint64_t)(value)                                                                    \
    }
#define CALL(name, ...) call(name, (const struct input[]){ __VA_ARGS__ __VA_OPT__(, ){ NULL, 0 } })

static const struct operation *last;
static uint64_t outputs[MAX_PARAMS];

static uint64_t output(const char *name)
{
    int n = param_find(last, name);

    if (n < 0)
        tap_bail("%s has no output %s", last->name, name);
    return outputs[n];
}

static int64_t output_signed(const char *name)
{
    return (int64_t)value_extend(&last->params[param_find(last, name)], output(name));
}

static long make_call(const uint64_t *in)
{
    static uint64_t seed = 1;
    struct struct_report unread;
    struct register_report lost;
    long result;

    switch (way) {
    case BY_CLASSIC:
        return call_classic(last, in, outputs, &unread);
    case BY_STUB:
        return call_stub(last, in, outputs);
    default:
        result = call_registers(last, in, outputs, &seed, &lost);
        if (lost.lost)
            tap_check(false, "%s changes %s: %lx before, %lx after", last->name, lost.what,
                      lost.before, lost.after);
        return result;
    }
}

static long call(const char *name, const struct input *inputs)
{
    uint64_t in[MAX_PARAMS] = { 0 };

    last = operation_find(name);
    tap_doing("%s between two domains, %s", name, way_names[way]);
    for (; inputs->name; inputs++) {
        int n = param_find(last, inputs->name);

        if (n < 0)
            tap_bail("%s has no input %s", name, inputs->name);
        in[n] = inputs->value;
    }
    /* What is in and out is one variable of the caller's. */
    for (unsigned n = 0; n < MAX_PARAMS; n++)
        outputs[n] = n < param_count(last) && last->params[n].reg_in != NO_REGISTER
                         ? in[n]
                         : 0xa5a5a5a5a5a5a5a5u;
    return make_call(in);
}

/* ---- results ---- */

static void expect(const char *what, int64_t value, int64_t wanted)
{
    tap_check(value == wanted, "%s, %s: %ld, wanted %ld", what, way_names[way], value, wanted);
}

/* Something that must be as it was when the classic ABI was used. */
static void same(const char *what, uint64_t value)
{
    static uint64_t seen[MAX_SEEN];
    static unsigned count, used_by;

    if (used_by != way)
        count = 0;
    used_by = way;
    if (count == MAX_SEEN)
        tap_bail("more than %u things to compare", MAX_SEEN);
    if (way == BY_CLASSIC)
        seen[count] = value;
    else
        tap_check(value == seen[count], "%s, %s: %lx, classic %lx", what, way_names[way], value,
                  seen[count]);
    count++;
}

/* ---- event channels ---- */

static void expect_status(const char *what, uint32_t port, int64_t status, int64_t remote_port)
{
    expect(what, CALL("event_channel.status", IN("dom", DOMID_SELF), IN("port", port)), 0);
    expect("... its state", (int64_t)output("status"), status);
    expect("... the other domain", (int64_t)output("bound_to"), mailbox->peer);
    if (status == EVTCHNSTAT_interdomain)
        expect("... the other port", (int64_t)output("remote_port"), remote_port);
}

static void expect_event(const char *what, uint32_t port, bool wanted)
{
    expect(what, port_is_pending(port), wanted);
    port_set_pending(port, false);
}

/* The first opens, the second connects.  Returns the own end; *other is the peer's. */
static uint32_t connect(uint32_t *other)
{
    uint32_t port = 0;

    if (first) {
        expect("open a port for the other domain",
               CALL("event_channel.alloc_unbound", IN("dom", DOMID_SELF),
                    IN("remote_dom", mailbox->peer)),
               0);
        port = (uint32_t)output("port");
        same("the port", port);
        expect_status("a port that waits", port, EVTCHNSTAT_unbound, 0);
    }
    tell(port, 0);
    if (!first) {
        expect("connect to the other domain's port",
               CALL("event_channel.bind_interdomain", IN("remote_dom", mailbox->peer),
                    IN("remote_port", told[0])),
               0);
        port = (uint32_t)output("local_port");
        same("the own end", port);
        *other = (uint32_t)told[0];
        expect_event("a new end is pending", port, true);
        expect("connect once more",
               CALL("event_channel.bind_interdomain", IN("remote_dom", mailbox->peer),
                    IN("remote_port", told[0])),
               -XEN_EINVAL);
    }
    tell(port, 0);
    if (first)
        *other = (uint32_t)told[0];
    expect_status("a port that is connected", port, EVTCHNSTAT_interdomain, *other);
    return port;
}

/* One notifies, the other waits for it in poll. */
static void notify_waiting(uint32_t port)
{
    uint64_t end = xen_system_time() + 60000 * MILLISECOND;

    tell(0, 0);
    if (first) {
        /* Long enough for the other to wait, or the builder would not have heard of it. */
        for (unsigned i = 0; i < 20; i++)
            hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
        expect("notify the one that waits", CALL("event_channel.send", IN("port", port)), 0);
    } else {
        expect("wait for the other domain",
               CALL("sched.poll", IN("timeout", end), IN("port", port)), 0);
        expect("the wait ended by the event", xen_system_time() < end, true);
        expect_event("an event that was waited for", port, true);
    }
    tell(0, 0);
}

static void notify_masked(uint32_t port)
{
    if (!first)
        port_set_masked(port, true);
    tell(0, 0);
    if (first)
        expect("notify a masked port", CALL("event_channel.send", IN("port", port)), 0);
    tell(0, 0);
    if (!first) {
        expect("unmask it", CALL("event_channel.unmask", IN("port", port)), 0);
        expect("the mask is gone", port_is_masked(port), false);
        expect_event("the event is still there", port, true);
    }
}

static void channels(void)
{
    uint32_t other = 0, port = connect(&other);

    port_set_pending(port, false);
    tell(0, 0);
    if (first)
        expect("notify the other domain", CALL("event_channel.send", IN("port", port)), 0);
    tell(0, 0);
    expect_event(first ? "no event without a notification" : "the other domain's notification",
                 port, !first);
    tell(0, 0);
    if (!first)
        expect("notify back", CALL("event_channel.send", IN("port", port)), 0);
    tell(0, 0);
    expect_event(first ? "the notification back" : "no event from oneself", port, first);
    notify_waiting(port);
    notify_masked(port);
    tell(0, 0);
    if (!first)
        expect("close the own end", CALL("event_channel.close", IN("port", port)), 0);
    tell(0, 0);
    if (first) {
        expect_status("a port whose other end was closed", port, EVTCHNSTAT_unbound, 0);
        expect("notify nobody", CALL("event_channel.send", IN("port", port)), 0);
        expect("close it", CALL("event_channel.close", IN("port", port)), 0);
    }
    tell(0, 0);
}

static void channel_reset(void)
{
    uint32_t other = 0, port = connect(&other);

    tell(0, 0);
    if (first)
        expect("reset one's channels", CALL("event_channel.reset", IN("dom", DOMID_SELF)), 0);
    tell(0, 0);
    if (!first) {
        expect_status("a port whose other domain was reset", port, EVTCHNSTAT_unbound, 0);
        expect("close it", CALL("event_channel.close", IN("port", port)), 0);
    }
    tell(0, 0);
}

/* A port that waits for somebody else. */
static void channel_refused(void)
{
    uint32_t port = 0;

    if (first) {
        expect("open a port for dom0",
               CALL("event_channel.alloc_unbound", IN("dom", DOMID_SELF), IN("remote_dom", 0)), 0);
        port = (uint32_t)output("port");
    }
    tell(port, 0);
    if (!first)
        expect("connect to a port for dom0",
               CALL("event_channel.bind_interdomain", IN("remote_dom", mailbox->peer),
                    IN("remote_port", told[0])),
               -XEN_EINVAL);
    tell(0, 0);
    if (first)
        expect("close it", CALL("event_channel.close", IN("port", port)), 0);
}

/* ---- what an unprivileged domain may not do in the name of another ---- */

static void refusals_for(uint16_t domain)
{
    expect("open a port in another's name",
           CALL("event_channel.alloc_unbound", IN("dom", domain), IN("remote_dom", DOMID_SELF)),
           -XEN_EPERM);
    expect("look at another's port", CALL("event_channel.status", IN("dom", domain), IN("port", 1)),
           -XEN_EPERM);
    expect("reset another's ports", CALL("event_channel.reset", IN("dom", domain)), -XEN_EPERM);
    expect("set another's parameter",
           CALL("hvm.set_param", IN("domid", domain), IN("index", HVM_PARAM_CALLBACK_IRQ),
                IN("value", 0)),
           -XEN_EPERM);
    expect("read another's parameter",
           CALL("hvm.get_param", IN("domid", domain), IN("index", HVM_PARAM_CALLBACK_IRQ)),
           -XEN_EPERM);
    expect("look at another's memory", CALL("hvm.get_mem_type", IN("domid", domain), IN("pfn", 1)),
           -XEN_EPERM);
}

static void refusals(void)
{
    refusals_for(mailbox->peer);
    refusals_for(0);
    expect("open a port in one's own name",
           CALL("event_channel.alloc_unbound", IN("dom", DOMID_SELF), IN("remote_dom", DOMID_SELF)),
           0);
    expect("close it", CALL("event_channel.close", IN("port", output("port"))), 0);
}

/* ---- grants ---- */

static PAGE_ALIGNED grant_entry_v1_t grant_page[PAGE_SIZE / sizeof(grant_entry_v1_t)];
static PAGE_ALIGNED uint64_t shared_page[PAGE_SIZE / 8], read_only_page[PAGE_SIZE / 8];

static uint64_t pattern(unsigned i, uint64_t which)
{
    return (i + 1) * 0x9e3779b97f4a7c15u ^ which << 32 ^ way;
}

static void offer(uint32_t ref, uint64_t *page, uint64_t which, uint16_t flags)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        page[i] = pattern(i, which);
    grant_page[ref].domid = mailbox->peer;
    grant_page[ref].frame = (uint32_t)FRAME_OF(page);
    __atomic_store_n(&grant_page[ref].flags, GTF_permit_access | flags, __ATOMIC_SEQ_CST);
}

static void map_grant_table(void)
{
    struct xen_add_to_physmap map = { .domid = DOMID_SELF,
                                      .space = XENMAPSPACE_grant_table,
                                      .gpfn = FRAME_OF(grant_page) };
    long result = hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);

    if (result)
        tap_bail("the grant table cannot be mapped: %ld", result);
}

static unsigned differences(const volatile uint64_t *page, uint64_t which)
{
    unsigned count = 0;

    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        count += page[i] != pattern(i, which);
    return count;
}

static void map(const char *what, uint16_t domain, uint32_t ref, uint32_t flags, int64_t status)
{
    expect(what,
           CALL("grant_table.map_grant_ref", IN("dom", domain), IN("host_addr", (uintptr_t)hole()),
                IN("flags", flags), IN("ref", ref)),
           0);
    expect("... its status", output_signed("status"), status);
}

static void unmap(const char *what, uint32_t handle, int64_t status)
{
    expect(what,
           CALL("grant_table.unmap_grant_ref", IN("host_addr", (uintptr_t)hole()),
                IN("handle", handle), IN("dev_bus_addr", 0)),
           0);
    expect("... its status", output_signed("status"), status);
}

/* A write that is to fault; the vector, or 0 if it did not. */
static unsigned write_fault(volatile uint64_t *address)
{
    struct cpu *cpu = cpu_current();

    cpu->fault = 0;
    __asm__ __volatile__("movq $1f, %0\n\tmovq $1, (%1)\n1:"
                         : "=m"(cpu->resume)
                         : "r"(address)
                         : "memory");
    cpu->resume = 0;
    return cpu->fault;
}

static void take_shared(void)
{
    volatile uint64_t *mapped = hole();

    map("map the other domain's frame", mailbox->peer, REF, GNTMAP_host_map, GNTST_okay);
    uint32_t handle = (uint32_t)output("handle");
    expect("words that differ from what was written", differences(mapped, 1), 0);
    tell(0, 0);
    tell(0, 0);
    expect("words that differ from what was written meanwhile", differences(mapped, 2), 0);
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        mapped[i] = pattern(i, 3);
    tell(0, 0);
    unmap("unmap it", handle, GNTST_okay);
    expect("nothing is there any more", (int64_t)mapped[0], -1);
    unmap("unmap it again", handle, GNTST_bad_handle);
    tell(0, 0);
}

static void give_shared(void)
{
    tell(0, 0);
    expect("the entry is in use", grant_page[REF].flags & (GTF_reading | GTF_writing),
           GTF_reading | GTF_writing);
    expect("another format while the other maps", CALL("grant_table.set_version", IN("version", 2)),
           -XEN_EBUSY);
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        shared_page[i] = pattern(i, 2);
    tell(0, 0);
    tell(0, 0);
    expect("words that differ from what the other wrote", differences(shared_page, 3), 0);
    tell(0, 0);
    expect("the entry is not in use", grant_page[REF].flags & (GTF_reading | GTF_writing), 0);
}

static void take_read_only(void)
{
    volatile uint64_t *mapped = hole();

    map("map a read-only frame for writing", mailbox->peer, REF + 1, GNTMAP_host_map,
        GNTST_general_error);
    map("map it for reading", mailbox->peer, REF + 1, GNTMAP_host_map | GNTMAP_readonly,
        GNTST_okay);
    uint32_t handle = (uint32_t)output("handle");
    expect("words that differ from what was written", differences(mapped, 4), 0);
    same("the fault of a write", write_fault(mapped));
    expect("words that differ after a write", differences(mapped, 4), 0);
    unmap("unmap it", handle, GNTST_okay);
    map("map what was never granted", mailbox->peer, REF + 2, GNTMAP_host_map, GNTST_general_error);
    map("map an entry that is not there", mailbox->peer, 1u << 24, GNTMAP_host_map,
        GNTST_bad_gntref);
    map("map for nothing", mailbox->peer, REF, 0, GNTST_bad_gntref);
    map("map from DOMID_SELF", DOMID_SELF, REF, GNTMAP_host_map, GNTST_bad_domain);
    map("map from a domain that is not there", 0x7000, REF, GNTMAP_host_map, GNTST_bad_domain);
    map("map what dom0 never granted", 0, REF, GNTMAP_host_map, GNTST_general_error);
}

static void grants(void)
{
    if (first) {
        map_grant_table();
        offer(REF, shared_page, 1, 0);
        offer(REF + 1, read_only_page, 4, GTF_readonly);
    }
    tell(0, 0);
    if (first)
        give_shared();
    else
        take_shared();
    tell(0, 0);
    if (!first)
        take_read_only();
    tell(0, 0);
    if (first)
        expect("words of the read-only frame that changed", differences(read_only_page, 4), 0);
}

void guest_main(const struct hvm_start_info *info)
{
    (void)info;
    first = mailbox->index == 0;
    print("# d%u, the %s of two, with the stubs of %s\n", mailbox->self, first ? "first" : "second",
          guest_language);
    for (way = BY_CLASSIC; way < WAYS; way++) {
        state_reset();
        tell(0, 0);
        channels();
        channel_reset();
        channel_refused();
        refusals();
        grants();
        tell(0, 0);
    }
    tap_plan();
}
