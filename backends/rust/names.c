/* SPDX-License-Identifier: MIT */
/*
 * Names and types in generated Rust.  Every map from names to names here keeps different ones
 * different.
 */
#include <stdlib.h>
#include <string.h>

#include "rust.h"

/* Keywords of edition 2021 and of those to come, sorted; they may be used as r#NAME. */
static const char *const keywords[] = {
    "abstract", "as",     "async",   "await",  "become",  "box",      "break", "const",
    "continue", "do",     "dyn",     "else",   "enum",    "extern",   "false", "final",
    "fn",       "for",    "gen",     "if",     "impl",    "in",       "let",   "loop",
    "macro",    "match",  "mod",     "move",   "mut",     "override", "priv",  "pub",
    "ref",      "return", "static",  "struct", "trait",   "true",     "try",   "type",
    "typeof",   "unsafe", "unsized", "use",    "virtual", "where",    "while", "yield",
};

/*
 * What no module can be called: names that may not be r#NAME, files of the crate, what lib.rs
 * exports.
 */
static const char *const taken_modules[] = {
    "",
    "crate",
    "self",
    "super",
    "Self",
    "lib",
    "main",
    "support",
    "transfer",
    "types",
    "core",
    "cpuid",
    "detect",
    "patch",
    "set_vendor",
    "vendor",
    "MASK",
    "Call",
    "DefaultTransfer",
    "Detected",
    "Errno",
    "Patch",
    "PatchError",
    "Transfer",
    "Vendor",
    "Vmcall",
    "Vmmcall",
    "Caller",
    NULL,
};

/* What no function can be called: the same, and the values that generated text names. */
static const char *const taken_functions[] = {
    "",      "crate", "self",  "super",           "Self", "Ok", "Err", "None", "Some",
    "Errno", "MASK",  "CALLS", "HYPERCALL_INDEX", NULL,
};

static const char *const taken_params[] = { "", "crate", "self", "super", NULL };

/* What no struct can be called: the types that generated text names. */
static const char *const taken_structs[] = {
    "Call", "DefaultTransfer", "Errno", "Option", "Result", "Self", "T", "Transfer", NULL,
};

static bool contains(const char *const *list, const char *name, size_t length)
{
    const char first = length ? *name : '\0';

    for (; *list; list++) {
        if (**list == first && !strncmp(*list, name, length) && !(*list)[length])
            return true;
    }
    return false;
}

static int compare_names(const void *name, const void *keyword)
{
    return strcmp(name, *(const char *const *)keyword);
}

static bool is_keyword(const char *name)
{
    return *name >= 'a' && *name <= 'z' &&
           bsearch(name, keywords, sizeof(keywords) / sizeof(keywords[0]), sizeof(keywords[0]),
                   compare_names);
}

static size_t stem_length(const char *name)
{
    size_t length = strlen(name);

    while (length && name[length - 1] == '_')
        length--;
    return length;
}

static const char *append_underscore(const struct rust_run *run, const char *name)
{
    return fastabi_emission_printf(run->emission, "%s_", name);
}

/*
 * Make a name usable: a '_' more for what is taken, also for taken names that end in one, so that
 * two names never become one; r# in front of a keyword.
 */
static const char *escape(const struct rust_run *run, const char *name, const char *const *taken)
{
    if (contains(taken, name, stem_length(name)))
        return append_underscore(run, name);
    if (is_keyword(name))
        return fastabi_emission_printf(run->emission, "r#%s", name);
    return name;
}

const char *rust_module_name(const struct rust_run *run, const struct fastabi_spec *spec)
{
    return escape(run, fastabi_spec_name(spec), taken_modules);
}

const char *rust_without_prefix(const char *name)
{
    return strncmp(name, "r#", 2) ? name : name + 2;
}

/*
 * The direct call has the specification's name; where a sub-operation has it too, a '_' is added.
 */
const char *rust_function_name(const struct rust_run *run, const struct fastabi_spec *spec,
                               const struct fastabi_op *op)
{
    const char *name;

    if (!fastabi_op_is_direct(op))
        return escape(run, fastabi_op_name(op), taken_functions);
    name = fastabi_spec_name(spec);
    while (*name &&
           (fastabi_spec_op_by_name(spec, name) || contains(taken_functions, name, strlen(name))))
        name = append_underscore(run, name);
    return escape(run, name, taken_functions);
}

/* A capital in front could be the name of a type, a variant or a constant. */
const char *rust_argument_name(const struct rust_run *run, const char *name)
{
    if (name[0] >= 'A' && name[0] <= 'Z')
        return append_underscore(run, name);
    return escape(run, name, taken_params);
}

const char *rust_param_name(const struct rust_run *run, const struct fastabi_param *param)
{
    return rust_argument_name(run, fastabi_param_flat_name(param));
}

static bool is_lower(char character)
{
    return character >= 'a' && character <= 'z';
}
static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* a, a1_b, a_2: lower case, single underscores inside */
static bool is_snake_case(const char *name)
{
    if (!is_lower(*name))
        return false;
    for (; *name; name++) {
        if (*name == '_' ? !is_lower(name[1]) && !is_digit(name[1])
                         : !is_lower(*name) && !is_digit(*name))
            return false;
    }
    return true;
}

/*
 * Only words of letters are joined without their underscore, and what is not snake case keeps its
 * form and ends in one, so that no two names meet.
 */
const char *rust_camel_case(const struct rust_run *run, const char *name)
{
    const char *camel = "";

    if (!is_snake_case(name))
        return append_underscore(run, name);
    while (*name) {
        size_t length = 1;

        while (name[length] && (name[length] != '_' || !is_lower(name[length + 1])))
            length++;
        camel = fastabi_emission_printf(run->emission, "%s%c%.*s", camel,
                                        is_lower(*name) ? *name - 'a' + 'A' : *name,
                                        (int)length - 1, name + 1);
        name += length;
        name += *name == '_';
    }
    return camel;
}

static const char *result_name(const struct rust_run *run, const struct fastabi_spec *spec,
                               const struct fastabi_op *op)
{
    const char *name = fastabi_op_is_direct(op)
                           ? rust_without_prefix(rust_function_name(run, spec, op))
                           : fastabi_op_name(op);

    name = rust_camel_case(run, name);
    if (!contains(taken_structs, name, strlen(name)))
        return name;
    return fastabi_emission_printf(run->emission, "%s_Struct", name); /* no other ends like this */
}

void rust_prepare(const struct rust_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op, struct rust_op *out)
{
    out->spec = spec;
    out->op = op;
    out->name = rust_function_name(run, spec, op);
    out->result = result_name(run, spec, op);
    out->input_count = out->output_count = 0;
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_in(param) != FASTABI_NO_REGISTER)
            out->inputs[out->input_count++] = param;
        if (fastabi_param_out(param) != FASTABI_NO_REGISTER)
            out->outputs[out->output_count++] = param;
    }
}
