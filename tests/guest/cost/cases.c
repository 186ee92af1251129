/* SPDX-License-Identifier: MIT */
/*
 * Cases that are for counting only: operations that the test kernel has in boots of their own, or
 * not at all, and calls as kernels make them, which do more than a case needs.
 */
#include "cost.h"
#include "kernel/state.h"

#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/sched.h>

/* The machine ends with this reason in any case. */
static void shutdown_code(struct run *r)
{
    CALL(r, IN("reason", SHUTDOWN_reboot));
    run_expect(r, 0);
}

const struct test_case cost_cases[] = {
    { "sched.shutdown_code", "the one to come", shutdown_code, 0 },
    { NULL, NULL, NULL, 0 },
};

/* ---- as kernels call ---- */

#define COPIES 32u
#define PACKET 1500u
#define REF    40u
#define FRAMES 512u

static PAGE_ALIGNED unsigned char packets[2][PAGE_SIZE], line[PAGE_SIZE];

/* What a network backend does: packets out of granted pages, many in a call. */
static void copy_packets(struct run *r)
{
    static struct gnttab_copy copies[COPIES];
    unsigned good = 0;

    grant_offer(REF, packets[0], true);
    memset(copies, 0, sizeof(copies));
    for (unsigned i = 0; i < COPIES; i++) {
        copies[i].source.u.ref = REF;
        copies[i].source.domid = own_domid();
        copies[i].dest.u.gmfn = FRAME_OF(packets[1]);
        copies[i].dest.domid = DOMID_SELF;
        copies[i].len = PACKET;
        copies[i].flags = GNTCOPY_source_gref;
        copies[i].status = 77;
    }
    CALL(r, IN("elements", copies), IN("count", COPIES));
    for (unsigned i = 0; i < COPIES; i++)
        good += copies[i].status == GNTST_okay;
    run_check(r, good == COPIES, "%u copies", good);
    grant_withdraw(REF);
}

static void copy_packet(struct run *r)
{
    grant_offer(REF, packets[0], true);
    for (unsigned i = 0; i < COPIES; i++) {
        CALL(r, IN("source", REF), IN("dest", FRAME_OF(packets[1])),
             IN("place", own_domid() | (uint64_t)DOMID_SELF << 32),
             IN("what", PACKET | (uint64_t)GNTCOPY_source_gref << 16));
        run_expect_output(r, "status", GNTST_okay);
    }
    grant_withdraw(REF);
}

static void write_line(struct run *r)
{
    memset(line, '.', 79);
    line[79] = '\n';
    CALL(r, IN("count", 80), IN("buffer", line));
}

static long change_by_classic(unsigned command)
{
    static xen_pfn_t list[FRAMES];
    struct xen_memory_reservation r = { .nr_extents = FRAMES, .domid = DOMID_SELF };

    for (unsigned i = 0; i < FRAMES; i++)
        list[i] = spare_frame() + i;
    set_xen_guest_handle(r.extent_start, list);
    return hypercall2(__HYPERVISOR_memory_op, command, &r);
}

/* A call that is interrupted says how far it came. */
static void inflate(struct run *r)
{
    for (uint64_t done = 0; done < FRAMES && r->result >= 0; done += (uint64_t)r->result)
        CALL(r, IN("gfn", spare_frame() + done), IN("extent_order", 0),
             IN("nr_extents", FRAMES - done));
    run_check(r, change_by_classic(XENMEM_populate_physmap) == FRAMES, "no frames");
}

static void deflate(struct run *r)
{
    run_check(r, change_by_classic(XENMEM_decrease_reservation) == FRAMES, "no frames");
    for (uint64_t done = 0; done < FRAMES && r->result >= 0; done += (uint64_t)r->result)
        CALL(r, IN("gfn", spare_frame() + done), IN("extent_order", 0), IN("mem_flags", 0),
             IN("nr_extents", FRAMES - done));
}

const struct test_case kernel_cases[] = {
    { "grant_table.copy_batch", "32 packets of 1,500 bytes, one call", copy_packets, 0 },
    { "grant_table.copy", "32 packets of 1,500 bytes, 32 calls", copy_packet, 0 },
    { "console_io.write", "a line of 80 bytes", write_line, DOM0 },
    { "memory.decrease_reservation", "a balloon of 512 frames grows", inflate, 0 },
    { "memory.populate_physmap", "a balloon of 512 frames shrinks", deflate, 0 },
    { NULL, NULL, NULL, 0 },
};
