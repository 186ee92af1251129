/* SPDX-License-Identifier: MIT */
/* Operations that a run leaves out, as the headers lack what the backend needs of them. */
#ifndef FASTABI_LIB_LEFT_OUT_H
#define FASTABI_LIB_LEFT_OUT_H

struct fastabi_emission;

/*
 * Replace what the run was given by parts without those operations, and warn of each.  0 or a
 * negative errno, reported.
 */
int fastabi_emission_leave_out(struct fastabi_emission *emission);

/* Free the parts. */
void fastabi_emission_free_parts(struct fastabi_emission *emission);

#endif
