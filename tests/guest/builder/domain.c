/* SPDX-License-Identifier: MIT */
/* See domain.h.  Must not know what the domains are for. */
#define __XEN_TOOLS__ 1

#include "runtime.h"

#include <xen/domctl.h>
#include <xen/errno.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/save.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/sysctl.h>

#include "domain.h"
#include "kernel.h"
#include "policy.h"

/* The public headers keep this one for the hypervisor itself. */
#define ERESTART 85

#define EXTENT_ORDER 9 /* 2 MiB */
#define START_INFO   0x1000u

/*
 * Where frames of other domains are mapped while they are filled: guest-physical addresses that the
 * builder has no memory at.  One mebibyte for each domain, and the page after it for its mailbox.
 */
#define WINDOW        0x40000000u
#define WINDOW_PAGES  256u
#define WINDOW_STRIDE (2 * WINDOW_PAGES * PAGE_SIZE)

static const char *domctl_name(uint32_t command)
{
    switch (command) {
    case XEN_DOMCTL_createdomain:
        return "createdomain";
    case XEN_DOMCTL_max_vcpus:
        return "max_vcpus";
    case XEN_DOMCTL_max_mem:
        return "max_mem";
    case XEN_DOMCTL_shadow_op:
        return "shadow_op";
    case XEN_DOMCTL_sethvmcontext:
        return "sethvmcontext";
    case XEN_DOMCTL_unpausedomain:
        return "unpausedomain";
    case XEN_DOMCTL_destroydomain:
        return "destroydomain";
    default:
        return "domctl";
    }
}

static int complain(const char *what, long rc)
{
    print("# builder: %s: %ld\n", what, rc);
    return (int)rc;
}

/* Again as long as the hypervisor wants to be asked again. */
static int domctl(struct xen_domctl *op, uint32_t command, uint16_t id)
{
    long rc;
    op->cmd = command;
    op->interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op->domain = id;
    do {
        rc = hypercall(__HYPERVISOR_domctl, (uintptr_t)op, 0, 0, 0, 0);
    } while (rc == -ERESTART || rc == -XEN_EAGAIN);
    return rc ? complain(domctl_name(command), rc) : 0;
}

#define SVM (1u << 2) /* of ecx of leaf 0x80000001 */

/* Any number that is free: up to 4.21 that is what 0 means. */
#ifndef DOMID_ANY
#define DOMID_ANY 0
#endif

static int create(struct domain *d, unsigned int features, const char *label)
{
    /* Each byte another one: the case of version.guest_handle looks for it. */
    static const xen_domain_handle_t handle = "\x01\x02\x03\x04\x05\x06\x07\x08"
                                              "\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90";
    struct xen_domctl op = { 0 };
    struct xen_domctl_createdomain *create = &op.u.createdomain;
    memcpy(create->handle, handle, sizeof(handle));
    create->flags = XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap;
    if (features & DOMAIN_NESTED)
        create->flags |= XEN_DOMCTL_CDF_nested_virt;
    create->max_vcpus = d->vcpus;
    create->ssidref = policy_label(label ? label : POLICY_DOMU);
    create->max_evtchn_port = UINT32_MAX;
    create->max_grant_frames = -1;
    create->max_maptrack_frames = -1;
#ifdef XEN_DOMCTL_GRANT_version
    create->grant_opts = XEN_DOMCTL_GRANT_version(2);
#endif
    create->arch.emulation_flags = features & DOMAIN_DEVICES ? XEN_X86_EMU_ALL & ~XEN_X86_EMU_VPCI
                                                             : XEN_X86_EMU_LAPIC;
    int rc = domctl(&op, XEN_DOMCTL_createdomain, DOMID_ANY);
    d->id = op.domain;
    return rc;
}

static int set_limits(const struct domain *d)
{
    struct xen_domctl op = { 0 };
    op.u.max_vcpus.max = d->vcpus;
    int rc = domctl(&op, XEN_DOMCTL_max_vcpus, d->id);
    if (rc)
        return rc;
    op.u.max_mem.max_memkb = (d->pages + 64) * 4;
    rc = domctl(&op, XEN_DOMCTL_max_mem, d->id);
    if (rc)
        return rc;
    /* For the page tables of nested paging. */
    memset(&op, 0, sizeof(op));
    op.u.shadow_op.op = XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION;
    op.u.shadow_op.mb = 2 + d->vcpus;
    return domctl(&op, XEN_DOMCTL_shadow_op, d->id);
}

/* The bit of CPUID that says that there is virtualisation; by default no domain has it. */
static int show_svm(const struct domain *d)
{
    static xen_cpuid_leaf_t leaves[200];
    struct xen_domctl op = { 0 };
    op.u.cpu_policy.nr_leaves = ARRAY_LENGTH(leaves);
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    int rc = domctl(&op, XEN_DOMCTL_get_cpu_policy, d->id);
    for (unsigned int i = 0; !rc && i < op.u.cpu_policy.nr_leaves; i++) {
        if (leaves[i].leaf != 0x80000001)
            continue;
        leaves[i].c |= SVM;
        memset(&op, 0, sizeof(op));
        op.u.cpu_policy.nr_leaves = 1;
        set_xen_guest_handle(op.u.cpu_policy.leaves, &leaves[i]);
        return domctl(&op, XEN_DOMCTL_set_cpu_policy, d->id);
    }
    return rc ? rc : complain("leaf 0x80000001", -XEN_ENOENT);
}

static int populate(const struct domain *d)
{
    for (uint64_t page = 0; page < d->pages; page += 1u << EXTENT_ORDER) {
        xen_pfn_t frame = page;
        struct xen_memory_reservation op = { 0 };
        set_xen_guest_handle(op.extent_start, &frame);
        op.nr_extents = 1;
        op.extent_order = EXTENT_ORDER;
        op.domid = d->id;
        long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, (uintptr_t)&op, 0, 0,
                            0);
        if (rc != 1)
            return complain("populate_physmap", rc < 0 ? rc : -XEN_ENOMEM);
    }
    return 0;
}

/* What memory_map tells the domain. */
static int set_memory_map(const struct domain *d)
{
    struct {
        uint64_t base, size;
        uint32_t kind;
    } __attribute__((__packed__)) map[] = {
        { 0, d->pages * PAGE_SIZE, 1 },
        { 0xfee00000u, PAGE_SIZE, 2 },
    };
    struct xen_foreign_memory_map op = { .domid = d->id, .map.nr_entries = 2 };
    set_xen_guest_handle(op.map.buffer, (void *)map);
    long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_set_memory_map, (uintptr_t)&op, 0, 0, 0);
    return rc ? complain("set_memory_map", rc) : 0;
}

static uint8_t *window_of(const struct domain *d)
{
    return (uint8_t *)(uintptr_t)(WINDOW + d->window * WINDOW_STRIDE);
}

/* See count frames of the domain, from frame on, at the builder's address. */
static int map_frames(const struct domain *d, uint64_t frame, void *address, unsigned int count)
{
    static xen_ulong_t theirs[WINDOW_PAGES];
    static xen_pfn_t ours[WINDOW_PAGES];
    static int errors[WINDOW_PAGES];
    for (unsigned int i = 0; i < count; i++) {
        theirs[i] = frame + i;
        ours[i] = (uintptr_t)address / PAGE_SIZE + i;
        errors[i] = 0;
    }
    struct xen_add_to_physmap_batch op = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_gmfn_foreign,
        .size = (uint16_t)count,
        .u.foreign_domid = d->id,
    };
    set_xen_guest_handle(op.idxs, theirs);
    set_xen_guest_handle(op.gpfns, ours);
    set_xen_guest_handle(op.errs, errors);
    long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap_batch, (uintptr_t)&op, 0, 0,
                        0);
    for (unsigned int i = 0; i < count && !rc; i++)
        rc = errors[i];
    return rc ? complain("add_to_physmap_batch", rc) : 0;
}

static int unmap_frames(void *address, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct xen_remove_from_physmap op = { .domid = DOMID_SELF,
                                              .gpfn = (uintptr_t)address / PAGE_SIZE + i };
        long rc = hypercall(__HYPERVISOR_memory_op, XENMEM_remove_from_physmap, (uintptr_t)&op, 0,
                            0, 0);
        if (rc)
            return complain("remove_from_physmap", rc);
    }
    return 0;
}

/* Copy to the domain's guest-physical address; zeros where there is no source. */
static int write_guest(const struct domain *d, uint64_t address, const void *from, uint64_t size)
{
    uint8_t *window = window_of(d);
    const uint8_t *source = from;
    if (address + size < address || address + size > d->pages * PAGE_SIZE)
        return complain("an address outside the domain's memory", -XEN_EFAULT);
    while (size) {
        uint64_t in_page = address % PAGE_SIZE;
        uint64_t room = (uint64_t)WINDOW_PAGES * PAGE_SIZE - in_page;
        uint64_t part = size < room ? size : room;
        unsigned int pages = (unsigned int)((in_page + part + PAGE_SIZE - 1) / PAGE_SIZE);
        int rc = map_frames(d, address / PAGE_SIZE, window, pages);
        if (rc)
            return rc;
        if (source)
            memcpy(window + in_page, source, part);
        else
            memset(window + in_page, 0, part);
        rc = unmap_frames(window, pages);
        if (rc)
            return rc;
        if (source)
            source += part;
        address += part;
        size -= part;
    }
    return 0;
}

int domain_create(struct domain *d, unsigned int vcpus, unsigned int megabytes, unsigned int window,
                  unsigned int features, const char *label)
{
    memset(d, 0, sizeof(*d));
    d->vcpus = vcpus;
    d->pages = (uint64_t)megabytes * 256;
    d->window = window;
    int rc = create(d, features, label);
    if (rc)
        return rc;
    rc = set_limits(d);
    if (!rc && features & DOMAIN_NESTED)
        rc = show_svm(d);
    if (!rc)
        rc = populate(d);
    if (!rc)
        rc = set_memory_map(d);
    if (!rc) {
        struct mailbox *mailbox = (struct mailbox *)(window_of(d) +
                                                     (size_t)WINDOW_PAGES * PAGE_SIZE);
        rc = map_frames(d, MAILBOX_ADDRESS / PAGE_SIZE, mailbox, 1);
        if (!rc) {
            memset(mailbox, 0, PAGE_SIZE);
            mailbox->magic = MAILBOX_MAGIC;
            mailbox->self = d->id;
            d->mailbox = mailbox;
        }
    }
    if (rc)
        domain_destroy(d);
    return rc;
}

static int load_segments(const struct domain *d, const struct image *image)
{
    struct kernel_segment segment;
    for (unsigned int i = 0; kernel_segment(image->bytes, image->size, i, &segment); i++) {
        int rc = write_guest(d, segment.address, segment.bytes, segment.file_size);
        if (!rc)
            rc = write_guest(d, segment.address + segment.file_size, NULL,
                             segment.size - segment.file_size);
        if (rc)
            return rc;
    }
    return 0;
}

/* The start info and what it points to, in one page. */
static int write_start_info(const struct domain *d, const char *command_line)
{
    static struct {
        struct hvm_start_info info;
        struct hvm_memmap_table_entry map[1];
        char command_line[1024];
    } page;
    memset(&page, 0, sizeof(page));
    page.info.magic = XEN_HVM_START_MAGIC_VALUE;
    page.info.version = 1;
    page.info.cmdline_paddr = START_INFO + offsetof(__typeof__(page), command_line);
    page.info.memmap_paddr = START_INFO + offsetof(__typeof__(page), map);
    page.info.memmap_entries = 1;
    page.map[0].size = d->pages * PAGE_SIZE;
    page.map[0].type = XEN_HVM_MEMMAP_TYPE_RAM;
    if (strlen(command_line) >= sizeof(page.command_line))
        return complain("a command line that is too long", -XEN_E2BIG);
    memcpy(page.command_line, command_line, strlen(command_line));
    return write_guest(d, START_INFO, &page, sizeof(page));
}

/* The record of a context that says whether the domain may use FastABI, as in public-fastabi.h. */
#define FASTABI_RECORD 64
struct fastabi_record {
    uint32_t allowed, pad;
};

/* The first vCPU as the PVH boot protocol has it: 32-bit, flat, no paging. */
static int set_context(const struct domain *d, uint32_t entry)
{
    static struct {
        struct hvm_save_descriptor header_descriptor;
        HVM_SAVE_TYPE(HEADER) header;
        struct hvm_save_descriptor cpu_descriptor;
        HVM_SAVE_TYPE(CPU) cpu;
        struct hvm_save_descriptor end_descriptor; /* or that of the record */
        struct fastabi_record fastabi;
        struct hvm_save_descriptor last_descriptor;
    } __attribute__((__packed__)) record;
    uint32_t signature[4];
    size_t size = offsetof(__typeof__(record), fastabi);

    cpuid(1, 0, signature);
    memset(&record, 0, sizeof(record));
    record.header_descriptor.typecode = HVM_SAVE_CODE(HEADER);
    record.header_descriptor.length = HVM_SAVE_LENGTH(HEADER);
    record.header.magic = HVM_FILE_MAGIC;
    record.header.version = HVM_FILE_VERSION;
    record.header.cpuid = signature[0];
    record.cpu_descriptor.typecode = HVM_SAVE_CODE(CPU);
    record.cpu_descriptor.length = HVM_SAVE_LENGTH(CPU);
    record.cpu.cs_limit = record.cpu.ds_limit = record.cpu.es_limit = record.cpu.ss_limit = ~0u;
    record.cpu.fs_limit = record.cpu.gs_limit = ~0u;
    record.cpu.cs_arbytes = 0xc9b; /* present, code, readable, accessed, 32-bit, in pages */
    record.cpu.ds_arbytes = record.cpu.es_arbytes = record.cpu.ss_arbytes = 0xc93;
    record.cpu.fs_arbytes = record.cpu.gs_arbytes = 0xc93;
    record.cpu.tr_limit = 0x67;
    record.cpu.tr_arbytes = 0x8b; /* a busy 32-bit task state segment */
    record.cpu.cr0 = 0x11;        /* PE and ET */
    record.cpu.rflags = 2;
    record.cpu.dr6 = 0xffff0ff0u;
    record.cpu.dr7 = 0x400;
    record.cpu.rbx = START_INFO;
    record.cpu.rip = entry;
    record.end_descriptor.typecode = HVM_SAVE_CODE(END);
    if (d->record) {
        record.end_descriptor.typecode = FASTABI_RECORD;
        record.end_descriptor.length = sizeof(record.fastabi);
        record.fastabi.allowed = d->record[0];
        record.fastabi.pad = d->record[1];
        record.last_descriptor.typecode = HVM_SAVE_CODE(END);
        size = sizeof(record);
    }

    struct xen_domctl op = { 0 };
    op.u.hvmcontext.size = (uint32_t)size;
    set_xen_guest_handle(op.u.hvmcontext.buffer, (void *)&record);
    return domctl(&op, XEN_DOMCTL_sethvmcontext, d->id);
}

int domain_load(struct domain *d, const struct image *image, const char *command_line)
{
    uint32_t entry;
    if (!kernel_entry(image->bytes, image->size, &entry)) {
        print("# builder: %s is not a PVH kernel\n", image->name);
        return -XEN_ENOEXEC;
    }
    int rc = load_segments(d, image);
    if (!rc)
        rc = write_start_info(d, command_line);
    return rc ? rc : set_context(d, entry);
}

int domain_start(struct domain *d)
{
    struct xen_domctl op = { 0 };
    return domctl(&op, XEN_DOMCTL_unpausedomain, d->id);
}

int domain_destroy(struct domain *d)
{
    int rc = 0;
    if (d->mailbox)
        rc = unmap_frames(d->mailbox, 1);
    d->mailbox = NULL;
    struct xen_domctl op = { 0 };
    int rc2 = domctl(&op, XEN_DOMCTL_destroydomain, d->id);
    return rc ? rc : rc2;
}

enum stop domain_state(const struct domain *d, unsigned int *reason, uint64_t *cpu_time)
{
    struct xen_domctl op = { 0 };
    op.cmd = XEN_DOMCTL_getdomaininfo;
    op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
    op.domain = d->id;
    /* If there is no such domain, the hypervisor describes the next one. */
    if (hypercall(__HYPERVISOR_domctl, (uintptr_t)&op, 0, 0, 0, 0) || op.domain != d->id)
        return STOP_GONE;
    const struct xen_domctl_getdomaininfo *info = &op.u.getdomaininfo;
    *reason = info->flags >> XEN_DOMINF_shutdownshift & XEN_DOMINF_shutdownmask;
    *cpu_time = info->cpu_time;
    if (info->flags & XEN_DOMINF_shutdown)
        return STOP_SHUTDOWN;
    return info->flags & XEN_DOMINF_blocked ? STOP_BLOCKED : STOP_NOT;
}

int press_key(char key)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_debug_keys,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION };
    set_xen_guest_handle(op.u.debug_keys.keys, &key);
    op.u.debug_keys.nr_keys = 1;
    long rc = hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0);
    return rc ? complain("debug_keys", rc) : 0;
}

int heap_free(uint64_t *pages)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_physinfo,
                             .interface_version = XEN_SYSCTL_INTERFACE_VERSION };
    long rc = hypercall(__HYPERVISOR_sysctl, (uintptr_t)&op, 0, 0, 0, 0);
    *pages = op.u.physinfo.free_pages;
    return rc ? complain("physinfo", rc) : 0;
}

uint64_t now_ns(void)
{
    struct xen_hvm_get_time op = { 0 };
    hypercall(__HYPERVISOR_hvm_op, HVMOP_get_time, (uintptr_t)&op, 0, 0, 0);
    return op.now;
}

void wait_ns(uint64_t ns)
{
    struct sched_poll op = { .timeout = now_ns() + ns };
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (uintptr_t)&op, 0, 0, 0);
}
