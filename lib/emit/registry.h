/* SPDX-License-Identifier: MIT */
/* Backends of a context, built in and loaded.  Knows nothing of what they emit. */
#ifndef FASTABI_LIB_REGISTRY_H
#define FASTABI_LIB_REGISTRY_H

#include <stdbool.h>

#include <fastabi/backend.h>

#include "base/diag.h"

/*
 * Report that there is no backend of that name, and which there are; place may be NULL.  Returns
 * -ENOTSUP or -ENOMEM.
 */
int fastabi_registry_report_missing(struct fastabi_context *context,
                                    const struct fastabi_place *place, const char *name);

/* Whether a backend is a description: its shared object is loaded in a child, when it is to run. */
bool fastabi_registry_is_isolated(const struct fastabi_context *context,
                                  const struct fastabi_backend *backend);

/* In that child: the same backend with its hooks; NULL: an error, which was reported. */
const struct fastabi_backend *fastabi_registry_load_hooks(struct fastabi_context *context,
                                                          const struct fastabi_backend *backend);

#endif
