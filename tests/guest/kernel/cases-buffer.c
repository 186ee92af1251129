/* SPDX-License-Identifier: MIT */
/*
 * Arrays and buffers in guest memory, in all kinds of places: each call that has one must do with
 * it what the classic call does, and touch nothing where it fails.
 */
#include "run.h"

#include "places.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/grant_table.h>
#include <xen/memory.h>
#include <xen/version.h>

static uint64_t sum_of(const unsigned char *at, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ at[i]) * 0x100000001b3;
    return sum;
}

/* Where the case's name says, with CONTENT there as far as it can be written. */
static unsigned char *place(struct run *r, const void *content, size_t size)
{
    unsigned char *at = place_find(r->test_case->what, content, size);

    if (!at)
        tap_bail("there is no place \"%s\"", r->test_case->what);
    return at;
}

/* After the call: did it fail where it had to, and is there the same as in the classic ABI? */
static void look(struct run *r, const unsigned char *at, size_t size, bool always_fails)
{
    const char *name = r->test_case->what;

    if (place_is_good(name)) {
        run_check(r, r->result >= 0, "the result is %ld", r->result);
        run_observe(r, "what is there", sum_of(at, size));
    } else if (always_fails) {
        run_expect(r, -XEN_EFAULT);
    }
    place_leave(name);
}

/* ---- strings ---- */

static void text(struct run *r, size_t size)
{
    unsigned char *at = place(r, NULL, size);

    CALL(r, IN("buffer", at));
    look(r, at, size, true);
}

static void compile_info(struct run *r)
{
    text(r, sizeof(struct xen_compile_info));
}

static void capabilities(struct run *r)
{
    text(r, sizeof(xen_capabilities_info_t));
}

static void changeset(struct run *r)
{
    text(r, sizeof(xen_changeset_info_t));
}

static void commandline(struct run *r)
{
    text(r, sizeof(xen_commandline_t));
}

static void build_id(struct run *r)
{
    static const uint32_t room[6] = { 20 }; /* the length, and as many bytes as there are */
    unsigned char *at = place(r, room, sizeof(room));

    CALL(r, IN("length", sizeof(room)), IN("buffer", at));
    look(r, at, sizeof(room), true);
}

/* ---- the console ---- */

static void write_text(struct run *r)
{
    static const char line[] = "# written from somewhere\n";
    unsigned char *at = place(r, line, sizeof(line) - 1);

    CALL(r, IN("count", sizeof(line) - 1), IN("buffer", at));
    look(r, at, sizeof(line) - 1, strcmp(r->test_case->what, "memory that may only be read"));
}

/* Nothing was typed, so nothing is touched. */
static void read_text(struct run *r)
{
    unsigned char *at = place(r, NULL, 64);

    CALL(r, IN("count", 64), IN("buffer", at));
    run_expect(r, 0);
    look(r, at, 64, false);
}

/* ---- memory ---- */

/* The map is longer than one entry, so that all of the room is written. */
static void memory_map(struct run *r)
{
    unsigned char *at = place(r, NULL, 20);

    CALL(r, IN("nr_entries", 1), IN("buffer", at));
    look(r, at, 20, true);
}

static PAGE_ALIGNED unsigned char from[2 * PAGE_SIZE];
static uint64_t numbers[2], frames[2];
static int32_t results[2];

/* Two pages, each moved to where it is; again, if an interrupt comes after the first one. */
static void move(struct run *r, const void *idxs, const void *gpfns, const void *errs)
{
    unsigned seen = r->count[r->mode];

    do {
        CALL(r, IN("size", 2), IN("space", XENMAPSPACE_gmfn), IN("foreign_domid", 0),
             IN("idxs", idxs), IN("gpfns", gpfns), IN("errs", errs));
    } while (!r->result && run_output(r, "size") == 1 && run_again(r, seen));
}

static void set_pages(void)
{
    for (unsigned i = 0; i < 2; i++) {
        numbers[i] = FRAME_OF(from) + i;
        frames[i] = FRAME_OF(from) + i;
        results[i] = 77;
    }
}

static void batch_numbers(struct run *r)
{
    unsigned char *at;

    set_pages();
    at = place(r, numbers, sizeof(numbers));
    move(r, at, frames, results);
    look(r, at, sizeof(numbers), true);
}

static void batch_frames(struct run *r)
{
    unsigned char *at;

    set_pages();
    at = place(r, frames, sizeof(frames));
    move(r, numbers, at, results);
    look(r, at, sizeof(frames), true);
}

static void batch_results(struct run *r)
{
    unsigned char *at;

    set_pages();
    at = place(r, results, sizeof(results));
    move(r, numbers, frames, at);
    look(r, at, sizeof(results), true);
}

/* A page of another domain's grant table, at the hole that no place uses. */
static void resource(struct run *r)
{
    const uint64_t frame = FRAME_OF(hole());
    unsigned char *at = place(r, &frame, sizeof(frame));
    struct xen_remove_from_physmap empty = { .domid = DOMID_SELF, .gpfn = frame };

    CALL(r, IN("domid", other_domain()->id), IN("type", XENMEM_resource_grant_table),
         IN("id", XENMEM_resource_grant_table_id_shared), IN("nr_frames", 1), IN("frame", 0),
         IN("frame_list", at));
    run_observe(r, "empty again",
                (uint64_t)hypercall2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &empty));
    look(r, at, sizeof(frame), true);
}

/* ---- grants ---- */

static void setup_table(struct run *r)
{
    unsigned char *at;

    grant_offer(20, from, false); /* the table is mapped */
    grant_withdraw(20);
    at = place(r, NULL, 8);
    CALL(r, IN("nr_frames", 1), IN("frame_list", at));
    look(r, at, 8, false);
}

/* A batch of two, none of which does anything. */
static void elements(struct run *r, const void *content, size_t size)
{
    unsigned char *at = place(r, content, size);

    run_batch(r, at, size / 2, 2, 2);
    look(r, at, size, true);
}

static void copies(struct run *r)
{
    struct gnttab_copy batch[2];

    memset(batch, 0, sizeof(batch));
    for (unsigned i = 0; i < 2; i++) {
        batch[i].source.u.gmfn = FRAME_OF(from);
        batch[i].dest.u.gmfn = FRAME_OF(from) + 1;
        batch[i].source.domid = batch[i].dest.domid = DOMID_SELF;
        batch[i].len = 8;
        batch[i].status = 77;
    }
    elements(r, batch, sizeof(batch));
}

static void maps(struct run *r)
{
    struct gnttab_map_grant_ref batch[2];

    memset(batch, 0, sizeof(batch));
    for (unsigned i = 0; i < 2; i++) {
        batch[i].host_addr = (uintptr_t)hole();
        batch[i].flags = GNTMAP_host_map;
        batch[i].ref = 0x7fffffff;
        batch[i].dom = own_domid();
        batch[i].status = 77;
    }
    elements(r, batch, sizeof(batch));
}

static void unmaps(struct run *r)
{
    struct gnttab_unmap_grant_ref batch[2];

    memset(batch, 0, sizeof(batch));
    for (unsigned i = 0; i < 2; i++) {
        batch[i].handle = 0x7ffffff;
        batch[i].status = 77;
    }
    elements(r, batch, sizeof(batch));
}

const struct test_case buffer_cases[] = {
    EVERYWHERE("version.compile_info", compile_info),
    EVERYWHERE("version.capabilities", capabilities),
    EVERYWHERE("version.changeset", changeset),
    EVERYWHERE("memory.memory_map", memory_map),
    EVERYWHERE("memory.add_to_physmap_batch", batch_numbers),
    EVERYWHERE("memory.add_to_physmap_batch", batch_frames),
    EVERYWHERE("memory.add_to_physmap_batch", batch_results),
    EVERYWHERE("grant_table.setup_table", setup_table),
    EVERYWHERE("grant_table.copy_batch", copies),
    EVERYWHERE("grant_table.map_grant_ref_batch", maps),
    EVERYWHERE("grant_table.unmap_grant_ref_batch", unmaps),
    { NULL, NULL, NULL, 0 },
};

/* What no domU can do, so that it is not even counted there. */
const struct test_case buffer_dom0_cases[] = {
    EVERYWHERE("version.commandline", commandline),
    EVERYWHERE("version.build_id", build_id),
    EVERYWHERE("memory.acquire_resource", resource),
    EVERYWHERE("console_io.write", write_text),
    EVERYWHERE("console_io.read", read_text),
    FOREIGN("version.compile_info", compile_info),
    FOREIGN("version.capabilities", capabilities),
    FOREIGN("version.changeset", changeset),
    FOREIGN("version.commandline", commandline),
    FOREIGN("version.build_id", build_id),
    FOREIGN("memory.acquire_resource", resource),
    FOREIGN("console_io.write", write_text),
    FOREIGN("console_io.read", read_text),
    FOREIGN("memory.memory_map", memory_map),
    FOREIGN("memory.add_to_physmap_batch", batch_numbers),
    FOREIGN("memory.add_to_physmap_batch", batch_frames),
    FOREIGN("memory.add_to_physmap_batch", batch_results),
    FOREIGN("grant_table.setup_table", setup_table),
    FOREIGN("grant_table.copy_batch", copies),
    FOREIGN("grant_table.map_grant_ref_batch", maps),
    FOREIGN("grant_table.unmap_grant_ref_batch", unmaps),
    { NULL, NULL, NULL, 0 },
};
