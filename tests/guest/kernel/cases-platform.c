/* SPDX-License-Identifier: MIT */
/* Cases of hvm, memory and version. */
#include "run.h"

#include "state.h"

#include <xen/errno.h>
#include <xen/features.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/version.h>

#define NO_PARAM 9999u
#define VECTOR   0x61u

static volatile unsigned upcalls, expected_vector;
static PAGE_ALIGNED unsigned char buffer[2 * PAGE_SIZE];

/* ---- hvm ---- */

/*
 * Once the callback is a vector, a PVH guest cannot go back to none: it comes besides what is
 * expected.
 */
static void upcall(struct trap_frame *frame)
{
    upcalls += frame->vector == expected_vector;
    xen_shared_info()->vcpu_info[0].evtchn_upcall_pending = 0;
    apic_end();
}

static void set_param(struct run *r, uint64_t value)
{
    CALL(r, IN("domid", DOMID_SELF), IN("index", HVM_PARAM_X87_FIP_WIDTH), IN("value", value));
    run_observe(r, "the parameter", hvm_param(HVM_PARAM_X87_FIP_WIDTH));
}

static void set_param_good(struct run *r)
{
    set_param(r, 4);
    run_expect(r, 0);
    run_check(r, hvm_param(HVM_PARAM_X87_FIP_WIDTH) == 4, "the parameter is another");
    set_param(r, 8);
    run_expect(r, 0);
    run_check(r, hvm_param(HVM_PARAM_X87_FIP_WIDTH) == 8, "the parameter is another");
}

static void set_param_bad_value(struct run *r)
{
    set_param(r, 5);
    run_expect(r, -XEN_EINVAL);
}

static void set_param_wide(struct run *r)
{
    trap_set(VECTOR, upcall);
    CALL(r, IN("domid", DOMID_SELF), IN("index", HVM_PARAM_CALLBACK_IRQ),
         IN("value", 2ull << 56 | VECTOR));
    run_expect(r, 0);
    run_observe(r, "the parameter", hvm_param(HVM_PARAM_CALLBACK_IRQ));
    run_check(r, hvm_param(HVM_PARAM_CALLBACK_IRQ) == (2ull << 56 | VECTOR),
              "the parameter is another");
}

static void set_param_none(struct run *r)
{
    CALL(r, IN("domid", DOMID_SELF), IN("index", NO_PARAM), IN("value", 0));
    run_expect(r, -XEN_EINVAL);
}

static void set_param_no_domain(struct run *r)
{
    CALL(r, IN("domid", NO_DOMAIN), IN("index", HVM_PARAM_CALLBACK_IRQ), IN("value", 0));
    run_expect(r, -XEN_ESRCH);
}

static void get_param(struct run *r)
{
    struct xen_hvm_param set = { .domid = DOMID_SELF,
                                 .index = HVM_PARAM_CALLBACK_IRQ,
                                 .value = 2ull << 56 | VECTOR };

    trap_set(VECTOR, upcall);
    hypercall2(__HYPERVISOR_hvm_op, HVMOP_set_param, &set);
    CALL(r, IN("domid", DOMID_SELF), IN("index", HVM_PARAM_CALLBACK_IRQ));
    run_expect(r, 0);
    run_expect_output(r, "value", set.value);
}

static void get_param_none(struct run *r)
{
    CALL(r, IN("domid", DOMID_SELF), IN("index", NO_PARAM));
    run_expect(r, -XEN_EINVAL);
}

static void get_param_no_domain(struct run *r)
{
    CALL(r, IN("domid", NO_DOMAIN), IN("index", HVM_PARAM_CALLBACK_IRQ));
    run_expect(r, -XEN_ESRCH);
}

static void flush_tlbs(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

static void get_time(struct run *r)
{
    uint64_t before = xen_system_time(), now;

    run_loose(r, "now");
    CALL(r);
    run_expect(r, 0);
    now = run_output(r, "now");
    run_check(r, now >= before && now <= xen_system_time(), "it is %lu, and was %lu", now, before);
}

static void mem_type(struct run *r, uint64_t frame, uint64_t type)
{
    CALL(r, IN("domid", DOMID_SELF), IN("pfn", frame));
    run_expect(r, 0);
    run_expect_output(r, "mem_type", type);
}

static void mem_type_ram(struct run *r)
{
    mem_type(r, FRAME_OF(buffer), HVMMEM_ram_rw);
}

static void mem_type_hole(struct run *r)
{
    mem_type(r, FRAME_OF(hole()), HVMMEM_mmio_dm);
}

static void mem_type_high(struct run *r)
{
    mem_type(r, 0x123456789ab, HVMMEM_mmio_dm);
}

static void mem_type_no_domain(struct run *r)
{
    CALL(r, IN("domid", NO_DOMAIN), IN("pfn", 1));
    run_expect(r, -XEN_ESRCH);
}

static void spin(void)
{
    for (unsigned i = 0; i < 100; i++)
        hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);
}

static void upcall_vector(struct run *r)
{
    unsigned vector = VECTOR + 1 + r->mode;

    trap_set(vector, upcall);
    expected_vector = vector;
    apic_enable();
    CALL(r, IN("vcpu", 0), IN("vector", vector));
    run_expect(r, 0);
    interrupts_on();
    spin(); /* setting it may notify once */
    upcalls = 0;
    port_send(port_ipi(0));
    spin();
    interrupts_off();
    run_check(r, upcalls == 1, "%u upcalls", upcalls);
}

static void upcall_bad_vector(struct run *r)
{
    CALL(r, IN("vcpu", 0), IN("vector", 15));
    run_expect(r, -XEN_EINVAL);
}

static void upcall_bad_vcpu(struct run *r)
{
    CALL(r, IN("vcpu", 0x80000063), IN("vector", VECTOR));
    run_expect(r, -XEN_ENOENT);
}

/* ---- views of memory: an error where the machine has none ---- */

#define DOMAIN IN("domain", DOMID_SELF)

static void view_state(struct run *r)
{
    CALL(r, DOMAIN);
}

static void view_set_state(struct run *r)
{
    CALL(r, DOMAIN, IN("state", 1));
}

static void view_notify(struct run *r)
{
    CALL(r, DOMAIN, IN("vcpu_id", 0), IN("gfn", FRAME_OF(buffer)));
}

static void view_vcpu(struct run *r)
{
    CALL(r, DOMAIN, IN("vcpu_id", 0));
}

static void view_create(struct run *r)
{
    CALL(r, DOMAIN, IN("hvmmem_default_access", 0));
}

static void view_one(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1));
}

static void view_set_access(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1), IN("access", 0), IN("gfn", FRAME_OF(buffer)));
}

static void view_get_access(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1), IN("gfn", FRAME_OF(buffer)));
}

static void view_change(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1), IN("old_gfn", FRAME_OF(buffer)), IN("new_gfn", ~0ull));
}

static void view_set_ve(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1), IN("suppress_ve", 1), IN("gfn", FRAME_OF(buffer)));
}

static void view_get_ve(struct run *r)
{
    CALL(r, DOMAIN, IN("view", 1), IN("gfn", FRAME_OF(buffer)));
}

static void view_visibility(struct run *r)
{
    CALL(r, DOMAIN, IN("altp2m_idx", 1), IN("visible", 1));
}

/* ---- memory ---- */

static uint64_t checksum(const unsigned char *bytes, size_t size)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    return sum;
}

/* The whole buffer is compared, so that a byte written past the entries is seen. */
static void memory_map(struct run *r, uint32_t entries, unsigned char *at, long result)
{
    memset(buffer, 0x5a, sizeof(buffer));
    CALL(r, IN("nr_entries", entries), IN("buffer", at));
    run_expect(r, result);
    run_observe(r, "the buffer", checksum(buffer, sizeof(buffer)));
}

static void memory_map_all(struct run *r)
{
    memory_map(r, 64, buffer, 0);
    run_check(r,
              run_output(r, "nr_entries") > 0 && run_output(r, "nr_entries") < 64 &&
                  buffer[0] != 0x5a,
              "%lu entries", run_output(r, "nr_entries"));
}

static void memory_map_one(struct run *r)
{
    memory_map(r, 1, buffer, 0);
    run_expect_output(r, "nr_entries", 1);
}

static void memory_map_none(struct run *r)
{
    memory_map(r, 0, buffer, 0);
}

static void memory_map_two_pages(struct run *r)
{
    memory_map(r, 3, buffer + PAGE_SIZE - 30, 0);
}

static void memory_map_no_memory(struct run *r)
{
    memory_map(r, 64, hole(), -XEN_EFAULT);
}

/* ---- version ---- */

static void version(struct run *r)
{
    CALL(r);
    run_check(r,
              r->result == hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0) && r->result > 0,
              "the version is %lx", r->result);
}

static void features(struct run *r)
{
    CALL(r, IN("submap_idx", 0));
    run_expect(r, 0);
    run_check(r, run_output(r, "submap") & 1u << XENFEAT_auto_translated_physmap,
              "a guest that is not translated");
}

static void features_none(struct run *r)
{
    CALL(r, IN("submap_idx", 7));
    run_expect(r, -XEN_EINVAL);
}

static void page_table(struct run *r)
{
    CALL(r, IN("domid", DOMID_SELF), IN("gpa", buffer));
}

static void request(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

const struct test_case platform_cases[] = {
    { "hvm.set_param", "of the domain itself", set_param_good, 0 },
    { "hvm.set_param", "a bad value", set_param_bad_value, 0 },
    { "hvm.set_param", "64 bits of it", set_param_wide, 0 },
    { "hvm.set_param", "none such", set_param_none, 0 },
    { "hvm.set_param", "no domain", set_param_no_domain, 0 },
    { "hvm.get_param", "of the domain itself", get_param, 0 },
    { "hvm.get_param", "none such", get_param_none, 0 },
    { "hvm.get_param", "no domain", get_param_no_domain, 0 },
    { "hvm.flush_tlbs", "once", flush_tlbs, 0 },
    { "hvm.get_time", "now", get_time, 0 },
    { "hvm.get_mem_type", "of memory", mem_type_ram, 0 },
    { "hvm.get_mem_type", "of a hole", mem_type_hole, 0 },
    { "hvm.get_mem_type", "far above memory", mem_type_high, 0 },
    { "hvm.get_mem_type", "no domain", mem_type_no_domain, 0 },
    { "hvm.set_evtchn_upcall_vector", "and an upcall", upcall_vector, 0 },
    { "hvm.set_evtchn_upcall_vector", "a vector too low", upcall_bad_vector, 0 },
    { "hvm.set_evtchn_upcall_vector", "no such vCPU", upcall_bad_vcpu, 0 },
    { "hvm.altp2m_get_domain_state", "of itself", view_state, 0 },
    { "hvm.altp2m_set_domain_state", "of itself", view_set_state, 0 },
    { "hvm.altp2m_vcpu_enable_notify", "of itself", view_notify, 0 },
    { "hvm.altp2m_vcpu_disable_notify", "of itself", view_vcpu, 0 },
    { "hvm.altp2m_create_p2m", "of itself", view_create, 0 },
    { "hvm.altp2m_destroy_p2m", "of itself", view_one, 0 },
    { "hvm.altp2m_switch_p2m", "of itself", view_one, 0 },
    { "hvm.altp2m_set_mem_access", "of itself", view_set_access, 0 },
    { "hvm.altp2m_get_mem_access", "of itself", view_get_access, 0 },
    { "hvm.altp2m_change_gfn", "of itself", view_change, 0 },
    { "hvm.altp2m_get_p2m_idx", "of itself", view_vcpu, 0 },
    { "hvm.altp2m_set_suppress_ve", "of itself", view_set_ve, 0 },
    { "hvm.altp2m_get_suppress_ve", "of itself", view_get_ve, 0 },
    { "hvm.altp2m_set_visibility", "of itself", view_visibility, 0 },
    { "memory.memory_map", "all of it", memory_map_all, 0 },
    { "memory.memory_map", "one entry", memory_map_one, 0 },
    { "memory.memory_map", "no entry", memory_map_none, 0 },
    { "memory.memory_map", "across pages", memory_map_two_pages, 0 },
    { "memory.memory_map", "no memory", memory_map_no_memory, 0 },
    { "version.version", "of Xen", version, 0 },
    { "version.get_features", "the first word", features, 0 },
    { "version.get_features", "no such word", features_none, 0 },
    { "hvm.pagetable_dying", "a page", page_table, 0 },
    { "hvm.guest_request_vm_event", "once", request, 0 },
    { NULL, NULL, NULL, 0 },
};
