/* SPDX-License-Identifier: MIT */
/* What specifications want to know of headers.  Reads no header; scan.c does where it must. */
#include "layout/plan.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "layout/scan.h"

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
        status = fastabi_list_add_once(&plan->request.macros, &plan->arena, op->index_macro);
    if (!status && op->c_struct)
        status = want_struct(plan, op->c_struct);
    if (!status && op->xen && op->xen->c_struct)
        status = want_struct(plan, op->xen->c_struct);
    for (size_t i = 0; op->xen && i < op->xen->array_count && !status; i++) {
        if (op->xen->arrays[i].c_struct)
            status = want_struct(plan, op->xen->arrays[i].c_struct);
    }
    for (size_t i = 0; i < op->rare->compat.count && !status; i++)
        status = want_struct(plan, op->rare->compat.items[i]);
    for (size_t i = 0; i < op->param_count && !status; i++) {
        if (op->params[i].rare->c_type)
            status = fastabi_list_add_once(&plan->request.types, &plan->arena,
                                           op->params[i].rare->c_type);
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

/* 1: the directory has the header.  0, or -ENOMEM. */
static int has_header(struct fastabi_plan *plan, const char *directory, const char *header)
{
    const char *path = fastabi_path_join(&plan->arena, directory, header);

    return path ? !access(path, R_OK) : -ENOMEM;
}

static int want_headers(struct fastabi_plan *plan, const char *base,
                        const struct fastabi_spec *spec)
{
    const struct fastabi_list *const lists[] = { &plan->request.includes, &plan->request.after };
    int status = 0;

    for (size_t i = 0; i < spec->headers.count && status >= 0; i++) {
        const char *header = spec->headers.items[i];

        status = has_header(plan, base, header);
        for (size_t j = 0; j < sizeof(lists) / sizeof(lists[0]); j++) {
            for (size_t k = 0; k < lists[j]->count && !status; k++)
                status = has_header(plan, lists[j]->items[k], header);
        }
        if (status >= 0)
            status = fastabi_list_add_once(status ? &plan->request.headers : &plan->missing,
                                           &plan->arena, header);
    }
    return status;
}

static int want_of_spec(struct fastabi_plan *plan, const char *base,
                        const struct fastabi_spec *spec)
{
    int status = base ? want_headers(plan, base, spec) : 0;

    if (!status && spec->hypercall_macro)
        status = fastabi_list_add_once(&plan->request.macros, &plan->arena, spec->hypercall_macro);
    for (size_t i = 0; i < spec->op_count && !status; i++)
        status = want_of_op(plan, spec->ops[i]);
    return status;
}

int fastabi_plan_make(struct fastabi_plan *plan, const char *base, fastabi_specs specs,
                      size_t count)
{
    static const char *const constants[] = { "__XEN_LATEST_INTERFACE_VERSION__",
                                             "__HYPERVISOR_FASTABI_MASK", "XEN_HVM_CPUID_FASTABI" };
    struct fastabi_list *macros = &plan->request.macros;
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
        status = fastabi_list_add_once(macros, &plan->arena, constants[i]);
    if (base && !status)
        status = fastabi_list_add_once(&plan->request.headers, &plan->arena, "xen.h");
    for (size_t i = 0; i < count && !status; i++)
        status = specs[i]->op_count ? want_of_spec(plan, base, specs[i]) : 0;
    if (base && !status)
        status = fastabi_scan_headers(&plan->arena, specs, count, &plan->request);
    fastabi_list_sort(macros, 0);
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
