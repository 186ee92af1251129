/* SPDX-License-Identifier: MIT */
/* Make rules of a run, in the form that gcc -MMD -MP writes.  Knows nothing of backends. */
#include "emit/depfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/layout.h>

#include "spec/ir.h"

/* Quote what make would take for syntax; backslashes count only in front of a blank. */
static void write_path(struct fastabi_writer *writer, const char *path)
{
    size_t backslashes = 0;

    for (; *path; path++) {
        switch (*path) {
        case ' ':
        case '\t':
            for (; backslashes; backslashes--)
                fastabi_write(writer, "\\");
            fastabi_write(writer, "\\");
            break;
        case '#':
        case ':':
            fastabi_write(writer, "\\");
            break;
        case '$':
            fastabi_write(writer, "$");
            break;
        default:
            break;
        }
        backslashes = *path == '\\' ? backslashes + 1 : 0;
        fastabi_write(writer, "%c", *path);
    }
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Files the specifications and the layout were read from, sorted, each once.  Returns how many. */
static size_t collect_inputs(const char **inputs, fastabi_specs specs, size_t count,
                             const struct fastabi_layout *layout)
{
    size_t found = 0;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const char *types = fastabi_spec_types_path(specs[i]);

        if (!specs[i]->is_memory)
            inputs[found++] = fastabi_spec_path(specs[i]);
        if (types)
            inputs[found++] = types;
    }
    for (size_t i = 0; layout && i < fastabi_layout_file_count(layout); i++)
        inputs[found++] = fastabi_layout_file(layout, i);
    qsort(inputs, found, sizeof(*inputs), compare_paths);
    for (size_t i = 0; i < found; i++) {
        if (!kept || strcmp(inputs[kept - 1], inputs[i]))
            inputs[kept++] = inputs[i];
    }
    return kept;
}

static bool has_newline(const char *const *inputs, size_t input_count,
                        const struct fastabi_sink *sink, size_t output_count)
{
    for (size_t i = 0; i < input_count; i++) {
        if (strchr(inputs[i], '\n'))
            return true;
    }
    for (size_t i = 0; i < output_count; i++) {
        if (strchr(fastabi_sink_path(sink, i), '\n'))
            return true;
    }
    return false;
}

static void write_rules(struct fastabi_writer *writer, const char *const *inputs,
                        size_t input_count, const struct fastabi_sink *sink, size_t output_count)
{
    for (size_t i = 0; i < output_count; i++) {
        write_path(writer, fastabi_sink_path(sink, i));
        fastabi_write(writer, i + 1 < output_count ? " \\\n" : ":");
    }
    for (size_t i = 0; output_count && i < input_count; i++) {
        fastabi_write(writer, " \\\n ");
        write_path(writer, inputs[i]);
    }
    fastabi_write(writer, output_count ? "\n" : "");
    for (size_t i = 0; i < input_count; i++) {
        fastabi_write(writer, "\n");
        write_path(writer, inputs[i]);
        fastabi_write(writer, ":\n");
    }
}

int fastabi_depfile_write(struct fastabi_writer *writer, const struct fastabi_sink *sink,
                          size_t output_count, fastabi_specs specs, size_t spec_count,
                          const struct fastabi_layout *layout)
{
    size_t layout_files = layout ? fastabi_layout_file_count(layout) : 0;
    const char **inputs = calloc(2 * spec_count + layout_files + 1, sizeof(*inputs));
    size_t input_count;
    int error = 0;

    if (!inputs)
        return -ENOMEM;
    input_count = collect_inputs(inputs, specs, spec_count, layout);
    if (has_newline(inputs, input_count, sink, output_count))
        error = -ENOTSUP;
    else
        write_rules(writer, inputs, input_count, sink, output_count);
    free(inputs);
    return error;
}
