/* SPDX-License-Identifier: MIT */
/*
 * The command that makes a file again, for its banner.  Knows nothing of what is in the file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"
#include "base/path.h"
#include "emit/emission.h"
#include "layout/model.h"
#include "read/find.h"
#include "spec/ir.h"

static const char plain_argument[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789_-+=:,./@%";

/* Print an argument so that a shell reads it back. */
static void print_argument(FILE *stream, const char *text)
{
    if (*text && !text[strspn(text, plain_argument)]) {
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

/* Is the file at path the installed specification of this name?  1, 0 or -ENOMEM. */
static int is_installed(struct fastabi_context *context, const char *name, const char *path)
{
    struct fastabi_arena arena = { 0 };
    const char *relative = fastabi_arena_printf(&arena, "%s.yml", name);
    const char *found = NULL;
    struct stat a, b;
    int result = relative ? fastabi_find_installed(context, &arena, relative, &found) : -ENOMEM;

    if (!result && found && !stat(path, &a) && !stat(found, &b))
        result = a.st_dev == b.st_dev && a.st_ino == b.st_ino;
    fastabi_arena_free(&arena);
    return result;
}

/*
 * A file without its directories, if a comment of any language can contain it.
 */
static const char *plain_file_name(const char *path)
{
    const char *name = path ? fastabi_path_name(path) : NULL;

    if (!name || access(path, F_OK) || strstr(name, "--"))
        return NULL;
    for (const char *c = name; *c; c++) {
        if (!strchr(plain_argument, *c) && !strchr(" !()[]{}^~;", *c))
            return NULL;
    }
    return name;
}

/*
 * What a user calls each specification: an installed one by its name, another by its file, in the
 * directory it is in.  Never by the whole path: the same input gives the same output in any
 * directory.
 */
static int find_files(struct fastabi_emission *emission)
{
    if (emission->files)
        return 0;
    emission->files = calloc(emission->spec_count + 1, sizeof(*emission->files));
    if (!emission->files)
        return -ENOMEM;
    for (size_t i = 0; i < emission->spec_count; i++) {
        const struct fastabi_spec *spec = emission->specs[i];
        int installed = is_installed(emission->context, fastabi_spec_name(spec),
                                     fastabi_spec_path(spec));

        if (installed < 0)
            return installed;
        emission->files[i] = installed ? NULL : plain_file_name(fastabi_spec_path(spec));
    }
    return 0;
}

/* The patterns that selected operations of what is named: one order, however they were given. */
static int print_patterns(FILE *stream, const struct fastabi_emission *emission,
                          const struct fastabi_spec *spec)
{
    struct fastabi_arena arena = { 0 };
    struct fastabi_list patterns = { NULL, 0, 0 };
    int error = 0;

    for (size_t i = 0; i < emission->spec_count; i++) {
        const struct fastabi_strings *own = &emission->specs[i]->patterns;

        for (size_t j = 0; j < own->count && !error && (!spec || spec == emission->specs[i]); j++)
            error = fastabi_list_add_once(&patterns, &arena, own->items[j]);
    }
    fastabi_list_sort(&patterns, 0);
    for (size_t i = 0; i < patterns.count && !error; i++) {
        fputs(" --only ", stream);
        print_argument(stream, patterns.items[i]);
    }
    fastabi_arena_free(&arena);
    return error;
}

/* A profile as a user calls it: a file without its directories, like that of a specification. */
static void print_profile(FILE *stream, const char *before, const char *profile)
{
    const char *file = fastabi_find_is_path(profile) ? plain_file_name(profile) : NULL;

    fputs(before, stream);
    fputs(file ? "./" : "", stream);
    print_argument(stream, file ? file : fastabi_path_name(profile));
}

/*
 * The headers that the run had.  A snapshot of headers gives what they give, so that it is named as
 * they are; and like the output directory they have no name here, only their target.
 */
static void print_layout(FILE *stream, const struct fastabi_layout *layout)
{
    if (!layout || layout->provider == &fastabi_layout_none)
        return;
    fputs(" --headers HEADERS", stream);
    if (strcmp(layout->target, FASTABI_DEFAULT_TARGET)) {
        fputs(" --target ", stream);
        print_argument(stream, layout->target);
    }
}

static int print_command(FILE *stream, const struct fastabi_emission *emission,
                         const struct fastabi_spec *spec)
{
    const struct fastabi_backend *backend = emission->backend;
    int error;

    fprintf(stream, "fastabi-gen generate -b %s", backend->name);
    if (emission->options.profile)
        print_profile(stream, " --profile ", emission->options.profile);
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        if (!strcmp(emission->values[i], emission->defaults[i]))
            continue;
        fprintf(stream, " -O %s=", option->name);
        if (option->type == FASTABI_OPTION_PROFILE)
            print_profile(stream, "", emission->values[i]);
        else
            print_argument(stream, emission->values[i]);
    }
    print_layout(stream, emission->options.layout);
    error = print_patterns(stream, emission, spec);
    if (!spec && !(backend->flags & FASTABI_BACKEND_ONE_FILE))
        fputs(" -o DIR", stream);
    for (size_t i = 0; i < emission->spec_count; i++) {
        if (spec && spec != emission->specs[i])
            continue;
        fputs(emission->files[i] ? " ./" : " ", stream);
        print_argument(stream, emission->files[i] ? emission->files[i]
                                                  : fastabi_spec_name(emission->specs[i]));
    }
    return error;
}

const char *fastabi_emission_command(struct fastabi_emission *emission,
                                     const struct fastabi_spec *spec)
{
    size_t size = 0;
    FILE *stream;
    bool failed;

    if (!emission)
        return NULL;
    free(emission->command);
    emission->command = NULL;
    stream = find_files(emission) ? NULL : open_memstream(&emission->command, &size);
    if (stream) {
        failed = print_command(stream, emission, spec) || ferror(stream);
        if (!fclose(stream) && !failed && emission->command)
            return emission->command;
    }
    return fastabi_emission_no_memory(emission);
}
