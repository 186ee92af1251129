/* SPDX-License-Identifier: MIT */
/*
 * One option that somebody sets, on the command line or in a file: whether the backend has it, and
 * takes the value.  Knows nothing of what is done with it.
 */
#ifndef FASTABI_LIB_SETTING_H
#define FASTABI_LIB_SETTING_H

#include <fastabi/backend.h>

#include "base/diag.h"

/*
 * The option of a backend that length characters name, where '-' may stand for '_'; NULL: there is
 * none, and that is reported, with a place if that is not NULL.
 */
const struct fastabi_backend_option *fastabi_setting_find(struct fastabi_context *context,
                                                          const struct fastabi_place *place,
                                                          const struct fastabi_backend *backend,
                                                          const char *name, size_t length);

/* Whether the option takes the value.  0, or after a report -EINVAL (a place) or -ENOTSUP. */
int fastabi_setting_check(struct fastabi_context *context, const struct fastabi_place *place,
                          const struct fastabi_backend_option *option, const char *value);

#endif
