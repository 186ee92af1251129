/* SPDX-License-Identifier: MIT */
/* What specifications want to know of headers.  Reads no header; scan.c does where it must. */
#include "layout/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- lists of names ---- */

int fastabi_plan_add(struct fastabi_plan *plan, struct fastabi_layout_names *names,
                     const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!strcmp(names->items[i], name))
            return 0;
    }
    if (names->count == names->capacity) {
        size_t capacity = names->capacity ? 2 * names->capacity : 32;
        const char **items = fastabi_arena_alloc(&plan->arena, capacity * sizeof(*items));

        if (!items)
            return -ENOMEM;
        if (names->count)
            memcpy(items, names->items, names->count * sizeof(*items));
        names->items = items;
        names->capacity = capacity;
    }
    name = fastabi_arena_copy(&plan->arena, name, strlen(name));
    if (!name)
        return -ENOMEM;
    names->items[names->count++] = name;
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* ---- words of names ---- */

/* Is the word (length characters) one of name? */
static bool has_word(const char *name, const char *word, size_t length)
{
    while (*name) {
        size_t own = strcspn(name, "_");

        if (own == length && !strncmp(name, word, length))
            return true;
        name += own;
        name += *name == '_';
    }
    return false;
}

unsigned int fastabi_common_words(const char *name, const char *other)
{
    unsigned int common = 0;

    for (const char *word = name; *word;) {
        size_t length = strcspn(word, "_");

        if (length && has_word(other, word, length))
            common++;
        word += length;
        word += *word == '_';
    }
    return common;
}

/* ---- what a specification wants ---- */

static int want_struct(struct fastabi_plan *plan, const char *name)
{
    const void *there;

    return fastabi_names_add(&plan->structs, &plan->arena, name, name, &there);
}

static int want_of_op(struct fastabi_plan *plan, const struct fastabi_op *op)
{
    int status = 0;

    if (op->index_macro)
        status = fastabi_plan_add(plan, &plan->request.macros, op->index_macro);
    if (!status && op->c_struct)
        status = want_struct(plan, op->c_struct);
    for (size_t i = 0; i < op->compat.count && !status; i++)
        status = want_struct(plan, op->compat.items[i]);
    for (size_t i = 0; i < op->param_count && !status; i++) {
        if (op->params[i].c_type)
            status = fastabi_plan_add(plan, &plan->request.types, op->params[i].c_type);
    }
    if (!status && op->c_struct && op->name) {
        struct fastabi_hint *hint = &plan->hints[plan->hint_count];

        hint->op_name = op->name;
        hint->common = fastabi_common_words(op->name, op->c_struct);
        if (hint->common < fastabi_common_words(op->name, op->name))
            plan->hint_count++;
    }
    return status;
}

/* 1: the folder has the header.  0, or -ENOMEM. */
static int has_header(struct fastabi_plan *plan, const char *folder, const char *header)
{
    char *path = fastabi_arena_alloc(&plan->arena, strlen(folder) + strlen(header) + 2);

    if (!path)
        return -ENOMEM;
    sprintf(path, "%s/%s", folder, header);
    return !access(path, R_OK);
}

static int want_headers(struct fastabi_plan *plan, const char *base,
                        const struct fastabi_spec *spec)
{
    const struct fastabi_layout_names *includes = &plan->request.includes;
    int status = 0;

    for (size_t i = 0; i < spec->headers.count && status >= 0; i++) {
        const char *header = spec->headers.items[i];

        status = has_header(plan, base, header);
        for (size_t j = 0; j < includes->count && !status; j++)
            status = has_header(plan, includes->items[j], header);
        if (status >= 0)
            status = fastabi_plan_add(plan, status ? &plan->request.headers : &plan->missing,
                                      header);
    }
    return status;
}

static int want_of_spec(struct fastabi_plan *plan, const char *base,
                        const struct fastabi_spec *spec)
{
    int status = base ? want_headers(plan, base, spec) : 0;

    if (!status && spec->hypercall_macro)
        status = fastabi_plan_add(plan, &plan->request.macros, spec->hypercall_macro);
    for (size_t i = 0; i < spec->op_count && !status; i++)
        status = want_of_op(plan, spec->ops[i]);
    return status;
}

int fastabi_plan_make(struct fastabi_plan *plan, const char *base, fastabi_specs specs,
                      size_t count)
{
    static const char *const constants[] = { "__XEN_LATEST_INTERFACE_VERSION__",
                                             "__HYPERVISOR_FASTABI_MASK", "XEN_HVM_CPUID_FASTABI" };
    struct fastabi_layout_names *macros = &plan->request.macros;
    size_t ops = 0;
    int status = 0;

    plan->specs = specs;
    plan->count = count;
    plan->request.base = base;
    for (size_t i = 0; i < count; i++)
        ops += specs[i]->op_count;
    plan->hints = fastabi_arena_alloc(&plan->arena, (ops + 1) * sizeof(*plan->hints));
    if (!plan->hints)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]) && !status; i++)
        status = fastabi_plan_add(plan, macros, constants[i]);
    if (base && !status)
        status = fastabi_plan_add(plan, &plan->request.headers, "xen.h");
    for (size_t i = 0; i < count && !status; i++)
        status = want_of_spec(plan, base, specs[i]);
    if (base && !status)
        status = fastabi_plan_scan(plan, base);
    if (!status && macros->count)
        qsort(macros->items, macros->count, sizeof(*macros->items), compare_names);
    return status;
}

void fastabi_plan_free(struct fastabi_plan *plan)
{
    fastabi_arena_free(&plan->arena);
}

bool fastabi_plan_wants(const struct fastabi_plan *plan, const char *name)
{
    if (fastabi_names_find(&plan->structs, name))
        return true;
    for (size_t i = 0; i < plan->hint_count; i++) {
        if (fastabi_common_words(plan->hints[i].op_name, name) > plan->hints[i].common)
            return true;
    }
    return false;
}
