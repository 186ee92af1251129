/* SPDX-License-Identifier: MIT */
/* Make rules of a run, in the form that gcc -MMD -MP writes.  Knows nothing of backends. */
#include "emit/depfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/layout.h>

#include "base/diag.h"
#include "spec/ir.h"

struct fastabi_depfile {
    const char **inputs;
    size_t input_count;
    const char **outputs;
    size_t output_count;
};

/* Quote what make would take for syntax; backslashes count only before a blank. */
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

/*
 * Files the specifications, the layout and the profile were read from, sorted, each once.  Returns
 * how many.
 */
static size_t collect_inputs(const char **inputs, fastabi_specs specs, size_t count,
                             const struct fastabi_layout *layout, const char *profile)
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
    if (profile)
        inputs[found++] = profile;
    for (size_t i = 0; layout && i < fastabi_layout_file_count(layout); i++)
        inputs[found++] = fastabi_layout_file(layout, i);
    qsort(inputs, found, sizeof(*inputs), compare_paths);
    for (size_t i = 0; i < found; i++) {
        if (!kept || strcmp(inputs[kept - 1], inputs[i]))
            inputs[kept++] = inputs[i];
    }
    return kept;
}

/* ---- what no depfile can name ---- */

/*
 * What in a path make and ninja read as different names, or as no name, however it is quoted; NULL
 * when there is nothing.  Found by trying each character with make 4.3 and ninja 1.11: ninja ends a
 * name at those that it does not list, quoted or not, and make knows no quoting for '=' and '%'.
 */
static const char *find_fault(const char *path, char fault[4])
{
    size_t length = strlen(path);
    char last = length ? path[length - 1] : '\0';

    for (const char *c = path; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            return "a control character";
        if (*c == '\\' && (!c[1] || strchr("#:$", c[1])))
            return c[1] ? "a backslash before '#', ':' or '$'" : "a backslash at the end";
        if (strchr(";=|%&'\"*?[<>^`", *c)) {
            snprintf(fault, 4, *c == '\'' ? "\"'\"" : "'%c'", *c);
            return fault;
        }
    }
    if (path[0] == '~')
        return "'~' at the start";
    if (last == ')' || last == ':')
        return last == ')' ? "')' at the end" : "':' at the end";
    return last == ' ' ? "a blank at the end" : NULL;
}

static int check_path(struct fastabi_context *context, const char *path)
{
    char text[4];
    const char *fault = find_fault(path, text);

    if (!fault)
        return 0;
    return fastabi_report(context, FASTABI_DIAG_BAD_OUTPUT_PATH, NULL,
                          "a depfile cannot name '%s': make and ninja have no common way to write "
                          "%s; rename the file or its directory",
                          path, fault);
}

static int check_paths(struct fastabi_context *context, const struct fastabi_depfile *depfile)
{
    int error = 0;

    for (size_t i = 0; i < depfile->input_count && !error; i++)
        error = check_path(context, depfile->inputs[i]);
    for (size_t i = 0; i < depfile->output_count && !error; i++)
        error = check_path(context, depfile->outputs[i]);
    return error;
}

/* ---- writing ---- */

static void write_rules(struct fastabi_writer *writer, const struct fastabi_depfile *depfile)
{
    for (size_t i = 0; i < depfile->output_count; i++) {
        write_path(writer, depfile->outputs[i]);
        fastabi_write(writer, i + 1 < depfile->output_count ? " \\\n" : ":");
    }
    for (size_t i = 0; depfile->output_count && i < depfile->input_count; i++) {
        fastabi_write(writer, " \\\n ");
        write_path(writer, depfile->inputs[i]);
    }
    fastabi_write(writer, depfile->output_count ? "\n" : "");
    for (size_t i = 0; i < depfile->input_count; i++) {
        fastabi_write(writer, "\n");
        write_path(writer, depfile->inputs[i]);
        fastabi_write(writer, ":\n");
    }
}

/*
 * The files made from specifications: first those of one specification each, because ninja takes
 * the first for the file that the rule makes, then those of all.  A file that is the same whatever
 * the specifications say is left out: ninja refuses an output that its rule does not declare.
 */
static size_t collect_outputs(const char **outputs, const struct fastabi_sink *sink, size_t count)
{
    size_t found = 0;

    for (int support = 0; support < 2; support++) {
        for (size_t i = 0; i < count; i++) {
            uint32_t flags = fastabi_sink_flags(sink, i);

            if (!(flags & FASTABI_FILE_FIXED) && !(flags & FASTABI_FILE_SUPPORT) == !support)
                outputs[found++] = fastabi_sink_path(sink, i);
        }
    }
    return found;
}

int fastabi_depfile_write(struct fastabi_context *context, struct fastabi_writer *writer,
                          const struct fastabi_sink *sink, size_t output_count, fastabi_specs specs,
                          size_t spec_count, const struct fastabi_generate_options *options,
                          const char *profile)
{
    const struct fastabi_layout *layout = options->layout;
    size_t layout_files = layout ? fastabi_layout_file_count(layout) : 0;
    struct fastabi_depfile depfile = {
        .inputs = calloc(2 * spec_count + layout_files + 2, sizeof(*depfile.inputs)),
        .outputs = calloc(output_count + 1, sizeof(*depfile.outputs)),
    };
    int error;

    if (depfile.inputs && depfile.outputs) {
        depfile.input_count = collect_inputs(depfile.inputs, specs, spec_count, layout, profile);
        depfile.output_count = collect_outputs(depfile.outputs, sink, output_count);
        if (options->depfile_target) {
            depfile.outputs[0] = options->depfile_target;
            depfile.output_count = 1;
        }
        error = check_paths(context, &depfile);
        if (!error)
            write_rules(writer, &depfile);
    } else {
        error = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    free(depfile.inputs);
    free(depfile.outputs);
    return error;
}
