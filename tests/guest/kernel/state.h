/* SPDX-License-Identifier: MIT */
/* States that cases start from and look at, made and seen through the classic ABI only. */
#ifndef GUEST_STATE_H
#define GUEST_STATE_H

#include "boot/runtime.h"

/*
 * Event channels, timers and grant table as they were when the domain started, as far as that can
 * be had.
 */
void state_reset(void);

uint16_t own_domid(void);

/* Ports.  All of these end the boot if they fail. */
uint32_t port_unbound(void);             /* waits for this domain itself */
uint32_t port_loopback(uint32_t *other); /* the second end; *other is the first */
uint32_t port_ipi(unsigned vcpu);
uint32_t port_virq(unsigned virq, unsigned vcpu);
void port_close(uint32_t port);
void port_send(uint32_t port);
void ports_use_fifo(void); /* with a control block for vCPU 0 */

/* All that the hypervisor says of a port, in one number; or a negative errno. */
uint64_t port_state(uint32_t port);

/* Bits of the 2-level ABI in the shared info. */
bool port_is_pending(uint32_t port);
void port_set_pending(uint32_t port, bool pending);
bool port_is_masked(uint32_t port);
void port_set_masked(uint32_t port, bool masked);
bool port_wait(uint32_t port, unsigned milliseconds); /* until it is pending */

/* Grant entry REF (8 to 511) of this domain, for this domain, of version 1. */
void grant_offer(uint32_t ref, const void *page, bool read_only);
void grant_withdraw(uint32_t ref);

/*
 * Guest-physical addresses at which nothing is mapped, one page long and one after the other; just
 * before the first one is a page of memory that nothing else uses.
 */
#define HOLES 4u
unsigned char *hole_at(unsigned number);
void *hole(void); /* the first one */

/*
 * The first frame of memory that nothing uses, past the image and what a loader leaves after it.
 * How much there is depends on the domain.
 */
uint64_t spare_frame(void);

/* A page to be granted to the domain itself: once, as it does not come back. */
unsigned char *fresh_page(void);

/* The UUID of this domain.  Only dom0 can set it; the builder gives a domU one of its own. */
void domain_handle_set(const xen_domain_handle_t handle);

uint64_t hvm_param(uint32_t index); /* or a negative errno */

#endif
