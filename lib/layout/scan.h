/* SPDX-License-Identifier: MIT */
/* A look at the text of headers before a provider parses them. */
#ifndef FASTABI_LIB_LAYOUT_SCAN_H
#define FASTABI_LIB_LAYOUT_SCAN_H

#include "layout/provider.h"
#include "spec/ir.h"

#define FASTABI_HYPERCALL_PREFIX "__HYPERVISOR_"

/*
 * Add headers for specifications that do not name them, and macros that are not named, to a request
 * for the headers in its base.  0 or -ENOMEM.
 */
int fastabi_scan_headers(struct fastabi_arena *arena, fastabi_specs specs, size_t count,
                         struct fastabi_layout_request *request);

/* The headers of a directory below base ("" or "hvm"), sorted, added to a list.  0 or -ENOMEM. */
int fastabi_scan_list(struct fastabi_arena *arena, const char *base, const char *directory,
                      struct fastabi_list *headers);

/* The text of a header below base, malloced; NULL: there is none, or no memory. */
char *fastabi_scan_read(struct fastabi_arena *arena, const char *base, const char *header);

/* "SCHEDOP_" of "SCHEDOP_yield" when the operation is yield; 0 characters when it is not */
size_t fastabi_index_prefix(const char *macro, const char *op_name);

#endif
