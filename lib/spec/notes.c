/* SPDX-License-Identifier: MIT */
/*
 * What keys say of an operation and of its parameters, as sentences: every page, comment and table
 * that is made for people has them, in the same words.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fastabi/classic.h>

#include "spec/ir.h"

/* The sentences so far, and the one that is asked for. */
struct notes {
    char *buffer;
    size_t size;
    size_t wanted;
    size_t count;
};

static void add(struct notes *notes, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

static void add(struct notes *notes, const char *format, ...)
{
    va_list arguments;

    if (notes->count++ != notes->wanted)
        return;
    va_start(arguments, format);
    vsnprintf(notes->buffer, notes->size, format, arguments);
    va_end(arguments);
}

/* ---- an operation ---- */

static void add_caller(struct notes *notes, const struct fastabi_op *op)
{
    static const char *const callers[] = {
        [FASTABI_CALLER_UNKNOWN] = NULL,
        [FASTABI_CALLER_ANY] = "Any guest",
        [FASTABI_CALLER_DEVICE_MODEL] = "The device model of the domain that it acts on",
        [FASTABI_CALLER_CONTROL] = "A control domain",
        [FASTABI_CALLER_HARDWARE] = "The hardware domain",
    };
    const char *who = callers[op->caller];

    if (who)
        add(notes, "%s can make this call%s.", who,
            op->is_foreign ? ", which can act on other domains" : "");
    else if (op->is_foreign)
        add(notes, "This call can act on other domains.");
}

static void add_progress(struct notes *notes, const struct fastabi_op *op)
{
    const struct fastabi_xen_progress *progress = op->xen ? &op->xen->progress : NULL;

    if (!progress || !progress->mark.line)
        return;
    if (progress->param)
        add(notes,
            "If it is interrupted, it succeeds with the part that is done; output '%.200s' tells "
            "how much.",
            progress->param->name);
    else
        add(notes, "If it is interrupted, it succeeds with the part that is done; the result tells "
                   "how much.");
}

bool fastabi_op_note(const struct fastabi_op *op, size_t i, char *buffer, size_t size)
{
    struct notes notes = { buffer, size, i, 0 };

    if (!op || !buffer || !size)
        return false;
    buffer[0] = '\0';
    add_caller(&notes, op);
    if (op->rare->hvm_since)
        add(&notes, "HVM guests can use it since Xen %.50s.", op->rare->hvm_since);
    if (op->own_index)
        add(&notes, "The classic ABI has no such sub-operation; the number is FastABI's own.");
    add_progress(&notes, op);
    return notes.count > i;
}

/* ---- the classic call ---- */

static void add_fallback(struct notes *notes, const struct fastabi_op *op)
{
    const struct fastabi_strings *fallback = &op->classic->fallback;
    char names[400] = "";
    size_t used = 0;

    for (size_t i = 0; i < fallback->count && used + 40 < sizeof(names); i++)
        used += (size_t)snprintf(names + used, sizeof(names) - used, "%s-%s",
                                 !i                        ? ""
                                 : i + 1 < fallback->count ? ", "
                                                           : " or ",
                                 fallback->items[i]);
    if (fallback->count)
        add(notes, "A bridge makes the classic call after %s.", names);
}

static void add_linear(struct notes *notes, const struct fastabi_linear *linear)
{
    if (!linear->mark.line)
        return;
    add(notes,
        "It stands for the classic sub-operation %s%s%u too, which takes a linear address of %u "
        "bytes in '%.200s'.",
        linear->index_macro ? linear->index_macro : "", linear->index_macro ? ", " : "",
        linear->index, linear->size, linear->field);
    if (linear->has_none)
        add(notes, "A linear address of 0 is 0x%llx here.", (unsigned long long)linear->none);
}

bool fastabi_op_classic_note(const struct fastabi_op *op, size_t i, char *buffer, size_t size)
{
    struct notes notes = { buffer, size, i, 0 };

    if (!op || !buffer || !size)
        return false;
    buffer[0] = '\0';
    if (!op->classic)
        return false;
    for (size_t j = 0; j < op->classic->success.count; j++)
        add(&notes, "When it succeeds, the classic call writes %lld to '%.300s'.",
            (long long)op->classic->success.items[j].number, op->classic->success.items[j].name);
    for (size_t j = 0; j < op->classic->ignore.count; j++)
        add(&notes, "The classic call does not look at '%.300s'.", op->classic->ignore.items[j]);
    if (op->classic->elements_mark.line)
        add(&notes,
            "The classic call takes an array of structs; argument %u is the number of them.",
            op->classic->elements);
    add_linear(&notes, &op->classic->linear);
    if (op->classic->range.count)
        add(&notes, "The classic call goes on by itself until all of '%.200s' is done.",
            op->classic->range.count->name);
    if (op->classic->interface_version)
        add(&notes, "Its struct has these fields from interface version 0x%08x on.",
            (unsigned int)op->classic->interface_version);
    add_fallback(&notes, op);
    return notes.count > i;
}

/* ---- a parameter ---- */

static void add_parts(struct notes *notes, const struct fastabi_param *param)
{
    for (size_t i = 0; i < param->rare->part_count; i++) {
        const struct fastabi_part *part = &param->rare->parts[i];

        add(notes, "Bits %u to %u: %.300s (%c%u).", part->shift + part->width - 1u, part->shift,
            part->field, part->is_signed ? 'i' : 'u', part->width);
    }
}

/* "count elements of struct grant_copy", "one struct physdev_map_pirq", "count bytes" */
static void describe(const struct fastabi_xen_array *array, char *text, size_t size)
{
    char count[160];
    bool is_one = array->has_count && array->count == 1;

    if (array->count_param || array->count_field)
        snprintf(count, sizeof(count), "'%.140s'",
                 array->count_param ? array->count_param->name : array->count_field);
    else
        snprintf(count, sizeof(count), "%u", array->count);
    if (array->c_struct && is_one)
        snprintf(text, size, "a struct %.140s", array->c_struct);
    else if (array->c_struct)
        snprintf(text, size, "%s elements of struct %.140s", count, array->c_struct);
    else if (array->size == 1)
        snprintf(text, size, "%s bytes", count);
    else if (is_one)
        snprintf(text, size, "%u bytes", array->size);
    else
        snprintf(text, size, "%s elements of %u bytes", count, array->size);
}

static void add_memory(struct notes *notes, const struct fastabi_op *op,
                       const struct fastabi_param *param)
{
    for (size_t i = 0; op->xen && i < op->xen->array_count; i++) {
        const struct fastabi_xen_array *array = &op->xen->arrays[i];
        char elements[400];

        if (array->direction < FASTABI_XEN_FROM || array->params[0] != param)
            continue;
        describe(array, elements, sizeof(elements));
        add(notes, "The call %s %s at this address.",
            array->direction == FASTABI_XEN_FROM ? "reads"
            : array->direction == FASTABI_XEN_TO ? "writes"
                                                 : "reads and writes",
            elements);
        if (array->is_optional)
            add(notes, "0 stands for no memory.");
    }
}

bool fastabi_param_note(const struct fastabi_op *op, const struct fastabi_param *param, size_t i,
                        char *buffer, size_t size)
{
    struct notes notes = { buffer, size, i, 0 };

    if (!op || !param || !buffer || !size)
        return false;
    buffer[0] = '\0';
    add_parts(&notes, param);
    add_memory(&notes, op, param);
    return notes.count > i;
}
