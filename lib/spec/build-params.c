/* SPDX-License-Identifier: MIT */
/*
 * Parameters of an operation: their registers, where they live in C, and their types.  What must
 * hold between them is rules.c's.
 */
#include "spec/build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "spec/c-type.h"

/* What the keys of a parameter in the full form fill. */
struct param_target {
    struct fastabi_used_types *types;
    struct fastabi_param *param;
    bool output;
    bool has_register;
};

/* What of the parameter is rare, to be filled; NULL: no memory. */
static struct fastabi_param_rare *fill_rare(struct fastabi_form *form, struct fastabi_param *param)
{
    return fastabi_param_fill_rare(form->arena, param);
}

/* Of one that is an input and an output, the input is read first. */
static int set_register_mark(struct fastabi_form *form, struct fastabi_param *param, bool output,
                             struct fastabi_mark mark)
{
    struct fastabi_param_rare *rare;

    if (!output || !param->register_mark.line) {
        param->register_mark = mark;
        return 0;
    }
    rare = fill_rare(form, param);
    if (!rare)
        return fastabi_no_memory(form);
    rare->out_mark = mark;
    return 0;
}

static int set_register(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, struct param_target *target)
{
    struct fastabi_param *param = target->param;
    int64_t reg = 0;
    bool ok;
    int status = fastabi_read_register(form, key, value, &reg, &ok);

    target->has_register = true;
    if (!status)
        status = set_register_mark(form, param, target->output, fastabi_mark_of(value));
    if (status || !ok)
        return status;
    if (target->output)
        param->out = (int8_t)reg;
    else
        param->in = (int8_t)reg;
    return 0;
}

static int read_reg(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, void *target)
{
    return set_register(form, key, value, target);
}

/* Width and sign that a second source gives must be those of the first. */
static int set_type(struct fastabi_form *form, struct fastabi_param *param,
                    struct fastabi_mark mark, uint8_t width, bool is_signed)
{
    if (param->is_typed && (param->width != width || param->is_signed != is_signed))
        return fastabi_complain(form, FASTABI_DIAG_TYPE_CONFLICT, mark,
                                "'%.100s' is %c%u here and %c%u at %s; give it one type",
                                param->name, is_signed ? 'i' : 'u', width,
                                param->is_signed ? 'i' : 'u', param->width,
                                fastabi_form_at(form, param->type_mark));
    param->width = width;
    param->is_signed = is_signed;
    param->is_typed = true;
    param->type_mark = mark;
    return 0;
}

static int read_type(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    char hint[FASTABI_HINT_SIZE];
    struct param_target *t = target;
    const struct fastabi_type *type = NULL;
    struct fastabi_mark mark = fastabi_mark_of(value);
    uint8_t width;
    bool is_signed;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    t->param->type_given = true;
    if (!fastabi_parse_repr(value->text, &width, &is_signed)) {
        status = fastabi_types_find(t->types, value->text, &type);
        if (status)
            return status;
        if (!type)
            return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_TYPE, mark,
                                    "unknown type '%.60s'; %s", value->text,
                                    fastabi_types_hint(t->types, value->text, hint));
        width = type->width;
        is_signed = type->is_signed;
    }
    if (t->param->is_typed && t->param->type != type)
        return fastabi_complain(form, FASTABI_DIAG_TYPE_CONFLICT, mark,
                                "'%.100s' has another type at %s; give it one type", t->param->name,
                                fastabi_form_at(form, t->param->type_mark));
    t->param->type = type;
    return set_type(form, t->param, mark, width, is_signed);
}

static int read_valid_when(struct fastabi_form *form, const struct fastabi_node *key,
                           const struct fastabi_node *value, void *target)
{
    struct param_target *t = target;
    struct fastabi_param_rare *rare = fill_rare(form, t->param);

    if (!rare)
        return fastabi_no_memory(form);
    rare->when_mark = fastabi_mark_of(value);
    if (!t->output)
        return fastabi_complain(
            form, FASTABI_DIAG_CONDITION_ON_INPUT, fastabi_mark_of(key),
            "'valid_when' is for outputs; move it to the output, or leave it out");
    return fastabi_read_text(form, key, value, &rare->valid_when);
}

static int read_shared(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct param_target *t = target;
    struct fastabi_param_rare *rare = fill_rare(form, t->param);

    return rare ? fastabi_read_boolean(form, key, value, &rare->is_shared)
                : fastabi_no_memory(form);
}

/* A path without its marks, which is a name in every language; NULL: no memory. */
static const char *flatten(struct fastabi_form *form, const char *text)
{
    char *made = fastabi_arena_copy(form->arena, text, strlen(text));
    char *flat = made;

    if (!flat)
        return NULL;
    for (; *text; text++) {
        if (*text != ']')
            *flat++ = *text == '.' || *text == '[' ? '_' : *text;
    }
    *flat = '\0';
    return made;
}

/* Most paths are names as they are. */
static bool is_flat(const char *path)
{
    return !path[strcspn(path, ".[")];
}

#define PART_MAX 32 /* bits: one of 64 leaves nothing to pack */

/* pack: { bus: u8, devfn: u8 }: fields of the struct, the first one in the lowest bits */
static int read_pack(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct param_target *t = target;
    struct fastabi_param_rare *rare = fill_rare(form, t->param);
    unsigned int shift = 0;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    if (t->output)
        return fastabi_complain(form, FASTABI_DIAG_PACK, fastabi_mark_of(key),
                                "'pack' is for inputs; give each output a register of its own");
    if (rare)
        rare->parts = fastabi_arena_alloc(form->arena,
                                          fastabi_count_children(value) / 2 * sizeof(*rare->parts));
    if (!rare || !rare->parts)
        return fastabi_no_memory(form);
    rare->pack_mark = fastabi_mark_of(key);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next->next) {
        struct fastabi_part part = { .shift = (uint8_t)shift, .mark = fastabi_mark_of(node) };

        status = fastabi_expect_field_path(form, node, &ok);
        if (status || !ok)
            continue;
        if (node->next->kind != FASTABI_SCALAR ||
            !fastabi_parse_repr(node->next->text, &part.width, &part.is_signed) ||
            part.width > PART_MAX) {
            status = fastabi_complain(
                form, FASTABI_DIAG_PACK, fastabi_mark_of(node->next),
                "not a type that a part can have; use u8, u16, u32, i8, i16 or i32");
            continue;
        }
        if (shift + part.width > 64)
            return fastabi_complain(form, FASTABI_DIAG_PACK, part.mark,
                                    "the parts up to '%.100s' have %u bits, and a register has 64; "
                                    "move some of them to another input",
                                    node->text, shift + part.width);
        part.field = fastabi_keep(form, node->text);
        part.flat_name = is_flat(node->text) ? part.field : flatten(form, node->text);
        if (!part.field || !part.flat_name)
            return fastabi_no_memory(form);
        rare->parts[rare->part_count++] = part;
        shift += part.width;
    }
    return status;
}

static const struct fastabi_key param_keys[] = {
    { .name = "reg", .read = read_reg },
    { .name = "type", .read = read_type },
    { .name = "doc",
      .text = fastabi_read_text,
      .place = FASTABI_BEHIND(struct param_target, param, struct fastabi_param, doc) },
    { .name = "valid_when", .read = read_valid_when },
    { .name = "shared", .read = read_shared },
    { .name = "pack", .read = read_pack },
};

const struct fastabi_key_table fastabi_param_table = FASTABI_KEY_TABLE("in a parameter",
                                                                       param_keys);

/* ---- the list ---- */

/* Which parameter was meant by a name. */
static const char *hint_param(const struct fastabi_op *op, const char *name,
                              char hint[FASTABI_HINT_SIZE])
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = name };

    for (size_t i = 0; i < op->param_count; i++)
        fastabi_guess_try(&guess, op->params[i].name);
    if (guess.best)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%.100s'?", guess.best);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "add it under 'input' or 'output', or remove it here");
    return hint;
}

static int add_param(struct fastabi_form *form, struct fastabi_op *op,
                     const struct fastabi_node *key, struct fastabi_param **made)
{
    struct fastabi_param *param = fastabi_find_param(op, key->text);

    if (!param) {
        struct fastabi_param_rare *rare = NULL;

        param = &op->params[op->param_count];
        param->rare = &fastabi_param_plain;
        param->name = fastabi_keep(form, key->text);
        if (!is_flat(key->text))
            rare = fill_rare(form, param);
        if (rare)
            rare->flat_name = flatten(form, key->text);
        if (!param->name || (!is_flat(key->text) && !(rare && rare->flat_name)))
            return fastabi_no_memory(form);
        param->offset = FASTABI_NO_OFFSET;
        param->name_mark = fastabi_mark_of(key);
        param->in = FASTABI_NO_REGISTER;
        param->out = FASTABI_NO_REGISTER;
        param->width = 64;
        op->param_count++;
    }
    *made = param;
    return 0;
}

static int read_param(struct fastabi_builder *builder, struct fastabi_op *op,
                      const struct fastabi_node *key, bool output)
{
    char hint[FASTABI_HINT_SIZE];
    struct fastabi_form *form = &builder->form;
    struct param_target target = { .types = &builder->types, .output = output };
    const struct fastabi_node *value = key->next;
    bool ok;
    int status;

    if (!fastabi_is_field_path(key->text))
        return fastabi_complain(form, FASTABI_DIAG_NOT_A_FIELD_PATH, fastabi_mark_of(key),
                                "'%.60s' is not a field path; %s", key->text,
                                fastabi_hint_field_path(key->text, hint));
    status = add_param(form, op, key, &target.param);
    if (status)
        return status;
    if (value->kind == FASTABI_SCALAR)
        return set_register(form, key, value, &target);
    status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);
    if (status || !ok)
        return status;
    status = fastabi_read_keys(form, value, &fastabi_param_table, &target);
    if (target.param->rare->part_count && !target.param->is_typed) { /* its parts have types */
        target.param->is_typed = true;
        target.param->type_given = true;
        target.param->type_mark = target.param->rare->pack_mark;
    }
    if (!status && !target.has_register)
        status = fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, fastabi_mark_of(key),
                                  "'%.100s' has no 'reg'; add the number of its register, 1 to 7",
                                  key->text);
    return status;
}

static size_t count_keys(const struct fastabi_node *mapping)
{
    return mapping ? fastabi_count_children(mapping) / 2 : 0;
}

/*
 * More parameters than registers cannot be right, and the registers will clash; more than these are
 * not even looked at.
 */
#define MAX_PARAMS ((size_t)4 * FASTABI_REGISTERS)

static int read_params(struct fastabi_builder *builder, struct fastabi_op *op,
                       const struct fastabi_op_nodes *nodes, size_t count)
{
    struct fastabi_form *form = &builder->form;
    const struct fastabi_node *sections[] = { nodes->input, nodes->output };

    if (!count)
        return 0;
    op->params = fastabi_arena_alloc(form->arena, count * sizeof(*op->params));
    if (!op->params)
        return fastabi_no_memory(form);
    for (size_t i = 0; i < 2; i++) {
        const struct fastabi_node *key = sections[i] ? sections[i]->child : NULL;

        for (; key; key = key->next->next) {
            int status = read_param(builder, op, key, i == 1);

            if (status)
                return status;
        }
    }
    return 0;
}

/* ---- where they live in C ---- */

/* The type of an argument from the C type it was given. */
static int apply_c_type(struct fastabi_builder *builder, struct fastabi_param *param,
                        struct fastabi_param_rare *rare, const struct fastabi_node *key)
{
    struct fastabi_form *form = &builder->form;
    const struct fastabi_type *type = NULL;
    struct fastabi_mark mark = fastabi_mark_of(key->next);
    struct fastabi_c_type c_type;
    int status;

    if (fastabi_c_type_parse(key->next->text, &c_type))
        return fastabi_complain(
            form, FASTABI_DIAG_BAD_C_TYPE, mark,
            "'%.60s' is not a C type that an argument can have; write an integer type, a "
            "pointer or a typedef's name, like uint32_t",
            key->next->text);
    if (c_type.kind == FASTABI_C_AGGREGATE)
        return fastabi_complain(
            form, FASTABI_DIAG_C_TYPE_NOT_SCALAR, mark,
            "'%.100s' by value does not fit a register; pass a pointer to it, or its fields",
            c_type.spelling);
    rare->c_type = fastabi_keep(form, c_type.spelling);
    if (!rare->c_type)
        return fastabi_no_memory(form);
    if (c_type.kind == FASTABI_C_NAME) {
        status = fastabi_types_find_c(&builder->types, c_type.spelling, &type);
        if (status)
            return status;
        if (!type)
            return 0;
        if (param->type && param->type != type)
            return fastabi_complain(
                form, FASTABI_DIAG_TYPE_CONFLICT, mark,
                "'%.100s' is '%.100s' here and '%.100s' at %s; give it one type", param->name,
                type->name, param->type->name, fastabi_form_at(form, param->type_mark));
        if (!param->is_typed)
            param->type = type;
        return set_type(form, param, mark, type->width, type->is_signed);
    }
    return set_type(form, param, mark, c_type.width, c_type.is_signed);
}

/* How many parameters may become arguments: those under params, and others that are not fields. */
static size_t count_arguments(const struct fastabi_op *op, size_t under_params)
{
    size_t count = under_params;

    for (size_t i = 0; i < op->param_count; i++)
        count += !op->c_struct || op->params[i].rare->part_count;
    return count;
}

static int place_params(struct fastabi_builder *builder, struct fastabi_op *op,
                        const struct fastabi_node *section)
{
    char hint[FASTABI_HINT_SIZE];
    struct fastabi_form *form = &builder->form;
    size_t count = count_arguments(op, count_keys(section));

    if (count)
        op->c_params = fastabi_arena_alloc(form->arena, count * sizeof(*op->c_params));
    if (count && !op->c_params)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *key = section ? section->child : NULL; key;
         key = key->next->next) {
        struct fastabi_param *param = fastabi_find_param(op, key->text);
        bool ok;
        int status = fastabi_expect(form, key, key->next, FASTABI_SCALAR, &ok);

        if (!status && !param)
            status = fastabi_complain(form, FASTABI_DIAG_UNUSED_PARAM, fastabi_mark_of(key),
                                      "'%.100s' under 'params' is not a parameter; %s", key->text,
                                      hint_param(op, key->text, hint));
        if (!status && ok && param) {
            struct fastabi_param_rare *rare = fill_rare(form, param);

            if (!rare)
                return fastabi_no_memory(form);
            rare->c_mark = fastabi_mark_of(key);
            op->c_params[op->c_param_count++] = param;
            status = apply_c_type(builder, param, rare, key);
        }
        if (status)
            return status;
    }
    return 0;
}

static int place_mapping(struct fastabi_form *form, struct fastabi_op *op,
                         const struct fastabi_node *section)
{
    char hint[FASTABI_HINT_SIZE];
    for (const struct fastabi_node *key = section ? section->child : NULL; key;
         key = key->next->next) {
        struct fastabi_param *param = fastabi_find_param(op, key->text);
        struct fastabi_mark mark = fastabi_mark_of(key);
        bool ok;
        int status = fastabi_expect(form, key, key->next, FASTABI_SCALAR, &ok);

        if (status)
            return status;
        if (!param)
            status = fastabi_complain(form, FASTABI_DIAG_UNUSED_MAPPING, mark,
                                      "'%.100s' under 'mapping' is not a parameter; %s", key->text,
                                      hint_param(op, key->text, hint));
        else if (param->rare->c_mark.line)
            status = fastabi_complain(form, FASTABI_DIAG_MAPPED_PARAM, mark,
                                      "'%.100s' is under 'params' too, at %s; remove one of them",
                                      key->text, fastabi_form_at(form, param->rare->c_mark));
        else if (ok && !fastabi_is_field_path(key->next->text))
            status = fastabi_complain(form, FASTABI_DIAG_NOT_A_FIELD_PATH,
                                      fastabi_mark_of(key->next), "'%.60s' is not a field path; %s",
                                      key->next->text,
                                      fastabi_hint_field_path(key->next->text, hint));
        else if (ok && !op->c_struct)
            status = fastabi_complain(form, FASTABI_DIAG_MAPPING_WITHOUT_STRUCT, mark,
                                      "'mapping' without a 'struct'; name the struct under "
                                      "'c_lang', or leave the mapping out");
        else if (ok) {
            struct fastabi_param_rare *rare = fill_rare(form, param);

            param->field = fastabi_keep(form, key->next->text);
            if (rare)
                rare->c_mark = mark;
            if (!rare || !param->field)
                return fastabi_no_memory(form);
        }
        if (status)
            return status;
    }
    return 0;
}

/* What neither params nor mapping named: a field of the struct, or an argument of its type. */
static int place_rest(struct fastabi_form *form, struct fastabi_op *op)
{
    for (size_t i = 0; i < op->param_count; i++) {
        struct fastabi_param *param = &op->params[i];
        int status = 0;

        if (param->rare->c_mark.line)
            continue;
        if (op->c_struct && !param->rare->part_count)
            param->field = param->name;
        else if (param->type_given || param->rare->part_count)
            op->c_params[op->c_param_count++] = param;
        else if (param->in != FASTABI_NO_REGISTER)
            status = fastabi_complain(
                form, FASTABI_DIAG_NO_SOURCE, param->name_mark,
                "input '%.100s' has no source: there is no struct, and it is not under "
                "'params'; give it a type, as in { reg: %d, type: u32 }",
                param->name, param->in);
        else
            status = fastabi_complain(
                form, FASTABI_DIAG_NO_DESTINATION, param->name_mark,
                "output '%.100s' has no destination: there is no struct, and it is not "
                "under 'params'; give it a type, as in { reg: %d, type: u32 }",
                param->name, param->out);
        if (status)
            return status;
    }
    return 0;
}

static void remark_untyped(struct fastabi_form *form, const struct fastabi_op *op)
{
    if (form->context->flags & FASTABI_CONTEXT_LAYOUT)
        return;
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->is_typed || param->type_given)
            continue;
        if (param->rare->c_type)
            fastabi_remark(form, FASTABI_DIAG_UNKNOWN_C_TYPE, param->rare->c_mark,
                           "the width of '%.100s' is not known here, so '%.100s' is taken as u64; "
                           "give it a type, or check with --headers",
                           param->rare->c_type, param->name);
        else
            fastabi_remark(form, FASTABI_DIAG_UNTYPED, param->name_mark,
                           "'%.100s' has no type, so without a header it is taken as u64; give it "
                           "a type, or check with --headers",
                           param->name);
    }
}

int fastabi_build_params(struct fastabi_builder *builder, struct fastabi_op *op,
                         const struct fastabi_op_nodes *nodes)
{
    struct fastabi_form *form = &builder->form;
    size_t count = count_keys(nodes->input) + count_keys(nodes->output);
    int status;

    if (count > MAX_PARAMS)
        return fastabi_complain(form, FASTABI_DIAG_REGISTER_CLASH, op->mark,
                                "%zu parameters do not fit in %d registers; pass some in memory",
                                count, FASTABI_REGISTERS);
    status = read_params(builder, op, nodes, count);
    if (!status)
        status = place_params(builder, op, nodes->params);
    if (!status)
        status = place_mapping(form, op, nodes->mapping);
    if (!status && form->errors == nodes->errors) /* else a fault would be told twice */
        status = place_rest(form, op);
    if (!status && builder->form.errors == nodes->errors)
        remark_untyped(form, op);
    return status;
}
