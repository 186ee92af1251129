/* SPDX-License-Identifier: MIT */
/* See policy.h.  Must not know what a policy says. */
#include "policy.h"

#include "runtime.h"

#include <xen/xsm/flask_op.h>

static long flask(struct xen_flask_op *op, uint32_t command)
{
    op->cmd = command;
    op->interface_version = XEN_FLASK_INTERFACE_VERSION;
    return hypercall(__HYPERVISOR_xsm_op, (uintptr_t)op, 0, 0, 0, 0);
}

bool policy_enforces(void)
{
    struct xen_flask_op op = { 0 };

    return flask(&op, FLASK_GETENFORCE) == 1;
}

uint32_t policy_label(const char *label)
{
    struct xen_flask_op op = { .u.sid_context.size = (uint32_t)strlen(label) };

    set_xen_guest_handle(op.u.sid_context.context, (void *)(uintptr_t)label);
    return flask(&op, FLASK_CONTEXT_TO_SID) ? 0 : op.u.sid_context.sid;
}
