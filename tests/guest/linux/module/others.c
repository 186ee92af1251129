// SPDX-License-Identifier: MIT
/* Grant tables, HVM parameters, the memory map and the version. */
#include <linux/gfp.h>
#include <linux/io.h>

#include <xen/interface/grant_table.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/hvm/params.h>
#include <xen/interface/memory.h>
#include <xen/interface/version.h>

/* The kernel's copy of Xen's headers does not have these. */
#define HVMOP_flush_tlbs 5
#define HVMOP_get_time   10
struct xen_hvm_get_time {
    uint64_t now;
};

#include <fastabi/grant_table.h>
#include <fastabi/hvm.h>
#include <fastabi/memory.h>
#include <fastabi/version.h>

#include "test.h"

#define GRANT(op) HYPERVISOR_grant_table_op(GNTTABOP_##op, arg, 1)
#define HVM(op)   HYPERVISOR_hvm_op(HVMOP_##op, arg)

/* The status is not carried: a call that fails says so in its result. */
static void test_size(void)
{
    struct gnttab_query_size classic = { .dom = DOMID_SELF }, fast = { .dom = DOMID_SELF };
    long a = HYPERVISOR_grant_table_op(GNTTABOP_query_size, &classic, 1);
    long b = xen_hypercall_grant_table_query_size(&fast);

    test_check(!a && !b && classic.nr_frames == fast.nr_frames && fast.nr_frames &&
                   classic.max_nr_frames == fast.max_nr_frames && fast.max_nr_frames,
               "grant_table.query_size: %ld, %u of %u frames", b, fast.nr_frames,
               fast.max_nr_frames);
}

static void test_grants(void)
{
    struct gnttab_get_version version = { .dom = DOMID_SELF };

    TEST_BOTH("grant_table.get_version", 0, struct gnttab_get_version, arg->dom = DOMID_SELF,
              GRANT(get_version), , xen_hypercall_grant_table_get_version(arg));
    test_size();
    /* To the version that it has. */
    HYPERVISOR_grant_table_op(GNTTABOP_get_version, &version, 1);
    TEST_BOTH("grant_table.set_version", 0, struct gnttab_set_version,
              arg->version = version.version, GRANT(set_version), ,
              xen_hypercall_grant_table_set_version(arg));
    /* The classic call stores a version although it fails; a stub stores nothing then. */
    {
        struct gnttab_set_version classic = { .version = 9 }, fast = { .version = 9 };

        TEST_RESULT("grant_table.set_version to none", -EINVAL,
                    HYPERVISOR_grant_table_op(GNTTABOP_set_version, &classic, 1),
                    xen_hypercall_grant_table_set_version(&fast));
        test_check(fast.version == 9, "the struct of a call that failed is as it was");
    }
    {
        struct gnttab_map_grant_ref classic = { .dom = NO_DOMAIN,
                                                .flags = GNTMAP_host_map,
                                                .ref = 8 };
        struct gnttab_map_grant_ref fast = classic;
        long a = HYPERVISOR_grant_table_op(GNTTABOP_map_grant_ref, &classic, 1);
        long b = xen_hypercall_grant_table_map_grant_ref(&fast);

        test_check(a == b && classic.status == fast.status && fast.status == GNTST_bad_domain,
                   "grant_table.map_grant_ref of no domain: %ld, status %d", b, fast.status);
    }
    {
        struct gnttab_unmap_grant_ref classic = { .handle = 0x7fffffff, .host_addr = 0 };
        struct gnttab_unmap_grant_ref fast = classic;
        long a = HYPERVISOR_grant_table_op(GNTTABOP_unmap_grant_ref, &classic, 1);
        long b = xen_hypercall_grant_table_unmap_grant_ref(&fast);

        test_check(a == b && classic.status == fast.status && fast.status == GNTST_bad_handle,
                   "grant_table.unmap_grant_ref of no handle: %ld, status %d", b, fast.status);
    }
}

static void test_time(void)
{
    struct xen_hvm_get_time before, fast, after;
    long a, b, c;

    a = HYPERVISOR_hvm_op(HVMOP_get_time, &before);
    b = xen_hypercall_hvm_get_time(&fast);
    c = HYPERVISOR_hvm_op(HVMOP_get_time, &after);
    test_check(!a && !b && !c && before.now <= fast.now && fast.now <= after.now,
               "hvm.get_time lies between two classic calls: %ld", b);
}

static void test_hvm(void)
{
    struct xen_hvm_param param = { .domid = DOMID_SELF, .index = HVM_PARAM_CALLBACK_IRQ };

    TEST_BOTH("hvm.get_param", 0, struct xen_hvm_param,
              (arg->domid = DOMID_SELF, arg->index = HVM_PARAM_CALLBACK_IRQ), HVM(get_param), ,
              xen_hypercall_hvm_get_param(arg));
    /* To the value that it has. */
    if (!HYPERVISOR_hvm_op(HVMOP_get_param, &param))
        TEST_BOTH("hvm.set_param", 0, struct xen_hvm_param,
                  (arg->domid = DOMID_SELF, arg->index = param.index, arg->value = param.value),
                  HVM(set_param), , xen_hypercall_hvm_set_param(arg));
    TEST_BOTH("hvm.get_param of none", -EINVAL, struct xen_hvm_param,
              (arg->domid = DOMID_SELF, arg->index = 999), HVM(get_param), ,
              xen_hypercall_hvm_get_param(arg));
    TEST_RESULT("hvm.flush_tlbs", 0, HYPERVISOR_hvm_op(HVMOP_flush_tlbs, NULL),
                xen_hypercall_hvm_flush_tlbs());
    TEST_BOTH("hvm.get_mem_type", TEST_EQUAL, struct xen_hvm_get_mem_type,
              (arg->domid = DOMID_SELF, arg->pfn = 0x1000), HVM(get_mem_type), ,
              xen_hypercall_hvm_get_mem_type(arg));
    TEST_BOTH("hvm.set_evtchn_upcall_vector of no vCPU", -ENOENT,
              struct xen_hvm_evtchn_upcall_vector, (arg->vcpu = NO_VCPU, arg->vector = 0xf3),
              HVM(set_evtchn_upcall_vector), , xen_hypercall_hvm_set_evtchn_upcall_vector(arg));
    test_time();
}

static void test_memory(void)
{
    void *one = (void *)get_zeroed_page(GFP_KERNEL), *other = (void *)get_zeroed_page(GFP_KERNEL);
    struct xen_memory_map classic = { .nr_entries = 64 }, fast = { .nr_entries = 64 };
    long a, b;

    if (!one || !other) {
        test_check(false, "memory.memory_map: no memory");
        return;
    }
    set_xen_guest_handle(classic.buffer, one);
    a = HYPERVISOR_memory_op(XENMEM_memory_map, &classic);
    b = xen_hypercall_memory_memory_map(&fast, virt_to_phys(other));
    test_check(a == b && classic.nr_entries == fast.nr_entries && !memcmp(one, other, PAGE_SIZE),
               "memory.memory_map: %ld, %u entries", b, fast.nr_entries);
    free_page((unsigned long)one);
    free_page((unsigned long)other);
}

static void test_version(void)
{
    TEST_RESULT("version.version", TEST_SUCCESS, HYPERVISOR_xen_version(XENVER_version, NULL),
                xen_hypercall_version_version());
    TEST_BOTH("version.get_features", 0, struct xen_feature_info, arg->submap_idx = 0,
              HYPERVISOR_xen_version(XENVER_get_features, arg), ,
              xen_hypercall_version_get_features(arg));
    TEST_BOTH("version.get_features of no map", -EINVAL, struct xen_feature_info,
              arg->submap_idx = 99, HYPERVISOR_xen_version(XENVER_get_features, arg), ,
              xen_hypercall_version_get_features(arg));
}

void test_others(void)
{
    test_grants();
    test_hvm();
    test_memory();
    test_version();
}
