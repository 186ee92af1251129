/* SPDX-License-Identifier: MIT */
/* Whole reads and writes on file descriptors, whatever interrupts them. */
#ifndef FASTABI_LIB_IO_H
#define FASTABI_LIB_IO_H

#include <stddef.h>
#include <sys/types.h>

/* 0 or a negative errno.  It waits where the descriptor is non-blocking. */
int fastabi_write_all(int fd, const void *data, size_t length);

/* Bytes read, fewer than length only at the end, or a negative errno. */
ssize_t fastabi_read_all(int fd, void *data, size_t length);

#endif
