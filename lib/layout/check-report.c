/* SPDX-License-Identifier: MIT */
/*
 * How a check says what it found, and how it looks things up in the layout, remembering what it
 * looked at.  Knows none of the checks.
 */
#include "layout/check.h"

#include <stdarg.h>
#include <string.h>

#include "base/context.h"

/* ---- saying it ---- */

void fastabi_check_report(struct fastabi_check *check, enum fastabi_diag_id id,
                          const struct fastabi_spec *spec, struct fastabi_mark mark,
                          const char *format, ...)
{
    struct fastabi_place place = { spec->path, mark.line, mark.column };
    va_list arguments;

    check->errors += fastabi_diag_severity(id) == FASTABI_ERROR;
    check->warnings += fastabi_diag_severity(id) == FASTABI_WARNING;
    if (!check->context)
        return;
    va_start(arguments, format);
    fastabi_report_va(check->context, id, &place, format, arguments);
    va_end(arguments);
}

void fastabi_check_also(struct fastabi_check *check, enum fastabi_diag_id id,
                        const struct fastabi_layout_file *file, unsigned int line,
                        const char *format, ...)
{
    struct fastabi_place place = { file ? file->shown : check->layout->base, line, 0 };
    va_list arguments;

    if (!check->context || !place.file)
        return;
    va_start(arguments, format);
    fastabi_report_also_va(check->context, id, &place, format, arguments);
    va_end(arguments);
}

const char *fastabi_check_source(const struct fastabi_check *check)
{
    return check->layout->base ? "the headers have" : "the snapshot has";
}

/* ---- looking it up ---- */

static void use(struct fastabi_check *check, struct fastabi_names *names, const char *name,
                const void *found)
{
    const void *there;

    if (check->used && found && fastabi_names_add(names, &check->used->arena, name, found, &there))
        check->used->failed = true;
}

const struct fastabi_struct *fastabi_check_struct(struct fastabi_check *check, const char *name)
{
    const struct fastabi_struct *found = fastabi_layout_struct_by_name(check->layout, name);

    use(check, check->used ? &check->used->structs : NULL, name, found);
    return found;
}

const struct fastabi_layout_macro *fastabi_check_macro(struct fastabi_check *check,
                                                       const char *name)
{
    const struct fastabi_layout_macro *found = fastabi_layout_find_macro(check->layout, name);

    use(check, check->used ? &check->used->macros : NULL, found ? found->name : name, found);
    return found;
}

const struct fastabi_layout_type *fastabi_check_type(struct fastabi_check *check, const char *name)
{
    const struct fastabi_layout_type *found = fastabi_layout_find_type(check->layout, name);

    use(check, check->used ? &check->used->types : NULL, name, found);
    return found;
}

/* ---- what a release lacks ---- */

#define OLDEST_RELEASE 4000u /* what is older is not distinguished */

static unsigned int parse_release(const char *text)
{
    unsigned int numbers[2] = { 0, 0 };

    for (size_t i = 0; *text; text++) {
        if (*text == '.')
            i = 1;
        else
            numbers[i] = 10 * numbers[i] + (unsigned int)(*text - '0');
    }
    return 1000 * numbers[0] + numbers[1];
}

/*
 * The interface version tells the release that headers are of at least; some state that of an
 * earlier one.  What operations they have tells nothing more: stable releases take over single ones
 * from later releases.
 */
unsigned int fastabi_check_release(struct fastabi_check *check)
{
    const struct fastabi_layout_macro
        *version = fastabi_check_macro(check, "__XEN_LATEST_INTERFACE_VERSION__");
    unsigned int release = 0;

    if (version)
        release = 1000 * (unsigned int)(version->value >> 16 & 0xff) +
                  (unsigned int)(version->value >> 8 & 0xff);
    return release > OLDEST_RELEASE ? release : OLDEST_RELEASE;
}

static bool is_newer(const struct fastabi_check *check, const char *since, const char *macro)
{
    return since && parse_release(since) > check->release &&
           !(macro && fastabi_layout_find_macro(check->layout, macro));
}

bool fastabi_check_may_predate(const struct fastabi_check *check, const char *since)
{
    return is_newer(check, since, NULL);
}

bool fastabi_check_is_newer(const struct fastabi_check *check, const struct fastabi_op *op)
{
    return is_newer(check, fastabi_op_since(op), op->index_macro);
}

const char *fastabi_check_newer_hypercall(const struct fastabi_check *check,
                                          const struct fastabi_spec *spec)
{
    const struct fastabi_spec *whole = fastabi_spec_whole(spec);
    const char *earliest = spec->since;

    for (size_t i = 0; i < whole->op_count; i++) {
        const char *since = fastabi_op_since(whole->ops[i]);

        if (!since)
            return NULL;
        if (!earliest || parse_release(since) < parse_release(earliest))
            earliest = since;
    }
    return is_newer(check, earliest, spec->hypercall_macro) ? earliest : NULL;
}

void fastabi_check_lacks(struct fastabi_check *check, const struct fastabi_spec *spec,
                         struct fastabi_mark mark, const char *what, const char *name,
                         const char *user, const char *since)
{
    bool is_header = !strcmp(what, "header");

    fastabi_check_report(check, FASTABI_DIAG_NOT_IN_RELEASE, spec, mark,
                         "%s no %s '%.150s', as the %s exists since Xen %s; use later headers to "
                         "check it",
                         is_header ? "there is" : fastabi_check_source(check), what, name, user,
                         since);
}
