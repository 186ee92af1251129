/* SPDX-License-Identifier: MIT */
/* Names in generated assembly.  Knows nothing of how macros look. */
#include <string.h>

#include "asm.h"

/* Names are short by the rules of the language; a longer one would be cut, never overflow. */
static void put(char *to, const char *text)
{
    size_t length = strlen(text);

    if (length >= ASM_NAME_MAX)
        length = ASM_NAME_MAX - 1;
    memcpy(to, text, length);
    to[length] = '\0';
}

void asm_id(const struct fastabi_spec *spec, const struct fastabi_op *op, char id[2 * ASM_NAME_MAX])
{
    put(id, fastabi_spec_name(spec));
    if (fastabi_op_is_direct(op))
        return;
    strcat(id, "_");
    put(id + strlen(id), fastabi_op_name(op));
}

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

void asm_param_name(const struct fastabi_param *param, char name[ASM_NAME_MAX])
{
    size_t used, stem;

    put(name, fastabi_param_flat_name(param));
    used = strlen(name);
    for (stem = used; stem && name[stem - 1] == '_'; stem--)
        ;
    if (is_reserved(name, stem) && used < ASM_NAME_MAX - 1)
        memcpy(name + used, "_", 2); /* also to "linux_": two names never become one */
}

bool asm_is_plain(const char *name)
{
    return *name != '_' && !strstr(name, "__") && name[strlen(name) - 1] != '_';
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
