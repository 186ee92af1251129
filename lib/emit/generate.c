/* SPDX-License-Identifier: MIT */
/*
 * A run of a backend: its hooks in order, here or in a child process, and what must hold
 * before and after.  Knows nothing of what backends write.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/diag.h"
#include "emit/depfile.h"
#include "emit/emission.h"
#include "emit/flat.h"
#include "emit/isolate.h"
#include "emit/left-out.h"
#include "emit/profile.h"
#include "emit/registry.h"
#include "emit/sink.h"
#include "spec/specs.h"

/* ---- the hooks ---- */

/* What a hook came to.  A failure that it did not report is reported here. */
static int finish_hook(struct fastabi_emission *emission, int result)
{
    if (emission->error || !result)
        return emission->error;
    if (result == -ENOMEM)
        fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, result);
    else
        fastabi_emission_error(emission, emission->spec, NULL,
                               "it failed without saying why; correct the backend");
    emission->error = result < 0 ? result : -EINVAL;
    return emission->error;
}

static int run_spec(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    const struct fastabi_backend *backend = emission->backend;
    size_t count = fastabi_spec_op_count(spec);
    int error = 0;

    emission->spec = spec;
    if (backend->spec_begin)
        error = finish_hook(emission, backend->spec_begin(emission, spec));
    for (size_t i = 0; backend->op && i < count && !error && !emission->writer.error; i++)
        error = finish_hook(emission, backend->op(emission, spec, fastabi_spec_op(spec, i)));
    if (!error && backend->spec_end)
        error = finish_hook(emission, backend->spec_end(emission, spec));
    emission->spec = NULL;
    return error;
}

static int run_backend(struct fastabi_emission *emission)
{
    const struct fastabi_backend *backend = emission->backend;
    int error = 0;

    if (backend->begin)
        error = finish_hook(emission, backend->begin(emission));
    for (size_t i = 0; i < emission->spec_count && !error; i++)
        error = run_spec(emission, emission->specs[i]);
    if (!error && backend->end)
        error = finish_hook(emission, backend->end(emission));
    if (!error)
        error = fastabi_emission_close_file(emission);
    if (backend->cleanup)
        backend->cleanup(emission);
    return error ? error : emission->error;
}

/* ---- a run in a child ---- */

static int run_in_child(void *data, struct fastabi_channel *channel)
{
    struct fastabi_emission *emission = data;

    emission->backend = fastabi_registry_load_hooks(emission->context, emission->backend);
    if (!emission->backend)
        return -EINVAL;
    emission->channel = channel;
    emission->writer.flush = fastabi_channel_write;
    emission->writer.data = channel;
    return run_backend(emission);
}

static int open_for_child(void *data, uint32_t tag, const char *path, uint32_t flags)
{
    struct fastabi_emission *emission = data;
    int error;

    emission->spec = tag < emission->spec_count ? emission->specs[tag] : NULL;
    error = fastabi_emission_open_file(emission, path, flags);
    emission->spec = NULL;
    return error;
}

static int write_for_child(void *data, const char *bytes, size_t length)
{
    const struct fastabi_emission *emission = data;

    return fastabi_sink_write(emission->sink, bytes, length);
}

static int run_isolated(struct fastabi_emission *emission)
{
    const struct fastabi_isolation isolation = {
        run_in_child,
        open_for_child,
        write_for_child,
        emission,
    };
    struct fastabi_epitaph epitaph;
    int error = fastabi_isolate(emission->context, &isolation, &epitaph);

    if (epitaph.ending == FASTABI_ENDING_CRASH) {
        fastabi_report(emission->context, FASTABI_DIAG_BACKEND_CRASHED, NULL,
                       "backend '%s' crashed, and nothing is written: %s; correct the backend",
                       emission->backend->name, epitaph.text);
    } else if (epitaph.ending == FASTABI_ENDING_LIMIT) {
        fastabi_report(emission->context, FASTABI_DIAG_BACKEND_LIMIT, NULL,
                       "backend '%s' %s, and nothing is written; correct the backend, or raise "
                       "the limit",
                       emission->backend->name, epitaph.text);
    }
    return error;
}

static int run(struct fastabi_emission *emission)
{
    if (fastabi_registry_is_isolated(emission->context, emission->backend))
        return run_isolated(emission);
    return run_backend(emission);
}

/* ---- before and after ---- */

/* What standard output cannot do: it is one stream, and has no name. */
static int check_stdout(struct fastabi_emission *emission)
{
    const struct fastabi_generate_options *options = &emission->options;
    struct fastabi_context *context = emission->context;

    if (options->flags & FASTABI_GENERATE_VERIFY) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output cannot be verified; name a file or directory with -o");
    } else if (options->depfile) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output has no name for a depfile; give it one with -o");
    } else if (emission->spec_count > 1 && !(emission->backend->flags & FASTABI_BACKEND_ONE_FILE)) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output takes one file, and backend '%s' writes one for each of "
                       "%zu specifications; name a directory with -o",
                       emission->backend->name, emission->spec_count);
    } else {
        return 0;
    }
    return -ENOTSUP;
}

static int write_depfile(struct fastabi_emission *emission)
{
    const char *path = emission->options.depfile;
    size_t output_count = fastabi_sink_count(emission->sink);
    int error = fastabi_inputs_refuse(&emission->inputs, emission->context, path);

    if (!error)
        error = fastabi_sink_open(emission->sink, path, NULL);
    if (error)
        return error;
    error = fastabi_depfile_write(emission->context, &emission->writer, emission->sink,
                                  output_count, emission->given, emission->given_count,
                                  &emission->options, fastabi_profile_path(emission->profile));
    if (error)
        return error;
    return fastabi_emission_close_file(emission);
}

/* Output to standard output or memory, and a comparison, replace no file. */
static int collect_inputs(struct fastabi_emission *emission)
{
    const struct fastabi_generate_options *options = &emission->options;

    if (emission->is_stdout || options->on_file || options->flags & FASTABI_GENERATE_VERIFY)
        return 0;
    if (!fastabi_inputs_collect(&emission->inputs, &emission->texts, emission->given,
                                emission->given_count, options->layout,
                                fastabi_profile_path(emission->profile)))
        return 0;
    return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
}

/* A specification of which no operation was selected was read, but is not written. */
static int choose_specs(struct fastabi_emission *emission)
{
    struct fastabi_spec **specs = fastabi_arena_alloc(&emission->texts,
                                                      (emission->given_count + 1) * sizeof(*specs));

    if (!specs)
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    emission->specs = specs;
    for (size_t i = 0; i < emission->given_count; i++) {
        if (fastabi_spec_op_count(emission->given[i]))
            specs[emission->spec_count++] = emission->given[i];
    }
    if (emission->spec_count || !emission->given_count)
        return 0;
    fastabi_report(emission->context, FASTABI_DIAG_NOTHING_LEFT, NULL,
                   "no operation is left to write; select one, or use headers that have what it "
                   "needs");
    return -ENOTSUP;
}

static int find_backend(struct fastabi_emission *emission)
{
    const char *name = emission->options.backend;

    emission->backend = fastabi_backend_by_name(emission->context, name);
    if (emission->backend && !emission->options.output) /* to on_file */
        emission->options.output = emission->backend->flags & FASTABI_BACKEND_ONE_FILE ? name : "";
    if (emission->backend)
        return 0;
    return fastabi_registry_report_missing(emission->context, NULL, name);
}

static int prepare(struct fastabi_emission *emission)
{
    const struct fastabi_generate_options *options = &emission->options;
    int error = find_backend(emission);

    if (!error)
        error = fastabi_emission_take_settings(emission);
    if (!error)
        error = fastabi_emission_leave_out(emission);
    if (!error)
        error = choose_specs(emission);
    if (!error && emission->is_stdout)
        error = check_stdout(emission);
    if (!error)
        error = fastabi_specs_check_together(emission->context, emission->given,
                                             emission->given_count,
                                             !(emission->backend->flags &
                                               FASTABI_BACKEND_UNIQUE_INDEX));
    if (!error && emission->backend->flags & FASTABI_BACKEND_FLAT_NAMES)
        error = fastabi_flat_check(emission->context, emission->specs, emission->spec_count);
    if (!error)
        error = collect_inputs(emission);
    if (!error) {
        error = fastabi_sink_new(emission->context, options->flags & FASTABI_GENERATE_VERIFY,
                                 &emission->sink);
    }
    if (!error && options->on_file)
        fastabi_sink_set_memory(emission->sink, options->on_file, options->data);
    if (!error) {
        error = fastabi_writer_init(&emission->writer, fastabi_sink_write, emission->sink);
        if (error)
            fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, error);
    }
    return error;
}

/* Copy the options as far as they are known.  0, or -EINVAL, reported. */
static int take_options(struct fastabi_context *context, struct fastabi_generate_options *known,
                        const struct fastabi_generate_options *options)
{
    const char *fault = NULL;

    if (fastabi_options_copy(known, sizeof(*known), options))
        fault = "options with members that this version does not have; leave them zero";
    else if (known->flags & ~FASTABI_GENERATE_VERIFY)
        fault = "unknown flags; use FASTABI_GENERATE_* of these headers";
    else if (!known->backend)
        fault = "backend is NULL; name one";
    else if (!known->output && !known->on_file)
        fault = "output is NULL; give a directory, a file, \"-\" or on_file";
    else if (known->flags & FASTABI_GENERATE_VERIFY && known->on_file)
        fault = "files that go to on_file cannot be verified; set one of the two";
    else if (known->output && !*known->output && !known->on_file)
        fault = "output is an empty path; give a directory, a file, \"-\" or on_file";
    else if (known->depfile && !*known->depfile)
        fault = "depfile is an empty path; name a file, or set it to NULL";
    else if (known->depfile_target && !*known->depfile_target)
        fault = "depfile_target is empty; name what make makes, or set it to NULL";
    else if (known->setting_count && !known->settings)
        fault = "settings is NULL; set setting_count to 0";
    for (uint32_t i = 0; !fault && i < known->setting_count; i++) {
        if (!known->settings[i])
            fault = "a setting is NULL";
    }
    return fault ? fastabi_refuse_argument(context, "fastabi_generate", fault) : 0;
}

int fastabi_generate(struct fastabi_context *context, fastabi_specs specs, size_t count,
                     const struct fastabi_generate_options *options)
{
    struct fastabi_emission emission = {
        .context = context,
        .given = specs,
        .given_count = count,
    };
    struct fastabi_generate_options *known = &emission.options;
    int error;

    if (!context || !options)
        return fastabi_refuse_argument(context, __func__, "it needs options");
    error = take_options(context, known, options);
    if (!error)
        error = fastabi_specs_check(context, __func__, specs, count);
    if (error)
        return error;
    emission.is_stdout = !known->on_file && !strcmp(known->output, "-");
    error = prepare(&emission);
    if (!error)
        error = run(&emission);
    if (!error && known->depfile)
        error = write_depfile(&emission);
    if (!error)
        error = fastabi_sink_commit(emission.sink);
    fastabi_sink_free(emission.sink);
    fastabi_writer_release(&emission.writer);
    free(emission.values);
    free(emission.defaults);
    fastabi_profile_free(emission.profile);
    fastabi_buffer_free(&emission.command);
    free(emission.files);
    fastabi_arena_free(&emission.texts);
    fastabi_emission_free_parts(&emission);
    return error;
}
