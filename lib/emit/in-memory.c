/* SPDX-License-Identifier: MIT */
/* Files of a run that are kept in memory, and handed to the caller when all are complete. */
#include "emit/in-memory.h"

#include "base/diag.h"
#include "emit/sink-file.h"

int fastabi_sink_keep(struct fastabi_sink *sink, const char *bytes, size_t length)
{
    return fastabi_buffer_add(&sink->file->content, bytes, length);
}

int fastabi_sink_hand_over(struct fastabi_sink *sink)
{
    for (size_t i = 0; i < sink->count; i++) {
        const struct sink_file *file = &sink->files[i];
        struct fastabi_place place = { .file = file->path };
        const struct fastabi_buffer *content = &file->content;
        int result = sink->on_file(file->path, content->length ? content->bytes : "",
                                   content->length, sink->data);

        if (result < 0) {
            fastabi_report(sink->context, FASTABI_DIAG_CANNOT_WRITE, &place,
                           "the caller did not take it; see what its function returned");
            return result;
        }
    }
    return 0;
}
