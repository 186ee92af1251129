/* SPDX-License-Identifier: MIT */
/*
 * Cases of grant_table: the domain grants its own pages to itself, which moves them: the page
 * leaves the place where it was (seen on 4.17).  Two domains are the builder's business.
 */
#include "run.h"

#include "state.h"

#include <xen/errno.h>
#include <xen/grant_table.h>

#define REF     20u /* past the reserved entries */
#define PATTERN 0x1122334455667788ull

static struct gnttab_map_grant_ref map_page_at(bool read_only, void *address)
{
    struct gnttab_map_grant_ref map = {
        .dom = own_domid(), .ref = REF, .flags = GNTMAP_host_map, .host_addr = (uintptr_t)address
    };

    grant_offer(REF, fresh_page(), read_only);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1);
    if (map.status)
        tap_bail("a page cannot be mapped: %d", map.status);
    return map;
}

static struct gnttab_map_grant_ref map_page(bool read_only)
{
    return map_page_at(read_only, hole());
}

static long unmap(uint64_t address, uint32_t handle)
{
    struct gnttab_unmap_grant_ref unmap = { .host_addr = address, .handle = handle };
    long result = hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1);

    return result ? result : unmap.status;
}

static void map(struct run *r, uint32_t flags)
{
    volatile uint64_t *at = hole(), *page = (volatile uint64_t *)fresh_page();

    page[7] = PATTERN;
    grant_offer(REF, (const void *)page, flags & GNTMAP_readonly);
    run_loose(r, "handle");
    run_loose(r, "dev_bus_addr"); /* another page each time */
    CALL(r, IN("dom", own_domid()), IN("host_addr", at), IN("flags", flags), IN("ref", REF));
    run_expect(r, 0);
    run_expect_output(r, "status", GNTST_okay);
    if (run_output(r, "status"))
        return;
    run_check(r, at[7] == PATTERN, "the mapping holds %lx", at[7]);
    run_observe(r, "unmap", (uint64_t)unmap((uintptr_t)at, (uint32_t)run_output(r, "handle")));
    grant_withdraw(REF);
}

static void map_for_writing(struct run *r)
{
    map(r, GNTMAP_host_map);
}

static void map_for_reading(struct run *r)
{
    map(r, GNTMAP_host_map | GNTMAP_readonly);
}

static void map_refused(struct run *r, uint64_t dom, uint32_t ref, uint32_t flags, int16_t status)
{
    CALL(r, IN("dom", dom), IN("host_addr", hole()), IN("flags", flags), IN("ref", ref));
    run_expect(r, 0);
    run_expect_output(r, "status", (uint16_t)status);
}

static void map_nothing(struct run *r)
{
    grant_offer(REF, fresh_page(), false);
    map_refused(r, own_domid(), REF, 0, GNTST_bad_gntref);
}

static void map_no_domain(struct run *r)
{
    map_refused(r, 1234, REF, GNTMAP_host_map, GNTST_bad_domain);
}

static void map_no_ref(struct run *r)
{
    map_refused(r, own_domid(), 0x7fffffff, GNTMAP_host_map, GNTST_bad_gntref);
}

static void map_not_granted(struct run *r)
{
    grant_withdraw(REF);
    map_refused(r, own_domid(), REF, GNTMAP_host_map, GNTST_general_error);
}

static void unmap_page(struct run *r)
{
    struct gnttab_map_grant_ref map = map_page(false);

    CALL(r, IN("host_addr", map.host_addr), IN("handle", map.handle), IN("dev_bus_addr", 0));
    run_expect(r, 0);
    run_expect_output(r, "status", GNTST_okay);
    run_observe(r, "unmap again", (uint64_t)unmap(map.host_addr, map.handle));
    grant_withdraw(REF);
}

static void unmap_elsewhere(struct run *r)
{
    struct gnttab_map_grant_ref map = map_page(false);

    CALL(r, IN("host_addr", map.host_addr + PAGE_SIZE), IN("handle", map.handle),
         IN("dev_bus_addr", 0));
    run_expect(r, 0);
    run_observe(r, "unmap", (uint64_t)unmap(map.host_addr, map.handle));
    grant_withdraw(REF);
}

static void unmap_none(struct run *r)
{
    CALL(r, IN("host_addr", hole()), IN("handle", 0x7ffffff), IN("dev_bus_addr", 0));
    run_expect(r, 0);
    run_expect_output(r, "status", (uint16_t)GNTST_bad_handle);
}

static void query_size(struct run *r)
{
    grant_offer(REF, fresh_page(), false);
    grant_withdraw(REF);
    CALL(r);
    run_expect(r, 0);
    run_check(r,
              run_output(r, "nr_frames") >= 1 &&
                  run_output(r, "max_nr_frames") >= run_output(r, "nr_frames"),
              "%lu frames of %lu", run_output(r, "nr_frames"), run_output(r, "max_nr_frames"));
}

static uint32_t version_now(void)
{
    struct gnttab_get_version get = { .dom = DOMID_SELF };

    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_get_version, &get, 1);
    return get.version;
}

static void set_version(struct run *r, uint32_t version)
{
    CALL(r, IN("version", version));
    run_expect(r, 0);
    run_expect_output(r, "version", version);
    run_observe(r, "version", version_now());
    run_check(r, version_now() == version, "the version is %u", version_now());
}

static void set_version_1(struct run *r)
{
    set_version(r, 1);
}

static void set_version_2(struct run *r)
{
    set_version(r, 2);
}

static void set_version_bad(struct run *r)
{
    CALL(r, IN("version", 3));
    run_expect(r, -XEN_EINVAL);
    run_observe(r, "version", version_now());
}

static void get_version(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
    run_expect_output(r, "version", 1);
}

static void get_version_2(struct run *r)
{
    struct gnttab_set_version set = { .version = 2 };

    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_set_version, &set, 1);
    CALL(r);
    run_expect(r, 0);
    run_expect_output(r, "version", 2);
}

/* ---- batches: arrays in guest memory, which the classic operations take as they are ---- */

/* What one call takes. */
#define MOST_FRAMES 1016u
#define MOST_COPIES 204u
#define MOST_MAPS   256u
#define MOST_UNMAPS 341u

static PAGE_ALIGNED unsigned char elements[3 * PAGE_SIZE * 3];
static PAGE_ALIGNED unsigned char copied[2][PAGE_SIZE];

static uint64_t sum_of(const void *at, size_t size)
{
    const unsigned char *bytes = at;
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    return sum;
}

/* Element i copies one byte, i of it to i; the one that is wrong names
 * another domain's frame. */
static void copy_batch(struct run *r, uint32_t count, unsigned wrong, size_t offset)
{
    struct gnttab_copy *copies = (void *)(elements + offset);
    uint32_t done = count < MOST_COPIES ? count : MOST_COPIES;
    unsigned seen = r->count[r->mode];

    memset(elements, 0x5a, sizeof(elements));
    memset(copied[1], 0, sizeof(copied[1]));
    for (uint32_t i = 0; i < count; i++) {
        copied[0][i] = (unsigned char)(i + 1);
        memset(&copies[i], 0, sizeof(copies[i]));
        copies[i].source.u.gmfn = FRAME_OF(copied[0]);
        copies[i].source.domid = i == wrong ? 1234 : DOMID_SELF;
        copies[i].source.offset = (uint16_t)i;
        copies[i].dest.u.gmfn = FRAME_OF(copied[1]);
        copies[i].dest.domid = DOMID_SELF;
        copies[i].dest.offset = (uint16_t)i;
        copies[i].len = 1;
        copies[i].status = 77;
    }
    do {
        if (count > MOST_COPIES)
            run_loose(r, "count");
        CALL(r, IN("elements", copies), IN("count", count));
    } while (r->mode != CLASSIC && !r->result && run_output(r, "count") &&
             run_output(r, "count") < done && run_again(r, seen));
    run_expect(r, 0);
    run_expect_output(r, "count", r->mode == CLASSIC ? count : done);
    for (uint32_t i = 0; i < done; i++)
        run_check(r,
                  copied[1][i] == (i == wrong ? 0 : (unsigned char)(i + 1)) &&
                      copies[i].status == (i == wrong ? GNTST_permission_denied : GNTST_okay),
                  "element %u: status %d", i, copies[i].status);
    if (count <= MOST_COPIES)
        run_observe(r, "the elements", sum_of(elements, sizeof(elements)));
}

static void copy_batch_1(struct run *r)
{
    copy_batch(r, 1, ~0u, 0);
}

static void copy_batch_2(struct run *r)
{
    copy_batch(r, 2, ~0u, PAGE_SIZE - 50);
}

static void copy_batch_64(struct run *r)
{
    copy_batch(r, 64, 31, PAGE_SIZE - 24);
}

static void copy_batch_most(struct run *r)
{
    copy_batch(r, MOST_COPIES, MOST_COPIES / 2, 0);
}

/* The classic ABI takes them all; here a call says how many it took, and the next one goes on. */
static void copy_batch_more(struct run *r)
{
    const struct gnttab_copy *copies = (const void *)elements;

    copy_batch(r, MOST_COPIES + 1, ~0u, 0);
    run_check(r, copies[MOST_COPIES].status == (r->mode == CLASSIC ? GNTST_okay : 77),
              "the status of the next element is %d", copies[MOST_COPIES].status);
}

static void batch_none(struct run *r)
{
    CALL(r, IN("elements", elements), IN("count", 0));
    run_expect(r, 0);
}

static void batch_no_memory(struct run *r)
{
    CALL(r, IN("elements", hole()), IN("count", 2));
    run_expect(r, -XEN_EFAULT);
}

static void copy(struct run *r, uint16_t domain, uint16_t length, int16_t status)
{
    memset(copied[0], 0x33, PAGE_SIZE);
    memset(copied[1], 0, PAGE_SIZE);
    CALL(r, IN("source", FRAME_OF(copied[0])), IN("dest", FRAME_OF(copied[1])),
         IN("place", domain | 16ull << 16 | (uint64_t)DOMID_SELF << 32 | 32ull << 48),
         IN("what", length));
    run_expect(r, 0);
    run_expect_output(r, "status", (uint16_t)status);
    run_observe(r, "the page", sum_of(copied[1], PAGE_SIZE));
}

static void copy_good(struct run *r)
{
    copy(r, DOMID_SELF, 100, GNTST_okay);
    run_check(r,
              copied[1][31] == 0 && copied[1][32] == 0x33 && copied[1][131] == 0x33 &&
                  copied[1][132] == 0,
              "the bytes are not there");
}

static void copy_too_long(struct run *r)
{
    copy(r, DOMID_SELF, PAGE_SIZE - 8, GNTST_bad_copy_arg);
}

static void copy_of_another(struct run *r)
{
    copy(r, 1234, 100, GNTST_permission_denied);
}

/* ---- batches of mappings: the first, the one in the middle and the last are good ---- */

#define GOOD   3u
#define NO_REF 0x7fffffffu

/* Which of the good ones element I is, or GOOD: it names nothing. */
static unsigned good_one(uint32_t i, uint32_t count)
{
    return i == 0 ? 0 : i == count - 1 ? 2 : i == count / 2 ? 1 : GOOD;
}

static void call_batch(struct run *r, unsigned char *at, size_t size, uint32_t count, uint32_t most)
{
    uint64_t done = run_batch(r, at, size, count, most);

    run_expect(r, 0);
    run_check(r, done == count, "%lu of %u elements", done, count);
}

static void map_batch(struct run *r, uint32_t count, size_t offset)
{
    struct gnttab_map_grant_ref *maps = (void *)(elements + offset);
    unsigned wrong = 0;

    memset(elements, 0, sizeof(elements));
    for (uint32_t i = 0; i < count; i++) {
        unsigned good = good_one(i, count);

        maps[i].host_addr = (uintptr_t)hole_at(good);
        maps[i].dom = own_domid();
        maps[i].ref = good < GOOD ? REF + good : NO_REF;
        maps[i].flags = GNTMAP_host_map;
        maps[i].status = 77;
        if (good < GOOD) {
            volatile uint64_t *page = (volatile uint64_t *)fresh_page();

            page[7] = PATTERN + good;
            grant_offer(REF + good, (const void *)page, false);
        }
    }
    call_batch(r, elements + offset, sizeof(*maps), count, MOST_MAPS);
    for (uint32_t i = 0; i < count; i++) {
        unsigned good = good_one(i, count);

        wrong += maps[i].status != (good < GOOD ? GNTST_okay : GNTST_bad_gntref);
        if (good == GOOD || maps[i].status)
            continue;
        run_check(r, ((volatile uint64_t *)hole_at(good))[7] == PATTERN + good,
                  "the mapping of element %u is not there", i);
        run_observe(r, "unmap", (uint64_t)unmap((uintptr_t)hole_at(good), maps[i].handle));
        grant_withdraw(REF + good);
    }
    run_check(r, !wrong, "%u elements have another status", wrong);
}

static void map_batch_1(struct run *r)
{
    map_batch(r, 1, 0);
}

static void map_batch_2(struct run *r)
{
    map_batch(r, 2, PAGE_SIZE - 40);
}

static void map_batch_64(struct run *r)
{
    map_batch(r, 64, PAGE_SIZE - 24);
}

static void map_batch_most(struct run *r)
{
    map_batch(r, MOST_MAPS, 0);
}

static void map_batch_more(struct run *r)
{
    map_batch(r, MOST_MAPS + 1, 0);
}

static void unmap_batch(struct run *r, uint32_t count, size_t offset)
{
    struct gnttab_unmap_grant_ref *unmaps = (void *)(elements + offset);
    unsigned wrong = 0;

    memset(elements, 0, sizeof(elements));
    for (uint32_t i = 0; i < count; i++) {
        unsigned good = good_one(i, count);
        struct gnttab_map_grant_ref map = { .handle = 0x7ffffff };

        if (good < GOOD)
            map = map_page_at(false, hole_at(good));
        unmaps[i].host_addr = map.host_addr;
        unmaps[i].handle = map.handle;
        unmaps[i].status = 77;
    }
    call_batch(r, elements + offset, sizeof(*unmaps), count, MOST_UNMAPS);
    for (uint32_t i = 0; i < count; i++) {
        unsigned good = good_one(i, count);

        wrong += unmaps[i].status != (good < GOOD ? GNTST_okay : GNTST_bad_handle);
        if (good < GOOD)
            run_observe(r, "unmap again", (uint64_t)unmap(unmaps[i].host_addr, unmaps[i].handle));
    }
    run_check(r, !wrong, "%u elements have another status", wrong);
    grant_withdraw(REF);
}

static void unmap_batch_1(struct run *r)
{
    unmap_batch(r, 1, 0);
}

static void unmap_batch_2(struct run *r)
{
    unmap_batch(r, 2, PAGE_SIZE - 20);
}

static void unmap_batch_64(struct run *r)
{
    unmap_batch(r, 64, PAGE_SIZE - 20);
}

static void unmap_batch_most(struct run *r)
{
    unmap_batch(r, MOST_UNMAPS, 0);
}

static void unmap_batch_more(struct run *r)
{
    unmap_batch(r, MOST_UNMAPS + 1, 0);
}

static void setup_table(struct run *r)
{
    memset(elements, 0x5a, PAGE_SIZE);
    grant_offer(REF, fresh_page(), false); /* the table is mapped */
    grant_withdraw(REF);
    CALL(r, IN("nr_frames", 1), IN("frame_list", elements + 64));
    run_expect(r, 0);
    run_expect_output(r, "status", GNTST_okay);
    run_observe(r, "the list", sum_of(elements, PAGE_SIZE));
}

static void setup_table_too_large(struct run *r)
{
    memset(elements, 0x5a, PAGE_SIZE);
    CALL(r, IN("nr_frames", 900), IN("frame_list", elements));
    run_observe(r, "the list", sum_of(elements, PAGE_SIZE));
}

/* More than registers take at once.  The classic ABI looks at the domain's limit only. */
static void setup_table_too_long(struct run *r)
{
    unsigned seen = r->count[r->mode];

    CALL(r, IN("nr_frames", MOST_FRAMES + 1), IN("frame_list", elements));
    r->count[r->mode] = seen;
    run_expect(r, r->mode == CLASSIC ? 0 : -XEN_E2BIG);
}

static void swap(struct run *r)
{
    grant_offer(REF, (const void *)copied[0], false);
    CALL(r, IN("ref_a", REF), IN("ref_b", REF + 1));
    run_expect(r, 0);
    run_expect_output(r, "status", GNTST_okay);
    grant_withdraw(REF);
    grant_withdraw(REF + 1);
}

static void swap_none(struct run *r)
{
    CALL(r, IN("ref_a", REF), IN("ref_b", 0x7fffffff));
    run_expect(r, 0);
}

#define GRANT(name, what, function)                                                                \
    {                                                                                              \
        "grant_table." name, what, function, 0                                                     \
    }

const struct test_case grant_cases[] = {
    GRANT("map_grant_ref", "for writing", map_for_writing),
    GRANT("map_grant_ref", "for reading", map_for_reading),
    GRANT("map_grant_ref", "flags that map nothing", map_nothing),
    GRANT("map_grant_ref", "no domain", map_no_domain),
    GRANT("map_grant_ref", "no entry", map_no_ref),
    GRANT("map_grant_ref", "not granted", map_not_granted),
    GRANT("unmap_grant_ref", "a page", unmap_page),
    GRANT("unmap_grant_ref", "not where it is mapped", unmap_elsewhere),
    GRANT("unmap_grant_ref", "no handle", unmap_none),
    GRANT("query_size", "its own", query_size),
    GRANT("set_version", "the one in use", set_version_1),
    GRANT("set_version", "the other", set_version_2),
    GRANT("set_version", "none such", set_version_bad),
    GRANT("get_version", "the first", get_version),
    GRANT("get_version", "the second", get_version_2),
    GRANT("copy", "within the domain", copy_good),
    GRANT("copy", "past the end of a page", copy_too_long),
    GRANT("copy", "another domain's frame", copy_of_another),
    GRANT("copy_batch", "one", copy_batch_1),
    GRANT("copy_batch", "two, across pages", copy_batch_2),
    GRANT("copy_batch", "64, one of them wrong", copy_batch_64),
    GRANT("copy_batch", "as many as one call takes", copy_batch_most),
    GRANT("copy_batch", "more than one call takes", copy_batch_more),
    GRANT("copy_batch", "none", batch_none),
    GRANT("copy_batch", "no memory", batch_no_memory),
    GRANT("map_grant_ref_batch", "one", map_batch_1),
    GRANT("map_grant_ref_batch", "two, across pages", map_batch_2),
    GRANT("map_grant_ref_batch", "64, most of them wrong", map_batch_64),
    GRANT("map_grant_ref_batch", "as many as one call takes", map_batch_most),
    GRANT("map_grant_ref_batch", "more than one call takes", map_batch_more),
    GRANT("map_grant_ref_batch", "none", batch_none),
    GRANT("map_grant_ref_batch", "no memory", batch_no_memory),
    GRANT("unmap_grant_ref_batch", "one", unmap_batch_1),
    GRANT("unmap_grant_ref_batch", "two, across pages", unmap_batch_2),
    GRANT("unmap_grant_ref_batch", "64, most of them wrong", unmap_batch_64),
    GRANT("unmap_grant_ref_batch", "as many as one call takes", unmap_batch_most),
    GRANT("unmap_grant_ref_batch", "more than one call takes", unmap_batch_more),
    GRANT("unmap_grant_ref_batch", "none", batch_none),
    GRANT("unmap_grant_ref_batch", "no memory", batch_no_memory),
    GRANT("setup_table", "one frame", setup_table),
    GRANT("setup_table", "too many frames", setup_table_too_large),
    GRANT("setup_table", "more frames than a call takes", setup_table_too_long),
    GRANT("swap_grant_ref", "two entries", swap),
    GRANT("swap_grant_ref", "none such", swap_none),
    { NULL, NULL, NULL, 0 },
};
