/* SPDX-License-Identifier: MIT */
/*
 * Operations and headers that a run leaves out, as the headers lack what the backend needs of them;
 * and how a file names them.  What an operation needs of headers is layout/needs.c's.
 */
#include "emit/left-out.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "emit/emission.h"
#include "emit/option.h"
#include "layout/needs.h"
#include "spec/view.h"

struct leaving {
    struct fastabi_emission *emission;
    struct fastabi_check check;
    unsigned int needs;
    char why[FASTABI_HINT_SIZE];
};

/* Whether a setting is in force: "style=value|other". */
static bool holds(const struct fastabi_emission *emission, const char *setting)
{
    for (uint32_t i = 0; setting && i < emission->backend->option_count; i++) {
        const char *name = emission->backend->options[i].name;
        size_t length = strlen(name);

        if (!strncmp(setting, name, length) && setting[length] == '=')
            return fastabi_is_choice(setting + length + 1, emission->values[i],
                                     strlen(emission->values[i]));
    }
    return false;
}

static unsigned int find_needs(const struct fastabi_emission *emission)
{
    const struct fastabi_backend *backend = emission->backend;
    unsigned int needs = 0;

    if (backend->flags & FASTABI_BACKEND_STRUCTS && !holds(emission, backend->structs_unless))
        needs |= FASTABI_NEEDS_STRUCT;
    if (holds(emission, backend->fields_if))
        needs |= FASTABI_NEEDS_FIELDS;
    if (backend->flags & FASTABI_BACKEND_HANDLERS)
        needs |= FASTABI_NEEDS_HANDLER;
    if (backend->flags & FASTABI_BACKEND_STUBS)
        needs |= FASTABI_NEEDS_WIDTH;
    return needs;
}

/* A fastabi_keeps_func. */
static int keeps(const struct fastabi_op *op, void *data, const char **why)
{
    struct leaving *leaving = data;
    const struct fastabi_place place = { op->spec->path, op->mark.line, op->mark.column };
    char hint[FASTABI_HINT_SIZE];

    if (!fastabi_needs_find(&leaving->check, op, leaving->needs, leaving->why, hint))
        return 1;
    fastabi_report(leaving->emission->context, FASTABI_DIAG_LEFT_OUT, &place,
                   "'%.100s' is left out, as %.200s; %.200s", op->name ? op->name : "direct",
                   leaving->why, hint);
    *why = leaving->why;
    return 0;
}

static int make_part(struct leaving *leaving, const struct fastabi_spec *spec,
                     struct fastabi_spec **part)
{
    int error = fastabi_view_make(spec, keeps, leaving, part);

    if (!error)
        error = fastabi_needs_headers(&leaving->check, *part, leaving->needs);
    for (size_t i = 0; !error && i < (*part)->absent_count; i++) {
        const struct fastabi_absent *absent = &(*part)->absent[i];
        const struct fastabi_place place = { spec->path, absent->mark.line, absent->mark.column };

        fastabi_report(leaving->emission->context, FASTABI_DIAG_NOT_INCLUDED, &place,
                       "'%.100s' is not included, as %.200s; use headers that have it",
                       absent->header, absent->why);
    }
    return error;
}

int fastabi_emission_leave_out(struct fastabi_emission *emission)
{
    struct leaving leaving = { .emission = emission, .needs = find_needs(emission) };
    int error = 0;

    if (!emission->options.layout || !leaving.needs ||
        emission->options.layout->provider == &fastabi_layout_none)
        return 0;
    fastabi_needs_prepare(&leaving.check, emission->context, emission->options.layout);
    emission->parts = calloc(emission->given_count + 1, sizeof(struct fastabi_spec *));
    if (!emission->parts)
        error = -ENOMEM;
    for (size_t i = 0; i < emission->given_count && !error; i++)
        error = make_part(&leaving, emission->given[i], &emission->parts[i]);
    if (error == -ENOMEM)
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, error);
    if (!error)
        emission->given = emission->parts;
    return error;
}

void fastabi_emission_free_parts(struct fastabi_emission *emission)
{
    for (size_t i = 0; emission->parts && i < emission->given_count; i++)
        fastabi_spec_free(emission->parts[i]);
    free(emission->parts);
}

/* ---- naming them in a file ---- */

/* " * " without its blanks at the end: an empty line of the comment. */
static void write_gap(struct fastabi_writer *writer, const char *prefix)
{
    size_t length = strlen(prefix);

    while (length && prefix[length - 1] == ' ')
        length--;
    fastabi_write(writer, "%.*s\n", (int)length, prefix);
}

/* A line of the comment; *any: after others. */
static void write_line(struct fastabi_writer *writer, const char *prefix, unsigned int width,
                       bool *any, const char *text)
{
    if (!*any)
        write_gap(writer, prefix);
    *any = true;
    fastabi_write_wrapped(writer, prefix, width, text);
}

/* How the file names a specification's. */
static void write_of_spec(struct fastabi_writer *writer, const struct fastabi_spec *spec,
                          const char *prefix, unsigned int width, bool *any)
{
    char text[FASTABI_HINT_SIZE + 2 * FASTABI_IDENTIFIER_MAX + 32];

    for (size_t i = 0; i < spec->left_out_count; i++) {
        const struct fastabi_op *op = spec->left_out[i].op;

        if (!spec->left_out[i].why)
            continue;
        snprintf(text, sizeof(text), "Left out: %s.%s, as %s.", spec->name,
                 op->name ? op->name : "direct", spec->left_out[i].why);
        write_line(writer, prefix, width, any, text);
    }
    for (size_t i = 0; i < spec->absent_count; i++) {
        snprintf(text, sizeof(text), "Not included: %.100s, as %s.", spec->absent[i].header,
                 spec->absent[i].why);
        write_line(writer, prefix, width, any, text);
    }
}

void fastabi_emission_write_left_out(struct fastabi_emission *emission,
                                     struct fastabi_writer *writer, const struct fastabi_spec *spec,
                                     const char *prefix, unsigned int width)
{
    bool any = false;

    for (size_t i = 0; emission && i < emission->given_count; i++) {
        if (!spec || spec == emission->given[i])
            write_of_spec(writer, emission->given[i], prefix ? prefix : "", width, &any);
    }
}
