/* SPDX-License-Identifier: MIT */
/*
 * Included before everything in a build that measures coverage: a process that ends with _exit(),
 * or kills itself, writes its counters too; and where allocations are made to fail, that ends
 * before they are written.  Includes nothing, because a header of the system would settle which
 * functions those after it declare.  Must not know what is measured.
 */
#ifndef FASTABI_COVERAGE_EXIT_H
#define FASTABI_COVERAGE_EXIT_H

extern void __gcov_dump(void);
extern void *dlsym(void *library, const char *name);
extern void _exit(int status) __attribute__((__noreturn__));
extern int kill(int process, int number);

/* Of tests/lifetime, where it is preloaded. */
__attribute__((__destructor__, __unused__)) static void coverage_end(void)
{
    union {
        void *address;
        void (*call)(void);
    } function = { dlsym((void *)0, "coverage_ends") };

    if (function.address)
        function.call();
}

__attribute__((__noreturn__, __unused__)) static void coverage_exit(int status)
{
    coverage_end();
    __gcov_dump();
    _exit(status);
}
#define _exit coverage_exit

__attribute__((__unused__)) static int coverage_kill(int process, int number)
{
    if (!process)
        __gcov_dump();
    return kill(process, number);
}
#define kill coverage_kill

#endif
