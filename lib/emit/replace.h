/* SPDX-License-Identifier: MIT */
/* Putting the files of a run in place. */
#ifndef FASTABI_LIB_REPLACE_H
#define FASTABI_LIB_REPLACE_H

struct fastabi_sink;

/* Put all files in place, or none. */
int fastabi_sink_replace_all(struct fastabi_sink *sink);

#endif
