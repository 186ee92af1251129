/* SPDX-License-Identifier: MIT */
/*
 * The assembly backend.  Macros: for GNU as fastabi.S.h once and fastabi/<name>.S.h for each
 * specification, for NASM fastabi.inc and fastabi/<name>.inc.  Functions: fastabi/<name>.S, .nasm
 * or .asm (MASM), and fastabi/<name>-functions.h.  Knows what all have: comments, constants, files.
 * Sees the public API only.
 */
#include "functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <strings.h>

static const struct fastabi_backend_option options[] = {
    { "syntax", FASTABI_OPTION_CHOICE, "gas|nasm|masm|both", "both",
      "gas: GNU as, AT&T, through the C preprocessor; nasm: NASM; both: these two; masm: MASM, "
      "functions only" },
    { "form", FASTABI_OPTION_CHOICE, "macros|functions", "macros",
      "macros: a macro for each operation; functions: a function, and a C header of prototypes" },
    { "convention", FASTABI_OPTION_CHOICE, "sysv|microsoft", "sysv",
      "how functions take their arguments: System V, or Microsoft's x64 convention (EFIAPI)" },
    { "transfer", FASTABI_OPTION_CHOICE, "macro|vmcall|vmmcall|patch", "macro",
      "the instruction of functions: XEN_FASTABI_TRANSFER of who assembles them, fixed, or "
      "patched at boot (ELF)" },
    { "prefix", FASTABI_OPTION_NAME, NULL, "xen_hypercall",
      "what the names of functions start with" },
    { "visibility", FASTABI_OPTION_CHOICE, "default|hidden", "default",
      "hidden: in ELF, functions are for their own program or shared object only" },
    { "types", FASTABI_OPTION_HEADERS, "stdint|builtin|none", "stdint",
      "where the header of functions has its integer types from: <stdint.h>, C itself (unsigned "
      "int), the includer (none), or other headers" },
    { "result", FASTABI_OPTION_TYPE, NULL, "int64_t",
      "the type that functions return, signed, of 64 bits, such as LONG_PTR; long long with "
      "types=builtin" },
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

static const struct asm_syntax *const syntaxes[] = { &asm_gas, &asm_nasm, &asm_masm };

#define SYNTAX_COUNT (sizeof(syntaxes) / sizeof(syntaxes[0]))

static bool is_wanted(const struct fastabi_emission *emission, const struct asm_syntax *syntax)
{
    const char *value = fastabi_emission_option(emission, "syntax");

    return !strcmp(value, syntax->name) || (!strcmp(value, "both") && syntax != &asm_masm);
}

static int write_support(struct fastabi_emission *emission, const struct asm_syntax *syntax)
{
    const char *path = fastabi_emission_printf(emission, "fastabi.%s", syntax->extension);
    struct fastabi_writer *writer;
    int status = fastabi_emission_open(emission, path, FASTABI_FILE_SUPPORT | FASTABI_FILE_FIXED,
                                       &writer);

    if (status)
        return status;
    for (size_t i = 0; syntax->support[i]; i++)
        fastabi_write(writer, "%s\n", syntax->support[i]);
    return 0;
}

/* ---- options ---- */

/* What only functions have must not be set for macros; what a profile says of it does not count. */
static int check_macros(struct fastabi_emission *emission)
{
    for (size_t i = 2; i < OPTION_COUNT; i++) {
        const char *name = options[i].name;

        if (fastabi_emission_option_is_set(emission, name) &&
            strcmp(fastabi_emission_option(emission, name), options[i].default_value))
            return fastabi_emission_error(
                emission, NULL, NULL,
                fastabi_emission_printf(emission,
                                        "option '%s' is for functions; add -O "
                                        "form=functions",
                                        name));
    }
    if (is_wanted(emission, &asm_masm))
        return fastabi_emission_error(
            emission, NULL, NULL,
            "there are no macros for MASM; add -O form=functions, or use syntax=gas or nasm");
    return 0;
}

static int check_functions(struct fastabi_emission *emission, const struct asm_options *read)
{
    if (is_wanted(emission, &asm_masm) && !strcmp(read->transfer, "patch"))
        return fastabi_emission_error(emission, NULL, NULL,
                                      "transfer=patch needs ELF, which MASM does not make; use "
                                      "transfer=macro, vmcall or vmmcall");
    return 0;
}

/* Can each operation's name be told from those of parameters? */
static bool are_all_plain(const struct fastabi_emission *emission)
{
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++) {
            if (!asm_is_plain(fastabi_op_flat_name(fastabi_spec_op(spec, j))))
                return false;
        }
    }
    return true;
}

static int begin(struct fastabi_emission *emission)
{
    struct asm_options *read = calloc(1, sizeof(*read));
    int status = 0;

    if (!read)
        return -ENOMEM;
    fastabi_emission_set_state(emission, read);
    read->are_functions = !strcmp(fastabi_emission_option(emission, "form"), "functions");
    read->convention = strcmp(fastabi_emission_option(emission, "convention"), "sysv")
                           ? ASM_MICROSOFT
                           : ASM_SYSV;
    read->prefix = fastabi_emission_option(emission, "prefix");
    read->transfer = fastabi_emission_option(emission, "transfer");
    read->is_hidden = !strcmp(fastabi_emission_option(emission, "visibility"), "hidden");
    read->are_all_plain = are_all_plain(emission);
    if (read->are_functions)
        return check_functions(emission, read);
    status = check_macros(emission);
    for (size_t i = 0; i < SYNTAX_COUNT && !status; i++) {
        if (is_wanted(emission, syntaxes[i]))
            status = write_support(emission, syntaxes[i]);
    }
    return status;
}

/* ---- macros ---- */

/* Where an input belongs, where an output is: its part of the register. */
static void write_places(const struct asm_file *file, const struct fastabi_op *op)
{
    const struct asm_syntax *syntax = file->syntax;
    struct fastabi_writer *writer = file->writer;
    const char *id = fastabi_op_flat_name(op);

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        const char *name = asm_param_name(file, param);

        if (!asm_has_constants(file, op, param))
            continue;
        if (fastabi_param_in(param) != FASTABI_NO_REGISTER)
            fastabi_write(writer, "%s XEN_FASTABI_IN_%s__%s %s%s\n", syntax->define, id, name,
                          syntax->register_prefix, fastabi_register_name(fastabi_param_in(param)));
        asm_write_shifts(file, op, param);
        if (fastabi_param_out(param) != FASTABI_NO_REGISTER)
            fastabi_write(writer, "%s XEN_FASTABI_OUT_%s__%s %s%s\n", syntax->define, id, name,
                          syntax->register_prefix,
                          asm_register_part(fastabi_param_out(param), fastabi_param_width(param)));
    }
}

static void write_constants(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;
    const char *define = file->syntax->define;
    const char *id = fastabi_op_flat_name(op);

    if (!fastabi_op_is_direct(op))
        fastabi_write(writer, "%s XEN_FASTABI_INDEX_%s %u\n", define, id, fastabi_op_index(op));
    fastabi_write(writer, "%s XEN_FASTABI_IN_%s 0x%x\n%s XEN_FASTABI_OUT_%s 0x%x\n", define, id,
                  fastabi_op_input_mask(op), define, id, fastabi_op_output_mask(op));
    fastabi_write(writer, "%s XEN_FASTABI_CLOBBER_%s 0x%x\n", define, id,
                  fastabi_op_clobber_mask(op));
    if (fastabi_op_caller(op) != FASTABI_CALLER_UNKNOWN)
        fastabi_write(writer, "%s XEN_FASTABI_CLASS_%s %u\n%s XEN_FASTABI_FOREIGN_%s %d\n", define,
                      id, (unsigned int)fastabi_op_caller(op), define, id,
                      fastabi_op_is_foreign(op));
}

static int write_macros(struct fastabi_emission *emission, const struct asm_syntax *syntax,
                        const struct fastabi_spec *spec)
{
    const char *name = fastabi_spec_name(spec);
    const char *path = fastabi_emission_printf(emission, "fastabi/%s.%s", name, syntax->extension);
    struct asm_file file = {
        emission, NULL, syntax, spec, fastabi_emission_state(emission), NULL,
    };
    int status = fastabi_emission_open(emission, path, FASTABI_FILE_SPEC, &file.writer);

    if (status)
        return status;
    asm_write_banner(&file);
    syntax->write_head(file.writer, name);
    fastabi_write(file.writer, "%s XEN_FASTABI_HYPERCALL_%s %u\n\n", syntax->define, name,
                  fastabi_spec_hypercall_index(spec));
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        asm_write_doc(&file, op);
        write_constants(&file, op);
        write_places(&file, op);
        syntax->write_macro(&file, op);
    }
    syntax->write_foot(file.writer, name);
    return 0;
}

static bool has_upper(const char *name)
{
    for (; *name; name++) {
        if (*name >= 'A' && *name <= 'Z')
            return true;
    }
    return false;
}

/* Another operation, of any specification, whose macro GNU as takes for this one's. */
static const struct fastabi_op *find_like(struct fastabi_emission *emission,
                                          const struct fastabi_op *op,
                                          const struct fastabi_spec **where)
{
    for (size_t i = 0; i < fastabi_emission_spec_count(emission); i++) {
        const struct fastabi_spec *spec = *where = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++) {
            const struct fastabi_op *other = fastabi_spec_op(spec, j);

            if (other != op && !strcasecmp(fastabi_op_flat_name(op), fastabi_op_flat_name(other)))
                return other;
        }
    }
    return NULL;
}

/* GNU as does not tell macros apart that differ in case only. */
static int check_case(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);
        const struct fastabi_spec *where;

        if (has_upper(fastabi_op_flat_name(op)) && find_like(emission, op, &where))
            return fastabi_emission_error(
                emission, spec, op,
                fastabi_emission_printf(
                    emission,
                    "another operation%s%s differs from this one only in case, which GNU as "
                    "ignores; rename one, or use -O syntax=nasm",
                    where == spec ? "" : " of ", where == spec ? "" : fastabi_spec_name(where)));
    }
    return 0;
}

/* ---- functions ---- */

static int write_functions(struct fastabi_emission *emission, const struct asm_syntax *syntax,
                           const struct fastabi_spec *spec)
{
    const struct asm_options *read = fastabi_emission_state(emission);
    struct asm_file file = { emission, NULL, syntax, spec, read, syntax->spelling };
    int status = fastabi_emission_open(emission,
                                       fastabi_emission_printf(emission, "fastabi/%s.%s",
                                                               fastabi_spec_name(spec),
                                                               syntax->function_extension),
                                       FASTABI_FILE_SPEC, &file.writer);

    if (status)
        return status;
    asm_write_banner(&file);
    if (syntax->transfer_check && !strcmp(read->transfer, "macro"))
        fastabi_write(file.writer, "%s\n", syntax->transfer_check);
    /* the banner has the first one, the licence */
    for (size_t i = 1; syntax->function_support[i]; i++)
        fastabi_write(file.writer, "%s\n", syntax->function_support[i]);
    fastabi_write(file.writer, "\n");
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        asm_write_function(&file, fastabi_spec_op(spec, i));
    fastabi_write(file.writer, "%s", syntax->function_end ? syntax->function_end : "");
    return 0;
}

/* With -O prefix= a function must not have the name of a macro that is there for functions. */
static int check_prefix(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    static const char own[] = "xen_fastabi_";
    const struct asm_options *read = fastabi_emission_state(emission);

    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);
        const char *function = fastabi_emission_printf(emission, "%s_%s", read->prefix,
                                                       fastabi_op_flat_name(op));

        if (!strncasecmp(function, own, sizeof(own) - 1))
            return fastabi_emission_error(
                emission, spec, op,
                fastabi_emission_printf(emission,
                                        "function '%.200s': names that start with xen_fastabi_ "
                                        "are its own; choose another 'prefix'",
                                        function));
    }
    return 0;
}

static int spec_begin(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    const struct asm_options *read = fastabi_emission_state(emission);
    int status = read->are_functions ? check_prefix(emission, spec) : 0;

    if (!read->are_functions && is_wanted(emission, &asm_gas))
        status = check_case(emission, spec);
    for (size_t i = 0; i < SYNTAX_COUNT && !status; i++) {
        if (is_wanted(emission, syntaxes[i]))
            status = read->are_functions ? write_functions(emission, syntaxes[i], spec)
                                         : write_macros(emission, syntaxes[i], spec);
    }
    return status || !read->are_functions ? status : asm_write_header(emission, read, spec);
}

static void cleanup(struct fastabi_emission *emission)
{
    free(fastabi_emission_state(emission));
}

const struct fastabi_backend fastabi_backend_asm = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(struct fastabi_backend),
    .name = "asm",
    .description = "Assembly, with a macro or a function for each operation",
    .flags = FASTABI_BACKEND_STUBS | FASTABI_BACKEND_FLAT_NAMES,
    .options = options,
    .option_count = OPTION_COUNT,
    .begin = begin,
    .spec_begin = spec_begin,
    .cleanup = cleanup,
};
