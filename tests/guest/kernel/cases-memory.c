/* SPDX-License-Identifier: MIT */
/* Cases of memory, physdev, console_io, set_timer_op and vm_assist, and of versions in strings. */
#define __XEN_TOOLS__ 1 /* for sysctl.h */

#include "run.h"

#include "places.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/physdev.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>

#define NO_DOMAIN 1234u

static PAGE_ALIGNED unsigned char buffer[3 * PAGE_SIZE];

/* ---- the balloon ---- */

#define EXTENTS 40u

/* Frames to give away, of each way to call its own: they come back, but with another content. */
static PAGE_ALIGNED unsigned char balloon[MODES][EXTENTS * PAGE_SIZE];

static long reserve(unsigned op, uint64_t gfn, uint64_t count)
{
    static uint64_t list[EXTENTS];
    struct xen_memory_reservation r = { .nr_extents = count, .domid = DOMID_SELF };

    set_xen_guest_handle(r.extent_start, list);
    for (uint64_t i = 0; i < count; i++)
        list[i] = gfn + i;
    return hypercall2(__HYPERVISOR_memory_op, op, &r);
}

static uint64_t reservation(void)
{
    struct xen_memory_domain self = { .domid = DOMID_SELF };

    return (uint64_t)hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);
}

/*
 * A call that an interrupt ended early is not a fault, but cannot be compared: undo it and make it
 * again. Returns whether it was; the caller loops.
 */
static bool is_interrupted(struct run *r, unsigned seen, uint64_t count)
{
    if (r->mode == CLASSIC || r->result <= 0 || (uint64_t)r->result == count)
        return false;
    return run_again(r, seen);
}

static void decrease(struct run *r, uint64_t count)
{
    uint64_t gfn = FRAME_OF(balloon[r->mode]), before = reservation();
    unsigned seen = r->count[r->mode];

    do {
        CALL(r, IN("gfn", gfn), IN("extent_order", 0), IN("nr_extents", count));
        run_check(r, before - reservation() == (uint64_t)r->result, "%lu frames were given back",
                  before - reservation());
        reserve(XENMEM_populate_physmap, gfn, (uint64_t)r->result);
    } while (is_interrupted(r, seen, count));
    run_expect(r, (long)count);
    run_check(r, reservation() == before, "%lu frames, and %lu before", reservation(), before);
}

static void decrease_one(struct run *r)
{
    decrease(r, 1);
}

static void decrease_many(struct run *r)
{
    decrease(r, EXTENTS);
}

/* It stops at the first that is not there. */
static void decrease_hole(struct run *r)
{
    uint64_t gfn = FRAME_OF(balloon[r->mode]);
    unsigned seen = r->count[r->mode];

    reserve(XENMEM_decrease_reservation, gfn + 3, 1);
    do {
        CALL(r, IN("gfn", gfn), IN("extent_order", 0), IN("nr_extents", 8));
        reserve(XENMEM_populate_physmap, gfn, r->result > 0 ? (uint64_t)r->result : 0);
    } while (is_interrupted(r, seen, 3));
    run_observe(r, "filled again", (uint64_t)reserve(XENMEM_populate_physmap, gfn + 3, 1));
}

static void decrease_none(struct run *r)
{
    CALL(r, IN("gfn", FRAME_OF(balloon)), IN("extent_order", 0), IN("nr_extents", 0));
    run_expect(r, 0);
}

/* The first frame of an extent of two. */
static uint64_t even_frame(const struct run *r)
{
    return (FRAME_OF(balloon[r->mode]) + 1) & ~1ull;
}

static void decrease_pairs(struct run *r)
{
    uint64_t gfn = even_frame(r), before = reservation();
    unsigned seen = r->count[r->mode];

    do {
        CALL(r, IN("gfn", gfn), IN("extent_order", 1), IN("nr_extents", 4));
        run_check(r, before - reservation() == 2 * (uint64_t)r->result,
                  "%lu frames were given back", before - reservation());
        reserve(XENMEM_populate_physmap, gfn, r->result > 0 ? 2 * (uint64_t)r->result : 0);
    } while (is_interrupted(r, seen, 4));
    run_expect(r, 4);
    run_check(r, reservation() == before, "%lu frames, and %lu before", reservation(), before);
}

static void populate_pairs(struct run *r)
{
    uint64_t gfn = even_frame(r), before = reservation();
    unsigned seen = r->count[r->mode];

    do {
        reserve(XENMEM_decrease_reservation, gfn, 8);
        CALL(r, IN("gfn", gfn), IN("extent_order", 1), IN("mem_flags", 0), IN("nr_extents", 4));
    } while (is_interrupted(r, seen, 4));
    run_expect(r, 4);
    run_check(r, reservation() == before, "%lu frames, and %lu before", reservation(), before);
    for (uint64_t i = 0; i < 8; i++) {
        volatile unsigned char *byte = (volatile unsigned char *)((gfn + i) * PAGE_SIZE);

        *byte = (unsigned char)i;
        run_check(r, *byte == (unsigned char)i, "frame %lu is not memory", i);
    }
}

static void decrease_order(struct run *r)
{
    CALL(r, IN("gfn", 0), IN("extent_order", 40), IN("nr_extents", 1));
}

static void populate(struct run *r)
{
    uint64_t gfn = FRAME_OF(balloon[r->mode]);
    unsigned seen = r->count[r->mode];

    do {
        reserve(XENMEM_decrease_reservation, gfn, EXTENTS);
        CALL(r, IN("gfn", gfn), IN("extent_order", 0), IN("mem_flags", 0),
             IN("nr_extents", EXTENTS));
    } while (is_interrupted(r, seen, EXTENTS));
    run_expect(r, EXTENTS);
    for (unsigned i = 0; i < EXTENTS; i++) {
        volatile unsigned char *byte = &balloon[r->mode][i * PAGE_SIZE];

        *byte = (unsigned char)i;
        run_check(r, *byte == (unsigned char)i, "frame %u is not memory", i);
    }
}

static void populate_order(struct run *r)
{
    CALL(r, IN("gfn", FRAME_OF(hole())), IN("extent_order", 60), IN("mem_flags", 0),
         IN("nr_extents", 1));
}

/* ---- what there is ---- */

static void tell(struct run *r)
{
    CALL(r, IN("domid", DOMID_SELF));
    run_check(r, r->result > 0, "it is %ld", r->result);
}

static void tell_no_domain(struct run *r)
{
    CALL(r, IN("domid", NO_DOMAIN));
    run_expect(r, -XEN_ESRCH);
}

static void ram_page(struct run *r)
{
    CALL(r);
    run_check(r, r->result > 0, "it is %ld", r->result);
}

/* ---- the guest-physical address space ---- */

/* Frames whose memory is moved away, and of which nothing is left. */
static PAGE_ALIGNED unsigned char moved[MODES][2][4 * PAGE_SIZE];

#define RANGE 40
static PAGE_ALIGNED unsigned char ranged[MODES][2][RANGE * PAGE_SIZE];

/* It is moved to where it is: the kernel looks for it there. */
static void add_shared_info(struct run *r)
{
    CALL(r, IN("size", 0), IN("space", XENMAPSPACE_shared_info), IN("idx", 0),
         IN("gpfn", FRAME_OF(xen_shared_info())));
    run_expect(r, 0);
}

static void add_moved(struct run *r)
{
    unsigned char *from = moved[r->mode][0], *to = moved[r->mode][1];

    memset(from, 0x11, PAGE_SIZE);
    memset(to, 0x22, PAGE_SIZE);
    CALL(r, IN("size", 0), IN("space", XENMAPSPACE_gmfn), IN("idx", FRAME_OF(from)),
         IN("gpfn", FRAME_OF(to)));
    run_expect(r, 0);
    run_check(r, *(volatile unsigned char *)to == 0x11, "the page is not there");
}

/*
 * A range that the hypervisor breaks off, as it does after sixteen pages where there is an IOMMU:
 * go on with what is left.  The last call moves all of that, and returns 0.
 */
static void add_range(struct run *r)
{
    unsigned char *from = ranged[r->mode][0], *to = ranged[r->mode][1];
    unsigned seen = r->count[r->mode], done = 0;

    for (unsigned i = 0; i < RANGE; i++)
        from[i * PAGE_SIZE] = (unsigned char)(i + 1);
    do {
        r->count[r->mode] = seen;
        CALL(r, IN("size", RANGE - done), IN("space", XENMAPSPACE_gmfn_range),
             IN("idx", FRAME_OF(from) + done), IN("gpfn", FRAME_OF(to) + done));
        done += r->result > 0 ? (unsigned)r->result : 0;
    } while (r->mode != CLASSIC && r->result > 0 && done < RANGE);
    run_expect(r, 0);
    for (unsigned i = 0; i < RANGE; i++)
        run_check(r, *(volatile unsigned char *)&to[i * PAGE_SIZE] == i + 1, "page %u is not there",
                  i);
}

static void add_no_space(struct run *r)
{
    CALL(r, IN("size", 0), IN("space", 77), IN("idx", 0), IN("gpfn", FRAME_OF(hole())));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

static void remove_page(struct run *r)
{
    CALL(r, IN("gpfn", FRAME_OF(&moved[r->mode][0][3 * PAGE_SIZE])));
    run_expect(r, 0);
}

static void remove_hole(struct run *r)
{
    CALL(r, IN("gpfn", FRAME_OF(hole())));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

/* Page 1 of those that were moved, back to where it was. */
static void move_back(struct run *r)
{
    struct xen_add_to_physmap op = { .domid = DOMID_SELF,
                                     .space = XENMAPSPACE_gmfn,
                                     .idx = FRAME_OF(&moved[r->mode][1][PAGE_SIZE]),
                                     .gpfn = FRAME_OF(&moved[r->mode][0][PAGE_SIZE]) };

    run_check(r, !hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &op),
              "the page cannot be moved back");
}

/* Two pages; moved back and once more, if an interrupt comes after the first one. */
static void add_batch(struct run *r, unsigned char *errs, long result)
{
    uint64_t *idxs = (uint64_t *)(buffer + PAGE_SIZE - 8), *gpfns = (uint64_t *)(buffer + 64);
    unsigned seen = r->count[r->mode];

    idxs[0] = FRAME_OF(&moved[r->mode][0][PAGE_SIZE]);
    idxs[1] = FRAME_OF(&moved[r->mode][0][2 * PAGE_SIZE]);
    gpfns[0] = FRAME_OF(&moved[r->mode][1][PAGE_SIZE]);
    gpfns[1] = FRAME_OF(&moved[r->mode][1][2 * PAGE_SIZE]);
    *(volatile unsigned char *)&moved[r->mode][0][2 * PAGE_SIZE] = 0x77;
    for (;;) {
        memset(buffer + 2 * PAGE_SIZE, 0x5a, PAGE_SIZE);
        CALL(r, IN("size", 2), IN("space", XENMAPSPACE_gmfn), IN("foreign_domid", 0),
             IN("idxs", idxs), IN("gpfns", gpfns), IN("errs", errs));
        if (r->result || run_output(r, "size") != 1 || !run_again(r, seen))
            break;
        move_back(r);
    }
    run_expect(r, result);
    run_observe(r, "results", *(uint64_t *)(buffer + 2 * PAGE_SIZE));
    run_observe(r, "after them", *(uint64_t *)(buffer + 2 * PAGE_SIZE + 8));
}

static void add_batch_good(struct run *r)
{
    add_batch(r, buffer + 2 * PAGE_SIZE, 0);
    run_check(r, *(uint64_t *)(buffer + 2 * PAGE_SIZE) == 0, "a page failed");
    run_check(r, *(volatile unsigned char *)&moved[r->mode][1][2 * PAGE_SIZE] == 0x77,
              "the page is not there");
}

static void add_batch_unwritable(struct run *r)
{
    add_batch(r, hole(), -XEN_EFAULT);
}

static void acquire_self(struct run *r)
{
    CALL(r, IN("domid", own_domid()), IN("type", XENMEM_resource_grant_table),
         IN("id", XENMEM_resource_grant_table_id_shared), IN("nr_frames", 0), IN("frame", 0),
         IN("frame_list", 0));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

static long acquire(uint64_t gfn)
{
    struct xen_mem_acquire_resource op = { .domid = other_domain()->id,
                                           .type = XENMEM_resource_grant_table,
                                           .id = XENMEM_resource_grant_table_id_shared,
                                           .nr_frames = 1 };
    xen_pfn_t frame = gfn;

    set_xen_guest_handle(op.frame_list, &frame);
    return hypercall2(__HYPERVISOR_memory_op, XENMEM_acquire_resource, &op);
}

static long empty(uint64_t gfn)
{
    struct xen_remove_from_physmap op = { .domid = DOMID_SELF, .gpfn = gfn };

    return hypercall2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op);
}

/* Another domain's grant table: what is written through one mapping is seen through another. */
static void acquire_other(struct run *r)
{
    volatile uint64_t *at = hole(), *again = (volatile uint64_t *)hole_at(1);
    uint64_t value = 0x1122334455667700 | r->mode;

    *(uint64_t *)(buffer + 64) = FRAME_OF(at);
    CALL(r, IN("domid", other_domain()->id), IN("type", XENMEM_resource_grant_table),
         IN("id", XENMEM_resource_grant_table_id_shared), IN("nr_frames", 1), IN("frame", 0),
         IN("frame_list", buffer + 64));
    run_expect(r, 0);
    run_expect_output(r, "nr_frames", 1);
    if (r->result)
        return;
    at[32] = value;
    run_check(r, !acquire(FRAME_OF(again)) && again[32] == value, "it holds %lx", again[32]);
    run_observe(r, "empty again",
                (uint64_t)(empty(FRAME_OF(again)) ? 1
                           : empty(FRAME_OF(at))  ? 2
                                                  : 0));
}

static void acquire_size(struct run *r)
{
    CALL(r, IN("domid", other_domain()->id), IN("type", XENMEM_resource_grant_table),
         IN("id", XENMEM_resource_grant_table_id_shared), IN("nr_frames", 0), IN("frame", 0),
         IN("frame_list", 0));
    run_expect(r, 0);
    run_check(r, run_output(r, "nr_frames") > 0, "it has no frames");
}

static void acquire_no_domain(struct run *r)
{
    CALL(r, IN("domid", NO_DOMAIN), IN("type", XENMEM_resource_grant_table),
         IN("id", XENMEM_resource_grant_table_id_shared), IN("nr_frames", 1), IN("frame", 0),
         IN("frame_list", buffer));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

/* ---- strings ---- */

static uint64_t checksum(void)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < sizeof(buffer); i++)
        sum = (sum ^ buffer[i]) * 0x100000001b3;
    return sum;
}

/* The whole buffer is compared, so that a byte written past the string is seen. */
static void text_at(struct run *r, unsigned char *at)
{
    memset(buffer, 0x5a, sizeof(buffer));
    CALL(r, IN("buffer", at));
    run_observe(r, "the buffer", checksum());
}

static void text(struct run *r)
{
    text_at(r, buffer + 16);
    run_expect(r, 0);
}

static void text_two_pages(struct run *r)
{
    text_at(r, buffer + PAGE_SIZE - 30);
    run_expect(r, 0);
}

static void text_no_memory(struct run *r)
{
    text_at(r, hole());
    run_expect(r, -XEN_EFAULT);
}

static void command_line(struct run *r)
{
    text_at(r, buffer);
}

static void words(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

/* A handle of zeros would look the same however its bytes are told. */
static void handle(struct run *r)
{
    static const xen_domain_handle_t uuid = "\x01\x02\x03\x04\x05\x06\x07\x08"
                                            "\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90";

    domain_handle_set(uuid);
    CALL(r);
    run_expect(r, 0);
    run_expect_output(r, "first", 0x0807060504030201);
    run_expect_output(r, "second", 0x908f8e8d8c8b8a89);
}

static void page_size(struct run *r)
{
    CALL(r);
    run_expect(r, PAGE_SIZE);
}

static void build_id(struct run *r, uint32_t room, uint32_t length, unsigned char *at)
{
    memset(buffer, 0x5a, sizeof(buffer));
    *(uint32_t *)(buffer + 8) = room;
    CALL(r, IN("length", length), IN("buffer", at));
    run_observe(r, "the buffer", checksum());
}

static void build_id_good(struct run *r)
{
    build_id(r, 100, 104, buffer + 8);
}

static void build_id_small(struct run *r)
{
    build_id(r, 4, 8, buffer + 8);
}

static void build_id_length(struct run *r)
{
    build_id(r, 0, 0, NULL);
}

/* ---- the console ---- */

static const char line[] = "# written by console_io\n";

static void write_line(struct run *r)
{
    memcpy(buffer + PAGE_SIZE - 10, line, sizeof(line) - 1);
    CALL(r, IN("count", sizeof(line) - 1), IN("buffer", buffer + PAGE_SIZE - 10));
    run_expect(r, 0);
    run_expect_output(r, "count", sizeof(line) - 1);
}

static void write_no_memory(struct run *r)
{
    CALL(r, IN("count", 20), IN("buffer", hole()));
    run_expect(r, -XEN_EFAULT);
}

static void read_nothing(struct run *r)
{
    memset(buffer, 0x5a, sizeof(buffer));
    CALL(r, IN("count", 100), IN("buffer", buffer));
    run_expect(r, 0);
    run_observe(r, "the buffer", checksum());
}

static void console_byte(struct run *r)
{
    buffer[0] = '\n';
    CALL(r, IN("count", 1), IN("buffer", buffer));
}

/* ---- one operation each ---- */

static void set_timer(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("timeout", xen_system_time() + 1000000));
    run_expect(r, 0);
    run_check(r, port_wait(port, 2000), "the timer does not fire");
}

/* The upper bits of a time count. */
static void set_timer_late(struct run *r)
{
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    CALL(r, IN("timeout", xen_system_time() + 3600000000000));
    run_expect(r, 0);
    run_check(r, !port_wait(port, 20), "the timer fires too early");
    hypercall2(__HYPERVISOR_set_timer_op, 0, 0);
}

static void stop_timer(struct run *r)
{
    struct vcpu_set_singleshot_timer timer = { .timeout_abs_ns = xen_system_time() + 50000000 };
    uint32_t port = port_virq(VIRQ_TIMER, 0);

    hypercall3(__HYPERVISOR_vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer);
    CALL(r, IN("timeout", 0));
    run_expect(r, 0);
    run_check(r, !port_wait(port, 100), "the timer fires");
}

static void assist(struct run *r)
{
    CALL(r, IN("type", VMASST_TYPE_runstate_update_flag));
    run_expect(r, 0);
}

/* A number whose low bits are those of one that there is. */
static void assist_none(struct run *r)
{
    CALL(r, IN("type", 0x100 | VMASST_TYPE_runstate_update_flag));
    run_expect(r, -XEN_EINVAL);
}

static void page_table(struct run *r)
{
    CALL(r, IN("domid", DOMID_SELF), IN("gpa", buffer));
}

static void request(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

/* A domain that was there for nothing else. */
static void shutdown_other(struct run *r)
{
    unsigned reason = ~0u;
    uint64_t time;
    enum stop stop;

    other_domain_end();
    CALL(r, IN("domain_id", other_domain()->id), IN("reason", SHUTDOWN_watchdog));
    run_expect(r, 0);
    stop = domain_state(other_domain(), &reason, &time);
    run_check(r, stop == STOP_SHUTDOWN && reason == SHUTDOWN_watchdog,
              "the domain's state is %d, the reason %u", stop, reason);
    other_domain_end();
}

static void shutdown_none(struct run *r)
{
    CALL(r, IN("domain_id", NO_DOMAIN), IN("reason", SHUTDOWN_poweroff));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

/* ---- physical interrupts: a domain without them gets an error from each ---- */

#define LINE   20 /* of the I/O APIC that Xen emulates */
#define VECTOR 0x62u

/* Of the last one: false where the domain has no interrupts. */
static bool is_mapped;

static void ignore(struct trap_frame *frame)
{
    (void)frame;
}

/* Xen wants upcalls to come by a vector, before it maps anything; without interrupts, -ENOSYS. */
static struct physdev_map_pirq map_by_classic(void)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = LINE, .pirq = -1
    };
    struct xen_hvm_param callback = { .domid = DOMID_SELF,
                                      .index = HVM_PARAM_CALLBACK_IRQ,
                                      .value = 2ull << 56 | VECTOR };
    long result = hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map);

    if (result == -XEN_EINVAL) {
        trap_set(VECTOR, ignore);
        hypercall2(__HYPERVISOR_hvm_op, HVMOP_set_param, &callback);
        result = hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_map_pirq, &map);
    }
    is_mapped = !result;
    if (result)
        map.pirq = LINE;
    return map;
}

static long unmap_by_classic(int pirq)
{
    struct physdev_unmap_pirq unmap = { .domid = DOMID_SELF, .pirq = pirq };

    return hypercall2(__HYPERVISOR_physdev_op, PHYSDEVOP_unmap_pirq, &unmap);
}

static void irq(struct run *r)
{
    struct physdev_map_pirq map = map_by_classic();

    CALL(r, IN("irq", map.pirq));
    if (is_mapped)
        run_expect(r, 0);
    unmap_by_classic(map.pirq);
}

static void irq_none(struct run *r)
{
    CALL(r, IN("irq", 0x7fffffff));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

static void map_line(struct run *r)
{
    unmap_by_classic(map_by_classic().pirq);
    CALL(r, IN("whose", (uint64_t)MAP_PIRQ_TYPE_GSI << 16 | DOMID_SELF), IN("index", LINE),
         IN("pirq", 0xffffffff), IN("device", 3ull << 48 | 2ull << 32 | 1), IN("table_base", 0));
    /* The number of MSIs comes back as it was. */
    if (!r->result)
        run_expect_output(r, "entry_nr", 3);
    if (!r->result)
        run_observe(r, "unmap", (uint64_t)unmap_by_classic((int)run_output(r, "pirq")));
}

static void map_line_twice(struct run *r)
{
    struct physdev_map_pirq map = map_by_classic();

    CALL(r, IN("whose", (uint64_t)MAP_PIRQ_TYPE_GSI << 16 | DOMID_SELF), IN("index", LINE),
         IN("pirq", 0xffffffff), IN("device", 0), IN("table_base", 0));
    unmap_by_classic(map.pirq);
}

static void map_no_type(struct run *r)
{
    CALL(r, IN("whose", 77ull << 16 | DOMID_SELF), IN("index", LINE), IN("pirq", 0xffffffff),
         IN("device", 0), IN("table_base", 0));
    run_check(r, r->result < 0, "it is %ld", r->result);
}

static void unmap_line(struct run *r)
{
    struct physdev_map_pirq map = map_by_classic();

    CALL(r, IN("domid", DOMID_SELF), IN("pirq", map.pirq));
    if (is_mapped)
        run_expect(r, 0);
    run_observe(r, "unmap again", (uint64_t)unmap_by_classic(map.pirq));
}

static void setup_line(struct run *r)
{
    CALL(r, IN("gsi", LINE), IN("triggering", 1), IN("polarity", 1));
}

/* The number stays taken: the next call tells another one. */
static void free_line(struct run *r)
{
    run_loose(r, "pirq");
    CALL(r, IN("type", MAP_PIRQ_TYPE_GSI));
    if (!r->result)
        unmap_by_classic((int)run_output(r, "pirq"));
}

/* ---- devices ---- */

/* The host bridge, 0000:00:00.0, which every machine has. */
static void device_add(struct run *r)
{
    CALL(r, IN("device", 0), IN("flags", 0), IN("physfn", 0), IN("pxm", 0));
}

/* Does the hypervisor know it?  Only dom0 may ask. */
static bool is_known(uint32_t device)
{
    struct physdev_pci_device dev = { .seg = (uint16_t)device,
                                      .bus = (uint8_t)(device >> 16),
                                      .devfn = (uint8_t)(device >> 24) };
    uint32_t node = XEN_INVALID_DEV;
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_pcitopoinfo,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                             .u.pcitopoinfo.num_devs = 1 };

    set_xen_guest_handle(op.u.pcitopoinfo.devs, &dev);
    set_xen_guest_handle(op.u.pcitopoinfo.nodes, &node);
    hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0);
    return node != XEN_INVALID_DEV;
}

/* No such device is there, but the hypervisor believes it.  One for each way to call. */
static void device_new(struct run *r)
{
    uint32_t device = 0x50000000u + ((uint32_t)r->mode << 27) + (3u << 16);

    run_check(r, !is_known(device), "the device is known already");
    CALL(r, IN("device", device), IN("flags", 0), IN("physfn", 0), IN("pxm", 0));
    run_check(r, is_known(device) == guest_is_dom0, "the device is %sknown",
              is_known(device) ? "" : "un");
}

/* One that was never added: 4.17 dies when it removes one that was (vpci_remove_device()). */
static void device_remove(struct run *r)
{
    CALL(r, IN("device", 0xf7u << 24));
    run_expect(r, guest_is_dom0 ? -XEN_ENODEV : -XEN_ENOSYS);
}

#define MEMORY(name, what, function)                                                               \
    {                                                                                              \
        "memory." name, what, function, 0                                                          \
    }
#define VERSION(name, what, function)                                                              \
    {                                                                                              \
        "version." name, what, function, 0                                                         \
    }

const struct test_case memory_cases[] = {
    MEMORY("decrease_reservation", "one frame", decrease_one),
    MEMORY("decrease_reservation", "some frames", decrease_many),
    MEMORY("decrease_reservation", "one that is not there", decrease_hole),
    MEMORY("decrease_reservation", "no frame", decrease_none),
    MEMORY("decrease_reservation", "extents of two frames", decrease_pairs),
    MEMORY("decrease_reservation", "extents that are too large", decrease_order),
    MEMORY("populate_physmap", "some frames", populate),
    MEMORY("populate_physmap", "extents of two frames", populate_pairs),
    MEMORY("populate_physmap", "extents that are too large", populate_order),
    MEMORY("current_reservation", "its own", tell),
    MEMORY("current_reservation", "no domain", tell_no_domain),
    MEMORY("maximum_reservation", "its own", tell),
    MEMORY("maximum_reservation", "no domain", tell_no_domain),
    MEMORY("maximum_gpfn", "its own", tell),
    MEMORY("maximum_gpfn", "no domain", tell_no_domain),
    MEMORY("maximum_ram_page", "of the machine", ram_page),
    MEMORY("add_to_physmap", "shared information", add_shared_info),
    MEMORY("add_to_physmap", "a page of its own", add_moved),
    MEMORY("add_to_physmap", "a range of its own", add_range),
    MEMORY("add_to_physmap", "no such space", add_no_space),
    MEMORY("remove_from_physmap", "a page", remove_page),
    MEMORY("remove_from_physmap", "a hole", remove_hole),
    MEMORY("add_to_physmap_batch", "two pages", add_batch_good),
    MEMORY("add_to_physmap_batch", "results that cannot be written", add_batch_unwritable),
    { "memory.acquire_resource", "another domain's", acquire_other, DOM0 },
    { "memory.acquire_resource", "the size of another domain's", acquire_size, DOM0 },
    MEMORY("acquire_resource", "its own", acquire_self),
    MEMORY("acquire_resource", "no domain", acquire_no_domain),
    VERSION("extraversion", "of Xen", words),
    VERSION("guest_handle", "of the domain", handle),
    VERSION("platform_parameters", "for guests of another kind", words),
    VERSION("pagesize", "of a page", page_size),
    VERSION("compile_info", "in a page", text),
    VERSION("compile_info", "across pages", text_two_pages),
    VERSION("compile_info", "no memory", text_no_memory),
    VERSION("capabilities", "in a page", text),
    VERSION("capabilities", "across pages", text_two_pages),
    VERSION("capabilities", "no memory", text_no_memory),
    VERSION("changeset", "in a page", text),
    VERSION("changeset", "no memory", text_no_memory),
    VERSION("commandline", "in a page", command_line),
    VERSION("build_id", "with room", build_id_good),
    VERSION("build_id", "with too little room", build_id_small),
    VERSION("build_id", "its length", build_id_length),
    { "console_io.write", "a line", write_line, DOM0 },
    { "console_io.write", "no memory", write_no_memory, DOM0 },
    { "console_io.write", "a byte", console_byte, 0 },
    { "console_io.read", "nothing", read_nothing, DOM0 },
    { "console_io.read", "a byte", console_byte, 0 },
    { "set_timer_op", "soon", set_timer, 0 },
    { "set_timer_op", "late", set_timer_late, 0 },
    { "set_timer_op", "not any more", stop_timer, 0 },
    { "vm_assist.enable", "a flag", assist, 0 },
    { "vm_assist.enable", "none such", assist_none, 0 },
    { "vm_assist.disable", "a flag", assist, 0 },
    { "vm_assist.disable", "none such", assist_none, 0 },
    { "hvm.pagetable_dying", "a page", page_table, 0 },
    { "hvm.guest_request_vm_event", "once", request, 0 },
    { "sched.remote_shutdown", "another domain", shutdown_other, DOM0 },
    { "sched.remote_shutdown", "no domain", shutdown_none, 0 },
    { "physdev.eoi", "a line", irq, 0 },
    { "physdev.eoi", "no line", irq_none, 0 },
    { "physdev.irq_status_query", "a line", irq, 0 },
    { "physdev.irq_status_query", "no line", irq_none, 0 },
    { "physdev.map_pirq", "a line", map_line, 0 },
    { "physdev.map_pirq", "a line that is mapped", map_line_twice, 0 },
    { "physdev.map_pirq", "no such type", map_no_type, 0 },
    { "physdev.unmap_pirq", "a line", unmap_line, 0 },
    { "physdev.setup_gsi", "a line", setup_line, 0 },
    { "physdev.get_free_pirq", "a line", free_line, 0 },
    { "physdev.pci_device_add", "a device", device_add, 0 },
    { "physdev.pci_device_add", "another one", device_new, 0 },
    { "physdev.pci_device_remove", "none such", device_remove, 0 },
    { NULL, NULL, NULL, 0 },
};
