/* SPDX-License-Identifier: MIT */
/*
 * The smallest domain: says that it runs, that it is unprivileged, and what it was told.  Tests the
 * builder, not FastABI.
 */
#include "runtime.h"

#include <xen/event_channel.h>

#include "mailbox.h"

static long alloc_unbound(uint16_t dom)
{
    struct evtchn_alloc_unbound op = { .dom = dom, .remote_dom = DOMID_SELF };
    return hypercall2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &op);
}

void guest_main(const struct hvm_start_info *info)
{
    const volatile struct mailbox *mailbox = (const struct mailbox *)(uintptr_t)MAILBOX_ADDRESS;
    print("hello from vCPU %u of %u: %s\n", cpu_current()->id, cpu_count(),
          (const char *)info->cmdline_paddr);
    if (option_is_set("hang")) {
        tap_doing("a wait without an end");
        for (;;)
            cpu_relax();
    }
    tap_check(mailbox->magic == MAILBOX_MAGIC && mailbox->self, "the mailbox is there");
    long rc = alloc_unbound(0);
    tap_check(rc == -1, "alloc_unbound in dom0's name: %ld", rc);
    rc = alloc_unbound(DOMID_SELF);
    tap_check(rc == 0, "alloc_unbound for itself: %ld", rc);
    tap_plan();
}
