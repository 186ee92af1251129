/* SPDX-License-Identifier: MIT */
/*
 * The command that makes a file again, for its banner.  Knows nothing of what is in the file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/list.h"
#include "base/path.h"
#include "emit/emission.h"
#include "layout/model.h"
#include "read/find.h"
#include "spec/ir.h"

static const char plain_argument[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789_-+=:,./@%";

/* Print an argument so that a shell reads it back. */
static void print_argument(struct fastabi_buffer *out, const char *text)
{
    size_t length;

    if (*text && !text[strspn(text, plain_argument)]) {
        fastabi_buffer_put(out, text);
        return;
    }
    fastabi_buffer_put(out, "'");
    for (; *text; text += length) {
        length = strcspn(text, "'");
        fastabi_buffer_add(out, text, length);
        if (text[length])
            fastabi_buffer_put(out, "'\\''");
        length += text[length] != '\0';
    }
    fastabi_buffer_put(out, "'");
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
 * A file as an argument, in the directory it is in.  Without a name that can be written a word of
 * capitals stands for it, and its user puts the file there: not a path.  With a number if there are
 * several.
 */
static void print_file(struct fastabi_buffer *out, const char *name, const char *word,
                       unsigned int number)
{
    if (name) {
        fastabi_buffer_put(out, "./");
        print_argument(out, name);
    } else if (number) {
        fastabi_buffer_printf(out, "%s%u.yml", word, number);
    } else {
        fastabi_buffer_printf(out, "%s.yml", word);
    }
}

/*
 * What a user calls each specification: an installed one by its name, another by its file, in the
 * directory it is in.  Where that has no name that can be written, a word stands for it, as HEADERS
 * does: what the specification is called may be an installed one.  Never by the whole path: the
 * same input gives the same output in any directory.
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
        emission->files[i].is_installed = installed;
        emission->files[i].name = installed ? NULL : plain_file_name(fastabi_spec_path(spec));
    }
    return 0;
}

/* How many specifications have neither a name to write nor are installed? */
static unsigned int count_unnamed(const struct fastabi_emission *emission)
{
    unsigned int count = 0;

    for (size_t i = 0; i < emission->spec_count; i++)
        count += !emission->files[i].name && !emission->files[i].is_installed;
    return count;
}

/* The specifications, or just that one. */
static void print_specs(struct fastabi_buffer *out, const struct fastabi_emission *emission,
                        const struct fastabi_spec *spec)
{
    bool is_numbered = !spec && count_unnamed(emission) > 1;
    unsigned int number = 0;

    for (size_t i = 0; i < emission->spec_count; i++) {
        const struct fastabi_emission_file *file = &emission->files[i];

        if (spec && spec != emission->specs[i])
            continue;
        fastabi_buffer_put(out, " ");
        if (file->is_installed)
            print_argument(out, fastabi_spec_name(emission->specs[i]));
        else
            print_file(out, file->name, "SPEC", is_numbered && !file->name ? ++number : 0);
    }
}

/* The patterns that selected operations of what is named: one order, however they were given. */
static int print_patterns(struct fastabi_buffer *out, const struct fastabi_emission *emission,
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
        fastabi_buffer_put(out, " --only ");
        print_argument(out, patterns.items[i]);
    }
    fastabi_arena_free(&arena);
    return error;
}

/* A profile as a user calls it: a file without its directories, like that of a specification. */
static void print_profile(struct fastabi_buffer *out, const char *before, const char *profile)
{
    bool is_path = fastabi_find_is_path(profile);

    fastabi_buffer_put(out, before);
    if (is_path)
        print_file(out, plain_file_name(profile), "PROFILE", 0);
    else
        print_argument(out, profile);
}

/*
 * The headers that the run had.  A snapshot of headers gives what they give, so that it is named as
 * they are; and like the output directory they have no name here, only their target.
 */
static void print_layout(struct fastabi_buffer *out, const struct fastabi_layout *layout)
{
    if (!layout || layout->provider == &fastabi_layout_none)
        return;
    fastabi_buffer_put(out, " --headers HEADERS");
    if (strcmp(layout->target, FASTABI_DEFAULT_TARGET)) {
        fastabi_buffer_put(out, " --target ");
        print_argument(out, layout->target);
    }
}

static int print_command(struct fastabi_buffer *out, const struct fastabi_emission *emission,
                         const struct fastabi_spec *spec)
{
    const struct fastabi_backend *backend = emission->backend;
    int error;

    fastabi_buffer_printf(out, "fastabi-gen generate -b %s", backend->name);
    if (emission->options.profile)
        print_profile(out, " --profile ", emission->options.profile);
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        if (!strcmp(emission->values[i], emission->defaults[i]))
            continue;
        fastabi_buffer_printf(out, " -O %s=", option->name);
        if (option->type == FASTABI_OPTION_PROFILE)
            print_profile(out, "", emission->values[i]);
        else
            print_argument(out, emission->values[i]);
    }
    print_layout(out, emission->options.layout);
    error = print_patterns(out, emission, spec);
    if (!spec && !(backend->flags & FASTABI_BACKEND_ONE_FILE))
        fastabi_buffer_put(out, " -o DIR");
    print_specs(out, emission, spec);
    return error;
}

const char *fastabi_emission_command(struct fastabi_emission *emission,
                                     const struct fastabi_spec *spec)
{
    const char *text = NULL;

    if (!emission)
        return NULL;
    fastabi_buffer_free(&emission->command);
    if (!find_files(emission) && !print_command(&emission->command, emission, spec))
        text = fastabi_buffer_text(&emission->command);
    return text ? text : fastabi_emission_no_memory(emission);
}
