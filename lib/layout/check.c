/* SPDX-License-Identifier: MIT */
/*
 * Specifications against a layout: the order of the checks, C types, and how it is said.  Each message has the
 * specification's place, and a note with the same id has the header's.
 */
#include "layout/check.h"

#include <errno.h>
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

bool fastabi_check_is_newer(const struct fastabi_check *check, const struct fastabi_op *op)
{
    const char *since = fastabi_op_since(op);

    return since && parse_release(since) > check->release;
}

/* An operation of a later release than the interface version whose macro is there tells more than that does. */
unsigned int fastabi_check_release(struct fastabi_check *check)
{
    const struct fastabi_layout_macro
        *version = fastabi_check_macro(check, "__XEN_LATEST_INTERFACE_VERSION__");
    unsigned int release = 0;

    if (version)
        release = 1000 * (unsigned int)(version->value >> 16 & 0xff) +
                  (unsigned int)(version->value >> 8 & 0xff);
    for (size_t i = 0; i < check->count; i++) {
        for (size_t j = 0; j < check->specs[i]->op_count; j++) {
            const struct fastabi_op *op = check->specs[i]->ops[j];
            const char *since = fastabi_op_since(op);

            if (since && op->index_macro && parse_release(since) > release &&
                fastabi_layout_find_macro(check->layout, op->index_macro))
                release = parse_release(since);
        }
    }
    return release;
}

/* ---- C types ---- */

static void check_c_type(struct fastabi_check *check, const struct fastabi_spec *spec,
                         const struct fastabi_param *param)
{
    const struct fastabi_layout_type *type = fastabi_check_type(check, param->c_type);

    if (!type) {
        fastabi_check_report(check, FASTABI_DIAG_NO_C_TYPE, spec, param->c_mark,
                             "%s no type '%.100s'", fastabi_check_source(check), param->c_type);
        return;
    }
    if ((type->kind != FASTABI_FIELD_INTEGER && type->kind != FASTABI_FIELD_POINTER) ||
        type->size > 8) {
        fastabi_check_report(check, FASTABI_DIAG_FIELD_NOT_SCALAR, spec, param->c_mark,
                             "'%.100s' is no integer that fits a register", param->c_type);
        return;
    }
    if (!param->is_typed || type->kind == FASTABI_FIELD_POINTER)
        return;
    if (param->width != 8 * type->size)
        fastabi_check_report(check, FASTABI_DIAG_FIELD_WIDTH, spec, param->c_mark,
                             "'%.100s' has %u bits here, and its C type '%.100s' has %u",
                             param->name, param->width, param->c_type,
                             8 * (unsigned int)type->size);
    else if (param->is_signed != type->is_signed)
        fastabi_check_report(check, FASTABI_DIAG_FIELD_SIGN, spec, param->c_mark,
                             "'%.100s' is %s here, and its C type '%.100s' is not", param->name,
                             param->is_signed ? "signed" : "unsigned", param->c_type);
}

static void check_c_types(struct fastabi_check *check, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].c_type)
            check_c_type(check, op->spec, &op->params[i]);
    }
}

/* ---- all of it ---- */

static void check_headers(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    for (size_t i = 0; i < spec->headers.count; i++) {
        const char *header = spec->headers.items[i];

        if (!fastabi_names_find(&check->layout->missing, header))
            continue;
        fastabi_check_report(check, FASTABI_DIAG_NO_HEADER, spec, spec->headers.marks[i],
                             "there is no header '%.100s'", header);
        fastabi_check_also(check, FASTABI_DIAG_NO_HEADER, NULL, 0, "it was looked for here");
    }
}

static void check_spec(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    check_headers(check, spec);
    fastabi_check_numbers(check, spec);
    for (size_t i = 0; i < spec->op_count; i++) {
        const struct fastabi_op *op = spec->ops[i];

        check_c_types(check, op);
        if (op->c_struct)
            fastabi_check_fields(check, op);
    }
}

int fastabi_check_run(struct fastabi_check *check)
{
    check->release = fastabi_check_release(check);
    fastabi_check_constants(check);
    for (size_t i = 0; i < check->count; i++)
        check_spec(check, check->specs[i]);
    return check->errors ? -EINVAL : 0;
}

int fastabi_layout_check(struct fastabi_context *context, const struct fastabi_layout *layout,
                         const struct fastabi_spec *const *specs, size_t count, uint32_t flags)
{
    struct fastabi_check check = { context, layout, specs, count, NULL, 0, 0, 0 };
    int status;

    if (flags & ~FASTABI_CHECK_STRICT)
        return -EINVAL;
    if (layout->provider == &fastabi_layout_none) /* it knows nothing, so nothing can be wrong */
        return 0;
    status = fastabi_check_run(&check);
    if (!status && flags & FASTABI_CHECK_STRICT && check.warnings)
        status = -EINVAL;
    return status;
}
