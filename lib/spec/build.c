/* SPDX-License-Identifier: MIT */
/*
 * A specification from its file: the outer mapping.  Operations are build-op.c's; whether the whole
 * makes sense is rules.c's.
 */
#include "spec/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "spec/rules.h"

/* ---- the outer mapping ---- */

static int read_name(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;

    builder->spec->name_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(form, key, value, &builder->spec->name);
}

static int read_hypercall_index(struct fastabi_form *form, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;
    int64_t index = 0;
    bool ok;
    int status;

    if (value->kind == FASTABI_SCALAR && value->plain &&
        !fastabi_parse_integer(value->text, false, &index) && index >= FASTABI_MASK &&
        index < 2 * (int64_t)FASTABI_MASK)
        status = fastabi_complain(form, FASTABI_DIAG_OUT_OF_RANGE, fastabi_mark_of(value),
                                  "%.60s has bit 30 set, which generated code adds; write 0x%llx",
                                  value->text, (unsigned long long)index & ~FASTABI_MASK);
    else
        status = fastabi_read_integer(form, key, value, 0, FASTABI_MASK - 1, &index, &ok);
    builder->spec->index_mark = fastabi_mark_of(value);
    builder->spec->hypercall_index = (uint32_t)index;
    builder->spec->has_hypercall_index = true; /* there, even if at fault */
    return status;
}

static int read_hypercall_macro(struct fastabi_form *form, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;

    builder->spec->macro_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(form, key, value, &builder->spec->hypercall_macro);
}

/* A relative path of plain names that ends in ".h". */
static bool is_header_path(const char *path)
{
    size_t length = strlen(path);

    if (length < 3 || length > FASTABI_IDENTIFIER_MAX || strcmp(path + length - 2, ".h"))
        return false;
    for (const char *part = path; *part;) {
        size_t plain = strspn(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_-.");

        if (!plain || *part == '.' || (part[plain] && part[plain] != '/'))
            return false;
        part += plain;
        part += *part == '/'; /* not the last character, which is an 'h' */
    }
    return true;
}

static int read_header_path(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **path)
{
    const char *text = NULL;
    int status = fastabi_read_text(form, key, value, &text);

    if (!status && text && !is_header_path(text))
        return fastabi_complain(form, FASTABI_DIAG_BAD_HEADER_PATH, fastabi_mark_of(value),
                                "'%.60s' is not a relative path of a header; write it from the "
                                "directory of xen.h, like event_channel.h or hvm/params.h",
                                text);
    *path = text;
    return status;
}

static int read_headers(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;

    return fastabi_read_strings(form, key, value, read_header_path, &builder->spec->headers);
}

static int read_direct(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct fastabi_builder *builder = target;

    (void)form;
    builder->has_operations = true;
    return fastabi_build_op(builder, key, value, true, &builder->spec->direct);
}

/* ---- sub-operations ---- */

static int check_new_index(struct fastabi_builder *builder, const struct fastabi_op *op)
{
    struct fastabi_form *form = &builder->form;
    const void *there = NULL;
    const struct fastabi_op *same;

    if (!op->has_index)
        return 0;
    if (fastabi_numbers_add(&builder->op_indices, &form->sets, op->index, op, &there))
        return fastabi_no_memory(form);
    same = there;
    if (!same)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_DUPLICATE_INDEX, op->index_mark,
                            "index %u is already that of '%s' at %s; give one of them another",
                            op->index, same->name, fastabi_form_at(form, same->index_mark));
}

static int add_subop(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value)
{
    struct fastabi_op *op = NULL;
    bool ok;
    int status = fastabi_expect_identifier(&builder->form, key, &ok);

    if (!status)
        status = fastabi_build_op(builder, key, value, false, &op);
    if (status || !op)
        return status;
    builder->op_count++;
    if (builder->last_op)
        builder->last_op->next = op;
    else
        builder->first_op = op;
    builder->last_op = op;
    return check_new_index(builder, op);
}

/* There may be many, so that not all are in memory as a tree at once. */
static int walk_subops(struct fastabi_form *form, const struct fastabi_node *section, void *target)
{
    struct fastabi_builder *builder = target;
    const size_t limit = form->context->limits.mapping_keys;
    struct fastabi_node *key, *value;
    size_t count = 0;
    bool entered;
    int status = fastabi_reader_enter(&form->reader, &entered, &value);

    builder->has_operations = true;
    if (!status && !entered) {
        bool ok;

        return fastabi_expect(form, section, value, FASTABI_MAPPING, &ok);
    }
    while (!status) {
        fastabi_arena_reset(&form->scratch);
        status = fastabi_reader_key(&form->reader, &key);
        if (status || !key)
            return status;
        if (++count > limit) {
            fastabi_complain(form, FASTABI_DIAG_TOO_MANY_KEYS, fastabi_mark_of(key),
                             "more than %zu keys in one mapping; divide it", limit);
            return -EINVAL;
        }
        status = fastabi_check_new_name(form, &builder->op_names, key);
        if (!status)
            status = fastabi_reader_value(&form->reader, &value);
        if (!status)
            status = add_subop(builder, key, value);
    }
    return status;
}

static const struct fastabi_key spec_keys[] = {
    { .name = "name", .read = read_name },
    { .name = "hypercall_index", .read = read_hypercall_index },
    { .name = "hypercall_macro", .read = read_hypercall_macro },
    { .name = "index_prefix",
      .text = fastabi_read_identifier,
      .place = FASTABI_BEHIND(struct fastabi_builder, spec, struct fastabi_spec, index_prefix) },
    { .name = "headers", .read = read_headers },
    { .name = "doc",
      .text = fastabi_read_text,
      .place = FASTABI_BEHIND(struct fastabi_builder, spec, struct fastabi_spec, doc) },
    { .name = "since",
      .text = fastabi_read_release,
      .place = FASTABI_BEHIND(struct fastabi_builder, spec, struct fastabi_spec, since) },
    { .name = "extension",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct fastabi_builder, spec, struct fastabi_spec, extension) },
    { .name = "direct", .read = read_direct },
    { .name = "subops", .walk = walk_subops },
    { .name = "xen", .read = fastabi_read_spec_xen },
};

static const struct fastabi_key_table spec_table = FASTABI_KEY_TABLE("at the top of the file",
                                                                     spec_keys);

/* The usual places first: a key that belongs in several is said to belong in the first. */
static const struct fastabi_key_table *const tables[] = {
    &fastabi_op_table,      &fastabi_param_table,  &fastabi_c_lang_table,   &spec_table,
    &fastabi_xen_table,     &fastabi_array_table,  &fastabi_spec_xen_table, &fastabi_progress_table,
    &fastabi_classic_table, &fastabi_linear_table, &fastabi_range_table,    NULL,
};

/* ---- the whole ---- */

/* The list of operations into an array, the direct one first; names made of other names. */
static int finish_ops(struct fastabi_builder *builder)
{
    struct fastabi_form *form = &builder->form;
    struct fastabi_spec *spec = builder->spec;
    struct fastabi_op *op = builder->first_op;

    spec->op_count = builder->op_count + (spec->direct != NULL);
    spec->ops = fastabi_arena_alloc(form->arena, (spec->op_count + 1) * sizeof(*spec->ops));
    if (!spec->ops)
        return fastabi_no_memory(form);
    size_t i = 0;

    if (spec->direct) {
        spec->direct->flat_name = spec->name;
        spec->ops[i++] = spec->direct;
    }
    for (; op; op = op->next) {
        if (spec->index_prefix && !op->index_macro && !op->own_index) {
            op->index_macro = fastabi_arena_printf(form->arena, "%s%s", spec->index_prefix,
                                                   op->name);
            if (!op->index_macro)
                return fastabi_no_memory(form);
        }
        if (spec->name)
            op->flat_name = fastabi_arena_printf(form->arena, "%s_%s", spec->name, op->name);
        if (spec->name && !op->flat_name)
            return fastabi_no_memory(form);
        spec->ops[i++] = op;
    }
    return 0;
}

/* The file's own section xen may follow the operations. */
static int finish_xen(struct fastabi_builder *builder)
{
    struct fastabi_op *op = builder->spec->direct ? builder->spec->direct : builder->first_op;
    int status = 0;

    while (op && !status) {
        status = fastabi_settle_xen_args(&builder->form, op);
        if (!status)
            status = fastabi_check_xen(&builder->form, op);
        if (!status)
            status = fastabi_check_classic(&builder->form, op);
        op = op == builder->spec->direct ? builder->first_op : op->next;
    }
    return status;
}

static int build(struct fastabi_builder *builder)
{
    struct fastabi_form *form = &builder->form;
    int status = fastabi_form_read(form, &spec_table, builder);

    if (!status)
        status = fastabi_check_spec(form, builder->spec, builder->has_operations,
                                    builder->first_op);
    if (!status)
        status = finish_ops(builder);
    if (!status && !form->errors)
        status = finish_xen(builder);
    builder->spec->fingerprint ^= form->reader.source.fingerprint;
    return status ? status : form->errors ? -EINVAL : 0;
}

static int read_spec(struct fastabi_context *context, const char *path, const char *name,
                     const char *text, size_t length, struct fastabi_spec **made)
{
    struct fastabi_builder builder = { .spec = calloc(1, sizeof(*builder.spec)) };
    int status;

    if (!builder.spec)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, name, -ENOMEM);
    builder.spec->is_memory = !path;
    builder.types.form = &builder.form;
    builder.types.spec = builder.spec;
    status = fastabi_form_open(&builder.form, context, &builder.spec->arena, path, name, text,
                               length);
    if (!status) {
        builder.form.tables = tables;
        builder.spec->path = fastabi_keep(&builder.form, name);
        status = builder.spec->path ? build(&builder) : fastabi_no_memory(&builder.form);
    }
    fastabi_form_close(&builder.form);
    if (status)
        fastabi_spec_free(builder.spec);
    else
        *made = builder.spec;
    return status;
}

int fastabi_spec_load(struct fastabi_context *context, const char *path, struct fastabi_spec **spec)
{
    if (spec)
        *spec = NULL;
    if (!context || !path || !spec)
        return fastabi_refuse_argument(context, __func__,
                                       "it needs a path and a place for the result");
    return read_spec(context, path, path, NULL, 0, spec);
}

int fastabi_spec_parse(struct fastabi_context *context, const char *name, const char *text,
                       size_t length, struct fastabi_spec **spec)
{
    if (spec)
        *spec = NULL;
    if (!context || !name || !text || !spec)
        return fastabi_refuse_argument(context, __func__,
                                       "it needs a name, a text and a place for the result");
    return read_spec(context, NULL, name, text, length, spec);
}
