/* SPDX-License-Identifier: MIT */
/* Register dumps as text. */
#ifndef FASTABI_TOOL_DUMP_H
#define FASTABI_TOOL_DUMP_H

#include "tool.h"

/* Registers of a dump that are the ABI's. */
struct dump {
    uint64_t values[FASTABI_REGISTERS];
    uint32_t known;    /* bit n: values[n] was given */
    uint64_t original; /* ORIG_RAX of Linux: what rax was before the call */
    bool has_original;
    size_t line; /* of standard input that has rax; 0: it is an argument */
};

/* What is wrong with a dump: a message, and the words that it is about. */
struct dump_fault {
    char text[160];
};

/*
 * Read registers from text, in any of the forms that are common: "rax=0x4000001d rdi=3", Xen's and
 * Linux's "RAX: 000000004000001d", QEMU's "RAX=000000004000001d", gdb's "rax 0x4000001d
 * 1073741853".  Other words are passed over.  Adds to dump; false: a register twice, or a value
 * that is not one.
 */
bool dump_read(struct dump *dump, const char *text, struct dump_fault *fault);

/*
 * Can an argument be a part of a dump, after one that was (or was not)?  Else it is a
 * specification.
 */
bool dump_is_part(const char *argument, bool after_part);

/* Is there a register of the ABI in the dump? */
bool dump_is_empty(const struct dump *dump);

/* Settle which of rax and ORIG_RAX is the call. */
void dump_settle(struct dump *dump);

#endif
