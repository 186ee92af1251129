/* SPDX-License-Identifier: MIT */
/*
 * The sink of a run: files written beside their targets and put in place together, or
 * compared with them.  Knows nothing of backends or of what is written.
 */
#ifndef FASTABI_LIB_SINK_H
#define FASTABI_LIB_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <fastabi/backend.h>

struct fastabi_sink;

/* Make a sink.  With verify it creates and changes nothing, and reports what differs. */
int fastabi_sink_new(struct fastabi_context *context, bool verify, struct fastabi_sink **sink);

/* Keep the files in memory, and hand them to on_file when the sink is committed. */
void fastabi_sink_set_memory(struct fastabi_sink *sink, fastabi_file_func on_file, void *data);

/*
 * Start a file, ending the one before.  owner (a path, or NULL) is what it is written for, in
 * messages.  0 or a negative errno, reported.
 */
int fastabi_sink_open(struct fastabi_sink *sink, const char *path, const char *owner);

/* Say what the file is that was opened last: FASTABI_FILE_*; 0 until then. */
void fastabi_sink_set_flags(struct fastabi_sink *sink, uint32_t flags);

/* Start standard output, or text that goes nowhere. */
int fastabi_sink_open_stdout(struct fastabi_sink *sink);
int fastabi_sink_open_nowhere(struct fastabi_sink *sink);

/* Bytes for the file that is open.  sink is a struct fastabi_sink: a fastabi_writer_flush_func. */
int fastabi_sink_write(void *sink, const char *bytes, size_t length);

/* End the file that is open, if one is. */
int fastabi_sink_close(struct fastabi_sink *sink);

/*
 * Put all files in place: all or none.  An unchanged one is not touched.  With verify: -EINVAL
 * if any differs.  Returns the first error of the sink otherwise.
 */
int fastabi_sink_commit(struct fastabi_sink *sink);

/* Files so far, standard output not counted, by the paths that they were opened with. */
size_t fastabi_sink_count(const struct fastabi_sink *sink);
const char *fastabi_sink_path(const struct fastabi_sink *sink, size_t i);
uint32_t fastabi_sink_flags(const struct fastabi_sink *sink, size_t i);

/* Free a sink.  Without a successful commit nothing of it is left on disk.  NULL is fine. */
void fastabi_sink_free(struct fastabi_sink *sink);

#endif
