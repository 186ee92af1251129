/* SPDX-License-Identifier: MIT */
/* Which headers of a request can be read.  Knows no specification. */
#ifndef FASTABI_LIB_LAYOUT_PROBE_H
#define FASTABI_LIB_LAYOUT_PROBE_H

#include "base/arena.h"
#include "base/names.h"
#include "layout/provider.h"

/*
 * Take those headers out of the request that include a file that is not there, and add each to
 * `missing`, with the reason; unless xen.h is among them, without which nothing can be read.
 * 0 or -ENOMEM.
 */
int fastabi_probe_headers(const struct fastabi_layout_provider *provider,
                          struct fastabi_layout_request *request, struct fastabi_arena *arena,
                          struct fastabi_names *missing);

#endif
