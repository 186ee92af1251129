/* SPDX-License-Identifier: MIT */
/* A guest that makes two hypercalls: one of its own, and an installed one. */
#include <fastabi.h>
#include <fastabi/demo.h>
#include <fastabi/event_channel.h>

int greet(uint64_t *answer)
{
    if (!xen_fastabi_detect(xen_fastabi_cpuid))
        return -38; /* ENOSYS: use the classic ABI */
    return (int)xen_hypercall_demo_greet(Intel, 42, answer);
}

int notify(uint32_t port)
{
    return (int)xen_hypercall_event_channel_send(Intel, port);
}
