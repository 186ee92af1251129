/* SPDX-License-Identifier: MIT */
/*
 * The keys arrays and progress of a section xen: memory that the handler reaches by a guest handle,
 * and how it says how far it came.  What must hold between them and the rest is rules-xen.c's.
 */
#include "spec/build.h"

#include <stdio.h>
#include <string.h>

#include "read/hint.h"

/* What to write instead of a name that is not such a parameter, or is not one at all. */
static const char *hint_param(const struct fastabi_op *op, const struct fastabi_param *found,
                              const char *name, bool input, char hint[FASTABI_HINT_SIZE])
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };

    if (found && found->field) {
        snprintf(hint, FASTABI_HINT_SIZE, "its field gets there with the struct, so leave it out");
        return hint;
    }
    for (size_t i = 0; i < op->param_count; i++) {
        if (!op->params[i].field && (!input || op->params[i].in != FASTABI_NO_REGISTER))
            fastabi_guess_try(&guess, op->params[i].name);
    }
    if (guess.best)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%.100s'?", guess.best);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "add it under 'input'%s and 'params'",
                 input ? "" : " or 'output'");
    return hint;
}

int fastabi_read_xen_param(struct fastabi_form *form, const struct fastabi_op *op,
                           const struct fastabi_node *key, const struct fastabi_node *value,
                           bool input, const struct fastabi_param **param)
{
    char hint[FASTABI_HINT_SIZE];
    const struct fastabi_param *found;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    *param = found = fastabi_find_param(op, value->text);
    if (*param && !(*param)->field && (!input || (*param)->in != FASTABI_NO_REGISTER))
        return 0;
    *param = NULL;
    return fastabi_complain(form, FASTABI_DIAG_XEN_NO_PARAM, fastabi_mark_of(value),
                            "'%.60s' is not %s of this operation outside its struct; %s",
                            value->text, input ? "an input" : "a parameter",
                            hint_param(op, found, value->text, input, hint));
}

struct array_target {
    struct fastabi_xen_target *xen;
    struct fastabi_xen_array *array;
    unsigned int directions;
};

/* ---- what is in the array ---- */

static int read_params(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, struct array_target *target,
                       enum fastabi_xen_direction direction)
{
    struct fastabi_xen_array *array = target->array;
    bool is_list = direction == FASTABI_XEN_VALUE && value->kind == FASTABI_SEQUENCE;
    const struct fastabi_node *node = is_list ? value->child : value;
    bool ok;
    int status = is_list ? fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok) : 0;

    array->direction = direction;
    target->directions++;
    if (status || (is_list && !ok))
        return status;
    array->params = fastabi_arena_alloc(form->arena, (is_list ? fastabi_count_children(value) : 1) *
                                                         sizeof(*array->params));
    if (!array->params)
        return fastabi_no_memory(form);
    for (; node && !status; node = is_list ? node->next : NULL)
        status = fastabi_read_xen_param(form, target->xen->op, key, node,
                                        direction != FASTABI_XEN_VALUE,
                                        &array->params[array->param_count++]);
    return status;
}

static int read_value(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    return read_params(form, key, value, target, FASTABI_XEN_VALUE);
}

static int read_sequence(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, void *target)
{
    return read_params(form, key, value, target, FASTABI_XEN_SEQUENCE);
}

static int read_from(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    return read_params(form, key, value, target, FASTABI_XEN_FROM);
}

static int read_to(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, void *target)
{
    return read_params(form, key, value, target, FASTABI_XEN_TO);
}

static int read_both(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    return read_params(form, key, value, target, FASTABI_XEN_BOTH);
}

/* Of the struct or outside it: only its register is of interest. */
static int read_order(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct array_target *t = target;
    const struct fastabi_param *param;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    param = fastabi_find_param(t->xen->op, value->text);
    if (param && param->in != FASTABI_NO_REGISTER) {
        t->array->order = param;
        return 0;
    }
    return fastabi_complain(form, FASTABI_DIAG_XEN_NO_PARAM, fastabi_mark_of(value),
                            "'%.60s' is not an input of this operation; name one", value->text);
}

/* ---- how large it is ---- */

/* An input that is an argument of its own, a field of the struct, or a number. */
static int read_count(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    struct array_target *t = target;
    struct fastabi_xen_array *array = t->array;
    bool is_number = value->kind == FASTABI_SCALAR && value->text[0] >= '0' &&
                     value->text[0] <= '9';
    int64_t count = 0;
    bool ok;
    int status;

    array->has_count = true;
    if (is_number) {
        status = fastabi_read_integer(form, key, value, 1, FASTABI_XEN_COUNT_MAX, &count, &ok);
        array->count = (uint32_t)count;
        return status;
    }
    status = fastabi_read_field_path(form, key, value, &array->count_field);
    for (size_t i = 0; array->count_field && i < t->xen->op->param_count; i++) {
        const struct fastabi_param *param = &t->xen->op->params[i];

        if (strcmp(param->name, array->count_field) || param->field ||
            param->in == FASTABI_NO_REGISTER)
            continue;
        array->count_param = param;
        array->count_field = NULL;
    }
    return status;
}

static int read_size(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct array_target *t = target;
    int64_t size = 0;
    bool ok;
    int status = fastabi_read_integer(form, key, value, 1, FASTABI_XEN_ELEMENT_MAX, &size, &ok);

    t->array->has_size = true;
    t->array->size = (uint32_t)size;
    return status;
}

static int read_struct(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct array_target *t = target;

    t->array->has_size = true;
    return fastabi_read_identifier(form, key, value, &t->array->c_struct);
}

/* stored: result; by itself, what is stored is what the count says after the call */
static int read_stored(struct fastabi_form *form, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct array_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (strcmp(value->text, "result"))
        return fastabi_complain(
            form, FASTABI_DIAG_XEN_ARRAY, fastabi_mark_of(value),
            "'%.60s' is not a valid value of 'stored'; the only one is 'result'", value->text);
    t->array->stores_result = true;
    return 0;
}

static const struct fastabi_key array_keys[] = {
    { .name = "value", .read = read_value },
    { .name = "sequence", .read = read_sequence },
    { .name = "from", .read = read_from },
    { .name = "to", .read = read_to },
    { .name = "both", .read = read_both },
    { .name = "order", .read = read_order },
    { .name = "count", .read = read_count },
    { .name = "size", .read = read_size },
    { .name = "struct", .read = read_struct },
    { .name = "optional",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct array_target, array, struct fastabi_xen_array, is_optional) },
    { .name = "stored", .read = read_stored },
};

const struct fastabi_key_table fastabi_array_table = FASTABI_KEY_TABLE("in an array under 'xen'",
                                                                       array_keys);

/* ---- the whole ---- */

/* What one kind of array needs, and has no use for. */
/* Have two parameters of an array, which are its elements, different widths? */
static bool is_mixed(const struct fastabi_xen_array *array)
{
    const struct fastabi_param *first = array->param_count ? array->params[0] : NULL;

    for (size_t i = 1; i < array->param_count; i++) {
        if (first->is_typed && array->params[i]->is_typed &&
            array->params[i]->width != first->width)
            return true;
    }
    return false;
}

static const char *array_fault(const struct array_target *target)
{
    const struct fastabi_xen_array *array = target->array;
    bool is_memory = array->direction == FASTABI_XEN_FROM || array->direction == FASTABI_XEN_TO ||
                     array->direction == FASTABI_XEN_BOTH;
    bool is_written = array->direction == FASTABI_XEN_TO || array->direction == FASTABI_XEN_BOTH;

    if (target->directions != 1)
        return "an array has exactly one of 'value', 'sequence', 'from', 'to' and 'both'; name one";
    if (array->direction == FASTABI_XEN_VALUE && (array->has_count || array->has_size))
        return "an array of a 'value' has as many elements as parameters, each as wide as its "
               "type; leave out 'count', 'size' and 'struct'";
    if (is_mixed(array))
        return "the elements of an array are of one width, and its parameters are not; give them "
               "types of the same width";
    if (array->direction == FASTABI_XEN_SEQUENCE && (array->has_size || !array->has_count))
        return "a 'sequence' has a 'count', and elements as wide as its parameter; leave out "
               "'size' "
               "and 'struct'";
    if (is_memory && (!array->has_count || !array->has_size || (array->size && array->c_struct)))
        return "an array in guest-physical memory has no 'count', or not one of 'size' and "
               "'struct'; give "
               "it a 'count', and either of them";
    if (array->order && array->direction != FASTABI_XEN_SEQUENCE)
        return "'order' is the step of a 'sequence'; leave it out";
    if (array->is_optional && !is_memory)
        return "'optional' is for addresses: 'from', 'to' and 'both'; leave it out";
    if (array->stores_result && !is_written)
        return "'stored' is for arrays that are written: 'to' and 'both'; leave it out";
    return NULL;
}

static int read_array(struct fastabi_form *form, const struct fastabi_node *key,
                      struct fastabi_xen_target *xen, struct fastabi_xen_array *array)
{
    struct array_target target = { .xen = xen, .array = array };
    unsigned int errors = form->errors;
    const char *fault;
    bool ok;
    int status = fastabi_expect(form, key, key->next, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    array->mark = fastabi_mark_of(key);
    array->name = fastabi_keep(form, key->text);
    if (!array->name)
        return fastabi_no_memory(form);
    status = fastabi_read_keys(form, key->next, &fastabi_array_table, &target);
    if (status || form->errors > errors)
        return status;
    fault = array_fault(&target);
    return fault ? fastabi_complain(form, FASTABI_DIAG_XEN_ARRAY, array->mark, "%s", fault) : 0;
}

int fastabi_read_xen_arrays(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *t = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    t->xen->arrays = fastabi_arena_alloc(form->arena, fastabi_count_children(value) / 2 *
                                                          sizeof(*t->xen->arrays));
    if (!t->xen->arrays)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next->next) {
        status = fastabi_expect_field_path(form, node, &ok);
        if (!status && ok)
            status = read_array(form, node, t, &t->xen->arrays[t->xen->array_count++]);
    }
    return status;
}

/* ---- progress ---- */

struct progress_target {
    struct fastabi_xen_target *xen;
    struct fastabi_xen_progress *progress;
    bool has_arg;
};

static int read_progress_arg(struct fastabi_form *form, const struct fastabi_node *key,
                             const struct fastabi_node *value, void *target)
{
    struct progress_target *t = target;
    int64_t arg = 0;
    int status = fastabi_read_integer(form, key, value, 0, FASTABI_XEN_ARGS_MAX - 1, &arg,
                                      &t->has_arg);

    t->progress->arg = (uint8_t)arg;
    return status;
}

static int read_progress_shift(struct fastabi_form *form, const struct fastabi_node *key,
                               const struct fastabi_node *value, void *target)
{
    struct progress_target *t = target;
    int64_t shift = 0;
    bool ok;
    int status = fastabi_read_integer(form, key, value, 0, 31, &shift, &ok);

    t->progress->shift = (uint8_t)shift;
    return status;
}

static int read_progress_param(struct fastabi_form *form, const struct fastabi_node *key,
                               const struct fastabi_node *value, void *target)
{
    struct progress_target *t = target;
    const struct fastabi_param *param = NULL;
    int status = fastabi_read_xen_param(form, t->xen->op, key, value, false, &param);

    if (status || !param)
        return status;
    if (param->out == FASTABI_NO_REGISTER)
        return fastabi_complain(form, FASTABI_DIAG_XEN_PROGRESS, fastabi_mark_of(value),
                                "'%.100s' is not an output; name an output that tells the caller "
                                "how many elements are done",
                                param->name);
    t->progress->param = param;
    return 0;
}

static const struct fastabi_key progress_keys[] = {
    { .name = "arg", .read = read_progress_arg },
    { .name = "shift", .read = read_progress_shift },
    { .name = "left",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_BEHIND(struct progress_target, progress, struct fastabi_xen_progress,
                              is_left) },
    { .name = "param", .read = read_progress_param },
};

const struct fastabi_key_table fastabi_progress_table = FASTABI_KEY_TABLE("under 'progress'",
                                                                          progress_keys);

int fastabi_read_xen_progress(struct fastabi_form *form, const struct fastabi_node *key,
                              const struct fastabi_node *value, void *target)
{
    struct fastabi_xen_target *xen = target;
    struct progress_target t = { .xen = xen, .progress = &xen->xen->progress };
    unsigned int errors = form->errors;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    t.progress->mark = fastabi_mark_of(key);
    status = fastabi_read_keys(form, value, &fastabi_progress_table, &t);
    if (status || form->errors > errors || t.has_arg)
        return status;
    return fastabi_complain(form, FASTABI_DIAG_XEN_PROGRESS, t.progress->mark,
                            "'progress' has no 'arg'; say which argument of the call to go on with "
                            "has the number, counted from 0");
}
