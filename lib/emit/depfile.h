/* SPDX-License-Identifier: MIT */
/* Make rules that say which files were generated from which.  Knows nothing of how. */
#ifndef FASTABI_LIB_DEPFILE_H
#define FASTABI_LIB_DEPFILE_H

#include <fastabi/backend.h>

#include "emit/sink.h"

/*
 * Write the rule for the first output_count files of the sink, or for the target that options name,
 * and an empty rule for each input, so that make goes on when one is deleted.  profile is
 * the path of one that was read, or NULL.  0 or a negative
 * errno, reported.
 */
int fastabi_depfile_write(struct fastabi_context *context, struct fastabi_writer *writer,
                          const struct fastabi_sink *sink, size_t output_count, fastabi_specs specs,
                          size_t spec_count, const struct fastabi_generate_options *options,
                          const char *profile);

#endif
