/* SPDX-License-Identifier: MIT */
/* Lines of C that are too long, broken where C allows it.  Knows nothing of what they mean. */
#ifndef FASTABI_LIB_FIT_H
#define FASTABI_LIB_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Where lines go.  0 or a negative errno. */
typedef int (*fastabi_fit_flush_func)(void *data, const char *bytes, size_t length);

/* Zero-initialised: lines stay as they are. */
struct fastabi_fit {
    size_t width;               /* columns; 0: any number */
    bool is_continued;          /* the line before ended with a backslash */
    struct fastabi_buffer line; /* the part of the last line that is known */
};

/* Take bytes, and hand on those of lines that are complete. */
int fastabi_fit_put(struct fastabi_fit *fit, const char *bytes, size_t length,
                    fastabi_fit_flush_func flush, void *data);

/* Hand on a last line without a newline. */
int fastabi_fit_finish(struct fastabi_fit *fit, fastabi_fit_flush_func flush, void *data);

/* Start again, with lines that stay as they are. */
void fastabi_fit_reset(struct fastabi_fit *fit);

/* Free what it holds. */
void fastabi_fit_release(struct fastabi_fit *fit);

#endif
