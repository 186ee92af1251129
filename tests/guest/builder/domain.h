/* SPDX-License-Identifier: MIT */
/*
 * Unprivileged PVH domains, made by hand: domctl and memory operations of the classic ABI, nothing
 * else. The domctl numbers are those of one release of Xen, so this is built with the headers of
 * its tree.
 */
#ifndef BUILDER_DOMAIN_H
#define BUILDER_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "mailbox.h"

struct domain {
    uint16_t id;
    unsigned int vcpus;
    uint64_t pages;      /* 4 KiB each */
    unsigned int window; /* which part of the builder's window its frames are mapped at */
    struct mailbox *mailbox;
    const uint32_t *record; /* of FastABI, in its context: two numbers; NULL: none */
};

struct image {
    const char *name;
    const uint8_t *bytes;
    uint64_t size;
};

/* Why a domain no longer runs. */
enum stop {
    STOP_NOT,      /* it runs */
    STOP_SHUTDOWN, /* it shut down, or Xen did it for the domain (a crash); see the reason */
    STOP_BLOCKED,  /* no vCPU runs, and none did for a while */
    STOP_TIMEOUT,  /* it ran for too long */
    STOP_GONE
};

/* What a domain has besides memory and vCPUs. */
#define DOMAIN_DEVICES 1u /* all that the hypervisor can emulate; maybe physical interrupts */
#define DOMAIN_NESTED  2u /* AMD's virtualisation, for guests of its own */

/*
 * All return 0 or a negative errno, and say on the console what did not work.  The label is for
 * Flask; NULL: the usual one.
 */
int domain_create(struct domain *d, unsigned int vcpus, unsigned int megabytes, unsigned int window,
                  unsigned int features, const char *label);
int domain_load(struct domain *d, const struct image *image, const char *command_line);
int domain_start(struct domain *d);
int domain_destroy(struct domain *d);

/* What is it doing?  *reason: the shutdown reason; *cpu_time: nanoseconds that it has run. */
enum stop domain_state(const struct domain *d, unsigned int *reason, uint64_t *cpu_time);

/* One of Xen's debug keys. */
int press_key(char key);

/* Free pages of the hypervisor's heap, those that are still to be scrubbed included. */
int heap_free(uint64_t *pages);

/* Give up the processor for so many nanoseconds. */
void wait_ns(uint64_t ns);
uint64_t now_ns(void);

#endif
