/* SPDX-License-Identifier: MIT */
/*
 * One run of one backend: its options, its hooks in order, its files.  Knows nothing of what
 * backends write, or of how files come to disk.
 */
#include <fastabi/backend.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "emit/depfile.h"
#include "base/diag.h"
#include "emit/flat.h"
#include "emit/isolate.h"
#include "emit/registry.h"
#include "emit/sink.h"
#include "emit/target.h"
#include "emit/writer.h"

struct fastabi_emission {
    struct fastabi_context *context;
    const struct fastabi_backend *backend;
    const struct fastabi_spec *const *specs;
    size_t spec_count;
    struct fastabi_generate_options options;
    const char **values;             /* of the backend's options, in its order */
    const struct fastabi_spec *spec; /* whose hooks run, or NULL */
    struct fastabi_sink *sink;
    struct fastabi_writer writer;
    struct fastabi_channel *channel; /* in a child: to the parent, which has the files; else NULL */
    bool is_stdout;
    bool has_opened; /* a file that is no support file */
    int error;       /* the first one; it was reported */
    char *command;   /* what fastabi_emission_command() returned last */
    void *state;
};

/* ---- options ---- */

static int report_unknown_option(struct fastabi_emission *emission, const char *setting,
                                 size_t length)
{
    const struct fastabi_backend *backend = emission->backend;
    char names[256] = "";

    for (uint32_t i = 0; i < backend->option_count; i++)
        fastabi_append_name(names, sizeof(names), backend->options[i].name);
    if (*names) {
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s'; it has %s", backend->name, (int)length,
                       setting, names);
    } else {
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s', nor any other", backend->name,
                       (int)length, setting);
    }
    return -ENOTSUP;
}

/* A text goes into banners, so it is one line. */
static bool is_one_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

/* Take "key=value".  Of several for one key the last holds, as with a compiler's options. */
static int take_setting(struct fastabi_emission *emission, const char *setting)
{
    const struct fastabi_backend *backend = emission->backend;
    const char *equals = strchr(setting, '=');
    size_t length = equals ? (size_t)(equals - setting) : strlen(setting);

    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        if (strncmp(option->name, setting, length) || option->name[length])
            continue;
        if (!equals) {
            fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                           "option '%s' needs a value: %s=%s", setting, setting,
                           option->choices ? option->choices : "TEXT");
            return -ENOTSUP;
        }
        if (option->type == FASTABI_OPTION_CHOICE ? !fastabi_is_choice(option->choices, equals + 1)
                                                  : !is_one_line(equals + 1)) {
            fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                           "option '%s' does not take '%s', but %s", option->name, equals + 1,
                           option->choices ? option->choices : "text of one line");
            return -ENOTSUP;
        }
        emission->values[i] = equals + 1;
        return 0;
    }
    return report_unknown_option(emission, setting, length);
}

static int take_settings(struct fastabi_emission *emission)
{
    const struct fastabi_backend *backend = emission->backend;
    int error = 0;

    emission->values = calloc((size_t)backend->option_count + 1, sizeof(*emission->values));
    if (!emission->values) {
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    for (uint32_t i = 0; i < backend->option_count; i++)
        emission->values[i] = backend->options[i].default_value;
    for (uint32_t i = 0; i < emission->options.setting_count; i++) {
        int result = take_setting(emission, emission->options.settings[i]);

        error = error ? error : result;
    }
    return error;
}

/* What standard output cannot do: it is one stream, and has no name. */
static int check_stdout(struct fastabi_emission *emission)
{
    const struct fastabi_generate_options *options = &emission->options;
    struct fastabi_context *context = emission->context;

    if (options->flags & FASTABI_GENERATE_VERIFY) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output cannot be verified; name a file or folder with -o");
    } else if (options->depfile) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output has no name for a depfile; give it one with -o");
    } else if (emission->spec_count > 1 && !(emission->backend->flags & FASTABI_BACKEND_ONE_FILE)) {
        fastabi_report(context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                       "standard output takes one file, and backend '%s' writes one for each of "
                       "%zu specifications; name a folder with -o",
                       emission->backend->name, emission->spec_count);
    } else {
        return 0;
    }
    return -ENOTSUP;
}

/* ---- what a backend asks ---- */

const char *fastabi_emission_option(const struct fastabi_emission *emission, const char *name)
{
    for (uint32_t i = 0; i < emission->backend->option_count; i++) {
        if (!strcmp(emission->backend->options[i].name, name))
            return emission->values[i];
    }
    return NULL;
}

size_t fastabi_emission_spec_count(const struct fastabi_emission *emission)
{
    return emission->spec_count;
}

const struct fastabi_spec *fastabi_emission_spec(const struct fastabi_emission *emission, size_t i)
{
    return i < emission->spec_count ? emission->specs[i] : NULL;
}

void fastabi_emission_set_state(struct fastabi_emission *emission, void *state)
{
    emission->state = state;
}

void *fastabi_emission_state(const struct fastabi_emission *emission)
{
    return emission->state;
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
        .line = op ? fastabi_op_line(op) : 0,
    };

    return keep_error(emission,
                      fastabi_report(emission->context, FASTABI_DIAG_BACKEND_FAILED, &place,
                                     "backend '%s': %s", emission->backend->name, message));
}

/* ---- the command in banners ---- */

/* Print an argument so that a shell reads it back. */
static void print_argument(FILE *stream, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_-+=:,./@%";

    if (*text && !text[strspn(text, plain)]) {
        fputs(text, stream);
        return;
    }
    fputc('\'', stream);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stream);
        else
            fputc(*text, stream);
    }
    fputc('\'', stream);
}

static void print_command(FILE *stream, const struct fastabi_emission *emission,
                          const struct fastabi_spec *spec)
{
    const struct fastabi_backend *backend = emission->backend;

    fprintf(stream, "fastabi-gen generate -b %s", backend->name);
    for (uint32_t i = 0; i < backend->option_count; i++) {
        if (!strcmp(emission->values[i], backend->options[i].default_value))
            continue;
        fprintf(stream, " -O %s=", backend->options[i].name);
        print_argument(stream, emission->values[i]);
    }
    for (size_t i = 0; i < emission->spec_count; i++) {
        if (!spec || spec == emission->specs[i])
            fprintf(stream, " %s", fastabi_spec_name(emission->specs[i]));
    }
}

const char *fastabi_emission_command(struct fastabi_emission *emission,
                                     const struct fastabi_spec *spec)
{
    size_t size = 0;
    FILE *stream;
    bool failed;

    free(emission->command);
    emission->command = NULL;
    stream = open_memstream(&emission->command, &size);
    if (stream) {
        print_command(stream, emission, spec);
        failed = ferror(stream);
        if (!fclose(stream) && !failed && emission->command)
            return emission->command;
    }
    fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    keep_error(emission, -ENOMEM);
    return "";
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

/* End the file that is open.  The sink reported its errors; the writer's own are a backend's. */
static int close_file(struct fastabi_emission *emission)
{
    int error = fastabi_writer_finish(&emission->writer);

    if (error == -EINVAL) {
        return fastabi_emission_error(emission, emission->spec, NULL,
                                      "a template or an indentation that the writer refuses");
    }
    if (!error)
        error = fastabi_sink_close(emission->sink);
    fastabi_writer_reset(&emission->writer);
    return error ? keep_error(emission, error) : 0;
}

static int open_path(struct fastabi_emission *emission, const char *path)
{
    const char *owner = emission->spec ? fastabi_spec_path(emission->spec) : NULL;

    if (emission->is_stdout)
        return fastabi_sink_open_stdout(emission->sink);
    return fastabi_sink_open(emission->sink, path, owner);
}

static int open_in_folder(struct fastabi_emission *emission, const char *name)
{
    char *path = fastabi_target_join(emission->options.output, name);
    int error;

    if (!path) {
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    error = open_path(emission, path);
    free(path);
    return error;
}

static int refuse_second(struct fastabi_emission *emission)
{
    if (emission->backend->flags & FASTABI_BACKEND_ONE_FILE)
        return fastabi_emission_error(emission, emission->spec, NULL,
                                      "a second file where there is only one");
    fastabi_report(emission->context, FASTABI_DIAG_STDOUT_SEVERAL, NULL,
                   "standard output takes one file, and backend '%s' writes several with these "
                   "options; name a folder with -o",
                   emission->backend->name);
    return -ENOTSUP;
}

static int open_file(struct fastabi_emission *emission, const char *path, uint32_t flags)
{
    bool is_one = emission->backend->flags & FASTABI_BACKEND_ONE_FILE;

    if (!is_one && !is_output_path(path)) {
        return fastabi_report(emission->context, FASTABI_DIAG_BAD_OUTPUT_PATH, NULL,
                              "backend '%s' may not write a file '%s'", emission->backend->name,
                              path);
    }
    if (!is_one && emission->is_stdout && flags & FASTABI_FILE_SUPPORT)
        return fastabi_sink_open_nowhere(emission->sink);
    if (emission->has_opened && (is_one || emission->is_stdout))
        return refuse_second(emission);
    emission->has_opened = !(flags & FASTABI_FILE_SUPPORT) || is_one || emission->has_opened;
    if (is_one || emission->is_stdout)
        return open_path(emission, emission->options.output);
    return open_in_folder(emission, path);
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
    return fastabi_emission_error(emission, emission->spec, NULL, "a path that is too long");
}

int fastabi_emission_open(struct fastabi_emission *emission, const char *path, uint32_t flags,
                          struct fastabi_writer **writer)
{
    int error = close_file(emission);

    *writer = &emission->writer;
    if (!error && emission->channel)
        error = ask_for_file(emission, path, flags);
    else if (!error)
        error = open_file(emission, path, flags);
    return error ? keep_error(emission, error) : 0;
}

static int write_depfile(struct fastabi_emission *emission)
{
    const char *path = emission->options.depfile;
    size_t output_count = fastabi_sink_count(emission->sink);
    int error = fastabi_sink_open(emission->sink, path, NULL);

    if (error)
        return error;
    error = fastabi_depfile_write(&emission->writer, emission->sink, output_count, emission->specs,
                                  emission->spec_count, emission->options.layout);
    if (error == -ENOTSUP) {
        fastabi_report(emission->context, FASTABI_DIAG_BAD_OUTPUT_PATH, NULL,
                       "a depfile cannot name a path with a newline in it");
    } else if (error) {
        fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, error);
    }
    if (error)
        return error;
    return close_file(emission);
}

/* ---- the run ---- */

/* What a hook came to.  A failure that it did not report is reported here. */
static int finish_hook(struct fastabi_emission *emission, int result)
{
    if (emission->error || !result)
        return emission->error;
    if (result == -ENOMEM)
        fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, result);
    else
        fastabi_emission_error(emission, emission->spec, NULL, "it failed without saying why");
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
        error = close_file(emission);
    if (backend->cleanup)
        backend->cleanup(emission);
    return error ? error : emission->error;
}

/* ---- a run in a child ---- */

static int run_in_child(void *data, struct fastabi_channel *channel)
{
    struct fastabi_emission *emission = data;

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
    error = open_file(emission, path, flags);
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
    char text[FASTABI_ISOLATE_TEXT] = "";
    int error = fastabi_isolate(emission->context, &isolation, text);

    if (*text) {
        fastabi_report(emission->context, FASTABI_DIAG_BACKEND_CRASHED, NULL,
                       "backend '%s' crashed, and nothing is written: %s", emission->backend->name,
                       text);
    }
    return error;
}

static int run(struct fastabi_emission *emission)
{
    const struct fastabi_context *context = emission->context;

    if (context->flags & FASTABI_CONTEXT_ISOLATE &&
        fastabi_registry_is_plugin(context, emission->backend))
        return run_isolated(emission);
    return run_backend(emission);
}

/* In one file readers find a specification by its name; where each has a file, the files would clash. */
static int check_spec_names(struct fastabi_emission *emission)
{
    for (size_t i = 1; i < emission->spec_count; i++) {
        const char *name = fastabi_spec_name(emission->specs[i]);

        for (size_t j = 0; j < i; j++) {
            if (!strcmp(fastabi_spec_name(emission->specs[j]), name))
                return fastabi_emission_error(emission, emission->specs[i], NULL,
                                              "another specification has this name");
        }
    }
    return 0;
}

static int find_backend(struct fastabi_emission *emission)
{
    const char *name = emission->options.backend;

    emission->backend = fastabi_backend_by_name(emission->context, name);
    if (emission->backend)
        return 0;
    return fastabi_registry_report_missing(emission->context, name);
}

static int prepare(struct fastabi_emission *emission)
{
    const struct fastabi_generate_options *options = &emission->options;
    int error = find_backend(emission);

    if (!error)
        error = take_settings(emission);
    if (!error && emission->is_stdout)
        error = check_stdout(emission);
    if (!error && emission->backend->flags & FASTABI_BACKEND_ONE_FILE)
        error = check_spec_names(emission);
    if (!error && emission->backend->flags & FASTABI_BACKEND_FLAT_NAMES)
        error = fastabi_flat_check(emission->context, emission->specs, emission->spec_count);
    if (!error) {
        error = fastabi_sink_new(emission->context, options->flags & FASTABI_GENERATE_VERIFY,
                                 &emission->sink);
    }
    if (!error) {
        error = fastabi_writer_init(&emission->writer, fastabi_sink_write, emission->sink);
        if (error)
            fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, error);
    }
    return error;
}

int fastabi_generate(struct fastabi_context *context, const struct fastabi_spec *const *specs,
                     size_t count, const struct fastabi_generate_options *options)
{
    struct fastabi_emission emission = {
        .context = context,
        .specs = specs,
        .spec_count = count,
    };
    struct fastabi_generate_options *known = &emission.options;
    int error;

    if (fastabi_options_copy(known, sizeof(*known), options) || !known->backend || !known->output ||
        known->flags & ~FASTABI_GENERATE_VERIFY || (known->setting_count && !known->settings))
        return -EINVAL;
    emission.is_stdout = !strcmp(known->output, "-");
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
    free(emission.command);
    return error;
}
