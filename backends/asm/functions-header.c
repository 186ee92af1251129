/* SPDX-License-Identifier: MIT */
/*
 * The C header of the functions: constants and prototypes, for every compiler of C and C++.  Names
 * of arguments are in comments, where no macro of the includer can hit them.
 */
#include <inttypes.h>
#include <string.h>

#include "functions.h"

/* How a compiler knows a convention, unless the includer says. */
static const char *const conventions[] = {
    [ASM_SYSV] = "/* The System V calling convention, for this compiler. */\n"
                 "#ifndef XEN_FASTABI_SYSV\n"
                 "# if defined(__GNUC__) || defined(__clang__)\n"
                 "#  define XEN_FASTABI_SYSV __attribute__((__sysv_abi__))\n"
                 "# elif defined(_WIN32) || defined(_MSC_VER)\n"
                 "#  error \"this compiler has no System V convention: generate with -O "
                 "convention=microsoft\"\n"
                 "# else\n"
                 "#  define XEN_FASTABI_SYSV\n"
                 "# endif\n"
                 "#endif\n\n",
    [ASM_MICROSOFT] = "/* Microsoft's calling convention, for this compiler: EFIAPI. */\n"
                      "#ifndef XEN_FASTABI_MICROSOFT\n"
                      "# if defined(__GNUC__) || defined(__clang__)\n"
                      "#  define XEN_FASTABI_MICROSOFT __attribute__((__ms_abi__))\n"
                      "# elif defined(_WIN32) || defined(_MSC_VER)\n"
                      "#  define XEN_FASTABI_MICROSOFT\n"
                      "# else\n"
                      "#  error \"define XEN_FASTABI_MICROSOFT: this compiler's word for "
                      "Microsoft's calling convention\"\n"
                      "# endif\n"
                      "#endif\n\n",
};

static const char *const convention_macros[] = {
    [ASM_SYSV] = "XEN_FASTABI_SYSV", [ASM_MICROSOFT] = "XEN_FASTABI_MICROSOFT"
};

const char *asm_function_name(const struct asm_file *file, const struct fastabi_op *op)
{
    return fastabi_emission_printf(file->emission, "%s_%s", file->options->prefix,
                                   fastabi_op_flat_name(op));
}

/* ---- types ---- */

static bool is_builtin(const struct asm_file *file)
{
    return !strcmp(fastabi_emission_option(file->emission, "types"), "builtin");
}

/* C's own names: the same for every compiler of x86-64. */
static const char *integer_of(const struct asm_file *file, const struct fastabi_param *param)
{
    static const char *const names[][2] = {
        { "unsigned char", "signed char" },
        { "unsigned short", "short" },
        { "unsigned int", "int" },
        { "unsigned long long", "long long" },
    };
    const unsigned int width = fastabi_param_width(param);

    if (!is_builtin(file))
        return fastabi_param_c_integer(param);
    return names[width == 8    ? 0
                 : width == 16 ? 1
                 : width == 32 ? 2
                               : 3][fastabi_param_is_signed(param)];
}

static const char *result_of(const struct asm_file *file)
{
    const char *result = fastabi_emission_option(file->emission, "result");

    return is_builtin(file) && !strcmp(result, "int64_t") ? "long long" : result;
}

static void write_includes(const struct asm_file *file)
{
    const char *types = fastabi_emission_option(file->emission, "types");

    if (is_builtin(file))
        return;
    if (!strcmp(types, "none")) {
        fastabi_write(file->writer, "/* uint32_t and the like are the includer's. */\n\n");
        return;
    }
    if (!strcmp(types, "stdint"))
        types = "stdint.h";
    while (*types) {
        const size_t length = strcspn(types, ",");

        fastabi_write(file->writer, "#include <%.*s>\n", (int)length, types);
        types += length + (types[length] == ',');
    }
    fastabi_write(file->writer, "\n");
}

/* ---- the file ---- */

/* Names of the values of XEN_FASTABI_CLASS_*, as in fastabi.h. */
static const char callers[] = "/* Who can make a call: values of XEN_FASTABI_CLASS_*. */\n"
                              "#ifndef XEN_FASTABI_CALLER_ANY\n"
                              "# define XEN_FASTABI_CALLER_ANY 1u\n"
                              "# define XEN_FASTABI_CALLER_DEVICE_MODEL 2u\n"
                              "# define XEN_FASTABI_CALLER_CONTROL 3u\n"
                              "# define XEN_FASTABI_CALLER_HARDWARE 4u\n"
                              "#endif\n\n";

/* Sets of functions with other prefixes have headers of their own. */
static const char *guard_of(const struct asm_file *file)
{
    const char *prefix = file->options->prefix;
    const char *name = fastabi_spec_name(file->spec);

    if (!strcmp(prefix, "xen_hypercall"))
        return fastabi_emission_printf(file->emission, "XEN_FASTABI_FUNCTIONS_H_%s", name);
    return fastabi_emission_printf(file->emission, "XEN_FASTABI_FUNCTIONS_OF_%s_H_%s", prefix,
                                   name);
}

static void write_head(const struct asm_file *file)
{
    struct fastabi_writer *writer = file->writer;
    const char *guard = guard_of(file);

    fastabi_write(writer,
                  "#ifndef %s\n"
                  "#define %s\n\n"
                  "#if (!defined(__x86_64__) && !defined(_M_X64)) || defined(__ILP32__) || "
                  "defined(_M_ARM64EC)\n"
                  "# error \"FastABI is for x86-64 guests\"\n"
                  "#endif\n\n",
                  guard, guard);
    write_includes(file);
    fastabi_write(writer,
                  "/* What functions return: a signed type of 64 bits, such as LONG_PTR. */\n"
                  "#ifndef XEN_FASTABI_RESULT\n"
                  "# define XEN_FASTABI_RESULT %s\n"
                  "# define XEN_FASTABI_RESULT_OF_THIS_HEADER\n"
                  "#endif\n\n"
                  "%s%s"
                  "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n",
                  result_of(file), callers, conventions[file->options->convention]);
}

/* ---- one operation ---- */

/* "uint32_t *" */
static const char *type_of(const struct asm_file *file, const struct fastabi_param *param)
{
    const char *type = integer_of(file, param);

    return fastabi_param_out(param) == FASTABI_NO_REGISTER
               ? type
               : fastabi_emission_printf(file->emission, "%s *", type);
}

static void write_argument_doc(const struct asm_file *file, const struct fastabi_op *op,
                               const struct fastabi_param *param)
{
    const bool is_input = fastabi_param_in(param) != FASTABI_NO_REGISTER;
    const bool is_output = fastabi_param_out(param) != FASTABI_NO_REGISTER;
    const char *condition = is_output ? fastabi_param_valid_when(param) : NULL;
    char note[FASTABI_NOTE_SIZE];

    fastabi_write(file->writer, " * %s (%s): %s", fastabi_param_name(param), type_of(file, param),
                  !is_output  ? "in"
                  : !is_input ? "out"
                              : "in and out");
    if (condition)
        fastabi_write(file->writer, ", valid when %s, else 0", condition);
    if (is_input && fastabi_param_is_shared(param))
        fastabi_write(file->writer, ", memory shared with the hypervisor");
    fastabi_write(file->writer, "\n");
    if (fastabi_param_doc(param))
        asm_write_prose(file, 8, fastabi_param_doc(param));
    for (size_t i = 0; is_input && fastabi_param_note(op, param, i, note, sizeof(note)); i++)
        asm_write_prose(file, 8, note);
}

static void write_doc(const struct asm_file *file, const struct fastabi_op *op)
{
    fastabi_write(file->writer, "/*\n * %s\n *\n", asm_function_name(file, op));
    asm_write_about(file, op);
    if (fastabi_op_param_count(op))
        fastabi_write(file->writer, " *\n");
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        write_argument_doc(file, op, fastabi_op_param(op, i));
    asm_write_return(file, op, "Result");
    fastabi_write(file->writer, " */\n");
}

static void write_constants(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;
    const char *id = fastabi_op_flat_name(op);

    fastabi_write(writer, "#define XEN_FASTABI_IN_%s 0x%xu\n#define XEN_FASTABI_OUT_%s 0x%xu\n", id,
                  fastabi_op_input_mask(op), id, fastabi_op_output_mask(op));
    if (fastabi_op_caller(op) != FASTABI_CALLER_UNKNOWN)
        fastabi_write(writer,
                      "#define XEN_FASTABI_CLASS_%s %uu\n#define XEN_FASTABI_FOREIGN_%s %d\n", id,
                      (unsigned int)fastabi_op_caller(op), id, fastabi_op_is_foreign(op));
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        asm_write_shifts(file, op, fastabi_op_param(op, i));
}

static void write_prototype(const struct asm_file *file, const struct fastabi_op *op)
{
    struct fastabi_writer *writer = file->writer;
    const char *name = asm_function_name(file, op);

    fastabi_write(writer, "XEN_FASTABI_RESULT %s %s(", convention_macros[file->options->convention],
                  name);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        fastabi_write(writer, "%s\n    %s /* %s */", i ? "," : "", type_of(file, param),
                      fastabi_param_name(param));
    }
    fastabi_write(writer, fastabi_op_param_count(op) ? ");\n\n" : "void);\n\n");
}

int asm_write_header(struct fastabi_emission *emission, const struct asm_options *options,
                     const struct fastabi_spec *spec)
{
    struct asm_file file = { emission, NULL, &asm_gas, spec, options, NULL };
    int status = fastabi_emission_open(emission,
                                       fastabi_emission_printf(emission, "fastabi/%s-functions.h",
                                                               fastabi_spec_name(spec)),
                                       FASTABI_FILE_SPEC, &file.writer);

    if (status)
        return status;
    asm_write_banner(&file);
    write_head(&file);
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        write_doc(&file, op);
        write_constants(&file, op);
        write_prototype(&file, op);
    }
    fastabi_write(file.writer,
                  "#ifdef __cplusplus\n}\n#endif\n\n"
                  "/* Another set of functions may return another type. */\n"
                  "#ifdef XEN_FASTABI_RESULT_OF_THIS_HEADER\n"
                  "# undef XEN_FASTABI_RESULT\n"
                  "# undef XEN_FASTABI_RESULT_OF_THIS_HEADER\n"
                  "#endif\n\n"
                  "#endif /* %s */\n",
                  guard_of(&file));
    return 0;
}
