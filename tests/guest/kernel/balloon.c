/* SPDX-License-Identifier: MIT */
/*
 * A balloon of 64 MiB under a fast timer: frames are given back and filled again, through the
 * classic ABI in one call, which the hypervisor breaks off and goes on with, and through FastABI in
 * calls that end early and say how far they came.  Either way every frame has to be there again,
 * and the hypervisor's heap has to be what it was.  A range of pages is moved in the same way.
 */
#define __XEN_TOOLS__ 1 /* for sysctl.h */

#include "plans.h"
#include "run.h"
#include "state.h"

#include <xen/memory.h>
#include <xen/sysctl.h>

#define FRAMES 16384u /* 64 MiB */
#define PERIOD 1000u  /* microseconds */

/* So many extents one call takes at least, if nothing interrupts it. */
#define AT_ONCE 1000u

/* Above it in a command: how many extents are done. */
#define PROGRESS 6

/* What a kernel asks for at once; with all registers given, all that is left. */
#define CHUNK 512u

static volatile unsigned broken_off;
static uint64_t seed;

/* What the calls of one way came to. */
struct balloon {
    enum mode mode;
    unsigned calls, partial;
    bool failed;
};

static const char *const names[MODES] = { "the classic ABI", "the stub", "all registers" };

static uint64_t reservation(void)
{
    struct xen_memory_domain self = { .domid = DOMID_SELF };

    return (uint64_t)hypercall2(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);
}

/* For dom0; a domU's builder looks at it. */
static uint64_t heap(void)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION };

    return hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0) ? 0
                                                                      : op.u.physinfo.free_pages;
}

/* A classic call that is broken off is made again, with its progress in the command. */
static void tick(struct trap_frame *frame)
{
    const unsigned char *code = (const unsigned char *)frame->rip;

    timer_ticks++;
    apic_end();
    if (code[0] == 0x0f && code[1] == 0x01 && (code[2] == 0xc1 || code[2] == 0xd9) &&
        frame->rax == __HYPERVISOR_memory_op && frame->rdi >> PROGRESS)
        broken_off++;
}

static long call_by_classic(unsigned command, uint64_t first, uint64_t count)
{
    static xen_pfn_t list[FRAMES];
    struct xen_memory_reservation r = { .nr_extents = count, .domid = DOMID_SELF };

    for (uint64_t i = 0; i < count; i++)
        list[i] = first + i;
    set_xen_guest_handle(r.extent_start, list);
    return hypercall2(__HYPERVISOR_memory_op, command, &r);
}

static long call_by_fastabi(struct balloon *b, const struct operation *op, uint64_t first,
                            uint64_t count)
{
    uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS] = { 0 };
    struct register_report report = { 0 };
    long result;

    in[param_find(op, "gfn")] = first;
    in[param_find(op, "nr_extents")] = count;
    result = b->mode == STUB ? call_stub(op, in, out) : call_registers(op, in, out, &seed, &report);
    if (report.lost)
        tap_note("%s: %s was %lx and is %lx", op->name, report.what, report.before, report.after);
    b->failed |= report.lost;
    return result;
}

/* One way through all frames; each call goes on where the last one stopped. */
static void change_all(struct balloon *b, const struct operation *op, bool is_smaller)
{
    uint64_t done = 0, before = reservation(), now = before;

    b->calls = b->partial = broken_off = 0;
    while (done < FRAMES && !b->failed) {
        uint64_t left = FRAMES - done, asked = b->mode == STUB && left > CHUNK ? CHUNK : left;
        long result = b->mode == CLASSIC ? call_by_classic(op->subop, spare_frame() + done, asked)
                                         : call_by_fastabi(b, op, spare_frame() + done, asked);
        uint64_t then = now;

        now = reservation();
        b->calls++;
        if (result <= 0 || (uint64_t)result > asked ||
            (is_smaller ? then - now : now - then) != (uint64_t)result) {
            tap_note("%s: %ld of %lu, the domain had %lu frames and has %lu", op->name, result,
                     asked, then, now);
            b->failed = true;
            return;
        }
        b->partial += (uint64_t)result < asked && result < AT_ONCE;
        done += (uint64_t)result;
    }
}

static void change(struct balloon *b, const char *name, bool is_smaller)
{
    const struct operation *op = operation_find(name);
    unsigned seen;

    tap_doing("%s of %u frames by %s", name, FRAMES, names[b->mode]);
    timer_start(PERIOD);
    trap_set(TIMER_VECTOR, tick);
    interrupts_on();
    change_all(b, op, is_smaller);
    interrupts_off();
    timer_stop();
    seen = b->mode == CLASSIC ? broken_off : b->partial;
    tap_check(!b->failed, "%s of %u frames by %s: %u calls", name, FRAMES, names[b->mode],
              b->calls);
    tap_check(seen, "%s by %s was interrupted, %u times", name, names[b->mode], seen);
}

/* Every frame is memory, and another one than all others. */
static bool is_filled(void)
{
    volatile uint64_t *at = (volatile uint64_t *)(spare_frame() * PAGE_SIZE);
    unsigned good = 0;

    for (uint64_t i = 0; i < FRAMES; i++)
        at[i * PAGE_SIZE / 8] = 0x5eed000000000000ull | i;
    for (uint64_t i = 0; i < FRAMES; i++)
        good += at[i * PAGE_SIZE / 8] == (0x5eed000000000000ull | i);
    return good == FRAMES;
}

static void inflate_and_deflate(enum mode mode)
{
    struct balloon b = { .mode = mode };
    uint64_t frames = reservation(), pages = heap(), between;

    change(&b, "memory.decrease_reservation", true);
    between = heap();
    tap_check(reservation() + FRAMES == frames && (!pages || between == pages + FRAMES),
              "%u frames went back by %s: the domain had %lu and has %lu, the heap %lu and %lu",
              FRAMES, names[mode], frames, reservation(), pages, between);
    change(&b, "memory.populate_physmap", false);
    tap_check(reservation() == frames && heap() == pages,
              "the domain has %lu frames and had %lu, the heap %lu and %lu", reservation(), frames,
              heap(), pages);
    tap_check(is_filled(), "the frames that came by %s are memory", names[mode]);
}

/* ---- a range of pages that is moved ---- */

#define HALF (FRAMES / 2)

static long move(struct balloon *b, const struct operation *op, uint64_t first, unsigned count)
{
    struct xen_add_to_physmap map = { .domid = DOMID_SELF,
                                      .size = (uint16_t)count,
                                      .space = XENMAPSPACE_gmfn_range,
                                      .idx = first,
                                      .gpfn = first + HALF };
    uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS] = { 0 };
    struct register_report report = { 0 };
    long result;

    if (b->mode == CLASSIC)
        return hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);
    in[param_find(op, "size")] = count;
    in[param_find(op, "space")] = XENMAPSPACE_gmfn_range;
    in[param_find(op, "idx")] = first;
    in[param_find(op, "gpfn")] = first + HALF;
    result = b->mode == STUB ? call_stub(op, in, out) : call_registers(op, in, out, &seed, &report);
    b->failed |= report.lost;
    return result;
}

/* The first half of the pages to where the second half is; the last call returns 0. */
static void move_all(struct balloon *b, const struct operation *op)
{
    unsigned done = 0;

    b->calls = b->partial = broken_off = 0;
    while (done < HALF && !b->failed) {
        long result = move(b, op, spare_frame() + done, HALF - done);

        b->calls++;
        if (result < 0 || result >= (long)(HALF - done) || (b->mode == CLASSIC && result)) {
            tap_note("%s: %ld after %u pages", op->name, result, done);
            b->failed = true;
        }
        b->partial += result > 0;
        done = result ? done + (unsigned)result : HALF;
    }
}

static void move_range(enum mode mode)
{
    const struct operation *op = operation_find("memory.add_to_physmap");
    volatile uint64_t *at = (volatile uint64_t *)(spare_frame() * PAGE_SIZE);
    uint64_t frames = reservation();
    struct balloon b = { .mode = mode };
    unsigned seen, good = 0;

    tap_doing("%s of %u pages by %s", op->name, HALF, names[mode]);
    for (uint64_t i = 0; i < HALF; i++)
        at[i * PAGE_SIZE / 8] = 0x4a4a000000000000ull | i;
    timer_start(PERIOD);
    trap_set(TIMER_VECTOR, tick);
    interrupts_on();
    move_all(&b, op);
    interrupts_off();
    timer_stop();
    for (uint64_t i = 0; i < HALF && !b.failed; i++)
        good += at[(HALF + i) * PAGE_SIZE / 8] == (0x4a4a000000000000ull | i);
    tap_check(good == HALF, "%s by %s: %u calls, %u of %u pages are there", op->name, names[mode],
              b.calls, good, HALF);
    seen = mode == CLASSIC ? broken_off : b.partial;
    tap_check(seen, "%s by %s was interrupted, %u times", op->name, names[mode], seen);
    tap_check(call_by_classic(XENMEM_populate_physmap, spare_frame(), HALF) == HALF &&
                  reservation() == frames,
              "the domain has %lu frames and had %lu", reservation(), frames);
}

void balloon_plan(void)
{
    seed = random_state(8);
    state_reset();
    if (guest_is_dom0)
        tap_check(heap(), "the hypervisor tells its free pages");
    for (enum mode mode = CLASSIC; mode < MODES; mode++)
        if (mode == STUB || !option_is_set("stub-only")) {
            inflate_and_deflate(mode);
            move_range(mode);
        }
}
