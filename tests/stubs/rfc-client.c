/* SPDX-License-Identifier: MIT */
/*
 * Code as it was written for the RFC's headers: their file names, their signatures, Xen's headers
 * included by the caller.  It must compile unchanged with ours.  Must not use anything that the RFC
 * did not have. (memory_map is missing: its stub never compiled there.)
 */
#include <stdint.h>

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/features.h>
#include <xen/version.h>

#include <xen/interface/fastabi.h>
#include <xen/interface/fastabi/event_channel.h>
#include <xen/interface/fastabi/grant_table.h>
#include <xen/interface/fastabi/hvm.h>
#include <xen/interface/fastabi/sched.h>
#include <xen/interface/fastabi/vcpu.h>
#include <xen/interface/fastabi/version.h>

#if __HYPERVISOR_FASTABI_MASK != 0x40000000
#error "not the RFC's mask"
#endif

typedef enum xen_hypercall_vendor vendor_t;

/*
 * An operation that takes a struct: its exact type, a call with the struct, one with void * (as a
 * table of handlers has it), and one for each vendor by its name.
 */
#define WITH_STRUCT(name, tag)                                                                     \
    long (*pointer_##name)(vendor_t, struct tag *) = xen_hypercall_##name;                         \
    long struct_##name(vendor_t vendor, struct tag *arg);                                          \
    long struct_##name(vendor_t vendor, struct tag *arg)                                           \
    {                                                                                              \
        return xen_hypercall_##name(vendor, arg);                                                  \
    }                                                                                              \
    long void_##name(int amd, void *arg);                                                          \
    long void_##name(int amd, void *arg)                                                           \
    {                                                                                              \
        return amd ? xen_hypercall_##name(Amd, arg) : xen_hypercall_##name(Intel, arg);            \
    }

/* The same with a vCPU's number. */
#define WITH_STRUCT_AND_VCPU(name, tag)                                                            \
    long (*pointer_##name)(vendor_t, struct tag *, uint32_t) = xen_hypercall_##name;               \
    long struct_##name(vendor_t vendor, struct tag *arg, uint32_t vcpuid);                         \
    long struct_##name(vendor_t vendor, struct tag *arg, uint32_t vcpuid)                          \
    {                                                                                              \
        return xen_hypercall_##name(vendor, arg, vcpuid);                                          \
    }                                                                                              \
    long void_##name(int amd, void *arg, int vcpu);                                                \
    long void_##name(int amd, void *arg, int vcpu)                                                 \
    {                                                                                              \
        return xen_hypercall_##name(amd ? Amd : Intel, arg, (uint32_t)vcpu);                       \
    }

#define WITH_VCPU(name)                                                                            \
    long (*pointer_##name)(vendor_t, uint32_t) = xen_hypercall_##name;                             \
    long call_##name(vendor_t vendor, uint32_t vcpuid);                                            \
    long call_##name(vendor_t vendor, uint32_t vcpuid)                                             \
    {                                                                                              \
        return xen_hypercall_##name(vendor, vcpuid);                                               \
    }

#define WITH_NOTHING(name)                                                                         \
    long (*pointer_##name)(vendor_t) = xen_hypercall_##name;                                       \
    long call_##name(vendor_t vendor);                                                             \
    long call_##name(vendor_t vendor)                                                              \
    {                                                                                              \
        return xen_hypercall_##name(vendor);                                                       \
    }

WITH_STRUCT(event_channel_alloc_unbound, evtchn_alloc_unbound)
WITH_STRUCT(event_channel_bind_interdomain, evtchn_bind_interdomain)
WITH_STRUCT(event_channel_bind_virq, evtchn_bind_virq)
WITH_STRUCT(event_channel_bind_ipi, evtchn_bind_ipi)
WITH_STRUCT(event_channel_bind_pirq, evtchn_bind_pirq)
WITH_STRUCT(event_channel_close, evtchn_close)
WITH_STRUCT(event_channel_send, evtchn_send)
WITH_STRUCT(event_channel_status, evtchn_status)
WITH_STRUCT(event_channel_bind_vcpu, evtchn_bind_vcpu)
WITH_STRUCT(event_channel_unmask, evtchn_unmask)
WITH_STRUCT(event_channel_reset, evtchn_reset)
WITH_STRUCT(event_channel_init_control, evtchn_init_control)
WITH_STRUCT(event_channel_expand_array, evtchn_expand_array)
WITH_STRUCT(event_channel_set_priority, evtchn_set_priority)

WITH_STRUCT(grant_table_map_grant_ref, gnttab_map_grant_ref)
WITH_STRUCT(grant_table_unmap_grant_ref, gnttab_unmap_grant_ref)
WITH_STRUCT(grant_table_query_size, gnttab_query_size)
WITH_STRUCT(grant_table_set_version, gnttab_set_version)
WITH_STRUCT(grant_table_get_version, gnttab_get_version)

WITH_STRUCT(hvm_set_param, xen_hvm_param)
WITH_STRUCT(hvm_get_param, xen_hvm_param)
WITH_NOTHING(hvm_flush_tlbs)
WITH_STRUCT(hvm_get_time, xen_hvm_get_time)
WITH_STRUCT(hvm_get_mem_type, xen_hvm_get_mem_type)
WITH_STRUCT(hvm_set_evtchn_upcall_vector, xen_hvm_evtchn_upcall_vector)

WITH_NOTHING(sched_yield)
WITH_NOTHING(sched_block)
WITH_STRUCT(sched_shutdown, sched_shutdown)
WITH_STRUCT(sched_shutdown_code, sched_shutdown)
WITH_STRUCT(sched_watchdog, sched_watchdog)
WITH_STRUCT(sched_pin_override, sched_pin_override)

/* The order of the specification; the RFC's tool had these two either way round. */
long (*pointer_sched_poll)(vendor_t, uint64_t, evtchn_port_t) = xen_hypercall_sched_poll;
long (*pointer_vcpu_initialise)(vendor_t, uint32_t, uint64_t) = xen_hypercall_vcpu_initialise;

WITH_VCPU(vcpu_up)
WITH_VCPU(vcpu_down)
WITH_VCPU(vcpu_is_up)
WITH_STRUCT_AND_VCPU(vcpu_get_runstate_info, vcpu_runstate_info)
WITH_STRUCT_AND_VCPU(vcpu_set_periodic_timer, vcpu_set_periodic_timer)
WITH_VCPU(vcpu_stop_periodic_timer)
WITH_STRUCT_AND_VCPU(vcpu_set_singleshot_timer, vcpu_set_singleshot_timer)
WITH_VCPU(vcpu_stop_singleshot_timer)
WITH_STRUCT_AND_VCPU(vcpu_register_vcpu_info, vcpu_register_vcpu_info)
WITH_VCPU(vcpu_send_nmi)
WITH_STRUCT_AND_VCPU(vcpu_get_physid, vcpu_get_physid)
WITH_STRUCT_AND_VCPU(vcpu_register_vcpu_time_phys_area, vcpu_register_time_memory_area)

WITH_NOTHING(version_version)
WITH_STRUCT(version_get_features, xen_feature_info)

/* NOLINTBEGIN(bugprone-branch-clone): the macro tells types apart, not values. */
/*
 * The RFC's struct, which is the wrong one of two equal ones: it can be passed, but a function
 * pointer is of the right one's type.
 */
long rfc_struct(vendor_t vendor, struct vcpu_register_time_memory_area *area, uint32_t vcpuid);
long rfc_struct(vendor_t vendor, struct vcpu_register_time_memory_area *area, uint32_t vcpuid)
{
    struct vcpu_register_time_memory_area array[1] = { *area };

    return xen_hypercall_vcpu_register_runstate_phys_area(vendor, area, vcpuid) +
           xen_hypercall_vcpu_register_runstate_phys_area(vendor, array, vcpuid);
}

long rfc_void(int amd, void *area, int vcpu);
long rfc_void(int amd, void *area, int vcpu)
{
    return xen_hypercall_vcpu_register_runstate_phys_area(amd ? Amd : Intel, area, (uint32_t)vcpu);
}

/* The struct that the operation should have had all along. */
long (*right_pointer)(vendor_t, struct vcpu_register_runstate_memory_area *,
                      uint32_t) = xen_hypercall_vcpu_register_runstate_phys_area;
long right_struct(vendor_t vendor, struct vcpu_register_runstate_memory_area *area);
long right_struct(vendor_t vendor, struct vcpu_register_runstate_memory_area *area)
{
    return xen_hypercall_vcpu_register_runstate_phys_area(vendor, area, 0);
}
/* NOLINTEND(bugprone-branch-clone) */

/* As a guest's code looks: a local struct, a constant vCPU, the result tested. */
int poll_then_read(vendor_t vendor, evtchn_port_t port, uint64_t *when);
int poll_then_read(vendor_t vendor, evtchn_port_t port, uint64_t *when)
{
    struct vcpu_runstate_info info;
    long rc = xen_hypercall_sched_poll(vendor, 1000, port);

    if (rc >= 0)
        rc = xen_hypercall_vcpu_get_runstate_info(vendor, &info, 0);
    if (rc < 0)
        return (int)rc;
    *when = info.state_entry_time;
    return info.state;
}
