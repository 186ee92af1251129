/* SPDX-License-Identifier: MIT */
/* See places.h.  Made through the classic ABI, and by what makes the builder's domains. */
#include "places.h"

#include "state.h"

#include <xen/grant_table.h>
#include <xen/memory.h>

#define REF       30u /* past those of the cases */
#define FRAME     4u  /* of the other domain, which has no use for it */
#define READ_ONLY 2u  /* holes that are filled */
#define OF_OTHER  3u

static PAGE_ALIGNED unsigned char pages[2 * PAGE_SIZE];
static struct gnttab_map_grant_ref read_only;

static struct domain other;
static bool is_made;

const struct domain *other_domain(void)
{
    if (!is_made && domain_create(&other, 1, 2, 0, 0, NULL))
        tap_bail("another domain cannot be made");
    is_made = true;
    return &other;
}

void other_domain_end(void)
{
    if (is_made)
        domain_destroy(&other);
    is_made = false;
}

static unsigned char *within_page(size_t size)
{
    (void)size;
    return pages + 48;
}

static unsigned char *across_pages(size_t size)
{
    return pages + PAGE_SIZE - size / 2;
}

static unsigned char *at_end(size_t size)
{
    return hole_at(0) - size;
}

static unsigned char *over_end(size_t size)
{
    return hole_at(0) - size + 1;
}

static unsigned char *no_memory(size_t size)
{
    (void)size;
    return hole_at(1);
}

/* No processor has that many bits of a physical address, and the end would be before the start. */
static unsigned char *past_all(size_t size)
{
    (void)size;
    return (unsigned char *)~7ul;
}

/* The domain's own page, granted to it for reading. */
static unsigned char *readable(size_t size)
{
    unsigned char *page = fresh_page();

    (void)size;
    memset(page, 0, PAGE_SIZE);
    grant_offer(REF, page, true);
    read_only = (struct gnttab_map_grant_ref){ .dom = own_domid(),
                                               .ref = REF,
                                               .flags = GNTMAP_host_map | GNTMAP_readonly,
                                               .host_addr = (uintptr_t)hole_at(READ_ONLY) };
    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_map_grant_ref, &read_only, 1);
    if (read_only.status)
        tap_bail("a page cannot be mapped for reading: %d", read_only.status);
    return hole_at(READ_ONLY);
}

static void readable_end(void)
{
    struct gnttab_unmap_grant_ref unmap = { .host_addr = read_only.host_addr,
                                            .handle = read_only.handle };

    hypercall3(__HYPERVISOR_grant_table_op, GNTTABOP_unmap_grant_ref, &unmap, 1);
    if (unmap.status)
        tap_bail("a page for reading cannot be unmapped: %d", unmap.status);
    grant_withdraw(REF);
}

static unsigned char *foreign(size_t size)
{
    xen_ulong_t theirs = FRAME;
    xen_pfn_t ours = FRAME_OF(hole_at(OF_OTHER));
    int error = 0;
    struct xen_add_to_physmap_batch op = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = 1,
        .u.foreign_domid = other_domain()->id,
    };
    long rc;

    (void)size;
    set_xen_guest_handle(op.idxs, &theirs);
    set_xen_guest_handle(op.gpfns, &ours);
    set_xen_guest_handle(op.errs, &error);
    rc = hypercall2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, &op);
    if (rc || error)
        tap_bail("a page of another domain cannot be mapped: %ld, %d", rc, error);
    return hole_at(OF_OTHER);
}

static void foreign_end(void)
{
    struct xen_remove_from_physmap op = { .domid = DOMID_SELF,
                                          .gpfn = FRAME_OF(hole_at(OF_OTHER)) };

    hypercall2(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, &op);
}

static const struct place {
    const char *name;
    unsigned char *(*at)(size_t size);
    void (*end)(void);
    bool is_good;
} places[] = {
    { "within a page", within_page, NULL, true },
    { "across pages", across_pages, NULL, true },
    { "at the end of memory", at_end, NULL, true },
    { "over the end of memory", over_end, NULL, false },
    { "not memory", no_memory, NULL, false },
    { "past all addresses", past_all, NULL, false },
    { "memory that may only be read", readable, readable_end, false },
    { "memory of another domain", foreign, foreign_end, true },
};

static const struct place *find(const char *name)
{
    for (unsigned i = 0; i < ARRAY_LENGTH(places); i++)
        if (!strcmp(places[i].name, name))
            return &places[i];
    return NULL;
}

unsigned char *place_find(const char *name, const void *content, size_t size)
{
    const struct place *place = find(name);
    unsigned char *at = place ? place->at(size) : NULL;
    size_t writable = !place ? 0 : place->is_good ? size : place->at == over_end ? size - 1 : 0;

    if (content)
        memcpy(at, content, writable);
    else
        memset(at, 0x5a, writable);
    return at;
}

bool place_is_good(const char *name)
{
    return find(name) && find(name)->is_good;
}

void place_leave(const char *name)
{
    const struct place *place = find(name);

    if (place && place->end)
        place->end();
}
