/* SPDX-License-Identifier: MIT */
/* What reading and writing of snapshots share.  docs/checks.md describes the format. */
#ifndef FASTABI_LIB_LAYOUT_SNAPSHOT_H
#define FASTABI_LIB_LAYOUT_SNAPSHOT_H

#include <fastabi/layout.h>

#define FASTABI_SNAPSHOT_FORMAT 1

/* Names of the kinds but integers ("array"), and of the directions ("in"), by their numbers. */
extern const char *const fastabi_snapshot_kinds[FASTABI_FIELD_OTHER + 1];
extern const char *const fastabi_snapshot_directions[FASTABI_DIRECTION_BOTH + 1];

#endif
