/* SPDX-License-Identifier: MIT */
/* Cases of memory; those of the memory map are in cases-platform.c. */

#include "run.h"

#include "places.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/memory.h>

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

#define MANY 400u

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

/*
 * More than one call takes (336), fewer than their results alone would have room for.  No frame is
 * one of the domain's, and each should go where a page is: nothing moves.
 */
static void add_batch_many(struct run *r)
{
    static uint64_t idxs[MANY], gpfns[MANY];
    static int32_t errs[MANY];
    unsigned same = 0, seen = r->count[r->mode];

    for (unsigned i = 0; i < MANY; i++) {
        idxs[i] = FRAME_OF(hole());
        gpfns[i] = FRAME_OF(&moved[r->mode][1][PAGE_SIZE]);
        errs[i] = 77;
    }
    for (uint64_t done = 0, part; done < MANY; done += part) {
        CALL(r, IN("size", MANY - done), IN("space", XENMAPSPACE_gmfn), IN("foreign_domid", 0),
             IN("idxs", idxs + done), IN("gpfns", gpfns + done), IN("errs", errs + done));
        part = r->mode == CLASSIC ? MANY - done : run_output(r, "size");
        run_expect(r, 0);
        if (r->result || !part || part > MANY - done)
            break;
    }
    r->count[r->mode] = seen; /* how many calls there are, and of how many, is not compared */
    for (unsigned i = 0; i < MANY; i++)
        same += errs[i] < 0 && errs[i] == errs[0];
    run_observe(r, "how many fail", same);
    run_check(r, same == MANY, "%u of %u fail", same, MANY);
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

#define MEMORY(name, what, function)                                                               \
    {                                                                                              \
        "memory." name, what, function, 0                                                          \
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
    MEMORY("add_to_physmap_batch", "more than one call takes", add_batch_many),
    { "memory.acquire_resource", "another domain's", acquire_other, DOM0 },
    { "memory.acquire_resource", "the size of another domain's", acquire_size, DOM0 },
    MEMORY("acquire_resource", "its own", acquire_self),
    MEMORY("acquire_resource", "no domain", acquire_no_domain),
    { NULL, NULL, NULL, 0 },
};
