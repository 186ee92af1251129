/* SPDX-License-Identifier: MIT */
/* See io.h. */
#include "base/io.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

int fastabi_write_all(int fd, const void *data, size_t length)
{
    const char *bytes = data;

    while (length) {
        struct pollfd ready = { .fd = fd, .events = POLLOUT };
        ssize_t written = write(fd, bytes, length);

        if (written >= 0) {
            bytes += written;
            length -= (size_t)written;
        } else if (errno == EAGAIN) { /* somebody made standard output non-blocking */
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

ssize_t fastabi_read_all(int fd, void *data, size_t length)
{
    char *bytes = data;
    size_t done = 0;

    while (done < length) {
        ssize_t got = read(fd, bytes + done, length - done);

        if (got < 0 && errno != EINTR)
            return -errno;
        if (!got)
            break;
        if (got > 0)
            done += (size_t)got;
    }
    return (ssize_t)done;
}
