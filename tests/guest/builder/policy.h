/* SPDX-License-Identifier: MIT */
/* Labels and mode of the policy that a Xen with Flask decides by, through the classic ABI. */
#ifndef BUILDER_POLICY_H
#define BUILDER_POLICY_H

#include <stdbool.h>
#include <stdint.h>

/* The label that tools give a domain if its configuration has none. */
#define POLICY_DOMU "system_u:system_r:domU_t"

/* Is there a policy that refuses calls? */
bool policy_enforces(void);

/* The number of a label; 0 if there is no Flask, or no such label in its policy. */
uint32_t policy_label(const char *label);

#endif
