/* SPDX-License-Identifier: MIT */
/* Cases of physdev. */
#define __XEN_TOOLS__ 1 /* for sysctl.h */

#include "run.h"

#include "state.h"

#include <xen/errno.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/physdev.h>
#include <xen/sysctl.h>

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

/* A newer Xen lets dom0 map a line that it has no use for: nobody may ask about it. */
static void irq(struct run *r)
{
    struct physdev_map_pirq map = map_by_classic();

    CALL(r, IN("irq", map.pirq));
    if (is_mapped)
        run_check(r, !r->result || r->result == -XEN_ENOSYS, "it is %ld", r->result);
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

/* Each way to call has a line of its own: one cannot be set up twice. */
static void setup_line(struct run *r)
{
    CALL(r, IN("gsi", LINE + r->mode), IN("triggering", 1), IN("polarity", 1));
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

const struct test_case physdev_cases[] = {
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
