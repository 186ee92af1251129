/* SPDX-License-Identifier: MIT */
/* Names in generated assembly, and constants that are named after fields. */
#include <string.h>

#include "asm.h"

/*
 * Macros that a compiler defines when it preprocesses assembly.  Whatever else a parameter is
 * called, "out" or "rax", cannot be mistaken: names of operands come before a "=" only.
 */
static const char *const reserved[] = { "linux", "unix", "i386" };

/* "__LINE__", "_LP64": a compiler may have macros of such names too. */
static bool is_implementations(const char *name)
{
    return name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'));
}

static bool is_reserved(const char *name, size_t stem)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (!strncmp(reserved[i], name, stem) && !reserved[i][stem])
            return true;
    }
    return is_implementations(name);
}

const char *asm_param_name(const struct asm_file *file, const struct fastabi_param *param)
{
    const char *name = fastabi_param_flat_name(param);
    size_t stem;

    for (stem = strlen(name); stem && name[stem - 1] == '_'; stem--)
        ;
    /* also to "linux_": two names never become one */
    return is_reserved(name, stem) ? fastabi_emission_printf(file->emission, "%s_", name) : name;
}

void asm_write_input_names(const struct asm_file *file, const struct fastabi_op *op,
                           const char *end)
{
    const char *separator = " ";

    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_in(param) == FASTABI_NO_REGISTER)
            continue;
        fastabi_write(file->writer, "%s%s%s", separator, asm_param_name(file, param), end);
        separator = ", ";
    }
}

bool asm_is_plain(const char *name)
{
    return *name && *name != '_' && !strstr(name, "__") && name[strlen(name) - 1] != '_';
}

/* Is "a__b" the name of an operation, whose constants are XEN_FASTABI_IN_a__b and the like? */
static bool is_operation(const struct asm_file *file, const char *id, const char *name)
{
    size_t length = strlen(id);

    if (file->options->are_all_plain)
        return false;
    for (size_t i = 0; i < fastabi_emission_spec_count(file->emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(file->emission, i);

        for (size_t j = 0; j < fastabi_spec_op_count(spec); j++) {
            const char *other = fastabi_op_flat_name(fastabi_spec_op(spec, j));

            if (!strncmp(other, id, length) && !strncmp(other + length, "__", 2) &&
                !strcmp(other + length + 2, name))
                return true;
        }
    }
    return false;
}

bool asm_has_constants(const struct asm_file *file, const struct fastabi_op *op,
                       const struct fastabi_param *param)
{
    const char *id = fastabi_op_flat_name(op);
    const char *name = asm_param_name(file, param);

    return asm_is_plain(name) && asm_is_plain(id) && !is_operation(file, id, name);
}

const char *asm_register_part(int reg, unsigned int width)
{
    static const char *const parts[FASTABI_REGISTERS][4] = {
        { "al", "ax", "eax", "rax" },      { "dil", "di", "edi", "rdi" },
        { "sil", "si", "esi", "rsi" },     { "r8b", "r8w", "r8d", "r8" },
        { "r9b", "r9w", "r9d", "r9" },     { "r10b", "r10w", "r10d", "r10" },
        { "r11b", "r11w", "r11d", "r11" }, { "r12b", "r12w", "r12d", "r12" },
    };

    return parts[reg][width == 8 ? 0 : width == 16 ? 1 : width == 32 ? 2 : 3];
}

void asm_write_shifts(const struct asm_file *file, const struct fastabi_op *op,
                      const struct fastabi_param *param)
{
    if (!asm_has_constants(file, op, param))
        return;
    for (size_t i = 0; i < fastabi_param_part_count(param); i++) {
        const char *field = fastabi_param_part_flat_name(param, i);
        unsigned int shift;

        (void)fastabi_param_part(param, i, &shift, NULL, NULL);
        if (asm_is_plain(field))
            fastabi_write(file->writer, "%s XEN_FASTABI_SHIFT_%s__%s__%s %u\n",
                          file->syntax->define, fastabi_op_flat_name(op),
                          asm_param_name(file, param), field, shift);
    }
}
