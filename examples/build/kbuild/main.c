// SPDX-License-Identifier: MIT
/* A module that greets the hypervisor when it is loaded. */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/types.h>

#include <fastabi.h>
#include <fastabi/demo.h>
#include <fastabi/event_channel.h>

static int __init greet_init(void)
{
    u64 answer = 0;
    long status;

    if (!xen_fastabi_detect(xen_fastabi_cpuid))
        return -ENODEV;
    status = xen_hypercall_demo_greet(Intel, 42, &answer);
    if (!status)
        pr_info("greet: the hypervisor says %llu\n", answer);
    return (int)status;
}

static void __exit greet_exit(void)
{
}

module_init(greet_init);
module_exit(greet_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Makes a hypercall through FastABI");
