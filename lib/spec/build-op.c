/* SPDX-License-Identifier: MIT */
/* An operation from its tree: the keys of an operation.  Parameters are build-params.c's. */
#include "spec/build.h"

#include <errno.h>
#include <string.h>

#include "spec/condition.h"
#include "spec/rules.h"

/* What the keys of an operation fill. */
struct op_target {
    struct fastabi_op *op;
    struct fastabi_op_rare *rare; /* of it */
    struct fastabi_op_nodes nodes;
    bool direct;
};

static int read_index(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;
    int64_t index = 0;
    int status;

    if (t->direct)
        return fastabi_complain(
            form, FASTABI_DIAG_UNKNOWN_KEY, fastabi_mark_of(key),
            "'index' in 'direct': a direct call has no sub-operations; leave it out");
    t->op->index_mark = fastabi_mark_of(value);
    status = fastabi_read_integer(form, key, value, 0, UINT32_MAX, &index, &t->op->has_index);
    t->op->index = (uint32_t)index;
    return status;
}

static int read_index_macro(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    t->rare->macro_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(form, key, value, &t->op->index_macro);
}

static int read_class(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    for (enum fastabi_caller caller = FASTABI_CALLER_ANY; fastabi_caller_name(caller); caller++) {
        if (strcmp(fastabi_caller_name(caller), value->text))
            continue;
        t->op->caller = (uint8_t)caller;
        return 0;
    }
    return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_CLASS, fastabi_mark_of(value),
                            "'%.60s' is not a class; it is one of any, device_model, control and "
                            "hardware",
                            value->text);
}

/* A section that is read once the whole operation is there. */
static int remember(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, enum fastabi_node_kind kind,
                    const struct fastabi_node **section)
{
    bool ok;
    int status = fastabi_expect(form, key, value, kind, &ok);

    if (!status && ok)
        *section = value;
    return status;
}

static int read_input(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.input);
}

static int read_output(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.output);
}

static int read_clobbers(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_SEQUENCE, &t->nodes.clobbers);
}

static int read_xen(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.xen);
}

static int read_classic(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.classic);
}

/* ---- lists of pairs ---- */

static int read_errors(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return fastabi_read_pairs(form, key, value, FASTABI_PAIR_ERRNO, FASTABI_PAIR_TEXT,
                              &t->op->errors);
}

static int read_fixed(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return fastabi_read_pairs(form, key, value, FASTABI_PAIR_FIELD, FASTABI_PAIR_INTEGER,
                              &t->rare->fixed);
}

static int read_omit(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return fastabi_read_pairs(form, key, value, FASTABI_PAIR_FIELD, FASTABI_PAIR_TEXT,
                              &t->rare->omit);
}

/* ---- c_lang ---- */

static int read_struct(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    t->op->struct_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(form, key, value, &t->op->c_struct);
}

static int read_compat(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return fastabi_read_strings(form, key, value, fastabi_read_identifier, &t->rare->compat);
}

static int read_params(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.params);
}

static int read_mapping(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct op_target *t = target;

    return remember(form, key, value, FASTABI_MAPPING, &t->nodes.mapping);
}

static const struct fastabi_key c_lang_keys[] = {
    { .name = "struct", .read = read_struct },
    { .name = "struct_compat", .read = read_compat },
    { .name = "params", .read = read_params },
    { .name = "mapping", .read = read_mapping },
};

const struct fastabi_key_table fastabi_c_lang_table = FASTABI_KEY_TABLE("under 'c_lang'",
                                                                        c_lang_keys);

static int read_c_lang(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    return fastabi_read_keys(form, value, &fastabi_c_lang_table, target);
}

static const struct fastabi_key op_keys[] = {
    { .name = "index", .read = read_index },
    { .name = "input", .read = read_input },
    { .name = "output", .read = read_output },
    { .name = "c_lang", .read = read_c_lang },
    { .name = "index_macro", .read = read_index_macro },
    { .name = "own_index",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct op_target, op, struct fastabi_op, own_index) },
    { .name = "doc",
      .text = fastabi_read_text,
      .place = FASTABI_BEHIND(struct op_target, op, struct fastabi_op, doc) },
    { .name = "errors", .read = read_errors },
    { .name = "safety",
      .text = fastabi_read_text,
      .place = FASTABI_BEHIND(struct op_target, rare, struct fastabi_op_rare, safety) },
    { .name = "since",
      .text = fastabi_read_release,
      .place = FASTABI_BEHIND(struct op_target, rare, struct fastabi_op_rare, since) },
    { .name = "hvm_since",
      .text = fastabi_read_release,
      .place = FASTABI_BEHIND(struct op_target, rare, struct fastabi_op_rare, hvm_since) },
    { .name = "class", .read = read_class },
    { .name = "foreign",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct op_target, op, struct fastabi_op, is_foreign) },
    { .name = "fixed", .read = read_fixed },
    { .name = "omit", .read = read_omit },
    { .name = "clobbers", .read = read_clobbers },
    { .name = "extension",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct op_target, op, struct fastabi_op, extension) },
    { .name = "xen", .read = read_xen },
    { .name = "classic", .read = read_classic },
};

const struct fastabi_key_table fastabi_op_table = FASTABI_KEY_TABLE("in an operation", op_keys);

static int build_clobbers(struct fastabi_form *form, struct fastabi_op *op,
                          struct fastabi_op_rare *rare, const struct fastabi_node *section)
{
    for (const struct fastabi_node *node = section->child; node; node = node->next) {
        const struct fastabi_node key = { .text = "clobbers",
                                          .line = node->line,
                                          .column = node->column };
        int64_t reg = 0;
        bool ok;
        int status = fastabi_read_register(form, &key, node, &reg, &ok);

        if (!status && ok && !reg)
            status = fastabi_complain(
                form, FASTABI_DIAG_REGISTER_0, fastabi_mark_of(node),
                "register 0 carries the result and cannot be a clobber; leave it out");
        else if (!status && ok && (op->clobbers & 1u << reg))
            status = fastabi_complain(form, FASTABI_DIAG_CLOBBERED_OUTPUT, fastabi_mark_of(node),
                                      "register %d is already listed at %s; remove one", (int)reg,
                                      fastabi_form_at(form, rare->clobber_marks[reg]));
        if (status)
            return status;
        if (!ok || !reg || op->clobbers & 1u << reg)
            continue;
        op->clobbers |= (uint8_t)(1u << reg);
        rare->clobber_marks[reg] = fastabi_mark_of(node);
    }
    return 0;
}

/* The conditions of outputs, once all parameters are there and nothing is wrong with them. */
static int read_conditions(struct fastabi_form *form, struct fastabi_op *op,
                           struct fastabi_op_rare *rare)
{
    char text[400];

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].rare->valid_when &&
            fastabi_condition_read(form->arena, op, &op->params[i]))
            return fastabi_no_memory(form);
    }
    fastabi_condition_settle(form->arena, op, rare);
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        for (size_t j = 0; j < param->rare->term_count; j++) {
            if (fastabi_condition_is_idle(param, j, text, sizeof(text)))
                fastabi_remark(form, FASTABI_DIAG_IDLE_CONDITION, param->rare->when_mark,
                               "'valid_when': %s; correct it, or leave it out", text);
        }
    }
    return 0;
}

/* What was read of an operation, in order: later parts need the earlier ones. */
static int build_parts(struct fastabi_builder *builder, struct op_target *target)
{
    struct fastabi_form *form = &builder->form;
    struct fastabi_op *op = target->op;
    unsigned int errors = target->nodes.errors;
    int status = 0;

    if (target->nodes.clobbers)
        status = build_clobbers(form, op, target->rare, target->nodes.clobbers);
    if (!status)
        status = fastabi_build_params(builder, op, &target->nodes);
    if (!status && target->nodes.xen && form->errors == errors)
        status = fastabi_build_xen(form, op, target->nodes.xen);
    if (!status && target->nodes.classic && form->errors == errors)
        status = fastabi_build_classic(form, op, target->nodes.classic);
    if (!status && form->errors == errors)
        status = fastabi_check_op(form, op);
    if (!status && form->errors == errors)
        status = read_conditions(form, op, target->rare);
    return status;
}

/* Is nothing of it said?  Of all members. */
static bool is_plain(const struct fastabi_op *op, const struct fastabi_op_rare *rare)
{
    return !rare->safety && !rare->since && !rare->hvm_since && !rare->fixed.count &&
           !rare->omit.count && !rare->compat.count && !rare->macro_mark.line && !op->clobbers &&
           !rare->conditional_count;
}

/* Keep what is rare of an operation, where there is anything. */
static int keep_rare(struct fastabi_form *form, struct fastabi_op *op,
                     const struct fastabi_op_rare *rare)
{
    struct fastabi_op_rare *kept;

    op->rare = &fastabi_op_plain;
    if (is_plain(op, rare))
        return 0;
    kept = fastabi_arena_alloc(form->arena, sizeof(*kept));
    if (!kept)
        return fastabi_no_memory(form);
    *kept = *rare;
    op->rare = kept;
    return 0;
}

int fastabi_build_op(struct fastabi_builder *builder, const struct fastabi_node *name,
                     const struct fastabi_node *value, bool direct, struct fastabi_op **made)
{
    static const struct fastabi_xen_args no_args;
    struct fastabi_form *form = &builder->form;
    struct fastabi_op *op;
    struct fastabi_op_rare rare = { .safety = NULL };
    struct op_target target = { .rare = &rare, .direct = direct };
    bool ok;
    int kept, status = fastabi_expect(form, name, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    op = fastabi_arena_alloc(form->arena, sizeof(*op));
    if (op && !direct)
        op->name = fastabi_keep(form, name->text);
    if (!op || (!direct && !op->name))
        return fastabi_no_memory(form);
    op->spec = builder->spec;
    op->rare = &rare;
    op->xen_args = &no_args;
    op->mark = fastabi_mark_of(name);
    target.op = op;
    target.nodes.errors = form->errors;
    status = fastabi_read_keys(form, value, &fastabi_op_table, &target);
    if (!status && !direct && !op->index_mark.line)
        status = fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, op->mark,
                                  "'%.100s' has no 'index'; add the number of the sub-operation",
                                  name->text);
    if (!status)
        status = build_parts(builder, &target);
    kept = keep_rare(form, op, &rare);
    *made = op;
    return status ? status : kept;
}
