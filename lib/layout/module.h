/* SPDX-License-Identifier: MIT */
/* Loading the module that reads headers.  Knows nothing of what it does. */
#ifndef FASTABI_LIB_LAYOUT_MODULE_H
#define FASTABI_LIB_LAYOUT_MODULE_H

#include "layout/provider.h"

/* Find and load it; *handle is for dlclose.  0 or -ENOTSUP with a diagnostic. */
int fastabi_layout_load_module(struct fastabi_context *context,
                               const struct fastabi_layout_provider **provider, void **handle);

#endif
