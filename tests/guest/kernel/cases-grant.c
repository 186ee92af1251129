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

/* Each page once, as it does not come back. */
static volatile uint64_t *fresh_page(void)
{
    static PAGE_ALIGNED volatile uint64_t pages[32][PAGE_SIZE / 8];
    static unsigned used;

    if (used == ARRAY_LENGTH(pages))
        tap_bail("there are no more pages to grant");
    return pages[used++];
}

static struct gnttab_map_grant_ref map_page(bool read_only)
{
    struct gnttab_map_grant_ref map = {
        .dom = own_domid(), .ref = REF, .flags = GNTMAP_host_map, .host_addr = (uintptr_t)hole()
    };

    grant_offer(REF, (const void *)fresh_page(), read_only);
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &map, 1);
    if (map.status)
        tap_bail("a page cannot be mapped: %d", map.status);
    return map;
}

static long unmap(uint64_t address, uint32_t handle)
{
    struct gnttab_unmap_grant_ref unmap = { .host_addr = address, .handle = handle };
    long result = hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1);

    return result ? result : unmap.status;
}

static void map(struct run *r, uint32_t flags)
{
    volatile uint64_t *at = hole(), *page = fresh_page();

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
    grant_offer(REF, (const void *)fresh_page(), false);
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
    grant_offer(REF, (const void *)fresh_page(), false);
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
    { NULL, NULL, NULL, 0 },
};
