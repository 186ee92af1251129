/* SPDX-License-Identifier: MIT */
/*
 * Included before everything in a build that measures coverage: a child process that ends with
 * _exit() writes its counters too.  Includes nothing, because a header of the system would settle
 * which functions those after it declare.  Must not know what is measured.
 */
#ifndef FASTABI_COVERAGE_EXIT_H
#define FASTABI_COVERAGE_EXIT_H

extern void __gcov_dump(void);
extern void _exit(int status) __attribute__((__noreturn__));

__attribute__((__noreturn__, __unused__)) static void coverage_exit(int status)
{
    __gcov_dump();
    _exit(status);
}
#define _exit coverage_exit

#endif
