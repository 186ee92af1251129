/* SPDX-License-Identifier: MIT */
/*
 * The rules: what must hold of an operation, of a whole specification, and for --strict.  One
 * function per rule, in one table.  Knows nothing of how the IR was read; the form only takes its
 * complaints.
 */
#include "spec/rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "read/hint.h"
#include "spec/condition.h"

static int register_of(const struct fastabi_param *param, bool output)
{
    return output ? param->out : param->in;
}

/* reg0 carries the index in and the result out. */
static int check_register_0(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < 2 * (size_t)op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i / 2];
        int status;

        if (register_of(param, i & 1) != 0)
            continue;
        status = fastabi_complain(
            form, FASTABI_DIAG_REGISTER_0, fastabi_register_mark(param, i & 1),
            "register 0 carries the hypercall and the result; give '%.100s' another, "
            "from 1 to 7",
            param->name);
        if (status)
            return status;
    }
    return 0;
}

/* reg1 carries the sub-operation's index. */
static int check_register_1(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];
        int status;

        if (param->in != 1 || !op->name)
            continue;
        status =
            fastabi_complain(form, FASTABI_DIAG_REGISTER_1, param->register_mark,
                             "register 1 carries the sub-operation's index; give input '%.100s' "
                             "another, from 2 to 7",
                             param->name);
        if (status)
            return status;
    }
    return 0;
}

/* A register that no other parameter has in this direction. */
static const char *hint_free(const struct fastabi_op *op, bool output, char hint[FASTABI_HINT_SIZE])
{
    unsigned int taken = output ? op->clobbers : 0;

    for (size_t i = 0; i < op->param_count; i++) {
        int reg = register_of(&op->params[i], output);

        if (reg != FASTABI_NO_REGISTER)
            taken |= 1u << reg;
    }
    for (int reg = output || !op->name ? 1 : 2; reg < FASTABI_REGISTERS; reg++) {
        if (!(taken >> reg & 1)) {
            snprintf(hint, FASTABI_HINT_SIZE, "register %d is free", reg);
            return hint;
        }
    }
    snprintf(hint, FASTABI_HINT_SIZE, "no register is free, so pass some parameters in memory");
    return hint;
}

/* No two inputs, and no two outputs, in one register. */
static int check_register_clash(struct fastabi_form *form, const struct fastabi_op *op)
{
    char hint[FASTABI_HINT_SIZE];
    const struct fastabi_param *holders[2][FASTABI_REGISTERS] = { { NULL } };

    for (size_t i = 0; i < 2 * (size_t)op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i / 2];
        bool output = i & 1;
        int reg = register_of(param, output);
        int status = 0;

        if (reg == FASTABI_NO_REGISTER)
            continue;
        if (holders[output][reg])
            status = fastabi_complain(form, FASTABI_DIAG_REGISTER_CLASH,
                                      fastabi_register_mark(param, output),
                                      "register %d already carries %s '%.100s' at %s; %s", reg,
                                      output ? "output" : "input", holders[output][reg]->name,
                                      fastabi_form_at(form,
                                                      fastabi_register_mark(holders[output][reg],
                                                                            output)),
                                      hint_free(op, output, hint));
        holders[output][reg] = param;
        if (status)
            return status;
    }
    return 0;
}

/* A clobber means nothing, so it cannot be an output. */
static int check_clobbers(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];
        int status;

        if (param->out == FASTABI_NO_REGISTER || !(op->clobbers & 1u << param->out))
            continue;
        status = fastabi_complain(
            form, FASTABI_DIAG_CLOBBERED_OUTPUT, fastabi_register_mark(param, true),
            "register %d carries output '%.100s' and is a clobber at %s; remove it there",
            param->out, param->name, fastabi_form_at(form, op->rare->clobber_marks[param->out]));
        if (status)
            return status;
    }
    return 0;
}

/* Whether two field paths name the same bytes: they are equal, or one is a part of the other. */
static bool is_same_field(const char *a, const char *b)
{
    size_t length = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    char next = strlen(a) < strlen(b) ? b[length] : a[length];

    return !strncmp(a, b, length) && (!next || next == '.' || next == '[');
}

/* Where one path ends, has a member or has an element, does the other have something else? */
static bool is_contradiction(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a != *b && (!*a || *a == '.' || *a == '[') && (!*b || *b == '.' || *b == '[');
}

/* Each field of the struct is used once in a direction, and no two cannot be of one struct. */
static int check_fields(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct fastabi_param *a = &op->params[j];
            const struct fastabi_param *b = &op->params[i];
            bool apart = (a->in == FASTABI_NO_REGISTER || b->in == FASTABI_NO_REGISTER) &&
                         (a->out == FASTABI_NO_REGISTER || b->out == FASTABI_NO_REGISTER);
            int status = 0;

            if (!a->field || !b->field)
                continue;
            if (!apart && is_same_field(a->field, b->field))
                status = fastabi_complain(
                    form, FASTABI_DIAG_FIELD_TAKEN, fastabi_field_mark(b),
                    "field '%.100s' already belongs to '%.100s' at %s; choose another field",
                    b->field, a->name, fastabi_form_at(form, fastabi_field_mark(a)));
            else if (is_contradiction(a->field, b->field))
                status = fastabi_complain(
                    form, FASTABI_DIAG_FIELD_TAKEN, fastabi_field_mark(b),
                    "no struct has both the field '%.100s' and '%.100s' of '%.100s' at %s; correct "
                    "one of them",
                    b->field, a->field, a->name, fastabi_form_at(form, fastabi_field_mark(a)));
            if (status)
                return status;
        }
    }
    return 0;
}

/* A constant in a field of which another one fills bytes: line 0, there is none. */
static struct fastabi_mark find_other_constant(const struct fastabi_pairs *fixed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same_field(fixed->items[i].name, fixed->items[count].name))
            return fixed->items[i].mark;
    }
    return (struct fastabi_mark){ 0, 0 };
}

static int check_constants(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 0; i < op->rare->fixed.count; i++) {
        const struct fastabi_mark other = find_other_constant(&op->rare->fixed, i);
        int status = 0;

        if (other.line)
            status = fastabi_complain(form, FASTABI_DIAG_FIELD_TAKEN, op->rare->fixed.items[i].mark,
                                      "field '%.100s' is filled at %s too; leave one of the two "
                                      "out",
                                      op->rare->fixed.items[i].name, fastabi_form_at(form, other));
        if (status)
            return status;
    }
    return 0;
}

/* fixed and omit speak of fields that nothing else fills. */
static int check_other_fields(struct fastabi_form *form, const struct fastabi_op *op)
{
    const struct fastabi_pairs *lists[] = { &op->rare->fixed, &op->rare->omit };

    for (size_t list = 0; list < 2; list++) {
        for (size_t i = 0; i < lists[list]->count; i++) {
            const struct fastabi_pair *pair = &lists[list]->items[i];
            int status = 0;

            if (!op->c_struct)
                status = fastabi_complain(
                    form, FASTABI_DIAG_FIELDS_WITHOUT_STRUCT, pair->mark,
                    "field '%.100s' without a 'struct'; name the struct under 'c_lang', or "
                    "leave the field out",
                    pair->name);
            for (size_t j = 0; j < op->param_count && !status; j++) {
                const struct fastabi_param *param = &op->params[j];

                /*
                 * An output may come back in a field whose input is fixed; and what is left of a
                 * struct or union some of which is carried may be omitted.
                 */
                if (!param->field || (list == 0 ? param->in == FASTABI_NO_REGISTER ||
                                                      !is_same_field(param->field, pair->name)
                                                : strcmp(param->field, pair->name)))
                    continue;
                status = fastabi_complain(form, FASTABI_DIAG_FIELD_TAKEN, pair->mark,
                                          "field '%.100s' already belongs to parameter '%.100s' at "
                                          "%s; remove it here",
                                          pair->name, param->name,
                                          fastabi_form_at(form, param->name_mark));
            }
            for (size_t j = 0; list == 1 && j < op->rare->fixed.count && !status; j++) {
                if (!strcmp(op->rare->fixed.items[j].name, pair->name))
                    status = fastabi_complain(
                        form, FASTABI_DIAG_FIELD_TAKEN, pair->mark,
                        "field '%.100s' is under 'fixed' too, at %s; remove one of them",
                        pair->name, fastabi_form_at(form, op->rare->fixed.items[j].mark));
            }
            if (status)
                return status;
        }
    }
    return 0;
}

/* Where something else fills the field of this part of a packed input; line 0: nowhere. */
static struct fastabi_mark find_other_filler(const struct fastabi_op *op,
                                             const struct fastabi_part *part)
{
    const struct fastabi_pairs *lists[] = { &op->rare->fixed, &op->rare->omit };

    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->field && param->in != FASTABI_NO_REGISTER &&
            is_same_field(param->field, part->field))
            return fastabi_field_mark(param);
        for (size_t j = 0; j < param->rare->part_count; j++) {
            if (&param->rare->parts[j] != part &&
                is_same_field(param->rare->parts[j].field, part->field))
                return param->rare->parts[j].mark;
        }
    }
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            const char *name = lists[i]->items[j].name;

            /* What is left of a struct some of which is carried may be omitted. */
            if (i == 0 ? is_same_field(name, part->field) : !strcmp(name, part->field))
                return lists[i]->items[j].mark;
        }
    }
    return (struct fastabi_mark){ 0, 0 };
}

/* A packed input fills fields that nothing else fills, and is as wide as its parts. */
static int check_packs(struct fastabi_form *form, const struct fastabi_op *op)
{
    int status = 0;

    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];
        unsigned int bits = 0;

        for (size_t j = 0; j < param->rare->part_count && !status; j++) {
            const struct fastabi_mark other = find_other_filler(op, &param->rare->parts[j]);

            bits += param->rare->parts[j].width;
            if (other.line)
                status =
                    fastabi_complain(form, FASTABI_DIAG_FIELD_TAKEN, param->rare->parts[j].mark,
                                     "field '%.100s' is filled at %s too; leave one of the two out",
                                     param->rare->parts[j].field, fastabi_form_at(form, other));
        }
        if (!status && bits > param->width)
            status =
                fastabi_complain(form, FASTABI_DIAG_PACK, param->rare->pack_mark,
                                 "the parts of '%.100s' have %u bits, and its type has %u; give "
                                 "it a wider type",
                                 param->name, bits, param->width);
        if (!status && param->rare->part_count && param->out != FASTABI_NO_REGISTER)
            status = fastabi_complain(form, FASTABI_DIAG_PACK, param->rare->pack_mark,
                                      "'%.100s' is an output too; only an input can be packed",
                                      param->name);
        if (status)
            return status;
    }
    return 0;
}

/* Other structs can only stand in for one whose fields' types are known. */
static int check_compat(struct fastabi_form *form, const struct fastabi_op *op)
{
    if (op->rare->compat.count && !op->c_struct)
        return fastabi_complain(
            form, FASTABI_DIAG_FIELDS_WITHOUT_STRUCT, op->rare->compat.marks[0],
            "'struct_compat' without a 'struct'; name the struct, or leave it out");
    for (size_t i = 0; i < op->rare->compat.count; i++) {
        const char *name = op->rare->compat.items[i];
        struct fastabi_mark other = { 0, 0 };
        int status;

        if (!strcmp(name, op->c_struct))
            other = op->struct_mark;
        for (size_t j = 0; j < i && !other.line; j++) {
            if (!strcmp(name, op->rare->compat.items[j]))
                other = op->rare->compat.marks[j];
        }
        if (!other.line)
            continue;
        status = fastabi_complain(form, FASTABI_DIAG_COMPAT_TWICE, op->rare->compat.marks[i],
                                  "'struct_compat' names '%.100s', which is already named at %s; "
                                  "remove it here",
                                  name, fastabi_form_at(form, other));
        if (status)
            return status;
    }
    for (size_t i = 0; i < op->param_count && op->rare->compat.count; i++) {
        const struct fastabi_param *param = &op->params[i];
        int status;

        if (!param->field || param->is_typed)
            continue;
        status = fastabi_complain(
            form, FASTABI_DIAG_COMPAT_UNTYPED, param->name_mark,
            "'%.100s' has no type, and the operation has 'struct_compat'; give it one",
            param->name);
        if (status)
            return status;
    }
    return 0;
}

/* "time[0]" and "time_0" are one name in generated code. */
static int check_names(struct fastabi_form *form, const struct fastabi_op *op)
{
    for (size_t i = 1; i < op->param_count; i++) {
        const char *flat = fastabi_flat_name(&op->params[i]);

        for (size_t j = 0; j < i; j++) {
            int status;

            if (strcmp(fastabi_flat_name(&op->params[j]), flat))
                continue;
            status = fastabi_complain(
                form, FASTABI_DIAG_NAME_CLASH, op->params[i].name_mark,
                "'%.100s' is '%.100s' in generated code, as is '%.100s' at %s; rename one",
                op->params[i].name, flat, op->params[j].name,
                fastabi_form_at(form, op->params[j].name_mark));
            if (status)
                return status;
        }
    }
    return 0;
}

static int check_conditions(struct fastabi_form *form, const struct fastabi_op *op)
{
    char buffer[2 * FASTABI_IDENTIFIER_MAX + 64];

    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];
        const char *fault = param->rare->valid_when
                                ? fastabi_condition_fault(op, param->rare->valid_when, buffer,
                                                          sizeof(buffer))
                                : NULL;
        int status = fault ? fastabi_complain(form, FASTABI_DIAG_BAD_CONDITION,
                                              param->rare->when_mark, "'valid_when': %s", fault)
                           : 0;

        if (status)
            return status;
    }
    return 0;
}

static int (*const op_rules[])(struct fastabi_form *, const struct fastabi_op *) = {
    check_register_0, check_register_1,   check_register_clash, check_clobbers,
    check_fields,     check_other_fields, check_constants,      check_compat,
    check_names,      check_conditions,   check_packs,
};

int fastabi_check_op(struct fastabi_form *form, const struct fastabi_op *op)
{
    int status = 0;

    for (size_t i = 0; i < sizeof(op_rules) / sizeof(op_rules[0]) && !status; i++)
        status = op_rules[i](form, op);
    return status;
}

/* ---- the whole specification ---- */

/* Where a direct call takes the register that chooses between sub-operations. */
static struct fastabi_mark find_direct_register_1(const struct fastabi_op *direct)
{
    for (size_t i = 0; direct && i < direct->param_count; i++) {
        if (direct->params[i].in == 1)
            return direct->params[i].register_mark;
    }
    return (struct fastabi_mark){ 0, 0 };
}

/* A pattern or a command names the direct call so. */
static const struct fastabi_op *find_named_direct(const struct fastabi_spec *spec,
                                                  const struct fastabi_op *first)
{
    const struct fastabi_op *op = spec->direct ? first : NULL;

    while (op && (!op->name || strcmp(op->name, "direct")))
        op = op->next;
    return op;
}

int fastabi_check_spec(struct fastabi_form *form, const struct fastabi_spec *spec,
                       bool has_operations, const struct fastabi_op *first)
{
    const struct fastabi_mark direct = find_direct_register_1(spec->direct);
    const struct fastabi_op *named = find_named_direct(spec, first);
    const struct fastabi_mark top = { 1, 1 };
    int status = 0;

    if (!spec->name_mark.line)
        status = fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, top,
                                  "the specification has no 'name'; add 'name: ...' at the top");
    if (!status && !spec->has_hypercall_index)
        status = fastabi_complain(
            form, FASTABI_DIAG_MISSING_KEY, top,
            "the specification has no 'hypercall_index'; add the number of the hypercall");
    if (!status && !has_operations)
        status = fastabi_complain(form, FASTABI_DIAG_NO_OPERATION, top,
                                  "the specification has neither 'direct' nor 'subops'; add one");
    if (!status && direct.line && first)
        status = fastabi_complain(
            form, FASTABI_DIAG_DIRECT_REGISTER_1, direct,
            "register 1 chooses between the sub-operations; give this input of 'direct' another");
    if (!status && named)
        status = fastabi_complain(form, FASTABI_DIAG_NAME_CLASH, named->mark,
                                  "'direct' is the name of the direct call; rename this operation");
    return status;
}

/* ---- --strict ---- */

static void demand(struct fastabi_context *context, const struct fastabi_spec *spec,
                   enum fastabi_diag_id id, struct fastabi_mark mark, const char *what,
                   const char *key)
{
    struct fastabi_place place = { spec->path, mark.line, mark.column };

    fastabi_report(context, id, &place, "strict: '%.100s' has no '%s'; add it", what, key);
}

static void demand_of_param(struct fastabi_context *context, const struct fastabi_spec *spec,
                            const struct fastabi_param *param)
{
    if (!param->type_given)
        demand(context, spec, FASTABI_DIAG_STRICT_TYPE, param->name_mark, param->name, "type");
    if (!param->doc)
        demand(context, spec, FASTABI_DIAG_STRICT_DOC, param->name_mark, param->name, "doc");
    for (size_t i = 0; i < param->rare->term_count; i++) {
        struct fastabi_place place = { spec->path, param->rare->when_mark.line,
                                       param->rare->when_mark.column };
        char text[400];

        if (fastabi_condition_is_idle(param, i, text, sizeof(text)))
            fastabi_report(context, FASTABI_DIAG_STRICT_CONDITION, &place,
                           "strict: 'valid_when': %s; correct it, or leave it out", text);
    }
}

static void demand_of_op(struct fastabi_context *context, const struct fastabi_spec *spec,
                         const struct fastabi_op *op)
{
    const char *name = op->name ? op->name : "direct";

    if (!op->doc)
        demand(context, spec, FASTABI_DIAG_STRICT_DOC, op->mark, name, "doc");
    if (!op->caller)
        demand(context, spec, FASTABI_DIAG_STRICT_CLASS, op->mark, name, "class");
    if (!op->errors.count)
        demand(context, spec, FASTABI_DIAG_STRICT_ERRORS, op->mark, name, "errors");
    for (size_t i = 0; i < op->param_count; i++)
        demand_of_param(context, spec, &op->params[i]);
}

int fastabi_spec_check_strict(struct fastabi_context *context, const struct fastabi_spec *spec)
{
    size_t before;

    if (!context || !spec)
        return fastabi_refuse_argument(context, __func__, "it needs a specification");
    before = context->error_count;
    if (!spec->doc)
        demand(context, spec, FASTABI_DIAG_STRICT_DOC, spec->name_mark, spec->name, "doc");
    for (size_t i = 0; i < spec->op_count; i++)
        demand_of_op(context, spec, spec->ops[i]);
    for (size_t i = 0; i < spec->type_count; i++) {
        if (!spec->types[i]->doc) {
            struct fastabi_place place = { spec->types_path, spec->types[i]->mark.line,
                                           spec->types[i]->mark.column };

            fastabi_report(context, FASTABI_DIAG_STRICT_DOC, &place,
                           "strict: '%.100s' has no 'doc'; add it", spec->types[i]->name);
        }
    }
    return context->error_count > before ? -EINVAL : 0;
}
