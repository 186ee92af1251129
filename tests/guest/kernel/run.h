/* SPDX-License-Identifier: MIT */
/*
 * Cases: a function that makes a state by classic calls, makes one call or more under test with
 * run_call(), and says with run_observe() what came of it.  It runs once for each way to call, each
 * time from the same state; what it saw must be the same.  Cases know operations by name and no
 * language.
 */
#ifndef GUEST_RUN_H
#define GUEST_RUN_H

#include "operation.h"

enum mode { CLASSIC, STUB, ALL_REGISTERS, MODES };

struct run;

#define NO_DOMAIN 1234u /* below DOMID_FIRST_RESERVED, and not there */

/* Where a case can run. */
#define DOM0       0x01u /* as dom0 only */
#define SECOND_CPU 0x02u /* wants two vCPUs */
#define SPARE_CPUS 0x04u /* uses up one vCPU a mode that was never initialised */
#define IDLE_CPU   0x08u /* wants a vCPU that was never initialised, and leaves it so */

struct test_case {
    const char *operation, *what;
    void (*function)(struct run *r);
    unsigned where;
};

/* Values of inputs by name, as an operation has them: IN("port", port), ... */
struct input {
    const char *name;
    uint64_t value;
};
#define IN(name, value)                                                                            \
    {                                                                                              \
        name, (uint64_t)(value)                                                                    \
    }
#define CALL(r, ...) run_call(r, (const struct input[]){ __VA_ARGS__ __VA_OPT__(, ){ NULL, 0 } })

struct seen {
    const char *what;
    uint64_t value;
    bool is_loose;
};

struct run {
    enum mode mode;
    const struct test_case *test_case;
    const struct operation *op;
    uint64_t in[MAX_PARAMS], out[MAX_PARAMS];
    long result;
    uint64_t loose; /* outputs by number that differ from call to call */
    bool failed;
    bool refused; /* in the classic ABI, perhaps by a policy of the hypervisor's */
    bool lapsed;  /* by a policy, or something that had to hold does not for that reason */
    unsigned again;
    struct seen seen[MODES][64];
    unsigned count[MODES];
};

/*
 * Make the call that is tested; the operation is the case's. All inputs must be named; returns the
 * result.
 */
long run_call(struct run *r, const struct input *inputs);
uint64_t run_output(struct run *r, const char *name);

/*
 * Before the call: an output that is a time or a handle, of which only the presence can be
 * compared.
 */
void run_loose(struct run *r, const char *name);

/* After it: something that has to be the same whichever way the call was made. */
void run_observe(struct run *r, const char *what, uint64_t value);

/*
 * A call was interrupted, so that it cannot be compared: forget all that was seen since there were
 * SEEN things, and make it again.  False: it was made again too often.
 */
bool run_again(struct run *r, unsigned seen);

/*
 * A batch of elements of that size, in one call, or in several if they are interrupted: a
 * hypervisor may have work to do after each message about an element that it refuses.  Not more
 * than most in one call.  Returns how many are done.
 */
uint64_t run_batch(struct run *r, unsigned char *at, size_t size, uint32_t count, uint32_t most);

/*
 * Anything that has to hold by itself; a result, most of all.  Where a policy of the hypervisor's
 * refuses a classic call of the case, it need not hold, and the ways to call are only compared.
 */
bool run_check(struct run *r, bool good, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void run_expect(struct run *r, long result);
void run_expect_output(struct run *r, const char *name, uint64_t value);

/* A vCPU that was never initialised: for this mode alone, or the one that must stay so. */
unsigned run_spare_cpu(const struct run *r);
unsigned run_idle_cpu(void);

/* The ways to call end with this one: CLASSIC where there is no FastABI. */
extern enum mode run_last_mode;

/*
 * For specifications that are wrong: inputs that do not exist, or are missing, are not failures by
 * themselves.
 */
extern bool run_is_lenient;

/*
 * All cases that can run here and that the command line wants (operation=, after=), then a line for
 * each operation that was seen to succeed through the stub.
 */
void run_cases(const struct test_case *cases);
void run_print_seen(void);
extern bool guest_is_dom0;

extern const struct test_case buffer_cases[], buffer_dom0_cases[], event_cases[], grant_cases[],
    memory_cases[], physdev_cases[], platform_cases[], sched_cases[], text_cases[], vcpu_cases[];

#endif
