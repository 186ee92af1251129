/* SPDX-License-Identifier: MIT */
/* The parts of a boot, chosen by the word plan=NAME+NAME of the command line. */
#ifndef GUEST_PLANS_H
#define GUEST_PLANS_H

#include "operation.h"

void errors_plan(void);       /* what must be refused, of every operation */
void modes_plan(void);        /* ring 3, 32-bit code, multicall */
void callers_plan(void);      /* calls written by hand, without stubs */
void stock_plan(void);        /* a hypervisor without FastABI */
void detect_plan(void);       /* one that has it */
void continuation_plan(void); /* a call that is interrupted and goes on */
void balloon_plan(void);      /* many frames, in calls that are interrupted */
void progress_plan(void);     /* batches that are interrupted */
void together_plan(void);     /* two vCPUs at once */
void end_plan(void);          /* calls that end the domain, by the word end=NAME */

/* In the language under test: does the guest's own detection find FastABI? */
bool stub_detects(void);

#endif
