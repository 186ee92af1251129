/* SPDX-License-Identifier: MIT */
/*
 * The errors that a hypercall can return, by name and number.  Knows nothing of where they are
 * used.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/context.h>

/* Xen's own list, xen/errno.h of the public headers; of aliases the first is the usual one. */
static const struct row {
    int number;
    const char *name;
    const char *text;
} rows[] = {
    { 1, "EPERM", "operation not permitted" },
    { 2, "ENOENT", "no such file or directory" },
    { 3, "ESRCH", "no such process" },
    { 4, "EINTR", "interrupted system call" },
    { 5, "EIO", "I/O error" },
    { 6, "ENXIO", "no such device or address" },
    { 7, "E2BIG", "argument list too long" },
    { 8, "ENOEXEC", "exec format error" },
    { 9, "EBADF", "bad file number" },
    { 10, "ECHILD", "no child processes" },
    { 11, "EAGAIN", "try again" },
    { 11, "EWOULDBLOCK", "operation would block" },
    { 12, "ENOMEM", "out of memory" },
    { 13, "EACCES", "permission denied" },
    { 14, "EFAULT", "bad address" },
    { 16, "EBUSY", "device or resource busy" },
    { 17, "EEXIST", "file exists" },
    { 18, "EXDEV", "cross-device link" },
    { 19, "ENODEV", "no such device" },
    { 20, "ENOTDIR", "not a directory" },
    { 21, "EISDIR", "is a directory" },
    { 22, "EINVAL", "invalid argument" },
    { 23, "ENFILE", "file table overflow" },
    { 24, "EMFILE", "too many open files" },
    { 28, "ENOSPC", "no space left on device" },
    { 30, "EROFS", "read-only file system" },
    { 31, "EMLINK", "too many links" },
    { 33, "EDOM", "math argument out of domain of func" },
    { 34, "ERANGE", "math result not representable" },
    { 35, "EDEADLK", "resource deadlock would occur" },
    { 35, "EDEADLOCK", "resource deadlock would occur" },
    { 36, "ENAMETOOLONG", "file name too long" },
    { 37, "ENOLCK", "no record locks available" },
    { 38, "ENOSYS", "function not implemented" },
    { 39, "ENOTEMPTY", "directory not empty" },
    { 61, "ENODATA", "no data available" },
    { 62, "ETIME", "timer expired" },
    { 74, "EBADMSG", "not a data message" },
    { 75, "EOVERFLOW", "value too large for defined data type" },
    { 84, "EILSEQ", "illegal byte sequence" },
    { 85, "ERESTART", "interrupted system call should be restarted" },
    { 88, "ENOTSOCK", "socket operation on non-socket" },
    { 90, "EMSGSIZE", "message too large" },
    { 95, "EOPNOTSUPP", "operation not supported on transport endpoint" },
    { 98, "EADDRINUSE", "address already in use" },
    { 99, "EADDRNOTAVAIL", "cannot assign requested address" },
    { 105, "ENOBUFS", "no buffer space available" },
    { 106, "EISCONN", "transport endpoint is already connected" },
    { 107, "ENOTCONN", "transport endpoint is not connected" },
    { 110, "ETIMEDOUT", "connection timed out" },
    { 111, "ECONNREFUSED", "connection refused" },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct row *find_number(int number)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].number == number)
            return &rows[i];
    }
    return NULL;
}

const char *fastabi_errno_name(int number)
{
    const struct row *row = find_number(number);

    return row ? row->name : NULL;
}

const char *fastabi_errno_text(int number)
{
    const struct row *row = find_number(number);

    return row ? row->text : NULL;
}

int fastabi_errno_number(const char *name)
{
    for (size_t i = 0; name && i < ROW_COUNT; i++) {
        if (!strcmp(rows[i].name, name))
            return rows[i].number;
    }
    return 0;
}

const char *fastabi_errno_guess(const char *name)
{
    char upper[64] = "";
    struct fastabi_guess guess = { .size = sizeof(guess), .word = upper };

    if (!name)
        return NULL;
    name += *name == '-';
    if (!strncmp(name, "XEN_", 4))
        name += 4;
    for (size_t i = 0; i < sizeof(upper) - 1 && name[i]; i++)
        upper[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 'a' + 'A') : name[i];
    if (*name && !name[strspn(name, "0123456789")]) {
        long number = strtol(name, NULL, 10);

        return number <= INT_MAX ? fastabi_errno_name((int)number) : NULL;
    }
    if (!strcmp(upper, "ENOTSUP"))
        return "EOPNOTSUPP";
    for (size_t i = 0; i < ROW_COUNT; i++)
        fastabi_guess_try(&guess, rows[i].name);
    return guess.best;
}
