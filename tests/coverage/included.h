/* SPDX-License-Identifier: MIT */
/*
 * Included before everything in a build that measures coverage.  A process that ends with _exit(),
 * or kills itself, writes its counters too; where allocations are made to fail, that ends before
 * they are written, and each piece of an arena is an allocation.  Includes nothing, because a
 * header of the system would settle which functions those after it declare.  Must not know what is
 * measured.
 */
#ifndef FASTABI_COVERAGE_INCLUDED_H
#define FASTABI_COVERAGE_INCLUDED_H

extern void __gcov_dump(void);
extern void *dlsym(void *library, const char *name);
extern char *getenv(const char *name);
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

/* tests/lifetime sets FAIL_AT. */
__attribute__((__unused__)) static unsigned long coverage_block_bytes(void)
{
    return getenv("FAIL_AT") ? 0 : 32768;
}
#define BLOCK_BYTES coverage_block_bytes()

#endif
