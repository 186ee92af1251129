/* SPDX-License-Identifier: MIT */
/* Between the parts of the builder that run domains. */
#ifndef BUILDER_BUILDER_H
#define BUILDER_BUILDER_H

#include "domain.h"

/* Domains of one run at most. */
#define MAX_GUESTS 4

/* What a line of the plan says of a domain. */
struct guest {
    struct image image;
    unsigned int vcpus, megabytes;
    const char *command_line;
    struct domain domain;
    const char *label;     /* for Flask; NULL: the usual one */
    unsigned int features; /* DOMAIN_* */
    bool has_record;       /* of FastABI, in its context: what it says */
    uint32_t record[2];
    bool started;
};

/*
 * Create, load and tell all of them of each other, then start them.  0, or all are destroyed again.
 */
int guests_start(struct guest *guests, unsigned int count);

/*
 * Wait until none runs any more, and pass steps on meanwhile.  How each ended is said on the
 * console. Returns how many did not shut down by themselves with the reason that is wanted.
 */
unsigned int guests_wait(struct guest *guests, unsigned int count, unsigned int seconds,
                         unsigned int wanted);

void guests_destroy(struct guest *guests, unsigned int count);

/*
 * Domains that make random calls: one after another, or several at once, until TOTAL calls are
 * made.
 */
struct random_plan {
    struct image image;
    unsigned int vcpus, megabytes, at_once;
    uint64_t seed, calls, total; /* of the first domain, of one domain, of all */
    const char *rare;            /* what operations are rare from the start; NULL: none */
    bool once;                   /* one domain only, to see again what one seed did */
};

void random_run(const struct random_plan *plan);

const char *stop_name(enum stop stop);

/*
 * Does the hypervisor lose memory by itself when domains of so many vCPUs come and go?  Found out
 * once, by domains that never run.  To be asked before the heap is measured.
 */
bool heap_leaks(unsigned int vcpus);

/*
 * Are so many pages free again?  A result of its own, skipped where the hypervisor loses some by
 * itself.
 */
void heap_check(uint64_t before, const char *what, bool leaks);

/* A line that says how many pages are not free again. */
void heap_tell(uint64_t before, const char *what);

#endif
