/* SPDX-License-Identifier: MIT */
/*
 * What a backend asks of its run: options, specifications, texts, files.
 * Knows nothing of what backends write, or of how files come to disk.
 */
#include "emit/emission.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/diag.h"
#include "base/path.h"
#include "emit/isolate.h"
#include "emit/sink.h"
#include "spec/ir.h"

/* Whether the backend has an option of that name; *number: which one. */
static bool find_option(const struct fastabi_emission *emission, const char *name, uint32_t *number)
{
    for (*number = 0; emission && name && *number < emission->backend->option_count; ++*number) {
        if (!strcmp(emission->backend->options[*number].name, name))
            return true;
    }
    return false;
}

const char *fastabi_emission_option(const struct fastabi_emission *emission, const char *name)
{
    uint32_t i;

    return find_option(emission, name, &i) ? emission->values[i] : NULL;
}

bool fastabi_emission_option_is_set(const struct fastabi_emission *emission, const char *name)
{
    uint32_t i;

    /* what is not set has the very text of the default */
    return find_option(emission, name, &i) && emission->values[i] != emission->defaults[i];
}

size_t fastabi_emission_spec_count(const struct fastabi_emission *emission)
{
    return emission ? emission->spec_count : 0;
}

const struct fastabi_spec *fastabi_emission_spec(const struct fastabi_emission *emission, size_t i)
{
    return emission && i < emission->spec_count ? emission->specs[i] : NULL;
}

void fastabi_emission_set_state(struct fastabi_emission *emission, void *state)
{
    if (emission)
        emission->state = state;
}

void *fastabi_emission_state(const struct fastabi_emission *emission)
{
    return emission ? emission->state : NULL;
}

/* Keep the first error, so that a backend that drops it fails all the same. */
static int keep_error(struct fastabi_emission *emission, int error)
{
    if (!emission->error)
        emission->error = error;
    return error;
}

int fastabi_emission_error(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                           const struct fastabi_op *op, const char *message)
{
    struct fastabi_place place = {
        .file = spec ? fastabi_spec_path(spec) : NULL,
        .line = op ? op->mark.line : 0,
        .column = op ? op->mark.column : 0,
    };

    if (!emission)
        return -EINVAL;
    return keep_error(emission, fastabi_report(emission->context, FASTABI_DIAG_BACKEND_FAILED,
                                               &place, "backend '%s': %s", emission->backend->name,
                                               message ? message : "it failed without saying why"));
}

/* ---- texts ---- */

const char *fastabi_emission_no_memory(struct fastabi_emission *emission)
{
    fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    keep_error(emission, -ENOMEM);
    return "";
}

const char *fastabi_emission_printf(struct fastabi_emission *emission, const char *format, ...)
{
    va_list arguments;
    const char *text;

    if (!emission || !format)
        return NULL;
    va_start(arguments, format);
    text = fastabi_arena_vprintf(&emission->texts, format, arguments);
    va_end(arguments);
    return text ? text : fastabi_emission_no_memory(emission);
}

/* ---- files ---- */

/* Letters, digits, '_', '-', '.', and '/' between parts that are not empty nor start with '.'. */
static bool is_output_path(const char *path)
{
    char before = '/';

    for (; *path; before = *path++) {
        bool is_word = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                       (*path >= '0' && *path <= '9') || *path == '_' || *path == '-';

        if (before == '/' ? !is_word : !is_word && *path != '.' && *path != '/')
            return false;
    }
    return before != '/';
}

/* The sink reported its errors; the writer's own are a backend's. */
int fastabi_emission_close_file(struct fastabi_emission *emission)
{
    int error = fastabi_writer_finish(&emission->writer);

    if (error == -EINVAL) {
        return fastabi_emission_error(
            emission, emission->spec, NULL,
            "a template or an indentation that the writer refuses; correct the backend");
    }
    if (!error)
        error = fastabi_sink_close(emission->sink);
    fastabi_writer_reset(&emission->writer);
    return error ? keep_error(emission, error) : 0;
}

static int open_path(struct fastabi_emission *emission, const char *path)
{
    const char *owner = emission->spec ? fastabi_spec_path(emission->spec) : NULL;
    int error;

    if (emission->is_stdout)
        return fastabi_sink_open_stdout(emission->sink);
    error = fastabi_inputs_refuse(&emission->inputs, emission->context, path);
    return error ? error : fastabi_sink_open(emission->sink, path, owner);
}

static int open_in_directory(struct fastabi_emission *emission, const char *name)
{
    struct fastabi_arena arena = { 0 };
    const char *path = fastabi_path_join(&arena, emission->options.output, name);
    int error = path ? open_path(emission, path)
                     : fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL,
                                             -ENOMEM);

    fastabi_arena_free(&arena);
    return error;
}

static int refuse_second(struct fastabi_emission *emission)
{
    if (emission->backend->flags & FASTABI_BACKEND_ONE_FILE)
        return fastabi_emission_error(emission, emission->spec, NULL,
                                      "a second file where there is only one; write one file");
    fastabi_report(emission->context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                   "standard output takes one file, and backend '%s' writes several with these "
                   "options; name a directory with -o",
                   emission->backend->name);
    return -ENOTSUP;
}

int fastabi_emission_open_file(struct fastabi_emission *emission, const char *path, uint32_t flags)
{
    bool is_one = emission->backend->flags & FASTABI_BACKEND_ONE_FILE;
    int error;

    if (flags & ~(FASTABI_FILE_SUPPORT | FASTABI_FILE_FIXED)) {
        return fastabi_refuse_argument(emission->context, "fastabi_emission_open",
                                       "unknown flags; use FASTABI_FILE_* of these headers");
    }
    if (!is_one && (!path || !is_output_path(path))) {
        return fastabi_report(
            emission->context, FASTABI_DIAG_BAD_OUTPUT_PATH, NULL,
            "backend '%s' may not write a file '%s'; use a relative path without '..'",
            emission->backend->name, path ? path : "");
    }
    if (!is_one && emission->is_stdout && flags & FASTABI_FILE_SUPPORT)
        return fastabi_sink_open_nowhere(emission->sink);
    if (emission->has_opened && (is_one || emission->is_stdout))
        return refuse_second(emission);
    emission->has_opened = !(flags & FASTABI_FILE_SUPPORT) || is_one || emission->has_opened;
    if (is_one || emission->is_stdout)
        error = open_path(emission, emission->options.output);
    else
        error = open_in_directory(emission, path);
    fastabi_sink_set_flags(emission->sink, is_one ? 0 : flags);
    return error;
}

/* In a child: which specification is written, as a number that the parent knows too. */
static uint32_t find_tag(const struct fastabi_emission *emission)
{
    uint32_t tag = 0;

    while (tag < emission->spec_count && emission->specs[tag] != emission->spec)
        tag++;
    return tag;
}

static int ask_for_file(struct fastabi_emission *emission, const char *path, uint32_t flags)
{
    int error = fastabi_channel_open(emission->channel, find_tag(emission), path ? path : "",
                                     flags);

    if (error != -ENAMETOOLONG)
        return error;
    return fastabi_emission_error(emission, emission->spec, NULL,
                                  "a path that is too long; shorten it");
}

int fastabi_emission_open(struct fastabi_emission *emission, const char *path, uint32_t flags,
                          struct fastabi_writer **writer)
{
    int error;

    if (writer)
        *writer = NULL;
    if (!emission)
        return -EINVAL;
    error = fastabi_emission_close_file(emission);
    if (!error && emission->channel)
        error = ask_for_file(emission, path, flags);
    else if (!error)
        error = fastabi_emission_open_file(emission, path, flags);
    if (error)
        return keep_error(emission, error);
    if (writer)
        *writer = &emission->writer;
    return 0;
}
