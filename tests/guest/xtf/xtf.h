/* SPDX-License-Identifier: MIT */
/*
 * The part of the Xen Test Framework's interface that its test of FastABI uses, on the runtime of
 * the other tests.  Must not know what is tested.
 */
#ifndef GUEST_XTF_H
#define GUEST_XTF_H

#include "boot/runtime.h"

#include <xen/event_channel.h>
#include <xen/version.h>

#define XEN_ERRNO(name, value) name = (value),
enum {
#include <xen/errno.h>
};

/* XTF has names of its own for these. */
#define EVTCHN_STATUS_closed  EVTCHNSTAT_closed
#define EVTCHN_STATUS_unbound EVTCHNSTAT_unbound

/* A test's. */
extern const char test_title[];
void test_main(void);

/* The worst that is reported is the result; NULL: nothing to print. */
void xtf_success(const char *format, ...) __attribute__((format(printf, 1, 2)));
void xtf_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
void xtf_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void xtf_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline long hypercall_xen_version(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_xen_version, cmd, arg);
}

static inline long hypercall_event_channel_op(unsigned int cmd, void *arg)
{
    return hypercall2(__HYPERVISOR_event_channel_op, cmd, arg);
}

#endif
