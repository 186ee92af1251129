/* SPDX-License-Identifier: MIT */
/*
 * What the test cases share.  Each makes a call through the kernel's own hypercall page and the
 * same through FastABI, from equal structs in equal states, and compares the result and the struct.
 */
#ifndef FASTABI_TEST_H
#define FASTABI_TEST_H

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include <xen/interface/xen.h>
#include <asm/xen/hypercall.h>

/* main.c: one line of TAP in the kernel's log. */
void test_check(bool good, const char *format, ...) __printf(2, 3);
/* classic and fast gave this; a and b are the structs, or NULL.  wanted: what both must return. */
void test_compare(const char *name, long wanted, long classic, long fast, const void *a,
                  const void *b, size_t size);

/* wanted: anything, as long as both say it. */
#define TEST_EQUAL LONG_MAX
/* wanted: success, whatever it returns. */
#define TEST_SUCCESS (LONG_MAX - 1)

/* What structs are filled with before the inputs are set: a field that was not written shows it. */
#define TEST_POISON 0x5a

/*
 * One operation both ways.  inputs: assignments to fields of *arg; classic and fast: the calls,
 * each with the struct in arg.  Between: what brings the state back after the classic call, which
 * may look at arg.
 */
#define TEST_BOTH(name, wanted, type, inputs, classic, between, fast)                              \
    do {                                                                                           \
        type test_a, test_b, *arg = &test_a;                                                       \
        long test_classic, test_fast;                                                              \
                                                                                                   \
        memset(arg, TEST_POISON, sizeof(*arg));                                                    \
        inputs;                                                                                    \
        memcpy(&test_b, &test_a, sizeof(test_b));                                                  \
        test_classic = (classic);                                                                  \
        between;                                                                                   \
        arg = &test_b;                                                                             \
        test_fast = (fast);                                                                        \
        test_compare(name, wanted, test_classic, test_fast, &test_a, &test_b, sizeof(test_a));     \
    } while (0)

/* The same for an operation without a struct. */
#define TEST_RESULT(name, wanted, classic, fast)                                                   \
    do {                                                                                           \
        long test_classic = (classic);                                                             \
        long test_fast = (fast);                                                                   \
                                                                                                   \
        test_compare(name, wanted, test_classic, test_fast, NULL, NULL, 0);                        \
    } while (0)

/* A domain, a vCPU and a port that are not there. */
#define NO_DOMAIN 0x7e57
#define NO_VCPU   999u
#define NO_PORT   0x7fffffffu

void test_channels(void); /* channels.c */
void test_times(void);    /* times.c: vcpu and sched */
void test_others(void);   /* others.c: grant_table, hvm, memory, version */

#endif
