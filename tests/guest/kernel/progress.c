/* SPDX-License-Identifier: MIT */
/*
 * Batches under a fast timer: a call that is interrupted says how many elements are done, the next
 * call goes on with the others, and in the end each element was done once.
 */
#include "plans.h"
#include "run.h"
#include "state.h"

#include <xen/grant_table.h>
#include <xen/memory.h>

#define PERIOD 1000u /* microseconds */
#define ROUNDS 500u  /* at most, until a call was seen to be interrupted */
#define PAGES  192u

static PAGE_ALIGNED unsigned char elements[3 * PAGE_SIZE], page[PAGE_SIZE];
static uint64_t numbers[PAGES], frames[PAGES];
static int32_t results[PAGES];
static uint64_t seed;

/* A batch: COUNT elements, which one call takes if nothing interrupts it. */
struct work {
    const char *name, *progress; /* the operation, and its parameter that counts */
    uint32_t count;
    bool for_dom0;
    void (*prepare)(void);
    void (*set)(const struct operation *op, uint64_t *in, uint32_t done);
    bool (*is_done)(uint32_t i); /* element I, once and well */
};

static void set(const struct operation *op, uint64_t *in, const char *name, const void *value)
{
    in[param_find(op, name)] = (uintptr_t)value;
}

/* ---- copies: a page into each of many ---- */

static volatile uint64_t *copy_of(uint32_t i)
{
    return (volatile uint64_t *)((spare_frame() + i) * PAGE_SIZE);
}

static void copies_prepare(void)
{
    struct gnttab_copy *copies = (void *)elements;

    memset(page, 0x33, sizeof(page));
    memset(elements, 0, sizeof(elements));
    for (unsigned i = 0; i < PAGES; i++) {
        copy_of(i)[0] = copy_of(i)[PAGE_SIZE / 8 - 1] = 0;
        copies[i].source.u.gmfn = FRAME_OF(page);
        copies[i].source.domid = copies[i].dest.domid = DOMID_SELF;
        copies[i].dest.u.gmfn = spare_frame() + i;
        copies[i].len = PAGE_SIZE;
        copies[i].status = 77;
    }
}

static void copies_set(const struct operation *op, uint64_t *in, uint32_t done)
{
    set(op, in, "elements", elements + done * sizeof(struct gnttab_copy));
}

static bool copies_are_done(uint32_t i)
{
    const struct gnttab_copy *copies = (const void *)elements;

    return copies[i].status == GNTST_okay && copy_of(i)[0] == 0x3333333333333333 &&
           copy_of(i)[PAGE_SIZE / 8 - 1] == 0x3333333333333333;
}

/* ---- mappings of what is not granted, and of no handle: each is refused by itself ---- */

static void maps_prepare(void)
{
    struct gnttab_map_grant_ref *maps = (void *)elements;

    memset(elements, 0, sizeof(elements));
    for (unsigned i = 0; i < PAGES; i++) {
        maps[i].host_addr = (uintptr_t)hole();
        maps[i].dom = own_domid();
        maps[i].ref = 0x7fffffff;
        maps[i].flags = GNTMAP_host_map;
        maps[i].status = 77;
    }
}

static void maps_set(const struct operation *op, uint64_t *in, uint32_t done)
{
    set(op, in, "elements", elements + done * sizeof(struct gnttab_map_grant_ref));
}

static bool maps_are_done(uint32_t i)
{
    return ((const struct gnttab_map_grant_ref *)elements)[i].status == GNTST_bad_gntref;
}

static void unmaps_prepare(void)
{
    struct gnttab_unmap_grant_ref *unmaps = (void *)elements;

    memset(elements, 0, sizeof(elements));
    for (unsigned i = 0; i < PAGES; i++) {
        unmaps[i].handle = 0x7ffffff;
        unmaps[i].status = 77;
    }
}

static void unmaps_set(const struct operation *op, uint64_t *in, uint32_t done)
{
    set(op, in, "elements", elements + done * sizeof(struct gnttab_unmap_grant_ref));
}

static bool unmaps_are_done(uint32_t i)
{
    return ((const struct gnttab_unmap_grant_ref *)elements)[i].status == GNTST_bad_handle;
}

/* ---- pages that are moved one place on, and back in the next round ---- */

static uint64_t moved_to, moved_from;

static void moves_prepare(void)
{
    static bool is_there;

    moved_from = spare_frame() + (is_there ? PAGES : 0);
    moved_to = spare_frame() + (is_there ? 0 : PAGES);
    is_there = !is_there;
    for (unsigned i = 0; i < PAGES; i++) {
        *(volatile uint64_t *)((moved_from + i) * PAGE_SIZE) = 0x7000 + i;
        numbers[i] = moved_from + i;
        frames[i] = moved_to + i;
        results[i] = 77;
    }
}

static void moves_set(const struct operation *op, uint64_t *in, uint32_t done)
{
    in[param_find(op, "space")] = XENMAPSPACE_gmfn;
    set(op, in, "idxs", numbers + done);
    set(op, in, "gpfns", frames + done);
    set(op, in, "errs", results + done);
}

static bool moves_are_done(uint32_t i)
{
    return !results[i] && *(volatile uint64_t *)((moved_to + i) * PAGE_SIZE) == 0x7000 + i;
}

/* ---- text: what comes out is only counted ---- */

#define LINES 32u /* of 64 bytes */

static void text_prepare(void)
{
    memset(elements, '.', 64 * LINES);
    for (unsigned i = 0; i < LINES; i++)
        elements[64 * i + 63] = '\n';
}

static void text_set(const struct operation *op, uint64_t *in, uint32_t done)
{
    set(op, in, "buffer", elements + done);
}

static bool text_is_done(uint32_t i)
{
    (void)i;
    return true;
}

static const struct work works[] = {
    { "grant_table.copy_batch", "count", PAGES, false, copies_prepare, copies_set,
      copies_are_done },
    { "grant_table.map_grant_ref_batch", "count", PAGES, false, maps_prepare, maps_set,
      maps_are_done },
    { "grant_table.unmap_grant_ref_batch", "count", PAGES, false, unmaps_prepare, unmaps_set,
      unmaps_are_done },
    { "memory.add_to_physmap_batch", "size", PAGES, false, moves_prepare, moves_set,
      moves_are_done },
    { "console_io.write", "count", 64 * LINES, true, text_prepare, text_set, text_is_done },
};

static void tick(struct trap_frame *frame)
{
    (void)frame;
    timer_ticks++;
    apic_end();
}

static long call(const struct operation *op, enum mode mode, const uint64_t *in, uint64_t *out)
{
    struct register_report report = { 0 };
    long result;

    memcpy(out, in, MAX_PARAMS * sizeof(*out));
    result = mode == STUB ? call_stub(op, in, out) : call_registers(op, in, out, &seed, &report);
    if (report.lost)
        tap_note("%s: %s was %lx and is %lx", op->name, report.what, report.before, report.after);
    return report.lost ? -1 : result;
}

/* All elements once; false: something is wrong.  *PARTIAL counts calls that ended early. */
static bool round_is_good(const struct work *w, enum mode mode, unsigned *partial)
{
    const struct operation *op = operation_find(w->name);
    int progress = param_find(op, w->progress);
    uint32_t done = 0, good = 0;

    while (done < w->count) {
        uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS];
        long result;

        in[progress] = w->count - done;
        w->set(op, in, done);
        result = call(op, mode, in, out);
        if (result || !out[progress] || out[progress] > in[progress]) {
            tap_note("%s: %ld, %lu of %lu done", w->name, result, out[progress], in[progress]);
            return false;
        }
        *partial += out[progress] < in[progress];
        done += (uint32_t)out[progress];
        for (uint32_t i = 0; i < w->count; i++)
            good += w->is_done(i) && i < done;
        if (good < done) {
            tap_note("%s: %u are said to be done, and %u are", w->name, done, good);
            return false;
        }
        good = 0;
    }
    return true;
}

static void check(const struct work *w, enum mode mode)
{
    unsigned partial = 0, rounds = 0;
    bool good = true;

    tap_doing("%s of %u elements, again and again", w->name, w->count);
    /* The timer runs on from round to round, so that it meets each of them elsewhere. */
    timer_start(PERIOD);
    trap_set(TIMER_VECTOR, tick);
    interrupts_on();
    for (; good && !partial && rounds < ROUNDS; rounds++) {
        w->prepare();
        good = round_is_good(w, mode, &partial);
    }
    interrupts_off();
    timer_stop();
    tap_check(good, "%s: %u rounds of %u elements by %s", w->name, rounds, w->count,
              mode == STUB ? "the stub" : "all registers");
    tap_check(partial, "%s: %u calls were interrupted", w->name, partial);
}

void progress_plan(void)
{
    seed = random_state(10);
    state_reset();
    for (unsigned i = 0; i < ARRAY_LENGTH(works); i++)
        for (enum mode mode = STUB; mode < MODES; mode++)
            if ((guest_is_dom0 || !works[i].for_dom0) &&
                (mode == STUB || !option_is_set("stub-only")))
                check(&works[i], mode);
}
