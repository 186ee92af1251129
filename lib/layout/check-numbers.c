/* SPDX-License-Identifier: MIT */
/*
 * Numbers against macros: hypercalls, sub-operations, and FastABI's own constants.  Knows no
 * structs.
 */
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "layout/check.h"
#include "layout/scan.h"

#define NAME_MAX_ (2 * FASTABI_IDENTIFIER_MAX + 32)

/* ---- the hypercall ---- */

/* The macro of a hypercall by its number: what a specification that names none may have meant. */
static const struct fastabi_layout_macro *find_by_number(struct fastabi_check *check,
                                                         int64_t number)
{
    const struct fastabi_layout_table *macros = &check->layout->macros;

    for (size_t i = 0; i < macros->count; i++) {
        const struct fastabi_layout_macro *macro = macros->items[i];

        if (macro->value == number &&
            !strncmp(macro->name, FASTABI_HYPERCALL_PREFIX, strlen(FASTABI_HYPERCALL_PREFIX)))
            return fastabi_check_macro(check, macro->name);
    }
    return NULL;
}

/* What the headers lack of a macro. */
static const char *lack(bool is_defined)
{
    return is_defined ? "integer value for macro" : "macro";
}

static void report_no_hypercall(struct fastabi_check *check, const struct fastabi_spec *spec,
                                const char *name)
{
    const struct fastabi_layout_macro *other = find_by_number(check, spec->hypercall_index);
    const char *since = fastabi_check_newer_hypercall(check, spec);
    char hint[FASTABI_HINT_SIZE];
    bool is_defined;

    if (since) {
        fastabi_check_lacks(check, spec, spec->hypercall_macro ? spec->macro_mark : spec->name_mark,
                            "macro", name, "hypercall", since);
        return;
    }
    if (spec->hypercall_macro && check->is_partial)
        return;
    fastabi_check_near_macro(check, name, &is_defined, hint);
    if (spec->hypercall_macro)
        fastabi_check_report(check, FASTABI_DIAG_NO_MACRO, spec, spec->macro_mark,
                             "%s no %s '%.150s'; %s", fastabi_check_source(check), lack(is_defined),
                             name, hint);
    else
        fastabi_check_report(check, FASTABI_DIAG_NO_DERIVED_MACRO, spec, spec->name_mark,
                             "%s no %s '%.150s', as the name suggests; give its name with "
                             "'hypercall_macro'%s%.150s",
                             fastabi_check_source(check), lack(is_defined), name, other ? ": " : "",
                             other ? other->name : "");
    if (other)
        fastabi_check_also(check,
                           spec->hypercall_macro ? FASTABI_DIAG_NO_MACRO
                                                 : FASTABI_DIAG_NO_DERIVED_MACRO,
                           other->file, other->line, "hypercall %u is '%.150s' here",
                           spec->hypercall_index, other->name);
}

/* A number that is not its macro's. */
static void compare(struct fastabi_check *check, const struct fastabi_spec *spec,
                    struct fastabi_mark mark, uint32_t number,
                    const struct fastabi_layout_macro *macro)
{
    if (macro->value == number)
        return;
    if (macro->value < 0 || macro->value > UINT32_MAX)
        fastabi_check_report(check, FASTABI_DIAG_WRONG_NUMBER, spec, mark,
                             "%u is not the value of '%.150s'; name another macro", number,
                             macro->name);
    else
        fastabi_check_report(check, FASTABI_DIAG_WRONG_NUMBER, spec, mark,
                             "%u is not the value of '%.150s'; write %lld, or another macro",
                             number, macro->name, (long long)macro->value);
    fastabi_check_also(check, FASTABI_DIAG_WRONG_NUMBER, macro->file, macro->line,
                       "'%.150s' is %lld here", macro->name, (long long)macro->value);
}

static void check_hypercall(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    char derived[NAME_MAX_];
    const char *name = spec->hypercall_macro;
    const struct fastabi_layout_macro *macro;

    if (!name) {
        snprintf(derived, sizeof(derived), FASTABI_HYPERCALL_PREFIX "%s_op", spec->name);
        name = derived;
    }
    macro = fastabi_check_macro(check, name);
    if (macro)
        compare(check, spec, spec->index_mark, spec->hypercall_index, macro);
    else
        report_no_hypercall(check, spec, name);
}

/* ---- sub-operations ---- */

/* How many operations of a specification have a macro with that prefix. */
static unsigned int count_votes(const struct fastabi_check *check, const struct fastabi_spec *spec,
                                const char *prefix, size_t length)
{
    char name[NAME_MAX_];
    unsigned int votes = 0;

    for (size_t i = 0; i < spec->op_count; i++) {
        if (!spec->ops[i]->name)
            continue;
        snprintf(name, sizeof(name), "%.*s%s", (int)length, prefix, spec->ops[i]->name);
        votes += fastabi_layout_find_macro(check->layout, name) != NULL;
    }
    return votes;
}

/*
 * A specification that does not say what its macros are called: the prefix that most operations
 * have one with; of several the shortest.  Returns its length, 0: there is none.
 */
static size_t vote(const struct fastabi_check *check, const struct fastabi_spec *spec,
                   const char **prefix)
{
    const struct fastabi_layout_table *macros = &check->layout->macros;
    unsigned int most = 0;
    size_t best = 0;

    for (size_t i = 0; i < macros->count; i++) {
        const struct fastabi_layout_macro *macro = macros->items[i];
        size_t length = 0;
        unsigned int votes;

        for (size_t j = 0; j < spec->op_count && !length; j++)
            length = spec->ops[j]->name ? fastabi_index_prefix(macro->name, spec->ops[j]->name) : 0;
        if (!length || (best == length && !strncmp(*prefix, macro->name, length)))
            continue;
        votes = count_votes(check, spec, macro->name, length);
        if (votes > most || (votes == most && length < best)) {
            most = votes;
            best = length;
            *prefix = macro->name;
        }
    }
    return best;
}

static void report_no_index(struct fastabi_check *check, const struct fastabi_op *op)
{
    struct fastabi_mark mark = op->rare->macro_mark.line ? op->rare->macro_mark : op->mark;
    char hint[FASTABI_HINT_SIZE];
    bool is_defined;

    if (fastabi_check_is_newer(check, op)) {
        fastabi_check_lacks(check, op->spec, mark, "macro", op->index_macro, "operation",
                            fastabi_op_since(op));
    } else if (!check->is_partial) {
        fastabi_check_near_macro(check, op->index_macro, &is_defined, hint);
        fastabi_check_report(check, FASTABI_DIAG_NO_MACRO, op->spec, mark, "%s no %s '%.150s'; %s",
                             fastabi_check_source(check), lack(is_defined), op->index_macro, hint);
    }
}

/* An operation that names no macro; length: of the prefix that the others have, 0: none. */
static void report_not_checked(struct fastabi_check *check, const struct fastabi_op *op,
                               const char *name, size_t length)
{
    char hint[FASTABI_HINT_SIZE];
    bool is_defined = false;

    if (length)
        fastabi_check_near_macro(check, name, &is_defined, hint);
    fastabi_check_report(
        check, FASTABI_DIAG_NOT_CHECKED, op->spec, op->index_mark,
        "%s no %s '%.150s', so index %u is not checked; give its name with 'index_macro'",
        fastabi_check_source(check), lack(is_defined), name, op->index);
}

static void check_index(struct fastabi_check *check, const struct fastabi_op *op,
                        const char *prefix, size_t length)
{
    char derived[NAME_MAX_];
    const char *name = op->index_macro;
    const struct fastabi_layout_macro *macro;

    if (op->own_index)
        return;
    if (!name) {
        snprintf(derived, sizeof(derived), "%.*s%s", (int)length, prefix, op->name);
        name = derived;
    }
    macro = fastabi_check_macro(check, name);
    if (macro)
        compare(check, op->spec, op->index_mark, op->index, macro);
    else if (op->index_macro)
        report_no_index(check, op);
    else
        report_not_checked(check, op, name, length);
}

void fastabi_check_numbers(struct fastabi_check *check, const struct fastabi_spec *spec)
{
    const char *prefix = "";
    size_t length = spec->index_prefix ? 0 : vote(check, fastabi_spec_whole(spec), &prefix);

    check_hypercall(check, spec);
    for (size_t i = 0; i < spec->op_count; i++) {
        if (spec->ops[i]->name)
            check_index(check, spec->ops[i], prefix, length);
    }
}

/* ---- constants of FastABI itself, in headers that have them ---- */

void fastabi_check_constants(struct fastabi_check *check)
{
    static const struct {
        const char *name;
        int64_t value;
    } constants[] = {
        { "__HYPERVISOR_FASTABI_MASK", FASTABI_MASK },
        { "XEN_HVM_CPUID_FASTABI", 1 << 7 },
    };

    for (size_t i = 0; i < sizeof(constants) / sizeof(constants[0]); i++) {
        const struct fastabi_layout_macro *macro = fastabi_check_macro(check, constants[i].name);

        if (!macro || macro->value == constants[i].value)
            continue;
        check->errors++;
        if (check->context) {
            struct fastabi_place place = { macro->file ? macro->file->shown : NULL, macro->line,
                                           0 };

            fastabi_report(check->context, FASTABI_DIAG_WRONG_NUMBER, &place,
                           "'%s' is 0x%llx here, and 0x%llx in the FastABI that this version "
                           "generates; use other headers",
                           constants[i].name, (unsigned long long)macro->value,
                           (unsigned long long)constants[i].value);
        }
    }
}
