/* SPDX-License-Identifier: MIT */
/*
 * Two generations of specifications compared: what a caller notices that was built from the old one
 * and runs on a hypervisor of the new one.  It leaves garbage in registers that the old one does
 * not name, and relies on those being kept.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/layout.h>

#include "base/context.h"
#include "base/diag.h"
#include "spec/specs.h"
#include "spec/ir.h"

struct diff {
    struct fastabi_context *context;
    const struct fastabi_spec *spec; /* that places are in */
    char name[2 * 128 + 8];          /* of the operation */
    unsigned int breaking;
};

static void say(struct diff *diff, enum fastabi_diag_id id, struct fastabi_mark mark,
                const char *format, ...) __attribute__((__format__(__printf__, 4, 5)));

static void say(struct diff *diff, enum fastabi_diag_id id, struct fastabi_mark mark,
                const char *format, ...)
{
    struct fastabi_place place = { diff->spec->path, mark.line, mark.column };
    struct fastabi_arena arena = { 0 };
    const char *message;
    va_list arguments;

    va_start(arguments, format);
    message = fastabi_arena_vprintf(&arena, format, arguments);
    va_end(arguments);
    diff->breaking += id != FASTABI_DIAG_DIFF_ADDED && id != FASTABI_DIAG_DIFF_CHANGED;
    if (message)
        fastabi_report(diff->context, id, &place, "%s: %s", diff->name, message);
    else
        fastabi_report_system(diff->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    fastabi_arena_free(&arena);
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}

/* ---- registers ---- */

/* What a register of the new operation means to a caller of the old one. */
static void compare_register(struct diff *diff, const struct fastabi_param *old,
                             const struct fastabi_param *new, bool output)
{
    int was = output ? old->out : old->in, is = output ? new->out : new->in;
    const char *direction = output ? "output" : "input";
    struct fastabi_mark mark = output ? new->out_mark : new->in_mark;

    if (was == is)
        return;
    if (was == FASTABI_NO_REGISTER)
        say(diff, FASTABI_DIAG_DIFF_REGISTER, mark,
            output ? "'%.100s' is a new %s in reg%d, which callers rely on being kept"
                   : "'%.100s' is a new %s in reg%d, where callers leave anything",
            new->name, direction, is);
    else if (is == FASTABI_NO_REGISTER)
        say(diff, FASTABI_DIAG_DIFF_GONE, new->name_mark, "'%.100s' is no longer an %s", old->name,
            direction);
    else
        say(diff, FASTABI_DIAG_DIFF_REGISTER, mark, "%s '%.100s' was in reg%d and is in reg%d",
            direction, old->name, was, is);
}

static void compare_type(struct diff *diff, const struct fastabi_param *old,
                         const struct fastabi_param *new)
{
    struct fastabi_mark mark = new->type_mark.line ? new->type_mark : new->name_mark;
    enum fastabi_diag_id id = FASTABI_DIAG_DIFF_TYPE;

    if (old->width == new->width && old->is_signed == new->is_signed)
        return;
    if (!old->is_typed && !new->is_signed) {
        say(diff, FASTABI_DIAG_DIFF_CHANGED, mark, "'%.100s' had no type and is %c%u", old->name,
            new->is_signed ? 'i' : 'u', new->width);
        return;
    }
    /*
     * an old caller extends a narrow input, and what it extends is still right when it may be wider
     */
    if (old->is_signed == new->is_signed &&new->width > old->width &&new->out ==
        FASTABI_NO_REGISTER)
        id = FASTABI_DIAG_DIFF_CHANGED;
    say(diff, id, mark, "'%.100s' was %c%u and is %c%u", old->name, old->is_signed ? 'i' : 'u',
        old->width, new->is_signed ? 'i' : 'u', new->width);
}

static void compare_params(struct diff *diff, const struct fastabi_op *old,
                           const struct fastabi_op *new)
{
    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        if (!param) {
            say(diff, FASTABI_DIAG_DIFF_GONE, new->mark, "%s '%.100s' is gone",
                old->params[i].out == FASTABI_NO_REGISTER ? "input" : "output",
                old->params[i].name);
            continue;
        }
        compare_register(diff, &old->params[i], param, false);
        compare_register(diff, &old->params[i], param, true);
        compare_type(diff, &old->params[i], param);
    }
    for (size_t i = 0; i < new->param_count; i++) {
        struct fastabi_param none = { .in = FASTABI_NO_REGISTER, .out = FASTABI_NO_REGISTER };

        if (fastabi_find_param(old, new->params[i].name))
            continue;
        compare_register(diff, &none, &new->params[i], false);
        compare_register(diff, &none, &new->params[i], true);
    }
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        unsigned int bit = 1u << reg;

        if (new->clobbers & bit && !(old->clobbers & bit) && !(fastabi_op_output_mask(old) & bit))
            say(diff, FASTABI_DIAG_DIFF_REGISTER, new->mark,
                "reg%d is clobbered now, and callers rely on its being kept", reg);
        if (old->clobbers & bit && !(new->clobbers &bit) && !(fastabi_op_output_mask(new) & bit))
            say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark, "reg%d is kept now", reg);
    }
}

/* ---- C ---- */

/* Is the old struct still taken? */
static bool takes_struct(const struct fastabi_op *op, const char *name)
{
    if (is_same_text(op->c_struct, name))
        return true;
    for (size_t i = 0; i < op->compat.count && name; i++) {
        if (!strcmp(op->compat.items[i], name))
            return true;
    }
    return false;
}

static void compare_signature(struct diff *diff, const struct fastabi_op *old,
                              const struct fastabi_op *new)
{
    bool same = old->c_param_count == new->c_param_count;

    if (!takes_struct(new, old->c_struct))
        say(diff, FASTABI_DIAG_DIFF_SIGNATURE, new->struct_mark.line ? new->struct_mark : new->mark,
            "the struct was '%.100s' and is '%.100s'", old->c_struct ? old->c_struct : "(none)",
            new->c_struct ? new->c_struct : "(none)");
    for (size_t i = 0; i < old->c_param_count && same; i++)
        same = !strcmp(old->c_params[i]->name, new->c_params[i]->name) &&
               is_same_text(old->c_params[i]->c_type, new->c_params[i]->c_type);
    if (!same)
        say(diff, FASTABI_DIAG_DIFF_SIGNATURE, new->mark,
            "the C arguments beside the struct have changed");
    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        if (param && old->params[i].field && param->field &&
            strcmp(old->params[i].field, param->field))
            say(diff, FASTABI_DIAG_DIFF_SIGNATURE,
                param->c_mark.line ? param->c_mark : param->name_mark,
                "'%.100s' was field '%.100s' and is '%.100s'", param->name, old->params[i].field,
                param->field);
    }
}

/* ---- operations ---- */

static void name_op(struct diff *diff, const struct fastabi_op *op)
{
    snprintf(diff->name, sizeof(diff->name), "%s%s%s", op->spec->name, op->name ? "." : "",
             op->name ? op->name : "");
}

static void compare_texts(struct diff *diff, const struct fastabi_op *old,
                          const struct fastabi_op *new)
{
    bool same = old->fixed.count == new->fixed.count && old->errors.count == new->errors.count;

    for (size_t i = 0; i < old->fixed.count && same; i++)
        same = !strcmp(old->fixed.items[i].name, new->fixed.items[i].name) &&
               old->fixed.items[i].number == new->fixed.items[i].number;
    for (size_t i = 0; i < old->errors.count && same; i++)
        same = !strcmp(old->errors.items[i].name, new->errors.items[i].name);
    for (size_t i = 0; i < old->param_count && same; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        same = !param || is_same_text(old->params[i].valid_when, param->valid_when);
    }
    if (!same)
        say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark,
            "fixed fields, errors or conditions have changed");
}

static void compare_op(struct diff *diff, const struct fastabi_op *old,
                       const struct fastabi_op *new)
{
    if (old->index != new->index)
        say(diff, FASTABI_DIAG_DIFF_NUMBER, new->index_mark, "the index was %u and is %u",
            old->index, new->index);
    compare_params(diff, old, new);
    compare_signature(diff, old, new);
    compare_texts(diff, old, new);
}

static const struct fastabi_op *find_op(const struct fastabi_spec *spec, const char *name)
{
    return name ? fastabi_spec_op_by_name(spec, name) : spec->direct;
}

static void compare_spec(struct diff *diff, const struct fastabi_spec *old,
                         const struct fastabi_spec *new)
{
    snprintf(diff->name, sizeof(diff->name), "%s", new->name);
    diff->spec = new;
    if (old->hypercall_index != new->hypercall_index)
        say(diff, FASTABI_DIAG_DIFF_NUMBER, new->index_mark,
            "the hypercall's index was %u and is %u", old->hypercall_index, new->hypercall_index);
    for (size_t i = 0; i < old->op_count; i++) {
        const struct fastabi_op *op = find_op(new, old->ops[i]->name);

        name_op(diff, old->ops[i]);
        if (op) {
            compare_op(diff, old->ops[i], op);
            continue;
        }
        diff->spec = old;
        say(diff, FASTABI_DIAG_DIFF_GONE, old->ops[i]->mark, "the operation is gone");
        diff->spec = new;
    }
    for (size_t i = 0; i < new->op_count; i++) {
        if (find_op(old, new->ops[i]->name))
            continue;
        name_op(diff, new->ops[i]);
        say(diff, FASTABI_DIAG_DIFF_ADDED, new->ops[i]->mark, "the operation is new");
    }
}

static const struct fastabi_spec *find_spec(fastabi_specs specs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (!strcmp(specs[i]->name, name))
            return specs[i];
    }
    return NULL;
}

int fastabi_spec_diff(struct fastabi_context *context, fastabi_specs old_specs, size_t old_count,
                      fastabi_specs new_specs, size_t new_count)
{
    struct diff diff = { .context = context };
    int status;

    if (!context)
        return -EINVAL;
    status = fastabi_specs_check(context, __func__, old_specs, old_count);
    if (!status)
        status = fastabi_specs_check(context, __func__, new_specs, new_count);
    if (status)
        return status;
    for (size_t i = 0; i < old_count; i++) {
        const struct fastabi_spec *new = find_spec(new_specs, new_count, old_specs[i]->name);

        if (new) {
            compare_spec(&diff, old_specs[i], new);
            continue;
        }
        diff.spec = old_specs[i];
        snprintf(diff.name, sizeof(diff.name), "%s", old_specs[i]->name);
        say(&diff, FASTABI_DIAG_DIFF_GONE, old_specs[i]->name_mark, "the specification is gone");
    }
    for (size_t i = 0; i < new_count; i++) {
        if (find_spec(old_specs, old_count, new_specs[i]->name))
            continue;
        diff.spec = new_specs[i];
        snprintf(diff.name, sizeof(diff.name), "%s", new_specs[i]->name);
        say(&diff, FASTABI_DIAG_DIFF_ADDED, new_specs[i]->name_mark, "the specification is new");
    }
    return diff.breaking ? -EINVAL : 0;
}
