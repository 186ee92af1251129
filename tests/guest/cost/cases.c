/* SPDX-License-Identifier: MIT */
/*
 * Cases that are for counting only: the test kernel has these operations in boots of their own, or
 * not at all.
 */
#include "cost.h"

#include <xen/sched.h>

/* The machine ends with this reason in any case. */
static void shutdown_code(struct run *r)
{
    CALL(r, IN("reason", SHUTDOWN_reboot));
    run_expect(r, 0);
}

const struct test_case cost_cases[] = {
    { "sched.shutdown_code", "the one to come", shutdown_code, 0 },
    { NULL, NULL, NULL, 0 },
};
