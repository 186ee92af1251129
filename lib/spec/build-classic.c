/* SPDX-License-Identifier: MIT */
/*
 * The key classic: how the classic call of an operation differs from what the other keys say of
 * its registers and of its handler.  Read when the operation's parameters are there.
 */
#include "spec/build.h"

#include <string.h>

struct classic_target {
    struct fastabi_op *op;
    struct fastabi_classic *classic;
    bool has_index;
    bool has_size;
};

static int read_success(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return fastabi_read_pairs(form, key, value, FASTABI_PAIR_FIELD, FASTABI_PAIR_INTEGER,
                              &t->classic->success);
}

static int read_ignore(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return fastabi_read_strings(form, key, value, fastabi_read_field_path, &t->classic->ignore);
}

static int read_errno(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, const char **name)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (!status && ok)
        status = fastabi_expect_errno(form, value, &ok);
    if (status || !ok)
        return status;
    *name = fastabi_keep(form, value->text);
    return *name ? 0 : fastabi_no_memory(form);
}

static int read_fallback(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return fastabi_read_strings(form, key, value, read_errno, &t->classic->fallback);
}

static int read_elements(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    int64_t arg = 0;
    bool ok;
    int status = fastabi_read_integer(form, key, value, 0, FASTABI_XEN_ARGS_MAX - 1, &arg, &ok);

    t->classic->elements = (uint8_t)arg;
    if (!status && ok)
        t->classic->elements_mark = fastabi_mark_of(value);
    return status;
}

/* ---- inputs by name: of the struct, or arguments ---- */

static int read_input(struct fastabi_form *form, const struct fastabi_op *op,
                      const struct fastabi_node *key, const struct fastabi_node *value,
                      const struct fastabi_param **input)
{
    const struct fastabi_param *param;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    param = fastabi_find_param(op, value->text);
    if (param && param->in != FASTABI_NO_REGISTER && !param->rare->part_count) {
        *input = param;
        return 0;
    }
    return fastabi_complain(form, FASTABI_DIAG_CLASSIC, fastabi_mark_of(value),
                            "'%.100s' is not an input of the operation; name one that is not "
                            "packed",
                            value->text);
}

/* ---- a linear address in place of a guest-physical one ---- */

static int read_linear_index(struct fastabi_form *form, const struct fastabi_node *key,
                             const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    int64_t index = 0;
    int status = fastabi_read_integer(form, key, value, 0, UINT32_MAX, &index, &t->has_index);

    t->classic->linear.index = (uint32_t)index;
    return status;
}

static int read_linear_size(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    int64_t size = 0;
    int status = fastabi_read_integer(form, key, value, 1, FASTABI_XEN_ELEMENT_MAX, &size,
                                      &t->has_size);

    t->classic->linear.size = (uint32_t)size;
    return status;
}

static int read_linear_param(struct fastabi_form *form, const struct fastabi_node *key,
                             const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return read_input(form, t->op, key, value, &t->classic->linear.param);
}

static int read_linear_none(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return fastabi_read_integer(form, key, value, INT64_MIN, INT64_MAX, &t->classic->linear.none,
                                &t->classic->linear.has_none);
}

static const struct fastabi_key linear_keys[] = {
    { .name = "index", .read = read_linear_index },
    { .name = "index_macro",
      .text = fastabi_read_identifier,
      .place = FASTABI_BEHIND(struct classic_target, classic, struct fastabi_classic,
                              linear.index_macro) },
    { .name = "field",
      .text = fastabi_read_field_path,
      .place = FASTABI_BEHIND(struct classic_target, classic, struct fastabi_classic,
                              linear.field) },
    { .name = "param", .read = read_linear_param },
    { .name = "size", .read = read_linear_size },
    { .name = "none", .read = read_linear_none },
};

const struct fastabi_key_table fastabi_linear_table = FASTABI_KEY_TABLE("under 'linear'",
                                                                        linear_keys);

static int read_linear(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    struct fastabi_linear *linear = &t->classic->linear;
    unsigned int errors = form->errors;
    const char *lacks;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    linear->mark = fastabi_mark_of(key);
    status = fastabi_read_keys(form, value, &fastabi_linear_table, t);
    if (status || form->errors > errors)
        return status;
    lacks = !t->has_index ? "index" : !linear->field ? "field" : !linear->param ? "param" : NULL;
    if (!lacks && !t->has_size)
        lacks = "size";
    if (lacks)
        return fastabi_complain(form, FASTABI_DIAG_CLASSIC, linear->mark,
                                "'linear' has no '%s'; add it", lacks);
    return 0;
}

/* ---- a range ---- */

static int read_range_count(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;

    return read_input(form, t->op, key, value, &t->classic->range.count);
}

static int read_range_next(struct fastabi_form *form, const struct fastabi_node *key,
                           const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    struct fastabi_range *range = &t->classic->range;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok);

    if (status || !ok)
        return status;
    range->next = fastabi_arena_alloc(form->arena,
                                      fastabi_count_children(value) * sizeof(*range->next));
    if (!range->next)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next) {
        const struct fastabi_param *param = NULL;

        status = read_input(form, t->op, key, node, &param);
        if (param)
            range->next[range->next_count++] = param;
    }
    return status;
}

static const struct fastabi_key range_keys[] = {
    { .name = "count", .read = read_range_count },
    { .name = "next", .read = read_range_next },
};

const struct fastabi_key_table fastabi_range_table = FASTABI_KEY_TABLE("under 'range'", range_keys);

static int read_range(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    unsigned int errors = form->errors;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    t->classic->range.mark = fastabi_mark_of(key);
    status = fastabi_read_keys(form, value, &fastabi_range_table, t);
    if (status || form->errors > errors || (t->classic->range.count && t->classic->range.next))
        return status;
    return fastabi_complain(form, FASTABI_DIAG_CLASSIC, t->classic->range.mark,
                            "'range' has no '%s'; add it",
                            t->classic->range.count ? "next" : "count");
}

static int read_interface_version(struct fastabi_form *form, const struct fastabi_node *key,
                                  const struct fastabi_node *value, void *target)
{
    struct classic_target *t = target;
    int64_t version = 0;
    bool ok;
    int status = fastabi_read_integer(form, key, value, 1, UINT32_MAX, &version, &ok);

    t->classic->interface_version = (uint32_t)version;
    return status;
}

static const struct fastabi_key classic_keys[] = {
    { .name = "interface_version", .read = read_interface_version },
    { .name = "success", .read = read_success },
    { .name = "ignore", .read = read_ignore },
    { .name = "fallback", .read = read_fallback },
    { .name = "elements", .read = read_elements },
    { .name = "linear", .read = read_linear },
    { .name = "range", .read = read_range },
};

const struct fastabi_key_table fastabi_classic_table = FASTABI_KEY_TABLE("under 'classic'",
                                                                         classic_keys);

int fastabi_build_classic(struct fastabi_form *form, struct fastabi_op *op,
                          const struct fastabi_node *section)
{
    struct classic_target target = { .op = op };

    op->classic = target.classic = fastabi_arena_alloc(form->arena, sizeof(*op->classic));
    if (!op->classic)
        return fastabi_no_memory(form);
    return fastabi_read_keys(form, section, &fastabi_classic_table, &target);
}
