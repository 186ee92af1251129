/* SPDX-License-Identifier: MIT */
/*
 * Two generations of specifications compared: what a caller notices that was built from the old one
 * and runs on a hypervisor of the new one.  It leaves garbage in registers that the old one does
 * not name, and relies on those being kept.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/layout.h>

#include "base/context.h"
#include "spec/diff.h"
#include "spec/specs.h"

/* ---- registers ---- */

/* What a register of the new operation means to a caller of the old one, OP. */
static void compare_register(struct fastabi_diff *diff, const struct fastabi_op *op,
                             const struct fastabi_param *old, const struct fastabi_param *new,
                             bool output)
{
    int was = output ? old->out : old->in, is = output ? new->out : new->in;
    const char *direction = output ? "output" : "input";
    struct fastabi_mark mark = fastabi_register_mark(new, output);

    if (was == is)
        return;
    if (was == FASTABI_NO_REGISTER && output &&
        (op->clobbers | fastabi_op_output_mask(op)) >> is & 1)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, mark,
                         "'%.100s' is a new %s in reg%d, which calls changed before, too",
                         new->name, direction, is);
    else if (was == FASTABI_NO_REGISTER)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_REGISTER, mark,
                         output ? "'%.100s' is a new %s in reg%d, which callers rely on being kept"
                                : "'%.100s' is a new %s in reg%d, where callers leave anything",
                         new->name, direction, is);
    else if (is == FASTABI_NO_REGISTER)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_GONE, new->name_mark,
                         "'%.100s' is no longer an %s", old->name, direction);
    else
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_REGISTER, mark,
                         "%s '%.100s' was in reg%d and is in reg%d", direction, old->name, was, is);
}

static void compare_type(struct fastabi_diff *diff, const struct fastabi_param *old,
                         const struct fastabi_param *new)
{
    struct fastabi_mark mark = new->type_mark.line ? new->type_mark : new->name_mark;
    enum fastabi_diag_id id = FASTABI_DIAG_DIFF_TYPE;

    if (old->width == new->width && old->is_signed == new->is_signed)
        return;
    if (!old->is_typed && !new->is_signed) {
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, mark, "'%.100s' had no type and is %c%u",
                         old->name, new->is_signed ? 'i' : 'u', new->width);
        return;
    }
    /*
     * an old caller extends a narrow input, and what it extends is still right when it may be wider
     */
    if (old->is_signed == new->is_signed &&new->width > old->width &&new->out ==
        FASTABI_NO_REGISTER)
        id = FASTABI_DIAG_DIFF_CHANGED;
    fastabi_diff_say(diff, id, mark, "'%.100s' was %c%u and is %c%u", old->name,
                     old->is_signed ? 'i' : 'u', old->width, new->is_signed ? 'i' : 'u',
                     new->width);
}

/* A named type is one of its own, whatever its width. */
static void compare_name(struct fastabi_diff *diff, const struct fastabi_param *old,
                         const struct fastabi_param *new)
{
    const char *was = old->type ? old->type->name : NULL;
    const char *is = new->type ? new->type->name : NULL;
    char width[8];

    if (!old->is_typed || !new->is_typed || old->width != new->width ||
        old->is_signed != new->is_signed || fastabi_diff_is_same_text(was, is))
        return;
    snprintf(width, sizeof(width), "%u", new->width);
    fastabi_diff_say(
        diff, FASTABI_DIAG_DIFF_SIGNATURE, new->type_mark.line ? new->type_mark : new->name_mark,
        "'%.100s' was of type %s%.100s and is of type %s%.100s, which is another one in Rust",
        new->name,
        was              ? ""
        : new->is_signed ? "i"
                         : "u",
        was ? was : width,
        is               ? ""
        : new->is_signed ? "i"
                         : "u",
        is ? is : width);
}

static void compare_params(struct fastabi_diff *diff, const struct fastabi_op *old,
                           const struct fastabi_op *new)
{
    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        if (!param) {
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_GONE, new->mark, "%s '%.100s' is gone",
                             old->params[i].out == FASTABI_NO_REGISTER ? "input" : "output",
                             old->params[i].name);
            continue;
        }
        compare_register(diff, old, &old->params[i], param, false);
        compare_register(diff, old, &old->params[i], param, true);
        compare_type(diff, &old->params[i], param);
        compare_name(diff, &old->params[i], param);
    }
    for (size_t i = 0; i < new->param_count; i++) {
        struct fastabi_param none = { .in = FASTABI_NO_REGISTER, .out = FASTABI_NO_REGISTER };

        if (fastabi_find_param(old, new->params[i].name))
            continue;
        compare_register(diff, old, &none, &new->params[i], false);
        compare_register(diff, old, &none, &new->params[i], true);
    }
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        unsigned int bit = 1u << reg;

        if (new->clobbers & bit && !(old->clobbers & bit) && !(fastabi_op_output_mask(old) & bit))
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_REGISTER, new->mark,
                             "reg%d is clobbered now, and callers rely on its being kept", reg);
        if (old->clobbers & bit && !(new->clobbers &bit) && !(fastabi_op_output_mask(new) & bit))
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark, "reg%d is kept now", reg);
    }
}

/* ---- C and Rust ---- */

/* Is the old struct still taken? */
static bool takes_struct(const struct fastabi_op *op, const char *name)
{
    if (fastabi_diff_is_same_text(op->c_struct, name))
        return true;
    for (size_t i = 0; i < op->rare->compat.count && name; i++) {
        if (!strcmp(op->rare->compat.items[i], name))
            return true;
    }
    return false;
}

/* Are the inputs, or outputs, that both have in the same order? */
static bool is_same_order(const struct fastabi_op *old, const struct fastabi_op *new, bool output)
{
    const struct fastabi_param *last = NULL;

    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *was = &old->params[i];
        const struct fastabi_param *is = fastabi_find_param(new, was->name);

        if (!is || (output ? was->out : was->in) == FASTABI_NO_REGISTER ||
            (output ? is->out : is->in) == FASTABI_NO_REGISTER)
            continue;
        if (last && is < last)
            return false;
        last = is;
    }
    return true;
}

/* Fields of a struct are arguments where a caller gives or takes them one after another. */
static void compare_order(struct fastabi_diff *diff, const struct fastabi_op *old,
                          const struct fastabi_op *new)
{
    for (int output = 0; output < 2 && old->c_struct; output++) {
        if (!is_same_order(old, new, output))
            fastabi_diff_say(
                diff, FASTABI_DIAG_DIFF_SIGNATURE, new->mark,
                "its %s are in another order, and so are arguments in Rust, and in C where they "
                "are not in a struct",
                output ? "outputs" : "inputs");
    }
}

static void compare_signature(struct fastabi_diff *diff, const struct fastabi_op *old,
                              const struct fastabi_op *new)
{
    bool same = old->c_param_count == new->c_param_count;

    if (!takes_struct(new, old->c_struct))
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_SIGNATURE,
                         new->struct_mark.line ? new->struct_mark : new->mark,
                         "the struct was '%.100s' and is '%.100s'",
                         old->c_struct ? old->c_struct : "(none)",
                         new->c_struct ? new->c_struct : "(none)");
    for (size_t i = 0; i < old->rare->compat.count; i++) {
        if (!takes_struct(new, old->rare->compat.items[i]))
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_SIGNATURE, new->mark,
                             "struct '%.100s' is no longer accepted", old->rare->compat.items[i]);
    }
    for (size_t i = 0; i < old->c_param_count && same; i++)
        same = !strcmp(old->c_params[i]->name, new->c_params[i]->name) &&
               fastabi_diff_is_same_text(old->c_params[i]->rare->c_type,
                                         new->c_params[i]->rare->c_type);
    if (!same)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_SIGNATURE, new->mark,
                         "the C arguments beside the struct have changed");
    for (size_t i = 0; i < old->param_count; i++) {
        const struct fastabi_param *param = fastabi_find_param(new, old->params[i].name);

        if (param && old->params[i].field && param->field &&
            strcmp(old->params[i].field, param->field))
            fastabi_diff_say(diff, FASTABI_DIAG_DIFF_SIGNATURE, fastabi_field_mark(param),
                             "'%.100s' was field '%.100s' and is '%.100s'", param->name,
                             old->params[i].field, param->field);
    }
}

/* An unsafe function is called in another way. */
static void compare_safety(struct fastabi_diff *diff, const struct fastabi_op *old,
                           const struct fastabi_op *new)
{
    const bool is_unsafe = fastabi_op_is_unsafe(new);

    if (fastabi_op_is_unsafe(old) == is_unsafe)
        return;
    if (is_unsafe)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_SIGNATURE, new->mark,
                         "%s, so that its function in Rust is unsafe now",
                         new->rare->safety ? "it has 'safety'"
                                           : "an input names memory that is written");
    else
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark,
                         "%s, so that its function in Rust is safe now",
                         old->rare->safety ? "it has no 'safety'"
                                           : "no input names memory that is written");
}

/* ---- operations ---- */

static void name_op(struct fastabi_diff *diff, const struct fastabi_op *op)
{
    snprintf(diff->name, sizeof(diff->name), "%s%s%s", op->spec->name, op->name ? "." : "",
             op->name ? op->name : "");
}

static bool has_error(const struct fastabi_op *op, const char *name)
{
    for (size_t i = 0; i < op->errors.count; i++) {
        if (!strcmp(op->errors.items[i].name, name))
            return true;
    }
    return false;
}

static void compare_texts(struct fastabi_diff *diff, const struct fastabi_op *old,
                          const struct fastabi_op *new)
{
    bool same = old->errors.count == new->errors.count;

    for (size_t i = 0; i < old->errors.count && same; i++)
        same = has_error(new, old->errors.items[i].name);
    if (!same)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark, "its errors have changed");
    if ((fastabi_op_since(old) &&
         !fastabi_diff_is_same_text(fastabi_op_since(old), fastabi_op_since(new))) ||
        !fastabi_diff_is_same_text(old->rare->hvm_since, new->rare->hvm_since))
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark,
                         "the first release that has it, or has it for HVM guests, has changed");
}

/* ---- what an old caller may do, and what it gets ---- */

static const char *caller_name(const struct fastabi_op *op)
{
    const char *name = fastabi_caller_name((enum fastabi_caller)op->caller);

    return name ? name : "(unknown)";
}

/* Fewer domains may call: only any guest includes all others.  Where nothing was said, skip it. */
static void compare_caller(struct fastabi_diff *diff, const struct fastabi_op *old,
                           const struct fastabi_op *new)
{
    bool is_compatible = new->caller == FASTABI_CALLER_ANY || new->caller == FASTABI_CALLER_UNKNOWN;

    if (old->caller == FASTABI_CALLER_UNKNOWN)
        return;
    if (old->caller != new->caller)
        fastabi_diff_say(diff, is_compatible ? FASTABI_DIAG_DIFF_CHANGED : FASTABI_DIAG_DIFF_CALLER,
                         new->mark, "the class was '%s' and is '%s'", caller_name(old),
                         caller_name(new));
    if (old->is_foreign != new->is_foreign)
        fastabi_diff_say(diff,
                         new->is_foreign ? FASTABI_DIAG_DIFF_CHANGED : FASTABI_DIAG_DIFF_CALLER,
                         new->mark,
                         new->is_foreign ? "it acts on other domains now"
                                         : "it no longer acts on other domains");
}

static bool is_same_strings(const struct fastabi_strings *old, const struct fastabi_strings *new)
{
    bool same = old->count == new->count;

    for (size_t i = 0; i < old->count && same; i++)
        same = !strcmp(old->items[i], new->items[i]);
    return same;
}

static bool is_same_param(const struct fastabi_param *old, const struct fastabi_param *new)
{
    return old == new || (old && new && !strcmp(old->name, new->name));
}

static bool is_same_range(const struct fastabi_range *old, const struct fastabi_range *new)
{
    bool same = is_same_param(old->count, new->count) && old->next_count == new->next_count;

    for (size_t i = 0; i < old->next_count && same; i++)
        same = is_same_param(old->next[i], new->next[i]);
    return same;
}

/* A caller of registers sees nothing of it: only bridges that are generated again do. */
static void compare_classic(struct fastabi_diff *diff, const struct fastabi_op *old,
                            const struct fastabi_op *new)
{
    static const struct fastabi_classic nothing;
    const struct fastabi_classic *was = old->classic ? old->classic : &nothing;
    const struct fastabi_classic *is = new->classic ? new->classic : &nothing;
    bool same = old->own_index == new->own_index &&
                was->success.count ==
                    is->success.count &&is_same_strings(&was->ignore, &is->ignore) &&
                is_same_strings(&was->fallback, &is->fallback) &&
                !was->elements_mark.line == !is->elements_mark.line &&
                was->elements == is->elements &&
                was->interface_version ==
                    is->interface_version &&is_same_range(&was->range, &is->range);

    for (size_t i = 0; i < was->success.count && same; i++)
        same = !strcmp(was->success.items[i].name, is->success.items[i].name) &&
               was->success.items[i].number == is->success.items[i].number;
    same = same && was->linear.index == is->linear.index && was->linear.size == is->linear.size &&
           was->linear.none == is->linear.none && was->linear.has_none == is->linear.has_none &&
           fastabi_diff_is_same_text(was->linear.field, is->linear.field) &&
           fastabi_diff_is_same_text(was->linear.index_macro, is->linear.index_macro) &&
           is_same_param(was->linear.param, is->linear.param);
    if (!same)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_CHANGED, new->mark,
                         "what is said of its classic call has changed; generate bridges again");
}

static void compare_op(struct fastabi_diff *diff, const struct fastabi_op *old,
                       const struct fastabi_op *new)
{
    if (old->index != new->index)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_NUMBER, new->index_mark,
                         "the index was %u and is %u", old->index, new->index);
    compare_params(diff, old, new);
    compare_signature(diff, old, new);
    compare_order(diff, old, new);
    compare_safety(diff, old, new);
    compare_texts(diff, old, new);
    compare_caller(diff, old, new);
    fastabi_diff_meaning(diff, old, new);
    compare_classic(diff, old, new);
}

static const struct fastabi_op *find_op(const struct fastabi_spec *spec, const char *name)
{
    return name ? fastabi_spec_op_by_name(spec, name) : spec->direct;
}

static void compare_spec(struct fastabi_diff *diff, const struct fastabi_spec *old,
                         const struct fastabi_spec *new)
{
    snprintf(diff->name, sizeof(diff->name), "%s", new->name);
    diff->spec = new;
    if (old->hypercall_index != new->hypercall_index)
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_NUMBER, new->index_mark,
                         "the hypercall's index was %u and is %u", old->hypercall_index,
                         new->hypercall_index);
    for (size_t i = 0; i < old->op_count; i++) {
        const struct fastabi_op *op = find_op(new, old->ops[i]->name);

        name_op(diff, old->ops[i]);
        if (op) {
            compare_op(diff, old->ops[i], op);
            continue;
        }
        diff->spec = old;
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_GONE, old->ops[i]->mark, "the operation is gone");
        diff->spec = new;
    }
    for (size_t i = 0; i < new->op_count; i++) {
        if (find_op(old, new->ops[i]->name))
            continue;
        name_op(diff, new->ops[i]);
        fastabi_diff_say(diff, FASTABI_DIAG_DIFF_ADDED, new->ops[i]->mark, "the operation is new");
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
    struct fastabi_diff diff = { .context = context };
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
        fastabi_diff_say(&diff, FASTABI_DIAG_DIFF_GONE, old_specs[i]->name_mark,
                         "the specification is gone");
    }
    for (size_t i = 0; i < new_count; i++) {
        if (find_spec(old_specs, old_count, new_specs[i]->name))
            continue;
        diff.spec = new_specs[i];
        snprintf(diff.name, sizeof(diff.name), "%s", new_specs[i]->name);
        fastabi_diff_say(&diff, FASTABI_DIAG_DIFF_ADDED, new_specs[i]->name_mark,
                         "the specification is new");
    }
    return diff.breaking ? -EINVAL : 0;
}
