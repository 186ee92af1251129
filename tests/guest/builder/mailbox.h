/* SPDX-License-Identifier: MIT */
/*
 * One frame of a domain that its builder sees as well.  The builder's own part is filled in before
 * the domain starts; everything else is the domain's word, to be believed no more than its console.
 */
#ifndef BUILDER_MAILBOX_H
#define BUILDER_MAILBOX_H

#include <stdint.h>

/*
 * Guest-physical.  Its frame is neither a small number nor 2^N or 2^N - 1, which random calls take
 * for a frame now and then: memory.add_to_physmap could move it to where another call writes.
 */
#define MAILBOX_ADDRESS 0x180000u
#define MAILBOX_MAGIC   0x786f626c69616d66u /* "fmailbox" */

/* Operations that calls are counted for; the first is for calls that name none. */
#define MAILBOX_OPS 200

struct mailbox {
    uint64_t magic;
    /* From the builder: what the guests of one run know of each other. */
    uint16_t self, peer;
    uint16_t peers;
    uint16_t index; /* first, second, ... domain of the run */
    /* From the guest.  Steps are passed on between the guests of a run by the builder. */
    uint32_t step, peer_step;
    uint64_t word[8], peer_word[8];
    /* From a guest that makes random calls. */
    uint64_t calls;                /* made, the one under way included */
    uint64_t failures;             /* promises seen broken */
    uint32_t current;              /* operation under way, an index into count; ~0 when none is */
    uint32_t done;                 /* 1 once it has made all its calls */
    uint64_t registers[8];         /* of the call under way */
    uint32_t count[MAILBOX_OPS];   /* calls of each operation */
    uint32_t success[MAILBOX_OPS]; /* of these, calls with a result of 0 or more */
};

_Static_assert(sizeof(struct mailbox) <= 4096, "one frame");

#endif
