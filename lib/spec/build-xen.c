/* SPDX-License-Identifier: MIT */
/*
 * The key xen: how the hypervisor side reaches the handler of an operation.  Read when the
 * operation's parameters are there; what is said for the whole file is settled when the file has
 * ended.
 */
#include "spec/build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- args ---- */

/* op, params, struct or an integer: what a whole file can say.  Other names: *known false. */
static int read_arg(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, struct fastabi_xen_arg *arg, bool *known)
{
    static const char *const words[] = {
        [FASTABI_XEN_PARAMS] = "params",
        [FASTABI_XEN_OP] = "op",
        [FASTABI_XEN_STRUCT] = "struct",
    };
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    *known = true;
    if (status || !ok)
        return status;
    arg->mark = fastabi_mark_of(value);
    for (unsigned int i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!strcmp(value->text, words[i])) {
            arg->kind = (enum fastabi_xen_kind)i;
            return 0;
        }
    }
    arg->kind = FASTABI_XEN_NUMBER;
    if (fastabi_is_identifier(value->text)) {
        *known = false;
        return 0;
    }
    return fastabi_read_integer(form, key, value, INT64_MIN, INT64_MAX, &arg->number, &ok);
}

/* An array that args name is an argument, not a field. */
static const struct fastabi_xen_array *find_array(struct fastabi_xen *xen, const char *name)
{
    for (size_t i = 0; i < xen->array_count; i++) {
        if (xen->arrays[i].name && !strcmp(xen->arrays[i].name, name)) {
            xen->arrays[i].is_argument = true;
            return &xen->arrays[i];
        }
    }
    return NULL;
}

/* op is NULL for the whole file. */
static int read_args(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, const struct fastabi_op *op,
                     struct fastabi_xen_args *args)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok);

    if (status || !ok)
        return status;
    args->items = fastabi_arena_alloc(form->arena,
                                      fastabi_count_children(value) * sizeof(*args->items));
    if (!args->items)
        return fastabi_no_memory(form);
    args->mark = fastabi_mark_of(value->child);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next) {
        struct fastabi_xen_arg *arg = &args->items[args->count];
        bool known;

        status = read_arg(form, key, node, arg, &known);
        if (!status && !known && op) {
            arg->array = find_array(op->xen, node->text);
            arg->kind = arg->array ? FASTABI_XEN_ARRAY : FASTABI_XEN_PARAM;
            if (!arg->array)
                status = fastabi_read_xen_param(form, op, key, node, true, &arg->param);
        } else if (!status && !known) {
            status = fastabi_complain(
                form, FASTABI_DIAG_XEN_ARGS, arg->mark,
                "'%.60s' is not op, params, struct or an integer; name parameters under 'xen' of "
                "their operation",
                node->text);
        }
        args->count++;
    }
    return status;
}

/* Read when the arrays are there: it may name them. */
static int read_op_args(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;

    (void)form;
    t->args_key = key;
    t->args = value;
    return 0;
}

/* ---- the struct ---- */

static int read_struct(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;

    if (t->op->c_struct)
        return fastabi_complain(
            form, FASTABI_DIAG_XEN_STRUCT, fastabi_mark_of(key),
            "'c_lang' already names the struct, '%.100s' at %s; leave this one out",
            t->op->c_struct, fastabi_form_at(form, t->op->struct_mark));
    t->xen->struct_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(form, key, value, &t->xen->c_struct);
}

/* fields: { timeout: timeout, nr_ports: 1 } */
static int read_fields(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    t->xen->fields = fastabi_arena_alloc(form->arena, fastabi_count_children(value) / 2 *
                                                          sizeof(*t->xen->fields));
    if (!t->xen->fields)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next->next) {
        struct fastabi_xen_field *field = &t->xen->fields[t->xen->field_count];

        status = fastabi_expect_field_path(form, node, &ok);
        if (!status && ok) {
            field->mark = fastabi_mark_of(node);
            field->path = fastabi_keep(form, node->text);
            if (!field->path)
                return fastabi_no_memory(form);
            if (node->next->kind == FASTABI_SCALAR && fastabi_is_identifier(node->next->text))
                status = fastabi_read_xen_param(form, t->op, node, node->next, false,
                                                &field->param);
            else
                status = fastabi_read_integer(form, node, node->next, INT64_MIN, INT64_MAX,
                                              &field->number, &ok);
            t->xen->field_count++;
        }
    }
    return status;
}

static int read_frame(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;

    return fastabi_read_xen_param(form, t->op, key, value, true, &t->xen->frame);
}

/* ---- continuations ---- */

/* Numbers, or macros of the header, of sub-operations. */
static int read_continue(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok);

    if (status || !ok)
        return status;
    t->xen->continues = fastabi_arena_alloc(form->arena, fastabi_count_children(value) *
                                                             sizeof(*t->xen->continues));
    if (!t->xen->continues)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next) {
        struct fastabi_pair *command = &t->xen->continues[t->xen->continue_count];

        command->mark = fastabi_mark_of(node);
        if (node->kind == FASTABI_SCALAR && fastabi_is_identifier(node->text))
            status = fastabi_read_identifier(form, key, node, &command->name);
        else
            status = fastabi_read_integer(form, key, node, 0, UINT32_MAX, &command->number, &ok);
        t->xen->continue_count++;
    }
    return status;
}

static const struct fastabi_key xen_keys[] = {
    { .name = "args", .read = read_op_args },
    { .name = "struct", .read = read_struct },
    { .name = "fields", .read = read_fields },
    { .name = "arrays", .read = fastabi_read_xen_arrays },
    { .name = "frame", .read = read_frame },
    { .name = "status",
      .text = fastabi_read_field_path,
      .place = FASTABI_BEHIND(struct fastabi_xen_target, xen, struct fastabi_xen, status) },
    { .name = "continue", .read = read_continue },
    { .name = "progress", .read = fastabi_read_xen_progress },
};

const struct fastabi_key_table fastabi_xen_table = FASTABI_KEY_TABLE("under 'xen' of an operation",
                                                                     xen_keys);

int fastabi_build_xen(struct fastabi_form *form, struct fastabi_op *op,
                      const struct fastabi_node *section)
{
    struct fastabi_xen_target target = { .op = op };
    int status;

    op->xen = target.xen = fastabi_arena_alloc(form->arena, sizeof(*op->xen));
    if (!op->xen)
        return fastabi_no_memory(form);
    status = fastabi_read_keys(form, section, &fastabi_xen_table, &target);
    if (status || !target.args)
        return status;
    return read_args(form, target.args_key, target.args, op, &op->xen->args);
}

/* ---- for the whole file ---- */

static int read_spec_args(struct fastabi_form *form, const struct fastabi_node *key,
                          const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;

    return read_args(form, key, value, NULL, &builder->spec->xen_args);
}

static const struct fastabi_key spec_xen_keys[] = {
    { .name = "args", .read = read_spec_args },
};

const struct fastabi_key_table fastabi_spec_xen_table = FASTABI_KEY_TABLE("under 'xen' of the file",
                                                                          spec_xen_keys);

int fastabi_read_spec_xen(struct fastabi_form *form, const struct fastabi_node *key,
                          const struct fastabi_node *value, void *target)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    return fastabi_read_keys(form, value, &fastabi_spec_xen_table, target);
}

/* ---- what the handler is called with ---- */

/* Does xen put the parameter into the struct, or after it? */
bool fastabi_xen_stores(const struct fastabi_xen *xen, const struct fastabi_param *param)
{
    if (param->rare->part_count)
        return true;
    if (!xen)
        return false;
    for (size_t i = 0; i < xen->field_count; i++) {
        if (xen->fields[i].param == param)
            return true;
    }
    for (size_t i = 0; i < xen->array_count; i++) {
        const struct fastabi_xen_array *array = &xen->arrays[i];

        for (size_t j = 0; j < array->param_count; j++) {
            if (array->params[j] == param)
                return true;
        }
        if (array->order == param || array->count_param == param)
            return true;
    }
    return xen->frame == param;
}

static void add_arg(struct fastabi_xen_args *made, const struct fastabi_xen_arg *arg)
{
    made->items[made->count++] = *arg;
}

/* The inputs that nothing else brings to the handler. */
static void add_params(const struct fastabi_op *op, struct fastabi_xen_args *made,
                       struct fastabi_mark mark)
{
    for (size_t i = 0; i < op->c_param_count; i++) {
        const struct fastabi_xen_arg arg = { .kind = FASTABI_XEN_PARAM,
                                             .param = op->c_params[i],
                                             .mark = mark };

        if (arg.param->in != FASTABI_NO_REGISTER && !fastabi_xen_stores(op->xen, arg.param))
            add_arg(made, &arg);
    }
}

int fastabi_settle_xen_args(struct fastabi_form *form, struct fastabi_op *op)
{
    static struct fastabi_xen_arg usual[] = {
        { .kind = FASTABI_XEN_OP },
        { .kind = FASTABI_XEN_PARAMS },
        { .kind = FASTABI_XEN_STRUCT },
    };
    static struct fastabi_xen_arg plain[] = {
        { .kind = FASTABI_XEN_OP },
        { .kind = FASTABI_XEN_STRUCT },
    };
    static const struct fastabi_xen_args defaults = { usual, 3, { 0, 0 } };
    static const struct fastabi_xen_args of_struct = { plain, 2, { 0, 0 } };
    static const struct fastabi_xen_args of_none = { plain, 1, { 0, 0 } };
    const struct fastabi_spec *spec = op->spec;
    const struct fastabi_xen_args *said = op->xen && op->xen->args.count ? &op->xen->args
                                          : spec->xen_args.count         ? &spec->xen_args
                                                                         : &defaults;
    const char *structure = op->xen && op->xen->c_struct ? op->xen->c_struct : op->c_struct;
    struct fastabi_xen_args *made;

    /* most operations are like this, and there may be many */
    if (said == &defaults && op->name && !op->c_param_count) {
        op->xen_args = structure ? &of_struct : &of_none;
        return 0;
    }
    made = fastabi_arena_alloc(form->arena, sizeof(*made));
    if (!made)
        return fastabi_no_memory(form);
    op->xen_args = made;
    made->items = fastabi_arena_alloc(form->arena, (said->count * (op->c_param_count + 1u) + 1) *
                                                       sizeof(*made->items));
    if (!made->items)
        return fastabi_no_memory(form);
    made->mark = said->mark;
    for (size_t i = 0; i < said->count; i++) {
        const struct fastabi_xen_arg *arg = &said->items[i];

        if (arg->kind == FASTABI_XEN_PARAMS)
            add_params(op, made, arg->mark);
        else if (!(arg->kind == FASTABI_XEN_OP && !op->name) &&
                 !(arg->kind == FASTABI_XEN_STRUCT && !structure && said == &defaults))
            add_arg(made, arg);
    }
    return 0;
}
